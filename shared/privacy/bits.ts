// How many bits the ring needs, and how fine the integers should be: the sum of a cohort must not wrap. A wrap spoils a model, never privacy.
import { transformWidth } from '../maths/hadamard.ts';
import { maximumLocalNoiseStd, minimumLocalNoiseStd, ringBits } from '../protocol/limits.ts';
import { localNoiseVariance, sensitivitySquared } from './sensitivity.ts';

export interface CohortShape {
  /** nMax: most uploads in one sum. */
  readonly maxCohort: number;
  readonly honestNoiseShares: number;
  readonly noiseMultiplier: number;
  /** D. */
  readonly length: number;
}

/**
 * Standard deviation of one number of the sum at worst, integer units: the noise of all, the rounding, and all updates pointing the same
 * way, spread by the rotation over P numbers: sqrt(n sigma² + n / 4 + (n C)² / P).
 */
export function worstSumStd(shape: CohortShape, clippingBoundInt: number): number {
  const { maxCohort: n, length } = shape;
  const boundSq = sensitivitySquared(clippingBoundInt, length);
  const variance = localNoiseVariance(shape.noiseMultiplier, boundSq, shape.honestNoiseShares);
  const aligned = (n * clippingBoundInt) ** 2 / transformWidth(length);
  return Math.sqrt(n * (variance.numerator / variance.denominator) + n / 4 + aligned);
}

/** The smallest ring in which six standard deviations of the sum fit: 6 S <= 2^(b-1). Throws RangeError when none does. */
export function chooseBits(shape: CohortShape, clippingBoundInt: number): number {
  const needed = 6 * worstSumStd(shape, clippingBoundInt);
  const bits = ringBits.find((candidate) => needed <= 2 ** (candidate - 1));
  if (bits === undefined) {
    throw new RangeError(
      `chooseBits: expected six deviations of the sum below 2^31, got ${needed}; lower the clipping bound`,
    );
  }
  return bits;
}

/** Rounding to integers inflates the sensitivity by at most 5 % when C >= 1.6 sqrt(D). */
export function leastClippingBoundInt(length: number): number {
  return Math.ceil(1.6 * Math.sqrt(length));
}

/**
 * The finest integers that the smallest sufficient ring carries: the largest power of two for the clipping bound, at least
 * 1.6 sqrt(D) and a local noise of 3, and at most 2^14 (finer gains nothing), and the bits for it.
 */
export function chooseRing(shape: CohortShape): { readonly clippingBoundInt: number; readonly bits: number } {
  let least = 2 ** Math.ceil(Math.log2(leastClippingBoundInt(shape.length)));
  // Below three integer units a sum of discrete Gaussians is no discrete Gaussian any more (tau).
  while (localNoiseStd(shape, least) < minimumLocalNoiseStd) least *= 2;
  const bits = chooseBits(shape, least);
  let clippingBoundInt = least;
  while (clippingBoundInt < 2 ** 14 && fits(shape, 2 * clippingBoundInt, bits)) clippingBoundInt *= 2;
  return { clippingBoundInt, bits };
}

function fits(shape: CohortShape, clippingBoundInt: number, bits: number): boolean {
  if (localNoiseStd(shape, clippingBoundInt) > maximumLocalNoiseStd) return false;
  return 6 * worstSumStd(shape, clippingBoundInt) <= 2 ** (bits - 1);
}

function localNoiseStd(shape: CohortShape, clippingBoundInt: number): number {
  const boundSq = sensitivitySquared(clippingBoundInt, shape.length);
  const { numerator, denominator } = localNoiseVariance(shape.noiseMultiplier, boundSq, shape.honestNoiseShares);
  return Math.sqrt(numerator / denominator);
}
