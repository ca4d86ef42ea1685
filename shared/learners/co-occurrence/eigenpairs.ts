// The leading eigenpairs of a large dense symmetric matrix by Lanczos' method with full reorthogonalisation (Golub and Van Loan, Matrix
// Computations, 10.3). Small matrices are decomposed whole (shared/model/symmetric.ts). Deterministic: the same input gives the same bits.
import { gaussians } from '../../maths/gaussian.ts';
import { experimentRandomOfLabel } from '../../maths/random.ts';
import { normL2 } from '../../maths/vectors.ts';
import { type Eigen, eigenSymmetric } from '../../model/symmetric.ts';

/** Up to this size the whole decomposition is quick. */
const wholeSize = 160;
/** Lanczos steps for `count` pairs: the outer ones have converged long before. */
const stepsFor = (count: number) => 3 * count + 40;

/** Writes the matrix times a vector. */
export type Multiply = (vector: Float64Array, out: Float64Array) => void;

/**
 * The `count` largest eigenvalues, descending, and their unit vectors; fewer when the matrix is smaller.
 * @param matrix size x size, symmetric. @throws RangeError when it is not finite.
 */
export function leadingEigenpairs(matrix: Float64Array, size: number, count: number): Eigen {
  if (isSmall(size, count)) return wholly(matrix, size, count);
  return byLanczos((vector, out) => multiply(matrix, size, vector, out), size, count);
}

/** The same of a matrix that is known by what it makes of a vector, such as a sum over people. */
export function leadingEigenpairsOf(times: Multiply, size: number, count: number): Eigen {
  if (!isSmall(size, count)) return byLanczos(times, size, count);
  const matrix = new Float64Array(size * size);
  const unit = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    unit.fill(0);
    unit[row] = 1;
    times(unit, matrix.subarray(row * size, (row + 1) * size));
  }
  return wholly(matrix, size, count);
}

function isSmall(size: number, count: number): boolean {
  return size <= wholeSize || 2 * Math.min(size, stepsFor(Math.min(count, size))) > size;
}

function wholly(matrix: Float64Array, size: number, count: number): Eigen {
  const kept = Math.min(count, size);
  const { values, vectors } = eigenSymmetric(matrix, size);
  return { values: values.slice(0, kept), vectors: vectors.slice(0, kept * size) };
}

function byLanczos(times: Multiply, size: number, kept: number): Eigen {
  const steps = stepsFor(kept);
  const basis = new Float64Array(steps * size);
  const tridiagonal = new Float64Array(steps * steps);
  const next = gaussians(size, 1, experimentRandomOfLabel('lanczos'));
  let built = 0;
  let length = normL2(next);
  for (; built < steps && length > 0; built++) {
    const start = built * size;
    for (let i = 0; i < size; i++) basis[start + i] = next[i]! / length;
    if (built > 0) {
      tridiagonal[built * steps + built - 1] = length;
      tridiagonal[(built - 1) * steps + built] = length;
    }
    times(basis.subarray(start, start + size), next);
    tridiagonal[built * steps + built] = dot(basis, start, next, size);
    const before = normL2(next);
    // Twice is enough (Kahan and Parlett).
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k <= built; k++) subtractAlong(basis, k * size, next, size);
    }
    length = normL2(next);
    if (length < 1e-12 * before) length = 0;
  }
  const small = new Float64Array(built * built);
  for (let i = 0; i < built; i++) {
    for (let j = 0; j < built; j++) small[i * built + j] = tridiagonal[i * steps + j]!;
  }
  const ritz = eigenSymmetric(small, built);
  const found = Math.min(kept, built);
  const vectors = new Float64Array(found * size);
  for (let k = 0; k < found; k++) {
    for (let step = 0; step < built; step++) {
      const weight = ritz.vectors[k * built + step]!;
      for (let i = 0; i < size; i++) vectors[k * size + i] = vectors[k * size + i]! + weight * basis[step * size + i]!;
    }
  }
  return { values: ritz.values.slice(0, found), vectors };
}

function multiply(matrix: Float64Array, size: number, vector: Float64Array, out: Float64Array): void {
  for (let row = 0; row < size; row++) {
    let sum = 0;
    const at = row * size;
    for (let k = 0; k < size; k++) sum += matrix[at + k]! * vector[k]!;
    out[row] = sum;
  }
}

function dot(basis: Float64Array, start: number, vector: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += basis[start + i]! * vector[i]!;
  return sum;
}

function subtractAlong(basis: Float64Array, start: number, vector: Float64Array, size: number): void {
  const along = dot(basis, start, vector, size);
  for (let i = 0; i < size; i++) vector[i] = vector[i]! - along * basis[start + i]!;
}
