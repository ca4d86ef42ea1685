// The command line of `tacit simulate`: which flags there are, what they may be, and the scenarios that they make. A flag with several values
// makes a scenario of each; several such flags make one of each combination, over the same people.
import { type LearnerName, learnerNames } from '#shared/model/model.ts';
import { mostTasteSpread } from '#shared/population/population.ts';
import { noiseMultiplierFor, participationsAllowed } from '#shared/privacy/accountant.ts';
import { maximumDelta, maximumEpsilonCap, minimumDelta, minimumNoiseMultiplier } from '#shared/protocol/limits.ts';
import { leastMinCohort } from '#shared/protocol/policy.ts';
import { gatheringTarget } from '#shared/secagg/parameters.ts';
import { defaultLearner } from '../../server/config.ts';
import { hourMs } from '../simulate/habits.ts';
import { type Malice, maliceInWords, malices } from '../simulate/malice.ts';
import type { Scenario } from '../simulate/spec.ts';
import { type FlagTable, type NumberRange, numberOf, oneOf, parseArguments } from './arguments.ts';
import { UsageError } from './config.ts';

export type People =
  | { readonly kind: 'dataset'; readonly path: string }
  | { readonly kind: 'catalogue'; readonly choice: string; readonly tasteSpread: number };

export interface SimulateOptions {
  readonly people: People;
  readonly scenarios: readonly Scenario[];
  readonly clock: 'virtual' | 'real';
  /** With the real clock: how many times faster the crowd's hours go by. */
  readonly lapse: number;
  /** Folder of the results; null: named by the run. */
  readonly out: string | null;
  readonly dataDir: string;
  readonly workers: number | null;
  readonly resume: boolean;
  readonly json: boolean;
  /** Of the people; scenarios of repeats have others. */
  readonly seed: number;
}

/** Scenarios of one run: more are more than one waits for. */
const mostScenarios = 64;
const mostRepeats = 64;
/** The product's standard first. */
const learners: readonly LearnerName[] = [defaultLearner, ...learnerNames.filter((name) => name !== defaultLearner)];
/** nMax of a crowd that is too small for more. */
const smallestCohort = 28;

interface Setting {
  /** What stands for the value in the help. */
  readonly value: string;
  readonly initial: string;
  readonly help: string;
  readonly range: NumberRange;
  /** Takes several values, with commas between them. */
  readonly many?: true;
}

const part: NumberRange = { least: 0, most: 1 };

/** Numbers that a scenario is made of, with what they are unless said otherwise. */
const settings = {
  '--clients': {
    value: 'N',
    initial: '500',
    help: 'people',
    range: { least: 24, most: 100_000, whole: true },
  },
  '--cohort': {
    value: 'N[,N]',
    initial: '',
    help: 'most people in a round; default: what the crowd gives',
    range: { least: 20, most: 5_000, whole: true },
    many: true,
  },
  '--rounds': {
    value: 'N',
    initial: '20',
    help: 'published rounds after which it ends',
    range: { least: 1, most: 100_000, whole: true },
  },
  '--days': {
    value: 'X',
    initial: '14',
    help: 'days of virtual time after which it ends at the latest',
    range: { least: 0.01, most: 1_000 },
  },
  '--participations': {
    value: 'N',
    initial: '8',
    help: 'with --epsilon: how often a device may take part within it; sets the noise',
    range: { least: 1, most: 1_000, whole: true },
  },
  '--delta': { value: 'X', initial: '1e-6', help: 'of epsilon', range: { least: minimumDelta, most: maximumDelta } },
  '--cooldown-hours': {
    value: 'X',
    initial: '2',
    help: 'least time between two participations of a device (and at most twice that)',
    range: { least: 0, most: 24 },
  },
  '--present': {
    value: 'X',
    initial: '0.2',
    help: 'part of the people that is there at a time, over the day',
    range: { least: 0.001, most: 0.99 },
  },
  '--stay-minutes': { value: 'X', initial: '20', help: 'mean length of a visit', range: { least: 0.5, most: 1_440 } },
  '--diurnal': {
    value: 'X',
    initial: '0.8',
    help: 'how much visits go by the hour: 0 not at all, 1 most',
    range: part,
  },
  '--skew': {
    value: 'X',
    initial: '0.3',
    help: 'part of the people who come at the hours of their taste, so that cohorts are not alike',
    range: part,
  },
  '--churn': {
    value: 'X',
    initial: '0.02',
    help: 'part of the people that leaves for good in a day; as many newcomers follow',
    range: { least: 0, most: 10 },
  },
  '--speed-spread': {
    value: 'X',
    initial: '100',
    help: 'slowest over fastest device: processor and bandwidth; latency by its root',
    range: { least: 1, most: 10_000 },
  },
  '--dropout': {
    value: 'X[,X]',
    initial: '0.1',
    help: 'part of the seats whose device vanishes in the round, at any stage',
    range: { least: 0, most: 0.95 },
    many: true,
  },
  '--breaks': {
    value: 'X',
    initial: '0.2',
    help: "breaks of the fastest device's connection in an hour; a slow one's break more often",
    range: { least: 0, most: 1_000 },
  },
  '--malicious': {
    value: 'X[,X]',
    initial: '0',
    help: 'part of the people that means harm; the same without them runs beside it',
    range: { least: 0, most: 0.9 },
    many: true,
  },
  '--panel': {
    value: 'N',
    initial: '200',
    help: 'people by whose held-out likes quality is measured',
    range: { least: 1, most: 10_000, whole: true },
  },
  '--measure-every': {
    value: 'N',
    initial: '1',
    help: 'published rounds between two measurements of quality',
    range: { least: 1, most: 100_000, whole: true },
  },
  '--shown-every': {
    value: 'N',
    initial: '10',
    help: 'published rounds between two looks at the list that a page shows, which take long; 0: none',
    range: { least: 0, most: 100_000, whole: true },
  },
  '--checkpoint-every': {
    value: 'N',
    initial: '10',
    help: 'rounds between two checkpoints; the service is restarted at each, so it is part of the run',
    range: { least: 1, most: 100_000, whole: true },
  },
} as const satisfies Readonly<Record<string, Setting>>;

type SettingFlag = keyof typeof settings;

/** Flags with a meaning of their own. */
const others: Readonly<Record<string, readonly [value: string | null, help: string]>> = {
  '--dataset': ['PATH', "people of a data set: a folder with interactions.csv, or MovieLens' folder or zip"],
  '--catalogue': ['NAME', 'made-up people over films (default), an imported catalogue or a JSON file'],
  '--taste-spread': ['X', `made-up people: 0 for all alike, 1 (default) for circles, up to ${mostTasteSpread}`],
  '--learner': ['NAME', `${learners.join(', ')} (default ${learners[0]})`],
  '--epsilon': [
    'X[,X]',
    `most that a device spends in its life, up to ${maximumEpsilonCap}; default ${maximumEpsilonCap}`,
  ],
  '--noise-multiplier': [
    'X[,X]',
    `in place of --epsilon and --participations: the noise, from ${minimumNoiseMultiplier}; epsilon is then ${maximumEpsilonCap}`,
  ],
  '--malicious-kind': ['NAME', `${malices.join(', ')} (default ${malices[0]})`],
  '--masks': ['on|off', 'off: a plain sum in place of the masks, for thousands of people. Default on'],
  '--seed': ['N', 'of people, devices, chance and noise. Default 1'],
  '--repeats': ['N', 'each scenario with N seeds: the same people, other devices, chance and noise. Default 1'],
  '--clock': ['virtual|real', 'real: over sockets, against a server of its own, in real time. Default virtual'],
  '--lapse': ['X', "with --clock real: how many times faster the crowd's hours go by than the devices'. Default 10"],
  '--workers': ['N', 'threads; scenarios run side by side. Default: as many as there are processors'],
  '--out': [
    'DIR',
    'folder of the results. Default: .tacit/simulations/NAME by the options, NAME-real with --clock real',
  ],
  '--data-dir': ['DIR', 'where imported catalogues are. Default .tacit'],
  '--resume': [null, 'go on from the checkpoints of the same run'],
  '--json': [null, 'no table; the last line of standard output is the summary'],
  '--help': [null, 'print this text'],
};

const flagTable: FlagTable = {
  ...Object.fromEntries(
    Object.entries(others).map(([flag, [value]]) => [flag, value === null ? null : `a value (${value})`]),
  ),
  ...Object.fromEntries(Object.entries(settings).map(([flag, { value }]) => [flag, `a value (${value})`])),
  '-h': null,
};

const line = (flag: string, value: string | null, help: string): string =>
  `  ${`${flag}${value === null ? '' : ` ${value}`}`.padEnd(28)} ${help}`;

const otherLines = (flags: readonly string[]): string[] => flags.map((flag) => line(flag, ...others[flag]!));
const settingLines = (flags: readonly SettingFlag[]): string[] =>
  flags.map((flag) => {
    const { value, help, initial } = settings[flag];
    return line(flag, value, initial === '' ? help : `${help}. Default ${initial}`);
  });

export const usage = `A whole federation in one process tree: the code of devices and server as it is, with simulated people, devices and network.
Everything in it is simulated, and says so. In virtual time the same options give the same bytes on the same machine.

Usage: npm run -s tacit -- simulate [flags]

People:
${otherLines(['--dataset', '--catalogue', '--taste-spread']).join('\n')}
${settingLines(['--clients', '--panel']).join('\n')}
Rounds and privacy:
${otherLines(['--learner', '--epsilon', '--noise-multiplier', '--masks']).join('\n')}
${settingLines(['--participations', '--delta', '--cohort', '--rounds', '--days', '--cooldown-hours']).join('\n')}
Behaviour:
${settingLines(['--present', '--stay-minutes', '--diurnal', '--skew', '--churn', '--speed-spread', '--dropout', '--breaks', '--malicious']).join('\n')}
${otherLines(['--malicious-kind']).join('\n')}
${malices.map((kind) => `${' '.repeat(31)}${kind}: ${maliceInWords[kind]}`).join('\n')}
Running:
${otherLines(['--seed', '--repeats', '--clock', '--lapse', '--workers', '--out', '--data-dir', '--resume', '--json', '--help']).join('\n')}
${settingLines(['--measure-every', '--shown-every', '--checkpoint-every']).join('\n')}

A flag with several values (X[,X]) makes a scenario of each combination, over the same people; at most ${mostScenarios} in all.
In DIR: report.html, rounds.csv, devices.csv (by speed class), summary.json, checkpoints/.

Exit codes: 0 done, 1 failed, 2 a flag or a value was not understood, 130 stopped by Ctrl-C (go on with --resume).
`;

/** Reads the command line. @throws {UsageError} that says what was expected. */
export function optionsOf(argv: readonly string[]): SimulateOptions | 'help' {
  const { flags } = parseArguments(argv, flagTable, 0);
  if (flags.has('--help') || flags.has('-h')) return 'help';
  const clock = oneOf('--clock', flags.get('--clock') ?? 'virtual', ['virtual', 'real']);
  const masked = oneOf('--masks', flags.get('--masks') ?? 'on', ['on', 'off']) === 'on';
  if (clock === 'real' && !masked) {
    throw new UsageError('--masks off needs --clock virtual: over real sockets the server is the product as it is.');
  }
  const seed = numberOf('--seed', flags.get('--seed') ?? '1', { least: 0, most: 2 ** 32 - 1, whole: true });
  for (const flag of clock === 'real' ? ['--resume', '--checkpoint-every'] : ['--lapse']) {
    if (flags.has(flag)) throw new UsageError(`${flag} means nothing with --clock ${clock}.`);
  }
  const workers = flags.get('--workers');
  return {
    people: peopleOf(flags),
    scenarios: scenariosOf(flags, masked, seed),
    clock,
    lapse: numberOf('--lapse', flags.get('--lapse') ?? '10', { least: 1, most: 1_000 }),
    out: flags.get('--out') ?? null,
    dataDir: flags.get('--data-dir') ?? '.tacit',
    workers: workers === undefined ? null : numberOf('--workers', workers, { least: 1, most: 64, whole: true }),
    resume: flags.has('--resume'),
    json: flags.has('--json'),
    seed,
  };
}

function peopleOf(flags: ReadonlyMap<string, string>): People {
  const path = flags.get('--dataset');
  if (path !== undefined) {
    for (const flag of ['--catalogue', '--taste-spread']) {
      if (flags.has(flag)) throw new UsageError(`${flag} means nothing with --dataset, whose people are real.`);
    }
    return { kind: 'dataset', path };
  }
  const spread = flags.get('--taste-spread') ?? '1';
  return {
    kind: 'catalogue',
    choice: flags.get('--catalogue') ?? 'films',
    tasteSpread: numberOf('--taste-spread', spread, { least: 0, most: mostTasteSpread }),
  };
}

/** One value of what varies: numbers for the scenario, and words for its label where there is more than one value. */
interface Choice {
  readonly words: string;
  readonly fields: Partial<Scenario>;
}

function scenariosOf(flags: ReadonlyMap<string, string>, masked: boolean, seed: number): Scenario[] {
  const value = (flag: SettingFlag): number => numberOf(flag, textOf(flags, flag), settings[flag].range);
  const malice: Malice = oneOf('--malicious-kind', flags.get('--malicious-kind') ?? malices[0], malices);
  if (malice === 'wrong-shares' && !masked) {
    throw new UsageError('--malicious-kind wrong-shares needs --masks on: a plain sum has no shares.');
  }
  const learner = oneOf('--learner', flags.get('--learner') ?? defaultLearner, learners);
  const common = {
    learner,
    masked,
    malice,
    clients: value('--clients'),
    delta: value('--delta'),
    rounds: value('--rounds'),
    days: value('--days'),
    cooldownMs: Math.round(value('--cooldown-hours') * hourMs),
    present: value('--present'),
    stayMinutes: value('--stay-minutes'),
    diurnal: value('--diurnal'),
    skew: value('--skew'),
    churn: value('--churn'),
    speedSpread: value('--speed-spread'),
    breaksPerHour: value('--breaks'),
    panel: value('--panel'),
    measureEvery: value('--measure-every'),
    shownEvery: value('--shown-every'),
    checkpointEvery: value('--checkpoint-every'),
  };
  const dimensions: Readonly<Record<string, readonly Choice[]>> = {
    epsilon: privacyOf(flags, common.delta, value('--participations')),
    cohort: flags.has('--cohort')
      ? numbersOf(flags, '--cohort').map((cohort) => ({ words: `cohort ${cohort}`, fields: { cohort } }))
      : [{ words: '', fields: { cohort: null } }],
    dropout: numbersOf(flags, '--dropout').map((dropout) => ({ words: `dropout ${dropout}`, fields: { dropout } })),
    malicious: withControl(numbersOf(flags, '--malicious')).map((malicious) => ({
      words: malicious === 0 ? 'nobody malicious' : `malicious ${malicious}`,
      fields: { malicious },
    })),
  };
  const repeats = numberOf('--repeats', flags.get('--repeats') ?? '1', { least: 1, most: mostRepeats, whole: true });
  const combinations = product(Object.entries(dimensions));
  if (combinations.length * repeats > mostScenarios) {
    throw new UsageError(
      `expected at most ${mostScenarios} scenarios, got ${combinations.length * repeats}: give fewer values or fewer --repeats.`,
    );
  }
  const scenarios = combinations.flatMap(({ varies, fields }) =>
    Array.from({ length: repeats }, (_, repeat): Omit<Scenario, 'id'> => {
      const label = Object.values(varies).join(', ');
      // The dimensions together have every field that `common` has not; each is checked above.
      const whole = { ...common, ...fields } as Omit<Scenario, 'id' | 'label' | 'varies' | 'seed'>;
      return { ...whole, varies, label: label === '' ? 'this federation' : label, seed: (seed + repeat) % 2 ** 32 };
    }),
  );
  for (const scenario of scenarios) checkCrowd(scenario);
  return scenarios.map((scenario, id) => ({ ...scenario, id }));
}

/** Harm is judged beside the same without it. */
function withControl(parts: readonly number[]): readonly number[] {
  return parts.some((share) => share > 0) && !parts.includes(0) ? [0, ...parts] : parts;
}

function privacyOf(flags: ReadonlyMap<string, string>, delta: number, participations: number): Choice[] {
  const epsilons = flags.get('--epsilon');
  const multipliers = flags.get('--noise-multiplier');
  if (multipliers !== undefined) {
    if (epsilons !== undefined || flags.has('--participations')) {
      throw new UsageError('expected --noise-multiplier, or --epsilon with --participations, not both.');
    }
    return listOf('--noise-multiplier', multipliers, { least: minimumNoiseMultiplier, most: 1e4 }).map(
      (noiseMultiplier) => {
        const allowed = participationsAllowed(noiseMultiplier, maximumEpsilonCap, delta);
        if (allowed < 1) {
          throw new UsageError(
            `--noise-multiplier: ${noiseMultiplier} allows no participation within epsilon ${maximumEpsilonCap} at delta ${delta}; give more.`,
          );
        }
        return { words: `z ${noiseMultiplier}`, fields: { noiseMultiplier, epsilon: maximumEpsilonCap } };
      },
    );
  }
  return listOf('--epsilon', epsilons ?? String(maximumEpsilonCap), { least: 0.01, most: maximumEpsilonCap }).map(
    (epsilon) => {
      // A hair more, so that rounding on the device does not cost it its last participation.
      const noiseMultiplier = noiseMultiplierFor(participations, epsilon, delta) * (1 + 1e-9);
      return { words: `epsilon ${epsilon}`, fields: { noiseMultiplier, epsilon } };
    },
  );
}

/** Rounds that can hardly ever gather are found before days of virtual time were waited for them. */
function checkCrowd({ clients, cohort, present }: Omit<Scenario, 'id'>): void {
  // A crowd's own cohort is never larger than the crowd can gather, down to the smallest that there is.
  const largest = cohort ?? smallestCohort;
  const least = gatheringTarget(leastMinCohort(largest), largest);
  // Around the evening there are about twice as many as on average.
  const most = Math.min(clients, 2 * clients * present);
  if (least > most) {
    throw new UsageError(
      `${cohort === null ? 'a round' : `--cohort ${cohort}`} needs about ${least} people at a time, and of ${clients} --clients with ` +
        `--present ${present} so many are hardly ever there: give more clients, more of them present, or a smaller cohort.`,
    );
  }
}

/** Every combination of one choice a dimension, with the words of those that vary. */
function product(dimensions: readonly (readonly [string, readonly Choice[]])[]): {
  readonly varies: Readonly<Record<string, string>>;
  readonly fields: Partial<Scenario>;
}[] {
  return dimensions.reduce<{ varies: Record<string, string>; fields: Partial<Scenario> }[]>(
    (combinations, [name, choices]) =>
      combinations.flatMap(({ varies, fields }) =>
        choices.map((choice) => ({
          varies: choices.length > 1 ? { ...varies, [name]: choice.words } : varies,
          fields: { ...fields, ...choice.fields },
        })),
      ),
    [{ varies: {}, fields: {} }],
  );
}

function textOf(flags: ReadonlyMap<string, string>, flag: SettingFlag): string {
  return flags.get(flag) ?? settings[flag].initial;
}

function numbersOf(flags: ReadonlyMap<string, string>, flag: SettingFlag): number[] {
  return listOf(flag, textOf(flags, flag), settings[flag].range);
}

function listOf(flag: string, text: string, range: NumberRange): number[] {
  const numbers = text.split(',').map((one) => numberOf(flag, one, range));
  if (new Set(numbers).size !== numbers.length) throw new UsageError(`${flag}: expected different values, got ${text}`);
  return numbers;
}
