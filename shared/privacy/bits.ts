// How many bits the ring needs, and how fine the integers should be: the sum of a cohort must not wrap. A wrap spoils a model, never privacy.
import { transformWidth } from '../maths/hadamard.ts';
import { maximumLocalNoiseStd, maximumRingBits, minimumLocalNoiseStd, minimumRingBits } from '../protocol/limits.ts';
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

/** Every ring of the protocol, by rising bits. */
export const everyRing: readonly number[] = Array.from(
  { length: maximumRingBits - minimumRingBits + 1 },
  (_, i) => minimumRingBits + i,
);

/**
 * The smallest ring in which six standard deviations of the sum fit: 6 S <= 2^(b-1). Throws RangeError when none does.
 * @param rings bits to choose from, rising.
 */
export function chooseBits(shape: CohortShape, clippingBoundInt: number, rings = everyRing): number {
  const needed = 6 * worstSumStd(shape, clippingBoundInt);
  const bits = rings.find((candidate) => needed <= 2 ** (candidate - 1));
  if (bits === undefined) {
    throw new RangeError(
      `chooseBits: expected six deviations of the sum below 2^31, got ${needed}; lower the clipping bound`,
    );
  }
  return bits;
}

/** What integers may add to the variance of a sum: 2.5 % of its standard deviation. A bit more would quarter it, for 6 to 9 % of the upload. */
export const mostAddedVariance = 0.05;

/** Finer integers gain nothing. */
const finestClippingBoundInt = 2 ** 14;

/**
 * What integers add to the variance of a sum, as a part of what it would have on real numbers, z² C² n / nEff: by rounding's larger
 * sensitivity, boundSq / C², and by rounding itself, at most 1/4 for each number of each device.
 */
export function addedVariance(shape: CohortShape, clippingBoundInt: number): number {
  const onReals = (shape.noiseMultiplier * clippingBoundInt) ** 2 / shape.honestNoiseShares;
  return sensitivitySquared(clippingBoundInt, shape.length) / clippingBoundInt ** 2 - 1 + 1 / 4 / onReals;
}

/**
 * The coarsest integers that add so little, with a local noise of at least 3: below three units a sum of discrete Gaussians is no discrete
 * Gaussian any more (tau). So C is above 2.2 sqrt(D).
 */
function leastClippingBoundInt(shape: CohortShape): number {
  const isFineEnough = (clippingBoundInt: number) =>
    addedVariance(shape, clippingBoundInt) <= mostAddedVariance &&
    localNoiseStd(shape, clippingBoundInt) >= minimumLocalNoiseStd;
  let most = 1;
  while (!isFineEnough(most)) most *= 2;
  return firstThat(isFineEnough, most);
}

/**
 * The smallest ring that carries integers fine enough, and the finest that it carries, at most 2^14.
 * @param rings bits to choose from, rising. Throws RangeError when none carries them.
 */
export function chooseRing(
  shape: CohortShape,
  rings = everyRing,
): { readonly clippingBoundInt: number; readonly bits: number } {
  const least = leastClippingBoundInt(shape);
  const bits = chooseBits(shape, least, rings);
  const isTooFine = (clippingBoundInt: number) =>
    clippingBoundInt > finestClippingBoundInt ||
    localNoiseStd(shape, clippingBoundInt) > maximumLocalNoiseStd - 1 ||
    6 * worstSumStd(shape, clippingBoundInt) > 2 ** (bits - 1);
  return { clippingBoundInt: Math.max(least, firstThat(isTooFine, finestClippingBoundInt + 1) - 1), bits };
}

/** The first whole number from 1 to `most` that passes; `most` passes, and so does whatever is beyond one that does. */
function firstThat(passes: (value: number) => boolean, most: number): number {
  let [low, high] = [1, most];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (passes(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Before its variance is rounded up to sixteenths. */
function localNoiseStd({ noiseMultiplier, honestNoiseShares, length }: CohortShape, clippingBoundInt: number): number {
  return noiseMultiplier * Math.sqrt(sensitivitySquared(clippingBoundInt, length) / honestNoiseShares);
}
