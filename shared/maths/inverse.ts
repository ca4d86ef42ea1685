// The inverse of a large symmetric positive definite matrix, in place, in float64: Cholesky A = L Lᵀ, then L⁻¹, then A⁻¹ = L⁻ᵀ L⁻¹, block by
// block (Golub and Van Loan, Matrix Computations, 4.2). All work is products of rows, read in order, so that a block stays in the processor's
// cache. Small matrices (d x d) have their own plain code in shared/model/symmetric.ts. Deterministic: the same input gives the same bits.

/** Rows of a block; and numbers of a row that are multiplied at a time. */
const blockRows = 64;
const chunk = 256;

/** Bytes that the inverse of a matrix of this size works in: the matrix itself and its diagonal. */
export function inverseBytes(size: number): number {
  return 8 * size * size + 8 * size;
}

/**
 * Replaces A by its inverse; exactly symmetric.
 * @param matrix A: size x size, row-major; only the lower triangle is read.
 * @throws RangeError when A is not positive definite (or not finite); the matrix is spoilt then.
 */
export function invertPositiveDefinite(matrix: Float64Array, size: number): void {
  if (!Number.isInteger(size) || size < 1 || matrix.length !== size * size) {
    throw new RangeError(`expected a ${size} x ${size} matrix, got ${matrix.length} numbers`);
  }
  factorise(matrix, size);
  const inverseDiagonal = new Float64Array(size);
  for (let i = 0; i < size; i++) inverseDiagonal[i] = 1 / matrix[i * size + i]!;
  invertFactor(matrix, size, inverseDiagonal);
  multiplyFactor(matrix, size, inverseDiagonal);
}

/** The lower triangle becomes L. */
function factorise(a: Float64Array, n: number): void {
  for (let first = 0; first < n; first += blockRows) {
    const end = Math.min(first + blockRows, n);
    for (let rows = first; rows < n; rows += blockRows) {
      subtractRowProducts(a, n, rows, Math.min(rows + blockRows, n), first, end, 0, first);
    }
    for (let row = first; row < n; row++) {
      for (let column = first; column <= Math.min(row, end - 1); column++) {
        let sum = a[row * n + column]!;
        for (let k = first; k < column; k++) sum -= a[row * n + k]! * a[column * n + k]!;
        if (column < row) a[row * n + column] = sum / a[column * n + column]!;
        else if (sum > 0 && Number.isFinite(sum)) a[row * n + row] = Math.sqrt(sum);
        else throw new RangeError(`matrix is not positive definite: pivot ${row} is ${sum}`);
      }
    }
  }
}

/** The strict upper triangle becomes that of U = L⁻ᵀ; U's diagonal is given. Row i of U: U_ik = -(Σ_{i<=m<k} L_km U_im) / L_kk. */
function invertFactor(a: Float64Array, n: number, diagonal: Float64Array): void {
  for (let firstRow = 0; firstRow < n; firstRow += blockRows) {
    const endRow = Math.min(firstRow + blockRows, n);
    for (let firstColumn = firstRow; firstColumn < n; firstColumn += blockRows) {
      const endColumn = Math.min(firstColumn + blockRows, n);
      if (firstColumn > firstRow) {
        for (let i = firstRow; i < endRow; i++) a.fill(0, i * n + firstColumn, i * n + endColumn);
        if (firstColumn > endRow) {
          subtractRowProducts(a, n, firstRow, endRow, firstColumn, endColumn, endRow, firstColumn);
        }
      }
      for (let i = firstRow; i < endRow; i++) {
        for (let k = Math.max(i + 1, firstColumn); k < endColumn; k++) {
          const row = k * n;
          let sum = firstColumn > firstRow ? a[i * n + k]! : 0;
          sum -= a[row + i]! * diagonal[i]!;
          if (firstColumn === firstRow) {
            for (let m = i + 1; m < k; m++) sum -= a[row + m]! * a[i * n + m]!;
          } else {
            for (let m = i + 1; m < endRow; m++) sum -= a[row + m]! * a[i * n + m]!;
            for (let m = firstColumn; m < k; m++) sum -= a[row + m]! * a[i * n + m]!;
          }
          a[i * n + k] = sum * diagonal[k]!;
        }
      }
    }
  }
}

/** A⁻¹ = U Uᵀ: the lower triangle from the rows of U, which the result then overwrites as the mirror image. */
function multiplyFactor(a: Float64Array, n: number, diagonal: Float64Array): void {
  for (let firstRow = 0; firstRow < n; firstRow += blockRows) {
    const endRow = Math.min(firstRow + blockRows, n);
    for (let firstColumn = 0; firstColumn <= firstRow; firstColumn += blockRows) {
      const endColumn = Math.min(firstColumn + blockRows, n);
      const isDiagonal = firstColumn === firstRow;
      // The head of the products, inside this row block: U_ik is 0 for k < i.
      for (let i = firstRow; i < endRow; i++) {
        const last = isDiagonal ? i : endColumn - 1;
        for (let j = firstColumn; j <= last; j++) {
          let sum = diagonal[i]! * (j === i ? diagonal[i]! : a[j * n + i]!);
          for (let k = i + 1; k < endRow; k++) sum += a[i * n + k]! * a[j * n + k]!;
          scratch[(i - firstRow) * blockRows + j - firstColumn] = -sum;
        }
      }
      for (let i = firstRow; i < endRow; i++) {
        const last = isDiagonal ? i : endColumn - 1;
        for (let j = firstColumn; j <= last; j++) a[i * n + j] = scratch[(i - firstRow) * blockRows + j - firstColumn]!;
      }
      if (isDiagonal) {
        for (let i = firstRow; i < endRow; i++) {
          for (let j = firstColumn; j <= i; j++) {
            let sum = a[i * n + j]!;
            for (let k = endRow; k < n; k++) sum -= a[i * n + k]! * a[j * n + k]!;
            a[i * n + j] = -sum;
          }
        }
      } else {
        subtractRowProducts(a, n, firstRow, endRow, firstColumn, endColumn, endRow, n);
        for (let i = firstRow; i < endRow; i++) {
          for (let j = firstColumn; j < endColumn; j++) a[i * n + j] = -a[i * n + j]!;
        }
      }
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) a[i * n + j] = a[j * n + i]!;
  }
}

const scratch = new Float64Array(blockRows * blockRows);

/** a_ij -= Σ_{from <= k < to} a_ik a_jk for the rows and columns of a block, two by four at a time. */
function subtractRowProducts(
  a: Float64Array,
  n: number,
  firstRow: number,
  endRow: number,
  firstColumn: number,
  endColumn: number,
  from: number,
  to: number,
): void {
  for (let start = from; start < to; start += chunk) {
    const stop = Math.min(start + chunk, to);
    for (let i = firstRow; i < endRow; i += 2) {
      const hasSecond = i + 1 < endRow;
      const p = i * n;
      const q = hasSecond ? p + n : p;
      let j = firstColumn;
      for (; j + 3 < endColumn; j += 4) {
        const b0 = j * n;
        const b1 = b0 + n;
        const b2 = b1 + n;
        const b3 = b2 + n;
        let p0 = 0;
        let p1 = 0;
        let p2 = 0;
        let p3 = 0;
        let q0 = 0;
        let q1 = 0;
        let q2 = 0;
        let q3 = 0;
        for (let k = start; k < stop; k++) {
          const x = a[p + k]!;
          const y = a[q + k]!;
          const c0 = a[b0 + k]!;
          const c1 = a[b1 + k]!;
          const c2 = a[b2 + k]!;
          const c3 = a[b3 + k]!;
          p0 += x * c0;
          p1 += x * c1;
          p2 += x * c2;
          p3 += x * c3;
          q0 += y * c0;
          q1 += y * c1;
          q2 += y * c2;
          q3 += y * c3;
        }
        a[p + j] = a[p + j]! - p0;
        a[p + j + 1] = a[p + j + 1]! - p1;
        a[p + j + 2] = a[p + j + 2]! - p2;
        a[p + j + 3] = a[p + j + 3]! - p3;
        if (hasSecond) {
          a[q + j] = a[q + j]! - q0;
          a[q + j + 1] = a[q + j + 1]! - q1;
          a[q + j + 2] = a[q + j + 2]! - q2;
          a[q + j + 3] = a[q + j + 3]! - q3;
        }
      }
      for (; j < endColumn; j++) {
        let sum = 0;
        let second = 0;
        for (let k = start; k < stop; k++) {
          sum += a[p + k]! * a[j * n + k]!;
          second += a[q + k]! * a[j * n + k]!;
        }
        a[p + j] = a[p + j]! - sum;
        if (hasSecond) a[q + j] = a[q + j]! - second;
      }
    }
  }
}
