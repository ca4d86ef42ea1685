// The row of recommendations: each with the reason and where it comes from.
import { useState } from 'preact/hooks';
import type { Recommendation } from '../../engine/api.ts';
import { genreName, words } from '../language.ts';
import { FOR_YOU_COUNT, type Session, useSession } from '../session.ts';
import { Card, SkeletonCards } from './card.tsx';
import { Notice } from './notice.tsx';
import { ShelfRow } from './shelf-row.tsx';
import { TuningPanel } from './tuning-panel.tsx';

export function ForYou() {
  const session = useSession();
  const { browse, sources, sourceHint } = words.value;
  const recommendations = session.recommendations.value;
  const shelf = session.shelf.value;
  const loading = recommendations === null || shelf === null;
  const own = recommendations?.some(({ source }) => source !== 'popular') ?? false;
  const shown = (recommendations ?? []).flatMap((recommendation) => {
    const item = shelf?.item(recommendation.itemId);
    return item === undefined ? [] : [{ recommendation, item }];
  });
  return (
    <ShelfRow
      heading={browse.heading}
      headingId="for-you-heading"
      lead={own ? browse.leadOwn : browse.leadPopular}
      testId="for-you"
      busy={loading}
      controls={<TuningPanel />}
    >
      {loading && session.recommendationsFailed.value && (
        <li class="shelf-note">
          <Notice icon="circleAlert" text={browse.forYouFailed} />
        </li>
      )}
      {loading && !session.recommendationsFailed.value && <SkeletonCards count={FOR_YOU_COUNT} />}
      {!loading && shown.length === 0 && (
        <li class="shelf-note">
          <Notice icon="film" text={browse.forYouEmpty} />
        </li>
      )}
      {shown.map(({ recommendation, item }) => (
        <Card key={item.id} item={item} testId="for-you-item" source={recommendation.source}>
          <Why recommendation={recommendation} key={reasonKey(recommendation)} />
          <p class="card-source">
            <span
              class={`tag tag-${recommendation.source}`}
              data-testid="source"
              data-source={recommendation.source}
              title={sourceHint[recommendation.source]}
            >
              {sources[recommendation.source]}
            </span>
          </p>
        </Card>
      ))}
    </ShelfRow>
  );
}

/** The reason, and on demand where the item would be without it. */
function Why({ recommendation }: { readonly recommendation: Recommendation }) {
  const session = useSession();
  const { why } = words.value;
  const { itemId, reason } = recommendation;
  const [place, setPlace] = useState<number | null | 'closed' | 'asked'>('closed');
  const text = reasonText(recommendation, session);
  if (!('itemId' in reason)) {
    return (
      <p class="card-why" data-testid="reason" dir="auto">
        {text}
      </p>
    );
  }
  const toggle = (): void => {
    if (place !== 'closed') {
      setPlace('closed');
      return;
    }
    setPlace('asked');
    session.placeWithout(itemId, reason.itemId).then(setPlace, () => setPlace('closed'));
  };
  return (
    <>
      <p class="card-why" data-testid="reason" dir="auto">
        <button type="button" class="why-button" aria-expanded={place !== 'closed'} title={why.ask} onClick={toggle}>
          {text}
        </button>
      </p>
      <p class="card-without" role="status" data-testid="without">
        {place === 'closed' ? '' : place === 'asked' ? why.asking : why.placeWithout(place)}
      </p>
    </>
  );
}

/** Another reason is another question. */
function reasonKey({ itemId, reason }: Recommendation): string {
  return `${itemId} ${'itemId' in reason ? reason.itemId : reason.kind}`;
}

function reasonText({ reason }: Recommendation, session: Session): string {
  const { why } = words.value;
  switch (reason.kind) {
    case 'community':
      return why.community;
    case 'because-liked':
    case 'because-seen':
    case 'because-disliked':
      return why[reason.kind](session.titleById(reason.itemId));
    case 'genre':
      return why.genre(genreName(reason.genre));
    case 'tuned':
      return why.tuned;
    case 'popular':
      return why.popular;
  }
}
