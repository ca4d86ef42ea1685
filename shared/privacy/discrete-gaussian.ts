// The discrete Gaussian N_Z(0, sigma²): P(k) proportional to exp(-k² / (2 sigma²)) on the integers (Canonne, Kamath and Steinke 2020), drawn by
// inverting a table of 128-bit cumulative thresholds. The table is proved by intervals (threshold-table.ts): no floating point touches a
// probability. Statistical distance of a draw from the exact law: at most 2^-96.
import type { RandomSource } from '../maths/random.ts';
import type { RationalVariance } from './sensitivity.ts';
import { provedThresholds, type ThresholdTable } from './threshold-table.ts';

const guideBits = 12;
/** Words are drawn in batches of this size; those that decide a tie come after the batch in which it is met. */
export const batchWords = 4096;
const tieWords = 3;

export class DiscreteGaussian {
  readonly variance: RationalVariance;
  /** The table covers -offset .. offset. */
  readonly offset: number;
  readonly #thresholds: ThresholdTable['words'];
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
    const { offset, words } = provedThresholds(variance);
    this.offset = offset;
    this.#thresholds = words;
    this.#guide = guideOf(words[0]);
  }

  get entries(): number {
    return 2 * this.offset + 1;
  }

  /** The most significant 32 bits of each threshold, by entry: shared, do not change. */
  get topWords(): Uint32Array {
    return this.#thresholds[0];
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
    for (let start = 0; start < out.length; start += words.length) {
      const batch = words.subarray(0, Math.min(words.length, out.length - start));
      random.fillUint32(batch);
      for (let i = 0; i < batch.length; i++) {
        const word = batch[i]!;
        const low = this.#entryOf(word);
        out[start + i] = (top[low] === word ? this.#breakTie(low, word, tie, random) : low) - this.offset;
      }
    }
    words.fill(0);
    tie.fill(0);
  }

  /** The draw whose first 32 bits are `word`, which equals a threshold's: 96 more bits are drawn and wiped. */
  breakTie(word: number, random: RandomSource): number {
    const tie = new Uint32Array(tieWords);
    const index = this.#breakTie(this.#entryOf(word), word, tie, random);
    tie.fill(0);
    return index - this.offset;
  }

  /** The smallest entry whose top word is not below the draw. */
  #entryOf(word: number): number {
    const [top] = this.#thresholds;
    const cell = word >>> (32 - guideBits);
    let low = this.#guide[cell]!;
    let high = this.#guide[cell + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (top[middle]! >= word) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** 96 more bits decide, compared with every threshold that shares the top word. */
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
