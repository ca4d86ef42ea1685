// The wire: two unions, by direction. The event name is `kind`; binary fields travel as socket.io attachments.
// PROTOCOL.md has the rules; parse.ts turns unknown input into these types.

export const protocolVersion = 1;

/** Client to server. */
export type ClientMessage =
  /** Train first, join after: the update for `modelHash` is already computed. */
  | {
      readonly kind: 'join';
      readonly protocol: number;
      /** Hex SHA-256 of the model file that the update was trained on. */
      readonly modelHash: string;
      readonly policyHash: string;
      /** 32 hex characters, fresh each join; re-attaches a dropped connection within the grace. */
      readonly resume: string;
      /** Declared by simulated participants; a waiting real visitor is seated before any of them. */
      readonly simulated: boolean;
    }
  /** After a reconnect inside the grace. The upload then restarts with the same bytes from frame 0. */
  | { readonly kind: 'resume'; readonly roundId: string; readonly resume: string }
  /** One frame of the upload: seq u16 LE, last u8, bytes; the last frame ends with the SHA-256 of the payload. */
  | { readonly kind: 'update'; readonly roundId: string; readonly frame: Uint8Array }
  | { readonly kind: 'leave' };

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
  /** Stage of the round that this client is in. */
  | {
      readonly kind: 'progress';
      readonly roundId: string;
      readonly stage: 'collect' | 'aggregate' | 'publish';
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

export type AbortCode = 'too-few' | 'deadline' | 'stopped' | 'server-error';

export type RefusalCode =
  | 'protocol-version'
  | 'stale-model'
  | 'wrong-policy'
  | 'stopped'
  | 'full'
  | 'not-in-round'
  | 'late'
  | 'duplicate'
  | 'bad-message'
  | 'bad-frame'
  | 'too-large'
  | 'rate';
