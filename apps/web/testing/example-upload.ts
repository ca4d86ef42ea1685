// One participation as the Privacy page inspects it, made by the real pipeline from a seed; the masks are stand-ins. For tests only.
import { experimentRandom } from '#shared/maths/random.ts';
import { encodeUpdate } from '#shared/privacy/pipeline.ts';
import { packedBytes } from '#shared/protocol/codec.ts';
import { type Policy, policyHash, roundPolicyOf } from '#shared/protocol/policy.ts';
import { noiseMultiplierOfConfig, rhoOfConfig, roundConfigFromPolicy } from '#shared/protocol/round-config.ts';
import { stageDeadlines } from '#shared/secagg/parameters.ts';
import type { UploadInspection } from '../../engine/api.ts';

export const exampleRoundId = '0123456789abcdef0123456789abcdef';

/** In the first phase of a policy, by a device whose update is about five times the clipping bound. */
export function exampleUpload(federation: Policy, overrides: Partial<UploadInspection> = {}): UploadInspection {
  const random = experimentRandom(20);
  const policy = roundPolicyOf(federation, 0);
  const { length } = policy.layout;
  const config = roundConfigFromPolicy(policy, {
    roundId: exampleRoundId,
    modelHash: 'a'.repeat(64),
    rotationSeed: Uint8Array.from({ length: 16 }, (_, i) => 7 * i + 1),
    expiryMs: 1_700_000_060_000,
    deadlines: stageDeadlines(length, policy.bits),
    policyHash: policyHash(federation),
  });
  const words = new Uint32Array(2 * length);
  random.fillUint32(words);
  const raw = Float64Array.from({ length }, (_, i) => {
    const value = words[i]! / 2 ** 31 - 1;
    return ((5 * policy.clippingBoundL2) / Math.sqrt(length)) * (i % 7 === 0 ? 3 * value : 0.6 * value);
  });
  const { clipped, rotated, rounded, noised } = encodeUpdate(raw, config, random);
  const modulus = 2 ** policy.bits;
  const masked = noised.map((value, i) => (value + words[length + i]!) % modulus);
  const noiseMultiplier = noiseMultiplierOfConfig(config);
  const uploadBytes = packedBytes(length, policy.bits);
  const k = policy.maxCohort - 1;
  return {
    roundId: exampleRoundId,
    mode: policy.mode,
    sent: policy.mode === 1 ? 'among-others' : 'alone',
    minCohort: policy.minCohort,
    raw,
    clipped,
    rotated,
    rounded,
    noised,
    masked: policy.mode === 1 ? Uint32Array.from(masked, (value) => (value + modulus) % modulus) : null,
    bits: policy.bits,
    uploadBytes,
    messages:
      policy.mode === 1
        ? [
            { kind: 'advertise', bytes: 80 },
            { kind: 'shares', bytes: 32 + 82 * k },
            { kind: 'masked', bytes: uploadBytes + 35 },
            { kind: 'confirm', bytes: 34 * k },
            { kind: 'unmask', bytes: 34 * (k + 1) },
          ]
        : [{ kind: 'local', bytes: uploadBytes + 35 }],
    noiseStd: Math.sqrt(config.sigma2num / config.sigma2den),
    scale: config.scale,
    noiseMultiplier,
    noiseMultiplierAlone: noiseMultiplier / Math.sqrt(policy.honestNoiseShares),
    rho: rhoOfConfig(config),
    ...overrides,
  };
}
