// The list before anything is known of a person: the same for everybody, by the model's popularity alone.
import { placeOf } from '#shared/catalogue/order.ts';
import { bestRows } from '#shared/ranking/list.ts';
import type { Recommendation } from './api.ts';
import type { Preview } from './published.ts';

/** The first list is chosen from this many times its length. */
const firstPool = 4;

const keys = new WeakMap<Preview['catalogue'], readonly number[]>();

/** Mixes a catalogue: by row the oldest films would come first. A smaller key comes first. */
export function keysOf(catalogue: Preview['catalogue']): readonly number[] {
  let known = keys.get(catalogue);
  if (known === undefined) {
    known = catalogue.items.map(({ id }) => placeOf(id));
    keys.set(catalogue, known);
  }
  return known;
}

/** The best `count` items for somebody who said nothing and tuned nothing. */
export function firstList(published: Preview, count: number): Recommendation[] {
  const { catalogue, model } = published;
  return firstRows(published, new Uint8Array(catalogue.items.length), count).map((row) => ({
    itemId: catalogue.items[row]!.id,
    score: model.popularity[row]!,
    source: 'popular',
    reason: { kind: 'popular' },
  }));
}

/**
 * From the most popular, the genres in turn, so that every taste finds a start. Equally popular ones come in a mixed order.
 * @param excluded by row: 1 for what is not listed.
 */
export function firstRows({ catalogue, model }: Preview, excluded: Uint8Array, count: number): number[] {
  const scores = Float64Array.from(model.popularity);
  const earlier = Float64Array.from(keysOf(catalogue), (key) => -key);
  const pool = bestRows(scores, excluded, firstPool * count, earlier);
  const listed = new Map<string, number>();
  const chosen: number[] = [];
  while (chosen.length < count && pool.length > 0) {
    const crowding = pool.map((row) => {
      const { genres } = catalogue.items[row]!;
      return genres.reduce((sum, genre) => sum + (listed.get(genre) ?? 0), 0) / Math.max(1, genres.length);
    });
    const next = pool.splice(crowding.indexOf(Math.min(...crowding)), 1)[0]!;
    for (const genre of catalogue.items[next]!.genres) listed.set(genre, (listed.get(genre) ?? 0) + 1);
    chosen.push(next);
  }
  return chosen;
}
