// Battery and pressure, as the page sees them: watched where there is consent to train, which is all that they matter to.
import type { DeviceFacts } from './environment.ts';

/** What some browsers have and the standard types do not. */
interface Battery extends EventTarget {
  readonly charging: boolean;
  readonly level: number;
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

export async function watchBattery(update: (change: Partial<DeviceFacts>) => void, signal: AbortSignal): Promise<void> {
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

export function watchPressure(update: (change: Partial<DeviceFacts>) => void, signal: AbortSignal): void {
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
