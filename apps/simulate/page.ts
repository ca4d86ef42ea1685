// A page of one person on one device: their visit, with what the scenario has in store for it. The same in virtual and in real time; network, files
// and randomness are handed in.
import type { CoreModule } from '#shared/core/module.ts';
import type { RandomSource } from '#shared/maths/random.ts';
import type { MaskCrypto } from '#shared/secagg/crypto.ts';
import type { CacheStore } from '../engine/cache-store.ts';
import type { Clock } from '../engine/environment.ts';
import { MemoryLedgerStore } from '../engine/memory.ts';
import { Chance, stream } from './chance.ts';
import { maliceOf, type Page, type PageEvents, type PersonState } from './crowd.ts';
import { type Device, Processor, Waits } from './device.ts';
import type { People } from './people.ts';
import type { Scenario } from './spec.ts';
import { answerStages, startVisit, type VisitOptions } from './visit.ts';

/** What a device would cache is in the library once for all; here is only said that it is there, so that nothing is encoded again for each. */
const cachedElsewhere: CacheStore = {
  // Without an announcement a device asks the server first.
  get: async (key) => (key === 'announcement' ? null : new Uint8Array(0)),
  put: async () => {},
  keepOnly: async () => {},
  clear: async () => {},
};

/** The longest that a timer of this platform can wait, ms. */
export const longestWaitMs = 2 ** 31 - 1;

export interface PageParts {
  readonly scenario: Scenario;
  readonly people: People;
  readonly clock: Clock;
  readonly crypto: MaskCrypto;
  readonly core: CoreModule | null;
  /** Of jitter; of noise; of keys. By the name of the visit and what it is for. */
  readonly randomOf: (visit: readonly (string | number)[], purpose: 'jitter' | 'noise' | 'keys') => RandomSource;
  /** The device's network, which waits as the device does. */
  readonly connect: (waits: Waits) => Required<Pick<VisitOptions, 'transport' | 'http' | 'loadPublished'>>;
}

export function openPage(parts: PageParts, person: PersonState, device: Device, events: PageEvents): Page {
  const { scenario, people, clock, crypto, core, randomOf } = parts;
  const waits = new Waits(clock);
  const processor = new Processor(clock, waits, device.slowness);
  const name = ['person', person.person, 'visit', person.streams] as const;
  const misfortune = new Chance(stream(scenario.seed, ...name, 'misfortune'));
  const ledger = new MemoryLedgerStore(person.ledger);
  const network = parts.connect(waits);
  const visit = startVisit({
    ...network,
    ...events,
    clock,
    cacheStore: cachedElsewhere,
    createMaskCrypto: async () => crypto,
    core,
    masked: scenario.masked,
    random: randomOf(name, 'jitter'),
    noise: randomOf(name, 'noise'),
    keys: randomOf(name, 'keys'),
    history: people.tastesOf(person.person).history,
    ledgerStore: ledger,
    waits,
    processor,
    malice: maliceOf(scenario, person.person),
    vanishes: () => {
      const stage = answerStages[misfortune.below(answerStages.length)] ?? null;
      return misfortune.happens(scenario.dropout) ? stage : null;
    },
  });
  let cancelBreak = (): void => {};
  const breakLater = (): void => {
    const delayMs = misfortune.exponential(device.breakMeanMs);
    if (!(delayMs < longestWaitMs)) return;
    cancelBreak = clock.after(delayMs, () => {
      network.transport.cut();
      breakLater();
    });
  };
  breakLater();
  return {
    ledger,
    busyMs: () => processor.busyMs,
    close: async () => {
      cancelBreak();
      await (await visit).end();
    },
  };
}
