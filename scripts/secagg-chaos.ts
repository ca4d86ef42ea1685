// `npm run secagg:chaos`: many people over real sockets, some of whom vanish at any moment. Every round must end, in the exact sum or in an
// abort; nobody pays without an upload; the server keeps nothing of a round that is over.

import { medianOf } from '#shared/maths/statistics.ts';
import { numberOf, parseArguments } from '../apps/cli/arguments.ts';
import { type ChaosReport, chaos } from '../apps/e2e/chaos.ts';

const usage = `Masked rounds over real sockets with people who vanish at any moment: the page's engine and ledger, the server as it is.

Usage: npm run secagg:chaos -- [flags]

  --people N     People at a time, 24 to 200. Default 100.
  --rounds N     Rounds that end, one way or the other. Default 50.
  --vanishing P  Of a thousand people, how many vanish in a round. Default 150.
  --losing P     Of a thousand, how many lose their connection and come back. Default 50.
  --seed N       Default: the time, in seconds. Who vanishes also depends on who is first.
  --help         Print this text.

Exit codes: 0 all was right, 1 something was not, 2 a flag or a value was not understood.
`;

const flagTable = {
  '--people': 'a whole number from 24 to 200',
  '--rounds': 'a whole number from 1',
  '--vanishing': 'a whole number from 0 to 1000',
  '--losing': 'a whole number from 0 to 1000',
  '--seed': 'a whole number from 0',
  '--help': null,
} as const;

type Asked = Omit<Parameters<typeof chaos>[0], 'onRound'>;

/** null: help was asked for. @throws {UsageError} for what was not understood */
function parseChaos(argv: readonly string[]): Asked | null {
  const { flags } = parseArguments(argv, flagTable, 0);
  if (flags.has('--help')) return null;
  const whole = (flag: keyof typeof flagTable, byDefault: number, least: number, most: number) => {
    const text = flags.get(flag);
    return text === undefined ? byDefault : numberOf(flag, text, { least, most, whole: true });
  };
  return {
    people: whole('--people', 100, 24, 200),
    rounds: whole('--rounds', 50, 1, 1e6),
    vanishing: whole('--vanishing', 150, 0, 1000) / 1000,
    losing: whole('--losing', 50, 0, 1000) / 1000,
    seed: whole('--seed', Math.floor(Date.now() / 1000), 0, Number.MAX_SAFE_INTEGER),
  };
}

const say = (text: string) => process.stdout.write(`${text}\n`);
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Far below what comes in during fifty rounds of a hundred people (65 MB), and above what a heap wanders by itself. */
const mostGrowthBytes = 8e6;

/** @returns what is wrong, in words */
function summary(report: ChaosReport): string[] {
  const { cohorts, aborts, charged, uploadsBegun, vanished, lost, retainedBytes, sentBytes } = report;
  const third = Math.max(1, Math.floor(retainedBytes.length / 3));
  const [first, last] = [medianOf(retainedBytes.slice(0, third)), medianOf(retainedBytes.slice(-third))];
  say('');
  say(
    cohorts.length === 0
      ? 'no round with a sum'
      : `${cohorts.length} rounds with the exact sum, of ${Math.min(...cohorts)} to ${Math.max(...cohorts)} people`,
  );
  say(`${aborts.length} rounds aborted${aborts.length === 0 ? '' : `: ${[...new Set(aborts)].join(', ')}`}`);
  say(`${vanished} vanished, ${lost} lost their connection and came back`);
  say(`${charged} charges, ${uploadsBegun} uploads begun`);
  say(
    `server after a collection: ${megabytes(first)} in the first third, ${megabytes(last)} in the last; ${megabytes(sentBytes)} came in`,
  );
  const wrong = [...report.faults];
  if (last - first > mostGrowthBytes) wrong.push(`the server grew by ${megabytes(last - first)}`);
  for (const fault of wrong.slice(0, 20)) say(`wrong: ${fault}`);
  return wrong;
}

async function main(argv: readonly string[]): Promise<number> {
  let asked: Asked | null;
  try {
    asked = parseChaos(argv);
  } catch (error) {
    process.stderr.write(`secagg:chaos: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  if (asked === null) {
    process.stdout.write(usage);
    return 0;
  }
  say(`seed ${asked.seed}, ${asked.people} people, ${asked.rounds} rounds`);
  const report = await chaos({
    ...asked,
    onRound: (ended, { cohorts, aborts, vanished }) => {
      if (ended % 5 === 0)
        say(`${ended} rounds: ${cohorts.length} sums, ${aborts.length} aborts, ${vanished} vanished`);
    },
  });
  return summary(report).length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
