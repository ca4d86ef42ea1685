// Means, their standard errors and quantiles of a sample. Sums go in the order of the values, so that the same values give the same bits.

/** NaN for no values. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return sum / values.length;
}

/** Of the mean, by the sample's own spread; 0 for fewer than two values. */
export function standardErrorOf(values: ArrayLike<number>): number {
  const { length } = values;
  if (length < 2) return 0;
  const mean = meanOf(values);
  let squares = 0;
  for (let index = 0; index < length; index++) squares += (values[index]! - mean) ** 2;
  return Math.sqrt(squares / (length - 1) / length);
}

/** Between the two nearest values in proportion. @param values in any order. @param part 0 for the least, 1 for the largest. NaN for no values. */
export function quantileOf(values: Iterable<number>, part: number): number {
  const ascending = Float64Array.from(values).sort();
  if (ascending.length === 0) return Number.NaN;
  const at = part * (ascending.length - 1);
  const below = Math.floor(at);
  const lower = ascending[below]!;
  const upper = ascending[Math.min(below + 1, ascending.length - 1)]!;
  return lower + (at - below) * (upper - lower);
}

export function medianOf(values: Iterable<number>): number {
  return quantileOf(values, 0.5);
}
