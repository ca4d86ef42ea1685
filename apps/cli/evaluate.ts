// `tacit evaluate`: how good is a learner on a data set? Protocol P1 (strong generalisation, full ranking), without noise.
// The last line of standard output is the result as JSON; progress goes to standard error.
import { parseArgs } from 'node:util';
import { computeFeatures } from '#shared/catalogue/features.ts';
import type { CatalogueItem } from '#shared/catalogue/schema.ts';
import { type MeanMetrics, meanMetrics, type UserMetrics } from '#shared/evaluation/metrics.ts';
import {
  evaluatePopularity,
  evaluateReconstruction,
  evaluationBits,
  fullLayout,
} from '#shared/evaluation/protocol-p1.ts';
import { folds, type PositiveSet, positiveSet, splitFold } from '#shared/evaluation/split.ts';
import type { Features } from '#shared/model/model.ts';
import { UsageError } from './config.ts';
import { type Dataset, DatasetError, readDataset } from './dataset.ts';

const usage = `tacit evaluate --dataset PATH [options]
  --dataset PATH       a folder with interactions.csv (user,item[,rating[,timestamp]]) and perhaps items.csv (id,title,year,genres),
                       or a MovieLens folder or zip
  --protocol p1        strong generalisation, five folds by user, full ranking (the only protocol)
  --learner NAME       reconstruction (default) or popularity
  --cohort N           people in a round, default 100
  --dim N              dimension of the embeddings, default 32
  --lambda X           ridge, default 0.01
  --alpha0 X           weight of an item without interaction, default 0.5
  --rounds N           default 40
  --min-rating X       a rating of at least X is positive; default 4 where there are ratings, every interaction where there are none
  --fold N|all         0 to 4, default all: the mean over the five
  --seed N             default 1
  --json               no table, only the JSON line
`;

interface Options {
  readonly dataset: string;
  readonly learner: 'reconstruction' | 'popularity';
  readonly cohort: number;
  readonly dim: number;
  readonly lambda: number;
  readonly alpha0: number;
  readonly rounds: number;
  readonly minRating: number | null;
  readonly folds: readonly number[];
  readonly seed: number;
  readonly json: boolean;
}

/** Runs the command. @returns the exit code: 0, 1 when the data set cannot be used, 2 for bad usage, also where there is no data set. */
export async function run(argv: string[]): Promise<number> {
  let options: Options | 'help';
  try {
    options = parseOptions(argv);
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
}

interface EvaluationResult extends MeanMetrics {
  readonly protocol: 'p1';
  readonly learner: string;
  readonly items: number;
  readonly folds: readonly number[];
  readonly rounds: number;
  readonly curve: readonly CurvePoint[];
  readonly uploadBytesPerClient: number;
  readonly seed: number;
  readonly rejectedRows: number;
  readonly cohort: number;
  readonly dim: number;
  readonly lambda: number;
  readonly alpha0: number;
  readonly seconds: number;
}

function evaluate(dataset: Dataset, options: Options): EvaluationResult {
  const started = process.uptime();
  const set = positivesOf(dataset, options.minRating);
  note(`${set.users.length} users, ${set.items.length} items, ${set.rows.length} positives`);
  const features = options.learner === 'reconstruction' ? featuresOf(set, dataset) : null;
  const byRound = new Map<number, UserMetrics[]>();
  for (const fold of options.folds) {
    const split = splitFold(set, fold, options.seed);
    if (split.test.length === 0 || split.train.length === 0) {
      note(`fold ${fold}: nobody to ${split.train.length === 0 ? 'train on' : 'test'}, skipped`);
      continue;
    }
    const evaluated =
      options.learner === 'popularity'
        ? [{ round: 0, users: evaluatePopularity(set, split) }]
        : evaluateReconstruction(set, split, {
            cohort: options.cohort,
            dimension: options.dim,
            lambda: options.lambda,
            unobservedWeight: options.alpha0,
            rounds: options.rounds,
            seed: options.seed,
            evaluateAt: curveRounds(options.rounds),
            features,
          });
    for (const { round, users } of evaluated) {
      byRound.set(round, [...(byRound.get(round) ?? []), ...users]);
      const mean = meanMetrics(users);
      note(`fold ${fold} round ${round}: NDCG@10 ${mean.ndcg10.toFixed(4)} Recall@20 ${mean.recall20.toFixed(4)}`);
    }
  }
  const last = byRound.get(options.learner === 'popularity' ? 0 : options.rounds);
  if (!last) throw new RangeError('no fold has both people to train on and people to test');
  const curve = [...byRound].map(([round, users]): CurvePoint => {
    const { ndcg10, ndcg100, recall20 } = meanMetrics(users);
    return { round, ndcg10, ndcg100, recall20 };
  });
  const uploadNumbers = options.learner === 'popularity' ? 0 : fullLayout(set.items.length, options.dim).length;
  return {
    protocol: 'p1',
    learner: options.learner,
    ...meanMetrics(last),
    items: set.items.length,
    folds: options.folds,
    rounds: options.learner === 'popularity' ? 0 : options.rounds,
    curve,
    uploadBytesPerClient: Math.ceil((uploadNumbers * evaluationBits) / 8),
    seed: options.seed,
    rejectedRows: dataset.rejected,
    cohort: options.cohort,
    dim: options.dim,
    lambda: options.lambda,
    alpha0: options.alpha0,
    seconds: Math.round((process.uptime() - started) * 10) / 10,
  };
}

/** Rounds of the curve: 1, 2, 5, 10, 20, 40, 80 and so on, and the last. */
function curveRounds(rounds: number): number[] {
  const points = [1, 2, 5];
  for (let round = 10; round < rounds; round *= 2) points.push(round);
  return [...points.filter((round) => round < rounds), rounds];
}

function positivesOf(dataset: Dataset, minRating: number | null): PositiveSet {
  const least = minRating ?? (dataset.rated ? 4 : null);
  const positive = (index: number) => least === null || !(dataset.ratings[index]! < least);
  let count = 0;
  for (let index = 0; index < dataset.userOf.length; index++) if (positive(index)) count++;
  const userOf = new Uint32Array(count);
  const itemOf = new Uint32Array(count);
  let at = 0;
  for (let index = 0; index < dataset.userOf.length; index++) {
    if (!positive(index)) continue;
    userOf[at] = dataset.userOf[index]!;
    itemOf[at++] = dataset.itemOf[index]!;
  }
  return positiveSet({ userNames: dataset.users, itemNames: dataset.items, userOf, itemOf });
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

function parseOptions(argv: string[]): Options | 'help' {
  const { values } = parseArgs({
    args: argv,
    strict: true,
    allowPositionals: false,
    options: {
      dataset: { type: 'string' },
      protocol: { type: 'string' },
      learner: { type: 'string' },
      cohort: { type: 'string' },
      dim: { type: 'string' },
      lambda: { type: 'string' },
      alpha0: { type: 'string' },
      rounds: { type: 'string' },
      'min-rating': { type: 'string' },
      fold: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  if (values.dataset === undefined)
    throw new UsageError('--dataset is missing: give a folder with interactions.csv, or a zip');
  if (values.protocol !== undefined && values.protocol !== 'p1') {
    throw new UsageError(`--protocol is ${values.protocol}, expected p1`);
  }
  const learner = values.learner ?? 'reconstruction';
  if (learner !== 'reconstruction' && learner !== 'popularity') {
    throw new UsageError(`--learner is ${learner}, expected reconstruction or popularity`);
  }
  const fold = values.fold ?? 'all';
  return {
    dataset: values.dataset,
    learner,
    cohort: numberOf('cohort', values.cohort, 100, { low: 1, high: 1e6, whole: true }),
    dim: numberOf('dim', values.dim, 32, { low: 1, high: 256, whole: true }),
    lambda: numberOf('lambda', values.lambda, 0.01, { low: 1e-9, high: 1e3 }),
    alpha0: numberOf('alpha0', values.alpha0, 0.5, { low: 1e-6, high: 1e3 }),
    rounds: numberOf('rounds', values.rounds, 40, { low: 1, high: 1e5, whole: true }),
    minRating:
      values['min-rating'] === undefined
        ? null
        : numberOf('min-rating', values['min-rating'], 4, { low: -1e9, high: 1e9 }),
    folds:
      fold === 'all'
        ? Array.from({ length: folds }, (_, index) => index)
        : [numberOf('fold', fold, 0, { low: 0, high: folds - 1, whole: true })],
    seed: numberOf('seed', values.seed, 1, { low: 0, high: 2 ** 32 - 1, whole: true }),
    json: values.json ?? false,
  };
}

function numberOf(
  name: string,
  text: string | undefined,
  standard: number,
  { low, high, whole }: { low: number; high: number; whole?: boolean },
): number {
  if (text === undefined) return standard;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= low && value <= high) || (whole && !Number.isInteger(value))) {
    throw new UsageError(
      `--${name} is ${JSON.stringify(text)}, expected a ${whole ? 'whole ' : ''}number from ${low} to ${high}`,
    );
  }
  return value;
}

function printTable(result: EvaluationResult): void {
  process.stdout.write('round    NDCG@10  NDCG@100  Recall@20\n');
  for (const { round, ndcg10, ndcg100, recall20 } of result.curve) {
    const cells = [ndcg10, ndcg100, recall20].map((value) => value.toFixed(4).padStart(9)).join(' ');
    process.stdout.write(`${String(round).padStart(5)}  ${cells}\n`);
  }
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
