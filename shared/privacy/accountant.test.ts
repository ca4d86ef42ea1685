import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lifetimeRhoCap } from '../protocol/limits.ts';
import vectors from '../testing/vectors/accountant.json';
import {
  analyticEpsilon,
  distributedGaussianRdp,
  epsilonOfRdp,
  epsilonOfRho,
  log10Tau,
  noiseMultiplierFor,
  participationsAllowed,
  rhoOfEpsilon,
  rhoOfParticipation,
  simpleEpsilonOfRho,
  simulationOnlySubsampledRdp,
} from './accountant.ts';

/** dp_accounting's default grid. */
const defaultOrders = [
  ...Array.from({ length: 99 }, (_, i) => 1 + (i + 1) / 10),
  ...Array.from({ length: 53 }, (_, i) => 11 + i),
  128,
  256,
  512,
  1024,
];
const { integerOrders } = vectors.subsampledEpsilon;

function expectRelative(got: number, expected: number, tolerance: number): void {
  expect(Math.abs(got / expected - 1), `got ${got}, expected ${expected}`).toBeLessThanOrEqual(tolerance);
}

describe('[L1] against dp_accounting and mpmath', () => {
  test.each(vectors.noAmplification.rows)('z %f, %i participations, delta %f', (...row) => {
    const [z, participations, delta, rho, simple, zcdp, analytic, defaults, integers] = row as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const total = participations * rhoOfParticipation(z);
    expectRelative(total, rho, 1e-12);
    expectRelative(simpleEpsilonOfRho(total, delta), simple, 1e-12);
    expectRelative(epsilonOfRho(total, delta), zcdp, 1e-9);
    expectRelative(analyticEpsilon(total, delta), analytic, 1e-9);
    const curve = (orders: readonly number[]) =>
      epsilonOfRdp(
        orders,
        orders.map((order) => order * total),
        delta,
      ).epsilon;
    expectRelative(curve(defaultOrders), defaults, 1e-9);
    expectRelative(curve(integerOrders), integers, 1e-9);
  });

  test.each(vectors.privacyLossDistribution.rows)('privacy loss distribution: z %f, %i, %f', (...row) => {
    const [z, participations, delta, epsilon] = row as [number, number, number, number];
    // The library's value is an upper bound by a grid.
    expectRelative(analyticEpsilon(participations * rhoOfParticipation(z), delta), epsilon, 1e-3);
  });

  test.each(vectors.inverse.rows)('analytic inverse: epsilon %f, delta %f, %i participations', (...row) => {
    const [epsilon, delta, participations, z] = row as [number, number, number, number];
    expectRelative(analyticEpsilon(participations * rhoOfParticipation(z), delta), epsilon, 1e-6);
  });

  test.each(vectors.lifetimeBudget.rows)('lifetime budget: epsilon %f, delta %f', (...row) => {
    const [epsilon, delta, rho, simpleRho, participations] = row as [number, number, number, number, number[]];
    expectRelative(rhoOfEpsilon(epsilon, delta), rho, 3e-8);
    expectRelative(simpleEpsilonOfRho(simpleRho, delta), epsilon, 1e-9);
    expect([1, 2, 4, 8, 16, 32].map((z) => participationsAllowed(z, epsilon, delta))).toEqual(participations);
  });

  test.each(vectors.subsampledRdp.rows)(
    'simulation only: subsampled divergence at whole orders, z %f, q %f',
    (...row) => {
      const [z, q, divergences] = row as [number, number, number[]];
      vectors.subsampledRdp.orders.forEach((order, i) => {
        expectRelative(simulationOnlySubsampledRdp(q, z, order), divergences[i]!, 1e-9);
      });
    },
  );

  test.each(vectors.quadrature.rows)('simulation only: quadrature, q %f, z %f, order %i', (...row) => {
    const [q, z, order, divergence] = row as [number, number, number, number];
    expectRelative(simulationOnlySubsampledRdp(q, z, order), divergence, 1e-9);
  });

  test.each(vectors.subsampledEpsilon.rows)(
    'simulation only: epsilon over whole orders, z %f, q %f, %i steps',
    (...row) => {
      const [z, q, steps, at5, at6] = row as [number, number, number, number, number];
      const divergences = integerOrders.map((order) => steps * simulationOnlySubsampledRdp(q, z, order));
      expectRelative(epsilonOfRdp(integerOrders, divergences, 1e-5).epsilon, at5, 1e-9);
      expectRelative(epsilonOfRdp(integerOrders, divergences, 1e-6).epsilon, at6, 1e-9);
    },
  );

  test.each(vectors.tau.rows)('tau of %i shares at local std %f', (...row) => {
    const [shares, std, expected] = row as [number, number, number];
    expect(Math.abs(log10Tau(shares, std) - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
  });

  test.each(vectors.distributedEpsilon.rows)('distributed discrete Gaussian: %i shares, local std %f', (...row) => {
    const [shares, localNoiseStd, sensitivityL2, length, rounds, delta, epsilon] = row as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const noise = { shares, localNoiseStd, sensitivityL2, length };
    const divergences = defaultOrders.map((order) => rounds * distributedGaussianRdp(noise, order));
    expectRelative(epsilonOfRdp(defaultOrders, divergences, delta).epsilon, epsilon, 1e-9);
  });
});

describe('[L1] [L3] properties', () => {
  const noiseMultiplier = fc.double({ min: 0.6, max: 60, noNaN: true });
  const delta = fc.constantFrom(1e-5, 1e-6, 1e-8, 1e-10);
  const epsilon = fc.double({ min: 0.05, max: 12, noNaN: true });

  test('exact <= zCDP <= simple, and more participations never cost less', () => {
    fc.assert(
      fc.property(noiseMultiplier, delta, fc.integer({ min: 1, max: 50 }), (z, d, count) => {
        const rho = count * rhoOfParticipation(z);
        const optimal = epsilonOfRho(rho, d);
        expect(analyticEpsilon(rho, d)).toBeLessThanOrEqual(optimal + 1e-12);
        expect(optimal).toBeLessThanOrEqual(simpleEpsilonOfRho(rho, d));
        expect(epsilonOfRho(rho * 1.01, d)).toBeGreaterThanOrEqual(optimal);
      }),
    );
  });

  test('the inverses agree: what is allowed stays within epsilon, one more does not', () => {
    fc.assert(
      fc.property(noiseMultiplier, epsilon, delta, (z, e, d) => {
        const allowed = participationsAllowed(z, e, d);
        expect(epsilonOfRho(allowed * rhoOfParticipation(z), d)).toBeLessThanOrEqual(e * (1 + 1e-12));
        expect(epsilonOfRho((allowed + 1) * rhoOfParticipation(z), d)).toBeGreaterThan(e * (1 - 1e-12));
        expect(participationsAllowed(noiseMultiplierFor(allowed + 1, e, d), e, d)).toBe(allowed + 1);
      }),
      { numRuns: 50 },
    );
  });

  test('the compiled-in cap is epsilon 8 at delta 1e-6, rounded down', () => {
    expect(lifetimeRhoCap).toBeLessThanOrEqual(rhoOfEpsilon(8, 1e-6));
    expectRelative(lifetimeRhoCap, rhoOfEpsilon(8, 1e-6), 1e-6);
    // The demo: z = 2 costs 1/8, and 8.4 eighths fit.
    expect(participationsAllowed(2, 8, 1e-6)).toBe(8);
  });

  test('nothing spent is epsilon 0; impossible numbers are refused', () => {
    expect(epsilonOfRho(0, 1e-6)).toBe(0);
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => rhoOfParticipation(bad)).toThrow(RangeError);
      expect(() => rhoOfEpsilon(bad, 1e-6)).toThrow(RangeError);
    }
    for (const bad of [0, 1, Number.NaN, -1e-6]) expect(() => epsilonOfRho(1, bad)).toThrow(RangeError);
    expect(() => epsilonOfRho(Number.NaN, 1e-6)).toThrow(RangeError);
    expect(() => simulationOnlySubsampledRdp(0.1, 1, 1.5)).toThrow(RangeError);
    expect(() => simulationOnlySubsampledRdp(1.1, 1, 2)).toThrow(RangeError);
    expect(() => noiseMultiplierFor(0, 8, 1e-6)).toThrow(RangeError);
  });
});
