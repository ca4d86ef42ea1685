// Canonical JSON: object keys by UTF-16 code unit, no white space, ECMAScript numbers (RFC 8785). What two parties must hash alike.
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
