// An AES-256-CTR keystream from a zero counter block (NIST SP 800-38A 6.5). Deterministic: it serves public data (the rotation's signs)
// and experiments (simulated people, known-answer tests). It never feeds noise, masks or keys of a real participation.
import { ctr } from '@noble/ciphers/aes.js';

const blockBytes = 16;
/** The first chunk is small, since many readers want a few bytes; each next one is twice as large, up to the largest. */
const firstChunkBytes = 1024;
const largestChunkBytes = 16_384;

/** A keystream that is read on and on; two readers of the same key yield the same bytes. */
export class Keystream {
  readonly #key: Uint8Array;
  #block = 0;
  #chunk = new Uint8Array(0);
  #position = 0;

  /** @param key 32 bytes. Throws RangeError for another length. */
  constructor(key: Uint8Array) {
    if (key.length !== 32) throw new RangeError(`Keystream: expected a key of 32 bytes, got ${key.length}`);
    this.#key = Uint8Array.from(key);
  }

  /** Fills `out` with the next bytes of the stream. */
  read(out: Uint8Array): void {
    let written = 0;
    while (written < out.length) {
      if (this.#position === this.#chunk.length) this.#refill();
      const count = Math.min(out.length - written, this.#chunk.length - this.#position);
      out.set(this.#chunk.subarray(this.#position, this.#position + count), written);
      written += count;
      this.#position += count;
    }
  }

  #refill(): void {
    const counter = new Uint8Array(blockBytes);
    // Big-endian counter; 2^32 blocks (64 GiB) are more than any caller reads.
    new DataView(counter.buffer).setUint32(12, this.#block);
    const bytes = Math.min(largestChunkBytes, Math.max(firstChunkBytes, 2 * this.#chunk.length));
    this.#chunk = Uint8Array.from(ctr(this.#key, counter).encrypt(new Uint8Array(bytes)));
    this.#block += bytes / blockBytes;
    this.#position = 0;
  }
}
