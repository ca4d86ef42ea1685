import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rhoOfEpsilon } from '../privacy/accountant.ts';
import { noiseOfPolicy, type Policy, parsePolicy } from '../protocol/policy.ts';
import {
  crowdPrivacy,
  crowdPrivacyInWords,
  participationsWithinCap,
  policyForCrowd,
  trainableInWords,
} from './crowd.ts';

const demo = policyForCrowd({ present: 36, items: 2000, featureColumns: 60 });

describe('policy from the crowd', () => {
  test('[CR1] the demo: 36 present, cohorts of 20 to 28 with 18 honest shares, z 2, epsilon 8 at delta 1e-6', () => {
    expect(demo).toMatchObject({
      maxCohort: 28,
      minCohort: 20,
      honestNoiseShares: 18,
      noiseMultiplier: 2,
      delta: 1e-6,
      epsilonCap: 8,
    });
    expect(demo.layout.length).toBeLessThanOrEqual((24 * 18) / 4);
    expect(demo.layout.parts.map((part) => part.name)).toEqual(['projection', 'popularity']);
    expect(parsePolicy(demo)).toEqual(demo);
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
          const policy = policyForCrowd(crowd);
          expect(parsePolicy(policy)).toEqual(policy);
          const gathered = Math.min(policy.maxCohort, Math.ceil(policy.minCohort / 0.85));
          const useful = (gathered * policy.honestNoiseShares) / policy.noiseMultiplier ** 2;
          expect(policy.layout.length).toBeLessThanOrEqual(Math.floor(useful));
          const bounds = policy.layout.parts.map((part) => part.clippingBoundL2);
          expect(policy.clippingBoundL2).toBeCloseTo(Math.hypot(...bounds), 10);
          expect(noiseOfPolicy(policy).sigmaLocal).toBeGreaterThanOrEqual(3);
        },
      ),
    );
  });

  test('[CR3] a larger crowd trains more: the whole projection with its Gram part, then offsets', () => {
    const sizes = [36, 200, 1000].map((present) => policyForCrowd({ present, items: 2000, featureColumns: 60 }).layout);
    expect(sizes[1]!.length).toBeGreaterThan(sizes[0]!.length);
    expect(sizes[2]!.length).toBeGreaterThan(sizes[1]!.length);
    expect(sizes[2]!.parts.map((part) => part.name)).toEqual(['projection', 'offsets', 'gram', 'popularity']);
  });

  test('[CR4] overrides are kept, and what depends on them follows', () => {
    const strict = policyForCrowd({
      present: 36,
      items: 2000,
      featureColumns: 60,
      overrides: { noiseMultiplier: 4, cooldownMs: 5 },
    });
    expect(strict).toMatchObject({ noiseMultiplier: 4, cooldownMs: 5 });
    expect(strict.layout.length).toBeLessThan(demo.layout.length);
    expect(() => policyForCrowd({ present: 0, items: 1, featureColumns: 1 })).toThrow(/present is 0/);
  });

  test('[CR6] mode 4: any small crowd, all noise from each device, so next to nothing is trained', () => {
    for (const present of [3, 36, 3000]) {
      const policy = policyForCrowd({ present, items: 2000, featureColumns: 60, overrides: { mode: 4 } });
      expect(parsePolicy(policy)).toEqual(policy);
      expect(policy).toMatchObject({ mode: 4, honestNoiseShares: 1, minCohort: 2 });
      expect(policy.layout.length).toBeLessThanOrEqual(Math.max(1, policy.maxCohort / 4));
    }
  });

  test('[CR7] what the demo’s crowd means for epsilon, and the crowd for epsilon 2', () => {
    const crowd = crowdPrivacy(demo);
    // zCDP: 8 participations at z 2 are rho 1, epsilon 7.77 at 1e-6; rho 0.0881 for epsilon 2, so z = sqrt(8 / 0.1763) = 6.74.
    expect(crowd.participations).toBe(8);
    expect(crowd.epsilonAll).toBeGreaterThan(7.7);
    expect(crowd.epsilonAll).toBeLessThanOrEqual(8);
    expect(crowd.lowNoiseMultiplier).toBeCloseTo(6.736, 2);
    expect([crowd.gathered, crowd.lowGathered]).toEqual([24, 81]);
    expect(crowd.noiseMultiplierAlone).toBeCloseTo(2 / Math.sqrt(18), 12);
    // No meaningful guarantee.
    expect(crowd.epsilonAlone).toBeGreaterThan(10);
    const words = crowdPrivacyInWords(demo);
    for (const figure of ['8 times', 'epsilon 2 need', '6.74', '81 people', 'instead of 24'])
      expect(words).toContain(figure);
    // Alone the noise in a mean falls with the square root of n only.
    const alone = policyForCrowd({ present: 36, items: 2000, featureColumns: 60, overrides: { mode: 4 } });
    expect([crowdPrivacy(alone).gathered, crowdPrivacy(alone).lowGathered]).toEqual([3, 35]);
    // A crowd that has epsilon 2 already needs no other.
    const strict = policyForCrowd({
      present: 36,
      items: 2000,
      featureColumns: 60,
      overrides: { noiseMultiplier: 40, epsilonCap: 1 },
    });
    expect(crowdPrivacy(strict).lowGathered).toBe(crowdPrivacy(strict).gathered);
  });

  test('[CR8] participations are counted as the ledger counts: the lifetime cap holds where a policy allows more', () => {
    const of = (overrides: Partial<Pick<Policy, 'delta' | 'epsilonCap'>>, spent = 0) =>
      participationsWithinCap(policyForCrowd({ present: 36, items: 2000, featureColumns: 60, overrides }), spent);
    expect(of({})).toBe(8);
    // Epsilon 8 is rho 1.218 at delta 1e-5, which 9 participations of 0.125 stay within; the lifetime cap of 1.0524 allows 8.
    expect(rhoOfEpsilon(8, 1e-5)).toBeGreaterThan(9 * 0.125);
    expect(of({ delta: 1e-5 })).toBe(8);
    expect(of({ epsilonCap: 1e6 })).toBe(8);
    // A stricter policy holds.
    expect(of({ epsilonCap: 2 })).toBeLessThan(2);
    const { rhoPerParticipation } = noiseOfPolicy(demo);
    expect(of({}, rhoPerParticipation)).toBe(7);
    expect(of({}, 1.052)).toBe(0);
    expect(of({}, 2)).toBe(0);
    expect(crowdPrivacy({ ...demo, delta: 1e-5 }).participations).toBe(8);
  });

  test('[CR5] the words name every part and D', () => {
    const words = trainableInWords(demo);
    expect(words).toContain(`${demo.layout.length} numbers`);
    for (const part of demo.layout.parts) expect(words).toContain(String(part.rows));
  });
});
