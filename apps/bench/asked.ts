// What the command line asks for.
import { parseArguments } from '../cli/arguments.ts';
import { UsageError } from '../cli/config.ts';

export interface Asked {
  /** Names of cases, in the order of all cases; null: all. */
  readonly only: readonly string[] | null;
  readonly isQuick: boolean;
  readonly json: boolean;
  readonly resume: boolean;
  readonly out: string | null;
  /** Of the browser, more. */
  readonly browserFlags: readonly string[];
}

export function usageOf(cases: readonly { readonly name: string; readonly about: string }[]): string {
  const names = cases.map(({ name, about }) => `                   ${name.padEnd(14)}${about}`);
  return `Measures Tacit beside the code that people write today: on the same data, in one run, in Chromium and in Node.

Usage: npm run bench -- [flags]

  --only NAMES     These cases alone, separated by commas; may be given several times:
${names.join('\n')}
  --quick          Small sizes and few runs: whether it works, not how fast it is.
  --json           The last line of standard output is one object: machine, results, goals.
  --out FOLDER     Where report.html and results.json go. Default: build/bench.
  --browser-flags=LIST
                   Further flags of the browser, separated by spaces: --browser-flags=--enable-features=Vulkan
                   where it does not find a graphics adapter by itself.
  --resume         Goes on where the last run in that folder ended, with what it measured; what --only names is
                   measured anew, and everything after another machine, browser or code.
  --help           Print this text.

Progress goes to standard error. Everything takes about a quarter of an hour. Nothing is sent anywhere.
Exit codes: 0 measured, whether goals are met or not; 1 a case failed; 2 a flag or a name was not understood; 130 stopped.
`;
}

const flagTable = {
  '--only': 'names of cases',
  '--quick': null,
  '--json': null,
  '--out': 'a folder',
  '--browser-flags': 'flags',
  '--resume': null,
  '--help': null,
} as const;

/** 'help': it was asked for. @throws {UsageError} for what was not understood */
export function parseAsked(argv: readonly string[], known: readonly string[]): Asked | 'help' {
  const { others, names } = onlyOf(argv);
  const { flags } = parseArguments(others, flagTable, 0);
  if (flags.has('--help')) return 'help';
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--only: expected names among ${known.join(', ')}; got "${unknown}".`);
  }
  return {
    only: names.length === 0 ? null : known.filter((name) => names.includes(name)),
    isQuick: flags.has('--quick'),
    json: flags.has('--json'),
    resume: flags.has('--resume'),
    out: flags.get('--out') ?? null,
    browserFlags: (flags.get('--browser-flags') ?? '').split(' ').filter(Boolean),
  };
}

/** The one flag that may be given several times. */
function onlyOf(argv: readonly string[]): { others: string[]; names: string[] } {
  const others: string[] = [];
  const names: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index]!;
    if (argument !== '--only' && !argument.startsWith('--only=')) {
      others.push(argument);
      continue;
    }
    const value = argument === '--only' ? argv[++index] : argument.slice('--only='.length);
    if (value === undefined || value === '' || value.startsWith('--')) {
      throw new UsageError('--only: expected names of cases after it.');
    }
    names.push(...value.split(',').map((name) => name.trim()));
  }
  return { others, names };
}
