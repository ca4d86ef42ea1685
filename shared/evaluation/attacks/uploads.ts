// The uploads of simulated people, as far as each adversary gets to see them: through the real pipeline and the real masks.
import { ringMask } from '../../maths/ring.ts';
import { decodeSum } from '../../privacy/aggregate.ts';
import { encodeUpdate } from '../../privacy/pipeline.ts';
import { unpackBits } from '../../protocol/codec.ts';
import type { Policy } from '../../protocol/policy.ts';
import type { RoundConfig } from '../../protocol/round-config.ts';
import { type AttackSetting, randomOf } from './attack.ts';
import { HostileServer } from './hostile-server.ts';
import { configOf, type World } from './people.ts';

/** People in one masked round of these attacks. */
export const peopleInRound = 24;

export interface SeenUpload {
  /** Float64Array[D], real units: the masked upload, lifted, rotated back, scaled, as if it were an update. */
  readonly masked: Float64Array;
  /** The same of the update with its own noise and without masks: what a server reads that plays all the other participants. */
  readonly noised: Float64Array;
  /** All that this client sent in the round up to its upload, bytes a message. */
  readonly messageBytes: readonly number[];
}

/**
 * One round in which everybody uploads. @param updates 20 to 28 of them. @param name of its randomness.
 * Returns the uploads in the order of the updates.
 */
export async function uploadsOf(
  setting: AttackSetting,
  world: Pick<World, 'policy'> & { readonly federation?: Policy },
  updates: readonly Float64Array[],
  name: string,
): Promise<SeenUpload[]> {
  const config = configOf(world.policy, randomOf(setting, name, 'config'), world.federation);
  const values = updates.map(
    (update, seat) => encodeUpdate(update, config, randomOf(setting, name, 'noise', seat)).noised,
  );
  const server = await HostileServer.gather({
    config,
    values,
    crypto: setting.crypto,
    randomOf: (seat) => randomOf(setting, name, 'seat', seat),
  });
  await server.deal();
  await server.collect();
  const seen: SeenUpload[] = new Array(updates.length);
  for (const [index, client] of server.clients.entries()) {
    seen[client.seat] = {
      masked: aloneOf(unpackBits(server.payloads.get(index)!, config.length, config.bits), config),
      noised: noisedAlone(values[client.seat]!, config),
      messageBytes: client.said.map((send) =>
        send.kind === 'masked' ? send.frames.reduce((sum, frame) => sum + frame.length, 0) : send.bytes.length,
      ),
    };
  }
  return seen;
}

/** An update with its own noise alone, read as the server reads a sum of one. */
export function noisedAlone(noised: Int32Array, config: RoundConfig): Float64Array {
  const mask = ringMask(config.bits);
  return aloneOf(
    Uint32Array.from(noised, (value) => (value & mask) >>> 0),
    config,
  );
}

function aloneOf(values: Uint32Array, config: RoundConfig): Float64Array {
  return decodeSum(values, 1, config).mean;
}

/** Standard deviation of one device's noise in one number of the update, real units. */
export function localNoiseStd(config: Pick<RoundConfig, 'sigma2num' | 'sigma2den' | 'scale'>): number {
  return Math.sqrt(config.sigma2num / config.sigma2den) / config.scale;
}
