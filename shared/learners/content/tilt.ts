// Content alone: what a device can do with the public catalogue, the popularity of the items and its own history, when nobody shares anything.
// The likes of a person are draws from the popularity tilted by the person's taste for content,
//   P(i) ∝ p_i exp(f_iᵀ b),   b_k ~ N(0, 1 / precision_k),
// with f the components of the content features and, first, the standardised log popularity: some people like what everybody likes, and some
// rather do not. b is the maximum a posteriori by Newton's method, and log P(i) ranks.
// The likes of one person go together beyond what content says, so a history of n likes counts as n^0.7.
// The popularity here is clean: an upper line for one that is released with noise.
import { firstComponent } from '../../catalogue/features.ts';
import type { Features } from '../../model/model.ts';
import { cholesky, choleskySolve } from '../../model/symmetric.ts';

/** precision of component k from 0: broad components tell tastes apart, fine ones hardly. These four are chosen on MovieLens 100K. */
export const componentPrecision = (k: number): number => 1.3 * (k + 5) ** 1.25;
const popularityPrecision = 0.7;
const historyPower = 0.7;
const newtonSteps = 3;
/** A Newton step is shortened to this length: from zero a full one may overshoot. */
const longestStep = 2;
/** Items of less probability do not show in the curvature. */
const leastProbability = 1e-7;

/** log P(i) up to a constant, for one history after another. */
export class ContentTilt {
  readonly #items: number;
  /** items x count: the standardised log popularity, then the components. */
  readonly #values: Float64Array;
  readonly #count: number;
  readonly #precision: Float64Array;
  readonly #logPopularity: Float64Array;
  readonly #scores: Float64Array;
  readonly #probability: Float64Array;

  constructor(features: Features, logPopularity: Float64Array) {
    const { items, columns } = features;
    const count = 1 + columns - firstComponent;
    this.#items = items;
    this.#count = count;
    this.#logPopularity = logPopularity;
    this.#values = new Float64Array(items * count);
    const popularity = standardised(logPopularity);
    for (let row = 0; row < items; row++) {
      this.#values[row * count] = popularity[row]!;
      for (let k = 1; k < count; k++) {
        this.#values[row * count + k] = features.values[row * columns + firstComponent + k - 1]!;
      }
    }
    this.#precision = Float64Array.from({ length: count }, (_, k) =>
      k === 0 ? popularityPrecision : componentPrecision(k - 1),
    );
    this.#scores = new Float64Array(items);
    this.#probability = new Float64Array(items);
  }

  /** Float64Array[items]; holds until the next call. */
  score(history: readonly number[]): Float64Array {
    const count = this.#count;
    const taste = new Float64Array(count);
    if (history.length === 0) return this.#scoresOf(taste);
    const weight = history.length ** historyPower;
    const liked = new Float64Array(count);
    for (const row of history) {
      for (let k = 0; k < count; k++) {
        liked[k] = liked[k]! + (weight / history.length) * this.#values[row * count + k]!;
      }
    }
    for (let step = 0; step < newtonSteps; step++) {
      const { mean, curvature } = this.#moments(this.#scoresOf(taste));
      const gradient = new Float64Array(count);
      for (let k = 0; k < count; k++) {
        const precision = this.#precision[k]!;
        gradient[k] = liked[k]! - weight * mean[k]! - precision * taste[k]!;
        for (let j = 0; j <= k; j++) {
          curvature[k * count + j] = weight * (curvature[k * count + j]! - mean[k]! * mean[j]!);
        }
        curvature[k * count + k] = curvature[k * count + k]! + precision;
      }
      const change = choleskySolve(cholesky(curvature, count), count, gradient);
      const factor = Math.min(1, longestStep / Math.sqrt(change.reduce((sum, value) => sum + value * value, 1e-300)));
      for (let k = 0; k < count; k++) taste[k] = taste[k]! + factor * change[k]!;
    }
    return this.#scoresOf(taste);
  }

  #scoresOf(taste: Float64Array): Float64Array {
    const count = this.#count;
    for (let row = 0; row < this.#items; row++) {
      let score = this.#logPopularity[row]!;
      for (let k = 0; k < count; k++) score += this.#values[row * count + k]! * taste[k]!;
      this.#scores[row] = score;
    }
    return this.#scores;
  }

  /** Mean of f and (lower triangle) of f fᵀ under softmax of the scores. */
  #moments(scores: Float64Array): { mean: Float64Array; curvature: Float64Array } {
    const count = this.#count;
    const values = this.#values;
    const mean = new Float64Array(count);
    const curvature = new Float64Array(count * count);
    let largest = Number.NEGATIVE_INFINITY;
    for (const score of scores) largest = Math.max(largest, score);
    let total = 0;
    for (let row = 0; row < scores.length; row++) {
      this.#probability[row] = Math.exp(scores[row]! - largest);
      total += this.#probability[row]!;
    }
    for (let row = 0; row < scores.length; row++) {
      const probability = this.#probability[row]! / total;
      if (probability < leastProbability) continue;
      const start = row * count;
      for (let k = 0; k < count; k++) {
        const left = probability * values[start + k]!;
        mean[k] = mean[k]! + left;
        const at = k * count;
        for (let j = 0; j <= k; j++) curvature[at + j] = curvature[at + j]! + left * values[start + j]!;
      }
    }
    return { mean, curvature };
  }
}

/** Mean 0 and standard deviation 1; zeros where all are equal. */
function standardised(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (std > 1e-9 ? (value - mean) / std : 0));
}
