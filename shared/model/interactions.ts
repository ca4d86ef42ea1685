// What a device knows of its person, by model row: how much there is, and whether it fits a model.
import type { Interactions } from './model.ts';

export function interactionCount({ liked, disliked, seen }: Interactions): number {
  return liked.length + disliked.length + seen.length;
}

/** The kinds in the order in which a backend gathers them. */
export const interactionKinds = ['liked', 'disliked', 'seen'] as const;

/** @throws RangeError when a row is outside the model or occurs twice. */
export function checkInteractions(interactions: Interactions, items: number): void {
  const taken = new Set<number>();
  for (const kind of interactionKinds) {
    for (const row of interactions[kind]) {
      if (!Number.isInteger(row) || row < 0 || row >= items) {
        throw new RangeError(`interaction with row ${row}: rows are 0 to ${items - 1}`);
      }
      if (taken.has(row)) throw new RangeError(`row ${row} occurs twice among the interactions`);
      taken.add(row);
    }
  }
}
