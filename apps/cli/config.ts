// The settings of `npm start`: one table for flags, environment variables, the config file and the help text.
// Precedence: flag, then environment, then file, then default. Nothing is guessed: what is not understood stops the start with the reason.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { demoDelta, demoEpsilonCap } from '#shared/model/crowd.ts';
import { type LearnerName, learnerNames } from '#shared/model/model.ts';
import {
  maximumDelta,
  maximumEpsilonCap,
  maximumMaskedCohort,
  maximumRowBlocks,
  minimumCohortFloor,
  minimumDelta,
} from '#shared/protocol/limits.ts';
import { serverOptimizers } from '#shared/protocol/policy.ts';
import { defaultLearner, logLevels } from '../../server/config.ts';
import { UsageError } from './usage-error.ts';

export { UsageError };

const wholeNumber = (least: number, most: number) =>
  z.int(`expected a whole number from ${least} to ${most}`).min(least).max(most);
const decimal = (least: number, most: number) =>
  z.number(`expected a number from ${least} to ${most}`).min(least).max(most);
const text = (expected: string) => z.string(`expected ${expected}`).min(1, `expected ${expected}`);

interface Option {
  readonly schema: z.ZodType;
  readonly fallback: unknown;
  /** What stands for the value in the help. */
  readonly value: string;
  /** What is expected, in words: the error message and the help share them. */
  readonly expected: string;
  readonly help: string;
}

const option = <Schema extends z.ZodType>(entry: {
  readonly schema: Schema;
  readonly fallback: z.output<Schema>;
  readonly value: string;
  readonly expected: string;
  readonly help: string;
}) => entry;

/** The one table. A key is the config file's key; the flag and the environment variable follow from it. */
const options = {
  port: option({
    schema: wholeNumber(0, 65535),
    fallback: 8080,
    value: 'PORT',
    expected: 'a whole number from 0 to 65535',
    help: 'Port of the page and the service. 0: any free port. Not given: 8080, or the next free one.',
  }),
  host: option({
    schema: text('a host name or an address'),
    fallback: '127.0.0.1',
    value: 'HOST',
    expected: 'a host name or an address to listen on',
    help: 'Address to listen on. Browsers take part over https (a proxy adds it) or on a loopback address alone.',
  }),
  mode: option({
    schema: z.enum(['masked', 'local']),
    fallback: 'masked',
    value: 'masked|local',
    expected: 'masked or local',
    help:
      'masked: the server reads sums of at least 20 updates. local, for crowds that are too small: it receives each update by itself, ' +
      'protected by the noise of its own device alone, and only from visitors who allowed that.',
  }),
  learner: option({
    schema: z.enum(learnerNames),
    fallback: defaultLearner,
    value: learnerNames.join('|'),
    expected: `one of ${learnerNames.join(', ')}`,
    help:
      'What the federation learns. reconstruction: how titles and tastes go together, round by round. co-occurrence: how popular titles are, ' +
      'and which are liked together. communities: what people with similar tastes like. Another one than before begins with a new model.',
  }),
  localSteps: option({
    schema: wholeNumber(1, 64),
    fallback: 1,
    value: 'N',
    expected: 'a whole number from 1 to 64',
    help: 'Of reconstruction: steps on each device before an upload (FedAvg). A device that is too slow sends the mean of those that it has done.',
  }),
  proxMu: option({
    schema: decimal(0, 1000),
    fallback: 0,
    value: 'MU',
    expected: 'a number from 0 to 1000',
    help: 'Of reconstruction: how much local steps are held to the shared model (FedProx). 0: FedAvg.',
  }),
  weights: option({
    schema: z.enum(['none', 'size']),
    fallback: 'none',
    value: 'none|size',
    expected: 'none or size',
    help: 'Of reconstruction: size weighs people by how much they liked, capped and in buckets, inside the masked sum.',
  }),
  serverOptimizer: option({
    schema: z.enum(serverOptimizers),
    fallback: 'preconditioned',
    value: serverOptimizers.join('|'),
    expected: `one of ${serverOptimizers.join(', ')}`,
    help: "Of reconstruction: the server's step.",
  }),
  itemBlocks: option({
    schema: wholeNumber(0, maximumRowBlocks),
    fallback: 0,
    value: 'N',
    expected: `a whole number from 0 to ${maximumRowBlocks}`,
    help:
      'Of reconstruction, in a crowd that carries offsets of items: so many blocks of items take turns, for more items or fewer bytes. 0: one, ' +
      'or as many as --offset-items take.',
  }),
  offsetItems: option({
    schema: wholeNumber(0, 1_000_000),
    fallback: 0,
    value: 'N',
    expected: 'a whole number from 0 to 1000000',
    help: 'Of reconstruction: items with offsets, the most popular; more than a round carries go in blocks. 0: as many as the blocks carry.',
  }),
  rank: option({
    schema: wholeNumber(0, 256),
    fallback: 0,
    value: 'R',
    expected: 'a whole number from 0 to 256',
    help: 'Of reconstruction: dimensions of the offsets that a round moves at most; the others take turns. 0: all.',
  }),
  crowd: option({
    schema: wholeNumber(0, 1_000_000),
    fallback: 0,
    value: 'N',
    expected: 'a whole number from 0 to 1000000',
    help:
      'Different people who are expected to take part: rounds of a phase follow from it, and whether this policy can serve them better than ' +
      'content alone is judged by it. 0: as many as fill the rounds.',
  }),
  cohort: option({
    schema: z.union([z.literal(0), wholeNumber(minimumCohortFloor, maximumMaskedCohort)]),
    fallback: 0,
    value: 'N',
    expected: `0, or a whole number from ${minimumCohortFloor} to ${maximumMaskedCohort}`,
    help: 'People in a masked round at most; they have to be there at the same time. 0: from those expected to be present.',
  }),
  epsilon: option({
    schema: decimal(0, maximumEpsilonCap),
    fallback: 0,
    value: 'E',
    expected: `a number from 0 to ${maximumEpsilonCap}`,
    help: `What a device may spend, from which the noise follows. 0: the standard noise, and ${demoEpsilonCap}.`,
  }),
  participations: option({
    schema: wholeNumber(1, 1000),
    fallback: 1,
    value: 'N',
    expected: 'a whole number from 1 to 1000',
    help: 'Of --epsilon: over how many participations it is divided; for a learner with phases, over how many sessions.',
  }),
  delta: option({
    schema: decimal(minimumDelta, maximumDelta),
    fallback: demoDelta,
    value: 'X',
    expected: `a number from ${minimumDelta} to ${maximumDelta}`,
    help: 'Delta of epsilon.',
  }),
  itemsK: option({
    schema: wholeNumber(0, 100_000),
    fallback: 0,
    value: 'K',
    expected: 'a whole number from 0 to 100000',
    help: 'Of co-occurrence: items that take part one by one. 0: by its rule.',
  }),
  dim: option({
    schema: wholeNumber(0, 256),
    fallback: 0,
    value: 'D',
    expected: 'a whole number from 0 to 256',
    help: 'Of reconstruction: dimensions of a new model. 0: the standard.',
  }),
  rounds: option({
    schema: z.enum(['on', 'off']),
    fallback: 'on',
    value: 'on|off',
    expected: 'on or off',
    help: 'off: content alone is served and nobody sends anything, until the operator resumes.',
  }),
  despiteAdvice: option({
    schema: z.boolean(),
    fallback: false,
    value: '',
    expected: 'true or false',
    help:
      'Start although the policy is judged harmful for this crowd. Not needed on this machine alone with simulated participants or without --crowd, ' +
      'nor with --rounds off.',
  }),
  dataDir: option({
    schema: text('a folder'),
    fallback: '.tacit',
    value: 'DIR',
    expected: 'a folder',
    help: 'Folder of the database, the imported catalogues and the ledgers of the fleet.',
  }),
  fleet: option({
    schema: wholeNumber(0, 500),
    fallback: 36,
    value: 'N',
    expected: 'a whole number from 0 to 500',
    help:
      'Simulated participants present at a time. 0: none (production). The policy plans cohorts for at least 36 people present; more than ' +
      '36 here raise its nMin and nMax too, which is another policy.',
  }),
  catalogue: option({
    schema: text('films, the name of an imported catalogue, or a path'),
    fallback: 'films',
    value: 'films|NAME|PATH',
    expected: 'films, the name of an imported catalogue, or the path of a catalogue JSON file',
    help: 'What is recommended: the bundled films, a catalogue that was imported under NAME, or a JSON file.',
  }),
  population: option({
    schema: wholeNumber(1, 100_000),
    fallback: 2000,
    value: 'N',
    expected: 'a whole number from 1 to 100000',
    help: 'Simulated people from whom those present are drawn.',
  }),
  cooldown: option({
    schema: decimal(0, 86_400),
    fallback: 30,
    value: 'SECONDS',
    expected: 'seconds, from 0 to 86400',
    help: 'Least time between two participations of one device.',
  }),
  seed: option({
    schema: wholeNumber(0, 4_294_967_295),
    fallback: 1,
    value: 'N',
    expected: 'a whole number from 0 to 4294967295',
    help: 'Seed of the simulated people and of their comings and goings. Never of noise.',
  }),
  logLevel: option({
    schema: z.enum(logLevels),
    fallback: 'warn',
    value: logLevels.join('|'),
    expected: `one of ${logLevels.join(', ')}`,
    help: 'How much is logged, on standard error.',
  }),
} satisfies Record<string, Option>;

type OptionName = keyof typeof options;

/** What `npm start` runs with. */
export type Settings = { readonly [Name in OptionName]: z.output<(typeof options)[Name]['schema']> } & {
  /** Whether somebody asked for this very port: then it is an error when it is taken. */
  readonly portIsExplicit: boolean;
};

export type StartRequest =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'start'; readonly settings: Settings; readonly warnings: readonly string[] };

const optionNames = Object.keys(options) as OptionName[];
/** They mean nothing for another learner. */
const optionsOfOneLearner = { itemsK: 'co-occurrence', dim: 'reconstruction' } as const satisfies Partial<
  Record<OptionName, LearnerName>
>;
const trainingOptions = [
  'localSteps',
  'proxMu',
  'weights',
  'serverOptimizer',
  'itemBlocks',
  'offsetItems',
  'rank',
] as const satisfies readonly OptionName[];
const dashed = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const flagOf = (name: string) => `--${dashed(name)}`;
const variableOf = (name: string) => `TACIT_${dashed(name).replaceAll('-', '_').toUpperCase()}`;

/** Variables of the same prefix that the tests and other commands read. */
const otherVariables = new Set([
  'TACIT_CONFIG',
  'TACIT_BROWSER',
  'TACIT_FIREFOX',
  'TACIT_INSTALL',
  'TACIT_TEST_DATA',
  'TACIT_TEST_SEED',
  'TACIT_SCREENSHOTS',
]);
const configFileLimitBytes = 1_048_576;

const shown = (value: unknown) => {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 79)}…` : json;
};

/** Whether the flag takes no value. */
const isSwitch = (name: OptionName): boolean => typeof options[name].fallback === 'boolean';

/** A text from the command line or the environment as the schema's kind of value; a number must look like one. */
function fromText(name: OptionName, value: string): unknown {
  const isNumeric = typeof options[name].fallback === 'number';
  if (isSwitch(name) && (value === 'true' || value === 'false')) return value === 'true';
  return isNumeric && /^[+-]?(\d+(\.\d*)?|\.\d+)(e-\d+)?$/.test(value.trim()) ? Number(value) : value;
}

function parseValue(name: OptionName, value: unknown, where: string): unknown {
  const parsed = options[name].schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `${where}: expected ${options[name].expected}, but got ${shown(value)}. ` +
      `Give such a value or leave it out (default ${options[name].fallback}); npm start -- --help lists all settings.`,
  );
}

function parseFile(path: string, where: string): Map<OptionName, unknown> {
  let json: unknown;
  try {
    const bytes = readFileSync(path);
    if (bytes.length > configFileLimitBytes) throw new RangeError(`it is longer than ${configFileLimitBytes} bytes`);
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new UsageError(`${where}: expected a JSON file, but ${path} cannot be read: ${(error as Error).message}`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UsageError(`${path}: expected a JSON object such as {"port": 8080}, but got ${shown(json)}`);
  }
  const values = new Map<OptionName, unknown>();
  for (const [key, value] of Object.entries(json)) {
    const name = optionNames.find((known) => known === key);
    if (name === undefined) {
      throw new UsageError(`${path}: unknown key ${shown(key)}. Known keys: ${optionNames.join(', ')}.`);
    }
    values.set(name, parseValue(name, value, `${path}, key "${key}"`));
  }
  return values;
}

/**
 * Reads flags, environment and config file.
 * @param argv arguments after the program's name
 * @throws {UsageError} for an unknown flag, an unknown key in the file, or a value that does not fit
 */
export function readSettings(argv: readonly string[], environment: NodeJS.ProcessEnv): StartRequest {
  const flags = new Map<OptionName, unknown>();
  let configPath: string | undefined;
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const [flag = '', ...rest] = argument.split('=');
    if (flag === '--help' || flag === '-h') return { kind: 'help' };
    if (flag === '--version') return { kind: 'version' };
    const name = optionNames.find((known) => flagOf(known) === flag);
    if (name === undefined && flag !== '--config') {
      const what = argument.startsWith('-') ? 'unknown flag' : 'unexpected argument';
      const known = [...optionNames.map(flagOf), '--config', '--help', '--version'].join(', ');
      throw new UsageError(`${what} ${shown(argument)}. Known flags: ${known}. Try npm start -- --help.`);
    }
    let value: string;
    if (rest.length > 0) value = rest.join('=');
    else if (name !== undefined && isSwitch(name)) value = 'true';
    else {
      index += 1;
      const next = argv[index];
      if (next === undefined || next.startsWith('--')) {
        const expected = name === undefined ? 'the path of a JSON file' : options[name].expected;
        throw new UsageError(`${flag}: expected ${expected}, but no value came after it.`);
      }
      value = next;
    }
    if (name === undefined) configPath = value;
    else flags.set(name, parseValue(name, fromText(name, value), flag));
  }

  const variables = new Map<OptionName, unknown>();
  for (const name of optionNames) {
    const value = environment[variableOf(name)];
    if (value !== undefined && value !== '') {
      variables.set(name, parseValue(name, fromText(name, value), `environment variable ${variableOf(name)}`));
    }
  }
  const known = new Set([...optionNames.map(variableOf), ...otherVariables]);
  const warnings = Object.keys(environment)
    .filter((variable) => variable.startsWith('TACIT_') && !known.has(variable))
    .map((variable) => `environment variable ${variable} is not a setting of npm start and is ignored`);

  const file =
    configPath !== undefined
      ? parseFile(configPath, '--config')
      : environment.TACIT_CONFIG
        ? parseFile(environment.TACIT_CONFIG, 'environment variable TACIT_CONFIG')
        : new Map<OptionName, unknown>();

  const layers = [flags, variables, file];
  const values = Object.fromEntries(
    optionNames.map((name) => [name, layers.find((layer) => layer.has(name))?.get(name) ?? options[name].fallback]),
  );
  const portIsExplicit = layers.some((layer) => layer.has('port'));
  const foreign = trainingOptions.find((name) => layers.some((layer) => layer.has(name)));
  if (foreign !== undefined && values.learner !== 'reconstruction') {
    throw new UsageError(
      `${flagOf(foreign)}: expected the learner reconstruction, but got ${shown(values.learner)}. ` +
        `Give ${flagOf('learner')} reconstruction, or leave ${flagOf(foreign)} out.`,
    );
  }
  for (const [name, learner] of Object.entries(optionsOfOneLearner)) {
    if (layers.some((layer) => layer.has(name as OptionName)) && values.learner !== learner && values[name] !== 0) {
      throw new UsageError(
        `${flagOf(name)}: expected the learner ${learner}, but got ${shown(values.learner)}. ` +
          `Give ${flagOf('learner')} ${learner}, or leave ${flagOf(name)} out.`,
      );
    }
  }
  // Each value came out of its own schema above, or is the table's default.
  return { kind: 'start', settings: { ...values, portIsExplicit } as Settings, warnings };
}

/** The help text, from the same table. */
export function startHelp(): string {
  const rows = optionNames.map((name) => [
    `${flagOf(name)} ${options[name].value}`.trimEnd(),
    `${options[name].help}${String(options[name].fallback) === '' ? '' : ` Default ${options[name].fallback}.`}`,
    variableOf(name),
  ]);
  rows.push(['--config FILE', 'JSON file with the same settings under the keys below.', 'TACIT_CONFIG']);
  rows.push(['--help, --version', 'Print this text, or the version, and stop.', '']);
  const lines = rows.flatMap(([flag = '', help = '', variable = '']) => [
    `  ${flag}`,
    `      ${help}`,
    ...(variable === '' ? [] : [`      Environment: ${variable}`]),
  ]);
  return [
    'Starts Tacit: the page, the aggregator and a small fleet of simulated participants.',
    '',
    'Usage: npm start -- [flags]',
    '',
    ...lines,
    '',
    'A flag goes before an environment variable, that before the config file, that before the default.',
    `Keys of the config file: ${optionNames.join(', ')}.`,
    'Exit codes: 0 stopped as asked, 1 failed, 2 a flag or a value was not understood.',
    '',
  ].join('\n');
}
