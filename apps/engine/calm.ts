// Training makes way for the person: on a weak machine it waits while they click, type or scroll. The page says when that begins and when it has
// been over for a moment: two messages, however much happens in between.
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import type { Trainer } from './trainer.ts';

/** With more cores the page keeps one of its own. */
const weakCores = 4;

/** Whether a machine has so few cores that training would be felt. @param cores navigator.hardwareConcurrency; undefined: not told, so taken for weak. */
export function isWeak(cores: number | undefined): boolean {
  return cores === undefined || cores <= weakCores;
}

/** What long work waits for between its steps. */
export class Calm {
  readonly #weak: boolean;
  #interacting = false;
  #waiting: (() => void)[] = [];

  constructor(weak: boolean) {
    this.#weak = weak;
  }

  /** What the page says. */
  report(interacting: boolean): void {
    this.#interacting = interacting;
    if (interacting) return;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Resolves when nobody is disturbed: at once on a machine that is not weak. */
  async wait(): Promise<void> {
    while (this.#weak && this.#interacting) await new Promise<void>((resolve) => this.#waiting.push(resolve));
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
