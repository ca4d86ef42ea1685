// What a crowd can carry: the policy, and with it the trainable vector, derived from how many people are present.
// A cohort of n with nEff honest noise shares carries about n nEff / z² useful numbers in a round; D stays within that.
// First come the common part of the content projection W and content coefficients of popularity, then (as the crowd grows) more columns of W,
// all of W with its Gram part, then offsets for the most popular items.

import { firstComponent } from '../catalogue/features.ts';
import { epsilonOfRho, noiseMultiplierFor, rhoOfParticipation } from '../privacy/accountant.ts';
import { chooseRing } from '../privacy/bits.ts';
import { maximumLocalUpdateLength } from '../protocol/limits.ts';
import { leastMinCohort, mostHonestNoiseShares, noiseOfPolicy, type Policy, rhoCapOf } from '../protocol/policy.ts';
import { gatheringTarget } from '../secagg/parameters.ts';
import type { Layout, LayoutPart } from './model.ts';
import { defaultDimension } from './server-step.ts';

export interface CrowdOptions {
  /** People expected to be present at a time. */
  readonly present: number;
  /** M. */
  readonly items: number;
  /** Columns of F. */
  readonly featureColumns: number;
  /** d. Default `defaultDimension`. */
  readonly dimension?: number;
  /** Fields to set otherwise; the layout and the integers follow from them. */
  readonly overrides?: Partial<Omit<Policy, 'protocol' | 'layout' | 'clippingBoundL2'>>;
}

/** The demo's privacy: 8 participations at z = 2 spend epsilon 8 at delta 1e-6. */
export const demoNoiseMultiplier = 2;
export const demoDelta = 1e-6;
export const demoEpsilonCap = 8;
export const demoCooldownMs = 30_000;

/** Of those present, how many a cohort may hold: the others have just taken part or are about to leave. */
const cohortPart = 0.8;
const smallestMaxCohort = 28;
const largestMaxCohort = 1000;
/** In mode 4 a mean of fewer says nothing. */
const fewestAlone = 2;

/**
 * The policy of a federation with so many people.
 * @throws RangeError when a number is not usable.
 */
export function policyForCrowd(options: CrowdOptions): Policy {
  const { present, items, featureColumns, overrides = {} } = options;
  const dimension = options.dimension ?? defaultDimension;
  for (const [name, value] of Object.entries({ present, items, featureColumns, dimension })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} is ${value}, expected a whole number above 0`);
  }
  const mode = overrides.mode ?? 1;
  const maxCohort =
    overrides.maxCohort ?? Math.min(largestMaxCohort, Math.max(smallestMaxCohort, Math.floor(cohortPart * present)));
  const minCohort = overrides.minCohort ?? (mode === 4 ? fewestAlone : leastMinCohort(maxCohort));
  const honestNoiseShares = overrides.honestNoiseShares ?? mostHonestNoiseShares(minCohort, maxCohort, mode);
  const noiseMultiplier = overrides.noiseMultiplier ?? demoNoiseMultiplier;
  const gathered = gatheringTarget(minCohort, maxCohort);
  const carried = (gathered * honestNoiseShares) / noiseMultiplier ** 2;
  const usefulNumbers = mode === 4 ? Math.min(carried, maximumLocalUpdateLength) : carried;
  const layout = layoutOf({ usefulNumbers, items, featureColumns, dimension });
  const bounds = layout.parts.reduce((sum, part) => sum + part.clippingBoundL2 ** 2, 0);
  const { bits, clippingBoundInt } = chooseRing({
    maxCohort,
    honestNoiseShares,
    noiseMultiplier,
    length: layout.length,
  });
  return {
    protocol: 'tacit/secagg/1',
    mode,
    noiseMultiplier,
    clippingBoundL2: Math.sqrt(bounds),
    delta: overrides.delta ?? demoDelta,
    epsilonCap: overrides.epsilonCap ?? demoEpsilonCap,
    minCohort,
    maxCohort,
    honestNoiseShares,
    cooldownMs: overrides.cooldownMs ?? demoCooldownMs,
    bits: overrides.bits ?? bits,
    clippingBoundInt: overrides.clippingBoundInt ?? clippingBoundInt,
    layout,
  };
}

/** L2 clips of the parts under noise. Low clips on long gradients let each person count alike; see DECISIONS.md for how they were found. */
const projectionClip = 0.8;
const popularityClip = 0.4;
const gramClip = 0.4;
const offsetsClip = 0.8;

/** Content coefficients of popularity at most, and the part of the useful numbers that they may take. */
const mostPopularityRows = 32;
const popularityPart = 0.4;

function layoutOf(crowd: { usefulNumbers: number; items: number; featureColumns: number; dimension: number }): Layout {
  const { items, featureColumns, dimension } = crowd;
  const parts: LayoutPart[] = [];
  const budget = Math.max(1, Math.floor(crowd.usefulNumbers));
  const popularityRows = Math.min(featureColumns - 1, mostPopularityRows, Math.floor(popularityPart * budget));
  const left = budget - popularityRows;
  const gram = (dimension * (dimension + 1)) / 2;
  const wholeProjection = featureColumns * dimension;
  if (left >= wholeProjection + gram) {
    parts.push({ name: 'projection', rows: featureColumns, length: wholeProjection, clippingBoundL2: projectionClip });
    const offsetRows = Math.min(items, Math.floor((left - wholeProjection - gram) / dimension));
    if (offsetRows > 0) {
      parts.push({ name: 'offsets', rows: offsetRows, length: offsetRows * dimension, clippingBoundL2: offsetsClip });
    }
    parts.push({ name: 'gram', rows: dimension, length: gram, clippingBoundL2: gramClip });
  } else {
    // The content start gives the broad components a dimension each, and a device learns its taste for them from its own history. The fine
    // components it knows nothing of: the crowd says what they are worth to everybody (column 0) and then to each taste (further columns).
    const fine = Math.max(1, Math.min(left, featureColumns - firstComponent - (dimension - 1)));
    const rows = left >= featureColumns * 2 ? featureColumns : fine;
    const columns = Math.max(1, Math.min(dimension, Math.floor(left / rows / columnCost)));
    parts.push({ name: 'projection', rows, length: rows * columns, clippingBoundL2: projectionClip });
  }
  if (popularityRows > 0) {
    parts.push({ name: 'popularity', rows: popularityRows, length: popularityRows, clippingBoundL2: popularityClip });
  }
  return { parts, length: parts.reduce((sum, part) => sum + part.length, 0) };
}

/** A further column of W is weaker evidence than the first (people's tastes differ in sign), so it must be paid for several times over. */
const columnCost = 2;

/**
 * How often a device takes part under a policy: within its cap and within the compiled-in lifetime cap, whichever is less, as the ledger counts.
 * @param rhoSpent what is spent already, 0 or more. Never below 0.
 */
export function participationsWithinCap(policy: Policy, rhoSpent = 0): number {
  return Math.max(0, Math.floor((rhoCapOf(policy) - rhoSpent) / noiseOfPolicy(policy).rhoPerParticipation));
}

/** What a policy's crowd means for epsilon, and the crowd that the same quality would need at a lower one. */
export interface CrowdPrivacy {
  /** Epsilon of one participation, at the policy's delta. */
  readonly epsilonOnce: number;
  /** Participations within the caps, at least 1, and their epsilon together. */
  readonly participations: number;
  readonly epsilonAll: number;
  /** z of the noise of one device alone, z / sqrt(nEff), and its epsilon: what is left against a server that fakes all the others. */
  readonly noiseMultiplierAlone: number;
  readonly epsilonAlone: number;
  /** As many participations within `lowEpsilon`: the z they need, and the people in a round for the same noise in its mean. */
  readonly lowEpsilon: number;
  readonly lowNoiseMultiplier: number;
  readonly gathered: number;
  readonly lowGathered: number;
}

/**
 * Follows from the policy alone. The noise in a mean goes with z sqrt(n / nEff) / n. Under masks nEff / n is the same for every crowd, so the
 * same quality at another z needs n in proportion to z; in mode 4 nEff is 1, so n goes with its square. A policy whose cap allows no participation is counted with one.
 */
export function crowdPrivacy(policy: Policy, lowEpsilon = 2): CrowdPrivacy {
  const { noiseMultiplier, delta, honestNoiseShares, minCohort, maxCohort } = policy;
  const rho = noiseOfPolicy(policy).rhoPerParticipation;
  const participations = Math.max(1, participationsWithinCap(policy));
  const noiseMultiplierAlone = noiseMultiplier / Math.sqrt(honestNoiseShares);
  const lowNoiseMultiplier = Math.max(noiseMultiplier, noiseMultiplierFor(participations, lowEpsilon, delta));
  const gathered = gatheringTarget(minCohort, maxCohort);
  return {
    epsilonOnce: epsilonOfRho(rho, delta),
    participations,
    epsilonAll: epsilonOfRho(participations * rho, delta),
    noiseMultiplierAlone,
    epsilonAlone: epsilonOfRho(rhoOfParticipation(noiseMultiplierAlone), delta),
    lowEpsilon,
    lowNoiseMultiplier,
    gathered,
    lowGathered: Math.ceil(gathered * (lowNoiseMultiplier / noiseMultiplier) ** (policy.mode === 4 ? 2 : 1)),
  };
}

/** `crowdPrivacy` in English sentences, for the status. */
export function crowdPrivacyInWords(policy: Policy): string {
  const crowd = crowdPrivacy(policy);
  const two = (value: number) => value.toFixed(2);
  return (
    `One participation costs epsilon ${two(crowd.epsilonOnce)} at delta ${policy.delta}; a browser may take part ` +
    `${crowd.participations} times, for epsilon ${two(crowd.epsilonAll)} together. As many participations within epsilon ` +
    `${crowd.lowEpsilon} need a noise multiplier of ${two(crowd.lowNoiseMultiplier)} and, for the same quality of a round, about ` +
    `${crowd.lowGathered} people in it instead of ${crowd.gathered}.`
  );
}

/** What is trained, in one English sentence for the Privacy page and the status. */
export function trainableInWords(policy: Policy): string {
  const { maxCohort, minCohort, noiseMultiplier, layout } = policy;
  const parts = layout.parts.map((part) => {
    switch (part.name) {
      case 'projection':
        return `how ${part.rows} content features map to ${part.length / part.rows} taste dimensions (${part.length} numbers)`;
      case 'offsets':
        return `corrections for the ${part.rows} most popular items (${part.length} numbers)`;
      case 'gram':
        return `how taste dimensions go together (${part.length} numbers)`;
      default:
        return `how popular ${part.rows} content features are (${part.length} numbers)`;
    }
  });
  return (
    `Rounds of ${minCohort} to ${maxCohort} people with noise multiplier ${noiseMultiplier} can carry ` +
    `${layout.length} numbers: ${parts.join('; ')}. Everything else stays as the public content says.`
  );
}
