// The command line of `tacit evaluate`: which flags there are, what they may be, and which learner they mean something for.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import {
  type GivenSettings,
  type LearnerEntry,
  type LearnerName,
  learnerNames,
  learners,
  type Setting,
  settingsOf,
} from '#shared/evaluation/learners.ts';
import { folds } from '#shared/evaluation/split.ts';
import { serverOptimizers } from '#shared/model/server-optimizer.ts';
import { maximumRowBlocks } from '#shared/protocol/limits.ts';
import { numberOf, oneOf } from './arguments.ts';
import { UsageError } from './usage-error.ts';

export const protocols = ['p1', 'p2', 'time'] as const;

export interface Options {
  readonly dataset: string;
  readonly protocol: (typeof protocols)[number];
  readonly learner: LearnerName;
  readonly minRating: number | null;
  readonly folds: readonly number[];
  /** P1: the people of this fold are left out, and the others are split anew; null: nobody. */
  readonly leaveOut: number | null;
  readonly seed: number;
  readonly settings: GivenSettings;
  readonly json: boolean;
  /** Whether the result has each test person's metrics. */
  readonly people: boolean;
  /** Parts that may run at a time. */
  readonly threads: number;
}

interface SettingFlag {
  readonly setting: Setting;
  /** What stands for the value in the help. */
  readonly value: string;
  readonly help: string;
  readonly parse: (flag: string, text: string) => number | string;
}

const number = (least: number, most: number) => (flag: string, text: string) =>
  numberOf(`--${flag}`, text, { least, most });
const whole = (least: number, most: number) => (flag: string, text: string) =>
  numberOf(`--${flag}`, text, { least, most, whole: true });
const wordOf =
  <Word extends string>(words: readonly Word[]) =>
  (flag: string, text: string) =>
    oneOf(`--${flag}`, text, words);
const times = (flag: string, text: string) => Number.parseInt(oneOf(`--${flag}`, text, ['1x', '10x', '100x']), 10);

/** Flags that set a learner. Each is an error for a learner that it means nothing for. */
const settingFlags: Readonly<Record<string, SettingFlag>> = {
  dim: { setting: 'dim', value: 'N', help: 'dimension of the embeddings', parse: whole(1, 256) },
  lambda: { setting: 'lambda', value: 'X', help: 'ridge', parse: number(1e-9, 1e9) },
  alpha0: { setting: 'alpha0', value: 'X', help: 'weight of an item without interaction', parse: number(1e-6, 1e3) },
  cohort: { setting: 'cohort', value: 'N', help: 'people in a round', parse: whole(1, 1e6) },
  rounds: { setting: 'rounds', value: 'N', help: 'rounds of the federation, sweeps of ials', parse: whole(1, 1e5) },
  'local-steps': {
    setting: 'localSteps',
    value: 'N',
    help: 'steps on the device before an upload (FedAvg)',
    parse: whole(1, 100),
  },
  'local-rate': { setting: 'localRate', value: 'X', help: 'rate of a local step', parse: number(1e-6, 1e3) },
  'prox-mu': { setting: 'proxMu', value: 'X', help: 'mu of FedProx; 0 is FedAvg', parse: number(0, 1e6) },
  'speed-spread': {
    setting: 'speedSpread',
    value: 'X',
    help: 'fastest over slowest device: the slow do fewer local steps',
    parse: number(1, 1e4),
  },
  'partial-work': {
    setting: 'partialWork',
    value: 'accept|drop',
    help: 'fewer local steps than asked: count like the others, or not at all',
    parse: wordOf(['accept', 'drop']),
  },
  weights: {
    setting: 'weights',
    value: 'none|size',
    help: 'weigh people by their likes, capped and in buckets',
    parse: wordOf(['none', 'size']),
  },
  'server-optimizer': {
    setting: 'serverOptimizer',
    value: 'NAME',
    help: serverOptimizers.join(', '),
    parse: wordOf(serverOptimizers),
  },
  'item-blocks': {
    setting: 'itemBlocks',
    value: 'N',
    help: 'blocks of the items; a round moves the offsets of one',
    parse: whole(1, maximumRowBlocks),
  },
  'offset-items': {
    setting: 'offsetItems',
    value: 'N',
    help: 'items with offsets under noise; default: as many as the blocks hold',
    parse: whole(1, 1e6),
  },
  rank: {
    setting: 'rank',
    value: 'N',
    help: 'columns of the offsets that a round moves at most',
    parse: whole(1, 256),
  },
  'server-rate': { setting: 'serverRate', value: 'X', help: "the server optimiser's rate", parse: number(1e-9, 1e6) },
  bits: {
    setting: 'bits',
    value: 'N',
    help: 'bits of a number in an update, 1 to 16, rotated and rounded at random',
    parse: whole(1, 16),
  },
  'items-k': { setting: 'itemsK', value: 'N', help: 'items that take part in co-occurrence', parse: whole(1, 1e6) },
  epsilon: {
    setting: 'epsilon',
    value: 'X',
    help: "noise for this epsilon, as the device's ledger charges it",
    parse: number(1e-3, 1e3),
  },
  delta: { setting: 'delta', value: 'X', help: 'default 1e-6', parse: number(1e-15, 1e-5) },
  population: { setting: 'population', value: '1x|10x|100x', help: 'repeat each training person', parse: times },
  'noise-seeds': {
    setting: 'noiseSeeds',
    value: 'N',
    help: 'repeats with other training randomness; the split stays',
    parse: whole(1, 1000),
  },
};

const flagByName = (setting: Setting) =>
  Object.entries(settingFlags).find(([, flag]) => flag.setting === setting)?.[0] ?? setting;

/** The flag of a setting, with its dashes. */
export const flagOf = (setting: Setting): string => `--${flagByName(setting)}`;

export const usage = `tacit evaluate --dataset PATH [options]
  --dataset PATH       a folder with interactions.csv (user,item[,rating[,timestamp]]) and perhaps items.csv (id,title,year,genres),
                       or a MovieLens folder or zip
  --protocol NAME      p1 (default): strangers, five folds by user, full ranking; p2: leave one out with 99 negatives;
                       time: learn from the past, be judged by the future
  --min-rating X       a rating of at least X is positive; default 4 where there are ratings, and every interaction in p2
  --fold N|all         p1: 0 to ${folds - 1}, default all
  --leave-out N        p1: without the people of fold N, the others split anew: for choosing settings before fold N is tested
  --seed N             of the split and the training, default 1
  --threads N          folds and repeats that run at a time, default as many as there are cores; the numbers do not depend on it
  --json               no table, only the JSON line
  --people             the JSON has the metrics of each test person too, in an order that is the same for every learner: to compare in pairs
  --learner NAME       default reconstruction:
${learnerNames.map((name) => `    ${name.padEnd(18)} ${learners[name].summary}\n${' '.repeat(23)}${takes(name)}`).join('\n')}
Settings of a learner:
${Object.entries(settingFlags)
  .map(([name, flag]) => `  ${`--${name} ${flag.value}`.padEnd(26)} ${flag.help}`)
  .join('\n')}
`;

function takes(name: LearnerName): string {
  const entry: LearnerEntry = learners[name];
  const defaults = Object.entries(entry.defaults({}));
  if (defaults.length === 0) return 'no settings';
  return defaults
    .map(([setting, value]) => `--${flagByName(setting as Setting)}${value === null ? '' : ` ${value}`}`)
    .join(' ');
}

/** Reads the command line. @throws UsageError (or parseArgs' TypeError) that says what was expected. */
export function optionsOf(argv: string[]): Options | 'help' {
  const text = { type: 'string' } as const;
  const flags = Object.fromEntries(Object.keys(settingFlags).map((name) => [name, text]));
  const { values } = parseArgs({
    args: argv,
    strict: true,
    allowPositionals: false,
    options: {
      ...flags,
      dataset: text,
      protocol: text,
      learner: text,
      'min-rating': text,
      fold: text,
      'leave-out': text,
      seed: text,
      threads: text,
      json: { type: 'boolean' },
      people: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  const value = (name: string) => (values as Record<string, string | undefined>)[name];
  const dataset = value('dataset');
  if (dataset === undefined)
    throw new UsageError('--dataset is missing: give a folder with interactions.csv, or a zip');
  const protocol = oneOf('--protocol', value('protocol') ?? 'p1', protocols);
  const learner = oneOf('--learner', value('learner') ?? 'reconstruction', learnerNames);
  const fold = value('fold') ?? 'all';
  if (value('fold') !== undefined && protocol !== 'p1')
    throw new UsageError(`--fold means nothing for --protocol ${protocol}`);
  const leaveOut = value('leave-out');
  if (leaveOut !== undefined && protocol !== 'p1')
    throw new UsageError(`--leave-out means nothing for --protocol ${protocol}`);
  const settings = Object.fromEntries(
    Object.entries(settingFlags).flatMap(([name, flag]) => {
      const given = value(name);
      return given === undefined ? [] : [[flag.setting, flag.parse(name, given)]];
    }),
  ) as GivenSettings;
  try {
    settingsOf(learner, settings, flagOf);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
  const minRating = value('min-rating');
  return {
    dataset,
    protocol,
    learner,
    minRating: minRating === undefined ? null : number(-1e9, 1e9)('min-rating', minRating),
    folds: fold === 'all' ? Array.from({ length: folds }, (_, index) => index) : [whole(0, folds - 1)('fold', fold)],
    leaveOut: leaveOut === undefined ? null : whole(0, folds - 1)('leave-out', leaveOut),
    seed: whole(0, 2 ** 32 - 1)('seed', value('seed') ?? '1'),
    settings,
    json: values.json === true,
    people: values.people === true,
    threads: whole(1, 256)('threads', value('threads') ?? `${availableParallelism()}`),
  };
}
