// The trainer on the WASM core: the steps of shared/model/objective.ts in float64, on the processor, without tfjs. What a fit costs does not grow
// with the catalogue; loading a table does.

import type { FitCore, LocalTrainer } from '#shared/core/fits.ts';
import { fitCore } from '#shared/core/fits-wasm.ts';
import type { CoreModule } from '#shared/core/module.ts';
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import { trainReference } from '#shared/model/objective.ts';
import { ReferenceTrainer } from '../reference-trainer.ts';
import type { Trainer } from '../trainer.ts';
import { largestRelativeError, toleranceRelative } from './agreement.ts';
import { goldenInteractions, goldenTable } from './golden.ts';

/** Opens the trainer, asked for by name. Where there is no core, or it fails its self-test, plain arrays serve, and the reason says why. */
export function openWasmTrainer(core: CoreModule | null): Trainer {
  if (core === null) return new ReferenceTrainer('WebAssembly with SIMD cannot be had here; plain arrays are used');
  const fits = fitCore(core);
  const table = goldenTable();
  const trained = fits.trainer(table).train(goldenInteractions);
  const error = largestRelativeError(trained, trainReference(table, goldenInteractions));
  if (!(error <= toleranceRelative)) {
    const said = `expected a relative error of at most ${toleranceRelative}, got ${error.toExponential(1)}`;
    return new ReferenceTrainer(`WebAssembly not used: its self-test was wrong: ${said}; plain arrays are used`);
  }
  const reason = `WebAssembly passed its self-test (largest relative error ${error.toExponential(0)}); it was asked for by name`;
  return new WasmTrainer(fits, reason);
}

class WasmTrainer implements Trainer {
  readonly backend = 'wasm' as const;
  readonly reason: string;
  readonly #fits: FitCore;
  #trainer: LocalTrainer | null = null;

  constructor(fits: FitCore, reason: string) {
    this.#fits = fits;
    this.reason = reason;
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
