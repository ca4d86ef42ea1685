// What the coordinator drives between a round's config and its sum: the mask machine in mode 1, uploads alone in mode 4. Events in, steps out.

import type { AbortCode } from '#shared/protocol/messages.ts';
import type { ServerEvent, ServerRefusal, ServerSend, ServerStage } from '#shared/secagg/server.ts';

/** Stages that wait for answers of the members. `collect` is mode 4's only one. */
export type AnswerStage = ServerStage | 'collect';

export type MachineEvent =
  | Extract<ServerEvent, { readonly seat: number }>
  /** A complete upload of mode 4. */
  | { readonly kind: 'local'; readonly seat: number; readonly payload: Uint8Array }
  | { readonly kind: 'deadline'; readonly stage: AnswerStage };

export interface MachineStep {
  /** Where the round is after it; the last one when there is an outcome. */
  readonly stage: AnswerStage;
  readonly send: readonly ServerSend[];
  readonly refused: readonly ServerRefusal[];
  /** Seats that are out from here on, as in the mask machine's step. */
  readonly out: readonly number[];
  /** Answers of this stage, and those together with the ones that can still come. */
  readonly answered: number;
  readonly asked: number;
  readonly outcome: MachineOutcome | null;
}

export type MachineOutcome =
  /** `seats`: whose update is in the sum. */
  { readonly kind: 'done'; readonly seats: readonly number[] } | { readonly kind: 'aborted'; readonly code: AbortCode };

export interface RoundMachine {
  /** How it begins: the config to everybody. */
  readonly first: MachineStep;
  /** One event; each waits for those before it. */
  handle(event: MachineEvent): Promise<MachineStep>;
  /** Uint32Array[D], each below 2^b, once the outcome is done; null before. */
  readonly sum: Uint32Array | null;
}
