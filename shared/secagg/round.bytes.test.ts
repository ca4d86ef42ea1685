// The bytes of every message, for the demo's cohort and for graphs of 128 neighbours. They follow from public numbers: n, k, D, b and who is
// still there; nothing in them depends on what a client holds.
import { describe, expect, test } from 'vitest';
import { experimentRandom } from '../maths/random.ts';
import { maximumFrameBytes } from '../protocol/limits.ts';
import { platformCrypto } from './crypto.ts';
import { checkMaskParameters, neighboursForCohort } from './parameters.ts';
import { bytesOf, costsOfRound, sumOf } from './testing/costs.ts';
import { playRound } from './testing/run.ts';
import { soloRun } from './testing/solo.ts';

const crypto_ = platformCrypto(crypto.subtle);
const config = Uint8Array.from({ length: 184 }, (_, i) => i);

function parametersOf(numbers: { length: number; bits: number; minCohort: number; maxCohort: number }) {
  return checkMaskParameters({
    ...numbers,
    honestNoiseShares: 1,
    neighbours: neighboursForCohort(numbers.maxCohort),
    thresholdPermille: 650,
  });
}

test('[M2] to [M10] 24 clients as in the demo, all stay: every message has one size, whatever the updates', async () => {
  const played = await playRound({
    parameters: parametersOf({ length: 96, bits: 16, minCohort: 20, maxCohort: 28 }),
    config,
    // From zeros to the ends of the range.
    values: Array.from({ length: 24 }, (_, seat) => new Int32Array(96).fill(seat % 3 === 0 ? 0 : (-2) ** seat)),
    crypto: crypto_,
    randomOf: experimentRandom,
  });
  expect(played.outcome.kind).toBe('done');
  const sizes = new Map<string, Set<number>>();
  for (const { kind, bytes } of played.sent) sizes.set(kind, (sizes.get(kind) ?? new Set()).add(bytes));
  expect(Object.fromEntries([...sizes].map(([kind, seen]) => [kind, [...seen]]))).toEqual({
    config: [184],
    advertise: [80],
    roster: [2 + 64 * 24],
    shares: [32 + 82 * 23],
    inbox: [3 + 82 * 23],
    masked: [3 + 192 + 32],
    unmask_req: [3],
    confirm: [34 * 23],
    confirmations: [34 * 23],
    unmask: [34 * 24],
  });
  const { up, down, serverInBytes, serverOutBytes } = bytesOf(played);
  // 80 + 1918 + 227 + 782 + 816, and 184 + 1538 + 1889 + 3 + 782.
  expect([sumOf(up), sumOf(down)]).toEqual([3823, 4396]);
  expect([serverInBytes, serverOutBytes]).toEqual([24 * 3823, 24 * 4396]);
});

describe('128 neighbours', () => {
  const gone = { shares: 0, masked: 0 };
  const run = (clients: number, length: number, bits: number, dropouts = gone) =>
    soloRun({
      config,
      parameters: parametersOf({ length, bits, minCohort: Math.ceil(0.7 * clients), maxCohort: clients }),
      clients,
      values: Int32Array.from({ length }, (_, i) => i - 50),
      crypto: crypto_,
      label: `bytes ${clients}`,
      dropouts,
    });

  test.each([200, 1000])('[M2] to [M10] %i clients, all stay', async (clients) => {
    const { said, toldBytes } = await run(clients, 100, 16);
    expect(Object.fromEntries(Object.entries(said).map(([kind, bytes]) => [kind, bytes.length]))).toEqual({
      advertise: 80,
      shares: 32 + 82 * 128,
      masked: 3 + 200 + 32,
      confirm: 34 * 128,
      unmask: 34 * 129,
    });
    expect(toldBytes).toEqual({
      config: 184,
      roster: 2 + 64 * clients,
      inbox: clients / 8 + 82 * 128,
      unmask_req: clients / 8,
      confirmations: 34 * 128,
    });
  });

  test('[M13] neighbours who left shorten inbox, confirm and unmask by a fixed amount each', async () => {
    const { said, toldBytes } = await run(200, 100, 20, { shares: 6, masked: 20 });
    const senders = (toldBytes.inbox - 25) / 82;
    expect(senders).toBeLessThan(128);
    expect(said.unmask.length).toBe(34 * (senders + 1));
    const survivors = said.confirm.length / 34;
    expect(survivors).toBeLessThan(senders);
    expect(toldBytes.confirmations).toBe(said.confirm.length);
    // Neither shares nor upload know who left.
    expect([said.shares.length, said.masked.length]).toEqual([32 + 82 * 128, 3 + 250 + 32]);
  });

  test('[U2] D = 500,000 at b = 16: four frames, none above 256 KiB of content', async () => {
    const { frameBytes, said } = await run(130, 500_000, 16);
    expect(frameBytes).toHaveLength(4);
    expect(Math.max(...frameBytes)).toBeLessThanOrEqual(3 + maximumFrameBytes);
    expect(said.masked.length).toBe(1_000_000 + 4 * 3 + 32);
  });
});

test('the counts of `npm run secagg:costs`: a tenth leaves after its shares, the rest is exact', async () => {
  let clock = 0;
  const { costs } = await costsOfRound(
    {
      parameters: parametersOf({ length: 50, bits: 16, minCohort: 20, maxCohort: 24 }),
      config,
      values: Array.from({ length: 24 }, () => new Int32Array(50)),
      crypto: crypto_,
      randomOf: experimentRandom,
      leaves: new Map([
        [3, 'masked'],
        [17, 'masked'],
      ]),
    },
    () => clock++,
  );
  expect(costs).toMatchObject({ clients: 24, dropouts: 2, neighbours: 23, threshold: 15 });
  // Each of the 22 has its own mask, and shares one with each of the two that left.
  expect(costs.serverExpansions).toBe(22 + 2 * 22);
  expect(costs.upBytes).toEqual({ advertise: 80, shares: 1918, masked: 135, confirm: 34 * 21, unmask: 34 * 24 });
  // One tick a piece of work: an upload takes two, the inbox and the charge or the leave.
  expect(costs.clientMs).toEqual({ advertise: 1, shares: 1, masked: 2, confirm: 1, unmask: 1 });
});
