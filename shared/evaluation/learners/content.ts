// Content alone: what a device can do with the public catalogue, the popularity of the items and its own history, when nobody shares anything.
// The likes of a person are draws from the popularity tilted by the person's taste for content,
//   P(i) ∝ p_i exp(f_iᵀ b),   b_k ~ N(0, 1 / precision_k),
// with f the components of the content features. b is the maximum a posteriori by Newton's method, and log P(i) ranks.
// The likes of one person go together beyond what content says, so a history of n likes counts as n^0.7.
// The popularity here is clean: an upper line for one that is released with noise.
import { firstComponent } from '../../catalogue/features.ts';
import type { Features } from '../../model/model.ts';
import { cholesky, choleskySolve } from '../../model/symmetric.ts';
import {
  type Checkpoint,
  centralCost,
  histogramOf,
  type Learner,
  type LearnerCost,
  type TrainingData,
} from '../learner.ts';

/** precision_k = (k + 5)^1.25 for component k from 0: broad components tell tastes apart, fine ones hardly. */
const precisionShift = 5;
const precisionPower = 1.25;
const historyPower = 0.7;
/** Likes that every item has beforehand. */
const pseudoLikes = 0.5;
const newtonSteps = 3;
/** A Newton step is shortened to this length: from zero a full one may overshoot. */
const longestStep = 2;
/** Items of less probability do not show in the curvature. */
const leastProbability = 1e-7;

export class Content implements Learner {
  memoryBytes(data: TrainingData): number {
    return 8 * data.items.length * 4;
  }

  *fit(data: TrainingData): Generator<Checkpoint, LearnerCost> {
    const { features } = data;
    if (features === null)
      throw new RangeError('content needs genres or years of the items, and the data set has none (items.csv)');
    const tilt = new ContentTilt(
      features,
      histogramOf(data).map((likes) => Math.log(likes + pseudoLikes)),
    );
    yield { round: 0, score: (history) => tilt.score(history) };
    // The features and the popularity, as 32-bit floats; nothing goes up.
    return { ...centralCost, downloadBytesPerClient: 4 * (features.values.length + features.items) };
  }
}

/** log P(i) up to a constant, for one history after another. */
export class ContentTilt {
  readonly #features: Features;
  readonly #logPopularity: Float64Array;
  readonly #count: number;
  readonly #scores: Float64Array;
  readonly #probability: Float64Array;

  constructor(features: Features, logPopularity: Float64Array) {
    this.#features = features;
    this.#logPopularity = logPopularity;
    this.#count = features.columns - firstComponent;
    this.#scores = new Float64Array(features.items);
    this.#probability = new Float64Array(features.items);
  }

  /** Float64Array[items]; holds until the next call. */
  score(history: readonly number[]): Float64Array {
    const count = this.#count;
    const taste = new Float64Array(count);
    if (count === 0 || history.length === 0) return this.#scoresOf(taste);
    const weight = history.length ** historyPower;
    const liked = new Float64Array(count);
    for (const row of history) this.#addComponents(liked, row, weight / history.length);
    for (let step = 0; step < newtonSteps; step++) {
      const { mean, curvature } = this.#moments(this.#scoresOf(taste));
      const gradient = new Float64Array(count);
      for (let k = 0; k < count; k++) {
        const precision = (k + precisionShift) ** precisionPower;
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

  #addComponents(sum: Float64Array, row: number, factor: number): void {
    const start = row * this.#features.columns + firstComponent;
    for (let k = 0; k < sum.length; k++) sum[k] = sum[k]! + factor * this.#features.values[start + k]!;
  }

  #scoresOf(taste: Float64Array): Float64Array {
    const { items, columns, values } = this.#features;
    for (let row = 0; row < items; row++) {
      let score = this.#logPopularity[row]!;
      const start = row * columns + firstComponent;
      for (let k = 0; k < taste.length; k++) score += values[start + k]! * taste[k]!;
      this.#scores[row] = score;
    }
    return this.#scores;
  }

  /** Mean of f and (lower triangle) of f fᵀ under softmax of the scores. */
  #moments(scores: Float64Array): { mean: Float64Array; curvature: Float64Array } {
    const count = this.#count;
    const { columns, values } = this.#features;
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
      const start = row * columns + firstComponent;
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
