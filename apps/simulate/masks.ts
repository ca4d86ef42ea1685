// What a simulated participant takes in place of the engine's own masks: the same masks at the pace of its device, or a plain sum; honest or not.
// Reached through `EngineParts.loadMasking`, which an engine takes from simulated participants alone; no build of the product has this file.

import type { RandomSource } from '#shared/maths/random.ts';
import { parseRoundConfig } from '#shared/protocol/round-config.ts';
import type { ClientEvent, ClientStart, ClientTools } from '#shared/secagg/client.ts';
import { actualNeighbours } from '#shared/secagg/parameters.ts';
import { type Masking, type Masks, resumeBytes, roundCore, startMasks } from '../engine/masking.ts';
import type { Processor } from './device.ts';
import { fastestWorkMs } from './device.ts';
import { corruptShares, type Malice, maliciousUpdate } from './malice.ts';
import { startPlainMasks } from './plain-masks.ts';

export interface MasksOptions {
  /** false: the plain sum. */
  readonly masked: boolean;
  readonly processor: Processor;
  /** Of rounding and noise; of keys and shares: two streams, so that the noise is the same with masks and without. */
  readonly noise: RandomSource;
  readonly keys: RandomSource;
  readonly malice: Malice | null;
}

export function maskingOf(options: MasksOptions): Masking {
  const { processor, noise, malice } = options;
  return {
    resumeBytes,
    roundCore: (core) => {
      const rounds = roundCore(core);
      return {
        ...rounds,
        encodeUpdate: (update, config) => {
          const honest = rounds.encodeUpdate(update, config, noise);
          return malice === null ? honest : maliciousUpdate(malice, honest, config, noise);
        },
      };
    },
    startMasks: async (start, tools) => {
      const { length } = start.parameters;
      await processor.work(fastestWorkMs.encoding(length) + fastestWorkMs.keys());
      const masks = await begun(options, start, tools);
      return malice === 'wrong-shares' ? corruptShares(paced(masks, start, processor)) : paced(masks, start, processor);
    },
  };
}

function begun({ masked, keys }: MasksOptions, start: ClientStart, tools: ClientTools): Promise<Masks> {
  return masked ? startMasks(start, { ...tools, random: keys }) : startPlainMasks(start, tools.rounds);
}

/** The same machine on a device that takes its time. */
function paced(masks: Masks, start: ClientStart, processor: Processor): Masks {
  const { length } = start.parameters;
  let neighbours = actualNeighbours(start.parameters, parseRoundConfig(start.config).maxCohort);
  const costMs = (event: ClientEvent): number => {
    switch (event.kind) {
      case 'roster':
        // n u16 comes first.
        neighbours = actualNeighbours(start.parameters, (event.bytes[0] ?? 0) | ((event.bytes[1] ?? 0) << 8));
        return fastestWorkMs.shares(neighbours);
      case 'inbox':
        return fastestWorkMs.masking(neighbours, length);
      default:
        return 0;
    }
  };
  return {
    first: masks.first,
    handle: async (event) => {
      const cost = costMs(event);
      if (cost > 0) await processor.work(cost);
      return masks.handle(event);
    },
  };
}
