import { expect, test } from 'vitest';
import { roundPolicyForCrowd } from '#shared/model/crowd.ts';
import { decodeSum, RingSum } from '#shared/privacy/aggregate.ts';
import { encodeUpdate } from '#shared/privacy/pipeline.ts';
import { packBits } from '#shared/protocol/codec.ts';
import { endlessPolicy, policyHash } from '#shared/protocol/policy.ts';
import { roundConfigFromPolicy } from '#shared/protocol/round-config.ts';
import type { Masks } from '../engine/masking.ts';
import { stream } from './chance.ts';
import { corruptShares, type Malice, maliciousUpdate } from './malice.ts';

const policy = roundPolicyForCrowd({ present: 36, items: 2_000, featureColumns: 60 });
const config = roundConfigFromPolicy(policy, {
  roundId: 'ab'.repeat(16),
  modelHash: 'cd'.repeat(32),
  rotationSeed: new Uint8Array(16).fill(3),
  expiryMs: 1,
  deadlines: { advertiseS: 10, sharesS: 10, maskedS: 30, unmaskS: 10 },
  policyHash: policyHash(endlessPolicy(policy)),
});
const update = new Float64Array(config.length).fill(0.2 / Math.sqrt(config.length));
const encoded = (malice: Malice | null, seed = 1) => {
  const random = stream(seed, 'malice');
  const honest = encodeUpdate(update, config, random);
  return malice === null ? honest : maliciousUpdate(malice, honest, config, random);
};

/** What the server makes of twenty honest updates and some of another kind: the mean's length along the honest direction, in units of theirs. */
function pull(malice: Malice | null, count: number): number {
  const sum = new RingSum(config.length, config.bits);
  for (let seed = 0; seed < 20; seed += 1) sum.add(packBits(encoded(null, seed).noised, config.bits));
  for (let seed = 100; seed < 100 + count; seed += 1) sum.add(packBits(encoded(malice, seed).noised, config.bits));
  const { mean } = decodeSum(sum.values(), 20 + count, config);
  const along = mean.reduce((total, value, index) => total + value * update[index]!, 0);
  return along / update.reduce((total, value) => total + value * value, 0);
}

test('[SM40] without noise, the numbers are the rounded ones; the honest kinds are honest', () => {
  expect(encoded('no-noise').noised).toEqual(encoded('no-noise').rounded);
  for (const kind of ['wrong-shares', 'silent'] as const) expect(encoded(kind)).toEqual(encoded(null));
});

test('[SM40] a few that send their update backwards turn the mean around; garbage has any length in the ring', () => {
  expect(pull(null, 4)).toBeGreaterThan(0.5);
  expect(pull('sign-flip', 4)).toBeLessThan(-0.3);
  const { noised } = encoded('garbage');
  const half = 2 ** (config.bits - 1);
  expect(noised.every((value) => value >= -half && value < half)).toBe(true);
  expect(Math.max(...noised.map(Math.abs))).toBeGreaterThan(half / 2);
});

test('[SM41] corrupt shares keep their form: commitment and indices stay, what is sealed does not', async () => {
  const bytes = Uint8Array.from({ length: 32 + 3 * 82 }, (_, at) => at % 251);
  const inner: Masks = {
    first: { state: { kind: 'advertised' }, send: [], abort: null },
    handle: async () => ({ state: { kind: 'shared' }, send: [{ kind: 'shares', bytes }], abort: null }),
  };
  const { send } = await corruptShares(inner).handle({ kind: 'roster', bytes: new Uint8Array(2) });
  const [message] = send;
  if (message?.kind !== 'shares') throw new Error('expected shares');
  expect(message.bytes.length).toBe(bytes.length);
  expect(message.bytes.subarray(0, 32)).toEqual(bytes.subarray(0, 32));
  for (let entry = 0; entry < 3; entry += 1) {
    const at = 32 + 82 * entry;
    expect(message.bytes.subarray(at, at + 2)).toEqual(bytes.subarray(at, at + 2));
    expect(message.bytes[at + 2]).toBe(bytes[at + 2]! ^ 0xff);
  }
  expect(bytes[34]).toBe(34);
});
