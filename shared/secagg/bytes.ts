// Byte strings as the derivations and messages join them: ASCII labels, u16 little-endian, comparison in constant time, random bytes.
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { RandomSource } from '../maths/random.ts';

/** The bytes of an ASCII label, without a terminator. */
export function ascii(text: string): Uint8Array {
  return utf8ToBytes(text);
}

/** All parts one after another; the caller's. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function u16(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw new RangeError(`u16: got ${value}`);
  return Uint8Array.of(value, value >>> 8);
}

/** Whether two byte strings are the same; the time depends on their lengths alone. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** `length` random bytes, a multiple of 4: the source's words, little-endian. The caller's. */
export function randomBytes(random: RandomSource, length: number): Uint8Array {
  if (length % 4 !== 0) throw new RangeError(`randomBytes: expected a multiple of 4, got ${length}`);
  const words = new Uint32Array(length / 4);
  random.fillUint32(words);
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  for (let i = 0; i < words.length; i++) view.setUint32(4 * i, words[i]!, true);
  words.fill(0);
  return out;
}
