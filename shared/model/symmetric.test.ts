import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cholesky, choleskyInverse, choleskySolve, eigenSymmetric } from './symmetric.ts';

/** B Bᵀ + 0.1 I from any B. */
const positiveDefinite = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: size * size, maxLength: size * size }).map((b) => {
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let sum = i === j ? 0.1 : 0;
        for (let k = 0; k < size; k++) sum += b[i * size + k]! * b[j * size + k]!;
        matrix[i * size + j] = sum;
      }
    }
    return { matrix, size };
  }),
);

const times = (matrix: Float64Array, size: number, vector: ArrayLike<number>) =>
  Float64Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += matrix[i * size + j]! * vector[j]!;
    return sum;
  });

describe('symmetric matrices', () => {
  test('[MD1] a solution solves, an inverse inverts', () => {
    fc.assert(
      fc.property(positiveDefinite, ({ matrix, size }) => {
        const right = Float64Array.from({ length: size }, (_, i) => i - 1.5);
        const factor = cholesky(matrix, size);
        const back = times(matrix, size, choleskySolve(factor, size, right));
        const inverse = choleskyInverse(factor, size);
        const viaInverse = times(matrix, size, times(inverse, size, right));
        for (let i = 0; i < size; i++) {
          expect(back[i]).toBeCloseTo(right[i]!, 6);
          expect(viaInverse[i]).toBeCloseTo(right[i]!, 6);
        }
      }),
    );
  });

  test('[MD1] eigenvectors are orthonormal, rebuild the matrix and come by falling eigenvalue', () => {
    fc.assert(
      fc.property(positiveDefinite, ({ matrix, size }) => {
        const { values, vectors } = eigenSymmetric(matrix, size);
        for (let i = 0; i < size; i++) {
          if (i > 0) expect(values[i]!).toBeLessThanOrEqual(values[i - 1]!);
          for (let j = 0; j < size; j++) {
            let product = 0;
            let rebuilt = 0;
            for (let k = 0; k < size; k++) {
              product += vectors[i * size + k]! * vectors[j * size + k]!;
              rebuilt += values[k]! * vectors[k * size + i]! * vectors[k * size + j]!;
            }
            expect(product).toBeCloseTo(i === j ? 1 : 0, 8);
            expect(rebuilt).toBeCloseTo(matrix[i * size + j]!, 7);
          }
        }
      }),
    );
  });

  test('[MD1] what is not positive definite, not square or not finite is refused', () => {
    expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow(/positive definite/);
    expect(() => cholesky(Float64Array.of(Number.NaN), 1)).toThrow(RangeError);
    expect(() => cholesky(new Float64Array(3), 2)).toThrow(/2 x 2/);
  });
});

test('entries of any size give finite eigenvalues: from ordinary to subnormal in one matrix', () => {
  const size = 4;
  const matrix = new Float64Array(size * size);
  const set = (i: number, j: number, value: number) => {
    matrix[i * size + j] = value;
    matrix[j * size + i] = value;
  };
  set(0, 0, 0.3);
  set(0, 1, -3.1e-6);
  set(0, 2, -2.1e-292);
  set(1, 3, 6.8e-199);
  set(2, 3, -5e-324);
  const { values, vectors } = eigenSymmetric(matrix, size);
  expect([...values, ...vectors].every(Number.isFinite)).toBe(true);
  expect(values[0]).toBeCloseTo(0.3, 9);
});

test('the eigenvalues of a matrix of low rank are right however large it is: nothing is lost to rounding errors of rounding errors', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 64 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 60 }),
      (size, rank, step) => {
        // Indicators with their common part taken off, as an upload of co-occurrences is made.
        const matrix = new Float64Array(size * size);
        let trace = 0;
        for (let k = 0; k < rank; k++) {
          const ones = new Set(Array.from({ length: 3 }, (_, l) => (k * 11 + l * step) % size));
          const vector = Float64Array.from({ length: size }, (_, i) => (ones.has(i) ? 1 : 0) - ones.size / size);
          for (let i = 0; i < size; i++) {
            trace += vector[i]! ** 2;
            for (let j = 0; j < size; j++) matrix[i * size + j] = matrix[i * size + j]! + vector[i]! * vector[j]!;
          }
        }
        const { values } = eigenSymmetric(matrix, size);
        const leading = values.slice(0, rank).reduce((sum, value) => sum + value, 0);
        expect(leading).toBeCloseTo(trace, 9);
        for (const value of values.slice(rank)) expect(Math.abs(value)).toBeLessThan(1e-9);
      },
    ),
  );
});
