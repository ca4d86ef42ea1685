// Makes the browser's trainer, after opting in and not before: a device with a backend of its own where that is asked for or measured to be faster,
// and the processor otherwise, which also finishes what a device leaves undone. The choice is made when a table is loaded, because it depends on the
// table's size. tfjs is downloaded only when a table is so large that it could win, or when a backend of it is asked for by name.
import type { CoreModule } from '#shared/core/module.ts';
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import { observedRows } from '#shared/model/objective.ts';
import type { Backend, BackendReason } from '../api.ts';
import type { Clock } from '../environment.ts';
import { ReferenceTrainer } from '../reference-trainer.ts';
import type { TimingStore } from '../timing-store.ts';
import type { Trainer } from '../trainer.ts';
import { checkHardware, type FoundAdapter, findAdapter } from './adapter.ts';
import { type BackendFit, type DeviceBackendName, type OpenBackend, openBackend, unusableBecause } from './backend.ts';
import { selfTest } from './probe.ts';
import { crossoverWork, readbackMs, roundMs, sizeClass, timedReason, timingKey, workOf } from './timing.ts';
import { openProcessorTrainer, type ProcessorTrainer } from './wasm.ts';

export interface TrainerSurroundings {
  /** The compiled WASM core, or null. */
  readonly core: CoreModule | null;
  readonly timings: TimingStore;
  /** A clock that only goes forward, ms: for measuring. */
  readonly ticksMs: () => number;
  readonly after: Clock['after'];
  /** What fits in plain JavaScript wait for between steps: on a weak machine, until the person rests. */
  readonly pause?: () => Promise<void>;
}

/** How often a lost device is opened again in a trainer's life. A third loss says that the device is not to be had. */
const reopenLimit = 2;
/** Between a failed fit and the word that the device is gone. */
const lossGraceMs = 100;

/**
 * Makes a trainer.
 * @param forced the backend asked for by name. When it cannot be used, the processor is, and the reasons say so. null: by size and measurement.
 */
export async function createTrainer(forced: Backend | null, surroundings: TrainerSurroundings): Promise<Trainer> {
  return new BrowserTrainer(forced, surroundings);
}

/** A device that fits run on. */
interface DeviceInUse {
  readonly open: OpenBackend;
  readonly fit: BackendFit;
  /** The largest relative error of each shape that passed its self-test. */
  readonly passed: Map<string, number>;
}

class BrowserTrainer implements Trainer {
  readonly #forced: Backend | null;
  readonly #surroundings: TrainerSurroundings;
  readonly #processor: ProcessorTrainer;
  #table: ItemTable | null = null;
  /** With `#table` loaded; null while the processor trains. */
  #device: DeviceInUse | null = null;
  /** Whether `#table` is loaded on the processor. */
  #isOnProcessor = false;
  /** ms of a round, by size. */
  readonly #processorTimes = new Map<number, number>();
  #reasons: readonly BackendReason[] = [];
  /** What the device did wrong last. */
  #failure: BackendReason | null = null;
  #lostTimes = 0;
  /** The device was lost and may come back with the next fit. */
  #mayReopen = false;
  /** No device is tried any more. */
  #isGivenUp = false;
  #closed = false;
  /** tfjs has one engine and the device one queue: calls take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(forced: Backend | null, surroundings: TrainerSurroundings) {
    this.#forced = forced;
    this.#surroundings = surroundings;
    const { core, pause = null } = surroundings;
    const plain = { trainer: new ReferenceTrainer(pause), reasons: [] };
    this.#processor = forced === 'reference' ? plain : openProcessorTrainer(core, pause);
  }

  get backend(): Backend | null {
    if (this.#table === null) return null;
    return this.#device?.open.name ?? this.#processor.trainer.backend;
  }

  get reasons(): readonly BackendReason[] {
    if (this.#table === null) return [];
    const asked: readonly BackendReason[] = this.#forced === null ? [] : [{ code: 'asked-for', backend: this.#forced }];
    const failed = this.#failure === null ? [] : [this.#failure];
    return [...asked, ...this.#reasons, ...failed, ...(this.#device === null ? this.#processor.reasons : [])];
  }

  load(table: ItemTable): Promise<void> {
    return this.#inTurn(() => this.#load(table));
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
      if (this.#mayReopen) await this.#load(table);
      if (this.#device !== null) {
        const { name } = this.#device.open;
        try {
          return await this.#device.fit.train(interactions, tellAscending);
        } catch (error) {
          await this.#leave(name, error);
        }
      }
      return (await this.#loadedProcessor(table)).train(interactions, tellAscending);
    });
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn;
    this.#table = null;
    this.#release();
    await this.#processor.trainer.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new RangeError('expected an open trainer, got one that was closed'));
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Decides where this table is trained on, and takes it there. */
  async #load(table: ItemTable): Promise<void> {
    this.#table = table;
    this.#isOnProcessor = false;
    this.#mayReopen = false;
    switch (this.#forced) {
      case 'webgpu':
      case 'webgl':
      case 'cpu':
        this.#reasons = await this.#tryDevice(this.#forced, table);
        break;
      case null:
        this.#reasons = await this.#chooseBySize(table);
        break;
      case 'wasm':
      case 'reference':
    }
    if (this.#device === null) await this.#loadedProcessor(table);
  }

  async #chooseBySize(table: ItemTable): Promise<readonly BackendReason[]> {
    const work = workOf(table);
    if (work < crossoverWork) {
      this.#release();
      return [{ code: 'small', work, crossover: crossoverWork }];
    }
    if (this.#isGivenUp) return [];
    const { timings, after } = this.#surroundings;
    const processorMs = await this.#processorMs(table);
    if (processorMs <= readbackMs) {
      this.#release();
      return [{ code: 'quick', processorMs }];
    }
    let adapter: FoundAdapter;
    try {
      // Looked at before tfjs is downloaded.
      adapter = await findAdapter(after);
      checkHardware(adapter, false);
    } catch (error) {
      this.#release();
      return [unusableBecause('webgpu', error)];
    }
    const key = timingKey(adapter.identity, this.#processor.trainer.backend, work);
    const remembered = await timings.get(key);
    const recalled = remembered === null ? null : timedReason(remembered, true);
    if (recalled?.faster === 'processor') {
      this.#release();
      return [recalled];
    }
    const passed = await this.#tryDevice('webgpu', table);
    if (this.#device === null) return passed;
    if (recalled !== null) return [...passed, recalled];
    try {
      const timing = { webgpuMs: await roundMs(this.#device.fit, table, this.#surroundings.ticksMs), processorMs };
      await timings.put(key, timing);
      const timed = timedReason(timing, false);
      if (timed.faster === 'processor') this.#release();
      return [...passed, timed];
    } catch (error) {
      await this.#leave('webgpu', error);
      return passed;
    }
  }

  /** What a round's training takes on the processor: measured once for each size of tables. */
  async #processorMs(table: ItemTable): Promise<number> {
    const size = sizeClass(workOf(table));
    const known = this.#processorTimes.get(size);
    if (known !== undefined) return known;
    const took = await roundMs(this.#processor.trainer, table, this.#surroundings.ticksMs);
    this.#isOnProcessor = true;
    this.#processorTimes.set(size, took);
    return took;
  }

  /** Opens the device where it is not, tests it, and loads the table. Where that fails, `#device` is null and `#failure` says why. */
  async #tryDevice(name: DeviceBackendName, table: ItemTable): Promise<readonly BackendReason[]> {
    if (this.#isGivenUp) return [];
    try {
      if (this.#device === null) {
        const { after } = this.#surroundings;
        const open = await openBackend(name, { allowSoftware: name === this.#forced, after });
        this.#device = { open, fit: open.makeFit(), passed: new Map() };
      }
      const { open, fit, passed } = this.#device;
      const { featureColumns, dimension } = table.model.header;
      const shape = `${featureColumns} x ${dimension}`;
      const relativeError = passed.get(shape) ?? (await selfTest(open, { featureColumns, dimension }));
      passed.set(shape, relativeError);
      await fit.load(table);
      return [{ code: 'passed', backend: name, device: open.device, relativeError }];
    } catch (error) {
      await this.#leave(name, error);
      return [];
    }
  }

  /** After a loss or a fault: the processor goes on. A device that was lost may come back for the next fit, any other is left alone. */
  async #leave(name: DeviceBackendName, error: unknown): Promise<void> {
    const wasLost = await this.#wasLost();
    this.#release();
    if (wasLost) this.#lostTimes++;
    this.#isGivenUp = !wasLost || this.#lostTimes > reopenLimit;
    this.#mayReopen = !this.#isGivenUp;
    this.#failure = wasLost
      ? { code: 'lost', backend: name, times: this.#lostTimes, last: this.#isGivenUp }
      : unusableBecause(name, error);
  }

  /** What was read from a lost device may fail before the loss is told. */
  #wasLost(): Promise<boolean> {
    const open = this.#device?.open;
    if (open === undefined) return Promise.resolve(false);
    return new Promise((resolve) => {
      const cancel = this.#surroundings.after(lossGraceMs, () => {
        forget();
        resolve(open.isLost());
      });
      const forget = open.onLoss(() => {
        cancel();
        resolve(true);
      });
    });
  }

  async #loadedProcessor(table: ItemTable): Promise<Trainer> {
    const { trainer } = this.#processor;
    if (!this.#isOnProcessor) await trainer.load(table);
    this.#isOnProcessor = true;
    return trainer;
  }

  #release(): void {
    this.#device?.fit.dispose();
    this.#device?.open.close();
    this.#device = null;
  }
}
