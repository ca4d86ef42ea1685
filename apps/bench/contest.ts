// A contest: several contenders at one task in one place, in turns, so that what else the machine does falls on all of them alike.
import type { DeviceCounts } from '../engine/testing/counted-device.ts';
import type { Facts, Run } from './arena.ts';
import type { ContenderName } from './contenders.ts';
import type { Task } from './task.ts';
import type { Ready, Venue } from './venue.ts';

export interface Standing {
  readonly contender: ContenderName;
  /** With making ready: what a first run costs. */
  readonly first: Run;
  readonly wallMs: readonly number[];
  readonly enqueueMs: readonly number[];
  /** Of the last run. */
  readonly counts: DeviceCounts;
  readonly facts: Facts;
}

export interface Effort {
  /** Turns at most. */
  readonly turns: number;
  /** No further turn after so much of a contender's runs, ... */
  readonly budgetMs: number;
  /** ... but so many in any case. */
  readonly leastTurns: number;
  /** Runs for so long before anything counts, so that what is compiled on the way, on other threads too, is compiled. */
  readonly warmUpMs: number;
  /**
   * A turn is as many runs as take about as long: shorter ones drown in the clock, and in a longer one a busy machine does something else meanwhile.
   */
  readonly turnMs: number;
}

export const fullEffort: Effort = { turns: 25, budgetMs: 4_000, leastTurns: 3, warmUpMs: 400, turnMs: 2 };
export const quickEffort: Effort = { turns: 3, budgetMs: 1_500, leastTurns: 1, warmUpMs: 5, turnMs: 2 };
const mostRunsATurn = 1_000;
/** Of an order to a worker and its answer. */
const leastRunMs = 0.2;

interface Contestant {
  readonly contender: ContenderName;
  readonly ready: Ready;
  readonly times: number;
  readonly runs: Run[];
  spentMs: number;
}

/** @returns ms of the last run */
async function warmedUp(ready: Ready, { warmUpMs, budgetMs }: Effort): Promise<number> {
  let last = ready.first.wallMs;
  // It ran once already, and there is no time for more.
  if (last > budgetMs) return last;
  let spent = 0;
  do {
    last = (await ready.run(1)).wallMs;
    spent += Math.max(last, leastRunMs);
  } while (spent < warmUpMs);
  return last;
}

export async function contest(
  venue: Venue,
  contenders: readonly ContenderName[],
  task: Task,
  effort: Effort,
): Promise<Standing[]> {
  const { turns, budgetMs, leastTurns, turnMs } = effort;
  const contestants: Contestant[] = [];
  try {
    for (const contender of contenders) {
      const ready = await venue.enter(contender, task);
      const warm = await warmedUp(ready, effort);
      const times = Math.min(mostRunsATurn, Math.max(1, Math.ceil(turnMs / Math.max(warm, 1e-3))));
      contestants.push({ contender, ready, times, runs: [], spentMs: 0 });
    }
    for (let turn = 0; turn < turns; turn++) {
      for (const contestant of contestants) {
        if (contestant.spentMs > budgetMs && turn >= leastTurns) continue;
        const run = await contestant.ready.run(contestant.times);
        contestant.runs.push(run);
        contestant.spentMs += run.wallMs * contestant.times;
      }
    }
    const standings: Standing[] = [];
    for (const { contender, ready, runs } of contestants) {
      standings.push({
        contender,
        first: ready.first,
        wallMs: runs.map(({ wallMs }) => wallMs),
        enqueueMs: runs.flatMap(({ enqueueMs }) => enqueueMs ?? []),
        counts: runs.at(-1)!.counts,
        facts: await ready.facts(),
      });
    }
    return standings;
  } finally {
    for (const { ready } of contestants) await ready.close();
  }
}
