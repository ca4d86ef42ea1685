// What a federation of a crowd could be: each learner over a grid of its sizes, within what the product can run.
import type { GivenSettings, LearnerName } from '../evaluation/learners.ts';
import { mostInOneSum } from '../evaluation/private-mean.ts';
import { itemsFor, relativeSignal, shareOfPopularity } from '../learners/co-occurrence/rules.ts';
import { privateIterations } from '../learners/communities/rules.ts';
import { noiseMultiplierFor } from '../privacy/accountant.ts';
import { minimumCohortFloor } from '../protocol/limits.ts';
import { leastMinCohort, mostHonestNoiseShares } from '../protocol/policy.ts';
import { gatheringTarget } from '../secagg/parameters.ts';

/** Learners that a federation can run. */
export const sharedLearners = [
  'co-occurrence',
  'reconstruction',
  'communities',
] as const satisfies readonly LearnerName[];
export type SharedLearner = (typeof sharedLearners)[number];

export interface Candidate {
  readonly learner: SharedLearner;
  /** K: items that take part one by one; null where it means nothing. */
  readonly itemsK: number | null;
  /** d; null where it means nothing. */
  readonly dim: number | null;
  /** People in one sum at most. */
  readonly cohort: number;
  /** Rounds in which everybody has had their participations; of a learner with phases, those of an epoch. */
  readonly rounds: number;
  /** Updates that one person sends; for a learner with phases one session, a participation in each phase. */
  readonly participations: number;
}

export interface CrowdDemand {
  /** N: different people who take part. */
  readonly people: number;
  /** People who can be gathered for one round. */
  readonly cohort: number;
  /** M. */
  readonly items: number;
  /** Meff of the popularity that is known beforehand. */
  readonly effectiveItems: number;
  readonly epsilon: number;
  readonly delta: number;
  /** How often one person takes part in a learner without phases; null: 1 and 4 are tried. */
  readonly participations: number | null;
  /** Null: all are tried. */
  readonly learner: SharedLearner | null;
}

/** The triangle of more is an upload beyond 100 kB, and takes longer to simulate than an operator waits. */
const mostItemsK = 320;
const fewestItemsK = 20;
/** More rounds of `reconstruction` than this are not tried: they take longer to simulate than an operator waits. */
const mostRounds = 20;
const dims = [16, 32] as const;

/** The smallest crowd that any round under masks can have. */
export const smallestCrowd = minimumCohortFloor;

/** All that is tried, the standard of each learner first. @throws RangeError for a crowd that no round can be made of. */
export function candidatesFor(demand: CrowdDemand): Candidate[] {
  return learnersOf(demand).flatMap((learner) => {
    const standard = standardCandidate(learner, demand);
    const others = variantsOf(standard, demand).filter((other) => !isSame(other, standard));
    return [
      standard,
      ...others.filter((other, index) => !others.slice(0, index).some((known) => isSame(known, other))),
    ];
  });
}

function learnersOf({ learner }: CrowdDemand): readonly SharedLearner[] {
  return learner === null ? sharedLearners : [learner];
}

/** The learner as its rules have it for this crowd. */
export function standardCandidate(learner: SharedLearner, demand: CrowdDemand): Candidate {
  const { people } = demand;
  if (!Number.isInteger(people) || people < smallestCrowd) {
    throw new RangeError(
      `a crowd of ${people}, expected a whole number of ${smallestCrowd} or more, the fewest in a sum`,
    );
  }
  const cohort = Math.min(people, demand.cohort, mostInOneSum);
  switch (learner) {
    case 'co-occurrence':
      return {
        learner,
        itemsK: ruleOfItems(demand, cohort),
        dim: null,
        cohort,
        rounds: 2 * roundsOfPhase(people, cohort),
        participations: 1,
      };
    case 'communities': {
      const rounds = (2 + privateIterations) * roundsOfPhase(people, cohort);
      return { learner, itemsK: null, dim: null, cohort, rounds, participations: 1 };
    }
    case 'reconstruction':
      return withRounds(
        { learner, itemsK: null, dim: dims[0], cohort, rounds: 1, participations: demand.participations ?? 1 },
        people,
      );
  }
}

function variantsOf(standard: Candidate, demand: CrowdDemand): Candidate[] {
  switch (standard.learner) {
    case 'co-occurrence':
      return [0.5, 2].map((factor) => ({ ...standard, itemsK: clampedItems(factor * standard.itemsK!, demand.items) }));
    case 'communities':
      return [];
    case 'reconstruction': {
      const participations = demand.participations === null ? [1, 4] : [demand.participations];
      return dims.flatMap((dim) =>
        participations.map((each) => withRounds({ ...standard, dim, participations: each }, demand.people)),
      );
    }
  }
}

/** As many rounds of a phase as the people can fill, each taking part once; see `policyForCrowd`. */
function roundsOfPhase(people: number, cohort: number): number {
  return Math.max(1, Math.floor(people / gatheringTarget(leastMinCohort(cohort), cohort)));
}

/** As many rounds as let everybody take part so often, within `mostRounds`; where that is fewer, people take part less often. */
function withRounds(candidate: Candidate, people: number): Candidate {
  const wanted = Math.max(1, Math.floor((candidate.participations * people) / candidate.cohort));
  const rounds = Math.min(mostRounds, wanted);
  return { ...candidate, rounds, participations: Math.max(1, Math.ceil((rounds * candidate.cohort) / people)) };
}

/** K by the rule of `co-occurrence`. */
function ruleOfItems(demand: CrowdDemand, cohort: number): number {
  const signal = signalOf(demand, cohort);
  const share = shareOfPopularity(relativeSignal(signal, demand.items));
  return clampedItems(itemsFor((1 - share) * signal, demand.effectiveItems), demand.items);
}

/** nu: the norm of one person over the noise of the crowd's mean, if all of epsilon were one release. */
export function signalOf(
  { people, epsilon, delta }: Pick<CrowdDemand, 'people' | 'epsilon' | 'delta'>,
  cohort: number,
): number {
  const sums = Math.ceil(people / cohort);
  const largest = Math.max(smallestCrowd, Math.ceil(people / sums));
  const margin = Math.sqrt(largest / mostHonestNoiseShares(leastMinCohort(largest), largest));
  return people / (margin * noiseMultiplierFor(1, epsilon, delta) * Math.sqrt(sums));
}

/** The evaluation's settings of a candidate. */
export function settingsOfCandidate(
  candidate: Candidate,
  { epsilon, delta }: Pick<CrowdDemand, 'epsilon' | 'delta'>,
): GivenSettings {
  const { learner, itemsK, dim, cohort, rounds } = candidate;
  switch (learner) {
    case 'co-occurrence':
    case 'communities':
      return { itemsK, cohort, epsilon, delta };
    case 'reconstruction':
      return { dim: dim ?? dims[0], cohort, rounds, epsilon, delta };
  }
}

function clampedItems(wanted: number, items: number): number {
  return Math.min(items, mostItemsK, Math.max(fewestItemsK, Math.round(wanted)));
}

function isSame(a: Candidate, b: Candidate): boolean {
  return (Object.keys(a) as (keyof Candidate)[]).every((key) => a[key] === b[key]);
}
