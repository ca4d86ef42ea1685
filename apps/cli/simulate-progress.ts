// How far a simulation is, on standard error: one line that is drawn again on a terminal, a line now and then elsewhere.

import { hourMs } from '../simulate/habits.ts';
import { beginningMs, type Progress } from '../simulate/scenario.ts';
import type { Scenario } from '../simulate/spec.ts';

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const barWidth = 24;
/** Where nothing is drawn again. */
const lineEveryMs = 15_000;

export class ProgressBar {
  readonly #stream: ProgressStream;
  readonly #nowMs: () => number;
  readonly #totals: readonly number[];
  readonly #startedMs: number;
  readonly #done = new Map<number, number>();
  #firstPart: number | null = null;
  #toldMs = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  /** @param nowMs of this machine; for the time that is left, and for nothing that is kept. */
  constructor(scenarios: readonly Scenario[], stream: ProgressStream, nowMs: () => number = () => performance.now()) {
    this.#totals = scenarios.map(({ rounds }) => rounds);
    this.#stream = stream;
    this.#nowMs = nowMs;
    this.#startedMs = nowMs();
  }

  tell(progress: Progress): void {
    this.#done.set(progress.scenario, Math.min(progress.rounds, this.#totals[progress.scenario] ?? 0));
    const nowMs = this.#nowMs();
    const text = this.#text(progress, nowMs);
    if (this.#stream.isTTY === true) {
      this.#stream.write(`\r${text.slice(0, (this.#stream.columns ?? 100) - 1)}\x1b[K`);
      this.#isDrawn = true;
    } else if (nowMs - this.#toldMs >= lineEveryMs) {
      this.#toldMs = nowMs;
      this.#stream.write(`${text}\n`);
    }
  }

  /** Leaves the last line as it is. */
  end(): void {
    if (this.#isDrawn) this.#stream.write('\n');
    this.#isDrawn = false;
  }

  #text({ nowMs, present, scenario }: Progress, atMs: number): string {
    const total = this.#totals.reduce((sum, rounds) => sum + rounds, 0);
    const done = [...this.#done.values()].reduce((sum, rounds) => sum + rounds, 0);
    const fraction = total === 0 ? 1 : done / total;
    // What a checkpoint had done already took no time now.
    this.#firstPart ??= fraction;
    const here = fraction - this.#firstPart;
    const leftMs = here > 0 ? ((atMs - this.#startedMs) * (1 - fraction)) / here : null;
    const filled = Math.round(barWidth * fraction);
    const bar = `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}]`;
    const which = this.#totals.length > 1 ? ` scenario ${scenario + 1} of ${this.#totals.length},` : '';
    const hours = ((nowMs - beginningMs) / hourMs).toFixed(1);
    const left = leftMs === null ? '' : `, about ${inWords(leftMs)} left`;
    return `${bar} ${done} of ${total} rounds,${which} ${hours} h of virtual time, ${present} there${left}`;
  }
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
