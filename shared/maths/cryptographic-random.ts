// Random 32-bit words of the operating system: the only source that may make the noise of a real participation. What is seeded is in random.ts, so
// that a page is not built with it. Nothing in shared/ reaches for randomness: a source is handed in.

/** A stream of uniform 32-bit words: filling 3 and then 5 gives the same words as filling 8 at once. */
export interface RandomSource {
  readonly kind: 'cryptographic' | 'experiment';
  /** Overwrites all of `out`. */
  fillUint32(out: Uint32Array): void;
}

declare const cryptographicBrand: unique symbol;

/** Randomness from the operating system. Only `cryptographicRandom` makes one, and it takes no seed. */
export interface CryptographicRandom extends RandomSource {
  readonly kind: 'cryptographic';
  readonly [cryptographicBrand]: true;
  /** Overwrites what is left in the pool. The source can be used again afterwards: it draws a fresh pool. */
  wipe(): void;
}

/** crypto.getRandomValues fills at most 65,536 bytes a call. */
const poolWords = 16_384;

class PlatformRandom {
  readonly kind = 'cryptographic' as const;
  readonly #pool = new Uint32Array(poolWords);
  #next = poolWords;

  fillUint32(out: Uint32Array): void {
    let written = 0;
    while (written < out.length) {
      if (this.#next === poolWords) {
        crypto.getRandomValues(this.#pool);
        this.#next = 0;
      }
      const end = Math.min(this.#next + out.length - written, poolWords);
      out.set(this.#pool.subarray(this.#next, end), written);
      // What was handed out is overwritten at once, so that a later look into memory finds no noise of the past.
      this.#pool.fill(0, this.#next, end);
      written += end - this.#next;
      this.#next = end;
    }
  }

  wipe(): void {
    this.#pool.fill(0);
    this.#next = poolWords;
  }
}

/**
 * The operating system's generator, in pools of 64 KiB over crypto.getRandomValues, each word wiped as it is handed out.
 * Throws TypeError where the platform has no generator: there is no fallback.
 */
export function cryptographicRandom(): CryptographicRandom {
  if (typeof crypto !== 'object' || typeof crypto.getRandomValues !== 'function') {
    throw new TypeError('cryptographicRandom: expected crypto.getRandomValues, and this platform has none');
  }
  // The brand exists in types alone; this is the one place that grants it.
  return new PlatformRandom() as unknown as CryptographicRandom;
}
