// The epsilon meter: what is spent, in plain words, with the exact figures one click away.
import { sessionsWithinCap } from '#shared/model/crowd.ts';
import { rhoOfEpsilon } from '#shared/privacy/accountant.ts';
import type { LedgerRow } from '../../engine/api.ts';
import { privacyWords } from '../dictionary/privacy.ts';
import { useHeldPolicy } from '../policy.ts';
import { useSession } from '../session.ts';
import { epsilonText, exponentText, limitText } from './figures.ts';

export function Meter({ ledger }: { readonly ledger: readonly LedgerRow[] | null }) {
  const session = useSession();
  const words = privacyWords.value;
  const { epsilonSpent, epsilonCap, delta } = session.state.value;
  const held = useHeldPolicy();
  const paid = ledger?.filter((row) => row.rho > 0).length ?? 0;
  const rhoOfRows = ledger?.reduce((sum, row) => sum + row.rho, 0) ?? 0;
  // Of an account that is not readable, or that lost rows, the device counts more than its rows say.
  const rhoSpent = Math.max(rhoOfRows, epsilonSpent > 0 ? rhoOfEpsilon(epsilonSpent, delta) : 0);
  const left = held === null ? null : sessionsWithinCap(held.policy, rhoSpent);
  const fraction = epsilonCap > 0 ? Math.min(1, epsilonSpent / epsilonCap) : 0;
  const text = words.meterText(epsilonText(epsilonSpent), limitText(epsilonCap));
  return (
    <section class="panel" aria-labelledby="meter-heading">
      <h2 id="meter-heading">{words.meter}</h2>
      <p class="meter-figure">{text}</p>
      {/* biome-ignore lint/a11y/useSemanticElements: the meter element is drawn differently from browser to browser */}
      <div
        class="meter"
        role="meter"
        aria-labelledby="meter-heading"
        aria-valuemin={0}
        aria-valuemax={epsilonCap}
        aria-valuenow={Number(epsilonSpent.toFixed(2))}
        aria-valuetext={text}
      >
        <span class="meter-fill" style={{ width: `${(fraction * 100).toFixed(2)}%` }} />
      </div>
      {ledger !== null && paid === 0 && epsilonSpent === 0 && <p>{words.meterNone}</p>}
      {paid > 0 && (
        <p>
          {left === null
            ? words.meterWordsUnknown(paid)
            : words.meterWords(paid, left, held?.policy.phases.length ?? 1)}
        </p>
      )}
      {epsilonSpent > 0 && <p class="muted">{words.meterMeaning(factorText(epsilonSpent), exponentText(delta))}</p>}
      <details>
        <summary>{words.exact}</summary>
        <p class="muted">{words.exactText(exponentText(delta))}</p>
        <p class="muted">
          ε = {epsilonSpent.toFixed(6)}, ρ = {rhoSpent.toFixed(6)}, δ = {exponentText(delta)}
        </p>
      </details>
    </section>
  );
}

/** e^epsilon, to what a person can take in. */
function factorText(epsilon: number): string {
  const factor = Math.exp(epsilon);
  return factor < 10 ? factor.toFixed(1) : limitText(Math.round(factor));
}
