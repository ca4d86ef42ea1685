// Canonical JSON (object keys by UTF-16 code unit, no white space, ECMAScript numbers: RFC 8785) and SHA-256 over bytes and text.
// What two parties must hash alike goes through here.
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { maximumJsonDepth } from './limits.ts';

/**
 * The one JSON text of a value. Keys whose value is undefined are left out.
 * Throws TypeError for what JSON cannot say (NaN, infinities, functions, symbols, BigInt, undefined in an array) and RangeError when nested
 * deeper than `maximumJsonDepth`.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > maximumJsonDepth) throw new RangeError(`canonicalJson: expected at most ${maximumJsonDepth} levels`);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonicalJson: expected a finite number, got ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((entry) => write(entry, depth + 1)).join(',')}]`;
  if (typeof value === 'object') {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    fields.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${write(field, depth + 1)}`).join(',')}}`;
  }
  throw new TypeError(`canonicalJson: expected a JSON value, got ${typeof value}`);
}

/** SHA-256 of bytes: 32 bytes, the caller's. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}

/** SHA-256 as 64 lower-case hex characters. Text is hashed as UTF-8. */
export function sha256Hex(data: Uint8Array | string): string {
  return bytesToHex(nobleSha256(typeof data === 'string' ? utf8ToBytes(data) : data));
}

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}

/** The bytes of hex text. Throws RangeError for an odd length or another character. */
export function fromHex(hex: string): Uint8Array {
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) {
    throw new RangeError(`fromHex: expected pairs of hex characters, got ${JSON.stringify(hex.slice(0, 80))}`);
  }
  return hexToBytes(hex);
}
