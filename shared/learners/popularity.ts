// The phase `popularity`, which `co-occurrence` and `communities` begin an epoch with: each person gives x / sqrt n over all items, n likes, of
// norm 1; what is released is p = E[x / sqrt n], by empirical Bayes between the noised sums and what is public:
//   y_i = p_i + N(0, s²),   log p_i ~ N(log prior_i + c + f_iᵀ b, t²),   c ~ N(0, v_c),   b_k ~ N(0, v_k),   v_k falling with the component as v.
// c and b are the maximum a posteriori by Gauss and Newton, v and t those of a few values with the largest evidence (Laplace's approximation;
// MacKay 1992). Each has to gain `leastGain` nats over 0, so that what noise alone shows moves nothing: then p is the prior. Expectation and
// maximisation over log p (shared/evaluation/learners/shrunken-popularity.ts) needs more signal: where s is far above every p it hardly moves.
import { firstComponent } from '../catalogue/features.ts';
import type { Catalogue } from '../catalogue/schema.ts';
import type { Features } from '../model/model.ts';
import { prominencePopularity } from '../model/server-step.ts';
import { cholesky, choleskySolve } from '../model/symmetric.ts';
import { type Evidence, meanOf, noiseStdOf } from './evidence.ts';

/** Mean of sqrt(likes) that is assumed before anybody said anything: of 25 likes. */
export const defaultRootLikes = 5;
/** v_c: how uncertain the logarithm of the sum is beforehand. */
const scaleVariance = 0.25;
/** Values of v and t that are compared, beside 0. */
const tiltVariances = [0.01, 0.03, 0.1, 0.3];
const itemStds = [0.1, 0.2, 0.3, 0.45, 0.65, 0.9];
/** Nats that the evidence has to gain. */
const leastGain = 2;
/** v_k = v times this: broad components say more of popularity than fine ones. */
const variancePart = (component: number): number => (1 + component / 5) ** -1.25;
const newtonSteps = 20;
/** A Gauss-Newton step is shortened to this length, and halved at most so often. */
const longestStep = 2;
const mostHalvings = 12;
/** Gain of the objective, nats, below which the search ends. */
const leastStepGain = 1e-3;
/** Points of the integral over log p, and how far it reaches on both sides, in t. */
const points = 31;
const reach = 5;
/** A logarithm of p beyond this is a run-away step. */
const largestLog = 8;

/** What is public of how popular the items are: by the catalogue's prominence, sums to 1. */
export function publicPopularity(catalogue: Pick<Catalogue, 'items'>): Float64Array {
  const popularity = prominencePopularity(catalogue);
  const total = popularity.reduce((sum, value) => sum + value, 0);
  return popularity.map((value) => value / total);
}

/** On the device: the upload. Float64Array[items], of norm 1, or 0 without likes. @param liked rows of the catalogue. */
export function histogramOf(liked: ArrayLike<number> & Iterable<number>, items: number): Float64Array {
  const vector = new Float64Array(items);
  for (const row of liked) vector[row] = 1 / Math.sqrt(liked.length);
  return vector;
}

/**
 * On the server: p of each item, Float64Array[items], all above 0; the sum is the mean of sqrt(likes).
 * @param prior the public popularity, sums to 1, all above 0.
 */
export function releasedPopularity(prior: Float64Array, evidence: Evidence, features: Features): Float64Array {
  const expected = prior.map((share) => defaultRootLikes * share);
  const mean = meanOf(evidence);
  return mean === null
    ? expected
    : shrunkenTo(expected, mean, noiseStdOf(evidence), contentOf(features), evidence.people);
}

/** Rows of content, n x columns, row-major: the components without the constant and the prominence. */
export interface Content {
  readonly values: Float64Array;
  readonly columns: number;
}

/** The content components of all items, or of some rows. */
export function contentOf(features: Features, rows?: ArrayLike<number>): Content {
  const columns = Math.max(0, features.columns - firstComponent);
  const count = rows?.length ?? features.items;
  const values = new Float64Array(count * columns);
  for (let place = 0; place < count; place++) {
    const start = (rows?.[place] ?? place) * features.columns + firstComponent;
    for (let k = 0; k < columns; k++) values[place * columns + k] = features.values[start + k]!;
  }
  return { values, columns };
}

/**
 * Numbers above 0 between what is expected and what was observed with noise; the expected ones where nothing stands out.
 * @param expected n numbers above 0. @param observed n numbers with noise of standard deviation `noiseStd`. @param people in them: without noise
 * they still differ.
 */
export function shrunkenTo(
  expected: Float64Array,
  observed: Float64Array,
  noiseStd: number,
  content: Content,
  people: number,
): Float64Array {
  const std = Math.max(noiseStd, 1 / Math.sqrt(observed.length * people));
  return new PopularityFit(expected, observed, std, content).released();
}

/** What a fit found: the coefficients (of the constant alone where v is 0), and its evidence in nats up to a constant. */
interface Fit {
  readonly coefficients: Float64Array;
  readonly evidence: number;
}

class PopularityFit {
  readonly #observed: Float64Array;
  readonly #variance: number;
  readonly #logPrior: Float64Array;
  readonly #content: Content;

  constructor(expected: Float64Array, observed: Float64Array, std: number, content: Content) {
    this.#observed = observed;
    this.#variance = std * std;
    this.#logPrior = expected.map((value) => Math.log(value));
    this.#content = content;
  }

  released(): Float64Array {
    const first = this.#bestFit(0);
    const logs = this.#logsOf(first.coefficients);
    const itemStd = this.#bestItemStd(logs);
    if (itemStd === 0) return logs.map((log) => Math.exp(log));
    // What items have of their own makes the popular ones less certain: once more with that.
    const again = this.#logsOf(this.#bestFit(itemStd).coefficients);
    return again.map((log, row) => this.#moments(row, log, itemStd).mean);
  }

  /** @param itemStd t. */
  #bestFit(itemStd: number): Fit {
    let best = this.#fit(0, itemStd, Float64Array.of(0));
    let warm = best.coefficients;
    const least = best.evidence + leastGain;
    if (this.#content.columns === 0) return best;
    for (const variance of tiltVariances) {
      const fit = this.#fit(variance, itemStd, warm);
      warm = fit.coefficients;
      if (fit.evidence > Math.max(least, best.evidence)) best = fit;
    }
    return best;
  }

  /** Maximum a posteriori for one v and t. @param start coefficients to begin with; those that it does not have are 0. */
  #fit(variance: number, itemStd: number, start: Float64Array): Fit {
    const count = variance === 0 ? 1 : 1 + this.#content.columns;
    const priors = Float64Array.from({ length: count }, (_, k) =>
      k === 0 ? scaleVariance : variance * variancePart(k - 1),
    );
    let coefficients = Float64Array.from({ length: count }, (_, k) => start[k] ?? 0);
    let { loss, gradient, curvature } = this.#expansion(coefficients, priors, itemStd);
    let factor = cholesky(curvature, count);
    for (let step = 0; step < newtonSteps; step++) {
      const change = choleskySolve(factor, count, gradient);
      const length = Math.sqrt(change.reduce((sum, value) => sum + value * value, 1e-300));
      let size = Math.min(1, longestStep / length);
      let next = coefficients;
      let nextLoss = loss;
      for (let halving = 0; halving < mostHalvings && !(nextLoss < loss); halving++, size /= 2) {
        next = coefficients.map((value, k) => value + size * change[k]!);
        nextLoss = this.#lossOf(next, priors, itemStd);
      }
      if (!(nextLoss < loss)) break;
      const gain = loss - nextLoss;
      coefficients = next;
      ({ loss, gradient, curvature } = this.#expansion(coefficients, priors, itemStd));
      factor = cholesky(curvature, count);
      if (gain < leastStepGain) break;
    }
    let logDeterminant = 0;
    for (let k = 0; k < count; k++) logDeterminant += 2 * Math.log(factor[k * count + k]!) + Math.log(priors[k]!);
    return { coefficients, evidence: -loss - logDeterminant / 2 };
  }

  /** Minus the log posterior. */
  #lossOf(coefficients: Float64Array, priors: Float64Array, itemStd: number): number {
    const logs = this.#logsOf(coefficients);
    let loss = 0;
    logs.forEach((log, row) => {
      const popularity = Math.exp(log);
      const variance = this.#variance + (itemStd * popularity) ** 2;
      loss += ((this.#observed[row]! - popularity) ** 2 / variance + Math.log(variance / this.#variance)) / 2;
    });
    coefficients.forEach((value, k) => {
      loss += value ** 2 / priors[k]! / 2;
    });
    return loss;
  }

  /** The loss with its gradient downhill and its Gauss-Newton curvature (lower triangle). */
  #expansion(coefficients: Float64Array, priors: Float64Array, itemStd: number) {
    const count = coefficients.length;
    const gradient = new Float64Array(count);
    const curvature = new Float64Array(count * count);
    const { values, columns } = this.#content;
    const content = new Float64Array(count);
    content[0] = 1;
    this.#logsOf(coefficients).forEach((log, row) => {
      const popularity = Math.exp(log);
      const variance = this.#variance + (itemStd * popularity) ** 2;
      const pull = (popularity * (this.#observed[row]! - popularity)) / variance;
      const weight = popularity ** 2 / variance;
      for (let k = 1; k < count; k++) content[k] = values[row * columns + k - 1]!;
      for (let i = 0; i < count; i++) {
        gradient[i] = gradient[i]! + pull * content[i]!;
        const left = weight * content[i]!;
        const at = i * count;
        for (let j = 0; j <= i; j++) curvature[at + j] = curvature[at + j]! + left * content[j]!;
      }
    });
    for (let k = 0; k < count; k++) {
      gradient[k] = gradient[k]! - coefficients[k]! / priors[k]!;
      curvature[k * count + k] = curvature[k * count + k]! + 1 / priors[k]!;
    }
    return { loss: this.#lossOf(coefficients, priors, itemStd), gradient, curvature };
  }

  /** c + log prior_i + f_iᵀ b. */
  #logsOf(coefficients: Float64Array): Float64Array {
    const { values, columns } = this.#content;
    return this.#logPrior.map((log, row) => {
      let sum = log + coefficients[0]!;
      const start = row * columns - 1;
      for (let k = 1; k < coefficients.length; k++) sum += values[start + k]! * coefficients[k]!;
      return Math.min(largestLog, sum);
    });
  }

  /** t with the largest evidence. */
  #bestItemStd(logs: Float64Array): number {
    let best = 0;
    let most = leastGain;
    for (const itemStd of itemStds) {
      let gain = 0;
      logs.forEach((log, row) => {
        gain +=
          this.#moments(row, log, itemStd).logLikelihood +
          (this.#observed[row]! - Math.exp(log)) ** 2 / this.#variance / 2;
      });
      if (gain > most) {
        most = gain;
        best = itemStd;
      }
    }
    return best;
  }

  /** Log of the likelihood of one observation (up to the noise's constant), and the posterior mean of p, by a sum over log p. */
  #moments(row: number, log: number, itemStd: number): { readonly logLikelihood: number; readonly mean: number } {
    const observed = this.#observed[row]!;
    const spacing = (2 * reach) / (points - 1);
    const exponents = new Float64Array(points);
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < points; k++) {
      const deviation = -reach + spacing * k;
      const residual = observed - Math.exp(log + itemStd * deviation);
      exponents[k] = -0.5 * (deviation ** 2 + residual ** 2 / this.#variance);
      most = Math.max(most, exponents[k]!);
    }
    let total = 0;
    let mean = 0;
    for (let k = 0; k < points; k++) {
      const weight = Math.exp(exponents[k]! - most);
      total += weight;
      mean += weight * Math.exp(log + itemStd * (-reach + spacing * k));
    }
    return { logLikelihood: most + Math.log((total * spacing) / Math.sqrt(2 * Math.PI)), mean: mean / total };
  }
}
