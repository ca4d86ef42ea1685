// A client's whole part in a round from seeded randomness: encode, advertise, shares, masked, confirm, unmask. The same bytes in Node and in a
// browser, by WebCrypto and by noble. For tests only.
import type { RoundCore } from '#shared/core/rounds.ts';
import { experimentRandom } from '#shared/maths/random.ts';
import { sha256Hex, toHex } from '#shared/protocol/canonical.ts';
import { maskParametersOf, parseRoundConfig } from '#shared/protocol/round-config.ts';
import { platformCrypto } from '#shared/secagg/crypto.ts';
import { nobleCrypto } from '#shared/secagg/noble-crypto.ts';
import { type SoloRun, soloRun } from '#shared/secagg/testing/solo.ts';

/** An update of `length` numbers, longer than the clipping bound. */
function madeUpUpdate(seed: number, length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => ((i * 7919 + seed) % 1009) / 1009 - 0.5);
}

/** Hex of the noised update, packed: what mode 4 sends and what the masks of mode 1 are added to. */
export function encodeWithSeed(seed: number, config: Uint8Array, rounds: RoundCore): string {
  const parsed = parseRoundConfig(config);
  const { noised } = rounds.encodeUpdate(madeUpUpdate(seed, parsed.length), parsed, experimentRandom(seed));
  return toHex(rounds.packBits(noised, parsed.bits));
}

export interface PartWithSeed {
  readonly seed: number;
  readonly config: readonly number[];
  /** n. */
  readonly clients: number;
  readonly dropouts: { readonly shares: number; readonly masked: number };
  readonly implementation: 'webcrypto' | 'noble';
}

export interface SaidWithSeed {
  /** Of what is too long to be handed around: the upload's SHA-256; of the other messages the bytes. In hex, by kind. */
  readonly said: Readonly<Record<keyof SoloRun['said'], string>>;
  readonly uploadBytes: number;
  readonly ms: SoloRun['ms'];
}

/** What one client says in a round whose other clients are made up. Throws where the platform lacks a primitive. */
export async function takePartWithSeed(part: PartWithSeed, rounds: RoundCore): Promise<SaidWithSeed> {
  const { seed, clients, dropouts, implementation } = part;
  const bytes = Uint8Array.from(part.config);
  const config = parseRoundConfig(bytes);
  const { noised } = rounds.encodeUpdate(madeUpUpdate(seed, config.length), config, experimentRandom(seed));
  const { said, ms } = await soloRun({
    config: bytes,
    parameters: maskParametersOf(config),
    clients,
    values: noised,
    rounds,
    crypto: implementation === 'noble' ? nobleCrypto : platformCrypto(crypto.subtle),
    label: `tacit lab ${seed}`,
    dropouts,
    nowMs: () => performance.now(),
  });
  return {
    said: {
      advertise: toHex(said.advertise),
      shares: toHex(said.shares),
      masked: sha256Hex(said.masked),
      confirm: toHex(said.confirm),
      unmask: toHex(said.unmask),
    },
    uploadBytes: said.masked.length,
    ms,
  };
}
