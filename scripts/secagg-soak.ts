// `npm run secagg:soak`: random rounds of secure aggregation with dropouts at every stage. Each must end in the exact sum of those that
// stayed, or in the abort that its dropouts call for. The seed is printed, so any round can be played again.
import { numberOf, parseArguments } from '../apps/cli/arguments.ts';
import { maskCrypto, type SubtleLike } from '../shared/secagg/crypto.ts';
import { type SoakLimits, soakRound } from '../shared/secagg/testing/soak.ts';

const usage = `Random rounds of secure aggregation: the exact sum, or a clean abort.

Usage: npm run secagg:soak -- [flags]

  --rounds N  How many. Default 500.
  --seed N    What the rounds follow from. Default: the time, in seconds.
  --from N    Number of the first round, to play one again. Default 0.
  --max-n N   Most clients, 3 to 16000; sizes are log-uniform. Default 200.
  --max-d N   Largest D, 1 to 4194304; log-uniform. Default 100000.
  --help      Print this text.

Exit codes: 0 every round was right, 1 one was wrong, 2 a flag or a value was not understood.
`;

const flagTable = {
  '--rounds': 'a whole number from 1',
  '--seed': 'a whole number from 0',
  '--from': 'a whole number from 0',
  '--max-n': 'a whole number from 3 to 16000',
  '--max-d': 'a whole number from 1 to 4194304',
  '--help': null,
} as const;

interface Soak extends SoakLimits {
  readonly rounds: number;
  readonly seed: number;
  readonly from: number;
}

/** null: help was asked for. @throws {UsageError} for what was not understood */
function parseSoak(argv: readonly string[]): Soak | null {
  const { flags } = parseArguments(argv, flagTable, 0);
  if (flags.has('--help')) return null;
  const whole = (flag: keyof typeof flagTable, byDefault: number, least: number, most: number) => {
    const text = flags.get(flag);
    return text === undefined ? byDefault : numberOf(flag, text, { least, most, whole: true });
  };
  return {
    rounds: whole('--rounds', 500, 1, 1e9),
    seed: whole('--seed', Math.floor(Date.now() / 1000), 0, Number.MAX_SAFE_INTEGER),
    from: whole('--from', 0, 0, 1e9),
    maximumCohort: whole('--max-n', 200, 3, 16_000),
    maximumLength: whole('--max-d', 100_000, 1, 4_194_304),
  };
}

const say = (text: string) => process.stdout.write(`${text}\n`);

/** @returns how many rounds were wrong */
async function soak({ rounds, seed, from, ...limits }: Soak): Promise<number> {
  const crypto_ = await maskCrypto(crypto.subtle as SubtleLike);
  say(`seed ${seed}, rounds ${from} to ${from + rounds - 1}`);
  say(
    `n up to ${limits.maximumCohort}, D up to ${limits.maximumLength}; key agreement by ${crypto_.agreement}, ciphers by ${crypto_.cipher}`,
  );
  const endings = new Map<string, number>();
  let wrong = 0;
  let clients = 0;
  let uploads = 0;
  const begun = performance.now();
  for (let done = 1; done <= rounds; done++) {
    const number = from + done - 1;
    const { played, faults } = await soakRound(seed, number, limits, crypto_);
    const { outcome } = played;
    const ending =
      outcome.kind === 'done' ? 'completed, the exact sum' : `aborted, ${outcome.code} at ${outcome.stage}`;
    endings.set(ending, (endings.get(ending) ?? 0) + 1);
    clients += played.clients.length;
    uploads += played.charged.size;
    if (faults.length > 0) {
      wrong++;
      say(`round ${number} is wrong: ${faults.slice(0, 5).join('; ')}`);
      say(
        `  again: npm run secagg:soak -- --seed ${seed} --from ${number} --rounds 1 --max-n ${limits.maximumCohort} --max-d ${limits.maximumLength}`,
      );
    }
    if (done % 25 === 0 || done === rounds) {
      say(
        `${done} of ${rounds} rounds, ${clients} clients, ${uploads} uploads, ${Math.round((performance.now() - begun) / 1000)} s`,
      );
    }
  }
  say('');
  for (const [ending, count] of [...endings].sort(([, a], [, b]) => b - a))
    say(`${String(count).padStart(6)}  ${ending}`);
  say(`${String(wrong).padStart(6)}  wrong`);
  return wrong;
}

async function main(argv: readonly string[]): Promise<number> {
  let asked: Soak | null;
  try {
    asked = parseSoak(argv);
  } catch (error) {
    process.stderr.write(`secagg:soak: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  if (asked === null) {
    process.stdout.write(usage);
    return 0;
  }
  return (await soak(asked)) === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
