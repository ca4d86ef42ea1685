// Between bytes and typed arrays: packing of ring elements (lowest bit first) and the frames of an upload. PROTOCOL.md [N5], [U1], [U2].
import { sha256 as sha256InParts } from '@noble/hashes/sha2.js';
import { sha256 } from './canonical.ts';
import { ProtocolError } from './errors.ts';
import { frameHeaderBytes, hashBytes, maximumFrameBytes, maximumFrames } from './limits.ts';

/** Bytes of `length` elements of `bits` bits each: ceil(length * bits / 8). */
export function packedBytes(length: number, bits: number): number {
  return Math.ceil((length * bits) / 8);
}

function checkBits(bits: number): void {
  if (!Number.isInteger(bits) || bits < 1 || bits > 32) throw new RangeError(`bits: expected 1 to 32, got ${bits}`);
}

/**
 * Packs the lowest `bits` bits of each value, lowest bit first; the rest of the last byte is 0.
 * @param values Uint32Array[n] or Int32Array[n]; higher bits are dropped, which is reduction modulo 2^bits.
 */
export function packBits(values: Uint32Array | Int32Array, bits: number): Uint8Array {
  checkBits(bits);
  const out = new Uint8Array(packedBytes(values.length, bits));
  let at = 0;
  if (bits === 16 || bits === 24 || bits === 32) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      for (let shift = 0; shift < bits; shift += 8) out[at++] = value >>> shift;
    }
    return out;
  }
  let held = 0;
  let heldBits = 0;
  for (let i = 0; i < values.length; i++) {
    let value = values[i]!;
    let left = bits;
    while (left > 0) {
      // At most 8 bits at a time: `held` stays below 16 bits whatever `bits` is.
      const take = Math.min(8, left);
      held |= (value & ((1 << take) - 1)) << heldBits;
      heldBits += take;
      value >>>= take;
      left -= take;
      if (heldBits >= 8) {
        out[at++] = held;
        held >>>= 8;
        heldBits -= 8;
      }
    }
  }
  if (heldBits > 0) out[at] = held;
  return out;
}

/**
 * Throws ProtocolError 'bad-frame' when the bytes are not exactly ceil(length * bits / 8) or a spare bit of the last one is set, RangeError for
 * bits that cannot be.
 */
export function checkPacked(bytes: Uint8Array, length: number, bits: number): void {
  checkBits(bits);
  const expected = packedBytes(length, bits);
  if (bytes.length !== expected) {
    throw new ProtocolError(
      'bad-frame',
      `payload: expected ${expected} bytes (${length} x ${bits} bits), got ${bytes.length}`,
    );
  }
  const spareBits = expected * 8 - length * bits;
  if (spareBits > 0 && bytes[expected - 1]! >>> (8 - spareBits) !== 0) {
    throw new ProtocolError('bad-frame', `payload: expected the last ${spareBits} bits to be 0, got others`);
  }
}

/** The inverse of `packBits`: Uint32Array[length], each below 2^bits, the caller's. Throws as `checkPacked`. */
export function unpackBits(bytes: Uint8Array, length: number, bits: number): Uint32Array {
  checkPacked(bytes, length, bits);
  const out = new Uint32Array(length);
  let at = 0;
  if (bits === 16 || bits === 24 || bits === 32) {
    for (let i = 0; i < length; i++) {
      let value = 0;
      for (let shift = 0; shift < bits; shift += 8) value |= bytes[at++]! << shift;
      out[i] = value;
    }
    return out;
  }
  let held = 0;
  let heldBits = 0;
  for (let i = 0; i < length; i++) {
    let value = 0;
    let have = 0;
    while (have < bits) {
      if (heldBits === 0) {
        held = bytes[at++]!;
        heldBits = 8;
      }
      const take = Math.min(heldBits, bits - have);
      value |= (held & ((1 << take) - 1)) << have;
      held >>>= take;
      heldBits -= take;
      have += take;
    }
    out[i] = value;
  }
  return out;
}

/** Payload bytes of one frame: the last frame's hash always fits beside a full one. */
const framePayloadBytes = maximumFrameBytes - hashBytes;

/**
 * Cuts a payload into frames: seq u16 ‖ last u8 ‖ bytes; the last one ends with the SHA-256 of the payload.
 * Throws RangeError for an empty payload.
 */
export function uploadFrames(payload: Uint8Array): Uint8Array[] {
  if (payload.length === 0) throw new RangeError('uploadFrames: expected a payload, got 0 bytes');
  const count = Math.ceil(payload.length / framePayloadBytes);
  const frames: Uint8Array[] = [];
  for (let seq = 0; seq < count; seq++) {
    const part = payload.subarray(seq * framePayloadBytes, (seq + 1) * framePayloadBytes);
    const last = seq === count - 1;
    const frame = new Uint8Array(frameHeaderBytes + part.length + (last ? hashBytes : 0));
    frame[0] = seq;
    frame[1] = seq >>> 8;
    frame[2] = last ? 1 : 0;
    frame.set(part, frameHeaderBytes);
    if (last) frame.set(sha256(payload), frameHeaderBytes + part.length);
    frames.push(frame);
  }
  return frames;
}

/** A SHA-256 that takes its bytes in parts. */
export interface PayloadHash {
  update(bytes: Uint8Array): unknown;
  /** 32 bytes; called once. */
  digest(): Uint8Array;
}

/**
 * Puts one upload together again. It buffers the expected payload and no more, whatever comes, and hashes it as it comes.
 * After a ProtocolError it accepts nothing: the upload starts again with a new assembler.
 */
export class FrameAssembler {
  readonly #expectedBytes: number;
  readonly #hash: PayloadHash;
  #content: Uint8Array | null = null;
  #received = 0;
  #nextSeq = 0;
  #closed = false;

  /** @param expectedPayloadBytes ceil(D b / 8), known from the RoundConfig. @param hash a new one; in plain JavaScript unless said otherwise. */
  constructor(expectedPayloadBytes: number, hash: PayloadHash = sha256InParts.create()) {
    if (!Number.isInteger(expectedPayloadBytes) || expectedPayloadBytes < 1) {
      throw new RangeError(`FrameAssembler: expected a positive number of bytes, got ${expectedPayloadBytes}`);
    }
    this.#expectedBytes = expectedPayloadBytes;
    this.#hash = hash;
  }

  /** Payload and hash bytes so far. */
  get receivedBytes(): number {
    return this.#received;
  }

  /**
   * Takes the next frame. Returns the payload (the caller's) with the last one, null before.
   * Throws ProtocolError: 'bad-frame' (header, order, length, hash), 'too-large' (more than expected), 'duplicate' (after the last).
   */
  push(frame: Uint8Array): Uint8Array | null {
    if (this.#closed)
      throw new ProtocolError('duplicate', 'frame: the upload is already closed; nothing more was expected');
    try {
      return this.#accept(frame);
    } catch (error) {
      this.#closed = true;
      this.#content = null;
      throw error;
    }
  }

  #accept(frame: Uint8Array): Uint8Array | null {
    const bytes = frame.length - frameHeaderBytes;
    if (bytes < 1)
      throw new ProtocolError('bad-frame', `frame: expected 3 bytes of header and content, got ${frame.length}`);
    if (bytes > maximumFrameBytes) {
      throw new ProtocolError(
        'too-large',
        `frame: expected at most ${maximumFrameBytes} bytes of content, got ${bytes}`,
      );
    }
    const seq = frame[0]! | (frame[1]! << 8);
    if (seq !== this.#nextSeq || this.#nextSeq >= maximumFrames) {
      throw new ProtocolError('bad-frame', `frame: expected number ${this.#nextSeq}, got ${seq}; start again from 0`);
    }
    const last = frame[2]!;
    if (last > 1) throw new ProtocolError('bad-frame', `frame: expected 0 or 1 as mark of the last frame, got ${last}`);
    const total = this.#expectedBytes + hashBytes;
    if (this.#received + bytes > total) {
      throw new ProtocolError(
        'too-large',
        `upload: expected ${total} bytes in all, got ${this.#received + bytes} or more`,
      );
    }
    this.#content ??= new Uint8Array(total);
    const content = frame.subarray(frameHeaderBytes);
    this.#content.set(content, this.#received);
    // The upload's own hash is no part of what is hashed; it may begin in the frame before the last.
    this.#hash.update(content.subarray(0, Math.max(0, this.#expectedBytes - this.#received)));
    this.#received += bytes;
    this.#nextSeq++;
    if (last === 0) return null;
    if (this.#received !== total) {
      throw new ProtocolError('bad-frame', `upload: expected ${total} bytes by the last frame, got ${this.#received}`);
    }
    const payload = this.#content.subarray(0, this.#expectedBytes);
    const hash = this.#hash.digest();
    for (let i = 0; i < hashBytes; i++) {
      if (hash[i] !== this.#content[this.#expectedBytes + i]) {
        throw new ProtocolError(
          'bad-frame',
          'upload: the SHA-256 at its end is not that of the payload; send it again',
        );
      }
    }
    this.#closed = true;
    this.#content = null;
    return payload;
  }
}
