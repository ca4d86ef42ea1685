// Virtual time: a queue of events, of which one is carried out at a time. The next one waits until nothing that the last one started is still
// under way, so that what happens depends on virtual time alone: not on threads, and not on how long the machine takes.
//
// Under way is (1) what microtasks still have to do, and (2) work that leaves this thread and that the simulator knows of: all of it goes
// through `during` (cryptography, compression, requests). Node runs every microtask and next tick before the next immediate, so an immediate
// that fires while nothing is counted by `during` fires in stillness. Nothing in a simulation may use timers or immediates of its own; a test
// watches the asynchronous resources of a run for that.
import { fmix32 } from '#shared/maths/random.ts';
import type { Clock as ServerClock } from '../../server/clock.ts';
import type { Clock as DeviceClock } from '../engine/environment.ts';

interface Event {
  readonly dueMs: number;
  /** Of two events at one time the one that was asked for first comes first. */
  readonly place: number;
  /** What of it goes into the digest. */
  readonly label: string;
  /** null once cancelled. */
  run: (() => void) | null;
}

/** Two words that depend on every event so far, in order. */
export type Digest = readonly [number, number];

export const emptyDigest: Digest = [0, 0];

/** Cancelled events are removed when they are this many and most of all. */
const compactFrom = 4096;

export class VirtualClock {
  readonly #queue: Event[] = [];
  #nowMs: number;
  #place = 0;
  #cancelled = 0;
  #underWay = 0;
  #wake: (() => void) | null = null;
  #digest: Digest;
  #carriedOut = 0;

  /** @param nowMs unix ms, a whole number. */
  constructor(nowMs: number, digest: Digest = emptyDigest) {
    this.#nowMs = nowMs;
    this.#digest = digest;
  }

  /** Unix ms, always whole: the ledger takes nothing else. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get digest(): Digest {
    return this.#digest;
  }

  /** Events carried out so far. */
  get carriedOut(): number {
    return this.#carriedOut;
  }

  readonly device: DeviceClock = {
    now: () => this.#nowMs,
    after: (delayMs, run) => this.after(delayMs, 'device', run),
  };

  readonly server: ServerClock = {
    nowMs: () => this.#nowMs,
    setTimer: (run, delayMs) => this.after(delayMs, 'server', run),
  };

  /** Once, `delayMs` from now, rounded to a whole ms. Returns a cancel that is safe to call twice. */
  after(delayMs: number, label: string, run: () => void): () => void {
    return this.at(this.#nowMs + delayMs, label, run);
  }

  /** Once, at `dueMs`; at once where that is over. */
  at(dueMs: number, label: string, run: () => void): () => void {
    if (Number.isNaN(dueMs)) throw new RangeError(`${label}: expected a time, got NaN`);
    const event: Event = { dueMs: Math.max(this.#nowMs, Math.round(dueMs)), place: this.#place++, label, run };
    this.#push(event);
    return () => {
      if (event.run === null) return;
      event.run = null;
      this.#cancelled += 1;
      if (this.#cancelled > compactFrom && 2 * this.#cancelled > this.#queue.length) this.#compact();
    };
  }

  /** Counts work that leaves this thread, so that time stands still until it is done. Settles as `work` does. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work;
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#wake?.();
    }
  }

  /** Carries out events until `isOver`, or until the next would come after `untilMs`: then it is `untilMs`. Also at the end all is still. */
  async run(isOver: () => boolean, untilMs: number): Promise<void> {
    await this.#stillness();
    while (!isOver()) {
      const event = this.#pop();
      if (event === null || event.dueMs > untilMs) {
        if (event !== null) this.#push(event);
        if (Number.isFinite(untilMs)) this.#nowMs = Math.max(this.#nowMs, untilMs);
        return;
      }
      this.#nowMs = event.dueMs;
      this.#carriedOut += 1;
      this.#digest = folded(this.#digest, event);
      const run = event.run;
      // Cancelling an event that has begun changes nothing.
      event.run = null;
      run?.();
      await this.#stillness();
    }
  }

  async #stillness(): Promise<void> {
    for (;;) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#underWay === 0) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }

  // A binary heap by time and place.

  #push(event: Event): void {
    const queue = this.#queue;
    let at = queue.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, queue[parent]!)) break;
      queue[at] = queue[parent]!;
      at = parent;
    }
    queue[at] = event;
  }

  /** The next event that was not cancelled. */
  #pop(): Event | null {
    for (;;) {
      const first = this.#queue[0];
      if (first === undefined) return null;
      const last = this.#queue.pop()!;
      if (this.#queue.length > 0) this.#sink(last);
      if (first.run !== null) return first;
      this.#cancelled -= 1;
    }
  }

  /** Puts `event` in the place of the first. */
  #sink(event: Event): void {
    const queue = this.#queue;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= queue.length) break;
      if (child + 1 < queue.length && isBefore(queue[child + 1]!, queue[child]!)) child += 1;
      if (!isBefore(queue[child]!, event)) break;
      queue[at] = queue[child]!;
      at = child;
    }
    queue[at] = event;
  }

  #compact(): void {
    const left = this.#queue.filter((event) => event.run !== null);
    this.#queue.length = 0;
    this.#cancelled = 0;
    for (const event of left) this.#push(event);
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.place < b.place);
}

function folded([first, second]: Digest, { dueMs, label }: Event): Digest {
  let a = first;
  let b = second;
  const fold = (word: number): void => {
    a = fmix32((Math.imul(a, 31) + word) >>> 0);
    b = fmix32((Math.imul(b, 33) ^ word) >>> 0);
  };
  fold(dueMs >>> 0);
  fold(Math.floor(dueMs / 2 ** 32));
  for (let at = 0; at < label.length; at += 1) fold(label.charCodeAt(at));
  return [a, b];
}

/** As 16 hex characters. */
export function digestText([a, b]: Digest): string {
  return `${a.toString(16).padStart(8, '0')}${b.toString(16).padStart(8, '0')}`;
}
