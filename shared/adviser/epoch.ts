// What the advice is as a federation: the policy that `npm start` derives from the advised flags, and its epoch in numbers.
import { policyForCrowd, sessionsWithinCap } from '../model/crowd.ts';
import { noiseMultiplierFor } from '../privacy/accountant.ts';
import type { PhaseName, Policy } from '../protocol/policy.ts';
import { gatheringTarget, stageDeadlines } from '../secagg/parameters.ts';
import type { Candidate, CrowdDemand } from './candidates.ts';

export interface Epoch {
  /** In order; `rounds` null: without end. */
  readonly phases: readonly { readonly name: PhaseName; readonly rounds: number | null }[];
  /** Of all phases; null: without end. */
  readonly rounds: number | null;
  /** People who have to be there at the same time for a round to begin. */
  readonly peopleOfRound: number;
  /** What a round takes at most from then on. */
  readonly roundSeconds: number;
  /** Updates that one person sends in an epoch, one in each phase; without end, as often as was simulated. */
  readonly updates: number;
  /** Epochs in which one person can take part before epsilon is spent; of a phase without end, rounds. */
  readonly withinEpsilon: number;
}

/** @throws RangeError when the learner's upload does not fit a round. */
export function policyOfCandidate(candidate: Candidate, demand: CrowdDemand, featureColumns: number): Policy {
  const { learner, itemsK, dim, cohort, participations } = candidate;
  const { people, items, effectiveItems, epsilon, delta } = demand;
  return policyForCrowd({
    learner,
    present: cohort,
    people,
    items,
    effectiveItems,
    featureColumns,
    ...(dim === null ? {} : { dimension: dim }),
    ...(itemsK === null ? {} : { chosenItems: itemsK }),
    overrides: {
      maxCohort: cohort,
      epsilonCap: epsilon,
      delta,
      noiseMultiplier: noiseMultiplierFor(participations, epsilon, delta),
    },
  });
}

/** @param participations of one person in a phase without end, as simulated. */
export function epochOf(policy: Policy, participations: number): Epoch {
  const phases = policy.phases.map(({ name, rounds }) => ({ name, rounds: rounds === 0 ? null : rounds }));
  const isEndless = phases.some(({ rounds }) => rounds === null);
  const seconds = policy.phases.map(({ layout, bits }) => {
    const { advertiseS, sharesS, maskedS, unmaskS } = stageDeadlines(layout.length, bits);
    return advertiseS + sharesS + maskedS + unmaskS;
  });
  return {
    phases,
    rounds: isEndless ? null : phases.reduce((sum, { rounds }) => sum + rounds!, 0),
    peopleOfRound: gatheringTarget(policy.minCohort, policy.maxCohort),
    roundSeconds: Math.max(...seconds),
    updates: isEndless ? participations : phases.length,
    withinEpsilon: sessionsWithinCap(policy),
  };
}
