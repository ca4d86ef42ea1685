// The reference trainer: shared/model/objective in plain arrays behind the Trainer interface.
// Used by simulated participants and tests, and the last fallback of a browser.
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import { trainInSteps } from '#shared/model/objective.ts';
import type { BackendReason } from './api.ts';
import type { Trainer } from './trainer.ts';

export class ReferenceTrainer implements Trainer {
  readonly backend = 'reference' as const;
  readonly reasons: readonly BackendReason[] = [];
  readonly #pause: (() => Promise<void>) | null;
  #table: ItemTable | null = null;

  /** @param pause waited for between steps; null: the fit is one piece. */
  constructor(pause: (() => Promise<void>) | null = null) {
    this.#pause = pause;
  }

  async load(table: ItemTable): Promise<void> {
    this.#table = table;
  }

  async train(interactions: Interactions, onProgress?: (fraction: number) => void): Promise<LocalResult> {
    if (this.#table === null) throw new RangeError('train: expected a loaded item table, got none; call load first');
    const steps = trainInSteps(this.#table, interactions);
    for (;;) {
      const { done, value } = steps.next();
      onProgress?.(done ? 1 : value);
      if (done) return value;
      if (this.#pause !== null) await this.#pause();
    }
  }

  async close(): Promise<void> {
    this.#table = null;
  }
}
