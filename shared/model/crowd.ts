// What a crowd can carry: the policy, and with it the phases and their trainable vectors, derived from how many people are present.
// A cohort of n with nEff honest noise shares carries about n nEff / z² useful numbers in a round.
// `reconstruction`: D stays within that. First come the common part of the content projection W and content coefficients of popularity, then
// (as the crowd grows) more columns of W, all of W with its Gram part, then offsets for the most popular items.
// The others add up what an epoch's people say, once each in every phase; the cost of one session is divided between its phases.

import { firstComponent } from '../catalogue/features.ts';
import { itemsFor, relativeSignal, shareOfPopularity } from '../learners/co-occurrence/rules.ts';
import { privateCommunities, privateItems, privateIterations, sharesOf } from '../learners/communities/rules.ts';
import { epsilonOfRho, noiseMultiplierFor, rhoOfParticipation } from '../privacy/accountant.ts';
import { chooseRing } from '../privacy/bits.ts';
import { maximumLocalUpdateLength } from '../protocol/limits.ts';
import {
  type CommonRules,
  leastMinCohort,
  mostHonestNoiseShares,
  type Phase,
  type Policy,
  type RoundPolicy,
  rhoCapOf,
  rhoOfSession,
  roundPolicyOf,
  type Training,
} from '../protocol/policy.ts';
import { gatheringTarget } from '../secagg/parameters.ts';
import { blockCount, blockLength, blocksFor, blocksOf } from './blocks.ts';
import { defaultLocalRate } from './local-steps.ts';
import type { Layout, LayoutPart, LearnerName } from './model.ts';
import { standardRates } from './server-optimizer.ts';
import { defaultDimension } from './server-step.ts';

/** Fields to set otherwise; the layouts and the integers follow from them. */
export interface CrowdOverrides extends Partial<Omit<CommonRules, 'protocol'>> {
  /** z of one session: what all phases of an epoch cost together is 1 / (2 z²). */
  readonly noiseMultiplier?: number;
  /** Of `reconstruction`. The rate of a server optimiser is its standard unless said otherwise. */
  readonly training?: Partial<Training>;
  readonly offsets?: OffsetsDemand;
}

/** What is asked of the offsets of `reconstruction`: more of them than a round carries go in blocks. */
export interface OffsetsDemand {
  /** Items with offsets at least, if the catalogue has so many. Null or absent: as many as `itemBlocks` rounds carry. */
  readonly items?: number | null;
  /** Blocks of items. Null or absent: one, or with `items` the fewest that a round carries. */
  readonly itemBlocks?: number | null;
  /** Columns in a round at most. Null or absent: all d. */
  readonly rank?: number | null;
}

export interface CrowdOptions {
  readonly learner: LearnerName;
  /** People expected to be present at a time. */
  readonly present: number;
  /** Different people who are expected to take part in an epoch. Default: `peopleForOnePresent` for each one present. */
  readonly people?: number;
  /** M. */
  readonly items: number;
  /** Meff of the public popularity: as many equally popular items. Default: M. */
  readonly effectiveItems?: number;
  /** Columns of F. */
  readonly featureColumns: number;
  /** d. Default `defaultDimension`. */
  readonly dimension?: number;
  /** K of `co-occurrence`. Default: by its rule. */
  readonly chosenItems?: number;
  readonly overrides?: CrowdOverrides;
}

/** The demo's privacy: 8 sessions at z = 2 spend epsilon 8 at delta 1e-6. */
const demoNoiseMultiplier = 2;
export const demoDelta = 1e-6;
export const demoEpsilonCap = 8;
const demoCooldownMs = 30_000;

/** People of an epoch for each one present: some leave and others come. */
export const peopleForOnePresent = 8;
/** Bytes that an upload may have at most. */
const mostUploadBytes = 2 ** 20;
/** Time in which a device begins local steps. */
const defaultLocalLimitMs = 10_000;
/** Bound of the weight in [w update, w], real units: w itself is then known to a few parts in a hundred at little cost in joint sensitivity. */
export const weightBoundL2 = 0.3;

/** Of those present, how many a cohort may hold: the others have just taken part or are about to leave. */
const cohortPart = 0.8;
const smallestMaxCohort = 28;
const largestMaxCohort = 1000;
/** In mode 4 a mean of fewer says nothing. */
const fewestAlone = 2;

/**
 * The policy of a federation with so many people.
 * @throws RangeError when a number is not usable, or when the learner's upload does not fit a round of this mode.
 */
export function policyForCrowd(options: CrowdOptions): Policy {
  const { learner, present, items, featureColumns, overrides = {} } = options;
  const dimension = options.dimension ?? defaultDimension;
  const people = options.people ?? peopleForOnePresent * present;
  for (const [name, value] of Object.entries({ present, people, items, featureColumns, dimension })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} is ${value}, expected a whole number above 0`);
  }
  const mode = overrides.mode ?? 1;
  const maxCohort =
    overrides.maxCohort ?? Math.min(largestMaxCohort, Math.max(smallestMaxCohort, Math.floor(cohortPart * present)));
  const minCohort = overrides.minCohort ?? (mode === 4 ? fewestAlone : leastMinCohort(maxCohort));
  const common: CommonRules = {
    protocol: 'tacit/secagg/1',
    mode,
    delta: overrides.delta ?? demoDelta,
    epsilonCap: overrides.epsilonCap ?? demoEpsilonCap,
    minCohort,
    maxCohort,
    honestNoiseShares: overrides.honestNoiseShares ?? mostHonestNoiseShares(minCohort, maxCohort, mode),
    cooldownMs: overrides.cooldownMs ?? demoCooldownMs,
  };
  const noiseMultiplier = overrides.noiseMultiplier ?? demoNoiseMultiplier;
  const crowd: Crowd = {
    common,
    noiseMultiplier,
    people,
    items,
    effectiveItems: options.effectiveItems ?? items,
    chosenItems: options.chosenItems ?? null,
  };
  switch (learner) {
    case 'reconstruction': {
      const training = trainingOf(overrides.training);
      const phase = trainPhase(crowd, { featureColumns, dimension, training, offsets: overrides.offsets ?? {} });
      return { ...common, learner, phases: [phase] };
    }
    case 'co-occurrence':
      return { ...common, learner, phases: coOccurrencePhases(crowd) };
    case 'communities':
      return { ...common, learner, phases: communitiesPhases(crowd) };
  }
}

/** The policy of `reconstruction`'s only phase. */
export function roundPolicyForCrowd(options: Omit<CrowdOptions, 'learner'>): RoundPolicy {
  return roundPolicyOf(policyForCrowd({ ...options, learner: 'reconstruction' }), 0);
}

interface Crowd {
  readonly common: CommonRules;
  /** z of a session. */
  readonly noiseMultiplier: number;
  readonly people: number;
  readonly items: number;
  readonly effectiveItems: number;
  readonly chosenItems: number | null;
}

interface TrainedShape {
  readonly featureColumns: number;
  readonly dimension: number;
  readonly training: Training;
  readonly offsets: OffsetsDemand;
}

function trainPhase(crowd: Crowd, { featureColumns, dimension, training, offsets }: TrainedShape): Phase {
  const { common, noiseMultiplier, items } = crowd;
  const carried = (gatheredOf(common) * common.honestNoiseShares) / noiseMultiplier ** 2;
  const usefulNumbers = Math.min(carried, mostNumbers(crowd));
  const hasWeight = training.weights === 'size';
  const layout = layoutOf({ usefulNumbers, items, featureColumns, dimension, hasWeight, offsets });
  return { ...phaseOf(crowd, 'train', 1, 0, layout), training };
}

function trainingOf(given: Partial<Training> = {}): Training {
  const serverOptimizer = given.serverOptimizer ?? 'preconditioned';
  return {
    localSteps: given.localSteps ?? 1,
    localRate: given.localRate ?? defaultLocalRate,
    proxMu: given.proxMu ?? 0,
    weights: given.weights ?? 'none',
    serverOptimizer,
    serverRate: serverOptimizer === 'preconditioned' ? 0 : (given.serverRate ?? standardRates[serverOptimizer]),
    localLimitMs: given.localLimitMs ?? defaultLocalLimitMs,
  };
}

function coOccurrencePhases(crowd: Crowd): readonly Phase[] {
  const { items } = crowd;
  const rounds = roundsOf(crowd);
  const signal = signalOf(crowd, rounds);
  const share = shareOfPopularity(relativeSignal(signal, items));
  const wanted = crowd.chosenItems ?? itemsFor((1 - share) * signal, crowd.effectiveItems);
  const count = Math.min(items, wanted, trianglesWithin(mostNumbers(crowd)));
  const triangle = (count * (count + 1)) / 2;
  return [
    phaseOf(crowd, 'popularity', share, rounds, oneVector(crowd, 'histogram', items, items)),
    phaseOf(crowd, 'co-occurrence', 1 - share, rounds, oneVector(crowd, 'triangle', count, triangle)),
  ];
}

function communitiesPhases(crowd: Crowd): readonly Phase[] {
  const { items } = crowd;
  const rounds = roundsOf(crowd);
  const count = Math.min(items, privateItems, Math.floor(mostNumbers(crowd) / privateCommunities) - 1);
  const shares = sharesOf(privateIterations);
  const length = privateCommunities * (count + 1);
  const centroids = oneVector(crowd, 'centroids', privateCommunities, length);
  return [
    phaseOf(crowd, 'popularity', shares.popularity, rounds, oneVector(crowd, 'histogram', items, items)),
    ...Array.from({ length: privateIterations }, () => phaseOf(crowd, 'centroids', shares.each, rounds, centroids)),
    phaseOf(crowd, 'likes', shares.each, rounds, oneVector(crowd, 'likes', privateCommunities, length)),
  ];
}

/** A phase that takes `share` of the session's rho. */
function phaseOf(crowd: Crowd, name: Phase['name'], share: number, rounds: number, layout: Layout): Phase {
  const { maxCohort, honestNoiseShares } = crowd.common;
  const noiseMultiplier = crowd.noiseMultiplier / Math.sqrt(share);
  return {
    name,
    rounds,
    noiseMultiplier,
    clippingBoundL2: Math.sqrt(layout.parts.reduce((sum, part) => sum + part.clippingBoundL2 ** 2, 0)),
    ...chooseRing({ maxCohort, honestNoiseShares, noiseMultiplier, length: layout.length }),
    layout,
  };
}

/** A vector of norm 1. @throws RangeError when it is more than a round carries. */
function oneVector(crowd: Crowd, name: LayoutPart['name'], rows: number, length: number): Layout {
  const most = mostNumbers(crowd);
  if (length > most || rows < 1) {
    throw new RangeError(
      `a ${name} of ${length} numbers does not fit a round of mode ${crowd.common.mode}, which carries ${most}; take another learner`,
    );
  }
  return { parts: [{ name, rows, length, clippingBoundL2: 1 }], length };
}

/** Numbers that an upload may have: at most four bytes each. */
function mostNumbers({ common }: Crowd): number {
  return common.mode === 4 ? maximumLocalUpdateLength : mostUploadBytes / 4;
}

/** The largest K whose triangle has at most so many numbers. */
function trianglesWithin(numbers: number): number {
  return Math.floor((Math.sqrt(8 * numbers + 1) - 1) / 2);
}

function gatheredOf({ minCohort, maxCohort }: CommonRules): number {
  return gatheringTarget(minCohort, maxCohort);
}

/** As many as the epoch's people can fill, each taking part once. */
function roundsOf({ common, people }: Crowd): number {
  return Math.max(1, Math.floor(people / gatheredOf(common)));
}

/** nu: the norm of one person over the noise of the mean of an epoch, if the whole session were one release. */
function signalOf({ common, noiseMultiplier }: Crowd, rounds: number): number {
  const gathered = gatheredOf(common);
  const margin = Math.sqrt(gathered / common.honestNoiseShares);
  return (gathered * Math.sqrt(rounds)) / (noiseMultiplier * margin);
}

/** L2 clips of the parts under noise. Low clips on long gradients let each person count alike; see DECISIONS.md for how they were found. */
const projectionClip = 0.8;
const popularityClip = 0.4;
const gramClip = 0.4;
const offsetsClip = 0.8;

/** Content coefficients of popularity at most, and the part of the useful numbers that they may take. */
const mostPopularityRows = 32;
const popularityPart = 0.4;

function layoutOf(crowd: {
  readonly usefulNumbers: number;
  readonly items: number;
  readonly featureColumns: number;
  readonly dimension: number;
  readonly hasWeight: boolean;
  readonly offsets: OffsetsDemand;
}): Layout {
  const { items, featureColumns, dimension, hasWeight, offsets } = crowd;
  const parts: LayoutPart[] = [];
  const budget = Math.max(1, Math.floor(crowd.usefulNumbers) - (hasWeight ? 1 : 0));
  const popularityRows = Math.min(featureColumns - 1, mostPopularityRows, Math.floor(popularityPart * budget));
  const left = budget - popularityRows;
  const gram = (dimension * (dimension + 1)) / 2;
  const wholeProjection = featureColumns * dimension;
  if (left >= wholeProjection + gram) {
    parts.push({ name: 'projection', rows: featureColumns, length: wholeProjection, clippingBoundL2: projectionClip });
    const numbers = left - wholeProjection - gram;
    const part = offsetsPart(offsets, { numbers, items, dimension });
    if (part !== null) parts.push(part);
    parts.push({ name: 'gram', rows: dimension, length: gram, clippingBoundL2: gramClip });
  } else {
    if (offsetsAsked(offsets, dimension)) throw noOffsets();
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
  if (hasWeight) parts.push({ name: 'weight', rows: 1, length: 1, clippingBoundL2: weightBoundL2 });
  return { parts, length: parts.reduce((sum, part) => sum + part.length, 0) };
}

/**
 * The offsets of as many of the most popular items as are asked for, in blocks of at most so many numbers. null: not one item's fit, and none were
 * asked for. @throws RangeError for what does not fit.
 */
function offsetsPart(
  asked: OffsetsDemand,
  { numbers, items, dimension }: { numbers: number; items: number; dimension: number },
): LayoutPart | null {
  const columns = blocksFor(1, asked.rank ?? null, dimension).columns;
  const carried = Math.floor(numbers / Math.ceil(dimension / columns));
  if (carried < 1) {
    if (offsetsAsked(asked, dimension)) throw noOffsets();
    return null;
  }
  const rows = Math.min(items, asked.items ?? carried * (asked.itemBlocks ?? 1));
  const blocks = { rows: asked.itemBlocks ?? Math.ceil(rows / carried), columns };
  if (blocks.rows > rows) throw new RangeError(`${blocks.rows} item blocks for ${rows} items with offsets`);
  if (Math.ceil(rows / blocks.rows) > carried) {
    throw new RangeError(
      `offsets of ${rows} items in ${blocks.rows} blocks: a round of this crowd carries those of ${carried} items, so ` +
        `take ${Math.ceil(rows / carried)} blocks or more`,
    );
  }
  return {
    name: 'offsets',
    rows,
    length: blockLength(blocks, rows, dimension),
    clippingBoundL2: offsetsClip,
    ...(blockCount(blocks) === 1 ? {} : { blocks }),
  };
}

function offsetsAsked({ items, itemBlocks, rank }: OffsetsDemand, dimension: number): boolean {
  return items != null || (itemBlocks ?? 1) > 1 || (rank ?? dimension) < dimension;
}

function noOffsets(): RangeError {
  return new RangeError(
    'item blocks, rank and offset items are of the offsets, which a round of this crowd does not carry; more people carry them',
  );
}

/** A further column of W is weaker evidence than the first (people's tastes differ in sign), so it must be paid for several times over. */
const columnCost = 2;

/**
 * How many sessions (all phases of an epoch) a device takes part in under a policy: within its cap and within the compiled-in lifetime cap,
 * whichever is less, as the ledger counts.
 * @param rhoSpent what is spent already, 0 or more. Never below 0.
 */
export function sessionsWithinCap(policy: Policy, rhoSpent = 0): number {
  return Math.max(0, Math.floor((rhoCapOf(policy) - rhoSpent) / rhoOfSession(policy)));
}

/** What a policy's crowd means for epsilon, and the crowd that the same quality would need at a lower one. */
export interface CrowdPrivacy {
  /** Epsilon of one session, at the policy's delta. */
  readonly epsilonOnce: number;
  /** Sessions within the caps, at least 1, and their epsilon together. */
  readonly sessions: number;
  readonly epsilonAll: number;
  /** z of a whole session: 1 / sqrt(2 rho). */
  readonly noiseMultiplier: number;
  /** z of the noise of one device alone over a session, z / sqrt(nEff), and its epsilon: what is left against a server that fakes all the others. */
  readonly noiseMultiplierAlone: number;
  readonly epsilonAlone: number;
  /** As many sessions within `lowEpsilon`: the z they need, and the people in a round for the same noise in its mean. */
  readonly lowEpsilon: number;
  readonly lowNoiseMultiplier: number;
  readonly gathered: number;
  readonly lowGathered: number;
}

/**
 * Follows from the policy alone. The noise in a mean goes with z sqrt(n / nEff) / n. Under masks nEff / n is the same for every crowd, so the
 * same quality at another z needs n in proportion to z; in mode 4 nEff is 1, so n goes with its square. A policy whose cap allows no session is counted with one.
 */
export function crowdPrivacy(policy: Policy, lowEpsilon = 2): CrowdPrivacy {
  const { delta, honestNoiseShares } = policy;
  const rho = rhoOfSession(policy);
  const noiseMultiplier = 1 / Math.sqrt(2 * rho);
  const sessions = Math.max(1, sessionsWithinCap(policy));
  const noiseMultiplierAlone = noiseMultiplier / Math.sqrt(honestNoiseShares);
  const lowNoiseMultiplier = Math.max(noiseMultiplier, noiseMultiplierFor(sessions, lowEpsilon, delta));
  const gathered = gatheredOf(policy);
  return {
    epsilonOnce: epsilonOfRho(rho, delta),
    sessions,
    epsilonAll: epsilonOfRho(sessions * rho, delta),
    noiseMultiplier,
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
  const session =
    policy.phases.length === 1
      ? 'One participation'
      : `One session (a participation in each of ${policy.phases.length} phases)`;
  return (
    `${session} costs epsilon ${two(crowd.epsilonOnce)} at delta ${policy.delta}; a browser may take part ` +
    `${crowd.sessions} times, for epsilon ${two(crowd.epsilonAll)} together. As many within epsilon ` +
    `${crowd.lowEpsilon} need a noise multiplier of ${two(crowd.lowNoiseMultiplier)} and, for the same quality of a round, about ` +
    `${crowd.lowGathered} people in it instead of ${crowd.gathered}.`
  );
}

/** What is trained, in one English sentence for the Privacy page and the status. */
export function trainableInWords(policy: Policy): string {
  const { maxCohort, minCohort, phases } = policy;
  const longest = Math.max(...phases.map(({ layout }) => layout.length));
  const parts = phases.flatMap(({ layout }) => layout.parts.map(partInWords));
  const noise = phases.map(({ noiseMultiplier }) => Number(noiseMultiplier.toFixed(3)));
  return (
    `Rounds of ${minCohort} to ${maxCohort} people with noise multiplier ${[...new Set(noise)].join(', ')} carry ` +
    `${longest} numbers${phases.length > 1 ? ' at most' : ''}: ${[...new Set(parts)].join('; ')}. Everything else stays as the public content says.`
  );
}

function partInWords(part: LayoutPart): string {
  switch (part.name) {
    case 'projection':
      return `how ${part.rows} content features map to ${part.length / part.rows} taste dimensions (${part.length} numbers)`;
    case 'offsets': {
      const what = `corrections for the ${part.rows} most popular items`;
      const count = blockCount(blocksOf(part));
      return count === 1
        ? `${what} (${part.length} numbers)`
        : `${what}, in ${count} turns (${part.length} numbers each)`;
    }
    case 'gram':
      return `how taste dimensions go together (${part.length} numbers)`;
    case 'popularity':
      return `how popular ${part.rows} content features are (${part.length} numbers)`;
    case 'weight':
      return 'how much the average update weighs (1 number)';
    case 'histogram':
      return `how popular each of ${part.rows} items is (${part.length} numbers)`;
    case 'triangle':
      return `which of the ${part.rows} most popular items are liked together (${part.length} numbers)`;
    case 'centroids':
      return `what sets ${part.rows} communities of taste apart (${part.length} numbers)`;
    case 'likes':
      return `what each of ${part.rows} communities likes (${part.length} numbers)`;
  }
}
