// A simulated participant: the engine as it is, with a person's history put in, consent given to whatever the federation is, memory stores, the reference trainer
// and real sockets. It declares itself simulated in each join. Runs in Node and in a worker thread.
import type { CoreModule } from '#shared/core/module.ts';
import type { RandomSource } from '#shared/maths/random.ts';
import { sha256Hex } from '#shared/protocol/canonical.ts';
import { type MaskCrypto, maskCrypto } from '#shared/secagg/crypto.ts';
import type { HistoryRow } from './api.ts';
import type { CacheStore } from './cache-store.ts';
import { createEngine, type LocalEngine } from './engine.ts';
import type { Clock, RoundOutcome, Transport } from './environment.ts';
import { FetchHttp } from './http.ts';
import type { LedgerStore } from './ledger-store.ts';
import {
  MemoryCacheStore,
  MemoryFacts,
  MemoryHistoryStore,
  MemoryLedgerStore,
  MemoryLocks,
  MemoryTabs,
  SystemClock,
} from './memory.ts';
import { Participation } from './participation.ts';
import * as ranking from './ranking.ts';
import { ReferenceTrainer } from './reference-trainer.ts';
import type { Trainer } from './trainer.ts';
import { SocketTransport } from './transport.ts';

export interface SimulatedParticipantOptions {
  /** The aggregator's origin. */
  readonly url: string;
  readonly history: readonly HistoryRow[];
  /** Randomness of rounding, noise, keys and jitter: seeded for a reproducible simulation. */
  readonly random: RandomSource;
  /** The person's own ledger, kept from visit to visit. Default: a new one. */
  readonly ledgerStore?: LedgerStore;
  /** Downloads shared by the participants of one process. Default: its own. */
  readonly cacheStore?: CacheStore;
  /** Also takes part where updates are sent alone. Default false. */
  readonly alone?: boolean;
  /** How long training takes on this person's device, ms. Default 0. */
  readonly trainingMs?: number;
  readonly clock?: Clock;
  /** The compiled WASM core, one for all of a thread. Default: plain JavaScript. */
  readonly core?: CoreModule | null;
  /** Default: a socket to `url`. */
  readonly transport?: Transport;
  /** Called when a participation ended: published, aborted, or refused by this device. */
  readonly onRoundEnd?: (outcome: RoundOutcome) => void;
}

/** The same for all of a thread: the platform's primitives are tried once. */
let masks: Promise<MaskCrypto> | null = null;

/** Opens the engine and joins at once. `close()` leaves cleanly; `vanish()` and then `close()` does not say goodbye. */
export async function createSimulatedParticipant(options: SimulatedParticipantOptions): Promise<LocalEngine> {
  const clock = options.clock ?? new SystemClock();
  const historyStore = new MemoryHistoryStore();
  await historyStore.merge(options.history);
  await historyStore.setConsent({ keep: true, train: true, send: true, alone: options.alone ?? false, terms: null });
  return createEngine({
    historyStore,
    ledgerStore: options.ledgerStore ?? new MemoryLedgerStore(),
    cacheStore: options.cacheStore ?? new MemoryCacheStore(),
    transport: options.transport ?? new SocketTransport(options.url),
    random: options.random,
    clock,
    http: new FetchHttp(options.url),
    locks: new MemoryLocks(),
    tabs: new MemoryTabs().open(),
    facts: new MemoryFacts(),
    core: async () => options.core ?? null,
    ranking,
    createTrainer: async () => slowed(new ReferenceTrainer(), options.trainingMs ?? 0, clock),
    createMaskCrypto: () => {
      masks ??= maskCrypto(crypto.subtle);
      return masks;
    },
    digest: sha256Hex,
    participation: { Participation },
    simulated: true,
    ...(options.onRoundEnd === undefined ? {} : { onRoundEnd: options.onRoundEnd }),
  });
}

/** A trainer on a slower device: the same result, `delayMs` later. */
function slowed(trainer: Trainer, delayMs: number, clock: Clock): Trainer {
  if (delayMs <= 0) return trainer;
  return {
    backend: trainer.backend,
    reasons: trainer.reasons,
    load: (table) => trainer.load(table),
    train: async (interactions, onProgress) => {
      await new Promise<void>((resolve) => clock.after(delayMs, resolve));
      return trainer.train(interactions, onProgress);
    },
    close: () => trainer.close(),
  };
}
