import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meanOf, medianOf, quantileOf, standardErrorOf } from './statistics.ts';

const samples = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });

test('a mean and its standard error, of lists and typed arrays alike', () => {
  expect(meanOf([1, 2, 6])).toBe(3);
  // Squares 4 + 1 + 9 over 2 and 3.
  expect(standardErrorOf([1, 2, 6])).toBe(Math.sqrt(14 / 2 / 3));
  expect(standardErrorOf(Float64Array.of(1, 2, 6))).toBe(standardErrorOf([1, 2, 6]));
  expect(standardErrorOf([5])).toBe(0);
  expect(standardErrorOf([])).toBe(0);
  expect(meanOf([])).toBeNaN();
  // In the order of the values: from the other end the small ones would not be lost.
  expect(meanOf([2 ** 53, 1, 1])).toBe(2 ** 53 / 3);
  expect(meanOf([1, 1, 2 ** 53])).toBe((2 ** 53 + 2) / 3);
});

test('quantiles lie among the samples, rise with their part, and do not depend on the order', () => {
  fc.assert(
    fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (values, part) => {
      const value = quantileOf(values, part);
      expect(quantileOf([...values].reverse(), part)).toBe(value);
      expect(value).toBeGreaterThanOrEqual(quantileOf(values, 0));
      expect(value).toBeLessThanOrEqual(quantileOf(values, 1));
      expect(quantileOf(values, 0)).toBe(Math.min(...values));
      expect(quantileOf(values, 1)).toBe(Math.max(...values));
    }),
  );
});

test('a median of an even number lies between the two in the middle', () => {
  expect(medianOf([4, 1, 3, 2])).toBe(2.5);
  expect(medianOf([10, 9, 100])).toBe(10);
  expect(quantileOf([10], 0.98)).toBe(10);
  expect(medianOf([])).toBeNaN();
});
