// Few-bit stochastic quantisation of updates for rounds without noise: rotate (so that no number stands out), divide a public range into
// 2^B - 1 steps, round each number up or down at random with the mean kept, send whole numbers from 0 to 2^B - 1. They sum in a masked ring of
// B + ceil(log2 n) bits, so every person's range must be the same: the server publishes it with the round, from the mean length of the updates
// of the round before, which each person adds to the sum as one more number. Suresh et al. 2017, Distributed Mean Estimation, section 3.
import { rotate, unrotate } from '../maths/hadamard.ts';
import type { RandomSource } from '../maths/random.ts';
import { normL2 } from '../maths/vectors.ts';

const mostBits = 16;

/** Standard deviations of a rotated update that the range reaches, by bits: wider for more steps (least mean square error of a normal). */
const reachOfBits = [0, 0.8, 1.5, 2.2, 2.8, 3.2];
const widestReach = 4;

/** Bits of a number in the masked sum of `cohort` people. */
export function maskedBits(bits: number, cohort: number): number {
  return bits + Math.ceil(Math.log2(Math.max(1, cohort)));
}

/** The mean of a cohort's updates as it comes out of one round of few-bit uploads, and the mean of their lengths for the next. */
export class FewBitSum {
  readonly #bits: number;
  readonly #length: number;
  readonly #range: number;
  readonly #lengthRange: number;
  readonly #rotationSeed: Uint8Array;
  readonly #sum: Float64Array;
  #lengths = 0;
  #count = 0;

  /**
   * @param length D. @param bits 1 to 16. @param expectedLength published: about the length of an update.
   * @param longest bound on the length of an update. @param rotationSeed public, new for each round.
   */
  constructor(length: number, bits: number, expectedLength: number, longest: number, rotationSeed: Uint8Array) {
    if (!Number.isInteger(bits) || bits < 1 || bits > mostBits) {
      throw new RangeError(`bits: expected 1 to ${mostBits}, got ${bits}`);
    }
    this.#bits = bits;
    this.#length = length;
    this.#range = ((reachOfBits[bits] ?? widestReach) * expectedLength) / Math.sqrt(length);
    this.#lengthRange = longest;
    this.#rotationSeed = rotationSeed;
    this.#sum = new Float64Array(length);
  }

  /** One person's upload: rotated, quantised and added. @param update Float64Array[D]; not changed. */
  add(update: Float64Array, random: RandomSource): void {
    const rotated = update.slice();
    rotate(rotated, this.#rotationSeed);
    const steps = 2 ** this.#bits - 1;
    const perStep = (2 * this.#range) / steps;
    const words = new Uint32Array(this.#length + 1);
    random.fillUint32(words);
    for (let index = 0; index < this.#length; index++) {
      const place = Math.min(steps, Math.max(0, (rotated[index]! + this.#range) / perStep));
      this.#sum[index] = this.#sum[index]! + rounded(place, words[index]!);
    }
    const place = Math.min(steps, (steps * normL2(update)) / this.#lengthRange);
    this.#lengths += rounded(place, words[this.#length]!);
    this.#count++;
  }

  /** Float64Array[D], real units. */
  mean(): Float64Array {
    const steps = 2 ** this.#bits - 1;
    const perStep = (2 * this.#range) / steps;
    const mean = this.#sum.map((sum) => (sum / this.#count) * perStep - this.#range);
    unrotate(mean, this.#rotationSeed);
    return mean;
  }

  /** The mean length of the updates; never 0, so that the next round has a range. */
  meanLength(): number {
    const steps = 2 ** this.#bits - 1;
    return (this.#lengthRange * Math.max(this.#lengths / this.#count, 1e-3)) / steps;
  }
}

function rounded(place: number, word: number): number {
  const below = Math.floor(place);
  return below + (word / 2 ** 32 < place - below ? 1 : 0);
}
