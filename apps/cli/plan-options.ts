// The command line of `tacit plan`.
import { availableParallelism } from 'node:os';
import { type SharedLearner, sharedLearners, smallestCrowd } from '#shared/adviser/candidates.ts';
import { mostInOneSum } from '#shared/evaluation/private-mean.ts';
import { maximumDelta, maximumEpsilonCap, minimumDelta } from '#shared/protocol/limits.ts';
import { numberOf, oneOf, parseArguments } from './arguments.ts';
import { UsageError } from './config.ts';
import { standardDataDir } from './plan-words.ts';

export interface PlanOptions {
  readonly crowd: number;
  readonly catalogue: string;
  readonly epsilon: number;
  readonly delta: number;
  /** Path of the data set whose people the crowd is like; null: made-up people. */
  readonly dataset: string | null;
  /** Null: not fixed. */
  readonly participations: number | null;
  /** Null: all are tried. */
  readonly learner: SharedLearner | null;
  /** People who can be gathered for one round. */
  readonly cohort: number;
  readonly seed: number;
  readonly seeds: number;
  /** The crowd at which sharing pays is sought up to this one. */
  readonly search: number;
  readonly threads: number;
  readonly dataDir: string;
  readonly json: boolean;
}

const largestCrowd = 1_000_000;
const mostParticipations = 1000;
const searchedTimes = 16;
/** A standard error over worlds or folds needs two. */
const [fewestSeeds, standardSeeds, mostSeeds] = [2, 4, 20];

export const usage = `tacit plan --crowd N --catalogue PATH --epsilon E [options]
  --crowd N            different people who are expected to take part, ${smallestCrowd} to ${largestCrowd}
  --catalogue PATH     films, the name of an imported catalogue, a catalogue's JSON file, or a data set (its items)
  --epsilon E          what all that one person sends may cost, up to ${maximumEpsilonCap}
  --delta X            default 1e-6
  --dataset PATH       the site's interactions, as evaluate reads them: the crowd is like these people, drawn from them or repeated.
                       Default: made-up people with tastes over the catalogue, who prove nothing about real ones
  --learner NAME       this one alone: ${sharedLearners.join(', ')}; default the best of them
  --participations N   how often one person takes part (of reconstruction). Default: what serves best
  --cohort N           people who can be there for one round at the same time, ${smallestCrowd} to ${mostInOneSum}; default the crowd, up to ${mostInOneSum}
  --seed N             of people, training and noise, default 1
  --seeds N            runs in which the choice is judged: a world each, or four folds of the data set in turn (a fifth is for choosing);
                       default ${standardSeeds}
  --search N           the crowd from which on sharing pays is sought up to this one; default ${searchedTimes} times the crowd
  --threads N          measurements at a time, default as many as there are cores; the numbers do not depend on it
  --data-dir DIR       where imported catalogues are, default ${standardDataDir}, or TACIT_DATA_DIR
  --json               no table, only the JSON line
`;

/** @throws UsageError that says what was expected. */
export function optionsOf(argv: readonly string[]): PlanOptions | 'help' {
  const { flags } = parseArguments(
    argv,
    {
      '--crowd': 'a number of people',
      '--catalogue': 'a catalogue',
      '--epsilon': 'a number',
      '--delta': 'a number',
      '--dataset': 'a path',
      '--learner': 'a learner',
      '--participations': 'a number',
      '--cohort': 'a number of people',
      '--seed': 'a number',
      '--seeds': 'a number',
      '--search': 'a number of people',
      '--threads': 'a number',
      '--data-dir': 'a folder',
      '--json': null,
      '--help': null,
    },
    0,
  );
  if (flags.has('--help')) return 'help';
  const required = (flag: string, why: string): string => {
    const value = flags.get(flag);
    if (value === undefined || value === '') throw new UsageError(`${flag} is missing: give ${why}`);
    return value;
  };
  const optional = <Fallback>(flag: string, least: number, most: number, fallback: Fallback): number | Fallback => {
    const text = flags.get(flag);
    return text === undefined ? fallback : numberOf(flag, text, { least, most, whole: true });
  };
  const crowd = numberOf('--crowd', required('--crowd', 'how many people are expected to take part'), {
    least: smallestCrowd,
    most: largestCrowd,
    whole: true,
  });
  const learner = flags.get('--learner');
  const epsilon = required('--epsilon', 'what one person may spend');
  return {
    crowd,
    learner: learner === undefined ? null : oneOf('--learner', learner, sharedLearners),
    catalogue: required('--catalogue', 'films, the name of an imported catalogue, or a path'),
    epsilon: numberOf('--epsilon', epsilon, { least: 0.01, most: maximumEpsilonCap }),
    delta: numberOf('--delta', flags.get('--delta') ?? '1e-6', { least: minimumDelta, most: maximumDelta }),
    dataset: flags.has('--dataset') ? required('--dataset', 'a path') : null,
    participations: optional('--participations', 1, mostParticipations, null),
    cohort: optional('--cohort', smallestCrowd, mostInOneSum, mostInOneSum),
    seed: optional('--seed', 0, 2 ** 31, 1),
    search: optional('--search', crowd, searchedTimes * largestCrowd, searchedTimes * crowd),
    seeds: optional('--seeds', fewestSeeds, mostSeeds, standardSeeds),
    threads: optional('--threads', 1, 256, availableParallelism()),
    dataDir: flags.get('--data-dir') ?? (process.env.TACIT_DATA_DIR || standardDataDir),
    json: flags.has('--json'),
  };
}
