// One visit of one simulated person: the device's own engine, with the person's history and ledger, from opening the page to closing it, or to
// vanishing in the middle of a round. It notes what was sent, what came of each round, and when. The engine, its stores, the protocol and the
// pipeline are the product's; what is handed in here is the clock, the network, randomness, and how this device and this person behave.

import type { CoreModule } from '#shared/core/module.ts';
import type { RandomSource } from '#shared/maths/random.ts';
import { sha256Hex, toHex } from '#shared/protocol/canonical.ts';
import type { ClientMessage, ServerMessage } from '#shared/protocol/messages.ts';
import type { MaskCrypto } from '#shared/secagg/crypto.ts';
import type { HistoryRow } from '../engine/api.ts';
import type { CacheStore } from '../engine/cache-store.ts';
import { createEngine, type LocalEngine } from '../engine/engine.ts';
import type { Clock, Connection, EngineParts, Http, RoundOutcome, Transport } from '../engine/environment.ts';
import type { LedgerStore } from '../engine/ledger-store.ts';
import { MemoryFacts, MemoryHistoryStore, MemoryLocks, MemoryTabs } from '../engine/memory.ts';
import { Participation } from '../engine/participation.ts';
import * as ranking from '../engine/ranking.ts';
import { ReferenceTrainer } from '../engine/reference-trainer.ts';
import type { Trainer } from '../engine/trainer.ts';
import { fastestWorkMs, type Processor, type Waits } from './device.ts';
import type { Malice } from './malice.ts';
import { maskingOf } from './masks.ts';
import type { Line } from './network.ts';
import { wireBytes } from './wire-bytes.ts';

/** Stages of a round in which a device has something to say, in order. */
export const answerStages = ['advertise', 'shares', 'masked', 'confirm', 'unmask'] as const;
export type AnswerStage = (typeof answerStages)[number];

/** counted: the update is in the sum. late: the round went on without it. lost: its connection or its own check ended it. */
export const endings = ['counted', 'aborted', 'late', 'left', 'vanished', 'lost'] as const;
export type Ending = (typeof endings)[number];

/** One seat in one round, as the device saw it. */
export interface Part {
  readonly roundId: string;
  readonly ending: Ending;
  /** What ended it, where the device was told. */
  readonly code: string | null;
  /** The stage whose answer was never given; null when all were. */
  readonly missing: AnswerStage | null;
  readonly charged: boolean;
  /** From beginning to train to asking for a seat, and from the config to the last byte of the upload; null without one. ms. */
  readonly readyMs: number;
  readonly uploadMs: number | null;
  /** Bytes of the round's own messages. */
  readonly upBytes: number;
  readonly downBytes: number;
}

export interface VisitOptions {
  readonly clock: Clock;
  readonly transport: Transport & Line;
  readonly http: Http;
  readonly cacheStore: CacheStore;
  readonly loadPublished?: NonNullable<EngineParts['loadPublished']>;
  readonly createMaskCrypto: () => Promise<MaskCrypto>;
  readonly core: CoreModule | null;
  readonly masked: boolean;
  /** Of jitter; of noise; of keys. */
  readonly random: RandomSource;
  readonly noise: RandomSource;
  readonly keys: RandomSource;
  readonly history: readonly HistoryRow[];
  readonly ledgerStore: LedgerStore;
  readonly waits: Waits;
  readonly processor: Processor;
  readonly malice: Malice | null;
  /** Asked for each seat: before which message of the round the device vanishes; null: it stays. */
  readonly vanishes: () => AnswerStage | null;
  readonly onPart: (part: Part) => void;
  readonly onBytes: (up: number, down: number) => void;
  /** The device is gone; the visit is over. */
  readonly onVanished: () => void;
}

export interface Visit {
  /** The person closes the page: leaves a round that is going on, and says so. */
  end(): Promise<void>;
}

/** What is known of the round that the device is in. */
interface Seat {
  readonly roundId: string;
  readonly readyMs: number;
  readonly configuredMs: number;
  said: AnswerStage | null;
  uploadMs: number | null;
  upBytes: number;
  downBytes: number;
}

/** Opens the page. Resolves when the engine is there; it goes on by itself. */
export async function startVisit(options: VisitOptions): Promise<Visit> {
  const { clock, waits } = options;
  const watch = new Watch(options);
  const historyStore = new MemoryHistoryStore();
  await historyStore.merge(options.history);
  // Simulated people agree to whatever the federation is.
  await historyStore.setConsent({ keep: true, train: true, send: true, alone: true, terms: null });
  const { loadPublished } = options;
  const engine = await createEngine({
    historyStore,
    ledgerStore: options.ledgerStore,
    cacheStore: options.cacheStore,
    transport: watch,
    random: options.random,
    clock,
    http: options.http,
    locks: new MemoryLocks(),
    tabs: new MemoryTabs().open(),
    facts: new MemoryFacts(),
    createTrainer: async () => onProcessor(new ReferenceTrainer(), options, () => watch.training()),
    createMaskCrypto: options.createMaskCrypto,
    core: async () => options.core,
    ranking,
    digest: sha256Hex,
    participation: { Participation },
    loadMasking: async () => maskingOf(options),
    simulated: true,
    inspects: false,
    onRoundEnd: (outcome) => watch.roundEnded(outcome),
    ...(loadPublished === undefined ? {} : { loadPublished }),
  });
  let isOver = false;
  const leave = async (ending: 'left' | 'vanished'): Promise<void> => {
    if (isOver) return;
    isOver = true;
    await watch.leaveBy(ending, engine);
    waits.off();
    await engine.close();
  };
  watch.onVanish = () => {
    void leave('vanished').then(options.onVanished);
  };
  return { end: () => leave('left') };
}

/** Training takes the device's time. What is trained for a page that was closed is not trained. */
function onProcessor(trainer: Trainer, { processor, waits }: VisitOptions, onTraining: () => void): Trainer {
  return {
    backend: trainer.backend,
    reasons: trainer.reasons,
    load: (table) => trainer.load(table),
    train: async (interactions, onProgress) => {
      onTraining();
      await processor.work(fastestWorkMs.training());
      if (waits.isOff) throw new Error('the page was closed while it trained');
      return trainer.train(interactions, onProgress);
    },
    close: () => trainer.close(),
  };
}

/** A transport that counts and notes, and at which the device's own misfortunes and ill will begin. */
class Watch implements Transport {
  readonly #options: VisitOptions;
  /** Unix ms: when training began last, and how long it was from there to the last join. */
  #trainingMs: number | null = null;
  #readyMs = 0;
  #seat: Seat | null = null;
  #vanishesAt: AnswerStage | null = null;
  #ending: 'left' | 'vanished' | null = null;
  #isGone = false;
  onVanish: () => void = () => {};

  constructor(options: VisitOptions) {
    this.#options = options;
  }

  get secure(): boolean {
    return this.#options.transport.secure;
  }

  connect(handlers: Parameters<Transport['connect']>[0]): Connection {
    const connection = this.#options.transport.connect({
      ...handlers,
      onMessage: (message) => {
        if (this.#isGone) return;
        this.#received(message);
        handlers.onMessage(message);
      },
    });
    return {
      send: (message) => {
        if (this.#isGone || !this.#sending(message)) return;
        connection.send(message);
        if (message.kind === 'masked') this.#uploading(connection);
      },
      ...(connection.drained === undefined ? {} : { drained: () => connection.drained!() }),
      close: () => {
        if (!this.#isGone) connection.close();
      },
    };
  }

  training(): void {
    this.#trainingMs = this.#options.clock.now();
  }

  roundEnded(outcome: RoundOutcome): void {
    this.#finish(endingOf(outcome, this.#ending), outcome.code, outcome.charged);
  }

  /** The engine closes, or the device is gone. */
  async leaveBy(ending: 'left' | 'vanished', engine: LocalEngine): Promise<void> {
    this.#ending = ending;
    if (ending === 'left') return;
    this.#isGone = true;
    this.#options.transport.vanish();
    engine.vanish();
    if (this.#seat === null) return;
    const { roundId } = this.#seat;
    const { rows } = await this.#options.ledgerStore.read();
    this.#finish(
      'vanished',
      null,
      rows.some((row) => row.roundId === roundId && row.rho > 0),
    );
  }

  #received(message: ServerMessage): void {
    const bytes = wireBytes(message, 'server');
    this.#options.onBytes(0, bytes);
    if (message.kind === 'config' && this.#seat === null) {
      this.#vanishesAt = this.#options.vanishes();
      this.#seat = {
        // Bytes 8 to 23 of the RoundConfig.
        roundId: toHex(message.config.subarray(8, 24)),
        configuredMs: this.#options.clock.now(),
        readyMs: this.#readyMs,
        said: null,
        uploadMs: null,
        upBytes: 0,
        downBytes: 0,
      };
    }
    if (this.#seat !== null) this.#seat.downBytes += bytes;
  }

  /** Whether the message goes out. */
  #sending(message: ClientMessage): boolean {
    const { kind } = message;
    const { malice, clock } = this.#options;
    const stage = answerStages.find((known) => known === kind) ?? null;
    if (stage !== null && stage === this.#vanishesAt) {
      this.#isGone = true;
      // Once the engine's own call is over.
      clock.after(0, this.onVanish);
      return false;
    }
    if (stage !== null && malice === 'silent') return false;
    const bytes = wireBytes(message, 'client');
    this.#options.onBytes(bytes, 0);
    // Whoever asks again with the update that it has still took as long to make it.
    if (message.kind === 'join' && this.#trainingMs !== null) {
      this.#readyMs = clock.now() - this.#trainingMs;
      this.#trainingMs = null;
    }
    const seat = this.#seat;
    if (seat !== null) {
      seat.upBytes += bytes;
      if (stage !== null) seat.said = stage;
    }
    return true;
  }

  /** Notes when the frames so far have left the device; the last one says when the upload has. */
  #uploading(connection: Connection): void {
    const seat = this.#seat;
    if (seat === null) return;
    void connection.drained?.().then(() => {
      seat.uploadMs = this.#options.clock.now() - seat.configuredMs;
    });
  }

  #finish(ending: Ending, code: string | null, charged: boolean): void {
    const seat = this.#seat;
    if (seat === null) return;
    this.#seat = null;
    const { roundId, said, readyMs, uploadMs, upBytes, downBytes } = seat;
    const missing = answerStages[said === null ? 0 : answerStages.indexOf(said) + 1] ?? null;
    this.#options.onPart({ roundId, ending, code, missing, charged, readyMs, uploadMs, upBytes, downBytes });
  }
}

function endingOf({ status, code }: RoundOutcome, ending: 'left' | 'vanished' | null): Ending {
  if (status === 'published') return 'counted';
  if (ending !== null) return ending;
  if (code === 'late') return 'late';
  return code === 'connection-lost' || code === 'silence' || code === null || !serverEnds.has(code)
    ? 'lost'
    : 'aborted';
}

/** Codes by which the server ends a round for everybody. */
const serverEnds: ReadonlySet<string> = new Set(['too-few', 'too-few-shares', 'bad-shares', 'stopped', 'server-error']);
