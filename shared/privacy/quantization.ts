// Conditional stochastic rounding to integers: unbiased up to the condition that the integers keep the sensitivity bound. The bound is checked
// on the integers themselves, so no floating-point error before this step can weaken privacy. Kairouz, Liu and Steinke 2021; PROTOCOL.md [N3].
import type { RandomSource } from '../maths/random.ts';
import { sumOfSquares } from '../maths/vectors.ts';

/** Tries at a rounding that keeps the bound. */
export const maximumTries = 32;
/** Words are drawn in batches of this size, so that the order of draws does not depend on the caller. */
const batchWords = 4096;
const twoTo32 = 2 ** 32;

/**
 * Rounds each number up or down at random, the mean kept, redrawing the whole vector while the sum of squares exceeds `boundSq` (32 tries),
 * then truncates towards zero, and gives zeros if even that is over or a number is not finite.
 * @param values Float64Array[D], integer units, absolute values below 2^31. @param boundSq from `sensitivitySquared`.
 * Returns a new Int32Array[D] with Σq² <= boundSq, whatever came in. One random word a number and try, in order.
 */
export function roundConditionally(values: Float64Array, boundSq: number, random: RandomSource): Int32Array {
  const rounded = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    // Also refuses NaN: in an Int32Array it would become a 0 that looks like data.
    if (!(Math.abs(values[i]!) < 2 ** 31 - 1)) return rounded;
  }
  const words = new Uint32Array(Math.min(batchWords, values.length));
  try {
    for (let attempt = 0; attempt < maximumTries; attempt++) {
      drawRounding(values, rounded, words, random);
      if (sumOfSquares(rounded) <= boundSq) return rounded;
    }
  } finally {
    words.fill(0);
  }
  for (let i = 0; i < values.length; i++) rounded[i] = Math.trunc(values[i]!);
  if (!(sumOfSquares(rounded) <= boundSq)) rounded.fill(0);
  return rounded;
}

function drawRounding(values: Float64Array, rounded: Int32Array, words: Uint32Array, random: RandomSource): void {
  for (let start = 0; start < values.length; start += words.length) {
    const batch = words.subarray(0, Math.min(words.length, values.length - start));
    random.fillUint32(batch);
    for (let i = 0; i < batch.length; i++) {
      const value = values[start + i]!;
      const below = Math.floor(value);
      rounded[start + i] = below + (batch[i]! / twoTo32 < value - below ? 1 : 0);
    }
  }
}
