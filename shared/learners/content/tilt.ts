// Content alone: what a device can do with the public catalogue, the popularity of the items and its own history, when nobody shares anything.
// The likes of a person are draws from the popularity tilted by the person's taste for content,
//   P(i) ∝ p_i exp(f_iᵀ b),   b_k ~ N(0, 1 / precision_k),
// with f the components of the content features and, first, the standardised log popularity: some people like what everybody likes, and some
// rather do not. b is the maximum a posteriori, and log P(i) ranks.
// The likes of one person go together beyond what content says, so a history of n likes counts as n^0.8.
// The maximum is found by the limited-memory BFGS method (Nocedal and Wright, Numerical Optimization, 7.2), preconditioned by the curvature at
// b = 0, which is the same for everybody and is decomposed once: a history costs a few passes over the items and none over pairs of components.
import { firstComponent } from '../../catalogue/features.ts';
import type { Features } from '../../model/model.ts';
import { type Eigen, eigenSymmetric } from '../../model/symmetric.ts';

/** precision of component k from 0: broad components tell tastes apart, fine ones hardly. */
export const componentPrecision = (k: number): number => 1.3 * (k + 5) ** 1.25;
const popularityPrecision = 0.7;
const historyPower = 0.8;
/** A first step is shortened to this length: from zero a full one may overshoot. */
const longestStep = 2;
/** The search ends where another step would raise the log posterior by less than about this. */
const leastGain = 1e-6;
const mostSteps = 40;
const mostHalvings = 10;
/** Steps that the curvature is learned from. */
const memory = 6;
/** Part of the gain that the slope promises and that a step must bring (Armijo). */
const leastDecrease = 1e-4;

/** log P(i) up to a constant, for one history after another. */
export class ContentTilt {
  readonly #items: number;
  /** items x count: the standardised log popularity, then the components. */
  readonly #values: Float64Array;
  readonly #count: number;
  readonly #precision: Float64Array;
  readonly #logPopularity: Float64Array;
  readonly #scores: Float64Array;
  /** At b = 0: log Σ_i p_i, the mean of f, and the decomposition of precision^-1/2 cov(f) precision^-1/2. */
  readonly #plain: { readonly logTotal: number; readonly mean: Float64Array; readonly curvature: Eigen };

  /** @throws RangeError when the numbers are not finite. */
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
    this.#scores = logPopularity.slice();
    const mean = new Float64Array(count);
    const logTotal = this.#meanInto(mean);
    this.#plain = { logTotal, mean, curvature: eigenSymmetric(this.#plainCurvature(mean, logTotal), count) };
  }

  /** Float64Array[items]; holds until the next call. */
  score(history: readonly number[]): Float64Array {
    const count = this.#count;
    if (history.length === 0) return this.#scoresOf(new Float64Array(count));
    const weight = history.length ** historyPower;
    const liked = new Float64Array(count);
    for (const row of history) {
      for (let k = 0; k < count; k++) {
        liked[k] = liked[k]! + (weight / history.length) * this.#values[row * count + k]!;
      }
    }
    return this.#scoresOf(this.#tasteOf(liked, weight));
  }

  /** The minimum of weight log Σ_i p_i exp(f_iᵀ b) - likedᵀ b + 1/2 bᵀ diag(precision) b. */
  #tasteOf(liked: Float64Array, weight: number): Float64Array {
    const count = this.#count;
    const precision = this.#precision;
    let taste = new Float64Array(count);
    let loss = weight * this.#plain.logTotal;
    let gradient = this.#plain.mean.map((value, k) => weight * value - liked[k]!);
    const pairs: StepPair[] = [];
    for (let step = 0; step < mostSteps; step++) {
      const direction = this.#direction(gradient, weight, pairs);
      const slope = dot(direction, gradient);
      if (!(slope < -leastGain)) break;
      let size = step === 0 ? Math.min(1, longestStep / Math.sqrt(dot(direction, direction))) : 1;
      let next = taste;
      let nextLoss = loss;
      const nextGradient = new Float64Array(count);
      for (let halving = 0; halving <= mostHalvings; halving++, size /= 2) {
        next = taste.map((value, k) => value + size * direction[k]!);
        this.#scoresOf(next);
        nextLoss = weight * this.#meanInto(nextGradient);
        for (let k = 0; k < count; k++) {
          const pull = precision[k]! * next[k]!;
          nextLoss += (pull / 2 - liked[k]!) * next[k]!;
          nextGradient[k] = weight * nextGradient[k]! - liked[k]! + pull;
        }
        if (nextLoss <= loss + leastDecrease * size * slope) break;
      }
      if (!(nextLoss < loss)) break;
      const moved = next.map((value, k) => value - taste[k]!);
      const turned = nextGradient.map((value, k) => value - gradient[k]!);
      pairs.push({ moved, turned, curvature: dot(moved, turned) });
      if (pairs.length > memory) pairs.shift();
      taste = next;
      loss = nextLoss;
      gradient = nextGradient;
    }
    return taste;
  }

  /** The two-loop recursion. Each pair's curvature is above 0, since the loss is strictly convex. */
  #direction(gradient: Float64Array, weight: number, pairs: readonly StepPair[]): Float64Array {
    const rest = gradient.slice();
    const along = pairs.map(() => 0);
    for (let p = pairs.length - 1; p >= 0; p--) {
      const { moved, turned, curvature } = pairs[p]!;
      along[p] = dot(moved, rest) / curvature;
      for (let k = 0; k < rest.length; k++) rest[k] = rest[k]! - along[p]! * turned[k]!;
    }
    const direction = this.#preconditioned(rest, weight);
    pairs.forEach(({ moved, turned, curvature }, p) => {
      const change = along[p]! - dot(turned, direction) / curvature;
      for (let k = 0; k < direction.length; k++) direction[k] = direction[k]! + change * moved[k]!;
    });
    return direction.map((value) => -value);
  }

  /** (weight cov(f) + diag(precision))⁻¹ times a vector, with the covariance at b = 0. */
  #preconditioned(vector: Float64Array, weight: number): Float64Array {
    const count = this.#count;
    const { values, vectors } = this.#plain.curvature;
    const scaled = vector.map((value, k) => value / Math.sqrt(this.#precision[k]!));
    const out = new Float64Array(count);
    for (let k = 0; k < count; k++) {
      const start = k * count;
      let part = 0;
      for (let i = 0; i < count; i++) part += vectors[start + i]! * scaled[i]!;
      part /= weight * Math.max(0, values[k]!) + 1;
      for (let i = 0; i < count; i++) out[i] = out[i]! + part * vectors[start + i]!;
    }
    return out.map((value, k) => value / Math.sqrt(this.#precision[k]!));
  }

  #scoresOf(taste: Float64Array): Float64Array {
    const count = this.#count;
    const values = this.#values;
    const scores = this.#scores;
    for (let row = 0, at = 0; row < this.#items; row++) {
      let score = this.#logPopularity[row]!;
      for (let k = 0; k < count; k++, at++) score += values[at]! * taste[k]!;
      scores[row] = score;
    }
    return scores;
  }

  /** Writes the mean of f under softmax of the scores. @returns log Σ_i exp(score_i). */
  #meanInto(mean: Float64Array): number {
    const count = this.#count;
    const values = this.#values;
    const scores = this.#scores;
    let largest = Number.NEGATIVE_INFINITY;
    for (const score of scores) if (score > largest) largest = score;
    let total = 0;
    mean.fill(0);
    for (let row = 0; row < this.#items; row++) {
      const probability = Math.exp(scores[row]! - largest);
      total += probability;
      const start = row * count;
      for (let k = 0; k < count; k++) mean[k] = mean[k]! + probability * values[start + k]!;
    }
    for (let k = 0; k < count; k++) mean[k] = mean[k]! / total;
    return largest + Math.log(total);
  }

  /** precision^-1/2 cov(f) precision^-1/2 under the plain popularity. */
  #plainCurvature(mean: Float64Array, logTotal: number): Float64Array {
    const count = this.#count;
    const values = this.#values;
    const curvature = new Float64Array(count * count);
    for (let row = 0; row < this.#items; row++) {
      const probability = Math.exp(this.#logPopularity[row]! - logTotal);
      const start = row * count;
      for (let i = 0; i < count; i++) {
        const left = probability * (values[start + i]! - mean[i]!);
        const at = i * count;
        for (let j = 0; j <= i; j++) curvature[at + j] = curvature[at + j]! + left * (values[start + j]! - mean[j]!);
      }
    }
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) {
        const value = curvature[i * count + j]! / Math.sqrt(this.#precision[i]! * this.#precision[j]!);
        curvature[i * count + j] = value;
        curvature[j * count + i] = value;
      }
    }
    return curvature;
  }
}

/** A step that was taken and how the gradient turned over it. */
interface StepPair {
  readonly moved: Float64Array;
  readonly turned: Float64Array;
  /** Their product. */
  readonly curvature: number;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < left.length; k++) sum += left[k]! * right[k]!;
  return sum;
}

/** Mean 0 and standard deviation 1; zeros where all are equal. */
function standardised(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (std > 1e-9 ? (value - mean) / std : 0));
}
