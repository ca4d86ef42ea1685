import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AdviceRequest, advise, type Measure } from './advise.ts';
import { candidatesFor, sharedLearners, signalOf, standardCandidate } from './candidates.ts';
import { runsOf } from './crowd.ts';
import { difference, gainOf, verdictOf } from './gain.ts';
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
  runs: runsOf({ kind: 'set' }, { seed: 1, choosing: 2, judging: 4, crossing: 2 }),
  largestCrowd: 100_000,
};

/** Beside content, by person: 0.02 around what is asked for, and none of it by chance. */
function measuring(gainAt: (job: Job) => number): { measure: Measure; asked: Job[] } {
  const asked: Job[] = [];
  const qualityOf = (job: Job): number => {
    if (job.learner === 'content') return 0.25;
    if (job.learner === 'public-content') return 0.1;
    return 0.25 + gainAt(job);
  };
  const measure: Measure = async (jobs) => {
    asked.push(...jobs);
    return jobs.map((job): Measured => {
      const value = qualityOf(job);
      const { panel, seed } = job.run;
      // People differ from each other, and models a little on each person.
      const ndcg10 = Float64Array.from({ length: 100 }, (_, person) => {
        const own = 0.1 * Math.sin(person + panel);
        return value + own + (job.learner === 'co-occurrence' ? 0.02 * Math.cos(7 * person + seed) : 0);
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

/** A world in which co-occurrence gains `slope` for each doubling of the crowd beyond `equal`, and the others always lose. */
function worldWith(equal: number, slope: number) {
  return measuring(({ learner, people }) => (learner === 'co-occurrence' ? slope * Math.log2(people / equal) : -0.1));
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
    expect(never.crossover).toMatchObject({ above: 4000, below: null, unclear: null });
    const always = await advise(request, worldWith(2, 0.03).measure);
    expect(always.crossover).toMatchObject({ above: null, below: 20, unclear: null });
  });

  test('[AD4] nobody judges on whom was chosen; nothing is measured twice; at other crowds too the learner is chosen by those', async () => {
    const { measure, asked } = worldWith(150, 0.03);
    await advise(request, measure);
    const keys = asked.map((job) => JSON.stringify(job));
    expect(new Set(keys).size).toBe(keys.length);
    const panelsOf = (learner: Job['learner'], isCrowd: boolean) =>
      new Set(
        asked.filter((job) => job.learner === learner && (job.people === 500) === isCrowd).map((job) => job.run.panel),
      );
    expect([...panelsOf('communities', true)]).toEqual([0]);
    expect([...panelsOf('co-occurrence', true)]).toEqual([0, 1, 2, 3, 4]);
    expect([...panelsOf('co-occurrence', false)]).toEqual([1, 2]);
    expect([...panelsOf('public-content', true)]).toEqual([1, 2, 3, 4]);
    const [first] = request.runs.judging;
    const overlapping = { ...request, runs: { ...request.runs, choosing: [first!] } };
    await expect(advise(overlapping, measure)).rejects.toThrow(/nobody to be judged by on whom was chosen/);

    // Communities are best here, until co-occurrence passes them in larger crowds.
    const two = measuring(({ learner, people }) => {
      if (learner === 'communities') return 0.01;
      return learner === 'co-occurrence' ? 0.05 * Math.log2(people / 1500) : -0.1;
    });
    const { crossover } = await advise({ ...request, people: 100, largestCrowd: 200 }, two.measure);
    expect(crossover.measured.every(({ learner }) => learner === 'communities')).toBe(true);
    const elsewhere = two.asked.filter(({ people, learner }) => people !== 100 && learner === 'co-occurrence');
    expect(new Set(elsewhere.map(({ run }) => run.panel))).toEqual(new Set([0]));
  });

  test('[AD9] crowds between harm and help that cannot be told from chance are told as such, also above one that helps', async () => {
    // Better from 4000 on and by luck at 500, worse up to 100, and nothing to tell in between.
    const { measure } = measuring(({ learner, people }) => {
      if (learner !== 'co-occurrence') return -0.1;
      if (people <= 100) return -0.05;
      return people >= 4000 || people === 500 ? 0.05 : 0;
    });
    const small = { ...request, people: 250 };
    const { crossover } = await advise(small, measure);
    // 250 is unclear, 500 helps and so ends the search upwards: below it are doubts, and above it nothing was measured.
    // 62 and 125 are the grid's, 88 and 105 the divisions of what is between; 354 and 421 those between 250 and 500.
    expect(crossover).toMatchObject({ above: 88, unclear: { from: 105, to: 421 }, below: 500 });
    for (const { people, verdict } of crossover.measured) {
      if (people > crossover.above! && people < crossover.below!) expect(verdict).toBe('unclear');
    }
    const { crossover: fromAbove } = await advise({ ...request, people: 2000 }, measure);
    expect(fromAbove.above).toBeLessThanOrEqual(100);
    expect(fromAbove.measured.find(({ people }) => people === 500)!.verdict).toBe('helps');
    // 500 is within what is unclear: larger crowds were not better.
    expect(fromAbove.unclear!.from).toBeLessThan(500);
    expect(fromAbove.unclear!.to).toBeGreaterThanOrEqual(2000);
    expect(fromAbove.below).toBe(4000);
    const nowhere = await advise({ ...small, largestCrowd: 250 }, measure);
    expect(nowhere.crossover).toMatchObject({ below: null, unclear: { to: 250 } });
  });

  test('[AD5] what is clearly worse is not tried in every run; one learner alone may be asked for', async () => {
    const { measure, asked } = worldWith(150, 0.03);
    await advise({ ...request, learner: 'communities' }, measure);
    expect(new Set(asked.map(({ learner }) => learner))).toEqual(new Set(['communities', 'content', 'public-content']));
    const { tried } = await advise(request, measure);
    expect(tried.filter(({ gain }) => gain.runs === 1).map(({ candidate }) => candidate.learner)).toContain(
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
  test('[AD8] paired by person; the uncertainty is the larger of people and panels', () => {
    const equal = gainOf([
      { panel: 0, values: difference(Float64Array.of(0.3, 0.5), Float64Array.of(0.2, 0.4)) },
      { panel: 1, values: difference(Float64Array.of(0.1, 0.9), Float64Array.of(0, 0.8)) },
    ]);
    expect(equal.mean).toBeCloseTo(0.1, 12);
    expect(equal.standardError).toBeCloseTo(0, 12);
    expect(equal).toMatchObject({ people: 4, runs: 2 });
    expect(verdictOf(equal)).toBe('helps');
    // Two panels of opposite sign.
    const torn = gainOf([
      { panel: 0, values: Float64Array.of(0.1, 0.1) },
      { panel: 1, values: Float64Array.of(-0.1, -0.1) },
    ]);
    expect(torn.standardError).toBeCloseTo(0.1, 12);
    expect(verdictOf(torn)).toBe('unclear');
    expect(() => difference(Float64Array.of(1), Float64Array.of(1, 2))).toThrow(/expected the same people/);
    expect(() =>
      gainOf([
        { panel: 0, values: Float64Array.of(1, 2) },
        { panel: 0, values: Float64Array.of(1) },
      ]),
    ).toThrow(/expected the same people/);
    expect(() => gainOf([])).toThrow(/two people or more/);
  });

  test('[AD10] measuring the same people again makes no more people of them', () => {
    const values = Float64Array.of(0.4, -0.1, 0.2, 0.1);
    const once = gainOf([{ panel: 0, values }]);
    const often = gainOf(Array.from({ length: 9 }, () => ({ panel: 0, values })));
    expect(often.mean).toBeCloseTo(once.mean, 12);
    expect(often.standardError).toBeCloseTo(once.standardError, 12);
    expect(often).toMatchObject({ people: 4, runs: 9 });
    // Each person's mean over the runs: 0.1 and 0.3. The runs' own means are 0 and 0.4, and their error is the larger one.
    const twice = gainOf([
      { panel: 0, values: Float64Array.of(-0.1, 0.1) },
      { panel: 0, values: Float64Array.of(0.3, 0.5) },
    ]);
    expect(twice.mean).toBeCloseTo(0.2, 12);
    expect(twice.standardError).toBeCloseTo(0.2, 12);
    // Where panels differ, two runs of each say no more than one about how panels differ.
    const panels = [
      { panel: 0, values: Float64Array.of(0.3, 0.3) },
      { panel: 1, values: Float64Array.of(0.1, 0.1) },
    ];
    expect(gainOf([...panels, ...panels]).standardError).toBeCloseTo(gainOf(panels).standardError, 12);
  });
});
