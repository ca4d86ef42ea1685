// One device's fits to its history: fold-in and local training. One interface with two twins that agree to 1e-4 relative: the references of
// shared/model/objective.ts, and the WASM core's (fits-wasm.ts).
import type { Interactions, ItemTable, LocalResult } from '../model/model.ts';
import { foldIn, trainReference } from '../model/objective.ts';

export interface FitCore {
  readonly kind: 'wasm' | 'plain';
  /** As `foldIn` of shared/model/objective.ts. */
  foldIn(table: ItemTable, interactions: Interactions): Float32Array;
  /** The local training of shared/model/objective.ts on one table. */
  trainer(table: ItemTable): LocalTrainer;
}

export interface LocalTrainer {
  /** As `trainReference`. @throws RangeError when a row is outside the table or occurs twice. */
  train(interactions: Interactions): LocalResult;
}

export const plainFits: FitCore = {
  kind: 'plain',
  foldIn,
  trainer: (table) => ({ train: (interactions) => trainReference(table, interactions) }),
};
