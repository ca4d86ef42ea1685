// A small policy that passes every check, and a round under it: where tests start from.
import { endlessPolicy, type Policy, policyHash, type RoundPolicy } from '../protocol/policy.ts';
import { type RoundConfig, roundConfigFromPolicy } from '../protocol/round-config.ts';

export const exampleNowMs = 1_700_000_000_000;

/** The rules of a round with the demo's numbers: cohorts of 20 to 28, 18 honest shares, z = 2. @param length D. */
export function examplePolicy(length = 96, overrides: Partial<RoundPolicy> = {}): RoundPolicy {
  return {
    protocol: 'tacit/secagg/1',
    mode: 1,
    noiseMultiplier: 2,
    clippingBoundL2: 1.5,
    delta: 1e-6,
    epsilonCap: 8,
    minCohort: 20,
    maxCohort: 28,
    honestNoiseShares: 18,
    cooldownMs: 30_000,
    bits: 16,
    clippingBoundInt: 1024,
    layout: { parts: [{ name: 'projection', rows: length, length, clippingBoundL2: 1.5 }], length },
    training: {
      localSteps: 1,
      localRate: 0.1,
      proxMu: 0,
      weights: 'none',
      serverOptimizer: 'preconditioned',
      serverRate: 0,
      localLimitMs: 10_000,
    },
    ...overrides,
  };
}

/** The federation that trains under those rules without end. */
export function exampleFederation(length?: number, overrides?: Partial<RoundPolicy>): Policy {
  return endlessPolicy(examplePolicy(length, overrides));
}

/** A federation of three phases with those numbers. */
export function phasedFederation(): Policy {
  const { noiseMultiplier, clippingBoundL2, bits, clippingBoundInt, layout, training, ...common } = examplePolicy();
  const rules = { noiseMultiplier, clippingBoundL2, bits, clippingBoundInt };
  const part = (name: 'histogram' | 'centroids' | 'likes', rows: number, length: number) => ({
    parts: [{ name, rows, length, clippingBoundL2 }],
    length,
  });
  return {
    ...common,
    learner: 'communities',
    phases: [
      { name: 'popularity', rounds: 2, ...rules, layout: part('histogram', 96, 96) },
      { name: 'centroids', rounds: 3, ...rules, noiseMultiplier: 4, layout: part('centroids', 4, 44) },
      { name: 'likes', rounds: 1, ...rules, noiseMultiplier: 4, layout: part('likes', 4, 44) },
    ],
  };
}

export const exampleModelHash = '2a'.repeat(32);

export function exampleConfig(
  policy: RoundPolicy = examplePolicy(),
  overrides: Partial<RoundConfig> = {},
): RoundConfig {
  const config = roundConfigFromPolicy(policy, {
    roundId: '0123456789abcdef0123456789abcdef',
    modelHash: exampleModelHash,
    rotationSeed: Uint8Array.from({ length: 16 }, (_, i) => 7 * i + 1),
    expiryMs: exampleNowMs + 60_000,
    deadlines: { advertiseS: 10, sharesS: 10, maskedS: 30, unmaskS: 10 },
    policyHash: policyHash(endlessPolicy(policy)),
  });
  return { ...config, ...overrides };
}
