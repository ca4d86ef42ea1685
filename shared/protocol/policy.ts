// The privacy policy of a federation: public, published by the server, hashed into every round's config, checked by every device.
// One policy for the whole federation: what holds always, and the phases that its learner goes through. A round is held to one phase
// (`roundPolicyOf`); which one is said by the model that the round starts from.
import { type Blocks, type Layout, type LayoutPart, type LearnerName, learnerNames } from '../model/model.ts';
import { rhoOfEpsilon } from '../privacy/accountant.ts';
import { localNoiseVariance, noiseMultiplierOf, sensitivitySquared } from '../privacy/sensitivity.ts';
import { canonicalJson, sha256Hex } from './canonical.ts';
import { ProtocolError } from './errors.ts';
import {
  corruptPermille,
  lifetimeRhoCap,
  maximumClippingBoundInt,
  maximumClippingBoundL2,
  maximumCohortCeiling,
  maximumColumnBlocks,
  maximumCooldownMs,
  maximumDelta,
  maximumEpsilonCap,
  maximumLayoutParts,
  maximumLocalLimitMs,
  maximumLocalNoiseStd,
  maximumLocalRate,
  maximumLocalSteps,
  maximumLocalUpdateLength,
  maximumMaskedCohort,
  maximumNoiseMultiplier,
  maximumPhaseRounds,
  maximumPhases,
  maximumProxMu,
  maximumRingBits,
  maximumRowBlocks,
  maximumServerRate,
  maximumUpdateLength,
  minimumCohortFloor,
  minimumCohortPermille,
  minimumDelta,
  minimumLocalLimitMs,
  minimumLocalNoiseStd,
  minimumNoiseMultiplier,
  minimumRingBits,
} from './limits.ts';

/**
 * 1: secure aggregation, the server reads sums alone. 4: local, for crowds too small for it: each update is sent alone and its own device's
 * noise is all its protection; by the choice of operator and visitor both. The wire keeps the other values of the byte for other trust models.
 */
export const modes = [1, 4] as const;
export type Mode = (typeof modes)[number];

/** What holds in every phase. */
export interface CommonRules {
  readonly protocol: 'tacit/secagg/1';
  readonly mode: Mode;
  readonly delta: number;
  /** The device refuses to go past this lifetime epsilon (at delta) whatever the server asks. */
  readonly epsilonCap: number;
  /** nMin: fewest surviving participants of a round. At least 20 under masks. */
  readonly minCohort: number;
  /** nMax. */
  readonly maxCohort: number;
  /** nEff: honest noise shares assumed. 1 in mode 4. */
  readonly honestNoiseShares: number;
  /** Least time between two participations of one device. */
  readonly cooldownMs: number;
}

/** What a round of one phase is held to beside that. */
export interface PhaseRules {
  /** z: central noise standard deviation over the integer sensitivity bound. */
  readonly noiseMultiplier: number;
  /** C: joint L2 clipping bound, real units. */
  readonly clippingBoundL2: number;
  /** b: bits of the ring Z_2^b. */
  readonly bits: number;
  /** clipInt: the clipping bound in integer units. scale = clipInt / clippingBoundL2. */
  readonly clippingBoundInt: number;
  /** Trainable vector; its `length` is D. */
  readonly layout: Layout;
  /** How `reconstruction` trains; in its phase alone. */
  readonly training?: Training;
}

/** The choices of `reconstruction`: FedAvg or FedProx on the device, weights, and the server's optimiser. */
export interface Training {
  /** Steps on the device before an upload. */
  readonly localSteps: number;
  /** How far the item side moves along a step's gradient. */
  readonly localRate: number;
  /** mu of FedProx; 0: FedAvg. */
  readonly proxMu: number;
  /** `size`: a person weighs by how much data there is, capped and in buckets. */
  readonly weights: 'none' | 'size';
  readonly serverOptimizer: ServerOptimizer;
  /** Of a server optimiser other than the preconditioned step, which has none: 0. */
  readonly serverRate: number;
  /** After so long a device begins no further step; what it has done counts like all of them. */
  readonly localLimitMs: number;
}

export const serverOptimizers = ['preconditioned', 'sgd', 'momentum', 'adagrad', 'adam', 'yogi'] as const;
export type ServerOptimizer = (typeof serverOptimizers)[number];

export const phaseNames = ['train', 'popularity', 'co-occurrence', 'centroids', 'likes'] as const;
export type PhaseName = (typeof phaseNames)[number];

export interface Phase extends PhaseRules {
  readonly name: PhaseName;
  /** Published rounds of it in an epoch, in which a device takes part once at most. 0: without end and without that limit. */
  readonly rounds: number;
}

export interface Policy extends CommonRules {
  readonly learner: LearnerName;
  /** An epoch goes through them in order. By learner: [train]; [popularity, co-occurrence]; [popularity, centroids 1 to 6 times, likes]. */
  readonly phases: readonly Phase[];
}

/** The flat view of one phase: all that a round of it is held to. */
export interface RoundPolicy extends CommonRules, PhaseRules {}

const fields = [
  'protocol',
  'mode',
  'delta',
  'epsilonCap',
  'minCohort',
  'maxCohort',
  'honestNoiseShares',
  'cooldownMs',
  'learner',
  'phases',
] as const;
const phaseFields = [
  'name',
  'rounds',
  'noiseMultiplier',
  'clippingBoundL2',
  'bits',
  'clippingBoundInt',
  'layout',
  'training',
] as const;
const trainingFields = [
  'localSteps',
  'localRate',
  'proxMu',
  'weights',
  'serverOptimizer',
  'serverRate',
  'localLimitMs',
] as const;
const layoutFields = ['parts', 'length'] as const;
const partFields = ['name', 'rows', 'length', 'clippingBoundL2', 'blocks'] as const;
const blocksFields = ['rows', 'columns'] as const;

/** Which parts a phase's layout may have. */
const partNames: Readonly<Record<PhaseName, readonly LayoutPart['name'][]>> = {
  train: ['projection', 'offsets', 'gram', 'popularity', 'weight'],
  popularity: ['histogram'],
  'co-occurrence': ['triangle'],
  centroids: ['centroids'],
  likes: ['likes'],
};

/** The phases of a learner, in words and as a test of their names. */
const phasesOfLearner: Readonly<
  Record<LearnerName, { readonly expected: string; readonly isRight: (names: string) => boolean }>
> = {
  reconstruction: { expected: 'train', isRight: (names) => names === 'train' },
  'co-occurrence': {
    expected: 'popularity, co-occurrence',
    isRight: (names) => names === 'popularity,co-occurrence',
  },
  communities: {
    expected: 'popularity, then centroids 1 to 6 times, then likes',
    isRight: (names) => /^popularity(,centroids){1,6},likes$/.test(names),
  },
};

/**
 * Checks a policy from outside: fields, ranges and the compiled-in floors. Unknown fields are refused, since the hash covers them.
 * Throws ProtocolError 'bad-policy'.
 */
export function parsePolicy(value: unknown): Policy {
  const source = record(value, 'policy', fields);
  const common = parseCommon(source);
  const learner = learnerNames.find((known) => known === source.learner);
  if (learner === undefined) throw bad('learner', learnerNames.join(', '), source.learner);
  if (!Array.isArray(source.phases) || source.phases.length < 1 || source.phases.length > maximumPhases) {
    throw bad('phases', `an array of 1 to ${maximumPhases} phases`, source.phases);
  }
  const phases = source.phases.map((entry: unknown, index) => parsePhase(entry, `phases[${index}]`));
  const names = phases.map(({ name }) => name).join(',');
  const { expected, isRight } = phasesOfLearner[learner];
  if (!isRight(names)) throw bad('phases', `those of ${learner}: ${expected}`, names);
  if (phases.length > 1 && phases.some(({ rounds }) => rounds === 0)) {
    throw bad('phases', '1 round or more in each of several phases', 0);
  }
  const policy: Policy = { ...common, learner, phases };
  phases.forEach((_, index) => {
    checkNoise(roundPolicyOf(policy, index), `phases[${index}]`);
  });
  return policy;
}

/**
 * All that a round of a phase is held to, in one object.
 * @param phase its place among the policy's phases. Throws RangeError when there is none.
 */
export function roundPolicyOf(policy: Policy, phase: number): RoundPolicy {
  const found = policy.phases[phase];
  if (found === undefined) throw new RangeError(`phase ${phase}: the policy has ${policy.phases.length}`);
  const { learner, phases, ...common } = policy;
  const { name, rounds, ...rules } = found;
  return { ...common, ...rules };
}

/** The policy of a federation that trains without end under these rules: `reconstruction`, whose only phase is `train`. */
export function endlessPolicy(rules: RoundPolicy): Policy {
  const { noiseMultiplier, clippingBoundL2, bits, clippingBoundInt, layout, training, ...common } = rules;
  if (training === undefined) throw new RangeError('expected the rules of a phase that trains, got no training');
  const phase = { noiseMultiplier, clippingBoundL2, bits, clippingBoundInt, layout, training };
  return { ...common, learner: 'reconstruction', phases: [{ name: 'train', rounds: 0, ...phase }] };
}

/** What one session, all phases of an epoch, costs in zCDP. Where the only phase has no end, a session is one participation. */
export function rhoOfSession(policy: Policy): number {
  return policy.phases.reduce(
    (rho, _, phase) => rho + noiseOfPolicy(roundPolicyOf(policy, phase)).rhoPerParticipation,
    0,
  );
}

function parseCommon(source: Record<string, unknown>): CommonRules {
  if (source.protocol !== 'tacit/secagg/1') {
    throw bad('protocol', 'tacit/secagg/1', source.protocol);
  }
  const mode = modes.find((known) => known === source.mode);
  if (mode === undefined) throw bad('mode', modes.join(' or '), source.mode);
  const [fewest, most] = mode === 1 ? [minimumCohortFloor, maximumMaskedCohort] : [1, maximumCohortCeiling];
  const maxCohort = whole(source.maxCohort, 'maxCohort', fewest, most);
  const minCohort = whole(source.minCohort, 'minCohort', leastMinCohort(maxCohort, mode), maxCohort);
  return {
    protocol: 'tacit/secagg/1',
    mode,
    delta: real(source.delta, 'delta', minimumDelta, maximumDelta),
    epsilonCap: real(source.epsilonCap, 'epsilonCap', 1e-6, maximumEpsilonCap),
    minCohort,
    maxCohort,
    honestNoiseShares: whole(
      source.honestNoiseShares,
      'honestNoiseShares',
      1,
      mostHonestNoiseShares(minCohort, maxCohort, mode),
    ),
    cooldownMs: whole(source.cooldownMs, 'cooldownMs', 0, maximumCooldownMs),
  };
}

function parsePhase(value: unknown, at: string): Phase {
  const source = record(value, at, phaseFields);
  const name = phaseNames.find((known) => known === source.name);
  if (name === undefined) throw bad(`${at}.name`, phaseNames.join(', '), source.name);
  const phase: Phase = {
    name,
    rounds: whole(source.rounds, `${at}.rounds`, 0, maximumPhaseRounds),
    noiseMultiplier: real(
      source.noiseMultiplier,
      `${at}.noiseMultiplier`,
      minimumNoiseMultiplier,
      maximumNoiseMultiplier,
    ),
    clippingBoundL2: real(source.clippingBoundL2, `${at}.clippingBoundL2`, 1e-9, maximumClippingBoundL2),
    bits: whole(source.bits, `${at}.bits`, minimumRingBits, maximumRingBits),
    clippingBoundInt: whole(source.clippingBoundInt, `${at}.clippingBoundInt`, 1, maximumClippingBoundInt),
    layout: parseLayout(source.layout, `${at}.layout`, partNames[name]),
  };
  if (name !== 'train') {
    if ('training' in source) throw bad(`${at}.training`, 'nothing outside of the phase train', source.training);
    return phase;
  }
  const training = parseTraining(source.training, `${at}.training`);
  const hasWeight = phase.layout.parts.some((part) => part.name === 'weight');
  const needsWeight = training.weights === 'size';
  if (hasWeight !== needsWeight) {
    const expected = needsWeight
      ? 'a weight part, as people weigh differently'
      : 'no weight part, as all weigh the same';
    throw bad(`${at}.layout.parts`, expected, phase.layout.parts.map((part) => part.name).join(', '));
  }
  return { ...phase, training };
}

function parseTraining(value: unknown, at: string): Training {
  const source = record(value, at, trainingFields);
  const { weights } = source;
  if (weights !== 'none' && weights !== 'size') throw bad(`${at}.weights`, 'none or size', weights);
  const serverOptimizer = serverOptimizers.find((known) => known === source.serverOptimizer);
  if (serverOptimizer === undefined) {
    throw bad(`${at}.serverOptimizer`, serverOptimizers.join(', '), source.serverOptimizer);
  }
  const [least, most] = serverOptimizer === 'preconditioned' ? [0, 0] : [1e-9, maximumServerRate];
  return {
    localSteps: whole(source.localSteps, `${at}.localSteps`, 1, maximumLocalSteps),
    localRate: real(source.localRate, `${at}.localRate`, 1e-9, maximumLocalRate),
    proxMu: real(source.proxMu, `${at}.proxMu`, 0, maximumProxMu),
    weights,
    serverOptimizer,
    serverRate: real(source.serverRate, `${at}.serverRate`, least, most),
    localLimitMs: whole(source.localLimitMs, `${at}.localLimitMs`, minimumLocalLimitMs, maximumLocalLimitMs),
  };
}

/** Of one phase: the length of an upload that is sent alone, and one device's noise in integer units. */
function checkNoise(policy: RoundPolicy, at: string): void {
  if (policy.mode === 4 && policy.layout.length > maximumLocalUpdateLength) {
    throw bad(`${at}.layout.length`, `at most ${maximumLocalUpdateLength} in mode 4`, policy.layout.length);
  }
  const sigmaLocal = localNoiseStdOf(policy);
  if (!(sigmaLocal >= minimumLocalNoiseStd && sigmaLocal <= maximumLocalNoiseStd)) {
    throw bad(
      `${at}.clippingBoundInt`,
      `a device's noise of ${minimumLocalNoiseStd} to ${maximumLocalNoiseStd} integer units`,
      sigmaLocal,
    );
  }
}

/** One device's noise, or Infinity where it is more than a config can say. */
function localNoiseStdOf(policy: RoundPolicy): number {
  try {
    return noiseOfPolicy(policy).sigmaLocal;
  } catch (error) {
    if (error instanceof RangeError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** nMin >= max(20, ceil(0.7 nMax)) under masks. Where everybody is sent alone, a minimum protects nobody. */
export function leastMinCohort(maxCohort: number, mode: Mode = 1): number {
  if (mode === 4) return 1;
  return Math.max(minimumCohortFloor, Math.ceil((minimumCohortPermille * maxCohort) / 1000));
}

/** nEff <= nMin - floor(0.1 nMax): all who collude may be among the survivors. In mode 4 nobody else's noise counts. */
export function mostHonestNoiseShares(minCohort: number, maxCohort: number, mode: Mode = 1): number {
  if (mode === 4) return 1;
  return minCohort - Math.floor((corruptPermille * maxCohort) / 1000);
}

/** Hex SHA-256 of the policy's canonical JSON. */
export function policyHash(policy: Policy): string {
  return sha256Hex(canonicalJson(policy));
}

export interface PolicyNoise {
  /** Chat²: the bound on the sum of squares of one device's integers. */
  readonly boundSq: number;
  /** One device's noise variance, integer units squared, as a fraction. */
  readonly sigma2num: number;
  readonly sigma2den: number;
  /** Its square root: standard deviation of one device's noise, integer units. */
  readonly sigmaLocal: number;
  /** Cost of one participation in zCDP, from the noise multiplier that these integers really give (never below the policy's). */
  readonly rhoPerParticipation: number;
}

/** The numbers of the noise that follow from a phase's numbers. Throws RangeError when they are impossible. */
export function noiseOfPolicy(policy: RoundPolicy): PolicyNoise {
  const boundSq = sensitivitySquared(policy.clippingBoundInt, policy.layout.length);
  const variance = localNoiseVariance(policy.noiseMultiplier, boundSq, policy.honestNoiseShares);
  const noiseMultiplier = noiseMultiplierOf(variance, boundSq, policy.honestNoiseShares);
  return {
    boundSq,
    sigma2num: variance.numerator,
    sigma2den: variance.denominator,
    sigmaLocal: Math.sqrt(variance.numerator / variance.denominator),
    rhoPerParticipation: 1 / (2 * noiseMultiplier * noiseMultiplier),
  };
}

/** The compiled-in lifetime cap of a browser profile, or the policy's own where that is stricter: rho over all of its participations. */
export function rhoCapOf(policy: Pick<CommonRules, 'epsilonCap' | 'delta'>): number {
  return Math.min(lifetimeRhoCap, rhoOfEpsilon(policy.epsilonCap, policy.delta));
}

/**
 * Integer units per 1.0: the smallest double at or above clippingBoundInt / clippingBoundL2 for which floor(clip * scale) is the
 * clipping bound in integer units, so that both sides have the same number.
 */
export function scaleOfPolicy(policy: Pick<PhaseRules, 'clippingBoundInt' | 'clippingBoundL2'>): number {
  let scale = policy.clippingBoundInt / policy.clippingBoundL2;
  // The quotient may be half a unit in the last place low.
  while (policy.clippingBoundL2 * scale < policy.clippingBoundInt) scale += scale * Number.EPSILON;
  return scale;
}

function parseLayout(value: unknown, at: string, names: readonly LayoutPart['name'][]): Layout {
  const source = record(value, at, layoutFields);
  if (!Array.isArray(source.parts) || source.parts.length < 1 || source.parts.length > maximumLayoutParts) {
    throw bad(`${at}.parts`, `an array of 1 to ${maximumLayoutParts} parts`, source.parts);
  }
  const parts = source.parts.map((entry: unknown, index) => parsePart(entry, `${at}.parts[${index}]`, names));
  const length = whole(source.length, `${at}.length`, 1, maximumUpdateLength);
  const sum = parts.reduce((total, part) => total + part.length, 0);
  if (sum !== length) throw bad(`${at}.length`, `the sum of its parts, ${sum}`, length);
  if (new Set(parts.map((part) => part.name)).size !== parts.length) {
    throw bad(`${at}.parts`, 'each name once', parts.map((part) => part.name).join(', '));
  }
  return { parts, length };
}

function parsePart(value: unknown, at: string, names: readonly LayoutPart['name'][]): LayoutPart {
  const source = record(value, at, partFields);
  const name = names.find((known) => known === source.name);
  if (name === undefined) throw bad(`${at}.name`, names.join(', '), source.name);
  const part = {
    name,
    rows: whole(source.rows, `${at}.rows`, 0, maximumUpdateLength),
    length: whole(source.length, `${at}.length`, 1, maximumUpdateLength),
    clippingBoundL2: real(source.clippingBoundL2, `${at}.clippingBoundL2`, 1e-9, maximumClippingBoundL2),
  };
  if (!('blocks' in source)) return part;
  if (name !== 'offsets') throw bad(`${at}.blocks`, 'nothing outside of offsets', source.blocks);
  return { ...part, blocks: parseBlocks(source.blocks, part, `${at}.blocks`) };
}

/** One block is said by leaving them out, so that a policy has one hash. d is the model's: against it the device checks the rest of the length. */
function parseBlocks(value: unknown, { rows, length }: LayoutPart, at: string): Blocks {
  const source = record(value, at, blocksFields);
  const blocks = {
    rows: whole(source.rows, `${at}.rows`, 1, Math.min(rows, maximumRowBlocks)),
    columns: whole(source.columns, `${at}.columns`, 1, maximumColumnBlocks),
  };
  if (blocks.rows * blocks.columns === 1) throw bad(at, 'more than one block, or nothing', '1 x 1');
  const height = Math.ceil(rows / blocks.rows);
  if (length % height !== 0) throw bad(at, `blocks of ${height} rows in ${length} numbers`, blocks.rows);
  return blocks;
}

function record(value: unknown, at: string, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(at, 'an object', value);
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw bad(at, `only ${known.join(', ')}`, key);
  }
  return value as Record<string, unknown>;
}

function whole(value: unknown, at: string, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
    throw bad(at, `a whole number from ${least} to ${most}`, value);
  }
  return value;
}

function real(value: unknown, at: string, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw bad(at, `a number from ${least} to ${most}`, value);
  }
  return value;
}

function bad(at: string, expected: string, got: unknown): ProtocolError {
  const shown = typeof got === 'object' && got !== null ? 'an object' : String(got).slice(0, 80);
  return new ProtocolError('bad-policy', `policy ${at}: expected ${expected}, got ${shown}`);
}
