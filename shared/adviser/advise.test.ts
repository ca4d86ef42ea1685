import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AdviceRequest, advise, type Measure } from './advise.ts';
import { candidatesFor, sharedLearners, signalOf, standardCandidate } from './candidates.ts';
import { gainOf, verdictOf } from './gain.ts';
import type { Job, Measured } from './measure.ts';

const request: AdviceRequest = {
  people: 500,
  cohort: 1000,
  items: 1000,
  effectiveItems: 400,
  epsilon: 4,
  delta: 1e-6,
  participations: null,
  learner: null,
  seed: 1,
  choosingSeeds: 2,
  judgingSeeds: 3,
  crossingSeeds: 2,
  largestCrowd: 100_000,
};

/** A world in which co-occurrence gains `slope` for each doubling of the crowd beyond `equal`, and the others always lose. */
function worldWith(equal: number, slope: number): { measure: Measure; asked: Job[] } {
  const asked: Job[] = [];
  const qualityOf = ({ learner, people }: Job): number => {
    if (learner === 'content') return 0.25;
    if (learner === 'public-content') return 0.1;
    return learner === 'co-occurrence' ? 0.25 + slope * Math.log2(people / equal) : 0.15;
  };
  const measure: Measure = async (jobs) => {
    asked.push(...jobs);
    return jobs.map((job): Measured => {
      const value = qualityOf(job);
      // People differ from each other and by seed, and models a little on each person.
      const ndcg10 = Float64Array.from({ length: 100 }, (_, person) => {
        const own = 0.1 * Math.sin(person + job.seed);
        return value + own + (job.learner === 'co-occurrence' ? 0.02 * Math.cos(7 * person + job.seed) : 0);
      });
      const cost = {
        rounds: 2,
        participationsPerUser: 2,
        noisePath: 'each-person',
        uploadBytesPerClient: 1000,
      } as const;
      return { ndcg10, cost: { ...cost, epsilon: 3.9, downloadBytesPerClient: 5000 } };
    });
  };
  return { measure, asked };
}

describe('advising', () => {
  test('[AD1] where sharing pays it is advised, with its costs, and the interval holds the crowd at which it begins to', async () => {
    const advice = await advise(request, worldWith(150, 0.03).measure);
    expect(advice.verdict).toBe('helps');
    expect(advice.best.learner).toBe('co-occurrence');
    expect(advice).toMatchObject({ uploadBytes: 2000, downloadBytes: 5000, epsilon: 3.9 });
    expect(advice.gain.mean).toBeCloseTo(0.03 * Math.log2(500 / 150), 2);
    expect(advice.gainOverPublic.mean).toBeCloseTo(advice.gain.mean + 0.15, 6);
    expect(advice.crossover.above).toBeLessThan(150);
    expect(advice.crossover.below).toBeGreaterThan(150);
    expect(advice.crossover.below! / advice.crossover.above!).toBeLessThan(2);
  });

  test('[AD2] where it does not pay at this crowd, the larger one at which it does is found', async () => {
    const advice = await advise(request, worldWith(6000, 0.03).measure);
    expect(advice.verdict).toBe('harmful');
    expect(advice.crossover.above).toBeGreaterThanOrEqual(500);
    expect(advice.crossover.above).toBeLessThan(6000);
    expect(advice.crossover.below).toBeGreaterThan(6000);
  });

  test('[AD3] where no crowd is large enough, none is named; where the smallest is, nothing is below', async () => {
    const never = await advise({ ...request, largestCrowd: 4000 }, worldWith(1e6, 0.03).measure);
    expect(never.crossover).toMatchObject({ above: 4000, below: null });
    const always = await advise(request, worldWith(2, 0.03).measure);
    expect(always.crossover).toMatchObject({ above: null, below: 20 });
  });

  test('[AD4] what is judged is judged on seeds on which nothing was chosen; nothing is measured twice', async () => {
    const { measure, asked } = worldWith(150, 0.03);
    await advise(request, measure);
    const keys = asked.map((job) => JSON.stringify(job));
    expect(new Set(keys).size).toBe(keys.length);
    const seedsOf = (learner: Job['learner']) =>
      new Set(asked.filter((job) => job.learner === learner && job.people === 500).map(({ seed }) => seed));
    expect([...seedsOf('communities')].every((seed) => seed <= 2)).toBe(true);
    expect([...seedsOf('co-occurrence')].sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect([...seedsOf('public-content')].sort()).toEqual([3, 4, 5]);
  });

  test('[AD5] what is clearly worse is not tried on every seed; one learner alone may be asked for', async () => {
    const { measure, asked } = worldWith(150, 0.03);
    await advise({ ...request, learner: 'communities' }, measure);
    expect(new Set(asked.map(({ learner }) => learner))).toEqual(new Set(['communities', 'content', 'public-content']));
    const { tried } = await advise(request, measure);
    expect(tried.filter(({ gain }) => gain.seeds === 1).map(({ candidate }) => candidate.learner)).toContain(
      'communities',
    );
  });
});

describe('candidates', () => {
  test('[AD6] they fit the crowd: cohorts within it and a sum, items within the catalogue, participations as asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 1_000_000 }),
        fc.integer({ min: 20, max: 1000 }),
        fc.integer({ min: 1, max: 60_000 }),
        fc.option(fc.integer({ min: 1, max: 20 })),
        (people, cohort, items, participations) => {
          const demand = { ...request, people, cohort, items, effectiveItems: Math.max(1, items / 3), participations };
          const candidates = candidatesFor(demand);
          expect(new Set(candidates.map(({ learner }) => learner))).toEqual(new Set(sharedLearners));
          expect(new Set(candidates.map((each) => JSON.stringify(each))).size).toBe(candidates.length);
          for (const candidate of candidates) {
            expect(candidate.cohort).toBeLessThanOrEqual(Math.min(people, cohort));
            expect(candidate.itemsK ?? 1).toBeLessThanOrEqual(items);
            expect(candidate.itemsK ?? 1).toBeGreaterThanOrEqual(1);
            if (participations !== null) expect(candidate.participations).toBeLessThanOrEqual(participations);
          }
        },
      ),
    );
    expect(() => standardCandidate('co-occurrence', { ...request, people: 19 })).toThrow(/a crowd of 19, expected/);
  });

  test('[AD7] the signal rises with epsilon and the crowd, and falls where fewer are in a sum', () => {
    const signal = (people: number, epsilon: number, cohort: number) =>
      signalOf({ people, epsilon, delta: 1e-6 }, cohort);
    expect(signal(1000, 4, 1000)).toBeGreaterThan(signal(1000, 2, 1000));
    expect(signal(1000, 4, 1000)).toBeGreaterThan(signal(500, 4, 500));
    // 10 sums of 100: the noise of the sums adds up.
    expect(signal(1000, 4, 1000) / signal(1000, 4, 100)).toBeCloseTo(Math.sqrt(10), 1);
  });
});

describe('gains', () => {
  test('[AD8] paired by person; the uncertainty is the larger of people and seeds', () => {
    const equal = gainOf([
      [Float64Array.of(0.3, 0.5), Float64Array.of(0.2, 0.4)],
      [Float64Array.of(0.1, 0.9), Float64Array.of(0, 0.8)],
    ]);
    expect(equal.mean).toBeCloseTo(0.1, 12);
    expect(equal.standardError).toBeCloseTo(0, 12);
    expect(verdictOf(equal)).toBe('helps');
    // Two seeds of opposite sign: no people's error, and a seeds' one.
    const torn = gainOf([
      [Float64Array.of(0.3, 0.3), Float64Array.of(0.2, 0.2)],
      [Float64Array.of(0.1, 0.1), Float64Array.of(0.2, 0.2)],
    ]);
    expect(torn.standardError).toBeCloseTo(0.1, 12);
    expect(verdictOf(torn)).toBe('unclear');
    expect(() => gainOf([[Float64Array.of(1), Float64Array.of(1, 2)]])).toThrow(/expected the same people/);
    expect(() => gainOf([])).toThrow(/two people or more/);
  });
});
