// The ledger: a row for each round that this browser entered, since when it counts, and the way to take it along.
import { useEffect, useState } from 'preact/hooks';
import type { LedgerRow } from '../../engine/api.ts';
import { privacyWords } from '../dictionary/privacy.ts';
import { downloadJson } from '../download.ts';
import { dayText, pagesWords, whenText, words } from '../language.ts';
import { LongTableBody } from '../parts/long-table-body.tsx';
import { LaterIcon } from '../parts/more-icons.tsx';
import { type Session, useSession } from '../session.ts';

/** Newest first; null until the first answer. */
export function useLedger(): readonly LedgerRow[] | null {
  const session = useSession();
  const { roundsTakenPart, epsilonSpent, participation, accountSince, steps } = session.state.value;
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
  }, [session, roundsTakenPart, epsilonSpent, participation, accountSince, steps.at(-1)?.name, steps.at(-1)?.at]);
  return rows;
}

export function Ledger({ ledger }: { readonly ledger: readonly LedgerRow[] | null }) {
  const session = useSession();
  const text = privacyWords.value;
  const { accountSince } = session.state.value;
  return (
    <section aria-labelledby="ledger-heading" aria-busy={ledger === null}>
      <div class="ledger-head">
        <h2 id="ledger-heading">{text.ledger}</h2>
        <button type="button" class="button" data-testid="export-ledger" onClick={() => void exportLedger(session)}>
          <LaterIcon name="download" />
          {text.ledgerExport}
        </button>
      </div>
      <p class="muted">{text.ledgerLead}</p>
      {ledger !== null && ledger.length === 0 && <p>{text.ledgerEmpty}</p>}
      {ledger !== null && ledger.length > 0 && <Rows ledger={ledger} />}
      <p class="muted small ledger-foot" data-testid="account">
        {words.value.sentences(
          accountSince === null ? text.ledgerSinceUnknown : text.ledgerSince(dayText(accountSince)),
          text.ledgerResets,
        )}
      </p>
    </section>
  );
}

function Rows({ ledger }: { readonly ledger: readonly LedgerRow[] }) {
  const text = privacyWords.value;
  const { bytes, part } = pagesWords.value;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls sideways has to be reachable by keyboard
    <section class="table-place" tabIndex={0} aria-label={text.ledgerLead}>
      <table class="table ledger" aria-rowcount={ledger.length + 1}>
        <thead>
          <tr>
            <th scope="col">{text.ledgerWhen}</th>
            <th scope="col">{text.ledgerRound}</th>
            <th scope="col">{text.ledgerMode}</th>
            <th scope="col">{text.ledgerCost}</th>
            <th scope="col">{text.ledgerSize}</th>
            <th scope="col">{text.ledgerCohort}</th>
            <th scope="col">{text.ledgerResult}</th>
          </tr>
        </thead>
        <LongTableBody rows={ledger} columns={7}>
          {(row, position) => (
            <tr
              key={row.roundId}
              class={row.rho === 0 ? 'ledger-free' : undefined}
              aria-rowindex={position}
              data-testid="ledger-row"
              data-status={row.status}
              data-mode={row.mode}
            >
              <td class="small">{whenText(row.at)}</td>
              <td>
                <code>{row.roundId.slice(0, 8)}</code>
                {row.place !== null && (
                  <span class="small muted"> {text.ledgerPlace(row.place.epoch, row.place.phase + 1)}</span>
                )}
              </td>
              <td data-column={text.ledgerMode}>{text.ledgerModes[row.mode]}</td>
              <td data-column={text.ledgerCost}>{row.rho === 0 ? text.ledgerFree : row.rho.toFixed(4)}</td>
              <td data-column={text.ledgerSize}>{row.uploadBytes > 0 ? bytes(row.uploadBytes) : '–'}</td>
              <td data-column={text.ledgerCohort}>{row.cohort ?? '–'}</td>
              <td>
                {row.status === 'aborted' && row.rho === 0 ? text.ledgerAbortedFree : text.ledgerStatus[row.status]}
                {row.modelVersion !== null && ` · ${part.stepModel(row.modelVersion)}`}
              </td>
            </tr>
          )}
        </LongTableBody>
      </table>
    </section>
  );
}

async function exportLedger(session: Session): Promise<void> {
  await downloadJson(session, 'tacit-ledger', () => session.engine.exportLedger());
}
