// What the last deleted, changed or restored row did to the list, and that nothing of a deleted one is left in it.
import { useEffect } from 'preact/hooks';
import { pagesWords, words } from '../language.ts';
import { useSession } from '../session.ts';

/** Stays in the page while empty, so that screen readers hear it. */
export function RowChangeNotice() {
  const session = useSession();
  const { rowChange: text } = pagesWords.value;
  const { comma } = words.value;
  const told = session.rowChange.value;
  useEffect(
    () => () => {
      session.rowChange.value = null;
    },
    [session],
  );
  const titles = (ids: readonly string[]) => ids.map((id) => session.titleById(id)).join(comma);
  return (
    <div role="status" data-testid="row-change">
      {told !== null && (
        <div class="callout row-change">
          <p dir="auto">
            {words.value.sentences(
              text.what[told.now](session.titleById(told.itemId)),
              text.howMany(told.change.came.length, told.change.listed),
            )}
          </p>
          {told.change.left.length > 0 && <p dir="auto">{text.left(titles(told.change.left))}</p>}
          {told.change.came.length > 0 && <p dir="auto">{text.came(titles(told.change.came))}</p>}
          <p class="muted small">{text.proof(told.now === 'deleted', told.change.remaining)}</p>
        </div>
      )}
    </div>
  );
}
