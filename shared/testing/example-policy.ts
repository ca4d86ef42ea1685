// A small policy that passes every check, and a round under it: where tests start from.
import { type Policy, policyHash } from '../protocol/policy.ts';
import { type RoundConfig, roundConfigFromPolicy } from '../protocol/round-config.ts';

export const exampleNowMs = 1_700_000_000_000;

/** Demo numbers: cohorts of 20 to 28, 18 honest shares, z = 2. @param length D. */
export function examplePolicy(length = 96, overrides: Partial<Policy> = {}): Policy {
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
    ...overrides,
  };
}

export const exampleModelHash = '2a'.repeat(32);

export function exampleConfig(policy: Policy = examplePolicy(), overrides: Partial<RoundConfig> = {}): RoundConfig {
  const config = roundConfigFromPolicy(policy, {
    roundId: '0123456789abcdef0123456789abcdef',
    modelHash: exampleModelHash,
    rotationSeed: Uint8Array.from({ length: 16 }, (_, i) => 7 * i + 1),
    expiryMs: exampleNowMs + 60_000,
    deadlines: { advertiseS: 10, sharesS: 10, maskedS: 30, unmaskS: 10 },
    policyHash: policyHash(policy),
  });
  return { ...config, ...overrides };
}
