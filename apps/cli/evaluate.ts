// `tacit evaluate`: how good is a learner on a data set? Protocols p1 (strangers, full ranking), p2 (leave one out) and time (past and future).
// The last line of standard output is the result as JSON; progress goes to standard error.
import { freemem } from 'node:os';
import { computeFeatures } from '#shared/catalogue/features.ts';
import type { CatalogueItem } from '#shared/catalogue/schema.ts';
import type { RoundCore } from '#shared/core/rounds.ts';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import type { LearnerCost } from '#shared/evaluation/learner.ts';
import {
  type GivenSettings,
  type LearnerEntry,
  type LearnerName,
  learners,
  type Settings,
  settingsOf,
} from '#shared/evaluation/learners.ts';
import { type MeanMetrics, meanMetrics, type UserMetrics } from '#shared/evaluation/metrics.ts';
import { trialOfFold } from '#shared/evaluation/protocol-p1.ts';
import { leakOnly, leaveOneOut } from '#shared/evaluation/protocol-p2.ts';
import { timeSplit } from '#shared/evaluation/protocol-time.ts';
import { type PositiveSet, positiveSet } from '#shared/evaluation/split.ts';
import { exposureOf, type RankedPerson, runTrial, type Trial } from '#shared/evaluation/trial.ts';
import type { Features } from '#shared/model/model.ts';
import { readCore } from '../../server/core-file.ts';
import { UsageError } from './config.ts';
import { type Dataset, DatasetError, readDataset } from './dataset.ts';
import { flagOf, type Options, optionsOf, usage } from './evaluate-options.ts';

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
    const result = evaluate(await readDataset(options.dataset), options);
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
  readonly coverage: number;
  readonly gini: number;
  readonly seed: number;
  readonly rejectedRows: number;
  readonly wallSeconds: number;
}

/** A learner's run over all trials with one training seed: people by round, in the order of the trials. */
interface Repeat {
  readonly byRound: ReadonlyMap<number, readonly RankedPerson[]>;
  readonly cost: LearnerCost;
}

function evaluate(dataset: Dataset, options: Options): EvaluationResult {
  const started = process.uptime();
  const entry: LearnerEntry = learners[options.learner];
  const settings = settingsOf(options.learner, options.settings, flagOf);
  const minRating = options.minRating ?? standardMinRating(dataset, options);
  const set = positivesOf(dataset, minRating);
  note(`${set.users.length} users, ${set.items.length} items, ${set.rows.length} positives`);
  const trials = trialsOf(set, featuresOf(set, dataset), options);
  checkMemory(entry, settings, trials, options.learner);
  const rounds = roundCore(readCore(note));
  const repeats = Array.from({ length: settings.noiseSeeds ?? 1 }, (_, index) =>
    repeat(entry, settings, trials, options.seed + index, rounds),
  );
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
    seNdcg10Seeds: bySeed.length < 2 ? null : standardError(bySeed),
    hr10: options.protocol === 'p2' ? mean(last.map((person) => person.hit10)) : null,
    leakOnly: options.protocol === 'p2' ? leakOf(trials[0]!, options.seed) : null,
    coverage: mean(shown.map((each) => each.coverage)),
    gini: mean(shown.map((each) => each.gini)),
    ...first.cost,
    items: set.items.length,
    folds: options.protocol === 'p1' ? options.folds : [],
    curve,
    minRating,
    seed: options.seed,
    settings,
    rejectedRows: dataset.rejected,
    wallSeconds: Math.round((process.uptime() - started) * 10) / 10,
  };
}

/** Leave one out is for comparison with published tables, where every interaction counts. */
function standardMinRating(dataset: Dataset, options: Options): number | null {
  return dataset.rated && options.protocol !== 'p2' ? 4 : null;
}

function trialsOf(set: PositiveSet, features: Features | null, options: Options): Trial[] {
  const { protocol, seed } = options;
  if (protocol === 'p2') return [leaveOneOut(set, seed, features)];
  if (protocol === 'time') {
    if (set.times === null)
      throw new DatasetError('--protocol time needs a timestamp column, and the data set has none');
    const trial = timeSplit(set, seed, features);
    if (trial.test.length === 0 || trial.data.people.length === 0) {
      throw new RangeError('no time divides the likes into a past to train on and a future to test');
    }
    return [trial];
  }
  const trials = options.folds.flatMap((fold) => {
    const trial = trialOfFold(set, fold, seed, features);
    if (trial.test.length > 0 && trial.data.people.length > 0) return [trial];
    note(`fold ${fold}: nobody to ${trial.test.length > 0 ? 'train on' : 'test'}, skipped`);
    return [];
  });
  if (trials.length === 0) throw new RangeError('no fold has both people to train on and people to test');
  return trials;
}

/** Arrays beyond this are out of reach for one process, however much memory there is. */
const mostArrayBytes = 2 ** 34;

function checkMemory(entry: LearnerEntry, settings: GivenSettings, trials: readonly Trial[], name: string): void {
  const learner = entry.create(settings as Settings);
  const needed = Math.max(...trials.map((trial) => learner.memoryBytes(trial.data)));
  const available = Math.min(mostArrayBytes, freemem());
  if (needed > available) {
    throw new RangeError(
      `${name} on ${trials[0]!.data.items.length} items needs ${needed} bytes of memory, and ${available} are available. ` +
        'Take a smaller data set, or another learner.',
    );
  }
}

function repeat(
  entry: LearnerEntry,
  settings: GivenSettings,
  trials: readonly Trial[],
  seed: number,
  rounds: RoundCore,
): Repeat {
  const byRound = new Map<number, RankedPerson[]>();
  let cost: LearnerCost | null = null;
  trials.forEach((trial, index) => {
    const learner = entry.create(settings as Settings);
    const result = runTrial(
      trial,
      learner,
      { seed, checkpoints: curveRounds(settings.rounds ?? 0), rounds },
      (round, people) => {
        const { ndcg10, recall20 } = meanMetrics(people);
        note(
          `part ${index + 1} of ${trials.length}, round ${round}: NDCG@10 ${ndcg10.toFixed(4)} Recall@20 ${recall20.toFixed(4)}`,
        );
      },
    );
    for (const { round, people } of result.rounds) byRound.set(round, [...(byRound.get(round) ?? []), ...people]);
    cost = costlier(cost, result.cost);
  });
  return { byRound, cost: cost! };
}

/** Of two folds, the larger of each cost: folds differ a little in people. */
function costlier(a: LearnerCost | null, b: LearnerCost): LearnerCost {
  if (a === null) return b;
  return {
    rounds: b.rounds,
    participationsPerUser: Math.max(a.participationsPerUser, b.participationsPerUser),
    epsilon: a.epsilon === null || b.epsilon === null ? null : Math.max(a.epsilon, b.epsilon),
    uploadBytesPerClient: Math.max(a.uploadBytesPerClient, b.uploadBytesPerClient),
    downloadBytesPerClient: Math.max(a.downloadBytesPerClient, b.downloadBytesPerClient),
  };
}

/** Each person's metrics, averaged over the repeats. */
function meanOverRepeats(repeats: readonly Repeat[], round: number): (UserMetrics & { hit10: number })[] {
  const lists = repeats.map((each) => each.byRound.get(round)!);
  return lists[0]!.map((_, person) => {
    const of = (metric: 'ndcg10' | 'ndcg100' | 'recall20' | 'hit10') =>
      mean(lists.map((list) => list[person]![metric]));
    return { ndcg10: of('ndcg10'), ndcg100: of('ndcg100'), recall20: of('recall20'), hit10: of('hit10') };
  });
}

function leakOf(trial: Trial, seed: number): { hr10: number; ndcg10: number } {
  const people = leakOnly(trial, seed);
  return { hr10: mean(people.map((person) => person.hit10)), ndcg10: meanMetrics(people).ndcg10 };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the mean. */
function standardError(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/** Rounds of the curve: 1, 2, 5, 10, 20, 40, 80 and so on, and the last. */
function curveRounds(rounds: number): number[] {
  const points = [1, 2, 5];
  for (let round = 10; round < rounds; round *= 2) points.push(round);
  return [...points.filter((round) => round < rounds), rounds];
}

function positivesOf(dataset: Dataset, least: number | null): PositiveSet {
  const positive = (index: number) => least === null || !(dataset.ratings[index]! < least);
  let count = 0;
  for (let index = 0; index < dataset.userOf.length; index++) if (positive(index)) count++;
  const userOf = new Uint32Array(count);
  const itemOf = new Uint32Array(count);
  const timeOf = new Float64Array(count);
  let at = 0;
  for (let index = 0; index < dataset.userOf.length; index++) {
    if (!positive(index)) continue;
    userOf[at] = dataset.userOf[index]!;
    itemOf[at] = dataset.itemOf[index]!;
    timeOf[at++] = dataset.times?.[index] ?? 0;
  }
  const pairs = { userNames: dataset.users, itemNames: dataset.items, userOf, itemOf };
  return positiveSet(dataset.times === null ? pairs : { ...pairs, timeOf });
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
