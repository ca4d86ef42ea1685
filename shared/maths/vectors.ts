// Norms of plain arrays that cannot overflow on the way.

/** Largest absolute value; 0 for an empty array. Expects finite values. */
export function maximumAbsolute(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const absolute = Math.abs(values[i]!);
    if (absolute > most) most = absolute;
  }
  return most;
}

/** Euclidean norm, computed after dividing by the largest absolute value, so that 1e308 does not overflow before its time. */
export function normL2(values: Float64Array): number {
  const most = maximumAbsolute(values);
  if (most === 0) return 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const part = values[i]! / most;
    sum += part * part;
  }
  return most * Math.sqrt(sum);
}

/** Sum of squares of integers: exact while it is below 2^53. */
export function sumOfSquares(values: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
