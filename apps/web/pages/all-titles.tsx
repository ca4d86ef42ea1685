// Everything in the catalogue, with search and filters: below the list, and loaded after it.
import { useMemo } from 'preact/hooks';
import { genreName, words } from '../language.ts';
import { SkeletonCards } from '../parts/card.tsx';
import { Grid } from '../parts/grid.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { BROWSE, type BrowseRoute, replaceRoute } from '../router.ts';
import { useSession } from '../session.ts';
import { decadeOf } from '../shelf.ts';

export function AllTitles({ route }: { readonly route: BrowseRoute }) {
  const session = useSession();
  const { browse } = words.value;
  const shelf = session.shelf.value;
  const { search, genre, decade } = route;
  const found = useMemo(() => shelf?.find({ search, genre, decade }) ?? [], [shelf, search, genre, decade]);
  const change = (part: Partial<BrowseRoute>): void => replaceRoute({ ...route, ...part });
  const filtered = search !== '' || genre !== '' || decade !== null;
  return (
    <section aria-labelledby="all-heading">
      <div class="toolbar">
        <div class="toolbar-head">
          <h2 id="all-heading">{shelf === null || shelf.catalogue.name === 'films' ? browse.all : browse.allOther}</h2>
          <p class="muted" role="status">
            {shelf === null ? '' : browse.found(found.length)}
          </p>
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: the search element is not known to all supported browsers */}
        <div class="filters" role="search">
          <label class="search-field">
            <span class="visually-hidden">{browse.search}</span>
            <Icon name="search" />
            <input
              type="search"
              data-testid="search"
              placeholder={browse.search}
              value={search}
              maxLength={200}
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => change({ search: event.currentTarget.value })}
            />
          </label>
          <label>
            <span class="visually-hidden">{browse.genre}</span>
            <select
              data-testid="filter-genre"
              value={genre}
              onChange={(event) => change({ genre: event.currentTarget.value })}
            >
              <option value="">{browse.anyGenre}</option>
              {(shelf?.genres ?? []).map((name) => (
                <option key={name} value={name}>
                  {genreName(name)}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span class="visually-hidden">{browse.decade}</span>
            <select
              data-testid="filter-decade"
              value={decade === null ? '' : String(decadeOf(decade))}
              onChange={(event) =>
                change({ decade: event.currentTarget.value === '' ? null : Number(event.currentTarget.value) })
              }
            >
              <option value="">{browse.anyDecade}</option>
              {(shelf?.decades ?? []).map((start) => (
                <option key={start} value={String(start)}>
                  {browse.decadeOf(start)}
                </option>
              ))}
            </select>
          </label>
        </div>
      </div>
      {shelf === null && (
        <ul class="grid grid-skeleton" aria-busy="true">
          <SkeletonCards count={14} />
        </ul>
      )}
      {shelf !== null && found.length > 0 && <Grid items={found} label={browse.all} />}
      {shelf !== null && found.length === 0 && (
        <Notice icon="search" text={browse.nothing} hint={browse.nothingHint}>
          {filtered && (
            <button type="button" class="button" onClick={() => replaceRoute(BROWSE)}>
              {browse.clear}
            </button>
          )}
        </Notice>
      )}
    </section>
  );
}
