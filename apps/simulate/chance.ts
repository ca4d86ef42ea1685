// Chance in a simulation: every choice is drawn from a stream of its own name, so that it is the same whatever else is simulated beside it,
// and after a checkpoint. Seeded: nothing here is for real participants, and everything made of it is labelled simulated.
import { experimentRandomOfLabel, type RandomSource } from '#shared/maths/random.ts';

/** What tells streams apart: the seed, whose it is and what for. */
export function stream(seed: number, ...name: readonly (string | number)[]): RandomSource {
  return experimentRandomOfLabel(`tacit simulation ${seed} ${name.join(' ')}`);
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
