// The row of recommendations: each with the reason and where it comes from.
import type { Recommendation } from '../../engine/api.ts';
import { genreName, words } from '../language.ts';
import { FOR_YOU_COUNT, type Session, useSession } from '../session.ts';
import { Card, SkeletonCards } from './card.tsx';
import { Notice } from './notice.tsx';
import { ShelfRow } from './shelf-row.tsx';

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
          <p class="card-why" data-testid="reason" dir="auto">
            {reasonText(recommendation, session)}
          </p>
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

function reasonText({ reason }: Recommendation, session: Session): string {
  const { why } = words.value;
  switch (reason.kind) {
    case 'community':
      return why.community();
    case 'because-liked':
      return why['because-liked'](session.titleById(reason.itemId));
    case 'genre':
      return why.genre(genreName(reason.genre));
    case 'popular':
      return why.popular();
  }
}
