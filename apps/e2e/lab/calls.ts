// What a test can ask of the worker in the lab page.
import type { RoundCore } from '#shared/core/rounds.ts';
import type { Problem } from '#shared/testing/made-up-problem.ts';
import type { Backend } from '../../engine/api.ts';
import type { PartWithSeed } from './encode.ts';

/** How a backend is spoilt before it is probed: a matrix product that gives zeros, or one that throws. */
export type Sabotage = 'zeros' | 'throws';

export type LabCall =
  /** One trainer, all the problems one after the other. */
  | { readonly kind: 'agree'; readonly forced: Backend; readonly problems: readonly Problem[] }
  | { readonly kind: 'rounds'; readonly forced: Backend; readonly problem: Problem; readonly rounds: number }
  | {
      readonly kind: 'lose';
      readonly forced: Backend;
      readonly problem: Problem;
      readonly times: number;
      readonly when: 'before' | 'during';
    }
  | {
      readonly kind: 'sabotage';
      readonly forced: 'webgpu' | 'webgl' | 'cpu';
      readonly how: Sabotage;
      readonly problem: Problem;
    }
  | { readonly kind: 'choose'; readonly forced: Backend | null }
  | { readonly kind: 'encode'; readonly seed: number; readonly config: readonly number[]; readonly twin: Twin }
  | { readonly kind: 'take-part'; readonly part: PartWithSeed; readonly twin: Twin };

/** Which of the core's twins computes. */
export type Twin = RoundCore['kind'];

export interface Trained {
  readonly backend: Backend;
  readonly reason: string;
  /** Largest relative error against the reference. */
  readonly error: number;
}

export interface Rounds extends Trained {
  /** tfjs's own counts after the first round and after the last. */
  readonly tensorsAfterFirst: number;
  readonly tensorsAfterLast: number;
  readonly bytesAfterFirst: number;
  readonly bytesAfterLast: number;
  /** After the trainer was closed. */
  readonly tensorsAfterClose: number;
}

export interface LabAnswer {
  readonly id: number;
  readonly value: unknown;
  readonly error: string | null;
}
