// Eigenpairs of a noisy covariance under a prior that knows the content: the maximum a posteriori of G = Σ_k t_k t_kᵀ + noise with independent
// normal factors t_k. With noise of standard deviation s off the diagonal and prior precision Ω of a factor, minimise
//   |G - T Tᵀ|² / (4 s²) + 1/2 Σ_k t_kᵀ Ω t_k;   its gradient vanishes where (G - s² Ω) t_k = |t_k|² t_k,
// so the factors are sqrt(w) v for the positive eigenpairs (w, v) of G - s² Ω, all at once (as probabilistic principal components, Tipping and
// Bishop 1999, with s² Ω in the place of the isotropic noise).
// s² Ω = 2 s sqrt(q) Q Qᵀ + 2 s sqrt(size) (I - Q Qᵀ) W⁻¹ (I - Q Qᵀ): along the q directions of the content the noise's spectrum ends at
// 2 s sqrt(q) (Wigner 1955), and elsewhere at 2 s sqrt(size), so that noise alone hardly passes either; off the content an item is expected to
// differ in proportion to W, so a rare item is held back more.
import type { Eigen } from '../../model/symmetric.ts';
import { leadingEigenpairs } from './eigenpairs.ts';

export interface FactorPrior {
  /** W: Float64Array[size], all above 0, of mean square 1. */
  readonly weights: Float64Array;
  /** Columns that span where factors are expected: each Float64Array[size]; columns that add nothing are left out. */
  readonly directions: readonly Float64Array[];
}

/**
 * At most `most` eigenpairs with their shrunken eigenvalues, all above 0.
 * @param matrix G: size x size, symmetric; it is changed. @param noiseStd s. @throws RangeError when it is not finite.
 */
export function denoisedEigenpairs(
  matrix: Float64Array,
  size: number,
  noiseStd: number,
  { weights, directions }: FactorPrior,
  most: number,
): Eigen {
  subtractPenalty(matrix, size, noiseStd, weights, orthonormalised(directions));
  const { values, vectors } = leadingEigenpairs(matrix, size, most);
  const kept = values.filter((value) => value > 0).length;
  return { values: values.slice(0, kept), vectors: vectors.slice(0, kept * size) };
}

/** matrix -= s² Ω. */
function subtractPenalty(
  matrix: Float64Array,
  size: number,
  noiseStd: number,
  weights: Float64Array,
  basis: readonly Float64Array[],
): void {
  const inside = 2 * noiseStd * Math.sqrt(basis.length);
  const outside = 2 * noiseStd * Math.sqrt(size);
  // (I - Q Qᵀ) W⁻¹ (I - Q Qᵀ) = W⁻¹ - Q Aᵀ - A Qᵀ + Q B Qᵀ with A = W⁻¹ Q and B = Qᵀ A.
  const scaled = basis.map((column) => column.map((value, at) => value / weights[at]!));
  const inner = basis.map((column) => scaled.map((other) => dot(column, other)));
  for (let i = 0; i < size; i++) matrix[i * size + i] = matrix[i * size + i]! - outside / weights[i]!;
  basis.forEach((column, k) => {
    // Row i of the rest is q_ik times (inside q_k - outside A_k + outside / 2 Σ_l B_kl q_l), and its mirror image.
    const right = new Float64Array(size);
    for (let j = 0; j < size; j++) right[j] = (inside / 2) * column[j]! - outside * scaled[k]![j]!;
    basis.forEach((other, l) => {
      const weight = (outside / 2) * inner[k]![l]!;
      for (let j = 0; j < size; j++) right[j] = right[j]! + weight * other[j]!;
    });
    for (let i = 0; i < size; i++) {
      const left = column[i]!;
      const mirrored = right[i]!;
      const start = i * size;
      for (let j = 0; j < size; j++) {
        matrix[start + j] = matrix[start + j]! - (left * right[j]! + mirrored * column[j]!);
      }
    }
  });
}

/** Part of its length that a column must have beyond the columns before it. */
const leastNewLength = 1e-6;

/** Gram and Schmidt, twice over each column (Kahan and Parlett). */
function orthonormalised(columns: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const column of columns) {
    const rest = column.slice();
    const before = Math.sqrt(dot(rest, rest));
    for (let pass = 0; pass < 2; pass++) {
      for (const known of basis) {
        const along = dot(rest, known);
        for (let at = 0; at < rest.length; at++) rest[at] = rest[at]! - along * known[at]!;
      }
    }
    const length = Math.sqrt(dot(rest, rest));
    if (!(length > leastNewLength * before)) continue;
    basis.push(rest.map((value) => value / length));
  }
  return basis;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += left[at]! * right[at]!;
  return sum;
}
