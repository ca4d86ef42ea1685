// Sources of random 32-bit words. Two types: the cryptographic one is the only one that may make the noise of a real participation;
// the experiment's is seeded and serves tests and simulated people. Nothing in shared/ reaches for randomness: a source is handed in.
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { Keystream } from './keystream.ts';

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

class SeededRandom implements RandomSource {
  readonly kind = 'experiment' as const;
  readonly #stream: Keystream;
  #bytes = new Uint8Array(0);

  constructor(label: string) {
    this.#stream = new Keystream(sha256(utf8ToBytes(label)));
  }

  fillUint32(out: Uint32Array): void {
    if (this.#bytes.length < 4 * out.length) this.#bytes = new Uint8Array(4 * out.length);
    const bytes = this.#bytes.subarray(0, 4 * out.length);
    this.#stream.read(bytes);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < out.length; i++) out[i] = view.getUint32(4 * i, true);
  }
}

/** Reproducible words for tests and simulated people: AES-256-CTR under the SHA-256 of a label, read as little-endian words. */
export function experimentRandomOfLabel(label: string): RandomSource {
  return new SeededRandom(label);
}

/** Reproducible words for tests and simulated people. @param seed any finite number. */
export function experimentRandom(seed: number): RandomSource {
  if (!Number.isFinite(seed)) throw new RangeError(`experimentRandom: expected a finite seed, got ${seed}`);
  return experimentRandomOfLabel(`tacit experiment ${seed}`);
}

class QuickRandom implements RandomSource {
  readonly kind = 'experiment' as const;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(label: string) {
    const view = new DataView(sha256(utf8ToBytes(label)).buffer);
    this.#a = view.getUint32(0, true) | 0;
    this.#b = view.getUint32(4, true) | 0;
    this.#c = view.getUint32(8, true) | 0;
    this.fillUint32(new Uint32Array(warmUpWords));
  }

  fillUint32(out: Uint32Array): void {
    let [a, b, c, counter] = [this.#a, this.#b, this.#c, this.#counter];
    for (let i = 0; i < out.length; i++) {
      const word = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + word) | 0;
      out[i] = word;
    }
    [this.#a, this.#b, this.#c, this.#counter] = [a, b, c, counter];
  }
}

/** Words that the generator's inventor discards after seeding. */
const warmUpWords = 12;

/**
 * Reproducible words for experiments that need very many, twenty times as fast as `experimentRandomOfLabel`: sfc32 (Doty-Humphrey, PractRand)
 * from the SHA-256 of a label. Its statistics are good; it hides nothing.
 */
export function quickRandomOfLabel(label: string): RandomSource {
  return new QuickRandom(label);
}

/** MurmurHash3's 32-bit finaliser: a bijection that mixes well. For deterministic choices that are no secret; not for noise. */
export function fmix32(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
