// How often a number of the sum leaves [-2^(b-1), 2^(b-1)) and comes back on the other side: with the bits that the chooser takes, never seen.
import { expect, test } from 'vitest';
import { experimentRandom } from '../maths/random.ts';
import { liftSigned, ringMask } from '../maths/ring.ts';
import { exampleConfig, examplePolicy } from '../testing/example-policy.ts';
import { chooseRing } from './bits.ts';
import { encodeUpdate } from './pipeline.ts';
import { localNoiseVariance, sensitivitySquared } from './sensitivity.ts';

/** Wrapped numbers in the sum of `maxCohort` updates that all point the same way, as long as clipping lets them be. */
function wrapped(
  noiseMultiplier: number,
  seed: number,
  lessBits: number,
): { readonly wrapped: number; readonly of: number } {
  const [length, maxCohort, honestNoiseShares] = [4096, 28, 18];
  const { clippingBoundInt, bits } = chooseRing({ maxCohort, honestNoiseShares, noiseMultiplier, length });
  const variance = localNoiseVariance(noiseMultiplier, sensitivitySquared(clippingBoundInt, length), honestNoiseShares);
  const config = exampleConfig(examplePolicy(length, { noiseMultiplier, bits, clippingBoundInt }), {
    sigma2num: variance.numerator,
    sigma2den: variance.denominator,
  });
  const random = experimentRandom(seed);
  // Dense, and far beyond the clipping bound.
  const update = Float64Array.from({ length }, (_, i) => 10 * Math.sin(i * i));
  const exact = new Float64Array(length);
  for (let person = 0; person < maxCohort; person++) {
    encodeUpdate(update, config, random).noised.forEach((value, i) => {
      exact[i] = exact[i]! + value;
    });
  }
  const used = bits - lessBits;
  const mask = ringMask(used);
  const lifted = liftSigned(
    Uint32Array.from(exact, (value) => value & mask),
    used,
  );
  return { wrapped: lifted.filter((value, i) => value !== exact[i]).length, of: length };
}

test.each([0.7, 2, 5])(
  '[N5] [S2] z = %f: nothing wraps in a full cohort of aligned updates (seed 31)',
  (noiseMultiplier) => {
    expect(wrapped(noiseMultiplier, 31, 0).wrapped).toBe(0);
  },
);

test('with four bits fewer a wrap is seen, so it would be', () => {
  const { wrapped: count, of } = wrapped(2, 31, 4);
  expect(count).toBeGreaterThan(of / 100);
});
