// The catalogue as the page looks things up in it: by id, by words, by genre and decade. Made once for each catalogue.
import { placeOf } from '#shared/catalogue/order.ts';
import type { Catalogue, CatalogueItem } from '#shared/catalogue/schema.ts';

export interface ShelfFilter {
  readonly search: string;
  readonly genre: string;
  readonly decade: number | null;
}

export class Shelf {
  readonly catalogue: Catalogue;
  /** Most frequent first. */
  readonly genres: readonly string[];
  /** First years of decades, newest first. */
  readonly decades: readonly number[];
  readonly #byId: ReadonlyMap<string, CatalogueItem>;
  /** Widely known first, and within that in an order that mixes the years but never changes. */
  #ordered: readonly { readonly item: CatalogueItem; readonly words: string }[] | null = null;

  constructor(catalogue: Catalogue) {
    this.catalogue = catalogue;
    this.#byId = new Map(catalogue.items.map((item) => [item.id, item]));
    const genreCounts = new Map<string, number>();
    const decades = new Set<number>();
    for (const item of catalogue.items) {
      for (const genre of item.genres) {
        genreCounts.set(genre, (genreCounts.get(genre) ?? 0) + 1);
      }
      if (item.year !== undefined) {
        decades.add(decadeOf(item.year));
      }
    }
    this.genres = [...genreCounts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([genre]) => genre);
    this.decades = [...decades].sort((a, b) => b - a);
  }

  item(itemId: string): CatalogueItem | undefined {
    return this.#byId.get(itemId);
  }

  /** Items that have every word of the search, and the genre and decade where given. Titles that begin with the search come first. */
  find({ search, genre, decade }: ShelfFilter): readonly CatalogueItem[] {
    const wanted = folded(search).trim();
    const searchWords = wanted.split(/\s+/).filter((word) => word !== '');
    const beginning: CatalogueItem[] = [];
    const others: CatalogueItem[] = [];
    this.#ordered ??= ordered(this.catalogue.items);
    for (const { item, words } of this.#ordered) {
      if (genre !== '' && !item.genres.includes(genre)) {
        continue;
      }
      if (decade !== null && (item.year === undefined || decadeOf(item.year) !== decade)) {
        continue;
      }
      if (searchWords.every((word) => words.includes(word))) {
        (wanted !== '' && words.includes(`\n${wanted}`) ? beginning : others).push(item);
      }
    }
    return beginning.concat(others);
  }
}

/** Put in order when they are first searched: a first list needs none of it. */
function ordered(items: readonly CatalogueItem[]) {
  return items
    .map((item) => ({ item, words: searchable(item), prominence: item.prominence ?? 0, place: placeOf(item.id) }))
    .sort((a, b) => b.prominence - a.prominence || a.place - b.place);
}

export function decadeOf(year: number): number {
  return Math.floor(year / 10) * 10;
}

/** Everything that a search looks at, each part after a line break. */
function searchable(item: CatalogueItem): string {
  const title = folded(item.title);
  const parts = [
    title,
    title.replace(/^(the|a|an) /, ''),
    folded(item.titleZh ?? ''),
    folded((item.directors ?? []).join('\n')),
  ];
  return `\n${parts.join('\n')}\n${item.year ?? ''}`;
}

/** Lower case without accents, so that `amelie` finds Amélie. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
