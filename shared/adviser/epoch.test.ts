import fc from 'fast-check';
import { expect, test } from 'vitest';
import { candidatesFor, sharedLearners } from './candidates.ts';
import { epochOf, policyOfCandidate } from './epoch.ts';

test('[AE1] the epoch is the one of the policy that the advised flags make: its rounds, and what one person sends within epsilon', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...sharedLearners),
      fc.integer({ min: 20, max: 100_000 }),
      fc.integer({ min: 20, max: 1000 }),
      fc.double({ min: 0.5, max: 8, noNaN: true }),
      (learner, people, cohort, epsilon) => {
        const demand = { people, cohort, items: 1500, effectiveItems: 500, epsilon, delta: 1e-6, participations: null };
        for (const candidate of candidatesFor({ ...demand, learner })) {
          const policy = policyOfCandidate(candidate, { ...demand, learner }, 30);
          const epoch = epochOf(policy, candidate.participations);
          expect(policy).toMatchObject({ learner, maxCohort: candidate.cohort, epsilonCap: epsilon });
          expect(epoch.peopleOfRound).toBeLessThanOrEqual(people);
          expect(epoch.withinEpsilon).toBeGreaterThanOrEqual(candidate.participations);
          if (learner === 'reconstruction') {
            expect(epoch).toMatchObject({ rounds: null, updates: candidate.participations });
            continue;
          }
          expect(epoch.rounds).toBe(candidate.rounds);
          expect(epoch.updates).toBe(epoch.phases.length);
          // Everybody takes part once in each phase, and there are people for all of its rounds.
          for (const { rounds } of epoch.phases) {
            expect(rounds! * epoch.peopleOfRound).toBeLessThanOrEqual(people);
            expect((rounds! + 1) * epoch.peopleOfRound).toBeGreaterThan(people);
          }
        }
      },
    ),
    { numRuns: 20 },
  );
});
