// Stage unmask, and the ends: secrets are recombined and checked, masks come off, or the round is given up.
import { describe, expect, test } from 'vitest';
import type { ClientSend } from './client.ts';
import { platformCrypto } from './crypto.ts';
import { expectedSum, Scene } from './testing/scene.ts';
import { encodeUnmask, parseUnmask } from './wire.ts';

const crypto_ = platformCrypto(crypto.subtle);
const all = (n: number) => Array.from({ length: n }, (_, i) => i);

/** The shares of each client, not yet given to the server. The `gone` shared and never uploaded. */
async function released(n: number, seed: number, gone: readonly number[] = [], numbers = {}) {
  const scene = await new Scene(crypto_, n, seed, numbers).until('inbox');
  for (const seat of gone) {
    scene.waiting.delete(seat);
    await scene.event({ kind: 'dropped', seat });
  }
  await scene.until('confirmations');
  const indexOf = new Map(
    all(n).flatMap((seat) => (gone.includes(seat) ? [] : [[seat, scene.indexOf(seat)] as const])),
  );
  const said = new Map<number, Uint8Array>();
  for (const send of [...scene.waiting.values()]) {
    const [answer] = await scene.deliver(send);
    if (answer?.kind === 'unmask') said.set(send.seat, answer.bytes);
  }
  return { scene, said, indexOf };
}

const tellAll = async (scene: Scene, said: ReadonlyMap<number, Uint8Array>) => {
  for (const [seat, bytes] of said) await scene.event({ kind: 'unmask', seat, bytes });
};

/** Flips a bit of a share in someone's message. */
function spoiled(bytes: Uint8Array, owner: number): Uint8Array {
  const shares = parseUnmask(bytes, all(64));
  const share = shares.get(owner)!;
  share[5]! ^= 1;
  return encodeUnmask(shares);
}

test('[M11] all survive: the sum of all', async () => {
  const { scene, said } = await released(5, 1);
  await tellAll(scene, said);
  expect(scene.server).toMatchObject({ kind: 'done', cohort: 5, dropouts: 0 });
  expect(scene.server.kind === 'done' && scene.server.sum).toEqual(expectedSum(scene.values, all(5), 16));
});

test('[M11] dropouts: the sum of the survivors, and their seats', async () => {
  const { scene, said } = await released(7, 2, [1, 4]);
  await tellAll(scene, said);
  const state = scene.server;
  if (state.kind !== 'done') throw new RangeError(`expected done, got ${state.kind}`);
  expect(state).toMatchObject({ cohort: 5, dropouts: 2 });
  expect([...state.seats].sort()).toEqual([0, 2, 3, 5, 6]);
  expect(state.sum).toEqual(expectedSum(scene.values, state.seats, 16));
});

describe('[M11] wrong shares', () => {
  test('of a survivor and of a dropout are corrected while enough right ones are there', async () => {
    // Eleven of twelve, t = 6: floor((11 - 6) / 2) = 2 wrong shares of each secret.
    const { scene, said, indexOf } = await released(12, 3, [9], { thresholdPermille: 500 });
    const owner = indexOf.get(0)!;
    const dropout = all(12).find((index) => ![...indexOf.values()].includes(index))!;
    for (const seat of [0, 3]) said.set(seat, spoiled(spoiled(said.get(seat)!, owner), dropout));
    await tellAll(scene, said);
    const state = scene.server;
    if (state.kind !== 'done') throw new RangeError(`expected done, got ${JSON.stringify(state)}`);
    expect(state.sum).toEqual(expectedSum(scene.values, state.seats, 16));
  });

  test.each(['survivor', 'dropout'])('more of a %s: bad-shares, and no sum', async (whose) => {
    const { scene, said, indexOf } = await released(7, 4, [5], { thresholdPermille: 650 });
    // t = 4 of 6 responders: one wrong share can be corrected, two cannot.
    const dropout = all(7).find((index) => ![...indexOf.values()].includes(index))!;
    const owner = whose === 'survivor' ? indexOf.get(0)! : dropout;
    for (const seat of [0, 1]) said.set(seat, spoiled(said.get(seat)!, owner));
    await tellAll(scene, said);
    expect(scene.server).toEqual({ kind: 'aborted', code: 'bad-shares', stage: 'unmask', message: expect.any(String) });
  });

  test('a dealer whose shares do not fit its commitment: bad-shares', async () => {
    const scene = await new Scene(crypto_, 5, 5).until('roster');
    for (const send of [...scene.waiting.values()]) {
      for (const answer of await scene.deliver(send)) {
        const lying: ClientSend =
          send.seat === 2 && answer.kind === 'shares'
            ? { ...answer, bytes: answer.bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) }
            : answer;
        await scene.tell(send.seat, lying);
      }
    }
    await scene.until('confirmations');
    await scene.exchange();
    expect(scene.server).toMatchObject({ kind: 'aborted', code: 'bad-shares' });
  });
});

test('[M13] fewer than t answers: too-few-shares, and whose', async () => {
  const { scene, said } = await released(5, 6);
  for (const seat of [0, 1]) await scene.event({ kind: 'unmask', seat, bytes: said.get(seat)! });
  const step = await scene.event({ kind: 'deadline', stage: 'unmask' });
  expect(step.state).toMatchObject({ kind: 'aborted', code: 'too-few-shares', message: 'too few shares for 0' });
});

test('[M13] t answers are enough', async () => {
  const { scene, said } = await released(5, 7);
  for (const seat of [0, 1, 3]) await scene.event({ kind: 'unmask', seat, bytes: said.get(seat)! });
  await scene.event({ kind: 'dropped', seat: 2 });
  await scene.event({ kind: 'dropped', seat: 4 });
  expect(scene.server.kind === 'done' && scene.server.sum).toEqual(expectedSum(scene.values, all(5), 16));
});

test('[M10] malformed shares: refused; resumed: the confirmations again', async () => {
  const { scene, said } = await released(5, 8);
  const [again] = (await scene.event({ kind: 'resumed', seat: 1 })).send;
  expect(again).toMatchObject({ seat: 1, kind: 'confirmations' });
  const step = await scene.event({ kind: 'unmask', seat: 0, bytes: said.get(0)!.subarray(1) });
  expect(step.refused).toMatchObject([{ code: 'bad-message' }]);
  for (const seat of [1, 2, 3, 4]) await scene.event({ kind: 'unmask', seat, bytes: said.get(seat)! });
  expect(scene.server.kind).toBe('done');
});

test('after the end nothing changes: done stays done, stopped stays stopped', async () => {
  const { scene, said } = await released(5, 9);
  await tellAll(scene, said);
  const done = scene.server;
  expect((await scene.event({ kind: 'unmask', seat: 0, bytes: said.get(0)! })).refused).toMatchObject([
    { code: 'late' },
  ]);
  await scene.event({ kind: 'stop' });
  await scene.event({ kind: 'deadline', stage: 'unmask' });
  expect(scene.server).toBe(done);
  const other = await released(5, 9);
  await other.scene.event({ kind: 'stop' });
  expect(other.scene.server).toMatchObject({ kind: 'aborted', code: 'stopped', stage: 'unmask' });
  await tellAll(other.scene, other.said);
  expect(other.scene.server).toMatchObject({ code: 'stopped' });
});

test('a primitive that fails is our own error: server-error, no sum', async () => {
  const { scene, said } = await released(5, 10);
  const failing = { ...crypto_, keystream: () => Promise.reject(new Error('no memory')) };
  Object.defineProperty(scene, 'crypto', { value: failing });
  await tellAll(scene, said);
  expect(scene.server).toEqual({ kind: 'aborted', code: 'server-error', stage: 'unmask', message: 'no memory' });
});
