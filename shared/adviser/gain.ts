// What a model is worth beside another: the mean difference of the same people's NDCG@10, with the uncertainty of people and of panels.

import { meanOf, standardErrorOf } from '../maths/statistics.ts';

export interface Gain {
  /** Over people, each counted once. */
  readonly mean: number;
  /** The larger of the standard error over people and that over panels (over runs, where all have the same people). */
  readonly standardError: number;
  /** `boundErrors` standard errors below and above the mean. */
  readonly lower: number;
  readonly upper: number;
  /** Different ones. */
  readonly people: number;
  readonly runs: number;
}

/** Standard errors between a mean and its bounds. */
export const boundErrors = 2;

/** A number for each person of a panel. */
export interface PanelRun {
  /** Runs of one panel have the same people in the same order, those of different panels nobody in common. */
  readonly panel: number;
  readonly values: Float64Array;
}

/**
 * By how much the same people are better served; who was measured in several runs counts once, with the mean over them.
 * @param runs differences of NDCG@10, see `difference`.
 * @throws RangeError for runs of one panel with different people, and for fewer than two people.
 */
export function gainOf(runs: readonly PanelRun[]): Gain {
  const panels = meansByPanel(runs);
  const people = panels.flatMap((each) => [...each]);
  if (people.length < 2) throw new RangeError(`expected two people or more to compare, got ${people.length}`);
  const mean = meanOf(people);
  const repeats = (panels.length > 1 ? panels : runs.map(({ values }) => values)).map(meanOf);
  const overRepeats = repeats.length < 2 ? 0 : standardErrorOf(repeats);
  const standardError = Math.max(standardErrorOf(people), overRepeats);
  return {
    mean,
    standardError,
    lower: mean - boundErrors * standardError,
    upper: mean + boundErrors * standardError,
    people: people.length,
    runs: runs.length,
  };
}

/** The mean over people, each counted once. */
export function meanOverPeople(runs: readonly PanelRun[]): number {
  return meanOf(meansByPanel(runs).flatMap((each) => [...each]));
}

/** Person by person. @throws RangeError for lists of different lengths. */
export function difference(model: Float64Array, yardstick: Float64Array): Float64Array {
  expectSamePeople(model, yardstick);
  return model.map((value, person) => value - yardstick[person]!);
}

/** For each panel, each person's mean over its runs. */
function meansByPanel(runs: readonly PanelRun[]): Float64Array[] {
  return [...new Set(runs.map(({ panel }) => panel))].map((panel) => {
    const lists = runs.filter((run) => run.panel === panel).map(({ values }) => values);
    for (const list of lists) expectSamePeople(list, lists[0]!);
    return lists[0]!.map((_, person) => meanOf(lists.map((list) => list[person]!)));
  });
}

function expectSamePeople(a: Float64Array, b: Float64Array): void {
  if (a.length !== b.length) throw new RangeError(`expected the same people, got ${a.length} and ${b.length}`);
}

export const verdicts = ['helps', 'unclear', 'harmful'] as const;
export type Verdict = (typeof verdicts)[number];

/** helps and harmful are said where the bounds agree. */
export function verdictOf({ lower, upper }: Pick<Gain, 'lower' | 'upper'>): Verdict {
  if (lower > 0) return 'helps';
  return upper < 0 ? 'harmful' : 'unclear';
}
