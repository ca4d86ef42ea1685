// `tacit budget`: what participations cost in privacy, and how many a limit allows. The accountant of shared/privacy on the command line.
import {
  analyticEpsilon,
  epsilonOfRdp,
  epsilonOfRho,
  noiseMultiplierFor,
  participationsAllowed,
  rhoOfEpsilon,
  rhoOfParticipation,
  simpleEpsilonOfRho,
  simulationOnlySubsampledRdp,
} from '#shared/privacy/accountant.ts';
import { type NumberRange, numberOf, parseArguments } from './arguments.ts';
import { UsageError } from './config.ts';

const usage = `The privacy accountant, for one browser's whole contribution. Zero-concentrated differential privacy; no amplification is claimed.

Usage: npm run -s tacit -- budget --noise-multiplier Z --participations T   what T participations cost
       npm run -s tacit -- budget --epsilon E --noise-multiplier Z          how many participations E allows
       npm run -s tacit -- budget --epsilon E --participations T            the noise multiplier that T participations need

  --noise-multiplier Z  Central noise standard deviation over the sensitivity. 0.001 to 1000000.
  --participations T    A whole number from 1 to 1000000000.
  --epsilon E           0.001 to 1000.
  --delta D             Above 0, below 1. Default 0.000001.
  --simulation-only     With --sampling-rate Q, above 0 and at most 1, and --participations: Poisson sampling, from Rényi divergences
                        at whole orders. A real federation cannot claim it: its server sees who takes part, and people come when they like.
  --json                One line of JSON: noiseMultiplier, participations, delta, and of them all together rho, epsilon, epsilonSimple,
                        epsilonAnalytic (zCDP, a looser bound, a lower line); with --epsilon: targetEpsilon, rhoLimit, maxParticipations;
                        with --simulation-only: simulationOnly, samplingRate, order, and epsilon alone.
  --help                Print this text.

Exit codes: 0 done, 2 a flag or a value was not understood.
`;

const flagTable = {
  '--noise-multiplier': 'a number from 0.001 to 1000000',
  '--participations': 'a whole number from 1 to 1000000000',
  '--epsilon': 'a number from 0.001 to 1000',
  '--delta': 'a number above 0 and below 1',
  '--sampling-rate': 'a number above 0 and at most 1',
  '--simulation-only': null,
  '--json': null,
  '--help': null,
  '-h': null,
} as const;

interface Budget {
  readonly noiseMultiplier: number;
  readonly participations: number;
  readonly delta: number;
  /** Of all the participations together. */
  readonly rho: number;
  readonly epsilon: number;
  /** The looser closed bound, and the exact value for one continuous Gaussian as a lower line. */
  readonly epsilonSimple: number;
  readonly epsilonAnalytic: number;
  /** Only where --epsilon was given. */
  readonly targetEpsilon?: number;
  readonly maxParticipations?: number;
  readonly rhoLimit?: number;
}

/** Of a simulation that draws each participant at random and tells nobody whom. */
interface SimulatedBudget {
  readonly simulationOnly: true;
  readonly noiseMultiplier: number;
  /** Rounds, in each of which one takes part with probability samplingRate. */
  readonly participations: number;
  readonly samplingRate: number;
  readonly delta: number;
  readonly epsilon: number;
  /** The Rényi order that gives the epsilon. */
  readonly order: number;
}

/** The grid of orders that the known answers were computed with. */
const simulationOrders = [...Array.from({ length: 63 }, (_, i) => i + 2), 72, 80, 96, 128, 192, 256, 512, 1024];

/** @returns the exit code: 0, or 2 for what was not understood */
export async function run(argv: string[]): Promise<number> {
  try {
    const { flags } = parseArguments(argv, flagTable, 0);
    if (flags.has('--help') || flags.has('-h')) {
      process.stdout.write(usage);
      return 0;
    }
    const simulated = flags.has('--simulation-only');
    if (simulated !== flags.has('--sampling-rate')) {
      throw new UsageError(
        `expected --simulation-only and --sampling-rate together, got ${simulated ? '--simulation-only' : '--sampling-rate'} alone: real rounds are not sampled in secret, so no amplification may be claimed for them.`,
      );
    }
    if (simulated) {
      const budget = simulatedBudgetOf(flags);
      process.stdout.write(flags.has('--json') ? `${JSON.stringify(budget)}\n` : simulatedInWords(budget));
      return 0;
    }
    const budget = budgetOf(flags);
    process.stdout.write(flags.has('--json') ? `${JSON.stringify(budget)}\n` : inWords(budget));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`tacit budget: ${error.message}\n`);
    return 2;
  }
}

interface Asked {
  readonly noiseMultiplier: number | null;
  readonly participations: number | null;
  readonly targetEpsilon: number | null;
  readonly delta: number;
}

function askedFor(flags: ReadonlyMap<string, string>): Asked {
  return {
    noiseMultiplier: given(flags, '--noise-multiplier', { least: 0.001, most: 1e6 }),
    participations: given(flags, '--participations', { least: 1, most: 1e9, whole: true }),
    targetEpsilon: given(flags, '--epsilon', { least: 0.001, most: 1000 }),
    delta: given(flags, '--delta', { least: Number.MIN_VALUE, most: 1 - Number.EPSILON }) ?? 1e-6,
  };
}

function simulatedBudgetOf(flags: ReadonlyMap<string, string>): SimulatedBudget {
  const { noiseMultiplier, participations, targetEpsilon, delta } = askedFor(flags);
  const samplingRate = given(flags, '--sampling-rate', { least: Number.MIN_VALUE, most: 1 });
  if (noiseMultiplier === null || participations === null || samplingRate === null || targetEpsilon !== null) {
    throw new UsageError('expected --simulation-only with --noise-multiplier and --participations, and no --epsilon.');
  }
  const divergences = simulationOrders.map(
    (order) => participations * simulationOnlySubsampledRdp(samplingRate, noiseMultiplier, order),
  );
  const { epsilon, order } = epsilonOfRdp(simulationOrders, divergences, delta);
  return { simulationOnly: true, noiseMultiplier, participations, samplingRate, delta, epsilon, order };
}

function budgetOf(flags: ReadonlyMap<string, string>): Budget {
  const { noiseMultiplier, participations, targetEpsilon, delta } = askedFor(flags);
  if (targetEpsilon === null) {
    if (noiseMultiplier === null || participations === null) {
      throw new UsageError('expected two of --noise-multiplier, --participations and --epsilon. Try --help.');
    }
    return costOf(noiseMultiplier, participations, delta);
  }
  const target = { targetEpsilon, rhoLimit: rhoOfEpsilon(targetEpsilon, delta) };
  if (noiseMultiplier !== null && participations === null) {
    const maxParticipations = participationsAllowed(noiseMultiplier, targetEpsilon, delta);
    return { ...costOf(noiseMultiplier, maxParticipations, delta), ...target, maxParticipations };
  }
  if (participations !== null && noiseMultiplier === null) {
    return { ...costOf(noiseMultiplierFor(participations, targetEpsilon, delta), participations, delta), ...target };
  }
  throw new UsageError('expected --epsilon with either --noise-multiplier or --participations. Try --help.');
}

function costOf(noiseMultiplier: number, participations: number, delta: number): Budget {
  const rho = participations * rhoOfParticipation(noiseMultiplier);
  return {
    noiseMultiplier,
    participations,
    delta,
    rho,
    epsilon: epsilonOfRho(rho, delta),
    epsilonSimple: simpleEpsilonOfRho(rho, delta),
    epsilonAnalytic: rho === 0 ? 0 : analyticEpsilon(rho, delta),
  };
}

function inWords(budget: Budget): string {
  const lines: string[] = [];
  if (budget.maxParticipations !== undefined) {
    lines.push(`epsilon ${budget.targetEpsilon} allows ${budget.maxParticipations} participations`);
  }
  lines.push(
    `noise multiplier ${budget.noiseMultiplier}, participations ${budget.participations}, delta ${budget.delta}`,
    `rho ${budget.rho}`,
    `epsilon ${budget.epsilon}`,
    '',
  );
  return lines.join('\n');
}

function simulatedInWords(budget: SimulatedBudget): string {
  const { noiseMultiplier, participations, samplingRate, delta, epsilon, order } = budget;
  return [
    'simulation-only: participants drawn at random, and nobody sees who. No real federation may claim this number.',
    `noise multiplier ${noiseMultiplier}, participations ${participations}, sampling rate ${samplingRate}, delta ${delta}`,
    `epsilon ${epsilon} (order ${order})`,
    '',
  ].join('\n');
}

/** The number after a flag, or null where the flag is not given. */
function given(
  flags: ReadonlyMap<string, string>,
  flag: '--noise-multiplier' | '--participations' | '--epsilon' | '--delta' | '--sampling-rate',
  range: NumberRange,
): number | null {
  const text = flags.get(flag);
  return text === undefined ? null : numberOf(flag, text, { ...range, inWords: flagTable[flag] });
}
