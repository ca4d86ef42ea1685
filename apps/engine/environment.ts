// What the engine is handed and never reaches for: stores, transport, randomness, clock, HTTP, locks, other tabs, facts about the device.
// The browser's are wired in worker.ts, Node's by the fleet, and memory.ts has one of each for tests and simulated participants.
import type { CoreModule } from '#shared/core/module.ts';
import type { RandomSource } from '#shared/maths/random.ts';
import type { ClientMessage, ServerMessage } from '#shared/protocol/messages.ts';
import type { MaskCrypto } from '#shared/secagg/crypto.ts';
import type { Backend, Consent } from './api.ts';
import type { CacheStore } from './cache-store.ts';
import type { Announced } from './federation-client.ts';
import type { HistoryStore } from './history-store.ts';
import type { LedgerStore } from './ledger-store.ts';
import type { Masking } from './masking.ts';
import type { Participation } from './participation.ts';
import type { Published } from './published.ts';
import type { TrainerFactory } from './trainer.ts';

export interface Clock {
  /** Unix ms. May jump either way: nothing that protects privacy relies on it going forward. */
  now(): number;
  /** Runs `run` once after `delayMs`. Returns a cancel that is safe to call twice. */
  after(delayMs: number, run: () => void): () => void;
}

export interface HttpAnswer {
  readonly status: number;
  /** The decoded body, never longer than the limit asked for. */
  readonly body: Uint8Array;
}

export interface Http {
  /**
   * GETs a path of the aggregator, such as `/v1/status`. `limitBytes` counts decoded bytes, so that a compressed bomb stops too.
   * Rejects with HttpError when unreachable, too slow or too long; any status code is an answer.
   * @param held the first bytes of what never changes, from an HttpError: the server is asked for the rest, and the answer is the whole.
   */
  get(path: string, limitBytes: number, held?: Uint8Array): Promise<HttpAnswer>;
}

/** SHA-256 of bytes as 64 lower-case hex characters. */
export type Digest = (bytes: Uint8Array) => string | Promise<string>;

export interface TransportHandlers {
  readonly onOpen: () => void;
  /** Already parsed with limits. */
  readonly onMessage: (message: ServerMessage) => void;
  /** A message that did not parse; it changes nothing and is only counted. */
  readonly onFault: (error: unknown) => void;
  /** The connection failed or ended; called at most once, and not after `close`. */
  readonly onClose: () => void;
}

export interface Connection {
  /** Hands a message to the socket in order. Does nothing once closed. */
  send(message: ClientMessage): void;
  /** Resolves when the socket holds nothing any more of what was sent, or is closed. Not there where the transport cannot tell. Never rejects. */
  drained?(): Promise<void>;
  /** Safe to call twice. */
  close(): void;
}

export interface Transport {
  /** Over https, or to this computer: nobody else reads along. */
  readonly secure: boolean;
  /** Opens one connection. It does not reconnect by itself. */
  connect(handlers: TransportHandlers): Connection;
}

/** Web Locks, or their equal within one process. */
export interface Locks {
  /** Waits for the lock `name`, runs `work` while holding it, and releases it. Rejects with AbortError when aborted while waiting. */
  run<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Between the tabs of one profile. Never carries what a person did, only that something changed. */
export type TabMessage =
  /** consent: the stored one may be another. granted: more is allowed than before, and that is stored. */
  | { readonly kind: 'history' | 'tuning' | 'consent' | 'granted' | 'ledger' | 'erased' }
  /** Said before it is stored, and obeyed before anything is read: this consent, and what needs it, is taken back. */
  | { readonly kind: 'withdrawn'; readonly consent: keyof Consent };

export interface Tabs {
  announce(message: TabMessage): void;
  /** Calls back for messages of other tabs only. Returns the unsubscriber. */
  listen(listener: (message: TabMessage) => void): () => void;
  close(): void;
}

/** What is observed about the device; null where the browser does not tell. */
export interface DeviceFacts {
  readonly visible: boolean;
  /** The person has not used the device for a minute or more. */
  readonly idle: boolean | null;
  readonly charging: boolean | null;
  /** 0..1 */
  readonly batteryLevel: number | null;
  readonly saveData: boolean | null;
  readonly metered: boolean | null;
  readonly pressure: 'nominal' | 'fair' | 'serious' | 'critical' | null;
  readonly online: boolean;
  /** navigator.storage.persisted(); null where unknown. */
  readonly persisted: boolean | null;
}

export interface FactsSource {
  current(): DeviceFacts;
  /** Returns the unsubscriber. */
  watch(listener: () => void): () => void;
}

/** How a participation ended. `charged` says whether the ledger paid for it. */
export interface RoundOutcome {
  readonly roundId: string;
  readonly status: 'published' | 'aborted';
  readonly charged: boolean;
  /** The abort's code, or what this device refused. */
  readonly code: string | null;
  readonly cohort: number | null;
  readonly modelVersion: number | null;
}

export interface EngineParts {
  readonly historyStore: HistoryStore;
  readonly ledgerStore: LedgerStore;
  readonly cacheStore: CacheStore;
  readonly transport: Transport;
  /** cryptographicRandom() in the product. A test may hand in a seeded source. */
  readonly random: RandomSource;
  readonly clock: Clock;
  readonly http: Http;
  /** What downloads are checked with. */
  readonly digest: Digest;
  readonly locks: Locks;
  readonly tabs: Tabs;
  readonly facts: FactsSource;
  /**
   * Gets the compiled WASM core, when something is first computed on it; absent, or null where it cannot be had: then everything is computed in
   * plain JavaScript, with the same results. Never rejects.
   */
  readonly core?: () => Promise<CoreModule | null>;
  /** The code that ranks by a history, where it is loaded already. Default: loaded when there is one, or once the first list was given. */
  readonly ranking?: typeof import('./ranking.ts');
  /** The code of taking part, where it is loaded already. Default: loaded when the person first consents to train, never before. */
  readonly participation?: { readonly Participation: typeof Participation };
  /** Called when training first starts, never before: it imports tfjs in the browser. */
  readonly createTrainer: TrainerFactory;
  /** Called when a round is first entered, never before: it tries the platform's primitives. */
  readonly createMaskCrypto: () => Promise<MaskCrypto>;
  /** From ?backend= or null. */
  readonly forcedBackend?: Backend | null;
  /** Declared in each join; a waiting real visitor is seated first. */
  readonly simulated?: boolean;
  /** Told when a participation ended, for whatever reason. */
  readonly onRoundEnd?: (outcome: RoundOutcome) => void;
  /** In place of this build's own masks, for experiments; TypeError unless `simulated`. */
  readonly loadMasking?: () => Promise<Masking>;
  /** Published models that a process with many engines gets, checks and computes once for all. Default: each engine its own, over `http`. */
  readonly loadPublished?: (announced: Announced) => Promise<Published>;
  /** false: the vectors of the last upload are not kept to be shown. Default true. */
  readonly inspects?: boolean;
}
