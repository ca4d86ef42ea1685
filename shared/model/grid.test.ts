// What is published is a little coarser than what the server knows, by less than anybody could notice, and always in the same way.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { onGrid, toSignificant } from './grid.ts';

const values = fc
  .array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 60 })
  .map((numbers) => Float32Array.from(numbers));

test('a grid has a power of two for its step, and moves no number by more than a 64th of their root mean square', () => {
  fc.assert(
    fc.property(values, (numbers) => {
      const rms = Math.sqrt(numbers.reduce((sum, value) => sum + value * value, 0) / numbers.length);
      fc.pre(rms > 1e-30);
      const coarse = onGrid(numbers);
      const step = 2 ** Math.floor(Math.log2(rms / 32));
      coarse.forEach((value, index) => {
        expect(Number.isInteger(value / step)).toBe(true);
        expect(Object.is(value, -0)).toBe(false);
        expect(Math.abs(value - numbers[index]!)).toBeLessThanOrEqual(rms / 64);
      });
    }),
  );
});

test('numbers of very different sizes each keep eleven bits', () => {
  fc.assert(
    fc.property(values, (numbers) => {
      const coarse = toSignificant(numbers);
      numbers.forEach((value, index) => {
        expect(Math.abs(coarse[index]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11);
      });
      expect(toSignificant(coarse)).toEqual(coarse);
    }),
  );
});

test('zeros stay zeros', () => {
  expect([...onGrid(new Float32Array(3))]).toEqual([0, 0, 0]);
  expect([...onGrid(Float32Array.of(-0, 1e-9, 8))]).toEqual([0, 0, 8]);
  expect([...toSignificant(Float32Array.of(0, 3))]).toEqual([0, 3]);
});
