// SHA-256 in JavaScript, for where the platform has none.
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '#shared/protocol/hex.ts';

/** SHA-256 as 64 lower-case hex characters. */
export function plainDigest(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}
