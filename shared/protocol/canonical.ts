// SHA-256 over bytes and text, beside what it is taken of: canonical JSON and hex. The page's first code takes those two from their own files
// and the hash from the platform; what is loaded after opting in, and Node, take all of it here.
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { toHex } from './hex.ts';

export { canonicalJson } from './canonical-json.ts';
export { fromHex, toHex } from './hex.ts';

/** SHA-256 of bytes: 32 bytes, the caller's. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}

/** SHA-256 as 64 lower-case hex characters. Text is hashed as UTF-8. */
export function sha256Hex(data: Uint8Array | string): string {
  return toHex(nobleSha256(typeof data === 'string' ? utf8ToBytes(data) : data));
}
