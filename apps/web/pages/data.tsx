// My data: the history with edit and delete, export, import, and erasing everything.
import { useRef } from 'preact/hooks';
import type { Action, HistoryRow } from '../../engine/api.ts';
import { downloadJson } from '../download.ts';
import { pagesWords, titleOf, whenText, words } from '../language.ts';
import { ACTIONS } from '../parts/actions.tsx';
import { LongTableBody } from '../parts/long-table-body.tsx';
import { LaterIcon } from '../parts/more-icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { RowChangeNotice } from '../parts/row-change.tsx';
import { addressOf } from '../router.ts';
import { type Session, useSession } from '../session.ts';

/** An import is refused above this before it is read. */
const LARGEST_IMPORT_BYTES = 32 * 1024 * 1024;

export function Data() {
  const session = useSession();
  const { data } = pagesWords.value;
  const { storage, storageFault } = session.state.value;
  return (
    <>
      <header class="page-head">
        <h1 tabIndex={-1}>{data.heading}</h1>
        <p class="lead">{data.lead}</p>
        <p class={storage === 'memory' ? 'callout' : 'muted'}>{data.storage[storage]}</p>
        {storageFault !== null && (
          <p class="callout callout-alert" role="alert">
            {data.faults[storageFault]}
          </p>
        )}
      </header>
      <div class="columns">
        <div class="column-main">
          <History />
        </div>
        <div class="column-side">
          <section class="panel" aria-labelledby="take-heading">
            <h2 id="take-heading">{data.take}</h2>
            <p class="muted">{data.takeText}</p>
            <div class="equal-buttons">
              <button
                type="button"
                class="button"
                data-testid="export"
                onClick={() => void downloadJson(session, 'tacit', () => session.engine.export())}
              >
                <LaterIcon name="download" />
                {data.export}
              </button>
              <label class="button file-button">
                <LaterIcon name="upload" />
                {data.import}
                <input
                  type="file"
                  data-testid="import"
                  accept="application/json,.json"
                  onChange={(event) => {
                    const input = event.currentTarget;
                    void importFile(session, input.files?.[0]).finally(() => {
                      input.value = '';
                    });
                  }}
                />
              </label>
            </div>
          </section>
          <Erase />
        </div>
      </div>
    </>
  );
}

function History() {
  const session = useSession();
  const { data } = pagesWords.value;
  const rows = [...session.history.value.values()].sort((a, b) => b.at - a.at || (a.itemId < b.itemId ? -1 : 1));
  return (
    <section aria-labelledby="history-heading">
      <div class="toolbar-head">
        <h2 id="history-heading">{data.history}</h2>
        <p class="muted">{data.rows(rows.length)}</p>
      </div>
      <RowChangeNotice />
      {rows.length === 0 ? (
        <Notice icon="heart" text={data.empty} hint={data.emptyHint} />
      ) : (
        <div class="table-place">
          <table class="table history" aria-rowcount={rows.length + 1}>
            <thead>
              <tr>
                <th scope="col">{data.title}</th>
                <th scope="col">{data.action}</th>
                <th scope="col" class="wide-only">
                  {data.when}
                </th>
                <th scope="col">
                  <span class="visually-hidden">{data.remove}</span>
                </th>
              </tr>
            </thead>
            <LongTableBody rows={rows} columns={4}>
              {(row, position) => <HistoryLine key={row.itemId} row={row} position={position} />}
            </LongTableBody>
          </table>
        </div>
      )}
    </section>
  );
}

function HistoryLine({ row, position }: { readonly row: HistoryRow; readonly position: number }) {
  const session = useSession();
  const { data } = pagesWords.value;
  const { actions } = words.value;
  const item = session.shelf.value?.item(row.itemId);
  const title = item === undefined ? row.itemId : titleOf(item);
  return (
    <tr
      aria-rowindex={position}
      data-testid="history-row"
      data-item-id={row.itemId}
      data-genres={item?.genres.join('|') ?? ''}
      data-action={row.action}
    >
      <th scope="row">
        {item === undefined ? (
          <span class="muted">
            {title} ({data.unknownItem})
          </span>
        ) : (
          <a href={addressOf({ page: 'item', itemId: row.itemId })} dir="auto">
            {title}
          </a>
        )}
        {item?.year !== undefined && <span class="muted"> {item.year}</span>}
        <span class="narrow-only small muted">{whenText(row.at)}</span>
      </th>
      <td>
        <select
          data-testid="history-action"
          aria-label={data.changeOf(title)}
          value={row.action}
          onChange={(event) => void session.actAndTell(row.itemId, event.currentTarget.value as Action)}
        >
          {ACTIONS.map((action) => (
            <option key={action} value={action}>
              {actions[action]}
            </option>
          ))}
        </select>
      </td>
      <td class="wide-only small muted">{whenText(row.at)}</td>
      <td>
        <button
          type="button"
          class="icon-button"
          data-testid="history-delete"
          aria-label={data.removeOf(title)}
          title={data.remove}
          onClick={() => void session.actAndTell(row.itemId, null)}
        >
          <LaterIcon name="trash" />
        </button>
      </td>
    </tr>
  );
}

function Erase() {
  const session = useSession();
  const { data } = pagesWords.value;
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <section class="panel" aria-labelledby="erase-heading">
      <h2 id="erase-heading">{data.eraseHeading}</h2>
      <p class="muted">{data.eraseText}</p>
      <p class="muted">{data.ledgerStays}</p>
      <button
        type="button"
        class="button button-danger"
        data-testid="erase"
        onClick={() => dialog.current?.showModal()}
      >
        <LaterIcon name="trash" />
        {data.erase}
      </button>
      <dialog ref={dialog} class="dialog" aria-labelledby="erase-ask">
        <h2 id="erase-ask">{data.eraseAsk}</h2>
        <p>{data.eraseAskText(session.history.value.size)}</p>
        <div class="equal-buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            {data.eraseNo}
          </button>
          <button
            type="button"
            class="button button-danger"
            data-testid="erase-confirm"
            onClick={() => {
              dialog.current?.close();
              void session.erase();
            }}
          >
            {data.eraseYes}
          </button>
        </div>
      </dialog>
    </section>
  );
}

async function importFile(session: Session, file: File | undefined): Promise<void> {
  if (file === undefined) {
    return;
  }
  if (file.size > LARGEST_IMPORT_BYTES) {
    session.say(pagesWords.value.data.importFailed);
    return;
  }
  await session.import(await file.text());
}
