// Small dense linear algebra of one device's fit, in f64: the matrix of the local objective, its Cholesky factor, solving, the gradient.
// Rows of observed items and of matrices are padded to an even number of columns with zeros. shared/model/objective.ts has the formulas.

function dot(a: usize, b: usize, bytes: usize): f64 {
  let sum = f64x2.splat(0);
  for (let k: usize = 0; k < bytes; k += 16) sum = f64x2.add(sum, f64x2.mul(v128.load(a + k), v128.load(b + k)));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** to += factor * row. */
function addScaled(to: usize, row: usize, factor: f64, bytes: usize): void {
  const both = f64x2.splat(factor);
  for (let k: usize = 0; k < bytes; k += 16) {
    v128.store(to + k, f64x2.add(v128.load(to + k), f64x2.mul(both, v128.load(row + k))));
  }
}

/**
 * matrix = unobserved * gram + ridge I + Σ weight row rowᵀ (lower triangle), right = Σ weight target row.
 * `size`: the dimension, padded to even; `gram` and `matrix`: f64[size x size].
 */
export function assemble(
  gram: usize,
  size: i32,
  rows: usize,
  weights: usize,
  targets: usize,
  count: i32,
  unobserved: f64,
  ridge: f64,
  matrix: usize,
  right: usize,
): void {
  const bytes = usize(size) * 8;
  memory.fill(matrix, 0, bytes * usize(size));
  memory.fill(right, 0, bytes);
  for (let i = 0; i < size; i++) {
    const at = usize(i) * bytes;
    addScaled(matrix + at, gram + at, unobserved, bytes);
    const diagonal = matrix + at + usize(i) * 8;
    store<f64>(diagonal, load<f64>(diagonal) + ridge);
  }
  for (let j = 0; j < count; j++, rows += bytes) {
    const weight = load<f64>(weights + (usize(j) << 3));
    addScaled(right, rows, weight * load<f64>(targets + (usize(j) << 3)), bytes);
    for (let i = 0; i < size; i++) {
      const place = usize(i) * 8;
      addScaled(matrix + usize(i) * bytes, rows, weight * load<f64>(rows + place), (place + 16) & ~15);
    }
  }
}

/** Replaces the lower triangle by L with A = L Lᵀ, the upper one by zeros. False when A is not positive definite, or not finite. */
export function factorise(matrix: usize, size: i32): bool {
  const bytes = usize(size) * 8;
  for (let i = 0; i < size; i++) {
    const row = matrix + usize(i) * bytes;
    // What lies right of the diagonal would join the products of pairs.
    memory.fill(row + usize(i + 1) * 8, 0, bytes - usize(i + 1) * 8);
    for (let j = 0; j <= i; j++) {
      const place = row + usize(j) * 8;
      const other = matrix + usize(j) * bytes;
      const before = load<f64>(place);
      store<f64>(place, 0);
      const sum = before - dot(row, other, (usize(j) * 8 + 15) & ~15);
      if (j < i) {
        store<f64>(place, sum / load<f64>(other + usize(j) * 8));
      } else {
        if (!(sum > 0 && sum < Infinity)) return false;
        store<f64>(place, sqrt(sum));
      }
    }
  }
  return true;
}

/** x becomes A⁻¹ x, given A's factor. */
export function solve(factor: usize, size: i32, x: usize): void {
  const bytes = usize(size) * 8;
  for (let i = 0; i < size; i++) {
    const row = factor + usize(i) * bytes;
    const place = x + usize(i) * 8;
    const before = load<f64>(place);
    store<f64>(place, 0);
    store<f64>(place, (before - dot(row, x, (usize(i) * 8 + 15) & ~15)) / load<f64>(row + usize(i) * 8));
  }
  for (let i = size - 1; i >= 0; i--) {
    const row = factor + usize(i) * bytes;
    const place = x + usize(i) * 8;
    const value = load<f64>(place) / load<f64>(row + usize(i) * 8);
    addScaled(x, row, -value, usize(i + 1) * 8);
    store<f64>(place, value);
  }
}

/**
 * gradient = unobserved * gram u + ridge u + Σ pull row, where pull = weight (rowᵀu - target), kept in `pulls`. Returns the loss.
 */
export function differentiate(
  gram: usize,
  size: i32,
  rows: usize,
  weights: usize,
  targets: usize,
  count: i32,
  unobserved: f64,
  ridge: f64,
  u: usize,
  gradient: usize,
  pulls: usize,
): f64 {
  const bytes = usize(size) * 8;
  for (let i = 0; i < size; i++) {
    const own = load<f64>(u + usize(i) * 8);
    store<f64>(gradient + usize(i) * 8, unobserved * dot(gram + usize(i) * bytes, u, bytes) + ridge * own);
  }
  let loss = dot(gradient, u, bytes);
  for (let j = 0; j < count; j++, rows += bytes) {
    const place = usize(j) << 3;
    const residual = dot(rows, u, bytes) - load<f64>(targets + place);
    const pull = load<f64>(weights + place) * residual;
    store<f64>(pulls + place, pull);
    addScaled(gradient, rows, pull, bytes);
    loss += pull * residual;
  }
  return loss / 2;
}
