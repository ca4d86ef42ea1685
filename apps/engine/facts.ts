// Facts about the device: watched in the page, which alone can see most of them, and reported to the worker.
// A browser that does not tell gives null; the device policy decides what that means.
import type { DeviceFacts, FactsSource } from './environment.ts';

/** Before the page has reported: nothing is known, so nothing is joined (not visible). */
export const unknownFacts: DeviceFacts = {
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
interface Battery extends EventTarget {
  readonly charging: boolean;
  readonly level: number;
}
interface NetworkInformation extends EventTarget {
  readonly saveData?: boolean;
  readonly type?: string;
}
type PressureState = 'nominal' | 'fair' | 'serious' | 'critical';
interface PressureObserverConstructor {
  new (
    callback: (records: readonly { readonly state: PressureState }[]) => void,
  ): {
    observe(source: 'cpu', options: { readonly sampleInterval: number }): Promise<void>;
    disconnect(): void;
  };
}

const pressureSampleMs = 2_000;

/** The page's end: calls `report` after each change. `current` is what is known by now. */
export function watchFacts(report: (facts: DeviceFacts) => void): {
  current(): DeviceFacts;
  /** For what the page itself finds out. */
  update(change: Partial<DeviceFacts>): void;
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
  void watchBattery(update, signal);
  watchPressure(update, signal);
  void navigator.storage?.persisted?.().then(
    (persisted) => update({ persisted }),
    () => {},
  );
  return { current: () => facts, update, stop: () => stop.abort() };
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

async function watchBattery(update: (change: Partial<DeviceFacts>) => void, signal: AbortSignal): Promise<void> {
  try {
    const battery = await (navigator as { getBattery?: () => Promise<Battery> }).getBattery?.();
    if (battery === undefined || signal.aborted) return;
    const read = (): void => update({ charging: battery.charging, batteryLevel: battery.level });
    battery.addEventListener('chargingchange', read, { signal });
    battery.addEventListener('levelchange', read, { signal });
    read();
  } catch {
    // Not allowed to know: stays null.
  }
}

function watchPressure(update: (change: Partial<DeviceFacts>) => void, signal: AbortSignal): void {
  const Observer = (globalThis as { PressureObserver?: PressureObserverConstructor }).PressureObserver;
  if (Observer === undefined) return;
  try {
    let last: PressureState | null = null;
    const observer = new Observer((records) => {
      const pressure = records.at(-1)?.state ?? null;
      if (pressure === last) return;
      last = pressure;
      update({ pressure });
    });
    observer.observe('cpu', { sampleInterval: pressureSampleMs }).catch(() => {});
    signal.addEventListener('abort', () => observer.disconnect(), { once: true });
  } catch {
    // Not allowed to know: stays null.
  }
}
