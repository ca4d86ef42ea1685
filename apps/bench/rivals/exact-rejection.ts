// Encoding with exact rejection sampling, as reference code has it: clip, round to a random side, and a draw of whole numbers and fair coins for each
// coordinate.
import { cryptographicRandom } from '#shared/maths/random.ts';
import { ExactDiscreteGaussian } from '#shared/testing/exact-discrete-gaussian.ts';

export function encodeExactly(update: Float64Array, bound: number, scale: number, variance: number): Int32Array {
  const random = cryptographicRandom();
  const gaussian = new ExactDiscreteGaussian({ numerator: variance, denominator: 1 }, random);
  const words = new Uint32Array(update.length);
  random.fillUint32(words);
  const norm = Math.sqrt(update.reduce((sum, value) => sum + value * value, 0));
  const factor = scale * Math.min(1, bound / norm);
  return Int32Array.from(update, (value, i) => {
    const scaled = value * factor;
    const below = Math.floor(scaled);
    const isRoundedUp = words[i]! < (scaled - below) * 2 ** 32;
    return below + (isRoundedUp ? 1 : 0) + gaussian.sample();
  });
}
