import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  areaUnderRoc,
  binomialCdf,
  lowerProbability,
  mostSuccesses,
  normalCdf,
  normalQuantile,
  upperProbability,
} from './statistics.ts';
import { gaussianArea, gaussianPower, mostArea, mostProbability } from './trade-off.ts';

describe('the normal law', () => {
  test('against tables', () => {
    // Abramowitz and Stegun 26.2, to their digits.
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1)).toBeCloseTo(0.841344746068543, 14);
    expect(normalCdf(-1.959963984540054)).toBeCloseTo(0.025, 14);
    expect(normalCdf(-6) / 9.865876450376981e-10).toBeCloseTo(1, 10);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
  });

  test('series and fraction meet', () => {
    expect(normalCdf(3) - normalCdf(3 - 1e-9)).toBeCloseTo(4.4318484e-12, 14);
  });

  test('the quantile undoes it', () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (x) => {
        expect(normalQuantile(normalCdf(x))).toBeCloseTo(x, 5);
      }),
    );
  });
});

describe('binomial intervals', () => {
  test('the law against a sum by hand', () => {
    // 5 fair coins: 1, 5, 10 of 32.
    expect(binomialCdf(2, 5, 0.5)).toBeCloseTo(16 / 32, 14);
    expect(binomialCdf(0, 5, 0.5)).toBeCloseTo(1 / 32, 14);
    expect(binomialCdf(9999, 20_000, 0.5)).toBeCloseTo(0.5 - 0.5 * 0.005641826, 6);
  });

  test('Clopper and Pearson', () => {
    // No success in n: 1 - risk^(1/n).
    expect(upperProbability(0, 100, 0.025)).toBeCloseTo(1 - 0.025 ** 0.01, 12);
    // 10 of 100, two sides of 2.5 %: 4.900469 % to 17.622260 % (R's binom.test).
    expect(lowerProbability(10, 100, 0.025)).toBeCloseTo(0.04900469, 7);
    expect(upperProbability(10, 100, 0.025)).toBeCloseTo(0.1762226, 7);
    expect(upperProbability(100, 100, 0.025)).toBe(1);
    expect(lowerProbability(0, 100, 0.025)).toBe(0);
  });

  test('the most successes', () => {
    expect(mostSuccesses(10, 0, 1e-6)).toBe(0);
    // P(X > 1) of 10 with 0.01: 0.0042662; P(X > 2): 0.0001138.
    expect(mostSuccesses(10, 0.01, 0.005)).toBe(1);
    expect(mostSuccesses(10, 0.01, 0.004)).toBe(2);
  });
});

test('the area under the ROC curve', () => {
  expect(areaUnderRoc([2, 3], [0, 1])).toBe(1);
  expect(areaUnderRoc([1], [1])).toBe(0.5);
  // Pairs: 3 > 1, 3 > 2, 1 = 1, 1 < 2.
  expect(areaUnderRoc([3, 1], [1, 2])).toBe(2.5 / 4);
  expect(() => areaUnderRoc([], [1])).toThrow(RangeError);
});

describe('what zCDP allows', () => {
  test.each([0.02, 0.125, 0.5, 2.25])('rho %d: above the Gaussian of the same rho, and not by much', (rho) => {
    const distance = Math.sqrt(2 * rho);
    for (const q of [0.001, 0.05, 0.3, 0.9]) {
      const power = mostProbability(q, rho);
      expect(power).toBeGreaterThan(gaussianPower(q, distance));
      expect(power).toBeLessThan(gaussianPower(q, distance) + 0.25);
    }
    expect(mostArea(rho)).toBeGreaterThan(gaussianArea(distance));
    expect(mostArea(rho)).toBeLessThan(gaussianArea(distance) + 0.06);
  });

  test('nothing at rho 0, and the ends stay', () => {
    expect(mostProbability(0.2, 0)).toBeCloseTo(0.2, 6);
    expect(mostArea(0)).toBeCloseTo(0.5, 2);
    expect([mostProbability(0, 1), mostProbability(1, 1)]).toEqual([0, 1]);
    expect(() => mostProbability(Number.NaN, 1)).toThrow(RangeError);
    expect(() => mostProbability(0.5, -1)).toThrow(RangeError);
  });
});
