// The engine's interface: one in the page, in the worker, in the fleet and in tests. The page reaches it through a worker; the fleet in process.
// Nothing here returns the user embedding, and nothing that it returns is ever sent.
import type { LearnerName } from '#shared/model/model.ts';
import type { PhaseName, Policy } from '#shared/protocol/policy.ts';
import type { ModelChoice } from '#shared/ranking/choice.ts';
import type { RankedReason, RankedSource } from '#shared/ranking/list.ts';
import type { Tuning } from '#shared/ranking/tuning.ts';

export type Action = 'like' | 'dislike' | 'seen';

/** One interaction as the person sees it. One row an item: the newest action wins. */
export interface HistoryRow {
  readonly itemId: string;
  readonly action: Action;
  /** Unix ms. */
  readonly at: number;
}

export type Source = RankedSource;

export interface Recommendation {
  readonly itemId: string;
  readonly score: number;
  readonly source: Source;
  /** The interaction that contributed most, and failing that the shared genre, the tuning or popularity. */
  readonly reason: RankedReason;
}

/** Why an item is where it is on the list. */
export interface Explanation {
  /** From 1; null: not among the first 100. */
  readonly place: number | null;
  readonly source: Source;
  /**
   * The interactions that speak for (above 0) and against the item, most for it first: parts of all that is said either way, so that the
   * magnitudes sum to 1. Empty where popularity and the tuning alone decide.
   */
  readonly parts: readonly { readonly itemId: string; readonly action: Action; readonly share: number }[];
  /** null: the parts add up to the score, of all interactions. Else: only so many of the newest were looked at, each left out in turn. */
  readonly newest: number | null;
}

/** What a change of one row did to the list. */
export interface ListChange {
  /** The row before, null where there was none. */
  readonly previous: HistoryRow | null;
  /** Item ids that were on the list and are not, and the other way round, each in the order of its list. */
  readonly left: readonly string[];
  readonly came: readonly string[];
  /** Length of the list after the change. */
  readonly listed: number;
  /** Rows that the list after the change was computed from. */
  readonly remaining: number;
}

export interface Consent {
  readonly keep: boolean;
  readonly train: boolean;
  readonly send: boolean;
  /** Also where the federation sends updates alone (mode 4), with this device's noise as all their protection. Off until chosen. */
  readonly alone: boolean;
}

export type ParticipationState = 'off' | 'waiting' | 'training' | 'sending' | 'pending' | 'paused';

/** Why the participation state is what it is; the page turns it into a sentence. */
export type Reason =
  | { readonly code: 'not-opted-in' }
  | { readonly code: 'training-only' }
  | { readonly code: 'people'; readonly joined: number; readonly needed: number }
  | { readonly code: 'connecting' }
  | { readonly code: 'progress'; readonly fraction: number }
  | { readonly code: 'others'; readonly received: number; readonly expected: number }
  | { readonly code: 'cooldown'; readonly untilMs: number }
  /** This browser took part in this phase of this epoch already: it waits for the next phase. */
  | { readonly code: 'phase-done' }
  | { readonly code: 'budget-spent' }
  /** Neither https nor this computer: what is masked for the server must not cross a network in clear. */
  | { readonly code: 'not-secure' }
  /** The federation sends updates alone, and the person has not allowed that. */
  | { readonly code: 'alone-not-allowed' }
  /** The federation's mode changed, or a participation costs more than when the person agreed: asks again, by switching `send` off and on. */
  | { readonly code: 'terms-changed' }
  | { readonly code: 'policy-refused'; readonly detail: string }
  | { readonly code: 'no-history' }
  | { readonly code: 'other-tab' }
  | { readonly code: 'offline' }
  | { readonly code: 'stopped-by-operator' }
  | { readonly code: 'hidden' | 'battery' | 'save-data' | 'metered' | 'pressure' | 'storage' };

export interface ModelInfo {
  readonly version: number;
  readonly hash: string;
  readonly items: number;
  readonly learner: LearnerName;
  /** The next round is one of this phase of this epoch. */
  readonly epoch: number;
  readonly phase: number;
  readonly phaseName: PhaseName;
}

export type Backend = 'webgpu' | 'webgl' | 'wasm' | 'cpu' | 'reference';

/** Why training runs where it does. Several belong together, in order; the page turns each into a sentence. */
export type BackendReason =
  /** By ?backend=. */
  | { readonly code: 'asked-for'; readonly backend: Backend }
  /** Items times dimension are too few for a graphics processor to be worth starting. */
  | { readonly code: 'small'; readonly work: number; readonly crossover: number }
  /** The training for one round took the processor so little, ms, that a graphics processor has no time to win. */
  | { readonly code: 'quick'; readonly processorMs: number }
  /**
   * missing: the browser has it not, or gives no device. software: only played by the processor. wrong: its self-test came out wrong. fault: the
   * device reported one. late: it did not answer. `detail`: more in the words of the browser, or empty.
   */
  | {
      readonly code: 'unusable';
      readonly backend: Backend;
      readonly why: 'missing' | 'software' | 'wrong' | 'fault' | 'late';
      readonly detail: string;
    }
  /** It solved a small known problem. `device`: what computes, in words. */
  | { readonly code: 'passed'; readonly backend: Backend; readonly device: string; readonly relativeError: number }
  /** What the training for one round took on the graphics processor and on the processor, ms. `remembered`: measured earlier. */
  | {
      readonly code: 'timed';
      readonly faster: 'webgpu' | 'processor';
      readonly webgpuMs: number;
      readonly processorMs: number;
      readonly remembered: boolean;
    }
  /** The device went away, and the fit under way was done without it. After the `last` time it is left alone. */
  | { readonly code: 'lost'; readonly backend: Backend; readonly times: number; readonly last: boolean };

export interface EngineState {
  readonly consent: Consent;
  readonly participation: ParticipationState;
  readonly reason: Reason;
  /** null until a model is loaded. */
  readonly model: ModelInfo | null;
  /** The trainer's backend; null while nothing was trained (tfjs is not loaded before opting in). */
  readonly backend: Backend | null;
  /** Why that backend; empty while there is none. */
  readonly backendReasons: readonly BackendReason[];
  readonly roundsTakenPart: number;
  readonly epsilonSpent: number;
  readonly epsilonCap: number;
  readonly delta: number;
  /** The policy that this device holds rounds to, checked, with its hash; the page shows this one and no other. null until it is loaded. */
  readonly policy: { readonly hash: string; readonly policy: Policy } | null;
  /** A withdrawal of consent holds in this page and could not be stored: a reload would not know of it. */
  readonly withdrawalUnsaved: boolean;
  /** Unix ms: when this browser's privacy account began. Cleared site data starts a new one. null while the ledger cannot be read. */
  readonly accountSince: number | null;
  /** Storage: `durable`, `best-effort` (persist() refused), `memory` (a private window or no IndexedDB). */
  readonly storage: 'durable' | 'best-effort' | 'memory';
  readonly historyCount: number;
  /** What storing did wrong last, if anything: 'quota', 'blocked', 'terminated'. */
  readonly storageFault: 'quota' | 'blocked' | 'terminated' | null;
  /** An erase that can still be undone, until then (unix ms). */
  readonly eraseUndoUntil: number | null;
  /** Steps of the current or last round, in order, each driven by a protocol message. */
  readonly steps: readonly RoundStep[];
  readonly online: boolean;
  /** What the person asks of the list. */
  readonly tuning: Tuning;
}

export interface RoundStep {
  readonly name:
    | 'trained'
    | 'joined'
    | 'config'
    /** Clipped, rotated, rounded, noised: before any key is told to anybody. */
    | 'noised'
    /** Public keys told. Not in mode 4, as the other steps of masks. */
    | 'keys'
    /** Shares of the mask secrets dealt to the neighbours. */
    | 'shares'
    | 'charged'
    /** The masked update left (in mode 4: the noised one). */
    | 'sent'
    /** Told the neighbours who is in the sum. */
    | 'confirmed'
    /** Enough of them saw the same, so the shares were given. */
    | 'unmasked'
    | 'aggregating'
    | 'published'
    | 'aborted';
  readonly at: number;
  readonly detail?: string;
}

/** A phase of an epoch of a federation: where a device takes part once. */
export interface LedgerPlace {
  /** 32 hex characters. */
  readonly federation: string;
  readonly epoch: number;
  /** From 0. */
  readonly phase: number;
}

/** One row of the privacy ledger, one a round; holds nothing about items. */
export interface LedgerRow {
  readonly roundId: string;
  readonly policyHash: string;
  /** 1: masked among others. 4: sent alone. */
  readonly mode: 1 | 4;
  /** 0 where the round ended before anything was charged. */
  readonly rho: number;
  readonly at: number;
  /** entered: a seat was taken; nothing is charged and nothing has left. */
  readonly status: 'entered' | 'charged' | 'sent' | 'published' | 'aborted';
  readonly uploadBytes: number;
  readonly cohort: number | null;
  readonly modelVersion: number | null;
  /** null: of a phase without end, which has no such limit, or from before there were phases. */
  readonly place: LedgerPlace | null;
}

/** What the last upload looked like at each step of the pipeline, for the Privacy page; kept in memory only. */
export interface UploadInspection {
  readonly roundId: string;
  readonly mode: 1 | 4;
  /**
   * waiting: nothing of it has left. on-its-way: the masked update left, and the round goes on. among-others: the round is published, this
   * update in its sum. round-stopped: it left, and the server gave the round up. left-out: it left, and the round went on without it. unknown:
   * it left, and the connection was lost or this device left before the end. alone: it left without masks (mode 4).
   */
  readonly sent: 'waiting' | 'on-its-way' | 'among-others' | 'round-stopped' | 'left-out' | 'unknown' | 'alone';
  /** nMin: the sum that the server reads holds at least so many updates. */
  readonly minCohort: number;
  /** Real units, length D. */
  readonly raw: Float64Array;
  readonly clipped: Float64Array;
  /** Integer units, length D: after the rotation, after rounding, after noise. */
  readonly rotated: Float64Array;
  readonly rounded: Int32Array;
  readonly noised: Int32Array;
  /** Uint32Array[D], each below 2^bits: what left. null until it is computed, and in mode 4. */
  readonly masked: Uint32Array | null;
  /** b of the ring. */
  readonly bits: number;
  /** Bytes of the upload's payload. */
  readonly uploadBytes: number;
  /** Everything that this device said in the round, with its bytes (frames, headers and hash included), in order. */
  readonly messages: readonly {
    readonly kind: 'advertise' | 'shares' | 'masked' | 'local' | 'confirm' | 'unmask';
    readonly bytes: number;
  }[];
  /** Of this device's own noise, integer units. */
  readonly noiseStd: number;
  /** Integer units per 1.0. */
  readonly scale: number;
  /** z of the sum, against whoever sees sums alone; and z of this device's noise alone, against a server that fakes all the others. */
  readonly noiseMultiplier: number;
  readonly noiseMultiplierAlone: number;
  /** Cost of this participation. */
  readonly rho: number;
}

/** The visitor's own held-out likes under three rankings. */
export interface SelfEvaluation {
  /** Likes that were hidden; where there are no results, likes that there are. */
  readonly likes: number;
  /** Which model ranks for this person, and why. null until a model is loaded. */
  readonly choice: ModelChoice | null;
  /** Mean NDCG@10 over the hidden likes with a 95 % interval's half width; null below 5 likes. Without `shared` where that cannot score. */
  readonly results:
    | readonly {
        readonly ranking: 'shared' | 'alone' | 'popular';
        readonly ndcg10: number;
        readonly halfWidth95: number;
      }[]
    | null;
}

export interface ImportReport {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** First few problems, each naming row and field. */
  readonly problems: readonly string[];
}

export interface Engine {
  state(): EngineState;
  /** Calls back at once, after each change of `participation`, and at most 10 times a second after other changes. Returns the unsubscriber. */
  subscribe(listener: (state: EngineState) => void): () => void;
  /** Sets the action for an item; null removes it. Durable when it resolves. Returns the previous row (for undo). */
  record(itemId: string, action: Action | null, at?: number): Promise<HistoryRow | null>;
  /** As `record`, and says what that did to the list of `count` items. The list is the one of an engine that never had the row before. */
  recordAndCompare(itemId: string, action: Action | null, count: number, at?: number): Promise<ListChange>;
  history(): Promise<readonly HistoryRow[]>;
  recommend(count: number): Promise<readonly Recommendation[]>;
  /** Why an item is where it is; null for one that is not in the catalogue or has a row. */
  explain(itemId: string): Promise<Explanation | null>;
  /** The places, from 1, that items would have if there had never been a row for `removed`; null: not among the first 100. */
  placesWithout(removed: string, of: readonly string[]): Promise<readonly (number | null)[]>;
  /** Holds at once. Kept on this device while keeping is on, and never sent. Rejects with TypeError for a tuning that is none. */
  setTuning(tuning: Tuning): Promise<void>;
  similar(itemId: string, count: number): Promise<readonly { readonly itemId: string; readonly score: number }[]>;
  setConsent(consent: Partial<Consent>): Promise<Consent>;
  /** A JSON document: history, consent, tuning and ledger. */
  export(): Promise<string>;
  /** The ledger alone as a JSON document, with epsilon and when the account began. Nothing about items. */
  exportLedger(): Promise<string>;
  /** Idempotent union: for an item in both, the newer row wins. */
  import(json: string): Promise<ImportReport>;
  /** Deletes all but the ledger at once; can be undone from memory for 10 s. */
  erase(): Promise<void>;
  undoErase(): Promise<void>;
  ledger(): Promise<readonly LedgerRow[]>;
  inspectLastUpload(): Promise<UploadInspection | null>;
  evaluateSelf(): Promise<SelfEvaluation>;
  close(): Promise<void>;
}
