// The popularity of the items from a noisy sum, by empirical Bayes with the public content (Efron and Morris 1973; a log-normal prior):
//   y_i = p_i + N(0, noiseStd²),   log p_i ~ Normal(f_iᵀ b, t²),   b_k ~ Normal(0, v²),
// with b, t and v by expectation and maximisation; the result is the posterior mean of p_i. Post-processing of a release: it costs no privacy.
import { firstComponent } from '../../catalogue/features.ts';
import type { Features } from '../../model/model.ts';
import { cholesky, choleskyInverse } from '../../model/symmetric.ts';

const sweeps = 25;
/** Points of the integral over log p, and how far it reaches, in standard deviations. */
const points = 41;
const reach = 5;
const leastPriorStd = 0.05;

/**
 * @param observed Float64Array[items], with noise of standard deviation `noiseStd`. @param features null: all items have one prior mean.
 * @returns a new Float64Array[items], all above 0.
 */
export function shrunkenPopularity(observed: Float64Array, noiseStd: number, features: Features | null): Float64Array {
  const design = designOf(features, observed.length);
  const { columns, values } = design;
  const mean = Math.max(noiseStd / 100, observed.reduce((sum, value) => sum + value, 0) / observed.length);
  const prior = new Float64Array(observed.length).fill(Math.log(mean) - 0.5);
  const posterior = { log: new Float64Array(observed.length), variance: new Float64Array(observed.length) };
  const popularity = new Float64Array(observed.length);
  const gram = gramOf(values, columns);
  let priorStd = 1;
  let coefficientVariance = 0.1;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let item = 0; item < observed.length; item++) {
      const { log, variance, value } = moments(observed[item]!, noiseStd, prior[item]!, priorStd);
      posterior.log[item] = log;
      posterior.variance[item] = variance;
      popularity[item] = value;
    }
    // Ridge regression of E[log p] on the content; the constant is free.
    const normal = gram.slice();
    const right = new Float64Array(columns);
    for (let item = 0; item < observed.length; item++) {
      const start = item * columns;
      for (let i = 0; i < columns; i++) right[i] = right[i]! + values[start + i]! * posterior.log[item]!;
    }
    const ridge = (priorStd * priorStd) / coefficientVariance;
    for (let i = 0; i < columns; i++) normal[i * columns + i] = normal[i * columns + i]! + (i === 0 ? 1e-9 : ridge);
    const inverse = choleskyInverse(cholesky(normal, columns), columns);
    const coefficients = new Float64Array(columns);
    let squares = 0;
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) coefficients[i] = coefficients[i]! + inverse[i * columns + j]! * right[j]!;
      if (i > 0) squares += coefficients[i]! ** 2 + priorStd ** 2 * inverse[i * columns + i]!;
    }
    let spread = 0;
    for (let item = 0; item < observed.length; item++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += values[item * columns + k]! * coefficients[k]!;
      prior[item] = sum;
      spread += posterior.variance[item]! + (posterior.log[item]! - sum) ** 2;
    }
    priorStd = Math.max(leastPriorStd, Math.sqrt(spread / observed.length));
    if (columns > 1) coefficientVariance = Math.max(1e-6, squares / (columns - 1));
  }
  return popularity;
}

/** The lower triangle of XᵀX. */
function gramOf(values: Float64Array, columns: number): Float64Array {
  const gram = new Float64Array(columns * columns);
  for (let start = 0; start < values.length; start += columns) {
    for (let i = 0; i < columns; i++) {
      const left = values[start + i]!;
      for (let j = 0; j <= i; j++) gram[i * columns + j] = gram[i * columns + j]! + left * values[start + j]!;
    }
  }
  return gram;
}

/** A constant column and the content components. */
function designOf(features: Features | null, items: number): { columns: number; values: Float64Array } {
  const components = features === null ? 0 : features.columns - firstComponent;
  const columns = 1 + components;
  const values = new Float64Array(items * columns);
  for (let item = 0; item < items; item++) {
    values[item * columns] = 1;
    for (let k = 0; k < components; k++) {
      values[item * columns + 1 + k] = features!.values[item * features!.columns + firstComponent + k]!;
    }
  }
  return { columns, values };
}

/** Posterior mean and variance of log p and mean of p, by the sum over a grid where both prior and likelihood have something. */
function moments(observed: number, noiseStd: number, priorMean: number, priorStd: number) {
  const likelyLow = observed - reach * noiseStd;
  let low = Math.max(priorMean - reach * priorStd, likelyLow > 0 ? Math.log(likelyLow) : Number.NEGATIVE_INFINITY);
  let high = Math.max(
    priorMean - (reach - 1) * priorStd,
    Math.min(priorMean + reach * priorStd, Math.log(Math.max(observed + reach * noiseStd, 1e-300))),
  );
  // An observation far above its prior: the likelihood decides.
  if (low >= high) {
    low = Math.log(likelyLow);
    high = Math.log(observed + reach * noiseStd);
  }
  const logs = new Float64Array(points);
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < points; k++) {
    const log = low + ((high - low) * k) / (points - 1);
    const density = -0.5 * (((log - priorMean) / priorStd) ** 2 + ((observed - Math.exp(log)) / noiseStd) ** 2);
    logs[k] = density;
    most = Math.max(most, density);
  }
  let total = 0;
  let mean = 0;
  let square = 0;
  let value = 0;
  for (let k = 0; k < points; k++) {
    const log = low + ((high - low) * k) / (points - 1);
    const weight = Math.exp(logs[k]! - most);
    total += weight;
    mean += weight * log;
    square += weight * log * log;
    value += weight * Math.exp(log);
  }
  mean /= total;
  return { log: mean, variance: Math.max(0, square / total - mean * mean), value: value / total };
}
