// Evidence of rounds: [EV1] the mean is the one of smallest variance, and its noise is what is said of it; [EV2] what is old counts less; [EV3] nobody
// is counted twice who comes back.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { experimentRandom } from '../maths/random.ts';
import { aged, differentPeople, epochMemory, meanOf, noEvidence, noiseStdOf, withRound } from './evidence.ts';

/** A round of 20 people. */
const said = (mean: readonly number[]) => ({ mean, noiseStdOfMean: 0.3, cohort: 20 });

const rounds = fc.array(
  fc.record({
    mean: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
    noiseStd: fc.double({ min: 1e-6, max: 10, noNaN: true }),
    cohort: fc.integer({ min: 1, max: 500 }),
  }),
  { minLength: 1, maxLength: 8 },
);

test('[EV1] the order of rounds does not matter, the mean lies among them, and one more round never adds to its variance', () => {
  fc.assert(
    fc.property(rounds, (said) => {
      const addUp = (list: typeof said) =>
        list.reduce(
          (sum, { mean, noiseStd, cohort }, index) => withRound(sum, { mean, noiseStdOfMean: noiseStd, cohort }, index),
          noEvidence,
        );
      const evidence = addUp(said);
      const mean = meanOf(evidence)!;
      const turned = meanOf(addUp(said.toReversed()))!;
      mean.forEach((value, at) => {
        const values = said.map((round) => round.mean[at]!);
        expect(value).toBeCloseTo(turned[at]!, 9);
        expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
        expect(value).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
      });
      expect(noiseStdOf(evidence)).toBeLessThanOrEqual(Math.max(...said.map((round) => round.noiseStd)) * (1 + 1e-9));
      expect(evidence.people).toBe(said.reduce((sum, round) => sum + round.cohort, 0));
      expect(evidence.precision).toBeGreaterThan(addUp(said.slice(1)).precision);
    }),
  );
});

test('[EV1] the noise of the mean is what is said of it', () => {
  const random = experimentRandom(11);
  const length = 4000;
  const words = new Uint32Array(length);
  /** Uniform numbers of variance 1: only variances matter here. */
  const draws = () => {
    random.fillUint32(words);
    return Array.from(words, (word) => Math.sqrt(3) * (word / 2 ** 31 - 1));
  };
  let evidence = noEvidence;
  for (const [noiseStd, cohort] of [
    [0.5, 20],
    [0.1, 400],
    [2, 24],
  ] as const) {
    const mean = draws().map((value) => noiseStd * value);
    evidence = withRound(evidence, { mean, noiseStdOfMean: noiseStd, cohort }, 0);
  }
  const mean = meanOf(evidence)!;
  const std = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0) / length);
  // Four standard errors of a standard deviation from so many normal numbers.
  expect(Math.abs(std / noiseStdOf(evidence) - 1)).toBeLessThan(4 / Math.sqrt(2 * length));
});

test('[EV2] an epoch later the mean is the same, and new rounds weigh more against it', () => {
  const once = withRound(noEvidence, said([1, 2]), 0);
  const old = aged(once);
  meanOf(old)!.forEach((value, at) => {
    expect(value).toBeCloseTo(meanOf(once)![at]!, 12);
  });
  expect(noiseStdOf(old)).toBeCloseTo(noiseStdOf(once), 12);
  expect(old.people).toBe(epochMemory * 20);
  const both = withRound(old, said([0, 0]), 0);
  expect(meanOf(both)![0]).toBeCloseTo(epochMemory / (1 + epochMemory), 12);
});

test('[EV3] the same people epoch after epoch are as many as they are, however many rounds they come in, and an epoch later', () => {
  let evidence = noEvidence;
  for (let epoch = 1; epoch < 40; epoch++) {
    for (let round = 0; round < 3; round++) evidence = withRound(evidence, said([1, 2]), round);
    expect(differentPeople(evidence)).toBeCloseTo(60, 9);
    evidence = aged(evidence);
    expect(differentPeople(evidence)).toBeCloseTo(60, 9);
  }
  expect(differentPeople(noEvidence)).toBe(0);
});

test('nothing was said yet, and a round of another length is refused', () => {
  expect(meanOf(noEvidence)).toBeNull();
  expect(() => withRound(withRound(noEvidence, said([1, 2]), 0), said([1]), 1)).toThrow(RangeError);
});
