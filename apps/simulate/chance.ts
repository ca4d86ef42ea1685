// Chance in a simulation: every choice is drawn from a stream of its own name, so that it is the same whatever else is simulated beside it,
// and after a checkpoint. Seeded: nothing here is for real participants, and everything made of it is labelled simulated.
// The generator is xoshiro128** 1.1 (Blackman and Vigna 2018), its state the hash of the name: people have some streams a visit, and those of a
// cipher would take a quarter of a run.
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { RandomSource } from '#shared/maths/random.ts';

/** What tells streams apart: the seed, whose it is and what for. */
export function stream(seed: number, ...name: readonly (string | number)[]): RandomSource {
  return new Xoshiro(sha256(utf8ToBytes(`tacit simulation ${seed} ${name.join(' ')}`)));
}

/** xoshiro128** 1.1. */
export class Xoshiro implements RandomSource {
  readonly kind = 'experiment' as const;
  readonly #state: Uint32Array;

  /** @param seed 16 bytes or more, not all zero. */
  constructor(seed: Uint8Array) {
    const view = new DataView(seed.buffer, seed.byteOffset);
    this.#state = Uint32Array.from([0, 4, 8, 12], (at) => view.getUint32(at, true));
  }

  fillUint32(out: Uint32Array): void {
    let [a, b, c, d] = [this.#state[0]!, this.#state[1]!, this.#state[2]!, this.#state[3]!];
    for (let at = 0; at < out.length; at += 1) {
      const times5 = Math.imul(b, 5);
      out[at] = Math.imul((times5 << 7) | (times5 >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
    }
    this.#state.set([a, b, c, d]);
  }
}

/** Draws from one stream, in order. */
export class Chance {
  readonly #random: RandomSource;
  readonly #word = new Uint32Array(1);

  constructor(random: RandomSource) {
    this.#random = random;
  }

  /** In (0, 1). */
  uniform(): number {
    this.#random.fillUint32(this.#word);
    return (this.#word[0]! + 0.5) / 2 ** 32;
  }

  /** @param count a whole number from 1. @returns 0 to count - 1. */
  below(count: number): number {
    return Math.min(count - 1, Math.floor(this.uniform() * count));
  }

  happens(probability: number): boolean {
    return this.uniform() < probability;
  }

  exponential(mean: number): number {
    return -Math.log(this.uniform()) * mean;
  }

  /** By Box and Muller. */
  normal(mean: number, std: number): number {
    return mean + std * Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Between `least` and `most`, uniform in the logarithm. */
  logUniform(least: number, most: number): number {
    return least * (most / least) ** this.uniform();
  }
}
