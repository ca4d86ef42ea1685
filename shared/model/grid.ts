// Published numbers as coarse as they may be without anybody noticing: the noise of a round is far larger. What is coarse is small to download, as a
// difference from the version before (shared/model/delta.ts) and whole.

/** Steps in the root mean square of an array, at least. */
const stepsInRms = 32;

/**
 * Multiples of a power of two, between a 64th and a 32nd of the values' root mean square: no value moves by more
 * than a 64th of it.
 * @returns a new array; a negative zero becomes zero.
 */
export function onGrid(values: Float32Array): Float32Array {
  const meanSquare = values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length);
  if (!(meanSquare > 0)) return values.map((value) => value + 0);
  const step = 2 ** Math.floor(Math.log2(Math.sqrt(meanSquare) / stepsInRms));
  return values.map((value) => Math.round(value / step) * step + 0);
}

/** Bits of a number that count, where numbers of an array are of very different sizes. */
const significantBits = 11;

/** Every value rounded to its first eleven bits: to a relative 2^-11. @returns a new array. */
export function toSignificant(values: Float32Array): Float32Array {
  return values.map((value) => {
    if (value === 0) return 0;
    const step = 2 ** (Math.floor(Math.log2(Math.abs(value))) + 1 - significantBits);
    return Math.round(value / step) * step;
  });
}
