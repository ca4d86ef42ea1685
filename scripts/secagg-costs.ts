// `npm run secagg:costs`: what a masked round costs a client and the server, measured on whole rounds in this process: every message of
// every client is real, and so is the unmasking. Processor time, not wall time, so that it does not matter what else the machine does.
import { cpus } from 'node:os';
import { parseArguments } from '../apps/cli/arguments.ts';
import type { SaidWithSeed } from '../apps/e2e/lab/encode.ts';
import { cryptographicRandom, fmix32 } from '../shared/maths/random.ts';
import { ringMask } from '../shared/maths/ring.ts';
import { everyRing } from '../shared/privacy/bits.ts';
import { leastMinCohort, mostHonestNoiseShares } from '../shared/protocol/policy.ts';
import { encodeRoundConfig } from '../shared/protocol/round-config.ts';
import { type MaskCrypto, maskCrypto, type SubtleLike } from '../shared/secagg/crypto.ts';
import { checkMaskParameters, neighboursForCohort, standardThresholdPermille } from '../shared/secagg/parameters.ts';
import type { ServerStage } from '../shared/secagg/server.ts';
import { costsOfRound, type RoundCosts, sumOf } from '../shared/secagg/testing/costs.ts';
import { faultsOf, stages } from '../shared/secagg/testing/judge.ts';
import { exampleConfig, examplePolicy } from '../shared/testing/example-policy.ts';
import { type PhaseRing, ringsOfCrowds } from './crowd-rings.ts';

const usage = `What a masked round costs: bytes by message, processor time by stage. 10 % of the clients leave after they dealt their shares.

Usage: npm run secagg:costs -- [flags]

  --n LIST    Clients, separated by commas, 20 to 16000 each. Default 50,200,1000.
  --d LIST    D, separated by commas. Default 20000,100000,500000.
  --bits B    Bits of the ring, 8 to 32. Default 16.
  --browser   Instead: one client in a headless Chromium, its neighbours made up, by the clock on the wall.
  --rings     Instead: the ring that the demo's crowds take, its upload and what integers add to the noise. Nothing is run.
  --json      One line of JSON instead of the tables.
  --help      Print this text.

Progress goes to standard error. 1000 clients with D = 500000 need 4 GB of memory; all the default rounds together take about 20 minutes.
Exit codes: 0 done, 1 a sum was wrong, 2 a flag or a value was not understood.
`;

const flagTable = {
  '--n': 'whole numbers from 20 to 16000, separated by commas',
  '--d': 'whole numbers from 1 to 4194304, separated by commas',
  '--bits': 'a whole number from 8 to 32',
  '--browser': null,
  '--rings': null,
  '--json': null,
  '--help': null,
} as const;

interface Asked {
  readonly cohorts: readonly number[];
  readonly lengths: readonly number[];
  readonly bits: number;
  readonly browser: boolean;
  readonly rings: boolean;
  readonly json: boolean;
}

/** null: help was asked for. @throws {UsageError | RangeError} for what was not understood */
function parseCosts(argv: readonly string[]): Asked | null {
  const { flags } = parseArguments(argv, flagTable, 0);
  if (flags.has('--help')) return null;
  const list = (flag: '--n' | '--d' | '--bits', byDefault: string, accept: (value: number) => boolean) => {
    const text = flags.get(flag) ?? byDefault;
    const values = text.split(',').map((part) => Number(part || Number.NaN));
    if (values.every((value) => Number.isInteger(value) && accept(value))) return values;
    throw new RangeError(`${flag}: expected ${flagTable[flag]}, got "${text}"`);
  };
  const [bits = 16] = list('--bits', '16', (value) => everyRing.includes(value));
  return {
    cohorts: list('--n', '50,200,1000', (value) => value >= 20 && value <= 16_000),
    lengths: list('--d', '20000,100000,500000', (value) => value >= 1 && value <= 4_194_304),
    bits,
    browser: flags.has('--browser'),
    rings: flags.has('--rings'),
    json: flags.has('--json'),
  };
}

/** Updates are as large as they come; a few of them, used again and again, since the copies that clients make are memory enough. */
const differentUpdates = 7;

async function measure(n: number, length: number, bits: number, crypto_: MaskCrypto): Promise<RoundCosts> {
  const minCohort = leastMinCohort(n);
  const parameters = checkMaskParameters({
    length,
    bits,
    minCohort,
    maxCohort: n,
    honestNoiseShares: mostHonestNoiseShares(minCohort, n),
    neighbours: neighboursForCohort(n),
    thresholdPermille: standardThresholdPermille,
  });
  const mask = ringMask(bits);
  const updates = Array.from({ length: differentUpdates }, (_, which) =>
    Uint32Array.from({ length }, (_, i) => fmix32(fmix32(which) + i) & mask),
  );
  const leaves = new Map<number, ServerStage>();
  for (let seat = 0; seat < Math.floor(n / 10); seat++) leaves.set(seat * 10 + (seat % 10), 'masked');
  const script = {
    parameters,
    config: Uint8Array.from({ length: 184 }, (_, i) => i),
    values: Array.from({ length: n }, (_, seat) => updates[seat % differentUpdates]!),
    crypto: crypto_,
    randomOf: () => cryptographicRandom(),
    leaves,
  };
  const processorMs = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const { costs, played } = await costsOfRound(script, processorMs);
  const stayed = script.values.map((_, seat) => seat).filter((seat) => !leaves.has(seat));
  const faults = faultsOf(script, played, { kind: 'done', seats: stayed });
  if (faults.length > 0) throw new WrongRound(`n ${n}, D ${length}: ${faults.slice(0, 5).join('; ')}`);
  return costs;
}

class WrongRound extends Error {}

/**
 * What the design expects at D = 100,000 and b = 16 on one core: megabytes up; kilobytes of roster and inbox; milliseconds of a client in
 * Chromium; masks that the server takes off, and the seconds for them.
 */
const planned = [
  { n: 50, upMb: 0.21, downKb: 7, clientMs: [30, 110], masks: 265, serverS: [0.1, 0.2] },
  { n: 200, upMb: 0.22, downKb: 23, clientMs: [70, 280], masks: 2480, serverS: [1, 1.7] },
  { n: 1000, upMb: 0.22, downKb: 75, clientMs: [70, 280], masks: 12_400, serverS: [5, 9] },
] as const;

const fixed = (value: number, digits: number) => value.toFixed(digits);
const kb = (bytes: number) => fixed(bytes / 1000, 1);

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

function inMarkdown(rows: readonly RoundCosts[], machine: string): string {
  const name = ({ clients, length }: RoundCosts) => `${clients}, ${length}`;
  return [
    `${machine}. One thread. 10 % of the clients leave after they dealt their shares. Every message of every client is real; nothing is extrapolated.`,
    '',
    'Bytes of one client, the most of all that stayed:',
    '',
    table(
      [
        'n, D',
        'k/t',
        'advertise',
        'shares',
        'masked',
        'confirm',
        'unmask',
        'up, KB',
        'config',
        'roster',
        'inbox',
        'unmask_req',
        'confirmations',
        'down, KB',
      ],
      rows.map((row) => [
        name(row),
        `${row.neighbours}/${row.threshold}`,
        ...Object.values(row.upBytes),
        kb(sumOf(row.upBytes)),
        ...Object.values(row.downBytes),
        kb(sumOf(row.downBytes)),
      ]),
    ),
    '',
    'Processor time of one client, mean, ms (`masked` opens the inbox, expands and adds the masks, packs):',
    '',
    table(
      ['n, D', ...stages, 'total'],
      rows.map((row) => [
        name(row),
        ...stages.map((stage) => fixed(row.clientMs[stage], 1)),
        fixed(sumOf(row.clientMs), 1),
      ]),
    ),
    '',
    'Processor time of the server for the whole cohort, s (`unmask` recombines the secrets and takes the masks off):',
    '',
    table(
      ['n, D', 'in, MB', 'out, MB', 'masks taken off', 'of which s', ...stages, 'total'],
      rows.map((row) => [
        name(row),
        fixed(row.serverInBytes / 1e6, 1),
        fixed(row.serverOutBytes / 1e6, 1),
        row.serverExpansions,
        fixed(row.serverExpansionMs / 1000, 2),
        ...stages.map((stage) => fixed(row.serverMs[stage] / 1000, 2)),
        fixed(sumOf(row.serverMs) / 1000, 2),
      ]),
    ),
    '',
    ...againstDesign(rows),
  ].join('\n');
}

/** The design counted roster and inbox, and the expansion of masks, and nothing else: that is compared, and the whole is named beside it. */
function againstDesign(rows: readonly RoundCosts[]): string[] {
  const compared = rows.flatMap((row) => {
    const plan = row.length === 100_000 ? planned.find(({ n }) => n === row.clients) : undefined;
    return plan === undefined ? [] : [{ row, plan }];
  });
  if (compared.length === 0) return [];
  const range = ([least, most]: readonly [number, number]) => `${least} to ${most}`;
  return [
    'Against the estimates of the design at D = 100,000 (measured / estimated):',
    '',
    table(
      [
        'n',
        'up, MB',
        'roster and inbox, KB',
        'down in all, KB',
        'client, ms',
        'masks taken off',
        'for them, s',
        'server in all, s',
      ],
      compared.map(({ row, plan }) => [
        row.clients,
        `${fixed(sumOf(row.upBytes) / 1e6, 2)} / ${plan.upMb}`,
        `${kb(row.downBytes.roster + row.downBytes.inbox)} / ${plan.downKb}`,
        kb(sumOf(row.downBytes)),
        `${fixed(sumOf(row.clientMs), 0)} / ${range(plan.clientMs)}`,
        `${row.serverExpansions} / ${plan.masks}`,
        `${fixed(row.serverExpansionMs / 1000, 1)} / ${range(plan.serverS)}`,
        fixed(sumOf(row.serverMs) / 1000, 1),
      ]),
    ),
    '',
  ];
}

interface BrowserCosts {
  readonly clients: number;
  readonly length: number;
  readonly implementation: 'webcrypto' | 'noble';
  readonly ms: Readonly<Record<ServerStage, number>>;
}

/** The second of two runs: the first one also pays for compiling. */
async function inBrowser({ cohorts, lengths, bits }: Asked): Promise<{ machine: string; rows: BrowserCosts[] }> {
  const { launchBrowser, cleanUp } = await import('../apps/e2e/harness.ts');
  const { openLab } = await import('../apps/e2e/lab.ts');
  const browser = await launchBrowser();
  const lab = await openLab(browser);
  const rows: BrowserCosts[] = [];
  try {
    for (const clients of cohorts) {
      for (const length of lengths) {
        const minCohort = leastMinCohort(clients);
        const honestNoiseShares = mostHonestNoiseShares(minCohort, clients);
        const policy = examplePolicy(length, { minCohort, maxCohort: clients, honestNoiseShares, bits });
        const config = [...encodeRoundConfig(exampleConfig(policy))];
        const dropouts = { shares: 0, masked: Math.floor(clients / 10) };
        for (const implementation of ['webcrypto', 'noble'] as const) {
          const part = { seed: 1, config, clients, dropouts, implementation };
          await lab.call<SaidWithSeed>({ kind: 'take-part', part, twin: 'wasm' });
          const { ms } = await lab.call<SaidWithSeed>({ kind: 'take-part', part, twin: 'wasm' });
          rows.push({ clients, length, implementation, ms });
          process.stderr.write(`n ${clients}, D ${length}, ${implementation}\n`);
        }
      }
    }
    return { machine: `Chromium ${browser.version()}, in a worker, b = ${bits}`, rows };
  } finally {
    await lab.close();
    await browser.close();
    await cleanUp();
  }
}

function browserInMarkdown(rows: readonly BrowserCosts[], machine: string): string {
  return [
    `${machine}. One real client; its neighbours are made up, and a tenth of all leave after their shares. Milliseconds on the wall:`,
    '',
    table(
      ['n, D', 'primitives', ...stages, 'total'],
      rows.map(({ clients, length, implementation, ms }) => [
        `${clients}, ${length}`,
        implementation,
        ...stages.map((stage) => fixed(ms[stage], 1)),
        fixed(sumOf(ms), 1),
      ]),
    ),
    '',
  ].join('\n');
}

function ringsInMarkdown(rows: readonly PhaseRing[]): string {
  const noise = (added: number) => `+${fixed(100 * added, 2)} %`;
  return table(
    ['learner, phase', 'present', 'largest cohort', 'D', 'from 16, 18, …: b', 'bytes', 'noise', 'b', 'bytes', 'noise'],
    rows.map(({ learner, phase, present, maxCohort, length, wider, chosen }) => [
      `${learner}, ${phase}`,
      present,
      maxCohort,
      length,
      ...[wider, chosen].flatMap((choice) => [choice.bits, choice.uploadBytes, noise(choice.addedNoise)]),
    ]),
  );
}

async function main(argv: readonly string[]): Promise<number> {
  let asked: Asked | null;
  try {
    asked = parseCosts(argv);
  } catch (error) {
    process.stderr.write(`secagg:costs: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  if (asked === null) {
    process.stdout.write(usage);
    return 0;
  }
  const { cohorts, lengths, bits, json } = asked;
  if (asked.rings) {
    const rows = ringsOfCrowds();
    process.stdout.write(json ? `${JSON.stringify({ rows })}\n` : `${ringsInMarkdown(rows)}\n`);
    return 0;
  }
  if (asked.browser) {
    const { machine, rows } = await inBrowser(asked);
    process.stdout.write(json ? `${JSON.stringify({ machine, rows })}\n` : `${browserInMarkdown(rows, machine)}\n`);
    return 0;
  }
  const crypto_ = await maskCrypto(crypto.subtle as SubtleLike);
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  const machine = `${processor}, Node ${process.versions.node}, key agreement by ${crypto_.agreement}, ciphers by ${crypto_.cipher}, b = ${bits}`;
  const rows: RoundCosts[] = [];
  try {
    // A round whose numbers are thrown away: the first one also pays for compiling.
    await measure(24, 1000, bits, crypto_);
    for (const n of cohorts) {
      for (const length of lengths) {
        const begun = performance.now();
        rows.push(await measure(n, length, bits, crypto_));
        process.stderr.write(`n ${n}, D ${length}: ${Math.round((performance.now() - begun) / 1000)} s\n`);
      }
    }
  } catch (error) {
    if (!(error instanceof WrongRound)) throw error;
    process.stderr.write(`secagg:costs: ${error.message}\n`);
    return 1;
  }
  process.stdout.write(json ? `${JSON.stringify({ machine, rows })}\n` : `${inMarkdown(rows, machine)}\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
