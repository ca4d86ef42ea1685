// Who of the simulated people is there: a schedule of coming and going. It decides and calls back; it knows no engine and no socket.
// The clock and the (seeded) randomness are handed in, so that a schedule can be replayed. Nothing here makes noise.
import type { RandomSource } from '#shared/maths/random.ts';
import type { Clock } from '../engine/environment.ts';
import { type VanishingMoment, vanishingMoments } from './slow-transport.ts';

export interface Pace {
  /** The first people come within this time, so that a first round closes soon. */
  readonly firstArrivalsMs: number;
  /** Mean time until somebody else comes after one has left; exponentially distributed. */
  readonly arrivalMeanMs: number;
  /** Mean time that somebody looks around before they take part; exponentially distributed. The first people come to take part at once. */
  readonly lookAroundMeanMs: number;
  /** Somebody who waits this long without a round goes away, from the shortest to the longest patience (log-uniform). */
  readonly patienceMs: readonly [number, number];
  /** Slowness of a person, from the fastest to the slowest (log-uniform): the time that each of their steps takes. */
  readonly stepMs: readonly [number, number];
  /** The part of participations that end by vanishing in the middle of a round. */
  readonly vanishing: number;
}

/** About a round every 12 to 18 s with the demo's crowd; the slowest person is 30 times slower than the fastest. */
export const demoPace: Pace = {
  firstArrivalsMs: 1_500,
  arrivalMeanMs: 1_000,
  lookAroundMeanMs: 8_000,
  patienceMs: [60_000, 600_000],
  stepMs: [50, 1_500],
  vanishing: 0.1,
};

/** One stay of one simulated person. */
export interface Arrival {
  readonly person: number;
  /** Time that they look around before they take part. */
  readonly lookAroundMs: number;
  /** How long each of the person's steps (training, joining, sending) takes; the small messages of a round take a part of it. */
  readonly stepMs: number;
  /** Before which message of the round that they get into the person vanishes; null: they stay to its end. */
  readonly vanishesAt: VanishingMoment | null;
  readonly patienceMs: number;
}

/**
 * Why a stay ended; a person whose privacy budget is spent does not come again. `phase-done`: they took part in this phase already, and come
 * again when it may be over.
 */
export type Departure = 'took-part' | 'vanished' | 'went-away' | 'budget-spent' | 'phase-done';

export interface PresenceOptions {
  /** People present at a time. */
  readonly present: number;
  /** People of whom they are drawn: persons 0 to population - 1. */
  readonly population: number;
  /** A person does not come again before this time has passed since they took part. */
  readonly cooldownMs: number;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly onArrive: (arrival: Arrival) => void;
}

/** How long to wait when everybody who could come is resting. */
const nobodyFreeMs = 1_000;

export class Presence {
  readonly #options: PresenceOptions;
  readonly #word = new Uint32Array(1);
  readonly #present = new Set<number>();
  /** Persons who rest after a participation, and until when (unix ms). */
  readonly #restingUntil = new Map<number, number>();
  readonly #spent = new Set<number>();
  readonly #cancels = new Set<() => void>();
  #population: number;
  #isClosed = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#population = options.population;
  }

  /** People present now. */
  get count(): number {
    return this.#present.size;
  }

  /** People who have budget left. */
  get able(): number {
    return this.#population - this.#spent.size;
  }

  /** The first people come. Call once. */
  start(): void {
    const { present, pace } = this.#options;
    for (let seat = 0; seat < Math.min(present, this.#population); seat += 1) {
      this.#later(this.#uniform() * pace.firstArrivalsMs, () => this.#arrive(0));
    }
  }

  /** More people who can come: persons up to `population` - 1 from now on. */
  grow(population: number): void {
    this.#population = Math.max(this.#population, population);
  }

  /** Somebody has left; somebody else comes after a while. */
  left(person: number, departure: Departure): void {
    if (!this.#present.delete(person)) return;
    const { clock, cooldownMs, pace } = this.#options;
    if (departure === 'budget-spent') this.#spent.add(person);
    else if (departure !== 'went-away') this.#restingUntil.set(person, clock.now() + cooldownMs);
    const isUseless = departure === 'budget-spent' || departure === 'phase-done';
    const gapMs = isUseless ? 0 : this.#exponential(pace.arrivalMeanMs);
    this.#later(gapMs, () => this.#arrive(pace.lookAroundMeanMs));
  }

  /** Nobody comes any more. Safe to call twice. */
  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  #arrive(lookAroundMeanMs: number): void {
    const person = this.#draw();
    if (person === null) {
      this.#later(nobodyFreeMs, () => this.#arrive(lookAroundMeanMs));
      return;
    }
    this.#present.add(person);
    const { pace, onArrive } = this.#options;
    const vanishes = this.#uniform() < pace.vanishing;
    const moment = vanishingMoments[Math.floor(this.#uniform() * vanishingMoments.length)] ?? null;
    const patienceMs = logUniform(pace.patienceMs, this.#uniform());
    const stepMs = logUniform(pace.stepMs, this.#uniform());
    onArrive({
      person,
      lookAroundMs: this.#exponential(lookAroundMeanMs),
      stepMs,
      vanishesAt: vanishes ? moment : null,
      patienceMs,
    });
  }

  /** A uniform draw among those who are away, rested and able; null when there is nobody. */
  #draw(): number | null {
    const now = this.#options.clock.now();
    for (const [person, until] of this.#restingUntil) if (until <= now) this.#restingUntil.delete(person);
    const isFree = (person: number) =>
      !this.#present.has(person) && !this.#restingUntil.has(person) && !this.#spent.has(person);
    for (let attempt = 0; attempt < 16; attempt += 1) {
      const person = Math.floor(this.#uniform() * this.#population);
      if (isFree(person)) return person;
    }
    const free = Array.from({ length: this.#population }, (_, person) => person).filter(isFree);
    return free[Math.floor(this.#uniform() * free.length)] ?? null;
  }

  /** Uniform in [0, 1). */
  #uniform(): number {
    this.#options.random.fillUint32(this.#word);
    return (this.#word[0] ?? 0) / 2 ** 32;
  }

  #exponential(mean: number): number {
    return -Math.log(1 - this.#uniform()) * mean;
  }

  #later(delayMs: number, run: () => void): void {
    if (this.#isClosed) return;
    const cancel = this.#options.clock.after(delayMs, () => {
      this.#cancels.delete(cancel);
      if (!this.#isClosed) run();
    });
    this.#cancels.add(cancel);
  }
}

/** Between `least` and `most`, uniform in the logarithm. @param uniform in [0, 1) */
export function logUniform([least, most]: readonly [number, number], uniform: number): number {
  return least * (most / least) ** uniform;
}
