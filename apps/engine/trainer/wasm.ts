// The trainer on the WASM core: the steps of shared/model/objective.ts in float64, on the processor, without tfjs. Neither what a fit costs nor
// what a new model costs grows with the catalogue; a new F is walked once.

import type { FitCore, LocalTrainer } from '#shared/core/fits.ts';
import { fitCore } from '#shared/core/fits-wasm.ts';
import type { CoreModule } from '#shared/core/module.ts';
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import { trainReference } from '#shared/model/objective.ts';
import type { BackendReason } from '../api.ts';
import { ReferenceTrainer } from '../reference-trainer.ts';
import type { Trainer } from '../trainer.ts';
import { BackendUnusable, unusableBecause } from './backend.ts';
import { goldenInteractions, goldenTable } from './golden.ts';
import { checkedError } from './probe.ts';

/** What trains on the processor, and why it is that. */
export interface ProcessorTrainer {
  readonly trainer: Trainer & { readonly backend: 'wasm' | 'reference' };
  readonly reasons: readonly BackendReason[];
}

/** The WASM core; where there is none, or it fails its self-test, plain arrays, whose fits wait for `pause` between steps. */
export function openProcessorTrainer(
  core: CoreModule | null,
  pause: (() => Promise<void>) | null = null,
): ProcessorTrainer {
  try {
    if (core === null) throw new BackendUnusable('missing', '');
    const fits = fitCore(core);
    const table = goldenTable();
    const trained = fits.trainer(table).train(goldenInteractions);
    const relativeError = checkedError(trained, trainReference(table, goldenInteractions));
    const reasons: readonly BackendReason[] = [{ code: 'passed', backend: 'wasm', device: '', relativeError }];
    return { trainer: new WasmTrainer(fits), reasons };
  } catch (error) {
    return { trainer: new ReferenceTrainer(pause), reasons: [unusableBecause('wasm', error)] };
  }
}

class WasmTrainer implements Trainer {
  readonly backend = 'wasm' as const;
  readonly reasons: readonly BackendReason[] = [];
  readonly #fits: FitCore;
  #trainer: LocalTrainer | null = null;

  constructor(fits: FitCore) {
    this.#fits = fits;
  }

  async load(table: ItemTable): Promise<void> {
    this.#trainer = this.#fits.trainer(table);
  }

  async train(interactions: Interactions, onProgress?: (fraction: number) => void): Promise<LocalResult> {
    if (this.#trainer === null) throw new RangeError('train: expected a loaded item table, got none; call load first');
    onProgress?.(0);
    const result = this.#trainer.train(interactions);
    onProgress?.(1);
    return result;
  }

  async close(): Promise<void> {
    this.#trainer = null;
  }
}
