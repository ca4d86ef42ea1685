// What a device knows of its person, by model row: how much there is, how much each row counts, and whether it fits a model.
import type { Interactions } from './model.ts';

export function interactionCount({ liked, disliked, seen }: Interactions): number {
  return liked.length + disliked.length + seen.length;
}

/** The kinds in the order in which a backend gathers them. */
export const interactionKinds = ['liked', 'disliked', 'seen'] as const;

/** Weights parallel to the list of one kind. */
export function weightsOf(interactions: Interactions, kind: (typeof interactionKinds)[number]): readonly number[] {
  return interactions.weights?.[kind] ?? interactions[kind].map(() => 1);
}

/** The interactions without some rows; the others count what they did. */
export function withoutRows(interactions: Interactions, rows: ReadonlySet<number>): Interactions {
  const kept = (values: readonly number[], kind: (typeof interactionKinds)[number]) =>
    values.filter((_, index) => !rows.has(interactions[kind][index]!));
  const listsOf = (of: Pick<Interactions, (typeof interactionKinds)[number]>) => ({
    liked: kept(of.liked, 'liked'),
    disliked: kept(of.disliked, 'disliked'),
    seen: kept(of.seen, 'seen'),
  });
  const { weights } = interactions;
  return weights === undefined ? listsOf(interactions) : { ...listsOf(interactions), weights: listsOf(weights) };
}

/** @throws RangeError when a row is outside the model or occurs twice, or a weight is none. */
export function checkInteractions(interactions: Interactions, items: number): void {
  const taken = new Set<number>();
  for (const kind of interactionKinds) {
    const weights = weightsOf(interactions, kind);
    if (weights.length !== interactions[kind].length) {
      throw new RangeError(`${weights.length} weights of ${interactions[kind].length} rows ${kind}`);
    }
    const wrong = weights.find((weight) => !(weight > 0 && weight <= 1));
    if (wrong !== undefined) throw new RangeError(`weight ${wrong} of a row ${kind}, expected above 0 and at most 1`);
    for (const row of interactions[kind]) {
      if (!Number.isInteger(row) || row < 0 || row >= items) {
        throw new RangeError(`interaction with row ${row}: rows are 0 to ${items - 1}`);
      }
      if (taken.has(row)) throw new RangeError(`row ${row} occurs twice among the interactions`);
      taken.add(row);
    }
  }
}
