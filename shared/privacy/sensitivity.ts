// What one person can change in the sum, in integer units, and the noise that hides it. Kairouz, Liu and Steinke 2021 (theorem 1) for the bound
// of a randomly rounded vector; the noise share of a device as in Kairouz et al. 2021 (distributed discrete Gaussian).

function integerSquareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  // Newton from above; the double's root is only a start.
  let root = BigInt(Math.ceil(Math.sqrt(Number(value)))) + 1n;
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * Chat² rounded down: the bound that the sum of squares of a rounded update must keep.
 * min(C² + D + isqrt(4 C² D), C² + C + floor((D + isqrt(4 D)) / 4)): the second is the bound for beta = e^(-1/2).
 * @param clippingBoundInt C, 1 to 2^25. @param length D, 1 to 2^22. The result is below 2^53, so it is exact as a number.
 */
export function sensitivitySquared(clippingBoundInt: number, length: number): number {
  if (!Number.isInteger(clippingBoundInt) || clippingBoundInt < 1 || clippingBoundInt > 2 ** 25) {
    throw new RangeError(`sensitivitySquared: expected a clipping bound of 1 to 2^25, got ${clippingBoundInt}`);
  }
  if (!Number.isInteger(length) || length < 1 || length > 2 ** 22) {
    throw new RangeError(`sensitivitySquared: expected a length of 1 to 2^22, got ${length}`);
  }
  const c = BigInt(clippingBoundInt);
  const d = BigInt(length);
  const worst = c * c + d + integerSquareRoot(4n * c * c * d);
  const likely = c * c + c + (d + integerSquareRoot(4n * d)) / 4n;
  return Number(worst < likely ? worst : likely);
}

/** A variance in integer units squared, as the RoundConfig carries it. */
export interface RationalVariance {
  readonly numerator: number;
  readonly denominator: number;
}

/** Sixteenths: rounding up costs at most 0.7 % of the variance at the smallest allowed one (9), and a variance of 2^26 still fits a u32. */
const varianceDenominator = 16;

/** z = sqrt(nEff sigma²) / sqrt(boundSq): central noise standard deviation over sensitivity, as the device computes it. */
export function noiseMultiplierOf(variance: RationalVariance, boundSq: number, honestNoiseShares: number): number {
  return Math.sqrt(honestNoiseShares * (variance.numerator / variance.denominator)) / Math.sqrt(boundSq);
}

/**
 * One device's share of the noise: sigma² = z² boundSq / nEff, rounded up so that the noise multiplier is never below z.
 * Throws RangeError when it does not fit a u32.
 */
export function localNoiseVariance(
  noiseMultiplier: number,
  boundSq: number,
  honestNoiseShares: number,
): RationalVariance {
  const denominator = varianceDenominator;
  let numerator = Math.ceil(((noiseMultiplier * noiseMultiplier * boundSq) / honestNoiseShares) * denominator);
  // Before the loop: beyond 2^53 adding 1 would change nothing.
  if (!(numerator >= 1 && numerator < 0xffff_ffff)) {
    throw new RangeError(
      `localNoiseVariance: expected a variance below 2^28, got ${numerator / denominator}; lower the clipping bound in integer units`,
    );
  }
  while (noiseMultiplierOf({ numerator, denominator }, boundSq, honestNoiseShares) < noiseMultiplier) numerator++;
  return { numerator, denominator };
}
