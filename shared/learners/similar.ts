// What the scorers share: rows of a history, and the items that are nearest to one in a space of the learner's own.

/** @throws RangeError when a row is outside of the items or occurs twice. */
export function checkedRows(rows: readonly number[], items: number): void {
  const seen = new Set<number>();
  for (const row of rows) {
    if (!Number.isInteger(row) || row < 0 || row >= items)
      throw new RangeError(`row ${row}: rows are 0 to ${items - 1}`);
    if (seen.has(row)) throw new RangeError(`row ${row} occurs twice`);
    seen.add(row);
  }
}

/**
 * The rows most like one by the cosine of their vectors, most similar first, without the row itself; equals by ascending row. A row whose
 * vector is zero is like none.
 * @param values rows x columns, row-major.
 * @throws RangeError for a row that there is not.
 */
export function nearestByCosine(
  values: ArrayLike<number>,
  columns: number,
  row: number,
  count: number,
): { readonly row: number; readonly score: number }[] {
  const rows = values.length / columns;
  checkedRows([row], rows);
  const product = (left: number, right: number): number => {
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += values[left * columns + k]! * values[right * columns + k]!;
    return sum;
  };
  const own = Math.sqrt(product(row, row));
  const found: { row: number; score: number }[] = [];
  for (let other = 0; other < rows; other++) {
    if (other === row) continue;
    const length = own * Math.sqrt(product(other, other));
    found.push({ row: other, score: length > 1e-12 ? product(row, other) / length : 0 });
  }
  return found.sort((a, b) => b.score - a.score || a.row - b.row).slice(0, Math.max(0, count));
}
