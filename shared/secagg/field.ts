// The prime field of the secret shares, GF(2^255 - 19), over BigInt. Elements travel as 32 bytes, little-endian, below the prime.
// BigInt is not constant-time; it is used for shares of secrets that live for one round, and nowhere else.
import { ProtocolError } from '../protocol/errors.ts';

export const fieldPrime = 2n ** 255n - 19n;
export const elementBytes = 32;
/** Random bytes for one uniform element: 512 bits reduced modulo 255, so the bias is below 2^-256. */
export const randomElementBytes = 64;

/** The representative in [0, prime). */
export function modulo(value: bigint, prime: bigint = fieldPrime): bigint {
  const rest = value % prime;
  return rest < 0n ? rest + prime : rest;
}

/** The element i with i * value = 1. Throws RangeError for 0. */
export function inverse(value: bigint, prime: bigint = fieldPrime): bigint {
  let [a, b] = [modulo(value, prime), prime];
  if (a === 0n) throw new RangeError('inverse: expected an element other than 0');
  let [x, y] = [1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b] = [b % a, a];
    [x, y] = [y - quotient * x, x];
    if (a === 0n) throw new RangeError(`inverse: expected a prime modulus, got ${prime}`);
  }
  return modulo(x, prime);
}

/** The inverses of many elements by one inversion and 3 products each (Montgomery's trick). Throws RangeError when one is 0. */
export function inverses(values: readonly bigint[], prime: bigint = fieldPrime): bigint[] {
  const before: bigint[] = [];
  let product = 1n;
  for (const value of values) {
    before.push(product);
    product = (product * value) % prime;
  }
  let rest = inverse(product, prime);
  const out = new Array<bigint>(values.length);
  for (let i = values.length - 1; i >= 0; i--) {
    out[i] = modulo(rest * before[i]!, prime);
    rest = (rest * values[i]!) % prime;
  }
  return out;
}

/** 64 random bytes as a uniform element. */
export function elementFromRandom(bytes: Uint8Array): bigint {
  if (bytes.length !== randomElementBytes) {
    throw new RangeError(`elementFromRandom: expected ${randomElementBytes} bytes, got ${bytes.length}`);
  }
  return littleEndian(bytes) % fieldPrime;
}

/** Reads 32 bytes. Throws ProtocolError 'bad-share' for a number that is not below the prime, RangeError for another length. */
export function elementFromBytes(bytes: Uint8Array): bigint {
  if (bytes.length !== elementBytes) {
    throw new RangeError(`elementFromBytes: expected ${elementBytes} bytes, got ${bytes.length}`);
  }
  if (!isElement(bytes)) throw new ProtocolError('bad-share', 'share: expected a number below 2^255 - 19, got more');
  return littleEndian(bytes);
}

/** Whether 32 bytes, little-endian, are a number below 2^255 - 19. */
export function isElement(bytes: Uint8Array): boolean {
  const last = elementBytes - 1;
  if (bytes.length !== elementBytes || bytes[last]! > 0x7f) return false;
  if (bytes[last] !== 0x7f || bytes[0]! < 0xed) return true;
  for (let i = 1; i < last; i++) if (bytes[i] !== 0xff) return true;
  return false;
}

/** 32 bytes, little-endian; the caller's. */
export function bytesFromElement(element: bigint): Uint8Array {
  const out = new Uint8Array(elementBytes);
  const view = new DataView(out.buffer);
  let rest = element;
  for (let i = 0; i < elementBytes; i += 8) {
    view.setBigUint64(i, rest & 0xffff_ffff_ffff_ffffn, true);
    rest >>= 64n;
  }
  if (rest !== 0n) throw new RangeError('bytesFromElement: expected an element below 2^256');
  return out;
}

function littleEndian(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let value = 0n;
  for (let i = bytes.length - 8; i >= 0; i -= 8) value = (value << 64n) | view.getBigUint64(i, true);
  return value;
}
