// `tacit evaluate`: how good is a learner on a data set? Protocols p1 (strangers, full ranking), p2 (leave one out) and time (past and future).
// The last line of standard output is the result as JSON; progress goes to standard error.

import { computeFeatures } from '#shared/catalogue/features.ts';
import type { CatalogueItem } from '#shared/catalogue/schema.ts';
import type { LearnerCost } from '#shared/evaluation/learner.ts';
import {
  type GivenSettings,
  type LearnerEntry,
  type LearnerName,
  learners,
  settingsOf,
} from '#shared/evaluation/learners.ts';
import { type MeanMetrics, meanMetrics, type UserMetrics } from '#shared/evaluation/metrics.ts';
import { leakOnly } from '#shared/evaluation/protocol-p2.ts';
import { type PositiveSet, withoutFold } from '#shared/evaluation/split.ts';
import { exposureOf, type RankedPerson, type Trial, type TrialResult } from '#shared/evaluation/trial.ts';
import { meanOf, standardErrorOf } from '#shared/maths/statistics.ts';
import type { Features } from '#shared/model/model.ts';
import { type Dataset, DatasetError, positivesOf, readDataset } from './dataset.ts';
import { flagOf, type Options, optionsOf, usage } from './evaluate-options.ts';
import { type Part, runParts, testedFolds, threadsInMemory, trialOfPart, type Work } from './evaluate-parts.ts';
import { UsageError } from './usage-error.ts';

/** Runs the command. @returns the exit code: 0, 1 when the data set cannot be used, 2 for bad usage, also where there is no data set. */
export async function run(argv: string[]): Promise<number> {
  let options: Options | 'help';
  try {
    options = optionsOf(argv);
  } catch (error) {
    process.stderr.write(`evaluate: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  try {
    const result = await evaluate(await readDataset(options.dataset), options);
    if (!options.json) printTable(result);
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return 0;
  } catch (error) {
    const isBadUsage = error instanceof UsageError;
    if (!isBadUsage && !(error instanceof DatasetError) && !(error instanceof RangeError)) throw error;
    process.stderr.write(`evaluate: ${error.message}\n`);
    return isBadUsage ? 2 : 1;
  }
}

interface CurvePoint {
  readonly round: number;
  readonly ndcg10: number;
  readonly ndcg100: number;
  readonly recall20: number;
  readonly seNdcg10: number;
}

export interface EvaluationResult extends MeanMetrics, LearnerCost {
  readonly protocol: Options['protocol'];
  readonly learner: LearnerName;
  /** True for a baseline that needs everybody's history in one place; its costs to a client are 0 and say nothing. */
  readonly central: boolean;
  readonly settings: GivenSettings;
  readonly items: number;
  readonly minRating: number | null;
  readonly folds: readonly number[];
  /** Standard error of ndcg10 over the repeats of --noise-seeds; null with one. */
  readonly seNdcg10Seeds: number | null;
  readonly ndcg10Seeds: readonly number[];
  /** HR@10 of p2, and what a model has that only counts draws of training negatives: 0.10 is chance. Null in other protocols. */
  readonly hr10: number | null;
  readonly leakOnly: { readonly hr10: number; readonly ndcg10: number } | null;
  readonly curve: readonly CurvePoint[];
  /** With --people, each test person's metrics after the last round, by fold: the same people in the same order whatever the learner. */
  readonly people?: Readonly<Record<keyof UserMetrics, readonly number[]>>;
  readonly coverage: number;
  readonly gini: number;
  readonly seed: number;
  /** The fold whose people were left out; null: nobody. */
  readonly leaveOut: number | null;
  readonly rejectedRows: number;
  /** Parts that ran at a time; the numbers do not depend on it. */
  readonly threads: number;
  readonly wallSeconds: number;
}

/** A learner's run over all trials with one training seed: people by round, in the order of the trials. */
interface Repeat {
  readonly byRound: ReadonlyMap<number, readonly RankedPerson[]>;
  readonly cost: LearnerCost;
}

async function evaluate(dataset: Dataset, options: Options): Promise<EvaluationResult> {
  const started = process.uptime();
  const entry: LearnerEntry = learners[options.learner];
  const settings = settingsOf(options.learner, options.settings, flagOf);
  const minRating = options.minRating ?? standardMinRating(dataset, options);
  const everybody = positivesOf(dataset, minRating);
  const set = options.leaveOut === null ? everybody : withoutFold(everybody, options.leaveOut, options.seed);
  note(`${set.users.length} users, ${set.items.length} items, ${set.rows.length} positives`);
  const { protocol, learner } = options;
  // Who is left is split by another hash than the one that left somebody out, or a fold would be empty.
  const seed = options.leaveOut === null ? options.seed : options.seed + 1;
  const work: Work = { set, features: featuresOf(set, dataset), protocol, seed, learner, settings };
  const tested = testedFolds(work, options.folds);
  const seeds = Array.from({ length: settings.noiseSeeds ?? 1 }, (_, index) => seed + index);
  const parts = seeds.flatMap((trainingSeed) => tested.map((fold): Part => ({ fold, seed: trainingSeed })));
  const threads = Math.min(options.threads, parts.length, threadsInMemory(work, tested));
  const results = await runParts(work, parts, threads, ({ part, round, people }) => {
    const { ndcg10, recall20 } = meanMetrics(people);
    note(
      `part ${part + 1} of ${parts.length}, round ${round}: NDCG@10 ${ndcg10.toFixed(4)} Recall@20 ${recall20.toFixed(4)}`,
    );
  });
  const repeats = seeds.map((_, index) => repeatOf(results.slice(index * tested.length, (index + 1) * tested.length)));
  const first = repeats[0]!;
  const curve = [...first.byRound.keys()].map((round): CurvePoint => {
    const { users: _, ...metrics } = meanMetrics(meanOverRepeats(repeats, round));
    return { round, ...metrics };
  });
  const lastRound = [...first.byRound.keys()].at(-1)!;
  const last = meanOverRepeats(repeats, lastRound);
  const shown = repeats.map((each) => exposureOf(each.byRound.get(lastRound)!, set.items.length));
  const bySeed = repeats.map((each) => meanMetrics(each.byRound.get(lastRound)!).ndcg10);
  return {
    protocol: options.protocol,
    learner: options.learner,
    central: entry.central,
    ...meanMetrics(last),
    ndcg10Seeds: bySeed,
    seNdcg10Seeds: bySeed.length < 2 ? null : standardErrorOf(bySeed),
    hr10: options.protocol === 'p2' ? meanOf(last.map((person) => person.hit10)) : null,
    leakOnly: options.protocol === 'p2' ? leakOf(trialOfPart(work, null), seed) : null,
    coverage: meanOf(shown.map((each) => each.coverage)),
    gini: meanOf(shown.map((each) => each.gini)),
    ...first.cost,
    threads,
    items: set.items.length,
    folds: options.protocol === 'p1' ? options.folds : [],
    curve,
    ...(options.people ? { people: byMetric(last) } : {}),
    minRating,
    seed: options.seed,
    leaveOut: options.leaveOut,
    settings,
    rejectedRows: dataset.rejected,
    wallSeconds: Math.round((process.uptime() - started) * 10) / 10,
  };
}

/** Leave one out is for comparison with published tables, where every interaction counts. */
function standardMinRating(dataset: Dataset, options: Options): number | null {
  return dataset.rated && options.protocol !== 'p2' ? 4 : null;
}

/** One repeat from the results of its trials. */
function repeatOf(results: readonly TrialResult[]): Repeat {
  const byRound = new Map<number, RankedPerson[]>();
  let cost: LearnerCost | null = null;
  for (const result of results) {
    for (const { round, people } of result.rounds) byRound.set(round, [...(byRound.get(round) ?? []), ...people]);
    cost = costlier(cost, result.cost);
  }
  return { byRound, cost: cost! };
}

/** Of two folds, the larger of each cost: folds differ a little in people. */
function costlier(a: LearnerCost | null, b: LearnerCost): LearnerCost {
  if (a === null) return b;
  return {
    rounds: b.rounds,
    participationsPerUser: Math.max(a.participationsPerUser, b.participationsPerUser),
    epsilon: a.epsilon === null || b.epsilon === null ? null : Math.max(a.epsilon, b.epsilon),
    noisePath: a.noisePath === 'summed' ? a.noisePath : b.noisePath,
    uploadBytesPerClient: Math.max(a.uploadBytesPerClient, b.uploadBytesPerClient),
    downloadBytesPerClient: Math.max(a.downloadBytesPerClient, b.downloadBytesPerClient),
  };
}

/** Each person's metrics, averaged over the repeats. */
function meanOverRepeats(repeats: readonly Repeat[], round: number): (UserMetrics & { hit10: number })[] {
  const lists = repeats.map((each) => each.byRound.get(round)!);
  return lists[0]!.map((_, person) => {
    const of = (metric: 'ndcg10' | 'ndcg100' | 'recall20' | 'hit10') =>
      meanOf(lists.map((list) => list[person]![metric]));
    return { ndcg10: of('ndcg10'), ndcg100: of('ndcg100'), recall20: of('recall20'), hit10: of('hit10') };
  });
}

function byMetric(people: readonly UserMetrics[]): Record<keyof UserMetrics, number[]> {
  return {
    ndcg10: people.map((person) => person.ndcg10),
    ndcg100: people.map((person) => person.ndcg100),
    recall20: people.map((person) => person.recall20),
  };
}

function leakOf(trial: Trial, seed: number): { hr10: number; ndcg10: number } {
  const people = leakOnly(trial, seed);
  return { hr10: meanOf(people.map((person) => person.hit10)), ndcg10: meanMetrics(people).ndcg10 };
}

/** Content features of the items that take part, or null when none of them is described by genres or a year. */
function featuresOf(set: PositiveSet, dataset: Dataset): Features | null {
  const items = set.items.map((id): CatalogueItem => {
    const known = dataset.described.get(id);
    const item = { id, title: known?.title ?? id, genres: known?.genres ?? [] };
    return known?.year ? { ...item, year: known.year } : item;
  });
  const described = items.some((item) => item.genres.length > 0 || item.year !== undefined);
  return described ? computeFeatures(items) : null;
}

function printTable(result: EvaluationResult): void {
  process.stdout.write('round    NDCG@10      s.e.  NDCG@100  Recall@20\n');
  for (const { round, ndcg10, seNdcg10, ndcg100, recall20 } of result.curve) {
    const cells = [ndcg10, seNdcg10, ndcg100, recall20].map((value) => value.toFixed(4).padStart(9)).join(' ');
    process.stdout.write(`${String(round).padStart(5)}  ${cells}\n`);
  }
  if (result.hr10 !== null && result.leakOnly !== null) {
    const { hr10, ndcg10 } = result.leakOnly;
    process.stdout.write(
      `HR@10 ${result.hr10.toFixed(4)}   leak-only control: HR@10 ${hr10.toFixed(4)}, NDCG@10 ${ndcg10.toFixed(4)} (chance is 0.10)\n`,
    );
  }
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
