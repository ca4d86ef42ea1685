import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { policyForCrowd } from '../model/crowd.ts';
import { learnerNames } from '../model/model.ts';
import { noiseMultiplierFor } from '../privacy/accountant.ts';
import { verdicts } from './gain.ts';
import { judge, plannedCrowd } from './harm.ts';

const items = 1500;
const rankOf = (verdict: (typeof verdicts)[number]): number => -verdicts.indexOf(verdict);

const demands = fc.record({
  learner: fc.constantFrom(...learnerNames),
  cohort: fc.integer({ min: 20, max: 1000 }),
  people: fc.integer({ min: 1000, max: 100_000 }),
  epsilon: fc.double({ min: 0.2, max: 8, noNaN: true }),
  participations: fc.integer({ min: 1, max: 8 }),
});
type Demand = typeof demands extends fc.Arbitrary<infer T> ? T : never;

/** As `npm start` makes one of its flags. */
function policyOf({ learner, cohort, people, epsilon, participations }: Demand) {
  const noiseMultiplier = noiseMultiplierFor(participations, epsilon, 1e-6);
  const overrides = { maxCohort: cohort, epsilonCap: epsilon, delta: 1e-6, noiseMultiplier };
  return policyForCrowd({ learner, present: 36, people, items, featureColumns: 30, overrides });
}

describe('judging a policy and a crowd', () => {
  test('[AH1] a larger crowd never lowers the verdict', () => {
    fc.assert(
      fc.property(
        demands,
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        (demand, crowd, more) => {
          const policy = policyOf(demand);
          const few = judge({ policy, crowd, items });
          const many = judge({ policy, crowd: crowd + more, items });
          expect(rankOf(many.verdict)).toBeGreaterThanOrEqual(rankOf(few.verdict));
          expect(many.signal).toBeGreaterThanOrEqual(few.signal);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('[AH2] a lower epsilon never raises the verdict, nor the signal', () => {
    fc.assert(
      fc.property(
        demands,
        fc.double({ min: 0.3, max: 0.98, noNaN: true }),
        fc.integer({ min: 20, max: 50_000 }),
        (demand, part, crowd) => {
          const high = judge({ policy: policyOf(demand), crowd, items });
          const low = judge({ policy: policyOf({ ...demand, epsilon: part * demand.epsilon }), crowd, items });
          expect(rankOf(low.verdict)).toBeLessThanOrEqual(rankOf(high.verdict));
          expect(low.signal).toBeLessThan(high.signal);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('[AH3] the least crowd is not judged harmful, and one person fewer is', () => {
    fc.assert(
      fc.property(demands, (demand) => {
        const policy = policyOf(demand);
        const { leastCrowd } = judge({ policy, crowd: 1, items });
        expect(judge({ policy, crowd: leastCrowd, items }).verdict).not.toBe('harmful');
        expect(judge({ policy, crowd: leastCrowd - 1, items }).verdict).toBe('harmful');
      }),
      { numRuns: 60 },
    );
  });

  test('[AH4] a crowd that no round can be made of is harmful, and the reason says so', () => {
    const policy = policyOf({ learner: 'co-occurrence', cohort: 100, people: 1000, epsilon: 8, participations: 1 });
    expect(judge({ policy, crowd: 69, items })).toMatchObject({
      verdict: 'harmful',
      why: 'A round needs 70 people and the crowd has 69: none would take place.',
    });
    expect(() => judge({ policy, crowd: 0, items })).toThrow(/crowd is 0, expected a whole number above 0/);
  });

  test('[AH5] a policy plans for the people who fill its rounds', () => {
    const demand = { cohort: 100, people: 1000, epsilon: 4, participations: 1 };
    // Rounds gather 70 / 0.85 people.
    expect(plannedCrowd(policyOf({ ...demand, learner: 'co-occurrence' }))).toBe(12 * 83);
    expect(plannedCrowd(policyOf({ ...demand, learner: 'reconstruction' }))).toBe(100);
  });
});
