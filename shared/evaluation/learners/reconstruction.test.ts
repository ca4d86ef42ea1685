import { describe, expect, test } from 'vitest';
import { experimentRandom } from '../../maths/random.ts';
import { epsilonOfRho } from '../../privacy/accountant.ts';
import { noiseOfPolicy } from '../../protocol/policy.ts';
import { CohortDraw, mostParticipations } from '../cohorts.ts';
import { FewBitSum, maskedBits } from '../few-bits.ts';
import type { LearnerCost, TrainingData } from '../learner.ts';
import { epsilonCharged, noisyMean, policyOfDemand, sumsOf } from '../private-mean.ts';
import { Reconstruction, type ReconstructionOptions } from './reconstruction.ts';

/** 60 people of two tastes over 30 items. */
const data: TrainingData = {
  items: Array.from({ length: 30 }, (_, row) => `${row}`),
  people: Array.from({ length: 60 }, (_, person) =>
    Uint32Array.from(
      new Set(Array.from({ length: 4 + (person % 5) }, (_, k) => ((person * 7 + k * k * 3) % 15) + (person % 2) * 15)),
    ).sort(),
  ),
  features: null,
};

const standard: ReconstructionOptions = {
  cohort: 25,
  dimension: 4,
  lambda: 0.01,
  unobservedWeight: 0.5,
  rounds: 6,
  localSteps: 1,
  localRate: 0.1,
  proxMu: 0,
  weights: 'none',
  serverOptimizer: 'preconditioned',
  serverRate: null,
  itemBlocks: null,
  offsetItems: null,
  rank: null,
  bits: null,
  privacy: null,
  population: 1,
  speedSpread: 1,
  partialWork: 'accept',
};

/** Scores of one history after the last round, and the cost. */
function outcome(options: Partial<ReconstructionOptions>, seed = 1): { scores: number[]; cost: LearnerCost } {
  const fitting = new Reconstruction({ ...standard, ...options }).fit(data, { seed, checkpoints: [] });
  let scores: number[] = [];
  for (;;) {
    const next = fitting.next();
    if (next.done) return { scores, cost: next.value };
    scores = Array.from(next.value.score([0, 3, 6]));
  }
}

/** How much higher the own taste's items score than the others'. */
function contrast(scores: readonly number[]): number {
  const mean = (from: number) => scores.slice(from, from + 15).reduce((sum, value) => sum + value, 0) / 15;
  return mean(0) - mean(15);
}

const plain = outcome({});

describe('reconstruction with options', () => {
  test('[ER1] a run is the same for the same seed, and another for another', () => {
    expect(outcome({}).scores).toEqual(plain.scores);
    expect(outcome({}, 2).scores).not.toEqual(plain.scores);
  });

  test('[ER2] FedProx with mu 0 is FedAvg bit for bit; with one local step any mu is; with more, mu tells', () => {
    const fedAvg = outcome({ localSteps: 4 }).scores;
    expect(outcome({ localSteps: 4, proxMu: 0 }).scores).toEqual(fedAvg);
    expect(outcome({ localSteps: 1, proxMu: 5 }).scores).toEqual(plain.scores);
    expect(outcome({ localSteps: 4, proxMu: 5 }).scores).not.toEqual(fedAvg);
    expect(fedAvg).not.toEqual(plain.scores);
  });

  test('[ER3] every option learns the tastes', () => {
    const variants: Partial<ReconstructionOptions>[] = [
      { localSteps: 3 },
      { itemBlocks: 3, rounds: 18 },
      { rank: 2, rounds: 12 },
      { itemBlocks: 2, rank: 2, rounds: 24, serverOptimizer: 'adam', localSteps: 2 },
      { localSteps: 3, proxMu: 0.1, speedSpread: 30 },
      { localSteps: 3, speedSpread: 30, partialWork: 'drop' },
      { weights: 'size' },
      { bits: 4 },
      { population: 10 },
      ...(['sgd', 'momentum', 'adagrad', 'adam', 'yogi'] as const).map((serverOptimizer) => ({
        serverOptimizer,
        rounds: 20,
      })),
    ];
    for (const variant of variants) {
      const { scores } = outcome(variant);
      expect(scores.every(Number.isFinite), JSON.stringify(variant)).toBe(true);
      expect(contrast(scores), JSON.stringify(variant)).toBeGreaterThan(0.25 * contrast(plain.scores));
    }
  });

  test('[ER4] bytes: 16 bits a number as they are, bits and the carry of the sum when quantised; no Gram part for a plain optimiser', () => {
    // 30 items x 4 + 10.
    expect(plain.cost).toMatchObject({ rounds: 6, participationsPerUser: 3, epsilon: null, uploadBytesPerClient: 260 });
    // 4 bits and ceil(log2 25) = 5.
    expect(outcome({ bits: 4 }).cost.uploadBytesPerClient).toBe(Math.ceil((130 * 9) / 8));
    expect(outcome({ serverOptimizer: 'sgd' }).cost.uploadBytesPerClient).toBe(240);
    expect(outcome({ weights: 'size' }).cost.uploadBytesPerClient).toBe(262);
    expect(maskedBits(2, 100)).toBe(9);
  });

  test("[ER5] with epsilon the charge is the ledger's for every participation, just within what was asked", () => {
    const { cost, scores } = outcome({ privacy: { epsilon: 4, delta: 1e-6 }, rounds: 5 });
    expect(cost.participationsPerUser).toBe(3);
    expect(cost.epsilon).toBeLessThanOrEqual(4);
    expect(cost.epsilon).toBeGreaterThan(3.99);
    expect(scores.every(Number.isFinite)).toBe(true);
    const policy = policyOfDemand({ epsilon: 4, delta: 1e-6 }, 3, 25, { items: 30, featureColumns: 1, dimension: 4 });
    expect(cost.epsilon).toBe(epsilonOfRho(3 * noiseOfPolicy(policy).rhoPerParticipation, 1e-6));
    // Noise for the survivors who are honest: 0.7 of 25 is 18, at least 20; less 2 who collude.
    expect(policy.honestNoiseShares).toBe(18);
    expect(() =>
      policyOfDemand({ epsilon: 4, delta: 1e-6 }, 3, 19, { items: 30, featureColumns: 1, dimension: 4 }),
    ).toThrow(/fewest/);
    expect(epsilonCharged(policy, 1)).toBeLessThan(epsilonCharged(policy, 2));
  });

  test('[ER6] [w update, w] under noise keeps to the same epsilon', () => {
    const { cost, scores } = outcome({ privacy: { epsilon: 4, delta: 1e-6 }, rounds: 5, weights: 'size' });
    expect(cost.epsilon).toBeLessThanOrEqual(4);
    expect(scores.every(Number.isFinite)).toBe(true);
  });
});

describe('cohorts', () => {
  test('[ER7] nobody takes part twice in a round, nor more often than the count says', () => {
    for (const [people, size, rounds] of [
      [60, 25, 7],
      [10, 10, 3],
      [7, 3, 20],
      [100, 40, 5],
    ] as const) {
      const draw = new CohortDraw(people, size, experimentRandom(people));
      const turns = new Uint32Array(people);
      for (let round = 0; round < rounds; round++) {
        const cohort = draw.next();
        expect(new Set(cohort).size).toBe(size);
        for (const person of cohort) turns[person] = turns[person]! + 1;
      }
      expect(Math.max(...turns)).toBe(mostParticipations(people, size, rounds));
      expect(Math.max(...turns) - Math.min(...turns)).toBeLessThanOrEqual(1);
    }
  });

  test('[ER8] no sum has more than 1,000 people', () => {
    expect(sumsOf(1000)).toEqual({ sums: 1, largest: 1000 });
    expect(sumsOf(1001)).toEqual({ sums: 2, largest: 501 });
    expect(sumsOf(5000)).toEqual({ sums: 5, largest: 1000 });
  });
});

describe('means over the wire', () => {
  const words = new Uint32Array(40 * 200);
  experimentRandom(3).fillUint32(words);
  const updates = Array.from({ length: 40 }, (_, person) =>
    Float64Array.from(words.subarray(person * 200, person * 200 + 200), (word) => 0.05 + (word / 2 ** 32 - 0.5) / 10),
  );
  const exact = Float64Array.from({ length: 200 }, (_, at) =>
    updates.reduce((sum, update) => sum + update[at]! / 40, 0),
  );
  const rootMeanSquare = (mean: Float64Array) =>
    Math.sqrt(mean.reduce((sum, value, at) => sum + (value - exact[at]!) ** 2, 0) / exact.length);

  test('[ER9] few bits: the error falls with the bits, and the lengths are told', () => {
    const random = experimentRandom(7);
    const errors = [1, 2, 4, 8].map((bits) => {
      const sum = new FewBitSum(200, bits, 0.8, 3, new Uint8Array(16).fill(bits));
      for (const update of updates) sum.add(update, random);
      return { error: rootMeanSquare(sum.mean()), length: sum.meanLength() };
    });
    for (let index = 1; index < errors.length; index++)
      expect(errors[index]!.error).toBeLessThan(errors[index - 1]!.error);
    // An update's length: sqrt(200 (0.05² + 0.1² / 12)) = 0.816.
    expect(errors[3]!.length).toBeCloseTo(0.816, 1);
    expect(errors[2]!.error).toBeLessThan(0.005);
    expect(() => new FewBitSum(3, 17, 1, 1, new Uint8Array(16))).toThrow(RangeError);
  });

  test('[ER10] the noisy mean has the noise that it says, in one sum and in several', () => {
    const demand = { epsilon: 8, delta: 1e-6 };
    const policy = policyOfDemand(demand, 1, 40, { items: 40, featureColumns: 1, dimension: 4 });
    const parts = [{ name: 'offsets', rows: 50, length: 200, clippingBoundL2: 1 }] as const;
    const whole = { ...policy, layout: { parts, length: 200 }, clippingBoundL2: 1 };
    const { mean, noiseStdOfMean } = noisyMean(updates, updates.length, whole, 1, experimentRandom(11));
    const measured = rootMeanSquare(mean);
    // 200 numbers: the relative standard error of a standard deviation is 1 / sqrt(400) = 0.05; five of them.
    expect(measured / noiseStdOfMean).toBeGreaterThan(0.75);
    expect(measured / noiseStdOfMean).toBeLessThan(1.25);
    // 1,200 people are two sums of 600, each with the whole noise of its own: half the variance of the mean.
    const many = Array.from({ length: 1200 }, (_, person) => updates[person % 40]!);
    const large = policyOfDemand(demand, 1, 1200, { items: 40, featureColumns: 1, dimension: 4 });
    const wide = { ...large, layout: { parts, length: 200 }, clippingBoundL2: 1 };
    const two = noisyMean(many, 1200, wide, 1, experimentRandom(12));
    const one = noisyMean(many.slice(0, 600), 600, wide, 1, experimentRandom(13));
    expect(two.noiseStdOfMean / one.noiseStdOfMean).toBeCloseTo(Math.SQRT1_2, 10);
    expect(rootMeanSquare(two.mean) / two.noiseStdOfMean).toBeGreaterThan(0.75);
    expect(rootMeanSquare(two.mean) / two.noiseStdOfMean).toBeLessThan(1.25);
  });
});
