// A person's own likes as a test: hidden in groups, each group looked for with what is left. Costs nobody's privacy, as it never leaves the device.
import type { Scorer } from '../learners/scorer.ts';
import { withoutRows } from '../model/interactions.ts';
import type { Interactions } from '../model/model.ts';
import { excludedRows } from './list.ts';

/** A number of a row that mixes the catalogue and never changes, such as `placeOf` of the item's id. */
export type KeyOf = (row: number) => number;

/** The same order whatever the order of the rows. */
export function inKeyOrder(rows: readonly number[], keyOf: KeyOf): number[] {
  return [...rows].sort((a, b) => keyOf(a) - keyOf(b) || a - b);
}

/** Deals rows in the order of their keys into groups: `count`, or as many as there are rows. */
export function foldsOf(rows: readonly number[], count: number, keyOf: KeyOf): number[][] {
  const folds: number[][] = Array.from({ length: Math.min(count, rows.length) }, () => []);
  inKeyOrder(rows, keyOf).forEach((row, index) => {
    folds[index % folds.length]!.push(row);
  });
  return folds;
}

/**
 * The place, from 0, of each row of the folds among the items outside of the history, scored from the history without its fold.
 * @returns parallel to `folds.flat()`.
 */
export function heldOutPlaces(
  scorer: Pick<Scorer, 'scores'>,
  interactions: Interactions,
  folds: readonly (readonly number[])[],
  popularity: ArrayLike<number>,
): number[] {
  const excluded = excludedRows(popularity.length, interactions);
  return folds.flatMap((fold) => {
    const scores = scorer.scores(withoutRows(interactions, new Set(fold)));
    return fold.map((row) => placeAmong(scores, excluded, popularity, row));
  });
}

/** How many rows that are not excluded come before a row, which may be excluded itself: the order of `bestRows`. */
export function placeAmong(
  scores: ArrayLike<number>,
  excluded: Uint8Array,
  popularity: ArrayLike<number>,
  row: number,
): number {
  const own = scores[row]!;
  let place = 0;
  for (let other = 0; other < scores.length; other++) {
    if (excluded[other] === 1 || scores[other]! < own || other === row) continue;
    if (scores[other]! > own || popularity[other]! > popularity[row]!) place++;
    else if (popularity[other] === popularity[row] && other < row) place++;
  }
  return place;
}
