// The privacy policy of a federation: public, published by the server, hashed into every round's config, checked by every device.
import type { Layout, LayoutPart } from '../model/model.ts';
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
  maximumCooldownMs,
  maximumDelta,
  maximumEpsilonCap,
  maximumLayoutParts,
  maximumLocalNoiseStd,
  maximumLocalUpdateLength,
  maximumMaskedCohort,
  maximumNoiseMultiplier,
  maximumUpdateLength,
  minimumCohortFloor,
  minimumCohortPermille,
  minimumDelta,
  minimumLocalNoiseStd,
  minimumNoiseMultiplier,
  ringBits,
} from './limits.ts';

/**
 * 1: secure aggregation, the server reads sums alone. 4: local, for crowds too small for it: each update is sent alone and its own device's
 * noise is all its protection; by the choice of operator and visitor both. The wire keeps the other values of the byte for other trust models.
 */
export const modes = [1, 4] as const;
export type Mode = (typeof modes)[number];

export interface Policy {
  readonly protocol: 'tacit/secagg/1';
  readonly mode: Mode;
  /** z: central noise standard deviation over the integer sensitivity bound. */
  readonly noiseMultiplier: number;
  /** C: joint L2 clipping bound, real units. */
  readonly clippingBoundL2: number;
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
  /** b: bits of the ring Z_2^b. */
  readonly bits: number;
  /** clipInt: the clipping bound in integer units. scale = clipInt / clippingBoundL2. */
  readonly clippingBoundInt: number;
  /** Trainable vector; its `length` is D. */
  readonly layout: Layout;
}

const fields = [
  'protocol',
  'mode',
  'noiseMultiplier',
  'clippingBoundL2',
  'delta',
  'epsilonCap',
  'minCohort',
  'maxCohort',
  'honestNoiseShares',
  'cooldownMs',
  'bits',
  'clippingBoundInt',
  'layout',
] as const;
const layoutFields = ['parts', 'length'] as const;
const partFields = ['name', 'rows', 'length', 'clippingBoundL2'] as const;
const partNames = ['projection', 'offsets', 'gram', 'popularity'] as const;

/**
 * Checks a policy from outside: fields, ranges and the compiled-in floors. Unknown fields are refused, since the hash covers them.
 * Throws ProtocolError 'bad-policy'.
 */
export function parsePolicy(value: unknown): Policy {
  const source = record(value, 'policy', fields);
  if (source.protocol !== 'tacit/secagg/1') {
    throw bad('protocol', 'tacit/secagg/1', source.protocol);
  }
  const mode = modes.find((known) => known === source.mode);
  if (mode === undefined) throw bad('mode', modes.join(' or '), source.mode);
  const [fewest, most] = mode === 1 ? [minimumCohortFloor, maximumMaskedCohort] : [1, maximumCohortCeiling];
  const maxCohort = whole(source.maxCohort, 'maxCohort', fewest, most);
  const minCohort = whole(source.minCohort, 'minCohort', leastMinCohort(maxCohort, mode), maxCohort);
  const policy: Policy = {
    protocol: 'tacit/secagg/1',
    mode,
    noiseMultiplier: real(source.noiseMultiplier, 'noiseMultiplier', minimumNoiseMultiplier, maximumNoiseMultiplier),
    clippingBoundL2: real(source.clippingBoundL2, 'clippingBoundL2', 1e-9, maximumClippingBoundL2),
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
    bits: bitsOf(source.bits),
    clippingBoundInt: whole(source.clippingBoundInt, 'clippingBoundInt', 1, maximumClippingBoundInt),
    layout: parseLayout(source.layout),
  };
  if (mode === 4 && policy.layout.length > maximumLocalUpdateLength) {
    throw bad('layout.length', `at most ${maximumLocalUpdateLength} in mode 4`, policy.layout.length);
  }
  const sigmaLocal = localNoiseStdOf(policy);
  if (!(sigmaLocal >= minimumLocalNoiseStd && sigmaLocal <= maximumLocalNoiseStd)) {
    throw bad(
      'clippingBoundInt',
      `a device's noise of ${minimumLocalNoiseStd} to ${maximumLocalNoiseStd} integer units`,
      sigmaLocal,
    );
  }
  return policy;
}

/** One device's noise, or Infinity where it is more than a config can say. */
function localNoiseStdOf(policy: Policy): number {
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

/** The numbers of the noise that follow from a policy. Throws RangeError when the policy's numbers are impossible. */
export function noiseOfPolicy(policy: Policy): PolicyNoise {
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
export function rhoCapOf(policy: Pick<Policy, 'epsilonCap' | 'delta'>): number {
  return Math.min(lifetimeRhoCap, rhoOfEpsilon(policy.epsilonCap, policy.delta));
}

/**
 * Integer units per 1.0: the smallest double at or above clippingBoundInt / clippingBoundL2 for which floor(clip * scale) is the
 * clipping bound in integer units, so that both sides have the same number.
 */
export function scaleOfPolicy(policy: Pick<Policy, 'clippingBoundInt' | 'clippingBoundL2'>): number {
  let scale = policy.clippingBoundInt / policy.clippingBoundL2;
  // The quotient may be half a unit in the last place low.
  while (policy.clippingBoundL2 * scale < policy.clippingBoundInt) scale += scale * Number.EPSILON;
  return scale;
}

function parseLayout(value: unknown): Layout {
  const source = record(value, 'layout', layoutFields);
  if (!Array.isArray(source.parts) || source.parts.length < 1 || source.parts.length > maximumLayoutParts) {
    throw bad('layout.parts', `an array of 1 to ${maximumLayoutParts} parts`, source.parts);
  }
  const parts = source.parts.map((entry: unknown, index) => parsePart(entry, `layout.parts[${index}]`));
  const length = whole(source.length, 'layout.length', 1, maximumUpdateLength);
  const sum = parts.reduce((total, part) => total + part.length, 0);
  if (sum !== length) throw bad('layout.length', `the sum of its parts, ${sum}`, length);
  if (new Set(parts.map((part) => part.name)).size !== parts.length) {
    throw bad('layout.parts', 'each name once', parts.map((part) => part.name).join(', '));
  }
  return { parts, length };
}

function parsePart(value: unknown, at: string): LayoutPart {
  const source = record(value, at, partFields);
  const name = partNames.find((known) => known === source.name);
  if (name === undefined) throw bad(`${at}.name`, partNames.join(', '), source.name);
  return {
    name,
    rows: whole(source.rows, `${at}.rows`, 0, maximumUpdateLength),
    length: whole(source.length, `${at}.length`, 1, maximumUpdateLength),
    clippingBoundL2: real(source.clippingBoundL2, `${at}.clippingBoundL2`, 1e-9, maximumClippingBoundL2),
  };
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

function bitsOf(value: unknown): number {
  const bits = ringBits.find((known) => known === value);
  if (bits === undefined) throw bad('bits', ringBits.join(', '), value);
  return bits;
}

function bad(at: string, expected: string, got: unknown): ProtocolError {
  const shown = typeof got === 'object' && got !== null ? 'an object' : String(got).slice(0, 80);
  return new ProtocolError('bad-policy', `policy ${at}: expected ${expected}, got ${shown}`);
}
