// Privacy: the budget, the ledger, what was sent, who can see what, the rules, and whether it was worth it.
import { useEffect, useState } from 'preact/hooks';
import { participationsAllowed, rhoOfEpsilon } from '#shared/privacy/accountant.ts';
import type { LedgerRow } from '../../engine/api.ts';
import { whenText, words } from '../language.ts';
import { Comparison } from '../parts/comparison.tsx';
import { UploadPictures } from '../parts/upload-pictures.tsx';
import { useSession } from '../session.ts';

export function Privacy() {
  const { privacy } = words.value;
  const ledger = useLedger();
  return (
    <>
      <header class="page-head">
        <h1 tabIndex={-1}>{privacy.heading}</h1>
        <p class="lead">{privacy.lead}</p>
      </header>
      <div class="columns">
        <div class="column-main">
          <Meter ledger={ledger} />
          <UploadPictures />
          <Ledger ledger={ledger} />
        </div>
        <div class="column-side">
          <Comparison />
          <Training />
        </div>
      </div>
      <Watchers />
      <Rules />
    </>
  );
}

/** Newest first; null until the first answer. */
function useLedger(): readonly LedgerRow[] | null {
  const session = useSession();
  const { roundsTakenPart, epsilonSpent, participation } = session.state.value;
  const [rows, setRows] = useState<readonly LedgerRow[] | null>(null);
  // Read again when a participation has gone on
  useEffect(() => {
    let current = true;
    session.engine.ledger().then(
      (answer) => current && setRows([...answer].sort((a, b) => b.at - a.at)),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [session, roundsTakenPart, epsilonSpent, participation]);
  return rows;
}

function Meter({ ledger }: { readonly ledger: readonly LedgerRow[] | null }) {
  const session = useSession();
  const { privacy } = words.value;
  const { epsilonSpent, epsilonCap, delta } = session.state.value;
  const policy = session.status.value?.policy;
  const spent = epsilonSpent.toFixed(2);
  const paid = ledger?.length ?? 0;
  const rhoSpent = ledger?.reduce((sum, row) => sum + row.rho, 0) ?? 0;
  // At the rate of the current policy, from what is left of the cap.
  const left =
    policy === undefined
      ? 0
      : Math.max(0, Math.floor((rhoOfEpsilon(epsilonCap, delta) - rhoSpent) * 2 * policy.noiseMultiplier ** 2 + 1e-9));
  const fraction = epsilonCap > 0 ? Math.min(1, epsilonSpent / epsilonCap) : 0;
  return (
    <section class="panel" aria-labelledby="meter-heading">
      <h2 id="meter-heading">{privacy.meter}</h2>
      <p class="meter-figure">{privacy.meterText(spent, String(epsilonCap))}</p>
      {/* biome-ignore lint/a11y/useSemanticElements: the meter element cannot be drawn alike in all browsers */}
      <div
        class="meter"
        role="meter"
        aria-labelledby="meter-heading"
        aria-valuemin={0}
        aria-valuemax={epsilonCap}
        aria-valuenow={Number(spent)}
        aria-valuetext={privacy.meterText(spent, String(epsilonCap))}
      >
        <span class="meter-fill" style={{ width: `${(fraction * 100).toFixed(2)}%` }} />
      </div>
      <p>{paid === 0 ? privacy.meterNone : privacy.meterWords(paid, left)}</p>
      {paid > 0 && <p class="muted">{privacy.meterMeaning(factorText(epsilonSpent), exponentText(delta))}</p>}
      <details>
        <summary>{privacy.exact}</summary>
        <p class="muted">{privacy.exactText(exponentText(delta))}</p>
        <p class="muted">
          ε = {epsilonSpent.toFixed(6)}, ρ = {rhoSpent.toFixed(6)}, δ = {exponentText(delta)}
        </p>
      </details>
    </section>
  );
}

function Ledger({ ledger }: { readonly ledger: readonly LedgerRow[] | null }) {
  const { privacy, bytes } = words.value;
  return (
    <section aria-labelledby="ledger-heading" aria-busy={ledger === null}>
      <h2 id="ledger-heading">{privacy.ledger}</h2>
      <p class="muted">{privacy.ledgerLead}</p>
      {ledger !== null && ledger.length === 0 && <p>{privacy.ledgerEmpty}</p>}
      {ledger !== null && ledger.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls sideways has to be reachable by keyboard
        <section class="table-place" tabIndex={0} aria-label={privacy.ledgerLead}>
          <table class="table ledger">
            <thead>
              <tr>
                <th scope="col">{privacy.ledgerWhen}</th>
                <th scope="col">{privacy.ledgerRound}</th>
                <th scope="col">{privacy.ledgerCost}</th>
                <th scope="col">{privacy.ledgerSize}</th>
                <th scope="col">{privacy.ledgerCohort}</th>
                <th scope="col">{privacy.ledgerResult}</th>
              </tr>
            </thead>
            <tbody>
              {ledger.map((row) => (
                <tr key={row.roundId} data-testid="ledger-row" data-status={row.status}>
                  <td class="small">{whenText(row.at)}</td>
                  <td>
                    <code>{row.roundId.slice(0, 8)}</code>
                  </td>
                  <td>{row.rho.toFixed(4)}</td>
                  <td>{row.uploadBytes > 0 ? bytes(row.uploadBytes) : '–'}</td>
                  <td>{row.cohort ?? '–'}</td>
                  <td>
                    {privacy.ledgerStatus[row.status]}
                    {row.modelVersion !== null && ` · ${privacy.ledgerModel(row.modelVersion)}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

function Training() {
  const session = useSession();
  const { privacy } = words.value;
  const { backend, backendReason } = session.state.value;
  return (
    <section class="panel" aria-labelledby="backend-heading">
      <h2 id="backend-heading">{privacy.backend}</h2>
      <p>{backend === null ? privacy.backendNone : privacy.backends[backend]}</p>
      <p class="muted">{backend === null ? privacy.backendNoneText : privacy.backendChosen}</p>
      {backend !== null && (
        <details>
          <summary>{privacy.backendDetails}</summary>
          <p class="muted" lang="en">
            {backendReason}
          </p>
        </details>
      )}
    </section>
  );
}

function Watchers() {
  const { privacy } = words.value;
  return (
    <section aria-labelledby="who-heading">
      <h2 id="who-heading">{privacy.who}</h2>
      <p class="callout">{privacy.notMasked}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls sideways has to be reachable by keyboard */}
      <section class="table-place" tabIndex={0} aria-label={privacy.whoColumns.join(', ')}>
        <table class="table table-words">
          <thead>
            <tr>
              {privacy.whoColumns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {privacy.whoRows.map(([who, sees, protection]) => (
              <tr key={who}>
                <th scope="row">{who}</th>
                <td>{sees}</td>
                <td>{protection}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function Rules() {
  const session = useSession();
  const { privacy, seconds } = words.value;
  const status = session.status.value;
  const figures = session.policyFigures.value;
  if (status === null) {
    return null;
  }
  const { policy, simulatedParticipants } = status;
  const rows = privacy.policyRows;
  // n nEff / z²: numbers whose mean stands out of the noise in one round.
  const useful =
    figures === null ? null : Math.round((policy.maxCohort * figures.honestNoiseShares) / policy.noiseMultiplier ** 2);
  return (
    <section aria-labelledby="policy-heading">
      <h2 id="policy-heading">{privacy.policy}</h2>
      <p class="muted">{privacy.policyLead}</p>
      {figures !== null && useful !== null && (
        <p class="measure">
          {privacy.trainable(
            policy.trainable,
            policy.maxCohort,
            useful,
            figures.parts.map(({ name, rows: size }) => privacy.parts[name](size)),
          )}
        </p>
      )}
      {simulatedParticipants > 0 && <p class="measure">{privacy.simulated(simulatedParticipants)}</p>}
      <dl class="rules">
        <Rule name={rows.trainable} value={String(policy.trainable)} />
        <Rule name={rows.cohort} value={rows.cohortText(policy.minCohort, policy.maxCohort)} />
        <Rule name={rows.noise} value={String(policy.noiseMultiplier)} />
        <Rule name={rows.clipping} value={String(Number(policy.clippingBoundL2.toPrecision(4)))} />
        <Rule name={rows.delta} value={exponentText(policy.delta)} />
        <Rule
          name={rows.cap}
          value={`${policy.epsilonCap} (${participationsAllowed(policy.noiseMultiplier, policy.epsilonCap, policy.delta)} × ρ ${(1 / (2 * policy.noiseMultiplier ** 2)).toFixed(4)})`}
        />
        <Rule name={rows.cooldown} value={seconds(Math.round(policy.cooldownMs / 1000))} />
        <Rule name={rows.mode} value={rows.modeText(policy.mode)} />
        <Rule name={rows.hash} value={`${policy.hash.slice(0, 16)}…`} />
      </dl>
    </section>
  );
}

function Rule({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** e^epsilon, to what a person can take in. */
function factorText(epsilon: number): string {
  const factor = Math.exp(epsilon);
  return factor < 10 ? factor.toFixed(1) : String(Math.round(factor));
}

/** 0.000001 as 10⁻⁶ where it is a power of ten, and as it is otherwise. */
function exponentText(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(value / 10 ** exponent - 1) > 1e-9) {
    return String(value);
  }
  const digits = [...String(Math.abs(exponent))].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}
