// Content alone: what a device can do with the public catalogue, the popularity of the items and its own history, when nobody shares anything.
// The likes of a person are draws from the popularity tilted by the person's taste for content,
//   P(i) ∝ p_i exp(f_iᵀ b),   b_k ~ N(0, 1 / precision_k),
// with f the components of the content features and, first, the standardised log popularity: some people like what everybody likes, and some
// rather do not. A dislike says that an item is not one of those that the tilt raises: logistic log-loss ln(1 + exp(f_iᵀ b)), which is convex.
// b is the maximum a posteriori, and log P(i) ranks:
//   minimise  w ln Σ_i p_i exp(f_iᵀ b) − w Σ_j (c_j / Σ c) f_jᵀ b + Σ_d k_d ln(1 + exp(f_dᵀ b)) + 1/2 Σ_k precision_k b_k²
// over likes j and dislikes d. The likes of one person go together beyond what content says, so likes of weight n in all count as w = n^0.8,
// and dislikes alike.
// The maximum is found by the limited-memory BFGS method (Nocedal and Wright, Numerical Optimization, 7.2), preconditioned by the curvature at
// b = 0, which is the same for everybody and is decomposed once: a history costs a few passes over the items and none over pairs of components.
import { firstComponent } from '../../catalogue/features.ts';
import { maxModelItems } from '../../model/file.ts';
import type { Features } from '../../model/model.ts';
import { type Eigen, eigenSymmetric } from '../../model/symmetric.ts';

/** precision of component k from 0: broad components tell tastes apart, fine ones hardly. */
export const componentPrecision = (k: number): number => 1.3 * (k + 5) ** 1.25;
/** Of the popularity's coefficient, for people who come across items by themselves. */
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

/** A component's mean square over the items is 1, so that no value is larger than the root of their number. */
const largestFeature = Math.sqrt(maxModelItems);

/** Rows of items and, parallel, what each counts: above 0. */
export interface WeightedRows {
  readonly rows: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

const none: WeightedRows = { rows: [], weights: [] };

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

  /**
   * @param precision of the popularity's coefficient: the larger, the less a liking for what everybody likes is believed.
   * @throws RangeError when the popularity is not finite.
   */
  constructor(features: Features, logPopularity: Float64Array, precision = popularityPrecision) {
    const { items, columns } = features;
    const count = 1 + Math.max(0, columns - firstComponent);
    this.#items = items;
    this.#count = count;
    this.#logPopularity = logPopularity;
    this.#values = new Float64Array(items * count);
    const popularity = standardised(logPopularity);
    for (let row = 0; row < items; row++) {
      this.#values[row * count] = popularity[row]!;
      for (let k = 1; k < count; k++) {
        this.#values[row * count + k] = usable(features.values[row * columns + firstComponent + k - 1]!);
      }
    }
    this.#precision = Float64Array.from({ length: count }, (_, k) => (k === 0 ? precision : componentPrecision(k - 1)));
    this.#scores = logPopularity.slice();
    const mean = new Float64Array(count);
    const logTotal = this.#meanInto(mean);
    this.#plain = { logTotal, mean, curvature: eigenSymmetric(this.#plainCurvature(mean, logTotal), count) };
  }

  /** For likes alone, each of the same weight: Float64Array[items]; holds until the next call. */
  score(history: ArrayLike<number>): Float64Array {
    return this.scoresOf(this.fit({ rows: history, weights: new Float64Array(history.length).fill(1) }));
  }

  /** The taste b that a history shows. @param dislikes each counts as much as a like of the same weight, away from the item. */
  fit(likes: WeightedRows, dislikes: WeightedRows = none): Float64Array {
    const count = this.#count;
    if (likes.rows.length + dislikes.rows.length === 0) return new Float64Array(count);
    const { total, each } = evidenceOf(likes);
    const liked = new Float64Array(count);
    for (let index = 0; index < likes.rows.length; index++) {
      const pull = each * likes.weights[index]!;
      const start = likes.rows[index]! * count;
      for (let k = 0; k < count; k++) liked[k] = liked[k]! + pull * this.#values[start + k]!;
    }
    return this.#tasteOf(liked, total, dislikes);
  }

  /**
   * What each like and then each dislike adds to the taste: (likes + dislikes) x count, which sum to it. At the maximum
   *   precision ∘ b = Σ_j pull_j (f_j − mean f) − Σ_d k_d σ(f_dᵀ b) f_d
   * is a sum over the evidence (Yeh et al. 2018, Representer Point Selection); what the search left of it is shared by weight.
   */
  partsOf(taste: Float64Array, likes: WeightedRows, dislikes: WeightedRows = none): Float64Array {
    const count = this.#count;
    const pieces = likes.rows.length + dislikes.rows.length;
    const parts = new Float64Array(pieces * count);
    const shares = new Float64Array(pieces);
    const mean = new Float64Array(count);
    this.scoresOf(taste);
    this.#meanInto(mean);
    const liking = evidenceOf(likes);
    const refusing = evidenceOf(dislikes);
    const left = taste.slice();
    let whole = 0;
    for (let piece = 0; piece < pieces; piece++) {
      const disliked = piece - likes.rows.length;
      const isLike = disliked < 0;
      const row = isLike ? likes.rows[piece]! : dislikes.rows[disliked]!;
      shares[piece] = isLike ? liking.each * likes.weights[piece]! : refusing.each * dislikes.weights[disliked]!;
      whole += shares[piece]!;
      const pull = isLike ? shares[piece]! : -shares[piece]! * logistic(this.tiltOf(taste, row));
      for (let k = 0; k < count; k++) {
        const value = this.#values[row * count + k]! - (isLike ? mean[k]! : 0);
        const part = (pull * value) / this.#precision[k]!;
        parts[piece * count + k] = part;
        left[k] = left[k]! - part;
      }
    }
    for (let at = 0; at < parts.length; at++) {
      parts[at] = parts[at]! + (shares[Math.floor(at / count)]! / whole) * left[at % count]!;
    }
    return parts;
  }

  /** f_rowᵀ taste: what a taste, or a part of one, adds to the score of an item. */
  tiltOf(taste: Float64Array, row: number): number {
    let tilt = 0;
    for (let k = 0; k < this.#count; k++) tilt += this.#values[row * this.#count + k]! * taste[k]!;
    return tilt;
  }

  /** The minimum of weight log Σ_i p_i exp(f_iᵀ b) - likedᵀ b + 1/2 bᵀ diag(precision) b + the dislikes' loss. */
  #tasteOf(liked: Float64Array, weight: number, dislikes: WeightedRows): Float64Array {
    const count = this.#count;
    const precision = this.#precision;
    let taste = new Float64Array(count);
    let gradient = this.#plain.mean.map((value, k) => weight * value - liked[k]!);
    let loss = weight * this.#plain.logTotal + this.#addDislikes(dislikes, taste, gradient);
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
        this.scoresOf(next);
        nextLoss = weight * this.#meanInto(nextGradient);
        for (let k = 0; k < count; k++) {
          const pull = precision[k]! * next[k]!;
          nextLoss += (pull / 2 - liked[k]!) * next[k]!;
          nextGradient[k] = weight * nextGradient[k]! - liked[k]! + pull;
        }
        nextLoss += this.#addDislikes(dislikes, next, nextGradient);
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

  /** Adds the dislikes' gradient, in place. @returns their loss. */
  #addDislikes(dislikes: WeightedRows, taste: Float64Array, gradient: Float64Array): number {
    const { each } = evidenceOf(dislikes);
    let loss = 0;
    for (let index = 0; index < dislikes.rows.length; index++) {
      const row = dislikes.rows[index]!;
      const weight = each * dislikes.weights[index]!;
      const tilt = this.tiltOf(taste, row);
      loss += weight * (Math.max(0, tilt) + Math.log1p(Math.exp(-Math.abs(tilt))));
      const pull = weight * logistic(tilt);
      for (let k = 0; k < gradient.length; k++)
        gradient[k] = gradient[k]! + pull * this.#values[row * this.#count + k]!;
    }
    return loss;
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

  /** Float64Array[items]; holds until the next call. */
  scoresOf(taste: Float64Array): Float64Array {
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

/** What likes (or dislikes) count together, and what one of weight 1 counts of it. */
function evidenceOf({ weights }: WeightedRows): { readonly total: number; readonly each: number } {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) sum += weights[index]!;
  const total = sum ** historyPower;
  return { total, each: sum > 0 ? total / sum : 0 };
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** As it is from an honest file; cut to what one can hold otherwise, so that nothing overflows. */
function usable(value: number): number {
  return Number.isFinite(value) ? Math.max(-largestFeature, Math.min(largestFeature, value)) : 0;
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
