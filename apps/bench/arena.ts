// Where contestants run: a worker of a browser, or a thread of Node. The same orders and answers for both; this file is the worker's half.
import { countedSince, type DeviceCounts, deviceCounts } from '../engine/testing/counted-device.ts';
import { type ContenderName, contenderOf } from './contenders.ts';
import type { Contestant, Enter, Surroundings, Task } from './task.ts';

export type Order =
  | { readonly kind: 'enter'; readonly contender: ContenderName; readonly task: Task }
  /** @param times how often, one after the other */
  | { readonly kind: 'run'; readonly times: number }
  | { readonly kind: 'facts' };

export interface Run {
  /** On the clock, for one time of them. */
  readonly wallMs: number;
  /** The thread was kept by it before the graphics processor had its work; null: not asked, or not to be told. */
  readonly enqueueMs: number | null;
  /** What was asked of the graphics processor, by one time. */
  readonly counts: DeviceCounts;
}

export interface Entered {
  /** Making ready, and the first run. */
  readonly first: Run;
}

export type Facts = Readonly<Record<string, number>>;

/** Carries out orders, one at a time. */
export class Arena {
  readonly #surroundings: Surroundings;
  #contestant: Contestant | null = null;
  #minimizeMs = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  async carryOut(order: Order): Promise<Entered | Run | Facts> {
    switch (order.kind) {
      case 'enter':
        return this.#enter(order.contender, order.task);
      case 'run':
        return this.#run(order.times);
      case 'facts':
        return this.#contestant?.facts?.() ?? {};
    }
  }

  async #enter(name: ContenderName, task: Task): Promise<Entered> {
    const contender = contenderOf(name);
    if (contender.kind !== task.kind) throw new RangeError(`${name} is for ${contender.kind}, got ${task.kind}`);
    const before = deviceCounts();
    // The kinds agree, as checked above.
    const enter = (await contender.enter()) as Enter<Task['kind']>;
    this.#contestant = await enter(task as never, this.#surroundings);
    if (this.#contestant.enqueue === 'in-minimize') await this.#watchMinimize();
    const run = await this.#run(1);
    return { first: { ...run, counts: countedSince(before) } };
  }

  async #run(times: number): Promise<Run> {
    const contestant = this.#contestant;
    if (contestant === null) throw new RangeError('run: expected a contestant, got none; enter one first');
    const { ticksMs } = this.#surroundings;
    const before = deviceCounts();
    this.#minimizeMs = 0;
    let untilItWaitsMs = 0;
    const start = ticksMs();
    for (let time = 0; time < times; time++) {
      const begun = ticksMs();
      const result = contestant.run();
      untilItWaitsMs += ticksMs() - begun;
      await result;
    }
    const wallMs = (ticksMs() - start) / times;
    const spent = { 'until-it-waits': untilItWaitsMs, 'in-minimize': this.#minimizeMs, none: null };
    const enqueueMs = spent[contestant.enqueue ?? 'none'];
    const total = countedSince(before);
    const counts = { ...total };
    for (const key of Object.keys(counts) as (keyof DeviceCounts)[])
      Object.assign(counts, { [key]: total[key] / times });
    return { wallMs, enqueueMs: enqueueMs === null ? null : enqueueMs / times, counts };
  }

  /** Autodiff enqueues in `minimize`, between the readbacks. */
  async #watchMinimize(): Promise<void> {
    const { Optimizer } = await import('@tensorflow/tfjs');
    const { minimize } = Optimizer.prototype;
    const { ticksMs } = this.#surroundings;
    const add = (ms: number) => {
      this.#minimizeMs += ms;
    };
    Optimizer.prototype.minimize = function (...parameters) {
      const begun = ticksMs();
      const cost = minimize.apply(this, parameters);
      add(ticksMs() - begun);
      return cost;
    };
  }
}

export function after(delayMs: number, then: () => void): () => void {
  const timer = setTimeout(then, delayMs);
  return () => clearTimeout(timer);
}

export interface Answer {
  readonly id: number;
  readonly value: unknown;
  readonly error: string | null;
}

/** An order's answer, errors included. */
export async function answerTo(arena: Arena, id: number, order: Order): Promise<Answer> {
  try {
    return { id, value: await arena.carryOut(order), error: null };
  } catch (error) {
    return { id, value: null, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
