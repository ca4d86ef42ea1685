// The exact sampler of Canonne, Kamath and Steinke 2020 (algorithms 1 to 3): whole numbers and fair coins only, no table, no floating point.
// Slow; it is the oracle that the table sampler is tested against.
import type { RandomSource } from '../maths/random.ts';
import type { RationalVariance } from '../privacy/sensitivity.ts';

export class ExactDiscreteGaussian {
  readonly #numerator: number;
  readonly #denominator: number;
  readonly #laplaceScale: number;
  readonly #random: RandomSource;
  readonly #words = new Uint32Array(4096);
  #next = 4096;

  constructor(variance: RationalVariance, random: RandomSource) {
    this.#numerator = variance.numerator;
    this.#denominator = variance.denominator;
    this.#laplaceScale = Math.floor(Math.sqrt(variance.numerator / variance.denominator)) + 1;
    this.#random = random;
  }

  sample(): number {
    const n = this.#numerator;
    const d = this.#denominator;
    const t = this.#laplaceScale;
    for (;;) {
      const y = this.#laplace();
      // Accept with exp(-(|y| - sigma² / t)² / (2 sigma²)); over one denominator: (|y| d t - n)² / (2 n d t²).
      const difference = Math.abs(y) * d * t - n;
      if (this.#bernoulliExpMinus(exact(difference * difference), exact(2 * n * d * t * t))) return y;
    }
  }

  /** Discrete Laplace of scale t: P(k) proportional to exp(-|k| / t). */
  #laplace(): number {
    const t = this.#laplaceScale;
    for (;;) {
      const remainder = this.#below(t);
      if (!this.#bernoulliExpMinus(remainder, t)) continue;
      let whole = 0;
      while (this.#bernoulliExpMinus(1, 1)) whole++;
      const magnitude = remainder + t * whole;
      const negative = this.#below(2) === 1;
      if (negative && magnitude === 0) continue;
      return negative ? -magnitude : magnitude;
    }
  }

  /** True with probability exp(-a / b). */
  #bernoulliExpMinus(a: number, b: number): boolean {
    let left = a;
    while (left > b) {
      if (!this.#bernoulliExpMinusUpTo1(1, 1)) return false;
      left -= b;
    }
    return this.#bernoulliExpMinusUpTo1(left, b);
  }

  #bernoulliExpMinusUpTo1(a: number, b: number): boolean {
    let k = 1;
    while (this.#below(exact(b * k)) < a) k++;
    return k % 2 === 1;
  }

  /** Uniform on 0 .. bound - 1 by rejection from 53 bits. */
  #below(bound: number): number {
    const span = 2 ** 53;
    const limit = span - (span % bound);
    for (;;) {
      const draw = (this.#word() >>> 11) * 2 ** 32 + this.#word();
      if (draw < limit) return draw % bound;
    }
  }

  #word(): number {
    if (this.#next === this.#words.length) {
      this.#random.fillUint32(this.#words);
      this.#next = 0;
    }
    return this.#words[this.#next++]!;
  }
}

function exact(value: number): number {
  if (!Number.isSafeInteger(value))
    throw new RangeError(`ExactDiscreteGaussian: expected numbers below 2^53, got ${value}`);
  return value;
}
