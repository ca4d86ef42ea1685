// What a test can ask of the worker in the lab page.
import type { RoundCore } from '#shared/core/rounds.ts';
import type { Problem } from '#shared/testing/made-up-problem.ts';
import type { MadeUpRows } from '#shared/testing/made-up-rows.ts';
import type { Backend, BackendReason } from '../../engine/api.ts';
import type { DeviceCounts, OpenedDevice } from '../../engine/testing/counted-device.ts';
import type { PartWithSeed } from './encode.ts';

export type DeviceBackend = 'webgpu' | 'webgl' | 'cpu';

/**
 * How a backend is spoilt. zeros, throws: what computes on it (WebGL, processor: a subtraction). invalid: its shaders do not compile. fault: the
 * device reports an error that nobody asked about. silent: what is read never comes, and the clock is at the limit at once.
 */
export type Sabotage = 'zeros' | 'throws' | 'invalid' | 'fault' | 'silent';

export type LabCall =
  /** One trainer, all the problems one after the other. */
  | { readonly kind: 'agree'; readonly forced: Backend; readonly problems: readonly Problem[] }
  /** The softmax fit. @param tileBytes of WebGPU, so that a small table has several tiles. */
  | {
      readonly kind: 'softmax';
      readonly backend: Backend;
      readonly rows: MadeUpRows;
      readonly steps: number;
      readonly tileBytes?: number;
    }
  /** A first fit and one more, of each kind, counted. */
  | { readonly kind: 'count'; readonly problem: Problem; readonly rows: MadeUpRows }
  | { readonly kind: 'rounds'; readonly forced: DeviceBackend; readonly problem: Problem; readonly rounds: number }
  | {
      readonly kind: 'lose';
      readonly forced: DeviceBackend;
      readonly problem: Problem;
      readonly times: number;
      readonly when: 'before' | 'during';
    }
  | {
      readonly kind: 'sabotage';
      readonly forced: DeviceBackend;
      readonly how: Sabotage;
      readonly problem: Problem;
    }
  /** Without a name, on one trainer: a table of each of these sizes. */
  | {
      readonly kind: 'choose';
      readonly sizes: readonly { readonly items: number; readonly dimension: number }[];
      /** Whether the software adapter says that it is one. */
      readonly adapter: 'honest' | 'taken for hardware';
      /** What the clock shows for a round on the graphics processor and on the processor, above 5 ms; null: the true clock. */
      readonly clock: { readonly webgpuMs: number; readonly processorMs: number } | null;
    }
  /** The softmax fit on what is fastest; the clock as above, of any values. */
  | {
      readonly kind: 'fastest';
      readonly rows: MadeUpRows;
      readonly adapter: 'honest' | 'taken for hardware';
      readonly clock: { readonly webgpuMs: number; readonly processorMs: number };
    }
  | { readonly kind: 'encode'; readonly seed: number; readonly config: readonly number[]; readonly twin: Twin }
  | { readonly kind: 'take-part'; readonly part: PartWithSeed; readonly twin: Twin };

/** Which of the core's twins computes. */
export type Twin = RoundCore['kind'];

export interface Trained {
  readonly backend: Backend | null;
  readonly reasons: readonly BackendReason[];
  /** Largest relative error against the reference. */
  readonly error: number;
}

export interface FittedRows {
  /** Largest relative error against the reference: of u, of the loss before, of the loss after. */
  readonly errors: readonly number[];
}

export interface Counted {
  /** Of the first fit of the product, with what comes before it, and of the next, on a new model. */
  readonly implicitFirst: DeviceCounts;
  readonly implicitNext: DeviceCounts;
  /** Of the softmax fit, without its loss. */
  readonly softmaxFirst: DeviceCounts;
  readonly softmaxNext: DeviceCounts;
  readonly device: OpenedDevice;
}

export interface Rounds extends Trained {
  /** tfjs's own counts after the first rounds and after the last. */
  readonly tensorsAfterFirst: number;
  readonly tensorsAfterLast: number;
  readonly bytesAfterFirst: number;
  readonly bytesAfterLast: number;
  /** Of WebGPU, in the same time. */
  readonly buffersAdded: number;
  readonly bufferBytesAdded: number;
  /** After the trainer was closed. */
  readonly tensorsAfterClose: number;
}

export interface Chosen {
  readonly backend: Backend | null;
  readonly reasons: readonly BackendReason[];
  /** Asked for while the table was loaded. */
  readonly devices: number;
}

export interface Fastest {
  readonly backend: Backend;
  readonly processorMs: number;
  readonly webgpuMs: number | null;
}

export interface LabAnswer {
  readonly id: number;
  readonly value: unknown;
  readonly error: string | null;
}
