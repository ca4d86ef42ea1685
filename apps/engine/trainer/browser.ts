// The trainer on tfjs: the best backend that passes its probe, and the next one when that fails or its device is lost.
// This file is where tfjs enters: imported dynamically, only after opting in. At most one of these trainers at a time in a worker.
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import { observedRows } from '#shared/model/objective.ts';
import type { Backend } from '../api.ts';
import { ReferenceTrainer } from '../reference-trainer.ts';
import type { Trainer } from '../trainer.ts';
import type { OpenBackend, TfjsBackendName } from './backend.ts';
import { probe } from './probe.ts';
import { TfjsFit } from './tfjs.ts';

const preference: readonly TfjsBackendName[] = ['webgpu', 'webgl', 'cpu'];

/** How often a lost device is opened again in a trainer's life. A third loss says that the device is not to be had. */
const reopenLimit = 2;

/** Opens a trainer. @param forced tried first, in software too; null: the best by the probe, software adapters left out. */
export async function openBrowserTrainer(forced: TfjsBackendName | null): Promise<Trainer> {
  const trainer = new BrowserTrainer(forced);
  await trainer.open();
  return trainer;
}

class BrowserTrainer implements Trainer {
  readonly #forced: TfjsBackendName | null;
  /** Still to be tried, the current one first. */
  #candidates: readonly TfjsBackendName[];
  #open: OpenBackend | null = null;
  #fit: TfjsFit | null = null;
  #reference: ReferenceTrainer | null = null;
  #reason = '';
  #table: ItemTable | null = null;
  /** Whether `#table` is on the current backend. */
  #isLoaded = false;
  #reopened = 0;
  #closed = false;
  /** tfjs has one engine and the device one queue: calls take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(forced: TfjsBackendName | null) {
    this.#forced = forced;
    this.#candidates = forced === null ? preference : preference.slice(preference.indexOf(forced));
  }

  get backend(): Backend {
    return this.#open?.name ?? 'reference';
  }

  get reason(): string {
    return this.#reason;
  }

  /** Probes the candidates; called once, before anything else. */
  async open(): Promise<void> {
    await this.#takeNext('');
  }

  load(table: ItemTable): Promise<void> {
    return this.#inTurn(async () => {
      this.#table = table;
      this.#isLoaded = false;
      await this.#repeatUntilDone(async () => {});
    });
  }

  train(interactions: Interactions, onProgress?: (fraction: number) => void): Promise<LocalResult> {
    return this.#inTurn(async () => {
      const table = this.#table;
      if (table === null) throw new RangeError('train: expected a loaded item table, got none; call load first');
      // Checked here, so that a caller's mistake is never taken for a device's fault.
      observedRows(table, interactions);
      let told = 0;
      const tellAscending = (fraction: number) => {
        if (fraction < told) return;
        told = fraction;
        onProgress?.(fraction);
      };
      return this.#repeatUntilDone(async () => {
        if (this.#fit !== null) return this.#fit.train(interactions, tellAscending);
        return this.#reference!.train(interactions, tellAscending);
      });
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#closed = true;
      this.#table = null;
      this.#release();
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Does the work on the current backend; after a fault or loss, again on a reopened or the next one. The reference ends it. */
  async #repeatUntilDone<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      if (this.#closed) throw new RangeError('expected an open trainer, got one that was closed');
      try {
        await this.#loadTable();
        return await work();
      } catch (error) {
        if (this.#open === null) throw error;
        await this.#recover(error);
      }
    }
  }

  async #recover(error: unknown): Promise<void> {
    const failed = this.#open!;
    const wasLost = failed.isLost();
    const why = `${failed.name} failed: ${error instanceof Error ? error.message : String(error)}`;
    this.#release();
    if (wasLost && this.#reopened < reopenLimit) {
      this.#reopened++;
      await this.#takeNext(`${why}; opened again (${this.#reopened} of ${reopenLimit})`);
    } else {
      this.#candidates = this.#candidates.slice(this.#candidates.indexOf(failed.name) + 1);
      await this.#takeNext(why);
    }
  }

  async #loadTable(): Promise<void> {
    if (this.#table === null || this.#isLoaded) return;
    this.#fit?.load(this.#table);
    await this.#reference?.load(this.#table);
    this.#isLoaded = true;
  }

  async #takeNext(history: string): Promise<void> {
    const { backend, reason } = await probe({ candidates: this.#candidates, forced: this.#forced });
    this.#reason = history === '' ? reason : `${history}; ${reason}`;
    if (backend === null) {
      this.#reason += `${this.#reason === '' ? '' : '; '}plain arrays are used`;
      this.#reference = new ReferenceTrainer(this.#reason);
      return;
    }
    this.#open = backend;
    this.#candidates = this.#candidates.slice(this.#candidates.indexOf(backend.name));
    this.#fit = new TfjsFit(backend);
  }

  #release(): void {
    this.#fit?.dispose();
    this.#fit = null;
    this.#open?.close();
    this.#open = null;
    this.#reference = null;
    this.#isLoaded = false;
  }
}
