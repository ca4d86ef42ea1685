// How often a number of the sum leaves [-2^(b-1), 2^(b-1)) and comes back on the other side: with the bits that the chooser takes, never seen.
import { expect, test } from 'vitest';
import { experimentRandom } from '../maths/random.ts';
import { liftSigned, ringMask } from '../maths/ring.ts';
import { exampleConfig, examplePolicy } from '../testing/example-policy.ts';
import { type CohortShape, chooseRing } from './bits.ts';
import { encodeUpdate } from './pipeline.ts';
import { localNoiseVariance, sensitivitySquared } from './sensitivity.ts';

/** Wrapped numbers in the sum of `maxCohort` updates that all point the same way, as long as clipping lets them be. */
function wrapped(
  { maxCohort, honestNoiseShares, noiseMultiplier, length }: CohortShape,
  seed: number,
  lessBits: number,
): { readonly wrapped: number; readonly of: number } {
  const { clippingBoundInt, bits } = chooseRing({ maxCohort, honestNoiseShares, noiseMultiplier, length });
  const variance = localNoiseVariance(noiseMultiplier, sensitivitySquared(clippingBoundInt, length), honestNoiseShares);
  const config = exampleConfig(examplePolicy(length, { noiseMultiplier, bits, clippingBoundInt }), {
    sigma2num: variance.numerator,
    sigma2den: variance.denominator,
  });
  const random = experimentRandom(seed);
  // Dense, and far beyond the clipping bound.
  const update = Float64Array.from({ length }, (_, i) => 10 * Math.sin(1 + i * i));
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

const shapes: [string, CohortShape][] = [
  ['noise of 0.7', { maxCohort: 28, honestNoiseShares: 18, noiseMultiplier: 0.7, length: 4096 }],
  ['noise of 2', { maxCohort: 28, honestNoiseShares: 18, noiseMultiplier: 2, length: 4096 }],
  ['noise of 5', { maxCohort: 28, honestNoiseShares: 18, noiseMultiplier: 5, length: 4096 }],
  ['few numbers', { maxCohort: 28, honestNoiseShares: 18, noiseMultiplier: 2, length: 61 }],
  ['one number', { maxCohort: 28, honestNoiseShares: 18, noiseMultiplier: 2, length: 1 }],
  ['a length between powers of two', { maxCohort: 80, honestNoiseShares: 48, noiseMultiplier: 2, length: 8000 }],
  ['many people', { maxCohort: 400, honestNoiseShares: 240, noiseMultiplier: 2, length: 2048 }],
];
test.each(shapes)('[N5] [S2] %s: nothing wraps in a full cohort of aligned updates (seed 31)', (_, shape) => {
  expect(wrapped(shape, 31, 0).wrapped).toBe(0);
});

test('with three bits fewer a wrap is seen, so it would be', () => {
  const { wrapped: count, of } = wrapped(shapes[1]![1], 31, 3);
  expect(count).toBeGreaterThan(of / 100);
});
