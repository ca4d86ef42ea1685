import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inverseBytes, invertPositiveDefinite } from './inverse.ts';
import { experimentRandom } from './random.ts';

/** X Xᵀ + ridge I with entries of X in [-1, 1]. */
function positiveDefinite(size: number, seed: number, ridge = 0.5): Float64Array {
  const words = new Uint32Array(size * size);
  experimentRandom(seed).fillUint32(words);
  const x = Float64Array.from(words, (word) => (2 * word) / 2 ** 32 - 1);
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = i === j ? ridge : 0;
      for (let k = 0; k < size; k++) sum += x[i * size + k]! * x[j * size + k]!;
      matrix[i * size + j] = sum;
    }
  }
  return matrix;
}

test('[EI1] A times its inverse is the identity, the inverse is symmetric, and the upper triangle is not read', () => {
  fc.assert(
    // 1 to 200: less than a block, a block and one, three blocks and a rest.
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 1e6 }), (size, seed) => {
      const matrix = positiveDefinite(size, seed);
      const inverse = matrix.slice();
      for (let i = 0; i < size; i++) inverse.fill(Number.NaN, i * size + i + 1, (i + 1) * size);
      invertPositiveDefinite(inverse, size);
      let worst = 0;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          if (inverse[i * size + j] !== inverse[j * size + i]) worst = Number.POSITIVE_INFINITY;
          let sum = i === j ? -1 : 0;
          for (let k = 0; k < size; k++) sum += matrix[i * size + k]! * inverse[k * size + j]!;
          worst = Math.max(worst, Math.abs(sum));
        }
      }
      expect(worst).toBeLessThan(1e-9);
    }),
    { numRuns: 40 },
  );
});

test('[EI2] by hand: the inverse of [[2, 1], [1, 1]] is [[1, -1], [-1, 2]]', () => {
  const matrix = Float64Array.of(2, 1, 1, 1);
  invertPositiveDefinite(matrix, 2);
  [1, -1, -1, 2].forEach((value, index) => {
    expect(matrix[index]).toBeCloseTo(value, 12);
  });
});

test('[EI3] what is not positive definite is refused, and the memory is 8 bytes a number', () => {
  const singular = positiveDefinite(70, 3).fill(1);
  expect(() => invertPositiveDefinite(singular, 70)).toThrow(/not positive definite: pivot 1/);
  expect(() => invertPositiveDefinite(Float64Array.of(Number.NaN), 1)).toThrow(RangeError);
  expect(() => invertPositiveDefinite(new Float64Array(5), 2)).toThrow(/2 x 2/);
  expect(inverseBytes(60_000)).toBe(28_800_480_000);
});
