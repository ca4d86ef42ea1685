// What zCDP allows an attacker: the most power of a test, and the most area under its ROC curve. From the definition alone, so it holds for
// the distributed discrete Gaussian as it is: rho-zCDP bounds the Rényi divergence of every order a by a rho (Bun and Steinke 2016), and no
// test of the output can have more (data processing, van Erven and Harremoës 2014). For a continuous Gaussian of sensitivity C and noise z C the
// exact values are Phi(Phi^-1(q) + 1 / z) and Phi(1 / (z sqrt 2)) (Dong, Roth and Su 2022); ours are a little looser.
import { normalCdf, normalQuantile } from './statistics.ts';

/** Orders at which the divergence is compared; fewer orders only loosen the bound. */
const orders = Array.from({ length: 60 }, (_, i) => 1 + 10 ** (-2 + (6 * i) / 59));

/**
 * The most probability that an event can have under one of two neighbours when it has probability q under the other, at rho-zCDP.
 * `rho` of zero-out neighbours; 4 rho for replace-one, where the update of the same person is another one, twice as far at most.
 * @param q 0 to 1. @param rho 0 or more.
 */
export function mostProbability(q: number, rho: number): number {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`mostProbability: expected 0 to 1, got ${q}`);
  if (!(rho >= 0)) throw new RangeError(`mostProbability: expected a rho of 0 or more, got ${rho}`);
  if (q === 0 || q === 1) return q;
  let low = q;
  let high = 1;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (isWithin(middle, q, rho)) low = middle;
    else high = middle;
  }
  return high;
}

/** The most area under the ROC curve of any test between neighbours at rho-zCDP. An upper sum, so never too small. */
export function mostArea(rho: number): number {
  const steps = 400;
  let sum = 0;
  for (let i = 1; i <= steps; i++) sum += mostProbability(i / steps, rho) / steps;
  return sum;
}

/** Area of the best test between N(0, 1) and N(distance, 1). */
export function gaussianArea(distance: number): number {
  return normalCdf(distance / Math.SQRT2);
}

/** The most power that a Gaussian mechanism with 1 / (noise multiplier) = `distance` leaves at false positive rate q. */
export function gaussianPower(q: number, distance: number): number {
  return normalCdf(normalQuantile(q) + distance);
}

/** Both directions: neighbours are symmetric. */
function isWithin(p: number, q: number, rho: number): boolean {
  return orders.every(
    (order) => binaryDivergence(p, q, order) <= order * rho && binaryDivergence(q, p, order) <= order * rho,
  );
}

/** Rényi divergence of order a between coins: ln(p^a q^(1-a) + (1-p)^a (1-q)^(1-a)) / (a - 1), in logarithms. */
function binaryDivergence(p: number, q: number, order: number): number {
  const heads = order * Math.log(p) + (1 - order) * Math.log(q);
  const tails = order * Math.log1p(-p) + (1 - order) * Math.log1p(-q);
  const most = Math.max(heads, tails);
  return (most + Math.log(Math.exp(heads - most) + Math.exp(tails - most))) / (order - 1);
}
