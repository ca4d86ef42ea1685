// A simulated person's device: how fast it computes and how well it is connected. One number, its slowness, sets all of it; the slowest is
// `speedSpread` times slower than the fastest, and slowness is uniform in the logarithm between. Times of the fastest device are those that
// were measured for one client in Node (PRIVACY.md, what masks cost).
import type { Clock } from '../engine/environment.ts';
import type { Chance } from './chance.ts';

export interface Device {
  /** 1 for the fastest, up to `speedSpread`. */
  readonly slowness: number;
  /** One way, ms. */
  readonly latencyMs: number;
  readonly upBytesPerS: number;
  readonly downBytesPerS: number;
  /** Mean time between two breaks of its connection, ms of presence; Infinity for none. */
  readonly breakMeanMs: number;
}

/** Of the fastest device: training on one model. */
const fastestTrainingMs = 100;
const fastestLatencyMs = 15;
/** 20 Mbit/s and 80 Mbit/s. */
const fastestUpBytesPerS = 2_500_000;
const fastestDownBytesPerS = 10_000_000;
const hourMs = 3_600_000;
/** Speed classes in which devices are counted: equal steps of the logarithm of slowness. */
export const speedClasses = 6;

/** @param breaksPerHour of the fastest device; a slow one's connection breaks more often, as the root of slowness. */
export function drawDevice(chance: Chance, speedSpread: number, breaksPerHour: number): Device {
  const slowness = chance.logUniform(1, speedSpread);
  // Distance and radio add up far less than processors differ.
  const distance = Math.sqrt(slowness);
  return {
    slowness,
    latencyMs: fastestLatencyMs * distance,
    upBytesPerS: fastestUpBytesPerS / slowness,
    downBytesPerS: fastestDownBytesPerS / slowness,
    breakMeanMs: breaksPerHour > 0 ? hourMs / (breaksPerHour * distance) : Number.POSITIVE_INFINITY,
  };
}

/** 0 for the fastest class, `speedClasses` - 1 for the slowest. */
export function speedClassOf(slowness: number, speedSpread: number): number {
  if (speedSpread === 1) return 0;
  const part = Math.log(slowness) / Math.log(speedSpread);
  return Math.min(speedClasses - 1, Math.floor(part * speedClasses));
}

/** Least and most slowness of a class. */
export function speedClassBounds(speedClass: number, speedSpread: number): readonly [number, number] {
  return [speedSpread ** (speedClass / speedClasses), speedSpread ** ((speedClass + 1) / speedClasses)];
}

/** Milliseconds of the fastest device for each piece of a participation. */
export const fastestWorkMs = {
  training: () => fastestTrainingMs,
  /** Clipping to noise, for D numbers. */
  encoding: (numbers: number) => 1 + numbers / 5_000,
  keys: () => 1,
  /** Agreeing with k neighbours and dealing shares. */
  shares: (neighbours: number) => 0.6 * neighbours,
  /** Opening k shares and expanding k + 1 masks of D numbers. */
  masking: (neighbours: number, numbers: number) => 0.25 * neighbours + 6.6e-6 * (neighbours + 1) * numbers,
} as const;

/** What a device waits for. When it is off, nothing takes time any more: whoever waits goes on at once. */
export class Waits {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #isOff = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  /** @param atMs unix ms. */
  until(atMs: number): Promise<void> {
    if (this.#isOff) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#clock.after(Math.max(0, atMs - this.#clock.now()), () => {
        this.#waiting.delete(stop);
        resolve();
      });
      const stop = (): void => {
        cancel();
        resolve();
      };
      this.#waiting.add(stop);
    });
  }

  off(): void {
    this.#isOff = true;
    for (const stop of this.#waiting) stop();
    this.#waiting.clear();
  }
}

/** A device's one processor: work is done in the order in which it is asked for. */
export class Processor {
  readonly #clock: Clock;
  readonly #waits: Waits;
  readonly #slowness: number;
  #freeAtMs = 0;
  #busyMs = 0;

  constructor(clock: Clock, waits: Waits, slowness: number) {
    this.#clock = clock;
    this.#waits = waits;
    this.#slowness = slowness;
  }

  /** Resolves when work of `fastestMs` of the fastest device is done. */
  async work(fastestMs: number): Promise<void> {
    const costMs = fastestMs * this.#slowness;
    this.#freeAtMs = Math.max(this.#clock.now(), this.#freeAtMs) + costMs;
    this.#busyMs += costMs;
    await this.#waits.until(this.#freeAtMs);
  }

  /** Time that it was asked to work, ms. */
  get busyMs(): number {
    return this.#busyMs;
  }
}
