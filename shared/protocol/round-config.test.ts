import { describe, expect, test } from 'vitest';
import { exampleConfig, exampleModelHash, exampleNowMs, examplePolicy } from '../testing/example-policy.ts';
import { toHex } from './canonical.ts';
import { ProtocolError } from './errors.ts';
import { endlessPolicy, policyHash, type RoundPolicy } from './policy.ts';
import {
  checkRoundConfig,
  encodeRoundConfig,
  maskParametersOf,
  noiseMultiplierOfConfig,
  parseRoundConfig,
  type RoundConfig,
  rhoOfConfig,
} from './round-config.ts';

const policy = examplePolicy();
const hashOf = (rules: RoundPolicy) => policyHash(endlessPolicy(rules));
const own = {
  policy,
  policyHash: hashOf(policy),
  modelHash: exampleModelHash,
  nowMs: exampleNowMs,
  allowsLocal: false,
};

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('RoundConfig', () => {
  test('survives the wire and is accepted under its policy', () => {
    const config = exampleConfig();
    const parsed = parseRoundConfig(encodeRoundConfig(config));
    expect(parsed).toEqual(config);
    expect(codeOf(() => checkRoundConfig(parsed, own))).toBe('accepted');
    expect(noiseMultiplierOfConfig(parsed)).toBeGreaterThanOrEqual(2);
    expect(rhoOfConfig(parsed)).toBeLessThanOrEqual(1 / 8);
  });

  test('has each field at its offset, little-endian', () => {
    const config = exampleConfig();
    const bytes = encodeRoundConfig(config);
    const view = new DataView(bytes.buffer);
    expect(bytes.length).toBe(184);
    expect(String.fromCharCode(...bytes.subarray(0, 4))).toBe('TSA1');
    expect([bytes[4], bytes[5], view.getUint16(6, true)]).toEqual([1, 16, 27]);
    expect(toHex(bytes.subarray(8, 24))).toBe(config.roundId);
    expect(toHex(bytes.subarray(24, 56))).toBe(config.modelHash);
    expect(view.getUint32(56, true)).toBe(96);
    expect([60, 62, 64, 66].map((offset) => view.getUint16(offset, true))).toEqual([650, 20, 18, 28]);
    expect(view.getUint32(68, true)).toBe(1024);
    expect(view.getBigUint64(72, true)).toBe(1_049_628n);
    expect(bytes.subarray(80, 96)).toEqual(new Uint8Array(16));
    expect([view.getUint32(96, true), view.getUint32(100, true)]).toEqual([config.sigma2num, config.sigma2den]);
    expect(bytes.subarray(104, 120)).toEqual(config.rotationSeed);
    expect([view.getFloat64(120, true), view.getFloat64(128, true)]).toEqual([config.scale, 1.5]);
    expect([136, 138, 140, 142].map((offset) => view.getUint16(offset, true))).toEqual([10, 10, 30, 10]);
    expect(toHex(bytes.subarray(144, 176))).toBe(config.policyHash);
    expect(view.getBigUint64(176, true)).toBe(BigInt(exampleNowMs + 60_000));
  });

  test('the parsed config shares no memory with the bytes, and a view into a larger buffer is read right', () => {
    const larger = new Uint8Array(200);
    larger.set(encodeRoundConfig(exampleConfig()), 9);
    const parsed = parseRoundConfig(larger.subarray(9, 193));
    larger.fill(0xff);
    expect(parsed).toEqual(exampleConfig());
  });

  test('numbers that a field cannot hold are our own mistake', () => {
    for (const wrong of [
      { length: 2 ** 32 },
      { minCohort: 65_536 },
      { boundSq: 2 ** 53 },
      { roundId: 'ab' },
      { rotationSeed: new Uint8Array(15) },
    ]) {
      expect(() => encodeRoundConfig(exampleConfig(policy, wrong))).toThrow(RangeError);
    }
  });
});

describe('[P4] mode 4, sent alone', () => {
  const local = examplePolicy(96, { mode: 4, minCohort: 2, honestNoiseShares: 1 });
  const ownLocal = { ...own, policy: local, policyHash: hashOf(local) };

  test('is refused unless the person allowed it, whatever the policy says', () => {
    const config = exampleConfig(local);
    expect(codeOf(() => checkRoundConfig(config, ownLocal))).toBe('not-allowed');
    expect(codeOf(() => checkRoundConfig(config, { ...ownLocal, allowsLocal: true }))).toBe('accepted');
  });

  test('the device adds the whole noise by itself, so its own z is the policy’s', () => {
    const config = exampleConfig(local);
    expect(noiseMultiplierOfConfig(config)).toBeGreaterThanOrEqual(2);
    expect(config.sigma2num / config.sigma2den).toBeGreaterThanOrEqual(4 * config.boundSq);
  });

  test.each<[string, string, Partial<RoundConfig>]>([
    ['a second noise share', 'below-floor', { honestNoiseShares: 2 }],
    ['more numbers than noise leaves useful', 'below-floor', { length: 4097 }],
    ['a mask graph', 'bad-config', { neighbours: 27 }],
    ['a threshold', 'bad-config', { thresholdPermille: 650 }],
  ])('%s: %s', (_, code, overrides) => {
    const config = { ...exampleConfig(local), ...overrides };
    expect(codeOf(() => checkRoundConfig(config, { ...ownLocal, allowsLocal: true }))).toBe(code);
  });

  test('has no mask parameters', () => {
    expect(codeOf(() => maskParametersOf(exampleConfig(local)))).toBe('bad-config');
    expect(maskParametersOf(exampleConfig())).toMatchObject({ neighbours: 27, thresholdPermille: 650, minCohort: 20 });
  });
});

describe('[P1] a device refuses', () => {
  const cases: [string, string, Partial<RoundConfig>][] = [
    ['another model', 'stale-model', { modelHash: 'ff'.repeat(32) }],
    ['another policy', 'wrong-policy', { policyHash: 'ff'.repeat(32) }],
    ['a cohort below 20', 'below-floor', { minCohort: 19, maxCohort: 19, honestNoiseShares: 15 }],
    ['nMin below 0.7 nMax', 'below-floor', { maxCohort: 29 }],
    ['nMin above nMax', 'below-floor', { minCohort: 30 }],
    ['no honest share', 'below-floor', { honestNoiseShares: 0 }],
    ['more honest shares than the margin allows', 'below-floor', { honestNoiseShares: 19 }],
    ['a length of 0', 'below-floor', { length: 0 }],
    ['a length beyond 2^22', 'below-floor', { length: 2 ** 22 + 1 }],
    ['a bound of 0', 'below-floor', { clippingBoundInt: 0 }],
    ['a bound beyond 2^25', 'below-floor', { clippingBoundInt: 2 ** 25 + 1 }],
    ['a bound that is not floor(clip scale)', 'bad-config', { clippingBoundInt: 1023 }],
    ['a NaN scale', 'bad-config', { scale: Number.NaN }],
    ['an infinite clip', 'bad-config', { clippingBoundL2: Number.POSITIVE_INFINITY }],
    ['a sensitivity that is not its own value', 'bad-config', { boundSq: 1_049_627 }],
    ['a variance of 0', 'below-floor', { sigma2num: 0 }],
    ['a denominator of 0', 'below-floor', { sigma2den: 0 }],
    ['noise below 3', 'below-floor', { sigma2num: 8, sigma2den: 1 }],
    ['noise above 8192', 'below-floor', { sigma2num: 2 ** 26 + 1, sigma2den: 1 }],
    // z = sqrt(18 sigma² / 1,049,628) = 0.6 at sigma² = 20,993.
    ['z below 0.6', 'below-floor', { sigma2num: 20_992, sigma2den: 1 }],
    ['z below the policy', 'wrong-policy', { sigma2num: 233_250, sigma2den: 1 }],
    ['what has expired', 'expired', { expiryMs: exampleNowMs }],
    ['what is valid for more than a day', 'expired', { expiryMs: exampleNowMs + 24 * 3600 * 1000 + 1 }],
    ['another ring', 'wrong-policy', { bits: 15 }],
    ['a ring that no masked sum fits', 'below-floor', { bits: 7 }],
    ['another clip with its scale', 'wrong-policy', { clippingBoundL2: 3, scale: 1024 / 3 + 1e-9 }],
    ['another cohort', 'wrong-policy', { maxCohort: 27 }],
    ['another number of shares', 'wrong-policy', { honestNoiseShares: 17, sigma2num: 2 ** 22, sigma2den: 16 }],
    ['fewer neighbours than the cohort has', 'below-floor', { neighbours: 26 }],
    ['no neighbours', 'below-floor', { neighbours: 0 }],
    ['more neighbours than anybody can serve', 'below-floor', { neighbours: 1025 }],
    ['a threshold of 64.9 %', 'below-floor', { thresholdPermille: 649 }],
    ['a threshold of 80.1 %', 'below-floor', { thresholdPermille: 801 }],
    ['another mode', 'wrong-policy', { mode: 4 }],
  ];
  test.each(cases)('%s: %s', (_, code, overrides) => {
    expect(codeOf(() => checkRoundConfig({ ...exampleConfig(), ...overrides }, own))).toBe(code);
  });

  test('the floors hold whatever the policy says', () => {
    // A policy object that never went through parsePolicy, as a hostile server would like it.
    const weak = { ...policy, noiseMultiplier: 0.1 };
    const config = exampleConfig(policy, { sigma2num: 10_000, sigma2den: 1, policyHash: hashOf(weak) });
    expect(codeOf(() => checkRoundConfig(config, { ...own, policy: weak, policyHash: hashOf(weak) }))).toBe(
      'below-floor',
    );
    expect(codeOf(() => checkRoundConfig(exampleConfig(), { ...own, policy: { ...policy, mode: 4 } }))).toBe(
      'wrong-policy',
    );
    const longer = examplePolicy(97);
    expect(codeOf(() => checkRoundConfig(exampleConfig(), { ...own, policy: longer }))).toBe('wrong-policy');
  });

  test('a config with any byte changed, save for what a server may choose', () => {
    const bytes = encodeRoundConfig(exampleConfig());
    const free = (offset: number) =>
      // roundId, rotationSeed, deadlines, and an expiry that stays within a day.
      (offset >= 8 && offset < 24) ||
      (offset >= 104 && offset < 120) ||
      (offset >= 136 && offset < 144) ||
      (offset >= 176 && offset < 180);
    for (let offset = 0; offset < bytes.length; offset++) {
      if (free(offset)) continue;
      for (const flip of [0x01, 0x80]) {
        const broken = Uint8Array.from(bytes);
        broken[offset]! ^= flip;
        const code = codeOf(() => checkRoundConfig(parseRoundConfig(broken), own));
        // More noise than the policy asks is no fault, nor are more neighbours or another threshold between the floors.
        if (code === 'accepted') {
          const { sigma2num, neighbours, thresholdPermille } = parseRoundConfig(broken);
          const before = exampleConfig();
          const isMore = sigma2num > before.sigma2num || neighbours > before.neighbours;
          expect(isMore || (offset === 60 && thresholdPermille >= 650), `byte ${offset}`).toBe(true);
        } else expect(code, `byte ${offset}`).toMatch(/^(bad-config|below-floor|wrong-policy|stale-model|expired)$/);
      }
    }
  });

  test('what is not a config at all', () => {
    expect(codeOf(() => parseRoundConfig(new Uint8Array(183)))).toBe('bad-config');
    expect(codeOf(() => parseRoundConfig(new Uint8Array(184)))).toBe('bad-config');
    for (const [offset, value] of [
      [0, 0],
      [4, 0],
      [4, 2],
      [5, 7],
      [5, 33],
      [80, 1],
      [95, 1],
    ] as const) {
      const bytes = encodeRoundConfig(exampleConfig());
      bytes[offset] = value;
      expect(
        codeOf(() => parseRoundConfig(bytes)),
        `byte ${offset}: ${value}`,
      ).toBe('bad-config');
    }
  });
});
