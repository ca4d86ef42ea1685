// What a tfjs backend is to the trainer: opened once, watched for faults, closed. One module a backend (webgpu.ts, webgl.ts, cpu.ts),
// imported only when that backend is tried, so that a device downloads the one that it uses.
// tfjs has one global engine: at most one of these is open in a worker at a time.

export type TfjsBackendName = 'webgpu' | 'webgl' | 'cpu';

export interface OpenBackend {
  readonly name: TfjsBackendName;
  /** What computes, in words: an adapter's vendor and architecture, or 'processor'. */
  readonly device: string;
  /** Resolves with the reason when the device goes away by itself; never after `close`, never rejects. */
  readonly lost: Promise<string>;
  /** Whether the device is gone. True at once after the loss, before `lost` is observed. */
  isLost(): boolean;
  /** Waits until every fault of the work so far is known: the first one in words, or null. A wrong shader is silent otherwise. */
  fault(): Promise<string | null>;
  /** Frees the device. Safe to call twice. */
  close(): void;
}

export interface OpenOptions {
  /** Takes a software (fallback) adapter too. Only for a backend that was asked for by name. */
  readonly allowSoftware: boolean;
}

/** Why a backend cannot be used here: an expected outcome of probing, in plain English. */
export class BackendUnusable extends Error {
  override readonly name = 'BackendUnusable';
}

/** Opens a backend and makes it tfjs's current one. Throws BackendUnusable with the reason. */
export async function openBackend(name: TfjsBackendName, options: OpenOptions): Promise<OpenBackend> {
  switch (name) {
    case 'webgpu':
      return (await import('./webgpu.ts')).openWebgpu(options);
    case 'webgl':
      return (await import('./webgl.ts')).openWebgl(options);
    case 'cpu':
      return (await import('./cpu.ts')).openCpu();
  }
}
