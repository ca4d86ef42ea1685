// Item rows as a backend takes them in: in float32, or in eight bits with one scale a row (shared/core/items.ts).
import type { QuantisedRows } from '#shared/core/items.ts';
import { meanOfRows } from '#shared/model/softmax-fit.ts';

export type RowSource =
  | { readonly kind: 'float'; readonly values: Float32Array; readonly columns: number }
  | { readonly kind: 'compact'; readonly rows: QuantisedRows };

export function columnsOf(source: RowSource): number {
  return source.kind === 'float' ? source.columns : source.rows.dimension;
}

export function itemsOf(source: RowSource): number {
  return source.kind === 'float' ? source.values.length / source.columns : source.rows.items;
}

/** The rows' numbers in float32: items x columns. The source's own where it has them. */
export function floatsOf(source: RowSource): Float32Array {
  if (source.kind === 'float') return source.values;
  const floats = new Float32Array(source.rows.values.length);
  const columns = columnsOf(source);
  for (let item = 0; item < itemsOf(source); item++) floats.set(rowOf(source, item), item * columns);
  return floats;
}

/** The mean of some rows. @throws RangeError for none, or for a row outside. */
export function meanOf(source: RowSource, rows: readonly number[]): Float64Array {
  const columns = columnsOf(source);
  if (source.kind === 'float') return meanOfRows(source.values, columns, rows);
  const outside = rows.find((row) => !Number.isInteger(row) || row < 0 || row >= itemsOf(source));
  if (outside !== undefined) throw new RangeError(`rows are 0 to ${itemsOf(source) - 1}, got ${outside}`);
  const gathered = new Float32Array(rows.length * columns);
  rows.forEach((row, index) => {
    gathered.set(rowOf(source, row), index * columns);
  });
  return meanOfRows(gathered, columns, [...rows.keys()]);
}

function rowOf(source: RowSource, item: number): Float32Array {
  const columns = columnsOf(source);
  const [start, end] = [item * columns, (item + 1) * columns];
  if (source.kind === 'float') return source.values.subarray(start, end);
  const scale = source.rows.scales[item]!;
  return Float32Array.from(source.rows.values.subarray(start, end), (value) => value * scale);
}
