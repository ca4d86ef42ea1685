/** Mean 0 and standard deviation 1 over the rows that are not excluded; zeros where all are equal. By row, a new array. */
export function standardised(values: ArrayLike<number>, excluded: Uint8Array): Float64Array {
  let count = 0;
  let sum = 0;
  for (let row = 0; row < values.length; row++) {
    if (excluded[row] === 1) continue;
    count++;
    sum += values[row]!;
  }
  const mean = sum / Math.max(1, count);
  let squares = 0;
  for (let row = 0; row < values.length; row++) if (excluded[row] !== 1) squares += (values[row]! - mean) ** 2;
  const std = Math.sqrt(squares / Math.max(1, count));
  return Float64Array.from(values, (value) => (std > 1e-12 ? (value - mean) / std : 0));
}
