// What a round computes, on the device and on the server: encoding, masks, packing, the ring sum. One interface with two twins that give the
// same bits: this file's, in plain JavaScript, and the WASM core's (rounds-wasm.ts).
import { rotate, unrotate } from '../maths/hadamard.ts';
import type { RandomSource } from '../maths/random.ts';
import { addModulo, ringMask } from '../maths/ring.ts';
import { type EncodedUpdate, encodeUpdate } from '../privacy/pipeline.ts';
import { packBits, unpackBits } from '../protocol/codec.ts';
import type { RoundConfig } from '../protocol/round-config.ts';

export interface RoundCore {
  readonly kind: 'wasm' | 'plain';
  /** As `encodeUpdate` of shared/privacy/pipeline.ts, bit for bit, with the same words of `random` in the same order. */
  encodeUpdate(update: Float64Array, config: RoundConfig, random: RandomSource): EncodedUpdate;
  /** As `encodeUpdate(...).noised`, written into `out`, Int32Array[D]: for who needs nothing else of it. Throws RangeError for another length. */
  noisedUpdate(update: Float64Array, config: RoundConfig, random: RandomSource, out: Int32Array): void;
  /** As `packBits`. */
  packBits(values: Uint32Array | Int32Array, bits: number): Uint8Array;
  /** As `rotate` of shared/maths/hadamard.ts, in place. */
  rotate(values: Float64Array, seed: Uint8Array): void;
  /** As `unrotate`, in place. */
  unrotate(values: Float64Array, seed: Uint8Array): void;
  /** A vector of zeros to add to. @param length 1 or more. Throws RangeError otherwise. */
  ringVector(length: number, bits: number): RingVector;
}

/** A vector in Z_2^b that others are added to, kept modulo 2^32 on the way: 2^b divides it. Whoever makes it wipes it. */
export interface RingVector {
  /** Adds a packed payload. Throws ProtocolError 'bad-frame', as `unpackBits`, and leaves the vector as it was. */
  addPacked(payload: Uint8Array): void;
  /** Adds (1) or subtracts (-1) a keystream, read as little-endian words of 2 bytes (b <= 16) or 4. Throws RangeError for another length. */
  addStream(stream: Uint8Array, sign: 1 | -1): void;
  /** Adds one number to each. */
  add(values: Uint32Array): void;
  /** Writes the vector modulo 2^32 into `out`, of the same length. */
  read(out: Uint32Array): void;
  /** Uint32Array[D], each below 2^b; the caller's. */
  values(): Uint32Array;
  /** Overwrites everything that was added. */
  wipe(): void;
}

/** Bytes of one word of a mask's keystream. PROTOCOL.md [M7]. */
export function maskWordBytes(bits: number): 2 | 4 {
  return bits <= 16 ? 2 : 4;
}

/** Throws RangeError for a vector that cannot be. */
export function checkRing(length: number, bits: number): void {
  ringMask(bits);
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`ring vector: expected a length of 1 or more, got ${length}`);
  }
}

export function checkLength(what: string, expected: number, got: number): void {
  if (expected !== got) throw new RangeError(`${what}: expected a length of ${expected}, got ${got}`);
}

export const plainRounds: RoundCore = {
  kind: 'plain',
  encodeUpdate,
  noisedUpdate(update, config, random, out) {
    checkLength('noisedUpdate, out', config.length, out.length);
    out.set(encodeUpdate(update, config, random).noised);
  },
  packBits,
  rotate,
  unrotate,
  ringVector: (length, bits) => new PlainRingVector(length, bits),
};

class PlainRingVector implements RingVector {
  readonly #values: Uint32Array;
  readonly #bits: number;

  constructor(length: number, bits: number) {
    checkRing(length, bits);
    if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
      throw new TypeError('ring vector: expected a little-endian platform');
    }
    this.#values = new Uint32Array(length);
    this.#bits = bits;
  }

  addPacked(payload: Uint8Array): void {
    this.add(unpackBits(payload, this.#values.length, this.#bits));
  }

  addStream(stream: Uint8Array, sign: 1 | -1): void {
    const values = this.#values;
    const wordBytes = maskWordBytes(this.#bits);
    checkLength('addStream, bytes', values.length * wordBytes, stream.length);
    const { buffer, byteOffset } = stream;
    const words =
      wordBytes === 2
        ? new Uint16Array(buffer, byteOffset, values.length)
        : new Uint32Array(buffer, byteOffset, values.length);
    if (sign === 1) for (let i = 0; i < values.length; i++) values[i] = values[i]! + words[i]!;
    else for (let i = 0; i < values.length; i++) values[i] = values[i]! - words[i]!;
  }

  add(values: Uint32Array): void {
    addModulo(this.#values, values, 32);
  }

  read(out: Uint32Array): void {
    checkLength('read', this.#values.length, out.length);
    out.set(this.#values);
  }

  values(): Uint32Array {
    const mask = ringMask(this.#bits);
    return this.#values.map((value) => value & mask);
  }

  wipe(): void {
    this.#values.fill(0);
  }
}
