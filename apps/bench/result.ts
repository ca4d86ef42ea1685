// What a measurement is: a median with its quartiles, of one code on one size in one place.
import { medianOf, quantileOf } from '#shared/maths/statistics.ts';

/** Where it ran. page: Tacit's own page in a browser. build: nothing ran, files were weighed. */
export type Place = 'chromium' | 'node' | 'page' | 'build';

export type Unit = 'ms' | 'ns' | 'B' | 'GB/s' | '';

export interface Measurement {
  readonly case: string;
  readonly place: Place;
  /** Whose code: a name of contenders.ts, or what was looked at. */
  readonly code: string;
  readonly size: string;
  /** Of the code: wall, enqueue, dispatches, ... */
  readonly measure: string;
  readonly unit: Unit;
  /** The median. */
  readonly value: number;
  /** Quartiles; the value itself where it was counted. */
  readonly low: number;
  readonly high: number;
  readonly runs: number;
}

export type Subject = Omit<Measurement, 'value' | 'low' | 'high' | 'runs'>;

/** @param samples one or more */
export function measured(subject: Subject, samples: readonly number[]): Measurement {
  if (samples.length === 0) throw new RangeError(`${subject.case}: expected samples of ${subject.code}, got none`);
  return {
    ...subject,
    value: medianOf(samples),
    low: quantileOf(samples, 0.25),
    high: quantileOf(samples, 0.75),
    runs: samples.length,
  };
}

export function counted(subject: Subject, value: number): Measurement {
  return { ...subject, value, low: value, high: value, runs: 1 };
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** null: no browser took part. */
  readonly chromium: string | null;
  readonly tfjs: string;
  readonly tacit: string;
  /** The graphics adapter, in words; null where there is none or no browser took part. */
  readonly adapter: string | null;
  readonly isSoftwareAdapter: boolean;
}

export function sizeOf(items: number, dimension: number): string {
  return `${items.toLocaleString('en-US')} x ${dimension}`;
}
