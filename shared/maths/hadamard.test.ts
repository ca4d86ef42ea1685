import { utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import vectors from '../testing/vectors/pipeline.json';
import { rotate, transformWidth, unrotate } from './hadamard.ts';
import { normL2 } from './vectors.ts';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 });
const seed = fc.uint8Array({ minLength: 16, maxLength: 16 });

test('[N2] rotating back gives the same numbers, and the norm is kept to 1e-12', () => {
  fc.assert(
    fc.property(values, seed, (numbers, key) => {
      const rotated = Float64Array.from(numbers);
      rotate(rotated, key);
      const norm = normL2(Float64Array.from(numbers));
      // Below the smallest normal numbers nothing is relative any more.
      const tolerance = 1e-12 * norm + 1e-300;
      expect(Math.abs(normL2(rotated) - norm)).toBeLessThanOrEqual(tolerance);
      unrotate(rotated, key);
      numbers.forEach((value, i) => {
        expect(Math.abs(rotated[i]! - value)).toBeLessThanOrEqual(tolerance);
      });
    }),
  );
});

test('[N2] known answer: ten numbers, seed "kat-rot"', () => {
  const rotated = Float64Array.from(vectors.rotation.x);
  rotate(rotated, utf8ToBytes(vectors.rotation.seed));
  vectors.rotation.y.forEach((value, i) => {
    expect(rotated[i]).toBeCloseTo(value, 12);
  });
});

test('[N2] a single large number is spread: the largest is a few times the root mean square', () => {
  const length = 3000;
  const oneHot = new Float64Array(length);
  oneHot[17] = 1000;
  rotate(oneHot, new Uint8Array(16));
  const largest = Math.max(...oneHot.map(Math.abs));
  // Without the rotation the ratio is sqrt(3000) = 55.
  expect(largest / (1000 / Math.sqrt(length))).toBeLessThan(4);
});

test('the width is the largest power of two in the length', () => {
  expect([1, 2, 3, 4, 1023, 1024, 2 ** 22].map(transformWidth)).toEqual([1, 2, 2, 4, 512, 1024, 2 ** 22]);
  expect(() => transformWidth(0)).toThrow(RangeError);
});

test('norms do not overflow on the way', () => {
  expect(normL2(Float64Array.of(3e307, 4e307))).toBeCloseTo(5e307, -295);
  expect(normL2(new Float64Array(3))).toBe(0);
});
