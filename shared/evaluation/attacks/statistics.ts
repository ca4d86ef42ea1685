// Numbers about trials: the normal law, exact binomial intervals, the area under the ROC curve.
import { meanOf } from '../../maths/statistics.ts';

/** Phi. Series around 0 and Laplace's continued fraction in the tails; relative error below 1e-12 where the value is above 1e-300. */
export function normalCdf(x: number): number {
  const a = Math.abs(x);
  const density = Math.exp((-a * a) / 2) / Math.sqrt(2 * Math.PI);
  let tail: number;
  if (a < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; term > sum * Number.EPSILON; n++) {
      term *= (a * a) / (2 * n + 1);
      sum += term;
    }
    tail = 0.5 - density * sum;
  } else {
    let fraction = a;
    for (let k = 200; k >= 1; k--) fraction = a + k / fraction;
    tail = density / fraction;
  }
  return x < 0 ? tail : 1 - tail;
}

/** The x with Phi(x) = p, by bisection. @param p above 0 and below 1. Throws RangeError otherwise. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`normalQuantile: expected above 0 and below 1, got ${p}`);
  return bisected(-40, 40, (x) => normalCdf(x) >= p);
}

/** P(X <= k) of n trials with probability p. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  const odds = Math.log(p) - Math.log1p(-p);
  let logTerm = n * Math.log1p(-p);
  let most = logTerm;
  const terms = [logTerm];
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log((n - i + 1) / i) + odds;
    terms.push(logTerm);
    if (logTerm > most) most = logTerm;
  }
  let sum = 0;
  for (const term of terms) sum += Math.exp(term - most);
  return Math.min(1, Math.exp(most + Math.log(sum)));
}

/** The largest p at which k or fewer of n still have probability `risk` (Clopper and Pearson 1934, one side). */
export function upperProbability(k: number, n: number, risk: number): number {
  if (k >= n) return 1;
  return bisected(0, 1, (p) => binomialCdf(k, n, p) <= risk);
}

/** The least p at which k or more of n still have probability `risk`. */
export function lowerProbability(k: number, n: number, risk: number): number {
  return 1 - upperProbability(n - k, n, risk);
}

/** The least count that n trials of probability p exceed with probability `risk` at most. */
export function mostSuccesses(n: number, p: number, risk: number): number {
  let k = 0;
  while (1 - binomialCdf(k, n, p) > risk) k++;
  return k;
}

/** Area under the ROC curve: the part of pairs in which the positive one scores higher, ties counted half. Throws RangeError for an empty side. */
export function areaUnderRoc(positives: readonly number[], negatives: readonly number[]): number {
  if (positives.length === 0 || negatives.length === 0)
    throw new RangeError('areaUnderRoc: expected scores on both sides');
  const sorted = Float64Array.from(negatives).sort();
  let wins = 0;
  for (const score of positives) wins += (countBelow(sorted, score, false) + countBelow(sorted, score, true)) / 2;
  return wins / (positives.length * negatives.length);
}

/** Standard error of an area under the ROC curve without any signal, `independent` the size of the smaller side (Hanley and McNeil 1982). */
export function errorOfChanceArea(independent: number): number {
  return 1 / Math.sqrt(12 * independent);
}

/** Mean 0 and variance 1; zeros where all are equal. A new array. */
export function standardised(values: Float64Array): Float64Array {
  const mean = meanOf(values);
  const variance = meanOf(values.map((value) => (value - mean) ** 2));
  return values.map((value) => (value - mean) / Math.sqrt(Math.max(variance, Number.MIN_VALUE)));
}

/** Values below `score`, or up to it. */
function countBelow(sorted: Float64Array, score: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < score || (orEqual && sorted[middle] === score)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The least x of [low, high] at which a test that turns from false to true is true, to the last bit. */
function bisected(low: number, high: number, isAbove: (x: number) => boolean): number {
  let from = low;
  let to = high;
  for (let i = 0; i < 200; i++) {
    const middle = (from + to) / 2;
    if (middle <= from || middle >= to) break;
    if (isAbove(middle)) to = middle;
    else from = middle;
  }
  return to;
}
