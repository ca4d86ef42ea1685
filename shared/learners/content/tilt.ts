// Content alone: what a device can do with the public catalogue, the popularity of the items and its own history, when nobody shares anything.
// The likes of a person are draws from the popularity tilted by the person's taste for content,
//   P(i) ∝ p_i exp(f_iᵀ b),   b_k ~ N(0, 1 / precision_k),
// with f the components of the content features and, first, the standardised log popularity: some people like what everybody likes, and some
// rather do not. A dislike says that an item is not one of those that the tilt raises: logistic log-loss ln(1 + exp(f_iᵀ b)), which is convex.
// b is the maximum a posteriori by Newton's method, and log P(i) ranks:
//   maximise  w Σ_j (c_j / Σ c) f_jᵀ b − w ln Z(b) − Σ_d k_d ln(1 + exp(f_dᵀ b)) − 1/2 Σ_k precision_k b_k²      j over likes, d over dislikes
// The likes of one person go together beyond what content says, so likes of weight n in all count as w = n^0.7, and dislikes alike.
// The popularity of the evaluation is clean: an upper line for one that is released with noise.
import { firstComponent } from '../../catalogue/features.ts';
import { maxModelItems } from '../../model/file.ts';
import type { Features } from '../../model/model.ts';
import { cholesky, choleskySolve } from '../../model/symmetric.ts';

/** precision of component k from 0: broad components tell tastes apart, fine ones hardly. These four are chosen on MovieLens 100K. */
export const componentPrecision = (k: number): number => 1.3 * (k + 5) ** 1.25;
/** Of the popularity's coefficient, for people who come across items by themselves. */
const popularityPrecision = 0.7;
const historyPower = 0.7;
const newtonSteps = 3;
/** A Newton step is shortened to this length: from zero a full one may overshoot. */
const longestStep = 2;
/** Items of less probability do not show in the curvature. */
const leastProbability = 1e-7;

/** A component's mean square over the items is 1, so that no value is larger than the root of their number. */
const largestFeature = Math.sqrt(maxModelItems);

/** Rows of items and, parallel, what each counts: above 0. */
export interface WeightedRows {
  readonly rows: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

const none: WeightedRows = { rows: [], weights: [] };

/** The taste b of one history, and how it came about. */
export interface TiltFit {
  /** b: the popularity's coefficient, then the components'. */
  readonly taste: Float64Array;
  readonly steps: readonly NewtonStep[];
}

/** b ← b + factor · curvature⁻¹ · gradient. */
interface NewtonStep {
  readonly factor: number;
  /** The Cholesky factor of the curvature. */
  readonly curvature: Float64Array;
  /** Mean of f under P before the step. */
  readonly mean: Float64Array;
  /** Parallel to the dislikes: σ(f_dᵀ b) before the step. */
  readonly refused: Float64Array;
}

/** log P(i) up to a constant, for one history after another. */
export class ContentTilt {
  readonly #items: number;
  /** items x count: the standardised log popularity, the components, and zeros where that makes count even. */
  readonly #values: Float64Array;
  readonly #count: number;
  readonly #precision: Float64Array;
  readonly #logPopularity: Float64Array;
  readonly #scores: Float64Array;
  readonly #probability: Float64Array;
  /** At b = 0, where every fit begins. */
  #firstMoments: Moments | null = null;

  /** @param precision of the popularity's coefficient: the larger, the less a liking for what everybody likes is believed. */
  constructor(features: Features, logPopularity: Float64Array, precision = popularityPrecision) {
    const { items, columns } = features;
    const used = 1 + Math.max(0, columns - firstComponent);
    const count = used + (used % 2);
    this.#items = items;
    this.#count = count;
    this.#logPopularity = logPopularity;
    this.#values = new Float64Array(items * count);
    const popularity = standardised(logPopularity);
    for (let row = 0; row < items; row++) {
      this.#values[row * count] = popularity[row]!;
      for (let k = 1; k < used; k++) {
        this.#values[row * count + k] = usable(features.values[row * columns + firstComponent + k - 1]!);
      }
    }
    this.#precision = Float64Array.from({ length: count }, (_, k) => (k === 0 ? precision : componentPrecision(k - 1)));
    this.#scores = new Float64Array(items);
    this.#probability = new Float64Array(items);
  }

  /** For likes alone, each of the same weight: Float64Array[items]; holds until the next call. */
  score(history: ArrayLike<number>): Float64Array {
    return this.scoresOf(this.fit({ rows: history, weights: new Float64Array(history.length).fill(1) }).taste);
  }

  /** The taste that a history shows. @param dislikes each counts as much as a like of the same weight, away from the item. */
  fit(likes: WeightedRows, dislikes: WeightedRows = none): TiltFit {
    const count = this.#count;
    const taste = new Float64Array(count);
    const steps: NewtonStep[] = [];
    if (likes.rows.length + dislikes.rows.length === 0) return { taste, steps };
    const liking = evidenceOf(likes);
    const refusing = evidenceOf(dislikes);
    const liked = new Float64Array(count);
    for (let index = 0; index < likes.rows.length; index++) {
      const pull = liking.each * likes.weights[index]!;
      const start = likes.rows[index]! * count;
      for (let k = 0; k < count; k++) liked[k] = liked[k]! + pull * this.#values[start + k]!;
    }
    for (let step = 0; step < newtonSteps; step++) {
      const { mean, square } = step === 0 ? this.#startMoments() : this.#moments(this.scoresOf(taste));
      const curvature = square.slice();
      const gradient = new Float64Array(count);
      for (let k = 0; k < count; k++) {
        const precision = this.#precision[k]!;
        gradient[k] = liked[k]! - liking.total * mean[k]! - precision * taste[k]!;
        for (let j = 0; j <= k; j++) {
          curvature[k * count + j] = liking.total * (curvature[k * count + j]! - mean[k]! * mean[j]!);
        }
        curvature[k * count + k] = curvature[k * count + k]! + precision;
      }
      const refused = this.#addDislikes(dislikes, refusing.each, taste, gradient, curvature);
      const factored = cholesky(curvature, count);
      const change = choleskySolve(factored, count, gradient);
      const factor = Math.min(1, longestStep / Math.sqrt(change.reduce((sum, value) => sum + value * value, 1e-300)));
      for (let k = 0; k < count; k++) taste[k] = taste[k]! + factor * change[k]!;
      steps.push({ factor, curvature: factored, mean, refused });
    }
    return { taste, steps };
  }

  /**
   * What each like and then each dislike adds to the taste: (likes + dislikes) x count, which sum to it. Every Newton step is linear in the
   * evidence once its curvature is given, so each piece has its part of it:  b_j ← b_j + factor · curvature⁻¹ (pull_j − precision ∘ b_j).
   */
  partsOf(fit: TiltFit, likes: WeightedRows, dislikes: WeightedRows = none): Float64Array {
    const count = this.#count;
    const pieces = likes.rows.length + dislikes.rows.length;
    const parts = new Float64Array(pieces * count);
    const liking = evidenceOf(likes);
    const refusing = evidenceOf(dislikes);
    const gradient = new Float64Array(count);
    for (const { factor, curvature, mean, refused } of fit.steps) {
      for (let piece = 0; piece < pieces; piece++) {
        const part = parts.subarray(piece * count, (piece + 1) * count);
        const disliked = piece - likes.rows.length;
        const weight =
          disliked < 0
            ? liking.each * likes.weights[piece]!
            : -refusing.each * dislikes.weights[disliked]! * refused[disliked]!;
        const start = (disliked < 0 ? likes.rows[piece]! : dislikes.rows[disliked]!) * count;
        for (let k = 0; k < count; k++) {
          const away = disliked < 0 ? mean[k]! : 0;
          gradient[k] = weight * (this.#values[start + k]! - away) - this.#precision[k]! * part[k]!;
        }
        const change = choleskySolve(curvature, count, gradient);
        for (let k = 0; k < count; k++) part[k] = part[k]! + factor * change[k]!;
      }
    }
    return parts;
  }

  /** f_rowᵀ part: what a part of the taste adds to the score of an item. */
  tiltOf(part: Float64Array, row: number): number {
    let tilt = 0;
    for (let k = 0; k < this.#count; k++) tilt += this.#values[row * this.#count + k]! * part[k]!;
    return tilt;
  }

  /** Float64Array[items]; holds until the next call. */
  scoresOf(taste: Float64Array): Float64Array {
    const count = this.#count;
    for (let row = 0; row < this.#items; row++) {
      let score = this.#logPopularity[row]!;
      for (let k = 0; k < count; k++) score += this.#values[row * count + k]! * taste[k]!;
      this.#scores[row] = score;
    }
    return this.#scores;
  }

  /** Adds the dislikes to gradient and (lower triangle) curvature, in place. Returns σ(f_dᵀ b) of each. */
  #addDislikes(
    dislikes: WeightedRows,
    each: number,
    taste: Float64Array,
    gradient: Float64Array,
    curvature: Float64Array,
  ): Float64Array {
    const count = this.#count;
    return Float64Array.from({ length: dislikes.rows.length }, (_, index) => {
      const row = dislikes.rows[index]!;
      const start = row * count;
      const refused = 1 / (1 + Math.exp(-this.tiltOf(taste, row)));
      const weight = each * dislikes.weights[index]!;
      for (let k = 0; k < count; k++) {
        const value = this.#values[start + k]!;
        gradient[k] = gradient[k]! - weight * refused * value;
        const left = weight * refused * (1 - refused) * value;
        for (let j = 0; j <= k; j++)
          curvature[k * count + j] = curvature[k * count + j]! + left * this.#values[start + j]!;
      }
      return refused;
    });
  }

  #startMoments(): Moments {
    this.#firstMoments ??= this.#moments(this.scoresOf(new Float64Array(this.#count)));
    return this.#firstMoments;
  }

  /** Under softmax of the scores. */
  #moments(scores: Float64Array): Moments {
    const count = this.#count;
    const values = this.#values;
    const probabilities = this.#probability;
    const mean = new Float64Array(count);
    const square = new Float64Array(count * count);
    let largest = Number.NEGATIVE_INFINITY;
    for (const score of scores) largest = Math.max(largest, score);
    let total = 0;
    for (let row = 0; row < scores.length; row++) {
      probabilities[row] = Math.exp(scores[row]! - largest);
      total += probabilities[row]!;
    }
    const rows = new Uint32Array(4);
    let held = 0;
    for (let row = 0; row < scores.length; row++) {
      probabilities[row] = probabilities[row]! / total;
      if (probabilities[row]! < leastProbability) continue;
      rows[held++] = row;
      if (held < 4) continue;
      addFour(values, count, rows, probabilities, mean, square);
      held = 0;
    }
    for (let index = 0; index < held; index++) addOne(values, count, rows[index]!, probabilities, mean, square);
    return { mean, square };
  }
}

/** As it is from an honest file; cut to what one can hold otherwise, so that nothing overflows. */
function usable(value: number): number {
  return Number.isFinite(value) ? Math.max(-largestFeature, Math.min(largestFeature, value)) : 0;
}

/** Mean of f, and the mean of f fᵀ of which the lower triangle counts. */
interface Moments {
  readonly mean: Float64Array;
  readonly square: Float64Array;
}

function addOne(
  values: Float64Array,
  count: number,
  row: number,
  probabilities: Float64Array,
  mean: Float64Array,
  square: Float64Array,
): void {
  const start = row * count;
  const probability = probabilities[row]!;
  for (let k = 0; k < count; k++) {
    const left = probability * values[start + k]!;
    mean[k] = mean[k]! + left;
    const at = k * count;
    for (let j = 0; j <= k; j++) square[at + j] = square[at + j]! + left * values[start + j]!;
  }
}

/** As `addOne` four times, in the same order of additions and so to the same bits; two rows of the matrix at a time, it reads and writes less. */
function addFour(
  values: Float64Array,
  count: number,
  rows: Uint32Array,
  probabilities: Float64Array,
  mean: Float64Array,
  square: Float64Array,
): void {
  const [a, b, c, d] = [rows[0]! * count, rows[1]! * count, rows[2]! * count, rows[3]! * count];
  const pa = probabilities[rows[0]!]!;
  const pb = probabilities[rows[1]!]!;
  const pc = probabilities[rows[2]!]!;
  const pd = probabilities[rows[3]!]!;
  for (let k = 0; k < count; k += 2) {
    const la = pa * values[a + k]!;
    const lb = pb * values[b + k]!;
    const lc = pc * values[c + k]!;
    const ld = pd * values[d + k]!;
    const na = pa * values[a + k + 1]!;
    const nb = pb * values[b + k + 1]!;
    const nc = pc * values[c + k + 1]!;
    const nd = pd * values[d + k + 1]!;
    mean[k] = mean[k]! + la + lb + lc + ld;
    mean[k + 1] = mean[k + 1]! + na + nb + nc + nd;
    const at = k * count;
    const next = at + count;
    for (let j = 0; j <= k + 1; j++) {
      const va = values[a + j]!;
      const vb = values[b + j]!;
      const vc = values[c + j]!;
      const vd = values[d + j]!;
      square[at + j] = square[at + j]! + la * va + lb * vb + lc * vc + ld * vd;
      square[next + j] = square[next + j]! + na * va + nb * vb + nc * vc + nd * vd;
    }
  }
}

/** What likes (or dislikes) count together, and what one of weight 1 counts of it. */
function evidenceOf({ weights }: WeightedRows): { readonly total: number; readonly each: number } {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) sum += weights[index]!;
  const total = sum ** historyPower;
  return { total, each: sum > 0 ? total / sum : 0 };
}

/** Mean 0 and standard deviation 1; zeros where all are equal. */
function standardised(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (std > 1e-9 ? (value - mean) / std : 0));
}
