// The released popularity: [PO1] where noise drowns what people say, it is the public one; [PO2] without noise it is nearly what was said; [PO3] in
// between it is nearer to the truth than either, and always above 0.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gaussians } from '../maths/gaussian.ts';
import { experimentRandom } from '../maths/random.ts';
import { smallCatalogue, smallModel } from '../testing/small-model.ts';
import { noEvidence, withRound } from './evidence.ts';
import { defaultRootLikes, histogramOf, publicPopularity, releasedPopularity } from './popularity.ts';

const { features } = smallModel();
const { items } = features;
const prior = publicPopularity(smallCatalogue);

/** People like some items four times as much as their prominence says, and others a quarter. */
const truth = prior.map((share, row) => 4 * share * (row % 2 === 0 ? 1.8 : 0.45));
const distance = (found: Float64Array) =>
  Math.sqrt(found.reduce((sum, value, row) => sum + (Math.log(value) - Math.log(truth[row]!)) ** 2, 0) / items);

function released(noiseStd: number, seed: number, people = 1000) {
  const noise = gaussians(items, 1, experimentRandom(seed));
  const mean = truth.map((value, row) => value + noiseStd * noise[row]!);
  return releasedPopularity(
    prior,
    withRound(noEvidence, { mean, noiseStdOfMean: noiseStd, cohort: people }, 0),
    features,
  );
}

describe('released popularity', () => {
  test('[PO1] nothing said, or nothing that stands out: the public one', () => {
    const expected = prior.map((share) => defaultRootLikes * share);
    expect(releasedPopularity(prior, noEvidence, features)).toEqual(expected);
    for (let seed = 1; seed <= 20; seed++) {
      const shares = released(10, seed);
      const total = shares.reduce((sum, value) => sum + value, 0);
      shares.forEach((value, row) => {
        expect(value / total / prior[row]!, `seed ${seed}`).toBeCloseTo(1, 9);
      });
    }
  });

  test('[PO2] what many people said with little noise is what is released', () => {
    released(1e-4, 1, 1e6).forEach((value, row) => {
      expect(value / truth[row]!).toBeCloseTo(1, 1);
    });
  });

  test('[PO3] between: nearer to the truth than the prior and than what was heard', () => {
    const scale = truth.reduce((sum, value) => sum + value, 0);
    const priorDistance = distance(prior.map((share) => scale * share));
    for (let seed = 1; seed <= 5; seed++) {
      const std = 0.02;
      const noise = gaussians(items, 1, experimentRandom(seed));
      const heard = truth.map((value, row) => Math.max(1e-3, value + std * noise[row]!));
      const found = distance(released(std, seed));
      expect(found, `seed ${seed}`).toBeLessThan(priorDistance);
      expect(found, `seed ${seed}`).toBeLessThan(distance(heard));
    }
  });

  test('whatever comes, every item keeps a popularity above 0 that is finite', () => {
    const means = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: items, maxLength: items });
    fc.assert(
      fc.property(means, fc.double({ min: 0, max: 5, noNaN: true }), (mean, noiseStd) => {
        const found = releasedPopularity(
          prior,
          withRound(noEvidence, { mean, noiseStdOfMean: noiseStd, cohort: 24 }, 0),
          features,
        );
        expect(found.every((value) => value > 0 && Number.isFinite(value))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('an upload has norm 1 with any number of likes, and 0 without', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: items - 1 })), (liked) => {
        const vector = histogramOf(liked, items);
        const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
        expect(norm).toBeCloseTo(liked.length === 0 ? 0 : 1, 12);
      }),
    );
  });
});
