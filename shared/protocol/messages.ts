// The wire: two unions, by direction. The event name is `kind`; binary fields travel as socket.io attachments.
// PROTOCOL.md has the rules; parse.ts turns unknown input into these types.

/** 3: a policy has phases, and a model file its learner. Version 2 knew neither, version 1 had unmasked rounds; both are refused. */
export const protocolVersion = 4;

/** Client to server. */
export type ClientMessage =
  /** Train first, join after: the update for `modelHash` is already computed. */
  | {
      readonly kind: 'join';
      readonly protocol: number;
      /** Hex SHA-256 of the model file that the update was trained on. */
      readonly modelHash: string;
      readonly policyHash: string;
      /** Declared by simulated participants; a waiting real visitor is seated before any of them. */
      readonly simulated: boolean;
    }
  /** After a reconnect inside the grace. `resume`: the 16 bytes of `advertise` in hex. */
  | { readonly kind: 'resume'; readonly roundId: string; readonly resume: string }
  /** What the mask machine says, in its own bytes: secagg/wire.ts. */
  | {
      readonly kind: 'advertise' | 'shares' | 'confirm' | 'unmask';
      readonly roundId: string;
      readonly bytes: Uint8Array;
    }
  /**
   * One frame of the upload: seq u16 LE, last u8, bytes; the last frame ends with the SHA-256 of the payload. `masked` under masks; `local` in
   * a round of mode 4, where nothing but the device's own noise protects it. A resumed upload restarts with the same bytes from frame 0.
   */
  | { readonly kind: 'masked' | 'local'; readonly roundId: string; readonly frame: Uint8Array }
  | { readonly kind: 'leave' };

/** Stages of a round that its members hear of. `collect` is the upload of mode 4. */
export const memberStages = [
  'advertise',
  'shares',
  'masked',
  'confirm',
  'unmask',
  'collect',
  'aggregate',
  'publish',
] as const;
export type MemberStage = (typeof memberStages)[number];

/** Server to client. */
export type ServerMessage =
  /** Sent on connecting and whenever a model is published. */
  | {
      readonly kind: 'model';
      readonly version: number;
      readonly hash: string;
      readonly policyHash: string;
    }
  /** How many people are here; sent to those who wait whenever it changes. */
  | { readonly kind: 'waiting'; readonly joined: number; readonly needed: number }
  /** The 184-byte RoundConfig. */
  | { readonly kind: 'config'; readonly config: Uint8Array }
  /** What the mask machine hears: secagg/wire.ts. */
  | {
      readonly kind: 'roster' | 'inbox' | 'unmask_req' | 'confirmations';
      readonly roundId: string;
      readonly bytes: Uint8Array;
    }
  /** Where the round that this client is in has come to. */
  | {
      readonly kind: 'progress';
      readonly roundId: string;
      readonly stage: MemberStage;
      /** Answers of this stage, and how many can still come. */
      readonly received: number;
      readonly expected: number;
    }
  | {
      readonly kind: 'result';
      readonly roundId: string;
      /** Updates in the sum. */
      readonly cohort: number;
      readonly modelVersion: number;
      readonly modelHash: string;
    }
  | { readonly kind: 'abort'; readonly roundId: string; readonly code: AbortCode }
  /** A join or message was not accepted. `retryAfterMs` null: do not retry by yourself. */
  | {
      readonly kind: 'refused';
      readonly code: RefusalCode;
      readonly message: string;
      readonly retryAfterMs: number | null;
    };

export const abortCodes = ['too-few', 'too-few-shares', 'bad-shares', 'stopped', 'server-error'] as const;
export type AbortCode = (typeof abortCodes)[number];

export const refusalCodes = [
  'protocol-version',
  'stale-model',
  'wrong-policy',
  'stopped',
  'full',
  'not-in-round',
  'late',
  'duplicate',
  'out-of-order',
  'bad-key',
  'bad-message',
  'bad-frame',
  'too-large',
  'rate',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];
