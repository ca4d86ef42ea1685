// Weakened configs: every number that a server could lower, once against the policy that was shown and once with a policy that says the same.
// What stops them: the floors that are compiled into the device, and the comparison with the policy whose hash the person saw.
// A roundId that is used twice is for the device's ledger: apps/cli/attack/.
import { encodeUpdate } from '../../privacy/pipeline.ts';
import { sensitivitySquared } from '../../privacy/sensitivity.ts';
import { fromHex } from '../../protocol/canonical.ts';
import { endlessPolicy, parsePolicy, policyHash, type RoundPolicy } from '../../protocol/policy.ts';
import {
  checkRoundConfig,
  encodeRoundConfig,
  maskParametersOf,
  parseRoundConfig,
  type RoundConfig,
} from '../../protocol/round-config.ts';
import { type Attack, judged, randomOf } from './attack.ts';
import { attackNowMs, configOf, demoPolicy } from './people.ts';

/** One weakening: what the 184 bytes say instead, and what a policy would say to agree with it. */
interface Weakening {
  readonly name: string;
  readonly write: (view: DataView) => void;
  readonly policy?: Partial<RoundPolicy>;
  /** That policy may be had, with the person's consent. */
  readonly isPolicyFine?: true;
  /** What a pipeline without checks would take from it. */
  readonly config?: Partial<RoundConfig>;
}

export const weakConfig: Attack = {
  name: 'weakened-configs',
  summary: 'configs below each floor, with and without a policy that agrees',
  async run(setting) {
    const random = randomOf(setting, 'weak config');
    const policy = demoPolicy();
    const config = configOf(policy, random);
    const bytes = encodeRoundConfig(config);
    const isTaken = (changed: Uint8Array, shown: RoundPolicy): boolean => {
      try {
        const parsed = parseRoundConfig(changed);
        const { modelHash } = config;
        const own = { policy: shown, policyHash: hashOf(shown), modelHash, nowMs: attackNowMs, allowsLocal: false };
        checkRoundConfig(parsed, own);
        maskParametersOf(parsed);
        return true;
      } catch {
        return false;
      }
    };
    if (!isTaken(bytes, policy)) throw new RangeError('weak config: expected the honest config to be taken');
    let tries = 0;
    let taken = 0;
    let policies = 0;
    let policiesTaken = 0;
    let encoded = 0;
    const all = weakenings(config, policy);
    for (const weakening of all) {
      const changed = changedBy(bytes, weakening);
      tries++;
      if (isTaken(changed, policy)) taken++;
      if (encodes({ ...config, ...weakening.config }, random)) encoded++;
      if (weakening.policy === undefined) continue;
      // The server publishes a policy that agrees, and the person has seen it: only the floors are left.
      const agreeing = { ...policy, ...weakening.policy };
      changed.set(fromHex(hashOf(agreeing)), 144);
      tries++;
      if (isTaken(changed, agreeing)) taken++;
      if (weakening.isPolicyFine) continue;
      policies++;
      if (isPolicy(agreeing)) policiesTaken++;
    }
    return [
      judged({
        attack: weakConfig.name,
        adversary: 'active server',
        measure: 'success rate',
        control: encoded / all.length,
        controlAtLeast: 0.5,
        protected: (taken + policiesTaken) / (tries + policies),
        chance: 0,
        bound: 0,
        trials: tries + policies,
        note:
          `${all.length} weakenings; ${policies} of them again under a policy that agrees, and that policy by itself. A try succeeds when the ` +
          'device takes it. Control: a device that goes straight from the config to the privacy pipeline; the pipeline itself refuses the rest.',
        details: { weakenings: all.length, configsTaken: taken, policiesTaken },
      }),
    ];
  },
};

function changedBy(bytes: Uint8Array, { write }: Weakening): Uint8Array {
  const changed = bytes.slice();
  write(new DataView(changed.buffer));
  return changed;
}

/** Whether the pipeline would make an upload of it without asking. */
function encodes(config: RoundConfig, random: Parameters<typeof encodeUpdate>[2]): boolean {
  try {
    encodeUpdate(new Float64Array(config.length).fill(0.1), config, random);
    return true;
  } catch {
    return false;
  }
}

function isPolicy(policy: RoundPolicy): boolean {
  try {
    parsePolicy(JSON.parse(JSON.stringify(endlessPolicy(policy))));
    return true;
  } catch {
    return false;
  }
}

function hashOf(policy: RoundPolicy): string {
  return policyHash(endlessPolicy(policy));
}

/** Offsets are those of the RoundConfig in PROTOCOL.md. */
function weakenings(config: RoundConfig, policy: RoundPolicy): Weakening[] {
  const u8 = (at: number, value: number) => (view: DataView) => view.setUint8(at, value);
  const u16 = (at: number, value: number) => (view: DataView) => view.setUint16(at, value, true);
  const u32 = (at: number, value: number) => (view: DataView) => view.setUint32(at, value, true);
  const f64 = (at: number, value: number) => (view: DataView) => view.setFloat64(at, value, true);
  const u64 = (at: number, value: number) => (view: DataView) => {
    view.setUint32(at, value % 2 ** 32, true);
    view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
  };
  const both =
    (...writes: ((view: DataView) => void)[]) =>
    (view: DataView) => {
      for (const write of writes) write(view);
    };
  const { sigma2num, sigma2den, maxCohort, minCohort, clippingBoundInt, length, boundSq } = config;
  const layoutOf = (rows: number) => ({
    parts: [{ name: 'projection' as const, rows, length: rows, clippingBoundL2: 1 }],
    length: rows,
  });
  const longest = 2 ** 22 + 1;
  return [
    { name: 'no noise', write: u32(96, 0), config: { sigma2num: 0 } },
    { name: 'noise over zero', write: u32(100, 0), config: { sigma2den: 0 } },
    {
      name: 'a hundredth of the variance',
      write: u32(96, Math.floor(sigma2num / 100)),
      policy: { noiseMultiplier: policy.noiseMultiplier / 10 },
      config: { sigma2num: Math.floor(sigma2num / 100) },
    },
    { name: 'one step less noise', write: u32(96, sigma2num - 16), config: { sigma2num: sigma2num - 16 } },
    {
      name: 'noise below 3 integer units',
      write: both(u32(96, 8 * sigma2den)),
      policy: { noiseMultiplier: Math.sqrt((8 * policy.honestNoiseShares) / boundSq) },
      config: { sigma2num: 8 * sigma2den },
    },
    {
      name: 'noise beyond what the sampler is tested for',
      write: both(u32(96, 8193 ** 2), u32(100, 1)),
      config: { sigma2num: 8193 ** 2, sigma2den: 1 },
    },
    {
      name: 'every participant counted as honest',
      write: u16(64, minCohort),
      policy: { honestNoiseShares: minCohort },
      config: { honestNoiseShares: minCohort },
    },
    {
      name: 'more honest shares than participants',
      write: u16(64, 60_000),
      policy: { honestNoiseShares: 60_000 },
      config: { honestNoiseShares: 60_000 },
    },
    { name: 'no honest share', write: u16(64, 0), policy: { honestNoiseShares: 0 }, config: { honestNoiseShares: 0 } },
    {
      name: 'cohorts of two',
      write: both(u16(62, 2), u16(66, 2), u16(6, 1), u16(64, 1)),
      policy: { minCohort: 2, maxCohort: 2, honestNoiseShares: 1 },
      config: { minCohort: 2, maxCohort: 2 },
    },
    {
      name: 'nMin of 19',
      write: both(u16(62, 19), u16(64, 17)),
      policy: { minCohort: 19, honestNoiseShares: 17 },
      config: { minCohort: 19 },
    },
    {
      name: 'nMin below 0.7 nMax',
      write: both(u16(66, 100), u16(6, 99), u16(64, 10)),
      policy: { maxCohort: 100, honestNoiseShares: 10 },
      config: { maxCohort: 100 },
    },
    {
      name: 'nMin above nMax',
      write: u16(62, maxCohort + 1),
      policy: { minCohort: maxCohort + 1 },
      config: { minCohort: maxCohort + 1 },
    },
    { name: 'another ring', write: u8(5, 32), config: { bits: 32 } },
    { name: 'an unknown ring', write: u8(5, 7), policy: { bits: 7 }, config: { bits: 7 } },
    {
      name: 'a smaller sensitivity',
      write: u64(72, Math.floor(boundSq / 4)),
      config: { boundSq: Math.floor(boundSq / 4) },
    },
    { name: 'a larger sensitivity', write: u64(72, boundSq + 1), config: { boundSq: boundSq + 1 } },
    { name: 'no sensitivity', write: u64(72, 0), config: { boundSq: 0 } },
    {
      name: 'twice the clipping bound',
      write: both(
        u32(68, 2 * clippingBoundInt),
        f64(120, 2 * config.scale),
        u64(72, bound(2 * clippingBoundInt, length)),
      ),
      config: {
        clippingBoundInt: 2 * clippingBoundInt,
        scale: 2 * config.scale,
        boundSq: bound(2 * clippingBoundInt, length),
      },
    },
    {
      name: 'a clipping bound that is not clip times scale',
      write: both(u32(68, clippingBoundInt + 1), u64(72, bound(clippingBoundInt + 1, length))),
      config: { clippingBoundInt: clippingBoundInt + 1, boundSq: bound(clippingBoundInt + 1, length) },
    },
    { name: 'no clipping bound', write: u32(68, 0), policy: { clippingBoundInt: 0 }, config: { clippingBoundInt: 0 } },
    { name: 'a clipping bound beyond 2^25', write: u32(68, 2 ** 25 + 1), policy: { clippingBoundInt: 2 ** 25 + 1 } },
    { name: 'scale 0', write: f64(120, 0), config: { scale: 0 } },
    { name: 'scale NaN', write: f64(120, Number.NaN), config: { scale: Number.NaN } },
    { name: 'scale infinite', write: f64(120, Number.POSITIVE_INFINITY), config: { scale: Number.POSITIVE_INFINITY } },
    { name: 'clip 0', write: f64(128, 0), policy: { clippingBoundL2: 0 }, config: { clippingBoundL2: 0 } },
    { name: 'clip NaN', write: f64(128, Number.NaN), config: { clippingBoundL2: Number.NaN } },
    {
      name: 'another D',
      write: both(u32(56, length + 1), u64(72, bound(clippingBoundInt, length + 1))),
      config: { length: length + 1, boundSq: bound(clippingBoundInt, length + 1) },
    },
    { name: 'D of 0', write: u32(56, 0), policy: { layout: layoutOf(0) }, config: { length: 0 } },
    { name: 'D beyond 2^22', write: u32(56, longest), policy: { layout: layoutOf(longest) } },
    { name: 'reserved bytes', write: u8(80, 1) },
    { name: 'two neighbours', write: u16(6, 2), config: { neighbours: 2 } },
    { name: 'no neighbours', write: u16(6, 0), config: { neighbours: 0 } },
    { name: 'an odd ring', write: both(u16(6, 25)), config: { neighbours: 25 } },
    { name: 'a threshold of a tenth', write: u16(60, 100), config: { thresholdPermille: 100 } },
    { name: 'a threshold below 0.65', write: u16(60, 649), config: { thresholdPermille: 649 } },
    { name: 'a threshold above 0.8', write: u16(60, 801), config: { thresholdPermille: 801 } },
    { name: 'mode 0, no masks', write: u8(4, 0) },
    { name: 'mode 2', write: u8(4, 2) },
    { name: 'mode 3', write: u8(4, 3) },
    {
      name: 'mode 4, sent alone, not allowed by the person',
      write: both(u8(4, 4), u16(6, 0), u16(60, 0), u16(64, 1)),
      policy: { mode: 4, honestNoiseShares: 1 },
      isPolicyFine: true,
      config: { mode: 4, neighbours: 0, thresholdPermille: 0 },
    },
    { name: 'another magic', write: u8(0, 0x55) },
    { name: 'an expiry that is past', write: u64(176, attackNowMs - 1), config: { expiryMs: attackNowMs - 1 } },
    {
      name: 'an expiry of next year',
      write: u64(176, attackNowMs + 366 * 86_400_000),
      config: { expiryMs: attackNowMs * 1.1 },
    },
    { name: 'another model', write: u8(24, 0xff), config: { modelHash: 'ff'.repeat(32) } },
    {
      name: 'another policy',
      write: u8(144, config.policyHash.startsWith('00') ? 1 : 0),
      config: { policyHash: '00'.repeat(32) },
    },
  ];
}

function bound(clippingBoundInt: number, length: number): number {
  return sensitivitySquared(clippingBoundInt, length);
}
