// The list under a person's tuning. Each wish is added to the score, in standard deviations over the items that can be shown:
//   z_i = score_i + p (−log popularity_i) + n (−closeness_i) + genres wanted more − genres wanted less        each standardised, times its weight
// (towards the little known, popularity also loses what it already has in the score, which differs from model to model),
// and the list is picked by maximal marginal relevance (Carbonell and Goldstein 1998): one after another the item with the most of
//   z_i − diversity · weight · max(cosine to what is listed already)
// A neutral tuning is exactly the list by score. The first items of a longer list are the shorter list.
import type { Catalogue } from '../catalogue/schema.ts';
import type { UnitVectors } from '../learners/unit-vectors.ts';
import { weightsOf } from '../model/interactions.ts';
import type { Interactions } from '../model/model.ts';
import { logPopularity } from '../model/popularity.ts';
import { bestRows } from './list.ts';
import { standardised } from './standardised.ts';
import { isDirectionless, type Tuning } from './tuning.ts';

/** Standard deviations that a slider at its end, or a genre, moves an item. */
const popularityWeight = 1;
const noveltyWeight = 1;
const genreWeight = 1.2;
/** Standard deviations that an item loses at full diversity when it is just like one that is listed. */
const diversityWeight = 3;
/** Diversity picks among so many; who comes after them follows by score. */
const diversePool = 500;
/** Closeness is measured to so many known items: those that count most, and among equals the first by row. */
const mostKnown = 64;

/** What the list is made of, by row. */
export interface Listing {
  readonly scores: ArrayLike<number>;
  /** 1: never listed. */
  readonly excluded: Uint8Array;
  readonly interactions: Interactions;
  readonly catalogue: Pick<Catalogue, 'items'>;
  /** Any unit, above 0. */
  readonly popularity: ArrayLike<number>;
  readonly units: Pick<UnitVectors, 'cosine'>;
}

/** Rows, best first; at most `count`, and never an excluded one. */
export function tunedRows(listing: Listing, tuning: Tuning, count: number): number[] {
  const { excluded, popularity } = listing;
  const scores = isDirectionless(tuning) ? listing.scores : wishedScores(listing, tuning);
  if (tuning.diversity === 0) return bestRows(scores, excluded, count, popularity);
  const ranked = bestRows(scores, excluded, Math.max(count, diversePool), popularity);
  const picked = diverse(
    ranked.slice(0, diversePool),
    standardised(scores, excluded),
    listing,
    tuning.diversity,
    count,
  );
  return [...picked, ...ranked.slice(diversePool)].slice(0, count);
}

/** z of the head of this file, by row. */
function wishedScores(listing: Listing, tuning: Tuning): Float64Array {
  const { excluded, catalogue, popularity } = listing;
  const wished = standardised(listing.scores, excluded);
  const add = (values: ArrayLike<number>, weight: number): void => {
    const standard = standardised(values, excluded);
    for (let row = 0; row < wished.length; row++) wished[row] = wished[row]! + weight * standard[row]!;
  };
  if (tuning.popularity !== 0) {
    const known = logPopularity(popularity);
    const inScore =
      tuning.popularity > 0 ? Math.max(0, correlation(wished, standardised(known, excluded), excluded)) : 0;
    add(known, -(popularityWeight + inScore) * tuning.popularity);
  }
  if (tuning.novelty !== 0) add(closeness(listing), -noveltyWeight * tuning.novelty);
  const wishes = new Map([
    ...tuning.more.map((genre): [string, number] => [genre, genreWeight]),
    ...tuning.less.map((genre): [string, number] => [genre, -genreWeight]),
  ]);
  if (wishes.size > 0) {
    catalogue.items.forEach(({ genres }, row) => {
      for (const genre of genres) wished[row] = wished[row]! + (wishes.get(genre) ?? 0);
    });
  }
  return wished;
}

/** Of two standardised lists, over the rows that can be listed. */
function correlation(a: Float64Array, b: Float64Array, excluded: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < a.length; row++) {
    if (excluded[row] === 1) continue;
    sum += a[row]! * b[row]!;
    count++;
  }
  return sum / Math.max(1, count);
}

/** The largest cosine to anything that was liked or seen, by row; zeros when nothing was. */
function closeness({ scores, interactions, units }: Listing): Float64Array {
  const known = (['liked', 'seen'] as const).flatMap((kind) => {
    const weights = weightsOf(interactions, kind);
    return interactions[kind].map((row, index) => ({ row, weight: weights[index]! }));
  });
  known.sort((a, b) => b.weight - a.weight || a.row - b.row);
  const nearest = new Float64Array(scores.length).fill(known.length === 0 ? 0 : -1);
  for (const { row: other } of known.slice(0, mostKnown)) {
    for (let row = 0; row < nearest.length; row++) nearest[row] = Math.max(nearest[row]!, units.cosine(row, other));
  }
  return nearest;
}

function diverse(
  pool: readonly number[],
  z: Float64Array,
  { units }: Listing,
  diversity: number,
  count: number,
): number[] {
  const left = [...pool];
  const likest = left.map(() => 0);
  const picked: number[] = [];
  while (left.length > 0 && picked.length < count) {
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < left.length; index++) {
      const value = z[left[index]!]! - diversity * diversityWeight * likest[index]!;
      // Of equals the first, which the pool has in the list's order.
      if (value > most) {
        most = value;
        best = index;
      }
    }
    const [row] = left.splice(best, 1);
    likest.splice(best, 1);
    picked.push(row!);
    for (let index = 0; index < left.length; index++) {
      likest[index] = Math.max(likest[index]!, units.cosine(row!, left[index]!));
    }
  }
  return picked;
}
