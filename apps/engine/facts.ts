// Facts about the device: watched in the page, which alone can see most of them, and reported to the worker.
// A browser that does not tell gives null; the device policy decides what that means.
import type { DeviceFacts, FactsSource } from './environment.ts';

/** Before the page has reported: nothing is known, so nothing is joined (not visible). */
const unknownFacts: DeviceFacts = {
  visible: false,
  idle: null,
  charging: null,
  batteryLevel: null,
  saveData: null,
  metered: null,
  pressure: null,
  online: true,
  persisted: null,
};

/** The worker's end: what the page reported last. */
export class ReportedFacts implements FactsSource {
  #facts = unknownFacts;
  readonly #listeners = new Set<() => void>();

  current(): DeviceFacts {
    return this.#facts;
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  report(facts: DeviceFacts): void {
    this.#facts = facts;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** What some browsers have and the standard types do not. */
interface NetworkInformation extends EventTarget {
  readonly saveData?: boolean;
  readonly type?: string;
}

/** The page's end: calls `report` after each change. `current` is what is known by now. */
export function watchFacts(report: (facts: DeviceFacts) => void): {
  current(): DeviceFacts;
  /** For what the page itself finds out. */
  update(change: Partial<DeviceFacts>): void;
  /** Also watches what only matters to training. Where that code cannot be had it stays unknown. Safe to call twice. */
  watchLoad(): void;
  stop(): void;
} {
  const stop = new AbortController();
  const { signal } = stop;
  let facts: DeviceFacts = { ...unknownFacts, ...now() };
  const update = (change: Partial<DeviceFacts>): void => {
    if (signal.aborted) return;
    facts = { ...facts, ...change };
    report(facts);
  };
  const connection = (navigator as { connection?: NetworkInformation }).connection;
  document.addEventListener('visibilitychange', () => update(now()), { signal });
  addEventListener('online', () => update(now()), { signal });
  addEventListener('offline', () => update(now()), { signal });
  connection?.addEventListener('change', () => update(now()), { signal });
  void navigator.storage?.persisted?.().then(
    (persisted) => update({ persisted }),
    () => {},
  );
  let isWatchingLoad = false;
  const watchLoad = (): void => {
    if (isWatchingLoad) return;
    isWatchingLoad = true;
    void import('./device-load.ts').then(
      ({ watchBattery, watchPressure }) => {
        void watchBattery(update, signal);
        watchPressure(update, signal);
      },
      () => {},
    );
  };
  return { current: () => facts, update, watchLoad, stop: () => stop.abort() };
}

/** Asks the browser to keep this site's data. Some ask the person, so this comes with opting in and not before. */
export async function askToPersist(): Promise<boolean | null> {
  try {
    return (await navigator.storage?.persist?.()) ?? null;
  } catch {
    return null;
  }
}

function now(): Pick<DeviceFacts, 'visible' | 'online' | 'saveData' | 'metered'> {
  const connection = (navigator as { connection?: NetworkInformation }).connection;
  return {
    visible: document.visibilityState === 'visible',
    online: navigator.onLine,
    saveData: connection?.saveData ?? null,
    metered: connection?.type === undefined ? null : connection.type === 'cellular',
  };
}
