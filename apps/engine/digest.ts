// SHA-256 of what was downloaded, by the platform; where it has none (outside of a secure context) in JavaScript, whose code is loaded then.
import { toHex } from '#shared/protocol/hex.ts';

/** SHA-256 as 64 lower-case hex characters. */
export async function digest(bytes: Uint8Array): Promise<string> {
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  if (subtle === undefined) return (await import('./plain-digest.ts')).plainDigest(bytes);
  // WebCrypto takes no shared memory; a download has none.
  return toHex(new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)));
}
