// One trial of a protocol: people to learn from, and people to test with what their devices know and what they should be shown.
// `runTrial` is the whole evaluation of a learner; a protocol only says which trials there are.
import type { FitOptions, Learner, LearnerCost, TrainingData } from './learner.ts';
import { metricDepth, rankingMetrics, recall, topRows, type UserMetrics } from './metrics.ts';

export interface TestPerson {
  /** What the device knows. Never ranked. */
  readonly history: readonly number[];
  /** Held out; not empty. */
  readonly targets: readonly number[];
  /** Rows among which to rank, ascending, the targets among them; null: all but the history. */
  readonly candidates: Uint32Array | null;
}

export interface Trial {
  readonly data: TrainingData;
  readonly test: readonly TestPerson[];
}

/** What a person's list was worth, and the list itself as far as it is shown. */
export interface RankedPerson extends UserMetrics {
  /** 1 when a target is among the first ten. */
  readonly hit10: number;
  readonly top: Uint32Array;
}

/** Items of a list that are shown, for coverage and Gini. */
const shownItems = 10;

export interface TrialResult {
  readonly cost: LearnerCost;
  /** By round, ascending; the last is the result. */
  readonly rounds: readonly { readonly round: number; readonly people: readonly RankedPerson[] }[];
}

/** Fits a learner and ranks for the test people at each checkpoint. */
export function runTrial(
  trial: Trial,
  learner: Learner,
  options: FitOptions,
  onRound: (round: number, people: readonly RankedPerson[]) => void = () => {},
): TrialResult {
  const rounds: { round: number; people: RankedPerson[] }[] = [];
  const fitting = learner.fit(trial.data, options);
  for (;;) {
    const next = fitting.next();
    if (next.done) return { cost: next.value, rounds };
    const { round, score } = next.value;
    const people = trial.test.map((person) => rankFor(person, score(person.history)));
    rounds.push({ round, people });
    onRound(round, people);
  }
}

/** Ranks for one person; equal scores by ascending row. */
export function rankFor(person: TestPerson, scores: ArrayLike<number>): RankedPerson {
  const ranked =
    person.candidates === null
      ? topRows(scores, person.history, metricDepth)
      : topOf(person.candidates, scores, metricDepth);
  const targets = new Set(person.targets);
  return {
    ...rankingMetrics(ranked, targets),
    hit10: recall(ranked, targets, shownItems) > 0 ? 1 : 0,
    top: ranked.slice(0, shownItems),
  };
}

function topOf(candidates: Uint32Array, scores: ArrayLike<number>, count: number): Uint32Array {
  const own = Float64Array.from(candidates, (row) => scores[row]!);
  return topRows(own, [], count).map((index) => candidates[index]!);
}

export interface Exposure {
  /** Part of the items that are on somebody's list. */
  readonly coverage: number;
  /** 0: every item is shown as often as every other; towards 1: few items are all that is shown. */
  readonly gini: number;
}

/** How evenly the lists of `people` spread over `items` items. */
export function exposureOf(people: readonly RankedPerson[], items: number): Exposure {
  const shown = new Float64Array(items);
  let total = 0;
  for (const { top } of people) {
    for (const row of top) shown[row] = shown[row]! + 1;
    total += top.length;
  }
  if (total === 0) return { coverage: 0, gini: 0 };
  const coverage = shown.reduce((count, times) => count + (times > 0 ? 1 : 0), 0) / items;
  // G = Σ (2 i - n - 1) x_i / (n Σ x) over the ascending x_i, i from 1.
  let weighted = 0;
  shown.sort().forEach((times, index) => {
    weighted += (2 * (index + 1) - items - 1) * times;
  });
  return { coverage, gini: weighted / (items * total) };
}
