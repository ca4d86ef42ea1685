// How long training took on this device: remembered, so that the choice of a backend is measured once. Kept among the settings, so that an erase takes
// it along; it names the graphics adapter and the browser, and never leaves the device.
import { consentFrom } from './history-store.ts';
import type { Database } from './store-database.ts';

/** What the training for one round took, ms. */
export interface Timing {
  readonly webgpuMs: number;
  readonly processorMs: number;
}

export interface TimingStore {
  /** null: never measured, or not readable. Never rejects. */
  get(key: string): Promise<Timing | null>;
  /** Never rejects: what cannot be stored is measured again. */
  put(key: string, timing: Timing): Promise<void>;
}

/** For the life of the worker. */
export class MemoryTimingStore implements TimingStore {
  readonly #timings = new Map<string, Timing>();

  async get(key: string): Promise<Timing | null> {
    return this.#timings.get(key) ?? null;
  }

  async put(key: string, timing: Timing): Promise<void> {
    this.#timings.set(key, timing);
  }
}

const settingsKey = 'timings';
/** Sizes of models, adapters and browsers that one device meets. The oldest goes first. */
const mostTimings = 16;
const mostKeyLength = 1024;
/** No training for a round takes an hour. */
const mostMs = 3_600_000;

/** In IndexedDB, and in memory for where nothing may be stored. Does not own the database. */
export class IdbTimingStore implements TimingStore {
  readonly #database: Database;
  readonly #memory = new MemoryTimingStore();

  constructor(database: Database) {
    this.#database = database;
  }

  async get(key: string): Promise<Timing | null> {
    const held = await this.#memory.get(key);
    if (held !== null) return held;
    try {
      const transaction = await this.#database.transaction(['settings'], 'readonly');
      const row: unknown = await transaction.objectStore('settings').get(settingsKey);
      return timingsFrom(row).find(([name]) => name === key)?.[1] ?? null;
    } catch {
      return null;
    }
  }

  /** Stored only beside a consent to keep and to train: an erase that came meanwhile has removed it, and then nothing is written. */
  async put(key: string, timing: Timing): Promise<void> {
    await this.#memory.put(key, timing);
    try {
      const transaction = await this.#database.transaction(['settings'], 'readwrite');
      const store = transaction.objectStore('settings');
      const consent = consentFrom(((await store.get('consent')) as { value?: unknown } | undefined)?.value);
      if (consent?.train === true) {
        const others = timingsFrom(await store.get(settingsKey)).filter(([name]) => name !== key);
        await store.put({ key: settingsKey, value: [...others, [key, timing]].slice(-mostTimings) });
      }
      await transaction.done;
    } catch {
      // Another tab keeps the database, or there is no room: measured again at the next visit.
    }
  }
}

/** The timings of a row of the settings; what does not parse is left out. */
function timingsFrom(row: unknown): (readonly [string, Timing])[] {
  const { value } = (row ?? {}) as { value?: unknown };
  if (!Array.isArray(value)) return [];
  return value.slice(-mostTimings).flatMap((entry: unknown) => {
    const [key, timing] = Array.isArray(entry) ? (entry as unknown[]) : [];
    const { webgpuMs, processorMs } = (timing ?? {}) as Record<string, unknown>;
    if (typeof key !== 'string' || key.length > mostKeyLength || !isMs(webgpuMs) || !isMs(processorMs)) return [];
    return [[key, { webgpuMs, processorMs }] as const];
  });
}

function isMs(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= mostMs;
}
