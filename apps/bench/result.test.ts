import fc from 'fast-check';
import { expect, test } from 'vitest';
import { measured, sizeOf } from './result.ts';

const samples = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });
const subject = { case: 'fit', place: 'node', code: 'fit-wasm', size: '1 x 1', measure: 'wall', unit: 'ms' } as const;

test('quartiles surround the median, and all lie among the samples, in whatever order they come', () => {
  fc.assert(
    fc.property(samples, (values) => {
      const { value, low, high, runs } = measured(subject, values);
      expect(runs).toBe(values.length);
      expect(Math.min(...values)).toBeLessThanOrEqual(low);
      expect(low).toBeLessThanOrEqual(value);
      expect(value).toBeLessThanOrEqual(high);
      expect(high).toBeLessThanOrEqual(Math.max(...values));
      expect(measured(subject, [...values].reverse())).toEqual(measured(subject, values));
    }),
  );
});

test('nothing measured is no measurement', () => {
  expect(() => measured(subject, [])).toThrow(RangeError);
});

test('a size is written as the goals look it up', () => {
  expect(sizeOf(100_000, 64)).toBe('100,000 x 64');
});
