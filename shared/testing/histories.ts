// Histories for property tests: distinct rows, each liked, disliked or seen.
import fc from 'fast-check';
import type { Interactions } from '../model/model.ts';

/** Of a model with `items` items: up to `maxLength` rows in no order. */
export function histories(items: number, maxLength = 20): fc.Arbitrary<Interactions> {
  const row = fc.integer({ min: 0, max: items - 1 });
  const kind = fc.constantFrom('liked', 'disliked', 'seen');
  return fc.uniqueArray(fc.tuple(row, kind), { selector: ([chosen]) => chosen, maxLength }).map((pairs) => {
    const of = (wanted: string) => pairs.filter((pair) => pair[1] === wanted).map((pair) => pair[0]);
    return { liked: of('liked'), disliked: of('disliked'), seen: of('seen') };
  });
}
