// Whole rounds: whatever happens, the sum of the survivors is exact or there is none, and a server that cheats gets nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { experimentRandom } from '../maths/random.ts';
import { decodeSum } from '../privacy/aggregate.ts';
import { chooseRing, everyRing } from '../privacy/bits.ts';
import { encodeUpdate } from '../privacy/pipeline.ts';
import { sha256Hex } from '../protocol/canonical.ts';
import { exampleConfig, examplePolicy } from '../testing/example-policy.ts';
import { joined } from './bytes.ts';
import type { ClientSend } from './client.ts';
import { platformCrypto } from './crypto.ts';
import { IndexSet } from './index-set.ts';
import { nobleCrypto } from './noble-crypto.ts';
import { actualNeighbours, type MaskNumbers, thresholdOf } from './parameters.ts';
import type { ServerSend, ServerStage } from './server.ts';
import { type PlayedRound, playRound, type RoundScript, uncheckedMaskParameters } from './testing/run.ts';
import { expectedSum, Scene } from './testing/scene.ts';
import { areWiped, secretsOf } from './testing/secrets.ts';
import { encodeConfirmations, parseConfirm } from './wire.ts';

const crypto_ = platformCrypto(crypto.subtle);
const stages: readonly ServerStage[] = ['advertise', 'shares', 'masked', 'confirm', 'unmask'];

function script(numbers: MaskNumbers, n: number, seed: number, rest: Partial<RoundScript> = {}): RoundScript {
  return {
    parameters: uncheckedMaskParameters(numbers),
    config: Uint8Array.of(seed, seed >> 8, seed >> 16, n),
    values: Array.from({ length: n }, (_, u) =>
      Int32Array.from({ length: numbers.length }, (_, i) => (Math.imul(u + seed, i + 7) % 1001) - 500),
    ),
    crypto: crypto_,
    randomOf: (seat) => experimentRandom(seed * 1000 + seat),
    ...rest,
  };
}

const small = (n: number): MaskNumbers => ({
  length: 3,
  bits: 16,
  minCohort: 2,
  maxCohort: n,
  neighbours: n - 1,
  thresholdPermille: 650,
});

/** The sum of exactly those that uploaded, or an abort; clients never release anything after an end. */
function expectExactOrAborted(played: PlayedRound, { values, parameters, leaves }: RoundScript): void {
  const { outcome } = played;
  const uploaded = values.map((_, seat) => seat).filter((seat) => played.charged.has(seat));
  if (outcome.kind === 'done') {
    expect([...outcome.seats].sort((a, b) => a - b)).toEqual(uploaded);
    expect(outcome.sum).toEqual(expectedSum(values, outcome.seats, parameters.bits));
    expect(outcome.cohort).toBeGreaterThanOrEqual(parameters.minCohort);
  }
  for (const [seat, state] of played.clients.entries()) {
    expect(['done', 'aborted']).toContain(state.kind);
    expect(areWiped(secretsOf(state))).toBe(true);
    // Nobody is charged who left before its upload.
    if (leaves !== undefined && ['advertise', 'shares', 'masked'].includes(leaves.get(seat) ?? '')) {
      expect(played.charged.has(seat)).toBe(false);
    }
  }
}

/** What a complete graph has to come to: enough at each stage, or an abort there. */
function predicted(n: number, leaves: ReadonlyMap<number, ServerStage>, numbers: MaskNumbers): string {
  const left = (stage: ServerStage) =>
    n - [...leaves.values()].filter((at) => stages.indexOf(at) <= stages.indexOf(stage)).length;
  const size = left('advertise');
  if (size < numbers.minCohort) return 'too-few at advertise';
  const threshold = thresholdOf(numbers.thresholdPermille, actualNeighbours(numbers, size));
  for (const stage of ['shares', 'masked'] as const) {
    if (left(stage) < Math.max(numbers.minCohort, threshold)) return `too-few at ${stage}`;
  }
  if (left('confirm') < threshold) return 'too-few at confirm';
  return left('unmask') < threshold ? 'too-few-shares at unmask' : 'done';
}

const ending = ({ outcome }: PlayedRound) => (outcome.kind === 'done' ? 'done' : `${outcome.code} at ${outcome.stage}`);

test('[M11] random n, k, t, b, D and dropouts in any order: the exact sum of the survivors or an abort', async () => {
  const rounds = fc.record({
    n: fc.integer({ min: 2, max: 9 }),
    halfK: fc.integer({ min: 2, max: 6 }),
    thresholdPermille: fc.integer({ min: 350, max: 800 }),
    bits: fc.constantFrom(...everyRing),
    length: fc.integer({ min: 1, max: 40 }),
    seed: fc.nat(99_999),
    leaving: fc.array(fc.tuple(fc.nat(8), fc.constantFrom(...stages)), { maxLength: 3 }),
    order: fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
  });
  let done = 0;
  await fc.assert(
    fc.asyncProperty(rounds, async ({ n, halfK, thresholdPermille, bits, length, seed, leaving, order }) => {
      const numbers = { length, bits, minCohort: 2, maxCohort: n, neighbours: 2 * halfK, thresholdPermille };
      const leaves = new Map(leaving.filter(([seat]) => seat < n));
      let turn = 0;
      const pick = (waiting: number) => order[turn++ % order.length]! % waiting;
      const round = script(numbers, n, seed, { leaves, pick });
      const played = await playRound(round);
      expectExactOrAborted(played, round);
      if (2 * halfK >= n - 1) expect(ending(played)).toBe(predicted(n, leaves, numbers));
      if (leaves.size === 0) expect(played.outcome.kind).toBe('done');
      if (played.outcome.kind === 'done') done++;
    }),
    { numRuns: 24 },
  );
  expect(done).toBeGreaterThan(5);
});

test('the numbers of the demo: 24 clients, t = 15, dropouts at each stage', async () => {
  const numbers = { length: 96, bits: 16, minCohort: 20, maxCohort: 28, neighbours: 27, thresholdPermille: 650 };
  const leaves = new Map<number, ServerStage>([
    [1, 'masked'],
    [5, 'masked'],
    [9, 'shares'],
    [11, 'confirm'],
    [13, 'unmask'],
  ]);
  const round = script(numbers, 24, 3, { leaves });
  const played = await playRound(round);
  expectExactOrAborted(played, round);
  expect(played.outcome).toMatchObject({ kind: 'done', cohort: 21, dropouts: 2 });
});

test.each([
  [4, 20],
  [61, 28],
  [1500, 24],
])(
  '[N5] [S2] %i numbers of up to %i people in the smallest ring: the mean, within its noise (seed 5)',
  async (...drawn) => {
    const [length, maxCohort] = drawn;
    const minCohort = Math.ceil(0.7 * maxCohort);
    const honestNoiseShares = minCohort - Math.floor(0.1 * maxCohort);
    const ring = chooseRing({ maxCohort, honestNoiseShares, noiseMultiplier: 2, length });
    expect(ring.bits).toBeLessThan(16);
    const rules = { minCohort, maxCohort, honestNoiseShares, ...ring };
    const config = exampleConfig(examplePolicy(length, rules));
    const random = experimentRandom(5);
    // All alike and far beyond the clip: the largest sum there is.
    const update = Float64Array.from({ length }, (_, i) => 10 * Math.sin(1 + i * i));
    const encoded = Array.from({ length: maxCohort }, () => encodeUpdate(update, config, random));
    const numbers = {
      length,
      bits: ring.bits,
      minCohort,
      maxCohort,
      neighbours: maxCohort - 1,
      thresholdPermille: 650,
    };
    const leaves = new Map<number, ServerStage>([[3, 'masked']]);
    const values = encoded.map(({ noised }) => noised);
    const { outcome } = await playRound(script(numbers, maxCohort, 5, { values, leaves }));
    if (outcome.kind !== 'done') throw new Error(`expected a sum, got ${ending({ outcome } as PlayedRound)}`);
    const { mean, noiseStdOfMean, sumIntegers } = decodeSum(outcome.sum, outcome.cohort, config);
    const survivors = values.filter((_, seat) => seat !== 3);
    expect([...sumIntegers]).toEqual(
      [...sumIntegers.keys()].map((i) => survivors.reduce((sum, one) => sum + one[i]!, 0)),
    );
    const { clipped } = encoded[0]!;
    const squares = mean.reduce((sum, value, i) => sum + (value - clipped[i]!) ** 2, 0);
    // Noise, and rounding's at most 1/4 for each: chi-squared with D degrees of freedom, five of its deviations.
    const rounding = 1 / (4 * outcome.cohort * config.scale ** 2);
    expect(squares / (noiseStdOfMean ** 2 + rounding)).toBeLessThan(length + 5 * Math.sqrt(2 * length));
  },
);

describe('a server that cheats', () => {
  const numbers = { ...small(6), minCohort: 4 };

  /** The round of a server whose messages are changed on the way, and whether any client released shares. */
  async function cheated(rest: Partial<RoundScript>, seed: number) {
    const kinds: [number, ClientSend['kind']][] = [];
    const round = script(numbers, 6, seed, {
      ...rest,
      toServer: (seat, send) => {
        kinds.push([seat, send.kind]);
        return rest.toServer?.(seat, send) ?? [send];
      },
    });
    const played = await playRound(round);
    expectExactOrAborted(played, round);
    return { played, released: kinds.filter(([, kind]) => kind === 'unmask').map(([seat]) => seat) };
  }

  test('[M9] shows half of the clients another U3, and relays whatever it has: nobody releases a share', async () => {
    // Six clients, nMin = 4, t = 4. Either view is fine by itself: both have five survivors and the receiver in it.
    const scene = await new Scene(crypto_, 6, 1).until('unmask_req');
    const seats = [0, 1, 2, 3, 4, 5].map((index) => scene.seatOf(index));
    const viewOf = (index: number) =>
      IndexSet.of(
        6,
        [0, 1, 2, 3, 4, 5].filter((v) => v !== (index < 3 ? 5 : 0)),
      );
    const relayed = new Map<number, Map<number, Uint8Array>>(seats.map((_, index) => [index, new Map()]));
    for (const [index, seat] of seats.entries()) {
      const step = await scene.client(seat, { kind: 'unmask_req', bytes: viewOf(index).bytes });
      expect(step.abort).toBeNull();
      const [send] = step.send;
      const peers = viewOf(index).members.filter((v) => v !== index);
      const macs = parseConfirm(send?.kind === 'confirm' ? send.bytes : new Uint8Array(0), peers);
      for (const [v, mac] of macs) relayed.get(v)!.set(index, mac);
    }
    for (const [index, seat] of seats.entries()) {
      const known = [...relayed.get(index)!].filter(([v]) => viewOf(index).has(v));
      const step = await scene.client(seat, { kind: 'confirmations', bytes: encodeConfirmations(new Map(known)) });
      expect(step).toMatchObject({ send: [], abort: { code: 'unconfirmed' } });
    }
  });

  test('[M9] keeps the confirmations to itself, or sends wrong ones: nobody releases a share', async () => {
    for (const change of [
      () => new Uint8Array(0),
      (bytes: Uint8Array) => bytes.map((byte, i) => (i % 34 === 33 ? byte ^ 128 : byte)),
    ]) {
      const { released } = await cheated(
        { toClient: (send) => [send.kind === 'confirmations' ? { ...send, bytes: change(send.bytes) } : send] },
        2,
      );
      expect(released).toEqual([]);
    }
  });

  test('[M8] asks a second time with one survivor fewer: no client gives both shares of anyone', async () => {
    const { played, released } = await cheated(
      {
        toClient: (send) => (send.kind === 'unmask_req' ? [send, { ...send, bytes: withoutOther(send, 6) }] : [send]),
      },
      3,
    );
    expect(released).toEqual([]);
    expect([...played.aborts.values()].every(({ code }) => code === 'changed-message')).toBe(true);
  });

  test('[M6] drops everyone but a victim and one more: nobody uploads', async () => {
    const { played, released } = await cheated(
      {
        toClient: (send) => {
          if (send.kind !== 'inbox') return [send];
          const few = Uint8Array.from(send.bytes.subarray(0, 1 + 82));
          few[0] = 0b11;
          return [{ ...send, bytes: few }];
        },
      },
      4,
    );
    expect([released, played.charged.size]).toEqual([[], 0]);
  });

  test('[M6] exchanges the shares of two senders, or replays those of another round: nobody uploads', async () => {
    const earlier: Uint8Array[] = [];
    await playRound(
      script(numbers, 6, 5, {
        toClient: (send) => {
          if (send.kind === 'inbox') earlier[send.seat] = send.bytes;
          return [send];
        },
      }),
    );
    const exchanged = (bytes: Uint8Array) => {
      const out = Uint8Array.from(bytes);
      for (const [to, from] of [
        [0, 1],
        [1, 0],
        [2, 3],
        [3, 2],
      ] as const) {
        out.set(bytes.subarray(3 + 82 * from, 83 + 82 * from), 3 + 82 * to);
      }
      return out;
    };
    for (const change of [(send: ServerSend) => exchanged(send.bytes), (send: ServerSend) => earlier[send.seat]!]) {
      const { played } = await cheated(
        { toClient: (send) => [send.kind === 'inbox' ? { ...send, bytes: change(send) } : send] },
        6,
      );
      expect(played.charged.size).toBe(0);
      expect(played.aborts.size).toBe(6);
    }
  });

  /** U3 without one client other than the receiver; which one the receiver's index is does not matter to the checks that follow. */
  function withoutOther(send: ServerSend, n: number): Uint8Array {
    const u3 = IndexSet.parse(send.bytes, n, 'test');
    return IndexSet.of(n, u3.members.slice(send.seat % 2, send.seat % 2 === 0 ? -1 : undefined)).bytes;
  }
});

test('[R5] every message twice, in both directions, as after lost connections: the same sum', async () => {
  const numbers = small(4);
  const round = script(numbers, 4, 8, { toClient: (send) => [send, send], toServer: (_, send) => [send, send] });
  const played = await playRound(round);
  expectExactOrAborted(played, round);
  expect(played.outcome.kind).toBe('done');
  expect(new Set(played.refusals.map(({ code }) => code))).toEqual(new Set(['duplicate', 'late']));
});

test.each([crypto_, nobleCrypto])(
  'every byte that leaves is the same on every platform ($agreement)',
  async (crypto) => {
    const said: Uint8Array[] = [];
    const leaves = new Map<number, ServerStage>([[2, 'masked']]);
    const numbers = { ...small(5), length: 9, bits: 20 };
    const played = await playRound(
      script(numbers, 5, 77, {
        crypto,
        leaves,
        toClient: (send) => {
          said.push(send.bytes);
          return [send];
        },
        toServer: (_, send) => {
          // As they are now: a client overwrites its frames when the round goes on.
          said.push(...(send.kind === 'masked' ? send.frames : [send.bytes]).map((bytes) => bytes.slice()));
          return [send];
        },
      }),
    );
    expect(played.outcome.kind).toBe('done');
    expect(sha256Hex(joined(...said))).toBe('a93adc0dba9c6c683b83b1d1bed8a0a75ff9ff580b8dd85db0eeeeac4d4226e0');
  },
);
