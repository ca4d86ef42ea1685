// `tacit attack`: the red team. Tries the attacks that work elsewhere on the real pipeline, the real state machines and the real ledger, each beside
// a control that has to succeed with the protection off. Simulated people, seeded randomness: what it finds is about the code, not about anyone.
import { films } from '#shared/catalogue/films/index.ts';
import { type Attack, type AttackResult, rowsOf } from '#shared/evaluation/attacks/attack.ts';
import { sharedAttacks } from '#shared/evaluation/attacks/index.ts';
import { maskCrypto } from '#shared/secagg/crypto.ts';
import { numberOf, parseArguments } from './arguments.ts';
import { drainedBudget } from './attack/drained-budget.ts';
import { replayedRound } from './attack/replayed-round.ts';
import { UsageError } from './config.ts';

export const attacks: readonly Attack[] = [...sharedAttacks, replayedRound, drainedBudget];

const usage = `The red team: attacks on this code, each with a control that must succeed when the protection is off. Simulated.
A full run takes about two minutes of processor time.

Usage: npm run -s tacit -- attack [--only NAME] [--small] [--trials N] [--seed N] [--json | --markdown]

  --only NAME   One attack, or one row of the table:
${attacks.map(named).join('\n')}
  --small       The short case: fewer trials, smaller layouts. Some seconds.
  --trials N    Trials of each attack that counts them, 1 to 100000. Default: as many as each needs.
  --seed N      0 to 4294967295. The same seed gives the same numbers. Default 1.
  --json        Progress on standard error; the last line of standard output is {"attacks":[...]}.
  --markdown    The table as Markdown.
  --help        Print this text.

Exit codes: 0 all passed, 1 an attack went beyond its bound or a control failed, 2 a flag or a value was not understood.
`;

/** An attack's lines in the help: its name, what it is after, and the names of its rows where they are others. */
function named(attack: Attack): string {
  const others = rowsOf(attack).filter((row) => row !== attack.name);
  return [
    `                  ${attack.name.padEnd(30)} ${attack.summary}`,
    ...others.map((row) => `                    row: ${row}`),
  ].join('\n');
}

const flagTable = {
  '--only': 'the name of an attack or of a row',
  '--small': null,
  '--trials': 'a whole number from 1 to 100000',
  '--seed': 'a whole number from 0 to 4294967295',
  '--json': null,
  '--markdown': null,
  '--help': null,
  '-h': null,
} as const;

/**
 * @param known the attacks to choose from
 * @returns the exit code
 */
export async function run(argv: string[], known: readonly Attack[] = attacks): Promise<number> {
  let chosen: Chosen;
  let flags: ReadonlyMap<string, string>;
  let trials: number | null;
  let seed: number;
  try {
    ({ flags } = parseArguments(argv, flagTable, 0));
    chosen = chosenBy(flags.get('--only'), known);
    const text = flags.get('--trials');
    trials = text === undefined ? null : numberOf('--trials', text, { least: 1, most: 100_000, whole: true });
    seed = numberOf('--seed', flags.get('--seed') ?? '1', { least: 0, most: 0xffff_ffff, whole: true });
    if (flags.has('--json') && flags.has('--markdown')) throw new UsageError('--json or --markdown, not both.');
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`tacit attack: ${error.message}\n`);
    return 2;
  }
  if (flags.has('--help') || flags.has('-h')) {
    process.stdout.write(usage);
    return 0;
  }
  const isPlain = !flags.has('--json') && !flags.has('--markdown');
  const say = (text: string) => (isPlain ? process.stdout : process.stderr).write(text);
  const setting = {
    crypto: await maskCrypto(crypto.subtle),
    items: films.items,
    seed,
    isSmall: flags.has('--small'),
    trials,
  };
  const results: AttackResult[] = [];
  say(`${row(headings)}\n`);
  for (const attack of chosen.attacks) {
    for (const result of await attack.run(setting)) {
      if (chosen.row !== null && result.attack !== chosen.row) continue;
      results.push(result);
      say(`${row(cells(result))}\n`);
    }
  }
  // A row that never came has measured nothing, so it has not passed.
  if (results.length === 0) throw new RangeError(`tacit attack: ${chosen.row ?? 'no attack'} came to no row`);
  const failed = results.filter((result) => !result.passed);
  say(
    failed.length === 0
      ? `All ${results.length} passed. Simulated people, seed ${seed}.\n`
      : `${failed.length} of ${results.length} failed: ${failed.map(({ attack }) => attack).join('; ')}.\n`,
  );
  if (flags.has('--json')) process.stdout.write(`${JSON.stringify({ attacks: results })}\n`);
  if (flags.has('--markdown')) process.stdout.write(markdown(results));
  return failed.length === 0 ? 0 : 1;
}

interface Chosen {
  readonly attacks: readonly Attack[];
  /** The one row that is shown; null: all rows of these attacks. */
  readonly row: string | null;
}

function chosenBy(name: string | undefined, known: readonly Attack[]): Chosen {
  if (name === undefined) return { attacks: known, row: null };
  const byName = known.find((attack) => attack.name === name);
  if (byName !== undefined) return { attacks: [byName], row: null };
  const byRow = known.find((attack) => rowsOf(attack).includes(name));
  if (byRow !== undefined) return { attacks: [byRow], row: name };
  const names = new Set(known.flatMap((attack) => [attack.name, ...rowsOf(attack)]));
  throw new UsageError(
    `--only: expected one of ${[...names].map((one) => JSON.stringify(one)).join(', ')}, got ${JSON.stringify(name)}`,
  );
}

const headings = ['attack', 'by', 'measure', 'control', 'ours', 'chance', 'bound', 'passed'];
const widths = [46, 16, 21, 8, 8, 8, 8, 6];

function cells(result: AttackResult): string[] {
  const { attack, adversary, measure, control, chance, bound, passed } = result;
  return [
    attack,
    adversary,
    measure,
    inDigits(control),
    inDigits(result.protected),
    chance === null ? '-' : inDigits(chance),
    inDigits(bound),
    passed ? 'yes' : 'NO',
  ];
}

function row(values: readonly string[]): string {
  return values
    .map((value, i) => (i < 3 ? value.padEnd(widths[i]!) : value.padStart(widths[i]!)))
    .join(' ')
    .trimEnd();
}

function inDigits(value: number): string {
  if (value === Number.MAX_VALUE) return 'wrong';
  return Number.isInteger(value) ? String(value) : value.toFixed(value >= 100 ? 1 : 3);
}

function markdown(results: readonly AttackResult[]): string {
  const line = (values: readonly string[]) =>
    `| ${values.map((value) => value.replaceAll('|', '\\|')).join(' | ')} |\n`;
  const notes = results.map(({ attack, note, trials }) => `- **${attack}** (${trials} tries). ${note}\n`);
  return [
    line(headings),
    line(headings.map((_, i) => (i < 3 ? '---' : '---:'))),
    ...results.map((result) => line(cells(result))),
    '\n',
    ...notes,
  ].join('');
}
