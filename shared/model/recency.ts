// Recency: what was said long ago counts less, by a public rule that is the same for everybody and is not learned from anybody.
//   weight = max(floor, 2^(-age / half-life)),  age in whole days before the newest row of the same person
// No clock: a history weighs the same whenever it is looked at, and rows of one day weigh the same, so that one evening's clicks are one
// evening's taste. Tastes move over years and not over days, so the half-life is four years: a like of last year counts five sixths of one of
// today. `npm run ranking:study` shows that this does no harm, and what shorter ones do. The floor keeps the oldest favourite from being forgotten.
import { interactionKinds } from './interactions.ts';
import type { Interactions } from './model.ts';

export const recencyHalfLifeDays = 4 * 365;
export const leastRecencyWeight = 0.25;
const dayMs = 24 * 3600 * 1000;

/** One row of a history by model row. */
export interface DatedRow {
  readonly row: number;
  readonly kind: (typeof interactionKinds)[number];
  /** Unix ms. */
  readonly at: number;
}

/** The weight of a row that is so much older than the newest one: from `leastRecencyWeight` to 1. */
export function recencyWeight(ageMs: number): number {
  const days = Math.floor(Math.max(0, ageMs) / dayMs);
  return Math.max(leastRecencyWeight, 2 ** (-days / recencyHalfLifeDays));
}

/**
 * A history by kind, each list ascending: the same history trains the same update, whatever the order of its rows.
 * Without weights where all are 1, as they are in a history of one day.
 */
export function interactionsFrom(
  history: readonly DatedRow[],
  weightOf: (ageMs: number) => number = recencyWeight,
): Interactions {
  let newest = 0;
  for (const { at } of history) newest = Math.max(newest, at);
  const lists = { liked: [] as number[], disliked: [] as number[], seen: [] as number[] };
  const weights = { liked: [] as number[], disliked: [] as number[], seen: [] as number[] };
  for (const { row, kind, at } of [...history].sort((a, b) => a.row - b.row)) {
    lists[kind].push(row);
    weights[kind].push(weightOf(newest - at));
  }
  const isPlain = interactionKinds.every((kind) => weights[kind].every((weight) => weight === 1));
  return isPlain ? lists : { ...lists, weights };
}
