// Why an item is where it is on the person's list: its place, what each thing that was said adds, and where it would be without one of them.
import { useEffect, useState } from 'preact/hooks';
import { isDirectionless } from '#shared/ranking/tuning.ts';
import type { Explanation } from '../../engine/api.ts';
import { pagesWords, titleOf, words } from '../language.ts';
import { addressOf } from '../router.ts';
import { useSession } from '../session.ts';

type Part = Explanation['parts'][number];

const PARTS_AT_ONCE = 6;
/** Smaller parts do not matter: they are added up in one line. */
const LEAST_SHARE = 0.01;

export function WhyHere({ itemId }: { readonly itemId: string }) {
  const session = useSession();
  const { whyHere: text } = pagesWords.value;
  const { sourceHint } = words.value;
  const [explanation, setExplanation] = useState<Explanation | null>(null);
  // Every new list may have another reason
  const list = session.recommendations.value;
  useEffect(() => {
    let current = true;
    session.engine.explain(itemId).then(
      (answer) => current && setExplanation(answer),
      () => current && setExplanation(null),
    );
    return () => {
      current = false;
    };
  }, [session, itemId, list]);
  if (explanation === null) {
    return null;
  }
  const { place, parts, newest, source } = explanation;
  return (
    <section class="why-here panel" aria-labelledby="why-here-heading" data-testid="why-here">
      <h2 id="why-here-heading">{text.heading}</h2>
      <p data-testid="why-place">
        {words.value.sentences(place === null ? text.beyond : text.place(place), sourceHint[source])}
      </p>
      {parts.length === 0 ? (
        <p class="muted">{text.nothingSaid(newest)}</p>
      ) : (
        <Parts key={`${itemId} ${parts[0]?.itemId}`} itemId={itemId} place={place} parts={parts} newest={newest} />
      )}
      {!isDirectionless(session.tuning.value) && <p class="muted small">{text.tunedToo}</p>}
    </section>
  );
}

function Parts({
  itemId,
  place,
  parts,
  newest,
}: {
  readonly itemId: string;
  readonly place: number | null;
  readonly parts: readonly Part[];
  readonly newest: number | null;
}) {
  const { whyHere: text } = pagesWords.value;
  const [isWhole, setIsWhole] = useState(false);
  const counted = [...parts]
    .filter(({ share }) => Math.abs(share) >= LEAST_SHARE)
    .sort((a, b) => Math.abs(b.share) - Math.abs(a.share));
  const shown = isWhole ? counted : counted.slice(0, PARTS_AT_ONCE);
  const rest = parts.length - shown.length;
  return (
    <>
      <p class="muted small">{text.lead(newest)}</p>
      <ul class="parts">
        {shown.map((part, index) => (
          <PartLine key={part.itemId} itemId={itemId} place={place} part={part} isFirst={index === 0} />
        ))}
      </ul>
      {counted.length > shown.length ? (
        <button type="button" class="button" onClick={() => setIsWhole(true)}>
          {text.more(counted.length - shown.length)}
        </button>
      ) : (
        rest > 0 && <p class="muted small">{text.rest(rest)}</p>
      )}
    </>
  );
}

/** The first says at once where the item would be without it, the others when asked. */
function PartLine({
  itemId,
  place,
  part,
  isFirst,
}: {
  readonly itemId: string;
  readonly place: number | null;
  readonly part: Part;
  readonly isFirst: boolean;
}) {
  const session = useSession();
  const { whyHere: text, said } = pagesWords.value;
  const [without, setWithout] = useState<number | null | 'closed' | 'asked'>('closed');
  const list = session.recommendations.value;
  const ask = (): void => {
    setWithout('asked');
    session.placeWithout(itemId, part.itemId).then(setWithout, () => setWithout('closed'));
  };
  // Asked again with each new list
  useEffect(() => (isFirst ? ask() : setWithout('closed')), [itemId, list, isFirst]);
  const item = session.shelf.value?.item(part.itemId);
  const title = item === undefined ? part.itemId : titleOf(item);
  return (
    <li class="part" data-testid="why-part" data-item-id={part.itemId}>
      <span class="part-name">
        <a href={addressOf({ page: 'item', itemId: part.itemId })} dir="auto">
          {title}
        </a>{' '}
        <span class="muted small">{said[part.action]}</span>
      </span>
      <span class="part-share">{text.share(part.share)}</span>
      <svg class="part-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="part-ground" width="100" height="4" />
        <rect class={part.share < 0 ? 'part-against' : 'part-for'} width={Math.abs(part.share) * 100} height="4" />
      </svg>
      <span class="part-without small" role="status">
        {without === 'closed' ? (
          <button type="button" class="link-button" aria-label={`${text.ask} ${text.askOf(title)}`} onClick={ask}>
            {text.ask}
          </button>
        ) : without === 'asked' ? (
          text.asking
        ) : (
          text.without(place, without)
        )}
      </span>
    </li>
  );
}
