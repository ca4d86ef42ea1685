// Masks: AES-256-CTR keystreams read as little-endian words of 2 bytes (b <= 16) or 4, added to or subtracted from a vector in Z_2^b.
// PROTOCOL.md [M7]. A key is expanded once a round: two vectors under one mask would give away their difference.
import { maskWordBytes, plainRounds, type RoundCore } from '../core/rounds.ts';
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

/** `ApplyMasks` on this thread. It keeps one buffer of zeros and grows it to the longest vector. @param rounds what adds. */
export function maskApplier(crypto: MaskCrypto, rounds: RoundCore = plainRounds): ApplyMasks {
  let zeros = new Uint8Array(0);
  return async (vector, bits, masks) => {
    const bytes = vector.length * maskWordBytes(bits);
    if (zeros.length < bytes) zeros = new Uint8Array(bytes);
    const feed = zeros.subarray(0, bytes);
    const sum = rounds.ringVector(vector.length, bits);
    try {
      sum.add(vector);
      for (let start = 0; start < masks.length; start += expansionsAtOnce) {
        const some = masks.slice(start, start + expansionsAtOnce);
        const streams = await Promise.all(some.map((mask) => crypto.keystream(mask.key, feed)));
        some.forEach((mask, i) => {
          sum.addStream(streams[i]!, mask.sign);
          streams[i]!.fill(0);
        });
      }
      sum.read(vector);
    } finally {
      sum.wipe();
    }
  };
}

/**
 * The upload: x plus its masks, packed. @param values Uint32Array[D], x modulo 2^32; masked in place, then wiped.
 */
export async function maskedPayload(
  values: Uint32Array,
  bits: number,
  masks: readonly SignedMask[],
  apply: ApplyMasks,
  rounds: RoundCore = plainRounds,
): Promise<Uint8Array> {
  await apply(values, bits, masks);
  const payload = rounds.packBits(values, bits);
  values.fill(0);
  return payload;
}
