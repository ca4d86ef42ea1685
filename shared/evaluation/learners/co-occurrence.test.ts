import { describe, expect, test } from 'vitest';
import { computeFeatures } from '../../catalogue/features.ts';
import { FactorEase } from '../../learners/co-occurrence/ease.ts';
import { leadingEigenpairs } from '../../learners/co-occurrence/eigenpairs.ts';
import { Deflation, squareOf } from '../../learners/co-occurrence/tastes.ts';
import { gaussians } from '../../maths/gaussian.ts';
import { experimentRandom } from '../../maths/random.ts';
import { cholesky, choleskyInverse, eigenSymmetric } from '../../model/symmetric.ts';
import type { LearnerCost, TrainingData } from '../learner.ts';
import { noisyMean } from '../private-mean.ts';
import { CoOccurrence, type CoOccurrenceOptions } from './co-occurrence.ts';
import { policyOfRelease, summedRelease } from './co-occurrence-release.ts';
import { shrunkenPopularity } from './shrunken-popularity.ts';

/** 80 people of two tastes over 40 items: the even ones like 8 or so of the first half, the odd ones of the second. */
const items = Array.from({ length: 40 }, (_, row) => ({
  id: `${row}`,
  title: `${row}`,
  year: 1960 + (row % 20),
  genres: [row % 3 === 0 ? 'Short' : 'Long', row % 5 === 0 ? 'Comedy' : 'Horror'],
}));
const words = new Uint32Array(80 * 10);
experimentRandom(5).fillUint32(words);
const people = Array.from({ length: 80 }, (_, person) =>
  Uint32Array.from(
    new Set(Array.from(words.subarray(person * 10, person * 10 + 10), (word) => (word % 20) + (person % 2) * 20)),
  ).sort(),
);
const data: TrainingData = { items: items.map((item) => item.id), people, features: computeFeatures(items) };

const plain: CoOccurrenceOptions = { itemsK: null, privacy: null, population: 1 };

function outcome(options: Partial<CoOccurrenceOptions>, of = data, seed = 1): { scores: number[]; cost: LearnerCost } {
  const fitting = new CoOccurrence({ ...plain, ...options }).fit(of, { seed, checkpoints: [] });
  let scores: number[] = [];
  for (;;) {
    const next = fitting.next();
    if (next.done) return { scores, cost: next.value };
    scores = Array.from(next.value.score([1, 4, 7]));
  }
}

/** Standard deviations by which the own taste's other items score above the other taste's. */
function contrast(scores: readonly number[]): number {
  const own = scores.slice(0, 20).filter((_, row) => ![1, 4, 7].includes(row));
  const others = scores.slice(20);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const all = [...own, ...others];
  const std = Math.sqrt(mean(all.map((value) => (value - mean(all)) ** 2)));
  return (mean(own) - mean(others)) / std;
}

describe('co-occurrence', () => {
  test('[EC1] it learns tastes that content does not tell: without noise, with it, with few items and without features', () => {
    const privacy = { epsilon: 40, delta: 1e-6 };
    expect(contrast(outcome({}).scores)).toBeGreaterThan(1);
    expect(contrast(outcome({ itemsK: 30 }).scores)).toBeGreaterThan(0.5);
    expect(contrast(outcome({}, { ...data, features: null }).scores)).toBeGreaterThan(1);
    // A large epsilon: 80 people are too few to learn much from at a small one.
    expect(contrast(outcome({ privacy }).scores)).toBeGreaterThan(1);
    expect(contrast(outcome({ privacy }, { ...data, features: null }).scores)).toBeGreaterThan(1);
    expect(outcome({ privacy: { epsilon: 0.5, delta: 1e-6 } }).scores.every(Number.isFinite)).toBe(true);
  });

  test('[EC2] the session is charged as one, just within what was asked; bytes are of the fixed sizes of both uploads', () => {
    const { cost } = outcome({ privacy: { epsilon: 4, delta: 1e-6 }, itemsK: 25 });
    expect(cost).toMatchObject({ rounds: 1, participationsPerUser: 1 });
    expect(cost.epsilon).toBeLessThanOrEqual(4);
    expect(cost.epsilon).toBeGreaterThan(3.99);
    // 40 numbers of 13 bits and 25 26 / 2 = 325 of 12.
    expect(cost.uploadBytesPerClient).toBe(65 + 488);
    // Without noise the diagonal of all 40 items is the popularity: 40 41 / 2 numbers; with 25 items a histogram goes up, too.
    expect(outcome({}).cost).toMatchObject({ epsilon: null, uploadBytesPerClient: 2 * 820 });
    expect(outcome({ itemsK: 25 }).cost.uploadBytesPerClient).toBe(2 * (40 + 325));
    expect(() => outcome({ privacy: { epsilon: 4, delta: 1e-6 } }, { ...data, people: people.slice(0, 19) })).toThrow(
      /fewest/,
    );
  });

  test('[EC3] a run is the same for the same seed, and its noise another for another', () => {
    const privacy = { epsilon: 4, delta: 1e-6 };
    expect(outcome({ privacy }).scores).toEqual(outcome({ privacy }).scores);
    expect(outcome({ privacy }, data, 2).scores).not.toEqual(outcome({ privacy }).scores);
  });
});

/** The largest difference of two empirical distributions; both ascending. */
function distanceOf(a: Float64Array, b: Float64Array): number {
  let most = 0;
  let below = 0;
  a.forEach((value, at) => {
    while (below < b.length && b[below]! <= value) below++;
    most = Math.max(most, Math.abs((at + 1) / a.length - below / b.length));
  });
  return most;
}

describe('deflation', () => {
  const popularity = Float64Array.from({ length: 40 }, (_, row) => 1 / (row + 2));
  const size = 24;
  const deflation = new Deflation(popularity, size);

  test('[EC4] an upload has norm 1 whatever the history, and nothing of it lies along the popularity', () => {
    const mean = popularity.reduce((sum, value) => sum + value, 0) / 40;
    const direction = Array.from(popularity.subarray(0, size), (p) => p ** 0.75 * (p / mean) ** 0.35);
    for (const liked of [[0], [3, 5, 39], Array.from({ length: 23 }, (_, row) => row)]) {
      const triangle = deflation.triangleOf(liked).slice();
      expect(triangle).toHaveLength(300);
      expect(Math.hypot(...triangle)).toBeCloseTo(1, 12);
      const square = squareOf(triangle, size);
      for (let row = 0; row < size; row++) {
        const along = direction.reduce((sum, value, k) => sum + value * square[row * size + k]!, 0);
        expect(Math.abs(along)).toBeLessThan(1e-12);
      }
    }
  });

  test('[EC5] somebody who likes nothing among the K uploads zeros of the same length', () => {
    expect(deflation.triangleOf([30, 39])).toEqual(new Float64Array(300));
  });

  test('[EC6] what lies within the noise is no taste, and what lies above is shrunken', () => {
    const mean = new Float64Array(300);
    for (let person = 0; person < 30; person++) {
      const triangle = deflation.triangleOf(person % 2 === 0 ? [0, 2, 4, 6] : [1, 3, 5, 7]);
      for (let at = 0; at < 300; at++) mean[at] = mean[at]! + triangle[at]! / 30;
    }
    // Two kinds of people: two directions, of half the people each.
    const clean = deflation.tastesOf(mean, 0, 119, null);
    const strong = eigenSymmetric(squareOf(mean, size), size).values.filter((value) => value > 1e-9).length;
    expect(strong).toBe(2);
    const length = (values: Float64Array) => Math.hypot(...values);
    const noisy = deflation.tastesOf(mean, 0.05, 119, null);
    expect(noisy.count).toBeLessThanOrEqual(2);
    expect(noisy.count).toBeGreaterThanOrEqual(1);
    expect(length(noisy.values)).toBeLessThan(length(clean.values));
    expect(deflation.tastesOf(mean, 1, 119, null).count).toBe(0);
  });
});

describe('its parts', () => {
  test('[EC7] EASE from factors is EASE of the whole matrix', () => {
    const count = 30;
    const rank = 6;
    const factors = gaussians(count * rank, 1, experimentRandom(1));
    const ridge = Float64Array.from({ length: count }, (_, row) => 2 + (row % 4));
    const dense = new Float64Array(count * count);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        let value = i === j ? ridge[i]! : 0;
        for (let k = 0; k < rank; k++) value += factors[i * rank + k]! * factors[j * rank + k]!;
        dense[i * count + j] = value;
      }
    }
    const inverse = choleskyInverse(cholesky(dense, count), count);
    const history = [2, 11, 17];
    const scores = new FactorEase(factors, rank, ridge).score(history);
    for (let item = 0; item < count; item++) {
      if (history.includes(item)) continue;
      const expected =
        -history.reduce((sum, row) => sum + inverse[row * count + item]!, 0) / inverse[item * count + item]!;
      expect(scores[item]).toBeCloseTo(expected, 10);
    }
    expect(() => new FactorEase(new Float64Array(121), 121, Float64Array.of(1))).toThrow(/120/);
  });

  test('[EC8] the leading eigenpairs are those of the whole decomposition, also where the rank is less than what is asked for', () => {
    const size = 240;
    const random = experimentRandom(2);
    const noise = gaussians(size * size, 0.02, random);
    const spikes = gaussians(size * 4, 1 / Math.sqrt(size), random);
    const matrix = new Float64Array(size * size);
    const flat = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        for (let k = 0; k < 4; k++) {
          flat[i * size + j] = flat[i * size + j]! + (5 - k) * spikes[k * size + i]! * spikes[k * size + j]!;
        }
        matrix[i * size + j] = flat[i * size + j]! + noise[Math.min(i, j) * size + Math.max(i, j)]!;
      }
    }
    const whole = eigenSymmetric(matrix, size);
    const leading = leadingEigenpairs(matrix, size, 6);
    // Below the four spikes the noise's eigenvalues lie close together.
    for (let k = 0; k < 4; k++) {
      expect(leading.values[k]).toBeCloseTo(whole.values[k]!, 8);
      let cosine = 0;
      for (let i = 0; i < size; i++) cosine += leading.vectors[k * size + i]! * whole.vectors[k * size + i]!;
      expect(Math.abs(cosine)).toBeCloseTo(1, 8);
    }
    const low = leadingEigenpairs(flat, size, 6);
    const exact = eigenSymmetric(flat, size);
    for (let k = 0; k < 4; k++) expect(low.values[k]).toBeCloseTo(exact.values[k]!, 8);
  });

  test('[EC9] popularity: what was observed where the noise is small, nearer to the truth than it where the noise is large', () => {
    const truth = Float64Array.from({ length: 400 }, (_, row) => Math.exp(-row / 60));
    const noisy = (std: number) => {
      const noise = gaussians(400, std, experimentRandom(4));
      return truth.map((value, row) => value + noise[row]!);
    };
    const error = (values: Float64Array) => Math.hypot(...values.map((value, row) => value - truth[row]!));
    const exact = shrunkenPopularity(noisy(1e-5), 1e-5, null);
    expect(error(exact)).toBeLessThan(3e-4);
    const observed = noisy(0.1);
    const shrunken = shrunkenPopularity(observed, 0.1, null);
    expect(shrunken.every((value) => value > 0)).toBe(true);
    expect(error(shrunken)).toBeLessThan(0.8 * error(observed));
  });

  test('[EC10] noise of all shares drawn at once is the noise of the devices one by one, in one sum and in several', () => {
    const length = 300;
    const vector = gaussians(length, 0.9 / Math.sqrt(length), experimentRandom(6));
    const vectors = () => Array.from({ length: 60 }, () => vector);
    for (const population of [1, 20]) {
      const count = 60 * population;
      const policy = policyOfRelease(0.5, 1e-6, count, { name: 'gram', rows: 24, length });
      const many = () => Array.from({ length: count }, () => vector);
      const together = summedRelease(vectors, 60, population, policy, experimentRandom(8));
      const alone = noisyMean(many(), count, policy, 1, experimentRandom(9));
      expect(together.noiseStdOfMean).toBeCloseTo(alone.noiseStdOfMean, 12);
      const errors = [together, alone].map(({ mean }) => mean.map((value, at) => value - vector[at]!).sort());
      // Kolmogorov and Smirnov: two samples of 300 of one law are further apart than 1.95 sqrt(2 / 300) = 0.16 once in 1,000 times.
      expect(distanceOf(errors[0]!, errors[1]!)).toBeLessThan(0.16);
      for (const { mean, noiseStdOfMean } of [together, alone]) {
        const std = Math.hypot(...mean.map((value, at) => value - vector[at]!)) / Math.sqrt(length);
        // 300 numbers: the relative standard error of a standard deviation is 1 / sqrt(600) = 0.04; five of them.
        expect(std / noiseStdOfMean).toBeGreaterThan(0.8);
        expect(std / noiseStdOfMean).toBeLessThan(1.2);
      }
    }
  });
});
