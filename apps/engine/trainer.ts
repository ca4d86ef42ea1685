// The trainer: what turns a published model and the person's interactions into the factors of an update.
// One interface, several backends: WebGPU through tfjs, the WASM core, tfjs on WebGL or the processor (apps/engine/trainer/), and plain arrays.
// All agree with shared/model/objective to 1e-4 relative. The trainer owns GPU memory; the engine never sees a tensor.
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import type { Backend, BackendReason } from './api.ts';

export interface Trainer {
  /** What the last table was loaded on; null before the first: the choice depends on the table's size. May change with a load and a fault. */
  readonly backend: Backend | null;
  /** Why this backend, in order. */
  readonly reasons: readonly BackendReason[];
  /**
   * Takes a model's item table to the device, in place of the one before. Must be called before `train`.
   * The table stays the caller's and is not changed. A device that fails is left for another backend.
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
