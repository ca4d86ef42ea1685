// Small dense symmetric matrices in float64: Cholesky, solve, inverse, eigenvalues. All matrices are square and row-major.
// Cholesky: Golub and Van Loan, Matrix Computations, 4.2. Eigenvalues: Householder tridiagonalisation and implicit QL (EISPACK tred2, tql2).
// Deterministic: the same input gives the same bits, which the server step relies on.

/**
 * Lower Cholesky factor L with A = L Lᵀ.
 * @param matrix A: size x size, symmetric positive definite; only the lower triangle is read.
 * @returns a new array; the upper triangle is zero.
 * @throws RangeError when A is not positive definite (or not finite).
 */
export function cholesky(matrix: Float64Array, size: number): Float64Array {
  checkSquare(matrix, size);
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column]!;
      for (let k = 0; k < column; k++) sum -= factor[row * size + k]! * factor[column * size + k]!;
      if (column < row) factor[row * size + column] = sum / factor[column * size + column]!;
      else if (sum > 0 && Number.isFinite(sum)) factor[row * size + row] = Math.sqrt(sum);
      else throw new RangeError(`matrix is not positive definite: pivot ${row} is ${sum}`);
    }
  }
  return factor;
}

/** Solves A x = b given A's Cholesky factor. Returns a new array of length size. */
export function choleskySolve(factor: Float64Array, size: number, right: ArrayLike<number>): Float64Array {
  const x = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    let sum = right[row]!;
    for (let k = 0; k < row; k++) sum -= factor[row * size + k]! * x[k]!;
    x[row] = sum / factor[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = x[row]!;
    for (let k = row + 1; k < size; k++) sum -= factor[k * size + row]! * x[k]!;
    x[row] = sum / factor[row * size + row]!;
  }
  return x;
}

/** A⁻¹ given A's Cholesky factor; exactly symmetric. */
export function choleskyInverse(factor: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  const unit = new Float64Array(size);
  for (let column = 0; column < size; column++) {
    unit.fill(0);
    unit[column] = 1;
    inverse.set(choleskySolve(factor, size, unit), column * size);
  }
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++) {
      const value = (inverse[row * size + column]! + inverse[column * size + row]!) / 2;
      inverse[row * size + column] = value;
      inverse[column * size + row] = value;
    }
  }
  return inverse;
}

export interface Eigen {
  /** Descending, length size. */
  readonly values: Float64Array;
  /** Row k is the unit eigenvector of values[k]; its entry of largest magnitude (the first of equals) is positive. */
  readonly vectors: Float64Array;
}

/** Eigenvalues and eigenvectors of a symmetric matrix. @throws RangeError when QL does not converge (non-finite input). */
export function eigenSymmetric(matrix: Float64Array, size: number): Eigen {
  checkSquare(matrix, size);
  let largestEntry = 0;
  for (const entry of matrix) largestEntry = Math.max(largestEntry, Math.abs(entry));
  const v = matrix.slice();
  const d = new Float64Array(size);
  const e = new Float64Array(size);
  tridiagonalise(v, d, e, size, largestEntry * Number.EPSILON ** 2);
  implicitQl(v, d, e, size);
  const order = Array.from({ length: size }, (_, index) => index).sort((a, b) => d[b]! - d[a]! || a - b);
  const values = new Float64Array(size);
  const vectors = new Float64Array(size * size);
  order.forEach((source, target) => {
    values[target] = d[source]!;
    let largest = 0;
    for (let row = 0; row < size; row++) {
      const entry = v[row * size + source]!;
      if (Math.abs(entry) > Math.abs(largest) + 1e-9) largest = entry;
    }
    const sign = largest < 0 ? -1 : 1;
    for (let row = 0; row < size; row++) vectors[target * size + row] = sign * v[row * size + source]!;
  });
  return { values, vectors };
}

function checkSquare(matrix: Float64Array, size: number): void {
  if (!Number.isInteger(size) || size < 1 || matrix.length !== size * size) {
    throw new RangeError(`expected a ${size} x ${size} matrix, got ${matrix.length} numbers`);
  }
}

/**
 * tred2: on return v holds the accumulated transformation, d the diagonal, e the subdiagonal.
 * @param negligible a row whose entries together are no more counts as 0. Of a matrix of low rank each step leaves the rounding error of the one
 * before: after some steps the reflections would be made of numbers that underflow, and be none.
 */
function tridiagonalise(v: Float64Array, d: Float64Array, e: Float64Array, n: number, negligible: number): void {
  for (let j = 0; j < n; j++) d[j] = v[(n - 1) * n + j]!;
  for (let i = n - 1; i > 0; i--) {
    let magnitude = 0;
    let h = 0;
    for (let k = 0; k < i; k++) magnitude += Math.abs(d[k]!);
    if (magnitude <= negligible) {
      e[i] = d[i - 1]!;
      for (let j = 0; j < i; j++) {
        d[j] = v[(i - 1) * n + j]!;
        v[i * n + j] = 0;
        v[j * n + i] = 0;
      }
    } else {
      for (let k = 0; k < i; k++) {
        d[k] = d[k]! / magnitude;
        h += d[k]! * d[k]!;
      }
      let f = d[i - 1]!;
      let g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
      e[i] = magnitude * g;
      h -= f * g;
      d[i - 1] = f - g;
      e.fill(0, 0, i);
      for (let j = 0; j < i; j++) {
        f = d[j]!;
        v[j * n + i] = f;
        g = e[j]! + v[j * n + j]! * f;
        for (let k = j + 1; k <= i - 1; k++) {
          g += v[k * n + j]! * d[k]!;
          e[k] = e[k]! + v[k * n + j]! * f;
        }
        e[j] = g;
      }
      f = 0;
      for (let j = 0; j < i; j++) {
        e[j] = e[j]! / h;
        f += e[j]! * d[j]!;
      }
      const hh = f / (h + h);
      for (let j = 0; j < i; j++) e[j] = e[j]! - hh * d[j]!;
      for (let j = 0; j < i; j++) {
        f = d[j]!;
        g = e[j]!;
        for (let k = j; k <= i - 1; k++) v[k * n + j] = v[k * n + j]! - (f * e[k]! + g * d[k]!);
        d[j] = v[(i - 1) * n + j]!;
        v[i * n + j] = 0;
      }
    }
    d[i] = h;
  }
  for (let i = 0; i < n - 1; i++) {
    v[(n - 1) * n + i] = v[i * n + i]!;
    v[i * n + i] = 1;
    const h = d[i + 1]!;
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = v[k * n + i + 1]! / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        for (let k = 0; k <= i; k++) g += v[k * n + i + 1]! * v[k * n + j]!;
        for (let k = 0; k <= i; k++) v[k * n + j] = v[k * n + j]! - g * d[k]!;
      }
    }
    for (let k = 0; k <= i; k++) v[k * n + i + 1] = 0;
  }
  for (let j = 0; j < n; j++) {
    d[j] = v[(n - 1) * n + j]!;
    v[(n - 1) * n + j] = 0;
  }
  v[(n - 1) * n + n - 1] = 1;
  e[0] = 0;
}

const maxQlIterations = 60;

/** tql2: on return d holds the eigenvalues, the columns of v the eigenvectors. */
function implicitQl(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let i = 1; i < n; i++) e[i - 1] = e[i]!;
  e[n - 1] = 0;
  let f = 0;
  let largest = 0;
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!));
    let m = l;
    while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * largest) m++;
    if (m > l) {
      let iterations = 0;
      do {
        if (++iterations > maxQlIterations) throw new RangeError('eigenvalues did not converge: is the matrix finite?');
        let g = d[l]!;
        let p = (d[l + 1]! - g) / (2 * e[l]!);
        let r = Math.sqrt(p * p + 1);
        if (p < 0) r = -r;
        d[l] = e[l]! / (p + r);
        d[l + 1] = e[l]! * (p + r);
        const dl1 = d[l + 1]!;
        let h = g - d[l]!;
        for (let i = l + 2; i < n; i++) d[i] = d[i]! - h;
        f += h;
        p = d[m]!;
        let c = 1;
        let c2 = c;
        let c3 = c;
        const el1 = e[l + 1]!;
        let s = 0;
        let s2 = 0;
        for (let i = m - 1; i >= l; i--) {
          c3 = c2;
          c2 = c;
          s2 = s;
          g = c * e[i]!;
          h = c * p;
          r = Math.sqrt(p * p + e[i]! * e[i]!);
          e[i + 1] = s * r;
          s = e[i]! / r;
          c = p / r;
          p = c * d[i]! - s * g;
          d[i + 1] = h + s * (c * g + s * d[i]!);
          for (let k = 0; k < n; k++) {
            h = v[k * n + i + 1]!;
            v[k * n + i + 1] = s * v[k * n + i]! + c * h;
            v[k * n + i] = c * v[k * n + i]! - s * h;
          }
        }
        p = (-s * s2 * c3 * el1 * e[l]!) / dl1;
        e[l] = s * p;
        d[l] = c * p;
      } while (Math.abs(e[l]!) > Number.EPSILON * largest);
    }
    d[l] = d[l]! + f;
    e[l] = 0;
  }
}
