// The cumulative thresholds of the discrete Gaussian (Canonne, Kamath and Steinke 2020), proved: every number on the way is an interval with whole
// ends, rounded outwards (Moore 1966), and a table is given out only when both ends of each threshold's interval have the same whole part. So
// each threshold is exactly what it claims to be, whatever was lost on the way; what cannot be proved is refused.
import type { RationalVariance } from './sensitivity.ts';

/** Bits after the point. With 256 the intervals are some 2^-200 wide at the end: that one holds a whole number is as likely as that. */
const standardFractionBits = 256;
const thresholdBits = 128n;
/** Bits of a threshold's fraction that are looked at: it must not be a whole number itself. */
const guardBits = 64n;
/** The table ends where a weight falls below 2^-106. */
const leastWeightBits = 106n;
/** A draw's statistical distance from the exact law: at most 2^-96. */
const distanceBits = 96n;

export interface ThresholdTable {
  /** The table covers -offset .. offset. */
  readonly offset: number;
  /** floor(2^128 F(k)) - 1 for each entry; word 0 is the most significant. F is the law's cumulative, cut at the table's ends. */
  readonly words: readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
}

/** A number x with low <= x 2^f <= low + width, for x from 0 to 1 and f bits after the point. */
interface Interval {
  readonly low: bigint;
  readonly width: bigint;
}

/**
 * Computes and proves the table of a variance.
 * @param variance 1/16 or more. @param fractionBits fewer than 256 are for tests.
 * @throws RangeError where a threshold, the table's end or the distance from the exact law cannot be proved.
 */
export function provedThresholds(variance: RationalVariance, fractionBits = standardFractionBits): ThresholdTable {
  const f = BigInt(fractionBits);
  const { weights, tail } = weightsOf(variance, f);
  const offset = weights.length - 1;
  const entries = 2 * offset + 1;
  let total: Interval = { low: 0n, width: 0n };
  // The smallest first; each weight but the middle one counts twice.
  for (let k = offset; k > 0; k--) total = sum(total, sum(weights[k]!, weights[k]!));
  total = sum(total, weights[0]!);
  proveDistance(tail, total, entries, f);

  const words: ThresholdTable['words'] = [
    new Uint32Array(entries),
    new Uint32Array(entries),
    new Uint32Array(entries),
    new Uint32Array(entries),
  ];
  // 2^precision / total, rounded down and up: a product instead of a quotient for each entry.
  const precision = 2n * f;
  const least = (1n << precision) / (total.low + total.width);
  const most = (1n << precision) / total.low + 1n;
  const shift = precision - thresholdBits - guardBits;
  let below: Interval = { low: 0n, width: 0n };
  for (let i = 0; i < offset; i++) {
    below = sum(below, weights[offset - i]!);
    const low = (below.low * least) >> shift;
    const high = ((below.low + below.width) * most) >> shift;
    const whole = low >> guardBits;
    // Its mirror image is rounded the other way: neither end may be a whole number.
    if (high >> guardBits !== whole || low === whole << guardBits) throw unproved(`the threshold of ${i - offset}`);
    // A first threshold of -1 would wrap to all ones, and every draw would be the minimum.
    if (whole < 2n) throw unproved('that the first threshold is above 0');
    write(words, i, whole - 1n);
    // F(k) = 1 - F(-k - 1), and floor(2^128 - x) = 2^128 - 1 - floor(x) where x is no whole number.
    write(words, entries - 2 - i, (1n << thresholdBits) - 2n - whole);
  }
  write(words, entries - 1, (1n << thresholdBits) - 1n);
  return { offset, words };
}

/** exp(-k² / (2 sigma²)) for k = 0, 1, ... down to the cut; and an interval of all beyond it, on one side. */
function weightsOf(
  { numerator, denominator }: RationalVariance,
  f: bigint,
): { readonly weights: readonly Interval[]; readonly tail: Interval } {
  const one = 1n << f;
  const cut = one >> leastWeightBits;
  if (cut === 0n) throw unproved('where the table ends');
  const base = exponentialOfMinus(BigInt(denominator), 2n * BigInt(numerator), f);
  const baseSquared = product(base, base, f);
  const weights: Interval[] = [];
  let weight: Interval = { low: one, width: 0n };
  // w(k+1) = w(k) base^(2k+1), so one running power is enough.
  let step = base;
  while (weight.low >= cut) {
    weights.push(weight);
    weight = product(weight, step, f);
    step = product(step, baseSquared, f);
  }
  if (weight.low + weight.width >= cut) throw unproved('where the table ends');
  // Beyond the cut each weight is at most `step` times the one before: a geometric series bounds them all.
  const ratio = step.low + step.width;
  const high = ((weight.low + weight.width) * one) / (one - ratio) + 1n;
  return { weights, tail: { low: 0n, width: high } };
}

/** The mass beyond the table, and the thresholds that are rounded to whole multiples of 2^-128. */
function proveDistance(tail: Interval, total: Interval, entries: number, f: bigint): void {
  const beyond = ((2n * tail.width) << f) / total.low + 1n;
  const rounding = ((BigInt(entries) << f) >> thresholdBits) + 1n;
  if (beyond + rounding > 1n << (f - distanceBits)) {
    throw unproved(`a distance of at most 2^-${distanceBits} from the exact law`);
  }
}

/** exp(-a / b) by its Taylor series, each term an interval; a / b is at most 8 here. */
function exponentialOfMinus(a: bigint, b: bigint, f: bigint): Interval {
  let low = 0n;
  let high = 0n;
  let term: Interval = { low: 1n << f, width: 0n };
  for (let n = 1n; ; n++) {
    const isPositive = n % 2n === 1n;
    low += isPositive ? term.low : -(term.low + term.width);
    high += isPositive ? term.low + term.width : -term.low;
    const next = (term.low * a) / (b * n);
    term = { low: next, width: ((term.low + term.width) * a) / (b * n) + 1n - next };
    // Alternating and falling from here on: what is left out is at most the next term.
    if (next === 0n && a < b * n) break;
  }
  low -= term.low + term.width;
  high += term.low + term.width;
  const least = low > 0n ? low : 0n;
  return { low: least, width: high - least };
}

function sum(a: Interval, b: Interval): Interval {
  return { low: a.low + b.low, width: a.width + b.width };
}

/**
 * The product of two numbers from 0 to 1: its low end is the ends' product rounded down, and (x + v)(y + w) - x y = v (y + w) + x w is at most
 * v (1 + w) + w. One more for the rounding, one for v w.
 */
function product(a: Interval, b: Interval, f: bigint): Interval {
  return { low: (a.low * b.low) >> f, width: a.width + b.width + 2n };
}

function write(words: ThresholdTable['words'], at: number, threshold: bigint): void {
  for (let w = 0; w < 4; w++) words[w]![at] = Number((threshold >> BigInt(96 - 32 * w)) & 0xffff_ffffn);
}

function unproved(what: string): RangeError {
  return new RangeError(`discrete Gaussian: could not prove ${what}; nothing is drawn from such a table`);
}
