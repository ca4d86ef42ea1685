// The upload of a made-up update from seeded randomness: the same bytes in Node and in a browser. For tests only.
import { experimentRandom } from '#shared/maths/random.ts';
import { encodeUpdate } from '#shared/privacy/pipeline.ts';
import { toHex } from '#shared/protocol/canonical.ts';
import { parseRoundConfig } from '#shared/protocol/round-config.ts';

/** Hex of the payload. The update has `length` numbers, longer than the clipping bound. */
export function encodeWithSeed(seed: number, length: number, config: Uint8Array): string {
  const update = Float64Array.from({ length }, (_, i) => ((i * 7919 + seed) % 1009) / 1009 - 0.5);
  return toHex(encodeUpdate(update, parseRoundConfig(config), experimentRandom(seed)).payload);
}
