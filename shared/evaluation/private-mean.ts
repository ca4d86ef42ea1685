// The mean update of a cohort in the product's own code: policy, config, encodeUpdate, ring sum, decodeSum. At most `mostInOneSum` people share
// a sum; a larger cohort is several sums, each with noise for its own survivors, averaged by the server.
import { plainRounds, type RoundCore } from '../core/rounds.ts';
import type { RandomSource } from '../maths/random.ts';
import { type OffsetsDemand, roundPolicyForCrowd } from '../model/crowd.ts';
import type { Layout } from '../model/model.ts';
import { epsilonOfRho, noiseMultiplierFor } from '../privacy/accountant.ts';
import { decodeSum, RingSum } from '../privacy/aggregate.ts';
import { chooseRing } from '../privacy/bits.ts';
import { canonicalJson, sha256Hex } from '../protocol/canonical.ts';
import { minimumCohortFloor } from '../protocol/limits.ts';
import { noiseOfPolicy, type RoundPolicy } from '../protocol/policy.ts';
import { type RoundConfig, roundConfigFromPolicy } from '../protocol/round-config.ts';
import { stageDeadlines } from '../secagg/parameters.ts';

export const mostInOneSum = 1000;

export interface PrivacyDemand {
  readonly epsilon: number;
  readonly delta: number;
}

/** How a cohort is divided: sums, and people in the largest. @param most people in one sum. */
export function sumsOf(cohort: number, most = mostInOneSum): { readonly sums: number; readonly largest: number } {
  const sums = Math.ceil(cohort / most);
  return { sums, largest: Math.ceil(cohort / sums) };
}

/**
 * The policy under which `participations` of one person stay within the demand: the noise multiplier from the accountant, everything else as
 * the product derives it from its crowd (noise for the least number of survivors, less those who collude).
 * @throws RangeError for a cohort below what masking allows.
 */
export function policyOfDemand(
  demand: PrivacyDemand,
  participations: number,
  cohort: number,
  shape: { items: number; featureColumns: number; dimension: number; offsets?: OffsetsDemand },
  most = mostInOneSum,
): RoundPolicy {
  const { largest } = sumsOf(cohort, most);
  if (largest < minimumCohortFloor) {
    throw new RangeError(
      `a cohort of ${cohort} is below ${minimumCohortFloor}, the fewest that secure aggregation sums`,
    );
  }
  const { offsets, ...rest } = shape;
  return roundPolicyForCrowd({
    ...rest,
    present: largest,
    overrides: {
      ...(offsets === undefined ? {} : { offsets }),
      maxCohort: largest,
      noiseMultiplier: noiseMultiplierFor(participations, demand.epsilon, demand.delta),
      delta: demand.delta,
      epsilonCap: demand.epsilon,
    },
  });
}

/** The same policy for another trainable vector: bound and ring follow from it. */
export function policyWithLayout(policy: RoundPolicy, layout: Layout): RoundPolicy {
  const { maxCohort, honestNoiseShares, noiseMultiplier } = policy;
  return {
    ...policy,
    layout,
    clippingBoundL2: Math.sqrt(layout.parts.reduce((sum, part) => sum + part.clippingBoundL2 ** 2, 0)),
    ...chooseRing({ maxCohort, honestNoiseShares, noiseMultiplier, length: layout.length }),
  };
}

/** What the ledger of somebody who took part so often has charged, at the policy's delta. */
export function epsilonCharged(policy: RoundPolicy, participations: number): number {
  return epsilonOfRho(participations * noiseOfPolicy(policy).rhoPerParticipation, policy.delta);
}

export interface NoisyMean {
  readonly mean: Float64Array;
  readonly noiseStdOfMean: number;
}

/**
 * Sums and decodes the updates of one round, one after another; none is kept.
 * @param cohort how many updates there are. @param round from 1. @param random the experiment's. @param rounds what encodes and sums.
 */
export function noisyMean(
  updates: Iterable<Float64Array>,
  cohort: number,
  policy: RoundPolicy,
  round: number,
  random: RandomSource,
  rounds: RoundCore = plainRounds,
): NoisyMean {
  const { sums } = sumsOf(cohort, policy.maxCohort);
  const parts = Array.from({ length: sums }, (_, index) => {
    const config = configOf(policy, round * sums + index, random);
    return { config, sum: new RingSum(config.length, config.bits, rounds) };
  });
  const noised = new Int32Array(policy.layout.length);
  let member = 0;
  for (const update of updates) {
    const { config, sum } = parts[member++ % sums]!;
    rounds.noisedUpdate(update, config, random, noised);
    sum.add(rounds.packBits(noised, config.bits));
  }
  const mean = new Float64Array(policy.layout.length);
  let variance = 0;
  for (const { config, sum } of parts) {
    const decoded = decodeSum(sum.values(), sum.count, config, rounds);
    const share = sum.count / cohort;
    for (let at = 0; at < mean.length; at++) mean[at] = mean[at]! + share * decoded.mean[at]!;
    variance += (share * decoded.noiseStdOfMean) ** 2;
  }
  return { mean, noiseStdOfMean: Math.sqrt(variance) };
}

export function configOf(policy: RoundPolicy, round: number, random: RandomSource): RoundConfig {
  const words = new Uint32Array(4);
  random.fillUint32(words);
  return roundConfigFromPolicy(policy, {
    roundId: round.toString(16).padStart(32, '0'),
    modelHash: '0'.repeat(64),
    rotationSeed: new Uint8Array(words.buffer),
    expiryMs: 0,
    deadlines: stageDeadlines(policy.layout.length, policy.bits),
    policyHash: sha256Hex(canonicalJson(policy)),
  });
}
