// Carrying what a federation learned over to a changed catalogue: items go by their ids, whatever their rows.
import type { Catalogue } from '../catalogue/schema.ts';
import { migratePopularity } from '../model/migrate.ts';
import type { ChosenItems } from '../model/model.ts';
import type { Evidence } from './evidence.ts';

export interface CatalogueChange {
  /** For each row of the new catalogue the row that the item had, or null for a new one. */
  readonly oldRowOf: readonly (number | null)[];
  /** For each row of the old one its row now, or undefined for an item that is gone. */
  readonly newRowOf: ReadonlyMap<number, number>;
}

export function catalogueChange(from: Pick<Catalogue, 'items'>, to: Pick<Catalogue, 'items'>): CatalogueChange {
  const oldRows = new Map(from.items.map((item, row) => [item.id, row]));
  const oldRowOf = to.items.map((item) => oldRows.get(item.id) ?? null);
  const newRowOf = new Map<number, number>();
  oldRowOf.forEach((oldRow, row) => {
    if (oldRow !== null) newRowOf.set(oldRow, row);
  });
  return { oldRowOf, newRowOf };
}

/** What was released, as the public popularity from now on: sums to 1. A new item starts where its prominence puts it. */
export function carriedPrior(
  released: Float32Array,
  { oldRowOf }: CatalogueChange,
  to: Pick<Catalogue, 'items'>,
): Float64Array {
  const popularity = migratePopularity(released, oldRowOf, to);
  const total = popularity.reduce((sum, value) => sum + value, 0);
  return popularity.map((value) => value / total);
}

/** Chosen items in the order of their new rows. */
export interface CarriedChoice extends ChosenItems {
  /** For each of them the place that it had. */
  readonly oldPlaces: readonly number[];
  /** By new row: what the items were chosen by, 0 for new ones. It chooses the same ones. */
  readonly basisOfRow: Float64Array;
}

/** Part of the least chosen popularity that is left of a greater one of an item that was not chosen: equals go by their rows, which change. */
const belowChosen = 1 - 2 ** -30;

/**
 * The choice in the new catalogue; null when one of the items is gone, or none was chosen.
 * @param basisOfOldRow what the items were chosen by, of all of them: how long a person's likes are follows from those that were not chosen too.
 */
export function carriedChoice(
  { chosen, basis }: ChosenItems,
  basisOfOldRow: Float64Array,
  change: CatalogueChange,
): CarriedChoice | null {
  const rows = Array.from(chosen, (row) => change.newRowOf.get(row));
  const known = rows.filter((row) => row !== undefined);
  if (chosen.length === 0 || known.length < chosen.length) return null;
  const oldPlaces = known.map((_, place) => place).sort((a, b) => basis[b]! - basis[a]! || known[a]! - known[b]!);
  const most = belowChosen * basis[basis.length - 1]!;
  const basisOfRow = Float64Array.from(change.oldRowOf, (row) =>
    row === null ? 0 : Math.min(most, basisOfOldRow[row]!),
  );
  known.forEach((row, place) => {
    basisOfRow[row] = basis[place]!;
  });
  return {
    chosen: Uint32Array.from(oldPlaces, (place) => known[place]!),
    basis: Float32Array.from(oldPlaces, (place) => basis[place]!),
    oldPlaces,
    basisOfRow,
  };
}

/** Evidence whose numbers are another order of the same ones. @param from for each number where it was. */
export function reordered(evidence: Evidence, from: ArrayLike<number>): Evidence {
  if (evidence.precision === 0) return evidence;
  return { ...evidence, sum: Float64Array.from(from, (at) => evidence.sum[at]!) };
}
