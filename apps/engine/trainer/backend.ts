// What a backend with a device of its own is to the trainer: opened once, watched for faults, closed. One module a backend (webgpu.ts, webgl.ts,
// cpu.ts), imported only when that backend is tried, so that a device downloads the one that it uses.
// tfjs has one global engine: at most one of these is open in a worker at a time.
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import type { BackendReason } from '../api.ts';
import type { Clock } from '../environment.ts';

export type DeviceBackendName = 'webgpu' | 'webgl' | 'cpu';

/** The product's fit on an open backend. Owns what it keeps on the device. */
export interface BackendFit {
  /** Takes a table to the device, in place of the one before; what is there already stays there. Rejects with BackendUnusable. */
  load(table: ItemTable): Promise<void>;
  /** As `Trainer.train`; rejects with BackendUnusable when the device was lost, reported a fault or gave numbers that are not finite. */
  train(interactions: Interactions, onProgress?: (fraction: number) => void): Promise<LocalResult>;
  /** Safe to call twice, and after the device was lost. */
  dispose(): void;
}

export interface OpenBackend {
  readonly name: DeviceBackendName;
  /** What computes, in words: an adapter's vendor and architecture, or 'processor'. */
  readonly device: string;
  /** Tells the reason when the device goes away by itself, at once where it has; never after `close`. */
  readonly onLoss: OnLoss;
  /** Whether the device is gone. True at once after the loss, before `onLoss` tells. */
  isLost(): boolean;
  /** Waits until every fault of the work so far is known: the first one in words, or null. A wrong shader is silent otherwise. */
  fault(): Promise<string | null>;
  makeFit(): BackendFit;
  /** Frees the device. Safe to call twice. */
  close(): void;
}

export interface OpenOptions {
  /** Takes a software (fallback) adapter too. Only for a backend that was asked for by name. */
  readonly allowSoftware: boolean;
  /** For what a device may never answer. */
  readonly after: Clock['after'];
}

type Unusable = Extract<BackendReason, { code: 'unusable' }>;

/** Why a backend cannot be used here: an expected outcome. */
export class BackendUnusable extends Error {
  override readonly name = 'BackendUnusable';
  readonly why: Unusable['why'];

  /** @param detail more about it, in plain English or the browser's words */
  constructor(why: Unusable['why'], detail: string) {
    super(detail === '' ? why : detail);
    this.why = why;
  }
}

/** What somebody threw while a backend was opened or used, as a reason. */
export function unusableBecause(backend: Unusable['backend'], error: unknown): Unusable {
  if (error instanceof BackendUnusable) return { code: 'unusable', backend, why: error.why, detail: error.message };
  return { code: 'unusable', backend, why: 'fault', detail: error instanceof Error ? error.message : String(error) };
}

/** Opens a backend and makes it tfjs's current one. Rejects with BackendUnusable. */
export async function openBackend(name: DeviceBackendName, options: OpenOptions): Promise<OpenBackend> {
  switch (name) {
    case 'webgpu':
      return (await import('./webgpu.ts')).openWebgpu(options);
    case 'webgl':
      return (await import('./webgl.ts')).openWebgl(options);
    case 'cpu':
      return (await import('./cpu.ts')).openCpu();
  }
}

/** A fit on a software adapter takes a second at most; a device that is silent for so long has hung. */
const silenceLimitMs = 30_000;

/** Calls back when the device is lost, at once where it is; the returned function takes that back. */
export type OnLoss = (tell: (reason: string) => void) => () => void;

/** The loss of a device, told once. No promise: it would keep something of every fit that waits for it as long as the device lives. */
export class Loss {
  /** In words; null while the device is there. */
  reason: string | null = null;
  readonly #waiting = new Set<(reason: string) => void>();

  readonly onLoss: OnLoss = (tell) => {
    if (this.reason === null) this.#waiting.add(tell);
    else tell(this.reason);
    return () => this.#waiting.delete(tell);
  };

  tell(reason: string): void {
    this.reason ??= reason;
    for (const tell of this.#waiting) tell(this.reason);
    this.#waiting.clear();
  }
}

export const neverLost: OnLoss = () => () => {};

/**
 * What a device answers; rejects with BackendUnusable when it is lost or stays silent, where the answer itself may never settle. Leaves nothing
 * behind.
 */
export async function answerOf<T>(answer: Promise<T>, after: Clock['after'], onLoss: OnLoss = neverLost): Promise<T> {
  let cancel = (): void => {};
  let forget = (): void => {};
  const failure = new Promise<never>((_, reject) => {
    cancel = after(silenceLimitMs, () =>
      reject(new BackendUnusable('late', `no answer in ${silenceLimitMs / 1000} s`)),
    );
    forget = onLoss((reason) => reject(new BackendUnusable('fault', reason)));
  });
  try {
    return await Promise.race([answer, failure]);
  } finally {
    cancel();
    forget();
  }
}
