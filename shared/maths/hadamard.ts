// A public random rotation without padding: signs, Walsh-Hadamard over the first P = 2^floor(log2 D) numbers, signs again, Walsh-Hadamard over
// the last P. Orthogonal for every D, so it keeps the L2 norm; it flattens an update so that the sum does not leave the ring. No privacy
// rests on it. PROTOCOL.md [N2]; after Ailon and Chazelle 2009, as used by Kairouz et al. 2021.
import { sha256 } from '@noble/hashes/sha2.js';
import { Keystream } from './keystream.ts';

/** Rotates in place. @param values Float64Array[D], D >= 1. @param seed the round's rotationSeed; any bytes. */
export function rotate(values: Float64Array, seed: Uint8Array): void {
  const { first, second, width } = signsOf(values.length, seed);
  applySigns(values, first);
  transform(values, 0, width);
  applySigns(values, second);
  transform(values, values.length - width, width);
}

/** The inverse of `rotate`, in place, to about 1e-15 of the norm. */
export function unrotate(values: Float64Array, seed: Uint8Array): void {
  const { first, second, width } = signsOf(values.length, seed);
  transform(values, values.length - width, width);
  applySigns(values, second);
  transform(values, 0, width);
  applySigns(values, first);
}

/** P = 2^floor(log2 length): the numbers that one transform spans. */
export function transformWidth(length: number): number {
  if (!Number.isInteger(length) || length < 1 || length > 2 ** 30) {
    throw new RangeError(`rotation: expected a length of 1 to 2^30, got ${length}`);
  }
  return 2 ** (31 - Math.clz32(length));
}

function signsOf(length: number, seed: Uint8Array): { first: Uint8Array; second: Uint8Array; width: number } {
  const width = transformWidth(length);
  const stream = new Keystream(sha256(seed));
  const first = new Uint8Array(Math.ceil(length / 8));
  const second = new Uint8Array(first.length);
  stream.read(first);
  stream.read(second);
  return { first, second, width };
}

function applySigns(values: Float64Array, signs: Uint8Array): void {
  for (let i = 0; i < values.length; i++) {
    if ((signs[i >> 3]! >> (i & 7)) & 1) values[i] = -values[i]!;
  }
}

/** Orthonormal Walsh-Hadamard transform of values[start, start + width), in place; its own inverse. */
function transform(values: Float64Array, start: number, width: number): void {
  const end = start + width;
  for (let half = 1; half < width; half *= 2) {
    for (let block = start; block < end; block += 2 * half) {
      for (let i = block; i < block + half; i++) {
        const a = values[i]!;
        const b = values[i + half]!;
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
  const factor = 1 / Math.sqrt(width);
  for (let i = start; i < end; i++) values[i] = values[i]! * factor;
}
