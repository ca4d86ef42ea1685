// The discrete Gaussian N_Z(0, sigma²): P(k) proportional to exp(-k² / (2 sigma²)) on the integers (Canonne, Kamath and Steinke 2020), drawn by
// inverting a table of 128-bit cumulative thresholds. The table is computed in 320-bit integers: no floating point touches a probability.
// Statistical distance of a draw from the exact law: at most 2^-96.
import type { RandomSource } from '../maths/random.ts';
import type { RationalVariance } from './sensitivity.ts';

const fractionBits = 320n;
const one = 1n << fractionBits;
/** The table ends where a weight falls below 2^-106. */
const leastWeight = one >> 106n;
const thresholdBits = 128n;
const guideBits = 12;
const batchWords = 4096;
const tieWords = 3;

export class DiscreteGaussian {
  readonly variance: RationalVariance;
  /** The table covers -offset .. offset. */
  readonly offset: number;
  /** Word 0 is the most significant one of each 128-bit threshold floor(2^128 F(k)) - 1. */
  readonly #thresholds: readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  /** For each value of the top 12 bits of a draw, the first entry that it can fall on. */
  readonly #guide: Uint32Array;

  /** @param variance sigma² in integer units squared, 1/16 or more. Throws RangeError below, or for what are not whole numbers. */
  constructor(variance: RationalVariance) {
    const { numerator, denominator } = variance;
    if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator) || denominator < 1) {
      throw new RangeError(`DiscreteGaussian: expected a fraction of whole numbers, got ${numerator}/${denominator}`);
    }
    if (!(numerator / denominator >= 1 / 16)) {
      throw new RangeError(`DiscreteGaussian: expected a variance of 1/16 or more, got ${numerator}/${denominator}`);
    }
    this.variance = variance;
    const weights = weightsOf(variance);
    this.offset = weights.length - 1;
    this.#thresholds = thresholdsOf(weights);
    this.#guide = guideOf(this.#thresholds[0]);
  }

  get entries(): number {
    return 2 * this.offset + 1;
  }

  /** floor(2^128 F(k)) - 1: a draw R <= threshold(k) gives at most k. Throws RangeError outside the table. */
  threshold(k: number): bigint {
    const index = k + this.offset;
    if (!Number.isInteger(k) || index < 0 || index >= this.entries) {
      throw new RangeError(`threshold: expected -${this.offset} to ${this.offset}, got ${k}`);
    }
    let value = 0n;
    for (const words of this.#thresholds) value = (value << 32n) | BigInt(words[index]!);
    return value;
  }

  /** Overwrites `out` with independent draws. Words are drawn in batches of fixed size and wiped. */
  sample(out: Int32Array, random: RandomSource): void {
    const words = new Uint32Array(Math.min(batchWords, out.length));
    const tie = new Uint32Array(tieWords);
    const [top] = this.#thresholds;
    const guide = this.#guide;
    for (let start = 0; start < out.length; start += words.length) {
      const batch = words.subarray(0, Math.min(words.length, out.length - start));
      random.fillUint32(batch);
      for (let i = 0; i < batch.length; i++) {
        const word = batch[i]!;
        const cell = word >>> (32 - guideBits);
        // The smallest entry whose top word is not below the draw.
        let low = guide[cell]!;
        let high = guide[cell + 1]!;
        while (low < high) {
          const middle = (low + high) >>> 1;
          if (top[middle]! >= word) high = middle;
          else low = middle + 1;
        }
        out[start + i] = (top[low] === word ? this.#breakTie(low, word, tie, random) : low) - this.offset;
      }
    }
    words.fill(0);
    tie.fill(0);
  }

  /** The draw's first 32 bits equal a threshold's: 96 more bits decide, compared with every threshold that shares the top word. */
  #breakTie(first: number, word: number, tie: Uint32Array, random: RandomSource): number {
    random.fillUint32(tie);
    const [top, second, third, fourth] = this.#thresholds;
    let index = first;
    while (index < this.entries - 1 && top[index] === word) {
      const difference = tie[0]! - second[index]! || tie[1]! - third[index]! || tie[2]! - fourth[index]!;
      if (difference <= 0) return index;
      index++;
    }
    return index;
  }
}

let latest: DiscreteGaussian | null = null;

/** The sampler of a variance. The last table is kept, since a device draws from the same law round after round. */
export function discreteGaussian(variance: RationalVariance): DiscreteGaussian {
  if (latest?.variance.numerator !== variance.numerator || latest.variance.denominator !== variance.denominator) {
    latest = new DiscreteGaussian(variance);
  }
  return latest;
}

/** exp(-k² den / (2 num)) for k = 0, 1, ... in 320-bit fixed point, down to the cut. */
function weightsOf({ numerator, denominator }: RationalVariance): bigint[] {
  const base = exponentialOfMinus(BigInt(denominator), 2n * BigInt(numerator));
  const baseSquared = (base * base) >> fractionBits;
  const weights: bigint[] = [];
  let weight = one;
  // w(k+1) = w(k) base^(2k+1), so one running power is enough.
  let step = base;
  while (weight >= leastWeight) {
    weights.push(weight);
    weight = (weight * step) >> fractionBits;
    step = (step * baseSquared) >> fractionBits;
  }
  return weights;
}

/** exp(-a / b) in fixed point by its Taylor series; a / b is at most 8 here. */
function exponentialOfMinus(a: bigint, b: bigint): bigint {
  let sum = 0n;
  let term = one;
  for (let n = 1n; term !== 0n; n++) {
    sum += n % 2n === 1n ? term : -term;
    term = (term * a) / (b * n);
  }
  return sum;
}

function thresholdsOf(weights: readonly bigint[]): readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array] {
  const offset = weights.length - 1;
  const entries = 2 * offset + 1;
  let total = -weights[0]!;
  for (const weight of weights) total += 2n * weight;
  const words = [0, 1, 2, 3].map(() => new Uint32Array(entries)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  let cumulative = 0n;
  for (let i = 0; i < entries; i++) {
    cumulative += weights[Math.abs(i - offset)]!;
    const threshold = (cumulative << thresholdBits) / total - 1n;
    // A first threshold of -1 would wrap to all ones, and every draw would be the minimum.
    if (threshold < 1n)
      throw new RangeError('DiscreteGaussian: the table starts below 2^-128; its first threshold would wrap');
    for (let w = 0; w < 4; w++) words[w]![i] = Number((threshold >> BigInt(96 - 32 * w)) & 0xffff_ffffn);
  }
  return words;
}

function guideOf(top: Uint32Array): Uint32Array {
  const cells = 2 ** guideBits;
  const guide = new Uint32Array(cells + 1);
  let index = 0;
  for (let cell = 0; cell <= cells; cell++) {
    while (index < top.length - 1 && top[index]! < cell * 2 ** (32 - guideBits)) index++;
    guide[cell] = index;
  }
  return guide;
}
