// The reference trainer: shared/model/objective in plain arrays behind the Trainer interface.
// Used by simulated participants and tests, and the last fallback of a browser.
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import { trainReference } from '#shared/model/objective.ts';
import type { BackendReason } from './api.ts';
import type { Trainer } from './trainer.ts';

export class ReferenceTrainer implements Trainer {
  readonly backend = 'reference' as const;
  readonly reasons: readonly BackendReason[] = [];
  #table: ItemTable | null = null;

  async load(table: ItemTable): Promise<void> {
    this.#table = table;
  }

  async train(interactions: Interactions, onProgress?: (fraction: number) => void): Promise<LocalResult> {
    if (this.#table === null) throw new RangeError('train: expected a loaded item table, got none; call load first');
    onProgress?.(0);
    const result = trainReference(this.#table, interactions);
    onProgress?.(1);
    return result;
  }

  async close(): Promise<void> {
    this.#table = null;
  }
}
