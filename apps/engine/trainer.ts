// The trainer: what turns a published model and the person's interactions into the factors of an update.
// One interface, several backends: tfjs on WebGPU, WebGL or CPU (apps/engine/trainer/), and the plain-array reference.
// All agree with shared/model/objective to 1e-4 relative. The trainer owns GPU memory; the engine never sees a tensor.
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import type { Backend } from './api.ts';

export interface Trainer {
  readonly backend: Backend;
  /** Why this backend was taken, in plain English: 'WebGPU passed its probe', 'forced by ?backend=cpu'. */
  readonly reason: string;
  /**
   * Takes a model's item table to the device, in place of the one before. Must be called before `train`.
   * The table stays the caller's and is not changed. Rejects when the device is lost and no fallback is left.
   */
  load(table: ItemTable): Promise<void>;
  /**
   * Trains the user embedding on the loaded table. Pure in effect: the same table and interactions give the same result
   * (to the backend's precision). The result belongs to the caller; nothing of it is kept.
   * @param onProgress called with a fraction 0..1, ascending; 1 at the end.
   * Throws RangeError when nothing is loaded or an interaction is outside the table.
   */
  train(interactions: Interactions, onProgress?: (fraction: number) => void): Promise<LocalResult>;
  /** Frees all device memory. Safe to call twice. */
  close(): Promise<void>;
}

/** Makes the trainer when training first starts: the browser's imports tfjs here and not before; the fleet's gives the reference. */
export type TrainerFactory = (forced: Backend | null) => Promise<Trainer>;
