// What a participation costs. Zero-concentrated differential privacy (Bun and Steinke 2016), converted to (epsilon, delta) by proposition 12 of
// Canonne, Kamath and Steinke 2020. Neighbours: one browser profile's whole contribution is zero or not (halve z for replace-one).
// No amplification is claimed: the server sees who takes part. Checked against dp_accounting 0.6.0 and 40-digit arithmetic.

/** zCDP cost of one participation with noise multiplier z: 1 / (2 z²). Throws RangeError unless z is positive and finite. */
export function rhoOfParticipation(noiseMultiplier: number): number {
  positive(noiseMultiplier, 'noise multiplier');
  return 1 / (2 * noiseMultiplier * noiseMultiplier);
}

/**
 * The epsilon of rho-zCDP at delta: the least over orders a > 1 of a rho + ln((a - 1) / a) - (ln delta + ln a) / (a - 1), never below 0.
 * @param rho 0 or more. @param delta above 0, below 1. Throws RangeError otherwise.
 */
export function epsilonOfRho(rho: number, delta: number): number {
  if (!(rho >= 0 && Number.isFinite(rho)))
    throw new RangeError(`rho: expected a finite number of 0 or more, got ${rho}`);
  probability(delta);
  if (rho === 0) return 0;
  const least = leastOverOrders((order) => order * rho, delta);
  return Math.max(0, least);
}

/** The closed upper bound rho + 2 sqrt(rho ln(1 / delta)). */
export function simpleEpsilonOfRho(rho: number, delta: number): number {
  probability(delta);
  return rho + 2 * Math.sqrt(rho * -Math.log(delta));
}

/** The largest rho whose epsilon at delta is at most `epsilon`. Throws RangeError unless epsilon > 0 and 0 < delta < 1. */
export function rhoOfEpsilon(epsilon: number, delta: number): number {
  positive(epsilon, 'epsilon');
  probability(delta);
  // The simple bound is looser, so its inverse is a lower end; epsilon(rho) >= rho - ln(1 / delta)-ish gives an upper one by doubling.
  let low = (Math.sqrt(-Math.log(delta) + epsilon) - Math.sqrt(-Math.log(delta))) ** 2;
  let high = Math.max(low, Number.MIN_VALUE) * 2;
  while (epsilonOfRho(high, delta) <= epsilon) high *= 2;
  for (let i = 0; i < 100; i++) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (epsilonOfRho(middle, delta) <= epsilon) low = middle;
    else high = middle;
  }
  return low;
}

/** How often one profile can take part within epsilon at delta: floor(2 z² rhoOfEpsilon). */
export function participationsAllowed(noiseMultiplier: number, epsilon: number, delta: number): number {
  positive(noiseMultiplier, 'noise multiplier');
  return Math.floor(2 * noiseMultiplier * noiseMultiplier * rhoOfEpsilon(epsilon, delta));
}

/** The least noise multiplier with which `participations` stay within epsilon at delta. */
export function noiseMultiplierFor(participations: number, epsilon: number, delta: number): number {
  if (!Number.isSafeInteger(participations) || participations < 1) {
    throw new RangeError(`participations: expected a whole number of 1 or more, got ${participations}`);
  }
  const rho = rhoOfEpsilon(epsilon, delta);
  let noiseMultiplier = Math.sqrt(participations / (2 * rho));
  // Rounding of the root may fall a bit short of the whole number.
  while (Math.floor(2 * noiseMultiplier * noiseMultiplier * rho) < participations)
    noiseMultiplier *= 1 + Number.EPSILON;
  return noiseMultiplier;
}

/**
 * The exact epsilon of one continuous Gaussian mechanism of the same rho (Balle and Wang 2018): a lower line to compare with, not a claim.
 * delta = Phi(mu / 2 - epsilon / mu) - e^epsilon Phi(-mu / 2 - epsilon / mu) with mu = sqrt(2 rho).
 */
export function analyticEpsilon(rho: number, delta: number): number {
  positive(rho, 'rho');
  probability(delta);
  const mu = Math.sqrt(2 * rho);
  if (gaussianDelta(mu, 0) <= delta) return 0;
  let low = 0;
  let high = 1;
  while (gaussianDelta(mu, high) > delta) high *= 2;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (gaussianDelta(mu, middle) > delta) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Rényi divergence curve to epsilon at delta over a grid of orders: the same conversion as `epsilonOfRho`.
 * @param divergences one for each order; infinite ones are passed over. Returns the least epsilon and its order.
 */
export function epsilonOfRdp(
  orders: readonly number[],
  divergences: readonly number[],
  delta: number,
): { readonly epsilon: number; readonly order: number } {
  probability(delta);
  let epsilon = Number.POSITIVE_INFINITY;
  let order = Number.NaN;
  orders.forEach((candidate, i) => {
    const value = convert(candidate, divergences[i] ?? Number.POSITIVE_INFINITY, delta);
    if (value < epsilon) {
      epsilon = value;
      order = candidate;
    }
  });
  return { epsilon: Math.max(0, epsilon), order };
}

/**
 * Simulation only, never a claim about a real federation: Rényi divergence of the Gaussian mechanism under Poisson sampling with rate q,
 * at a whole order (Mironov, Talwar and Zhang 2019). @param order a whole number of 2 or more.
 */
export function simulationOnlySubsampledRdp(samplingRate: number, noiseMultiplier: number, order: number): number {
  positive(noiseMultiplier, 'noise multiplier');
  if (!Number.isInteger(order) || order < 2)
    throw new RangeError(`order: expected a whole number of 2 or more, got ${order}`);
  if (!(samplingRate > 0 && samplingRate <= 1)) {
    throw new RangeError(`sampling rate: expected above 0 and at most 1, got ${samplingRate}`);
  }
  if (samplingRate === 1) return order / (2 * noiseMultiplier * noiseMultiplier);
  // A - 1 = Σ_{j>=2} C(a, j) (1 - q)^(a-j) q^j (e^x - 1), x = (j² - j) / (2 z²): all terms positive, so nothing cancels. In logarithms.
  const logKeep = Math.log1p(-samplingRate);
  const logTake = Math.log(samplingRate);
  let logBinomial = 0;
  let logSum = Number.NEGATIVE_INFINITY;
  for (let j = 1; j <= order; j++) {
    logBinomial += Math.log((order - j + 1) / j);
    if (j === 1) continue;
    const x = (j * j - j) / (2 * noiseMultiplier * noiseMultiplier);
    const logExpm1 = x > 1 ? x + Math.log1p(-Math.exp(-x)) : Math.log(Math.expm1(x));
    logSum = logAdd(logSum, logBinomial + (order - j) * logKeep + j * logTake + logExpm1);
  }
  return logAdd(0, logSum) / (order - 1);
}

/**
 * log10 of tau: how far a sum of `shares` discrete Gaussians of standard deviation `localNoiseStd` is from one discrete Gaussian, at most:
 * 10 Σ_{j=1}^{m-1} exp(-2 pi² sigma² j / (j + 1)) (Kairouz, Liu and Steinke 2021). Below 1e-37 for sigma >= 3 and 200 shares.
 */
export function log10Tau(shares: number, localNoiseStd: number): number {
  positive(localNoiseStd, 'local noise std');
  let logSum = Number.NEGATIVE_INFINITY;
  for (let j = 1; j < shares; j++) {
    logSum = logAdd(logSum, (-2 * Math.PI ** 2 * localNoiseStd ** 2 * j) / (j + 1));
  }
  return (Math.log(10) + logSum) / Math.LN10;
}

export interface DistributedNoise {
  /** m: noise shares in the sum. */
  readonly shares: number;
  readonly localNoiseStd: number;
  /** Chat, integer units. */
  readonly sensitivityL2: number;
  /** D. */
  readonly length: number;
}

/** Rényi divergence of order a of one round of distributed discrete Gaussian noise, tau included (theorem 1 of the same paper). */
export function distributedGaussianRdp(noise: DistributedNoise, order: number): number {
  const { shares, localNoiseStd, sensitivityL2, length } = noise;
  const std = Math.sqrt(shares) * localNoiseStd;
  const tau = 10 ** log10Tau(shares, localNoiseStd);
  const sensitivityL1 = Math.min(Math.sqrt(length) * sensitivityL2, sensitivityL2 ** 2);
  const ratio = sensitivityL2 / std;
  return Math.min(
    (order * ratio ** 2) / 2 + tau * length,
    (order / 2) * (ratio + tau * Math.sqrt(length)) ** 2,
    (order / 2) * (ratio ** 2 + (2 * tau * sensitivityL1) / std + tau ** 2 * length),
  );
}

/** Golden section over ln(a - 1): the objective has one minimum in it. */
function leastOverOrders(divergence: (order: number) => number, delta: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  const at = (logExcess: number): number => {
    const order = 1 + Math.exp(logExcess);
    return convert(order, divergence(order), delta, Math.exp(logExcess));
  };
  let low = -16;
  let high = 24;
  let left = high - golden * (high - low);
  let right = low + golden * (high - low);
  let atLeft = at(left);
  let atRight = at(right);
  for (let i = 0; i < 120; i++) {
    if (atLeft < atRight) {
      high = right;
      right = left;
      atRight = atLeft;
      left = high - golden * (high - low);
      atLeft = at(left);
    } else {
      low = left;
      left = right;
      atLeft = atRight;
      right = low + golden * (high - low);
      atRight = at(right);
    }
  }
  return Math.min(atLeft, atRight);
}

/** Proposition 12: divergence of order a to epsilon at delta. `excess` is a - 1, given apart where a is close to 1. */
function convert(order: number, divergence: number, delta: number, excess = order - 1): number {
  return divergence - Math.log1p(1 / excess) - (Math.log(delta) + Math.log1p(excess)) / excess;
}

function logAdd(a: number, b: number): number {
  const most = Math.max(a, b);
  if (most === Number.NEGATIVE_INFINITY) return most;
  return most + Math.log1p(Math.exp(Math.min(a, b) - most));
}

/** delta of the Gaussian mechanism of sensitivity mu at epsilon, through Mills ratios: the two terms share a factor, so little cancels. */
function gaussianDelta(mu: number, epsilon: number): number {
  const a = epsilon / mu - mu / 2;
  const b = epsilon / mu + mu / 2;
  // e^epsilon phi(b) = phi(a), with phi the normal density and the Mills ratio (1 - Phi(x)) / phi(x).
  if (a > 0) return normalDensity(a) * (millsRatio(a) - millsRatio(b));
  return 1 - normalDensity(a) * (millsRatio(-a) + millsRatio(b));
}

function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** (1 - Phi(x)) / phi(x) for x >= 0: Taylor series near 0, Laplace's continued fraction beyond. */
function millsRatio(x: number): number {
  if (x < 2.5) {
    // Phi(x) - 1/2 = phi(x) Σ x^(2n+1) / (2n+1)!!
    let term = x;
    let sum = x;
    for (let n = 1; term > sum * Number.EPSILON; n++) {
      term *= (x * x) / (2 * n + 1);
      sum += term;
    }
    return 0.5 / normalDensity(x) - sum;
  }
  let fraction = x;
  for (let k = 300; k >= 1; k--) fraction = x + k / fraction;
  return 1 / fraction;
}

function positive(value: number, name: string): void {
  if (!(Number.isFinite(value) && value > 0))
    throw new RangeError(`${name}: expected a finite number above 0, got ${value}`);
}

function probability(delta: number): void {
  if (!(delta > 0 && delta < 1)) throw new RangeError(`delta: expected above 0 and below 1, got ${delta}`);
}
