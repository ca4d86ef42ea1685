// Participants that mean harm, on the same wire as everybody: what one of them can do to a round, as far as the protocol lets it. The server
// sees sums alone, so nothing here is caught by looking at an update; what limits the damage is that there are few, and what the mask machine
// and its deadlines do about the rest.
import type { RandomSource } from '#shared/maths/random.ts';
import type { EncodedUpdate } from '#shared/privacy/pipeline.ts';
import type { RoundConfig } from '#shared/protocol/round-config.ts';
import type { MaskStep, Masks } from '../engine/masking.ts';

export const malices = ['garbage', 'no-noise', 'sign-flip', 'wrong-shares', 'silent'] as const;
export type Malice = (typeof malices)[number];

/** Ten people's pull, backwards: more would sooner wrap around the ring and become garbage. */
const flipScale = 10;

export const maliceInWords: Readonly<Record<Malice, string>> = {
  garbage: 'send uniform numbers of the whole ring',
  'no-noise': 'leave their noise share out',
  'sign-flip': `send their update times -${flipScale}, past the clipping bound`,
  'wrong-shares': 'deal shares that nobody can open',
  silent: 'take a seat and say nothing',
};

/** What such a device encodes in place of the pipeline's result. */
export function maliciousUpdate(
  malice: Malice,
  honest: EncodedUpdate,
  config: RoundConfig,
  random: RandomSource,
): EncodedUpdate {
  switch (malice) {
    case 'garbage': {
      const words = new Uint32Array(config.length);
      random.fillUint32(words);
      const half = 2 ** (config.bits - 1);
      return { ...honest, noised: Int32Array.from(words, (word) => (word % (2 * half)) - half) };
    }
    case 'no-noise':
      return { ...honest, noised: honest.rounded.slice() };
    case 'sign-flip':
      return {
        ...honest,
        noised: honest.noised.map((value, index) => value - (1 + flipScale) * honest.rounded[index]!),
      };
    case 'wrong-shares':
    case 'silent':
      return honest;
  }
}

/** Masks whose shares are noise: the message is well-formed, and no neighbour can open what is in it. */
export function corruptShares(masks: Masks): Masks {
  return { first: masks.first, handle: async (event) => spoiled(await masks.handle(event)) };
}

/** commitB comes first, 32 bytes; then for each neighbour its index u16 and 80 sealed bytes. PROTOCOL.md [M5]. */
const commitmentBytes = 32;
const entryBytes = 2 + 80;

function spoiled(step: MaskStep): MaskStep {
  return {
    ...step,
    send: step.send.map((message) => {
      if (message.kind !== 'shares') return message;
      const bytes = message.bytes.slice();
      for (let at = commitmentBytes + 2; at < bytes.length; at += entryBytes) bytes[at] = bytes[at]! ^ 0xff;
      return { ...message, bytes };
    }),
  };
}
