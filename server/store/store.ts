// The store: what outlives the process. Two implementations (SQLite and memory) pass one contract suite.
// All bytes handed in are copied or written; all bytes handed out belong to the caller.

/** A published model with all that is needed to go on from it. */
export interface ModelRecord {
  readonly version: number;
  /** Hex SHA-256 of `file`. */
  readonly hash: string;
  readonly file: Uint8Array;
  /** The server optimiser's state after this version. */
  readonly serverState: Uint8Array;
  readonly catalogueHash: string;
  readonly featuresHash: string;
  /** The round that made it; null for the content-initialised model and for one migrated to another catalogue. */
  readonly roundId: string | null;
  /** Unix ms. */
  readonly publishedAt: number;
}

export type RoundOutcome = 'open' | 'published' | 'aborted' | 'abandoned';

export interface RoundRecord {
  readonly id: string;
  readonly state: RoundOutcome;
  /** Version that the cohort trained on. */
  readonly baseVersion: number;
  readonly policyHash: string;
  /** RoundConfig, 184 bytes; null while people gathered. */
  readonly config: Uint8Array | null;
  /** Uploads in the sum; 0 unless published. */
  readonly cohort: number;
  /** The decoded integer sum, little-endian i32[D]; null unless published and recent. */
  readonly sum: Uint8Array | null;
  readonly abortCode: string | null;
  readonly modelVersion: number | null;
  /** Unix ms. */
  readonly openedAt: number;
  readonly closedAt: number | null;
}

/** What one transaction publishes. */
export interface Publication {
  readonly roundId: string;
  readonly cohort: number;
  readonly sum: Uint8Array;
  readonly model: ModelRecord;
}

export interface RoundCounts {
  readonly completed: number;
  /** Rounds whose cohort was fixed and that published nothing. */
  readonly failed: number;
}

/** Public files by the hash of their bytes. */
export type FileKind = 'features' | 'catalogue';

export interface Store {
  latestModel(): Promise<ModelRecord | null>;
  /** null when there is no such version or its bytes were pruned. */
  modelByVersion(version: number): Promise<ModelRecord | null>;
  /** Hashes of the newest versions whose bytes are kept, the newest first; fewer where there are fewer. */
  newestHashes(count: number): Promise<readonly string[]>;
  /** The file alone, for downloads. */
  modelFile(hash: string): Promise<Uint8Array | null>;
  /** Adds a model that no round made. Throws StoreError `conflict` unless its version follows the latest. */
  addModel(model: ModelRecord): Promise<void>;

  putFile(kind: FileKind, hash: string, bytes: Uint8Array): Promise<void>;
  file(kind: FileKind, hash: string): Promise<Uint8Array | null>;
  putPolicy(hash: string, json: string): Promise<void>;
  policy(hash: string): Promise<string | null>;

  openRound(round: { id: string; baseVersion: number; policyHash: string; openedAt: number }): Promise<void>;
  /** Durable before any member of the cohort sees the config. Throws StoreError `conflict` unless the round is open. */
  configureRound(id: string, config: Uint8Array): Promise<void>;
  /** Model, state and round in one transaction. Throws StoreError `conflict` and writes nothing unless the round is open and the version follows. */
  publish(publication: Publication): Promise<void>;
  /** Without effect on a round that is not open. */
  abortRound(id: string, code: string, closedAt: number): Promise<void>;
  /** Marks every open round as abandoned; returns how many. */
  abandonOpenRounds(closedAt: number): Promise<number>;
  round(id: string): Promise<RoundRecord | null>;
  roundOfModel(version: number): Promise<RoundRecord | null>;
  roundCounts(): Promise<RoundCounts>;

  setting(name: string): Promise<string | null>;
  putSetting(name: string, value: string): Promise<void>;

  /** Removes the bytes of models and sums older than the newest `kept` versions. */
  prune(kept: number): Promise<void>;
  /** Safe twice. */
  close(): Promise<void>;
}

/** `corrupt`: the file cannot be trusted, nothing was changed. `newer`: written by a later Tacit. `conflict`: another writer or a wrong order. */
export class StoreError extends Error {
  readonly code: 'corrupt' | 'newer' | 'conflict' | 'closed';
  constructor(code: StoreError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StoreError';
    this.code = code;
  }
}
