import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { experimentRandom, experimentRandomOfLabel, type RandomSource } from '../maths/random.ts';
import { ExactDiscreteGaussian } from '../testing/exact-discrete-gaussian.ts';
import vectors from '../testing/vectors/discrete-gaussian.json';
import { DiscreteGaussian, discreteGaussian } from './discrete-gaussian.ts';

/** Hands out the given words, then zeros. */
function scripted(words: readonly number[]): RandomSource {
  let at = 0;
  return {
    kind: 'experiment',
    fillUint32(out) {
      for (let i = 0; i < out.length; i++) out[i] = words[at++] ?? 0;
    },
  };
}

function wordsOf(value: bigint): number[] {
  return [96n, 64n, 32n, 0n].map((shift) => Number((value >> shift) & 0xffff_ffffn));
}

function drawOne(law: DiscreteGaussian, value: bigint): number {
  const out = new Int32Array(1);
  law.sample(out, scripted(wordsOf(value)));
  return out[0]!;
}

describe('[N4] known answers', () => {
  test.each(vectors.tables)('table and draws for $numerator/$denominator', (row) => {
    const law = new DiscreteGaussian(row);
    expect(law.entries).toBe(row.entries);
    expect(law.offset).toBe(row.offset);
    expect(law.threshold(-1).toString(16)).toBe(row.thresholdMinus1);
    expect(law.threshold(0).toString(16)).toBe(row.threshold0);
    expect(law.threshold(1).toString(16)).toBe(row.thresholdPlus1);
    const out = new Int32Array(16);
    law.sample(out, experimentRandomOfLabel(row.label));
    expect([...out]).toEqual(row.first16);
  });

  test.each(vectors.pmf.rows)('probabilities for std %f', (...row) => {
    const [std, variance, probabilities] = row as [number, number, number[]];
    const law = new DiscreteGaussian({ numerator: Math.round(std * std * 100), denominator: 100 });
    const probability = (k: number) =>
      Number(law.threshold(k) - (k > -law.offset ? law.threshold(k - 1) : -1n)) / 2 ** 128;
    [0, 1, 2, 3, 5, 10].forEach((k, i) => {
      if (k > law.offset) return;
      // Thresholds are whole multiples of 2^-128 and the tail beyond 2^-106 is cut.
      expect(Math.abs(probability(k) - probabilities[i]!)).toBeLessThan(1e-13 * probabilities[i]! + 2e-32);
    });
    let second = 0;
    for (let k = 1; k <= law.offset; k++) second += 2 * k * k * probability(k);
    expect(Math.abs(second / variance - 1)).toBeLessThan(1e-12);
  });
});

describe('[N4] ties', () => {
  const wide = new DiscreteGaussian({ numerator: 33_489, denominator: 1 });
  const narrow = new DiscreteGaussian({ numerator: 9, denominator: 1 });

  test('a draw equal to a threshold gives that entry, one more gives the next', () => {
    for (const law of [narrow, wide]) {
      for (const k of [-law.offset, -law.offset + 1, -20, -1, 0, 1, 20, law.offset - 1]) {
        expect(drawOne(law, law.threshold(k))).toBe(k);
        expect(drawOne(law, law.threshold(k) + 1n)).toBe(k + 1);
      }
      expect(drawOne(law, 0n)).toBe(-law.offset);
      expect(drawOne(law, 2n ** 128n - 1n)).toBe(law.offset);
    }
  });

  test('among thresholds that share their top word, all 128 bits decide', () => {
    // In the tails of the wide table more than a hundred thresholds have a top word of 0 or of all ones.
    const sharing = (k: number) => wordsOf(wide.threshold(k))[0] === wordsOf(wide.threshold(k + 1))[0];
    const shared = Array.from({ length: 2 * wide.offset }, (_, i) => i - wide.offset).filter(sharing);
    expect(shared.length).toBeGreaterThan(100);
    fc.assert(
      fc.property(fc.constantFrom(...shared), fc.bigInt({ min: 0n, max: 2n ** 128n }), (k, offset) => {
        // A random point between two thresholds with one top word.
        const gap = wide.threshold(k + 1) - wide.threshold(k);
        const draw = wide.threshold(k) + 1n + (offset % gap);
        expect(drawOne(wide, draw)).toBe(k + 1);
      }),
    );
  });

  test('any draw gives the smallest k with R <= threshold(k)', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (draw) => {
        const k = drawOne(narrow, draw);
        expect(draw <= narrow.threshold(k)).toBe(true);
        if (k > -narrow.offset) expect(draw > narrow.threshold(k - 1)).toBe(true);
      }),
    );
  });
});

describe('[N4] statistics, fixed seeds', () => {
  const count = 60_000;
  const seed = 20_240_611;
  const cases = [
    { numerator: 9, denominator: 1 },
    { numerator: 5, denominator: 2 },
    { numerator: 4096, denominator: 1 },
    { numerator: 33_489, denominator: 1 },
  ];

  test.each(cases)(`mean and variance of $numerator/$denominator (seed ${seed})`, (variance) => {
    const out = new Int32Array(5 * count);
    new DiscreteGaussian(variance).sample(out, experimentRandom(seed));
    const sigma2 = variance.numerator / variance.denominator;
    let sum = 0;
    let squares = 0;
    for (const value of out) {
      sum += value;
      squares += value * value;
    }
    // Standard errors: sigma / sqrt(N) of the mean, sqrt(2 / N) of the relative variance; five of them.
    expect(Math.abs(sum / out.length)).toBeLessThan(5 * Math.sqrt(sigma2 / out.length));
    expect(Math.abs(squares / out.length / sigma2 - 1)).toBeLessThan(5 * Math.sqrt(2 / out.length));
  });

  test.each(cases)(
    `chi-square of table against exact sampler for $numerator/$denominator (seed ${seed})`,
    (variance) => {
      const law = new DiscreteGaussian(variance);
      const out = new Int32Array(count);
      law.sample(out, experimentRandom(seed + 1));
      const oracle = new ExactDiscreteGaussian(variance, experimentRandom(seed + 2));
      const std = Math.sqrt(variance.numerator / variance.denominator);
      // Cells of width max(1, sigma / 8) within three deviations, one for each tail.
      const width = Math.max(1, Math.floor(std / 8));
      const edge = Math.ceil((3 * std) / width);
      const cellOf = (value: number) => Math.max(-edge, Math.min(edge, Math.round(value / width))) + edge;
      const fromTable = new Float64Array(2 * edge + 1);
      const fromOracle = new Float64Array(2 * edge + 1);
      for (let i = 0; i < count; i++) {
        fromTable[cellOf(out[i]!)]!++;
        fromOracle[cellOf(oracle.sample())]!++;
      }
      // Two samples of one size: Σ (a - b)² / (a + b), degrees of freedom cells - 1.
      let chiSquare = 0;
      fromTable.forEach((a, i) => {
        const b = fromOracle[i]!;
        if (a + b > 0) chiSquare += (a - b) ** 2 / (a + b);
      });
      const freedom = 2 * edge;
      // Mean df, standard deviation sqrt(2 df): five of them above is far out.
      expect(chiSquare).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom));
      expect(chiSquare).toBeGreaterThan(freedom - 5 * Math.sqrt(2 * freedom));
    },
  );
});

test('[N4] impossible variances are refused; the latest table is kept', () => {
  expect(() => new DiscreteGaussian({ numerator: 1, denominator: 100 })).toThrow(RangeError);
  expect(() => new DiscreteGaussian({ numerator: 1.5, denominator: 1 })).toThrow(RangeError);
  expect(() => new DiscreteGaussian({ numerator: 9, denominator: 0 })).toThrow(RangeError);
  const law = discreteGaussian({ numerator: 40, denominator: 3 });
  expect(discreteGaussian({ numerator: 40, denominator: 3 })).toBe(law);
  expect(discreteGaussian({ numerator: 80, denominator: 3 })).not.toBe(law);
  expect(() => law.threshold(law.offset + 1)).toThrow(RangeError);
});
