// EASE on the device (Steck 2019) when the co-occurrence matrix is known through factors: G ≈ L Lᵀ. With the ridge Λ and the matrix inversion
// lemma (Woodbury 1950) P = (Λ + L Lᵀ)⁻¹ costs items x rank² once, and the score of item j for a history H is -Σ_{i in H} P_ij / P_jj.
import { cholesky } from '../../model/symmetric.ts';

/** Columns of L at most: what a device can hold and work with in a moment. */
export const mostFactors = 120;

export class FactorEase {
  readonly #items: number;
  readonly #rank: number;
  /** items x rank: Λ⁻¹ L K⁻ᵀ with K Kᵀ = I + Lᵀ Λ⁻¹ L. */
  readonly #rows: Float64Array;
  /** P_jj. */
  readonly #diagonal: Float64Array;
  readonly #scores: Float64Array;

  /**
   * @param factors L: items x rank, row-major; not kept. @param ridge Λ's diagonal, items numbers above 0.
   * @throws RangeError when the numbers are not finite or the rank is above `mostFactors`.
   */
  constructor(factors: Float64Array, rank: number, ridge: Float64Array) {
    if (rank > mostFactors) throw new RangeError(`expected at most ${mostFactors} factors, got ${rank}`);
    this.#items = ridge.length;
    this.#rank = rank;
    const inner = new Float64Array(rank * rank);
    for (let item = 0; item < this.#items; item++) {
      for (let i = 0; i < rank; i++) {
        const left = factors[item * rank + i]! / ridge[item]!;
        for (let j = 0; j <= i; j++) inner[i * rank + j] = inner[i * rank + j]! + left * factors[item * rank + j]!;
      }
    }
    for (let i = 0; i < rank; i++) inner[i * rank + i] = inner[i * rank + i]! + 1;
    const factor = cholesky(inner, rank);
    this.#rows = new Float64Array(factors.length);
    this.#diagonal = new Float64Array(this.#items);
    for (let item = 0; item < this.#items; item++) {
      const start = item * rank;
      let squares = 0;
      for (let i = 0; i < rank; i++) {
        let sum = factors[start + i]! / ridge[item]!;
        for (let k = 0; k < i; k++) sum -= factor[i * rank + k]! * this.#rows[start + k]!;
        const value = sum / factor[i * rank + i]!;
        this.#rows[start + i] = value;
        squares += value * value;
      }
      this.#diagonal[item] = 1 / ridge[item]! - squares;
    }
    this.#scores = new Float64Array(this.#items);
  }

  /**
   * Float64Array[items]; holds until the next call. The history's own items get no meaningful score.
   * @param weights parallel to the history: how much each row counts. Absent: 1 each.
   */
  score(history: readonly number[], weights?: readonly number[]): Float64Array {
    const rank = this.#rank;
    const sum = new Float64Array(rank);
    history.forEach((row, place) => {
      const weight = weights?.[place] ?? 1;
      for (let k = 0; k < rank; k++) sum[k] = sum[k]! + weight * this.#rows[row * rank + k]!;
    });
    for (let item = 0; item < this.#items; item++) {
      let score = 0;
      for (let k = 0; k < rank; k++) score += this.#rows[item * rank + k]! * sum[k]!;
      this.#scores[item] = score / this.#diagonal[item]!;
    }
    return this.#scores;
  }
}
