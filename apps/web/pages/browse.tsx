// Browse: what could be for you, and everything else with search and filters.
import { words } from '../language.ts';
import { allTitles, ask } from '../later.ts';
import { SkeletonCards } from '../parts/card.tsx';
import { ForYou } from '../parts/for-you.tsx';
import { FaultNotice } from '../parts/notice.tsx';
import type { BrowseRoute } from '../router.ts';
import { useSession } from '../session.ts';

export function Browse({ route }: { readonly route: BrowseRoute }) {
  const session = useSession();
  const { nav } = words.value;
  // The first list waits for nothing that is not on it.
  const isFirst = session.recommendations.value === null && !session.recommendationsFailed.value;
  if (session.shelf.value === null && session.fault.value !== null) {
    return (
      <>
        <h1 class="visually-hidden" tabIndex={-1}>
          {nav.browse}
        </h1>
        <FaultNotice kind={session.fault.value} />
      </>
    );
  }
  return (
    <>
      <h1 class="visually-hidden" tabIndex={-1}>
        {nav.browse}
      </h1>
      <ForYou />
      {ask.isLoaded() && <ask.Part />}
      {isFirst ? (
        <ul class="grid grid-skeleton" aria-busy="true">
          <SkeletonCards count={14} />
        </ul>
      ) : (
        <allTitles.Part route={route} />
      )}
    </>
  );
}
