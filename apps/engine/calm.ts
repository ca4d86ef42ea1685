// Training makes way for the person: on a weak machine it waits while they click, type or scroll. The page says when that begins and when it has
// been over for a moment: two messages, however much happens in between.
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import type { Clock } from './environment.ts';
import type { Trainer } from './trainer.ts';

/** With more cores the page keeps one of its own. */
const weakCores = 4;

/** Whether a machine has so few cores that training would be felt. @param cores navigator.hardwareConcurrency; undefined: not told, so taken for weak. */
export function isWeak(cores: number | undefined): boolean {
  return cores === undefined || cores <= weakCores;
}

/** Somebody who does not rest for so long has waited for enough: training goes on, until they rest again. */
export const mostPutOffMs = 15_000;

/** What long work waits for between its steps. */
export class Calm {
  readonly #weak: boolean;
  readonly #clock: Pick<Clock, 'after'>;
  #waiting: (() => void)[] = [];
  /** Whether work waits: the person is busy, and not for too long yet. */
  #isBusy = false;
  #patience: (() => void) | null = null;

  constructor(weak: boolean, clock: Pick<Clock, 'after'>) {
    this.#weak = weak;
    this.#clock = clock;
  }

  /** What the page says. */
  report(interacting: boolean): void {
    if (!this.#weak) return;
    this.#patience?.();
    this.#patience = interacting ? this.#clock.after(mostPutOffMs, () => this.#become(false)) : null;
    this.#become(interacting);
  }

  /** Resolves when nobody is disturbed: at once on a machine that is not weak. */
  async wait(): Promise<void> {
    while (this.#isBusy) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #become(busy: boolean): void {
    this.#isBusy = busy;
    if (!busy) for (const go of this.#waiting.splice(0)) go();
  }
}

/** A trainer that begins nothing while the person is busy. What its own steps wait for is its own. */
export function calmTrainer(trainer: Trainer, calm: Pick<Calm, 'wait'>): Trainer {
  return {
    get backend() {
      return trainer.backend;
    },
    get reasons() {
      return trainer.reasons;
    },
    async load(table: ItemTable): Promise<void> {
      await calm.wait();
      await trainer.load(table);
    },
    async train(interactions: Interactions, onProgress?: (fraction: number) => void): Promise<LocalResult> {
      await calm.wait();
      return trainer.train(interactions, onProgress);
    },
    close: () => trainer.close(),
  };
}
