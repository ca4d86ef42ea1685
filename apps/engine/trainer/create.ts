// Makes the browser's trainer, after opting in and not before. tfjs is loaded for the backends that need it.
import type { CoreModule } from '#shared/core/module.ts';
import type { Backend } from '../api.ts';
import { ReferenceTrainer } from '../reference-trainer.ts';
import type { Trainer } from '../trainer.ts';
import { openWasmTrainer } from './wasm.ts';

/**
 * Makes a trainer.
 * @param forced the backend asked for by name. When it cannot be used, another is, and the reason says so. null: the best by the probe.
 * @param core the compiled WASM core, or null.
 */
export async function createTrainer(forced: Backend | null, core: CoreModule | null): Promise<Trainer> {
  switch (forced) {
    case 'reference':
      return new ReferenceTrainer('asked for by name');
    case 'wasm':
      return openWasmTrainer(core);
    case 'webgpu':
    case 'webgl':
    case 'cpu':
    case null:
      return (await import('./browser.ts')).openBrowserTrainer(forced);
  }
}
