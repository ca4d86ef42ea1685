// The Privacy page below its heading: the budget, what was sent, the ledger, against whom it holds, the rules, and whether it was worth it.
import { privacyWords } from '../dictionary/privacy.ts';
import { useSession } from '../session.ts';
import { Comparison } from './comparison.tsx';
import { Inspector } from './inspector.tsx';
import { Ledger, useLedger } from './ledger.tsx';
import { Meter } from './meter.tsx';
import { Adversaries, Rules } from './rules.tsx';

export function PrivacyBody() {
  const ledger = useLedger();
  return (
    <>
      <div class="columns">
        <div class="column-main">
          <Meter ledger={ledger} />
          <Training />
        </div>
        <div class="column-side">
          <Comparison />
        </div>
      </div>
      <Inspector />
      <Ledger ledger={ledger} />
      <Adversaries />
      <Rules />
    </>
  );
}

function Training() {
  const session = useSession();
  const text = privacyWords.value;
  const { backend, backendReason } = session.state.value;
  return (
    <section class="panel" aria-labelledby="backend-heading">
      <h2 id="backend-heading">{text.backend}</h2>
      <p>{backend === null ? text.backendNone : text.backends[backend]}</p>
      <p class="muted">{backend === null ? text.backendNoneText : text.backendChosen}</p>
      {backend !== null && (
        <details>
          <summary>{text.backendDetails}</summary>
          <p class="muted" lang="en">
            {backendReason}
          </p>
        </details>
      )}
    </section>
  );
}
