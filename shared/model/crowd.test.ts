import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rhoOfEpsilon } from '../privacy/accountant.ts';
import { packedBytes } from '../protocol/codec.ts';
import {
  type CommonRules,
  noiseOfPolicy,
  type Policy,
  parsePolicy,
  rhoOfSession,
  roundPolicyOf,
} from '../protocol/policy.ts';
import {
  type CrowdOptions,
  type CrowdOverrides,
  crowdPrivacy,
  crowdPrivacyInWords,
  policyForCrowd,
  roundPolicyForCrowd,
  sessionsWithinCap,
  trainableInWords,
} from './crowd.ts';
import { learnerNames } from './model.ts';

const films = { present: 36, items: 2000, featureColumns: 60 };
const reconstruction = (options: Partial<CrowdOptions> = {}) =>
  policyForCrowd({ learner: 'reconstruction', ...films, ...options });
const demo = reconstruction();

describe('policy from the crowd', () => {
  test('[CR1] the demo: 36 present, cohorts of 20 to 28 with 18 honest shares, z 2, epsilon 8 at delta 1e-6', () => {
    const rules = roundPolicyForCrowd(films);
    expect(rules).toMatchObject({
      maxCohort: 28,
      minCohort: 20,
      honestNoiseShares: 18,
      noiseMultiplier: 2,
      delta: 1e-6,
      epsilonCap: 8,
    });
    expect(rules.layout.length).toBeLessThanOrEqual((24 * 18) / 4);
    expect(rules.layout.parts.map((part) => part.name)).toEqual(['projection', 'popularity']);
    expect(parsePolicy(demo)).toEqual(demo);
    expect(demo.phases).toMatchObject([{ name: 'train', rounds: 0 }]);
  });

  test('[CR2] any crowd and catalogue get a policy that passes every floor, D within what the crowd carries', () => {
    fc.assert(
      fc.property(
        fc.record({
          present: fc.integer({ min: 1, max: 3000 }),
          items: fc.integer({ min: 1, max: 20_000 }),
          featureColumns: fc.integer({ min: 2, max: 60 }),
          dimension: fc.integer({ min: 1, max: 64 }),
        }),
        (crowd) => {
          const policy = policyForCrowd({ learner: 'reconstruction', ...crowd });
          expect(parsePolicy(policy)).toEqual(policy);
          const rules = roundPolicyOf(policy, 0);
          const gathered = Math.min(rules.maxCohort, Math.ceil(rules.minCohort / 0.85));
          const useful = (gathered * rules.honestNoiseShares) / rules.noiseMultiplier ** 2;
          expect(rules.layout.length).toBeLessThanOrEqual(Math.floor(useful));
          const bounds = rules.layout.parts.map((part) => part.clippingBoundL2);
          expect(rules.clippingBoundL2).toBeCloseTo(Math.hypot(...bounds), 10);
          expect(noiseOfPolicy(rules).sigmaLocal).toBeGreaterThanOrEqual(3);
        },
      ),
    );
  });

  test('[CR9] of any learner a session costs what one participation of the demo does, and no upload is longer than 1 MiB', () => {
    fc.assert(
      fc.property(
        fc.record({
          learner: fc.constantFrom(...learnerNames),
          present: fc.integer({ min: 1, max: 3000 }),
          people: fc.integer({ min: 1, max: 100_000 }),
          items: fc.integer({ min: 1, max: 20_000 }),
          featureColumns: fc.constant(60),
        }),
        (crowd) => {
          const policy = policyForCrowd(crowd);
          expect(parsePolicy(policy)).toEqual(policy);
          // Shares of rho: 1 / (2 z²) is divided among the phases. Integers round up the noise of each.
          expect(rhoOfSession(policy)).toBeLessThanOrEqual(1 / 8);
          expect(rhoOfSession(policy)).toBeGreaterThan(0.98 / 8);
          expect(sessionsWithinCap(policy)).toBe(8);
          for (const { rounds, layout, bits } of policy.phases) {
            expect(packedBytes(layout.length, bits)).toBeLessThanOrEqual(2 ** 20);
            if (crowd.learner === 'reconstruction') continue;
            const gathered = Math.min(policy.maxCohort, Math.ceil(policy.minCohort / 0.85));
            // Everybody takes part once: as many rounds as the people fill.
            expect(rounds).toBe(Math.max(1, Math.floor(crowd.people / gathered)));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('[CR10] a larger crowd looks at more items together, and spends less of a session on their popularity', () => {
    const of = (people: number) => policyForCrowd({ learner: 'co-occurrence', ...films, people }).phases;
    const [small, large] = [of(288), of(200_000)];
    expect(large[1]!.layout.parts[0]!.rows).toBeGreaterThan(small[1]!.layout.parts[0]!.rows);
    expect(large[0]!.noiseMultiplier).toBeGreaterThan(small[0]!.noiseMultiplier);
    expect(large[1]!.noiseMultiplier).toBeLessThan(small[1]!.noiseMultiplier);
    expect(small[0]!.layout.parts).toEqual([{ name: 'histogram', rows: 2000, length: 2000, clippingBoundL2: 1 }]);
    expect(small[1]!.layout).toMatchObject({ parts: [{ name: 'triangle', rows: 60 }], length: 1830 });
  });

  test('[CR11] weights by size bring a weight part, local steps none; a server optimiser its standard rate', () => {
    const of = (training: NonNullable<CrowdOptions['overrides']>['training']) =>
      reconstruction({ overrides: { ...(training === undefined ? {} : { training }) } });
    for (const training of [{ localSteps: 4 }, { weights: 'size' }] as const) {
      const policy = of(training);
      expect(parsePolicy(policy)).toEqual(policy);
      const names = policy.phases[0]!.layout.parts.map((part) => part.name);
      expect(names.includes('weight')).toBe('weights' in training);
      expect(policy.phases[0]!.layout.length).toBeLessThanOrEqual((24 * 18) / 4);
    }
    const adam = of({ serverOptimizer: 'adam' });
    expect(parsePolicy(adam)).toEqual(adam);
    expect(adam.phases[0]!.training).toMatchObject({ serverOptimizer: 'adam', serverRate: 0.06, proxMu: 0 });
  });

  test('[CR3] a larger crowd trains more: the whole projection with its Gram part, then offsets', () => {
    const sizes = [36, 200, 1000].map((present) => roundPolicyForCrowd({ ...films, present }).layout);
    expect(sizes[1]!.length).toBeGreaterThan(sizes[0]!.length);
    expect(sizes[2]!.length).toBeGreaterThan(sizes[1]!.length);
    expect(sizes[2]!.parts.map((part) => part.name)).toEqual(['projection', 'offsets', 'gram', 'popularity']);
  });

  test('[CR12] item blocks carry more items, or fewer numbers; a rank fewer columns; blocks that nobody asked for are none', () => {
    const of = (offsets: CrowdOverrides['offsets'], items = 2000) => {
      const policy = reconstruction({ present: 1000, items, overrides: { offsets: offsets ?? {} } });
      expect(parsePolicy(policy)).toEqual(policy);
      const { layout } = policy.phases[0]!;
      const part = layout.parts.find(({ name }) => name === 'offsets')!;
      return { ...part, numbers: layout.length };
    };
    const plain = of({}, 20_000);
    expect(plain).not.toHaveProperty('blocks');
    expect(of({ itemBlocks: 1, rank: 30 }, 20_000)).toEqual(plain);
    const large = of({ itemBlocks: 4 }, 40_000);
    expect(large).toMatchObject({ rows: 4 * plain.rows, length: plain.length, blocks: { rows: 4, columns: 1 } });
    expect(of({}).rows).toBe(2000);
    expect(of({ itemBlocks: 4 })).toMatchObject({ rows: 2000, length: 500 * 30, blocks: { rows: 4, columns: 1 } });
    // 30 columns in 2 blocks of 15 and in 4 of 8: no more than asked for, and as like as can be.
    expect(of({ rank: 16 })).toMatchObject({ rows: 2000, length: 2000 * 15, blocks: { rows: 1, columns: 2 } });
    expect(of({ rank: 8, itemBlocks: 2 })).toMatchObject({ length: 1000 * 8, blocks: { rows: 2, columns: 4 } });
  });

  test('[CR13] a table that a round does not carry goes in the fewest blocks that it does, whatever the crowd', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 400, max: 3000 }),
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(1, 2, 4),
        (present, asked, rank, noiseMultiplier) => {
          const of = (items: number, itemBlocks?: number) => {
            const offsets = { items, rank, ...(itemBlocks === undefined ? {} : { itemBlocks }) };
            const overrides = { noiseMultiplier, offsets };
            return policyForCrowd({ learner: 'reconstruction', ...films, items: 50_000, present, overrides });
          };
          let policy: Policy;
          try {
            policy = of(asked);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
            expect(String(error)).toMatch(/more people/);
            return;
          }
          expect(parsePolicy(policy)).toEqual(policy);
          const rules = roundPolicyOf(policy, 0);
          const gathered = Math.min(rules.maxCohort, Math.ceil(rules.minCohort / 0.85));
          const carried = (gathered * rules.honestNoiseShares) / noiseMultiplier ** 2;
          expect(rules.layout.length).toBeLessThanOrEqual(Math.floor(carried));
          expect(packedBytes(rules.layout.length, rules.bits)).toBeLessThanOrEqual(2 ** 20);
          const part = rules.layout.parts.find(({ name }) => name === 'offsets')!;
          expect(part.rows).toBe(Math.min(asked, 50_000));
          const blocks = part.blocks?.rows ?? 1;
          if (blocks > 1) expect(() => of(asked, blocks - 1)).toThrow(/blocks or more/);
        },
      ),
    );
  });

  test('[CR4] overrides are kept, and what depends on them follows', () => {
    const strict = roundPolicyForCrowd({ ...films, overrides: { noiseMultiplier: 4, cooldownMs: 5 } });
    expect(strict).toMatchObject({ noiseMultiplier: 4, cooldownMs: 5 });
    expect(strict.layout.length).toBeLessThan(roundPolicyForCrowd(films).layout.length);
    expect(() => reconstruction({ present: 0 })).toThrow(/present is 0/);
  });

  test('[CR6] mode 4: any small crowd, all noise from each device, so next to nothing is trained', () => {
    for (const present of [3, 36, 3000]) {
      const policy = reconstruction({ present, overrides: { mode: 4 } });
      expect(parsePolicy(policy)).toEqual(policy);
      expect(policy).toMatchObject({ mode: 4, honestNoiseShares: 1, minCohort: 2 });
      expect(roundPolicyOf(policy, 0).layout.length).toBeLessThanOrEqual(Math.max(1, policy.maxCohort / 4));
    }
    for (const learner of learnerNames) {
      const policy = policyForCrowd({ learner, ...films, overrides: { mode: 4 } });
      expect(parsePolicy(policy)).toEqual(policy);
    }
    // What is sent alone has at most 4096 numbers, and a histogram has one an item.
    // K may be said instead of following from the rule.
    const chosen = policyForCrowd({ learner: 'co-occurrence', ...films, chosenItems: 129 }).phases[1]!;
    expect(chosen.layout.parts).toMatchObject([{ name: 'triangle', rows: 129, length: (129 * 130) / 2 }]);
    expect(() => policyForCrowd({ learner: 'co-occurrence', ...films, items: 5000, overrides: { mode: 4 } })).toThrow(
      /take another learner/,
    );
  });

  test('[CR7] what the demo’s crowd means for epsilon, and the crowd for epsilon 2', () => {
    const crowd = crowdPrivacy(demo);
    // zCDP: 8 participations at z 2 are rho 1, epsilon 7.77 at 1e-6; rho 0.0881 for epsilon 2, so z = sqrt(8 / 0.1763) = 6.74.
    expect(crowd.sessions).toBe(8);
    expect(crowd.epsilonAll).toBeGreaterThan(7.7);
    expect(crowd.epsilonAll).toBeLessThanOrEqual(8);
    expect(crowd.lowNoiseMultiplier).toBeCloseTo(6.736, 2);
    expect([crowd.gathered, crowd.lowGathered]).toEqual([24, 81]);
    expect(crowd.noiseMultiplierAlone).toBeCloseTo(2 / Math.sqrt(18), 4);
    // No meaningful guarantee.
    expect(crowd.epsilonAlone).toBeGreaterThan(10);
    const words = crowdPrivacyInWords(demo);
    for (const figure of ['One participation', '8 times', 'epsilon 2 need', '6.74', '81 people', 'instead of 24'])
      expect(words).toContain(figure);
    expect(crowdPrivacyInWords(policyForCrowd({ learner: 'co-occurrence', ...films }))).toContain('each of 2 phases');
    // Alone the noise in a mean falls with the square root of n only.
    const alone = reconstruction({ overrides: { mode: 4 } });
    expect([crowdPrivacy(alone).gathered, crowdPrivacy(alone).lowGathered]).toEqual([3, 35]);
    // A crowd that has epsilon 2 already needs no other.
    const strict = reconstruction({ overrides: { noiseMultiplier: 40, epsilonCap: 1 } });
    expect(crowdPrivacy(strict).lowGathered).toBe(crowdPrivacy(strict).gathered);
  });

  test('[CR8] sessions are counted as the ledger counts: the lifetime cap holds where a policy allows more', () => {
    const of = (overrides: Partial<Pick<CommonRules, 'delta' | 'epsilonCap'>>, spent = 0) =>
      sessionsWithinCap(reconstruction({ overrides }), spent);
    expect(of({})).toBe(8);
    // Epsilon 8 is rho 1.218 at delta 1e-5, which 9 participations of 0.125 stay within; the lifetime cap of 1.0524 allows 8.
    expect(rhoOfEpsilon(8, 1e-5)).toBeGreaterThan(9 * 0.125);
    expect(of({ delta: 1e-5 })).toBe(8);
    expect(of({ epsilonCap: 1e6 })).toBe(8);
    // A stricter policy holds.
    expect(of({ epsilonCap: 2 })).toBeLessThan(2);
    expect(of({}, rhoOfSession(demo))).toBe(7);
    expect(of({}, 1.052)).toBe(0);
    expect(of({}, 2)).toBe(0);
    expect(crowdPrivacy({ ...demo, delta: 1e-5 }).sessions).toBe(8);
  });

  test('[CR5] the words name every part and D', () => {
    for (const learner of learnerNames) {
      const policy = policyForCrowd({ learner, ...films });
      const words = trainableInWords(policy);
      expect(words).toContain(`${Math.max(...policy.phases.map(({ layout }) => layout.length))} numbers`);
      for (const { layout } of policy.phases) {
        for (const part of layout.parts) expect(words).toContain(String(part.rows));
      }
    }
  });
});
