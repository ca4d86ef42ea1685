// Masks: AES-256-CTR keystreams read as little-endian words of 2 bytes (b <= 16) or 4, added to or subtracted from a vector in Z_2^b.
// PROTOCOL.md [M7]. A key is expanded once a round: two vectors under one mask would give away their difference.
import { packBits } from '../protocol/codec.ts';
import type { MaskCrypto } from './crypto.ts';

/** One mask to add (1) or to subtract (-1). */
export interface SignedMask {
  readonly key: Uint8Array;
  readonly sign: 1 | -1;
}

/** Applies masks in place to `vector`, Uint32Array[D] modulo 2^32; the caller reduces to b bits when it is done. A worker pool may do it. */
export type ApplyMasks = (vector: Uint32Array, bits: number, masks: readonly SignedMask[]) => Promise<void>;

/** Keystreams that are computed ahead, while the one before is being added. */
const expansionsAtOnce = 4;

/** Bytes of one word of the keystream. */
export function maskWordBytes(bits: number): 2 | 4 {
  return bits <= 16 ? 2 : 4;
}

/** `ApplyMasks` on this thread. It keeps one buffer of zeros and grows it to the longest vector. */
export function maskApplier(crypto: MaskCrypto): ApplyMasks {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
    throw new TypeError('maskApplier: expected a little-endian platform');
  }
  let zeros = new Uint8Array(0);
  return async (vector, bits, masks) => {
    const bytes = vector.length * maskWordBytes(bits);
    if (zeros.length < bytes) zeros = new Uint8Array(bytes);
    const feed = zeros.subarray(0, bytes);
    for (let start = 0; start < masks.length; start += expansionsAtOnce) {
      const some = masks.slice(start, start + expansionsAtOnce);
      const streams = await Promise.all(some.map((mask) => crypto.keystream(mask.key, feed)));
      some.forEach((mask, i) => {
        addStream(vector, streams[i]!, maskWordBytes(bits), mask.sign);
        streams[i]!.fill(0);
      });
    }
  };
}

/** 2^b divides 2^32, so words are added as they are and reduced once at the end. */
function addStream(vector: Uint32Array, stream: Uint8Array, wordBytes: 2 | 4, sign: 1 | -1): void {
  const { buffer, byteOffset } = stream;
  const words =
    wordBytes === 2
      ? new Uint16Array(buffer, byteOffset, vector.length)
      : new Uint32Array(buffer, byteOffset, vector.length);
  if (sign === 1) for (let i = 0; i < vector.length; i++) vector[i] = vector[i]! + words[i]!;
  else for (let i = 0; i < vector.length; i++) vector[i] = vector[i]! - words[i]!;
}

/**
 * The upload: x plus its masks, packed. @param values Uint32Array[D], x modulo 2^32; masked in place, then wiped.
 */
export async function maskedPayload(
  values: Uint32Array,
  bits: number,
  masks: readonly SignedMask[],
  apply: ApplyMasks,
): Promise<Uint8Array> {
  await apply(values, bits, masks);
  const payload = packBits(values, bits);
  values.fill(0);
  return payload;
}
