// Stage shares: ciphertexts are taken in and sorted into inboxes.
import { expect, test } from 'vitest';
import { platformCrypto } from './crypto.ts';
import { Scene } from './testing/scene.ts';
import { parseInbox, parseShares } from './wire.ts';

const crypto_ = platformCrypto(crypto.subtle);

/** Five clients (nMin = 3, t = 3); the shares of each, not yet given to the server. */
async function dealt(seed: number, n = 5, numbers = {}): Promise<{ scene: Scene; shares: Uint8Array[] }> {
  const scene = await new Scene(crypto_, n, seed, numbers).until('roster');
  const shares: Uint8Array[] = [];
  for (const send of [...scene.waiting.values()]) {
    const [answer] = await scene.deliver(send);
    shares[send.seat] = answer?.kind === 'shares' ? answer.bytes : new Uint8Array(0);
  }
  return { scene, shares };
}

test('[M6] the last shares close the stage: each inbox has the ciphertexts of the neighbours, for it', async () => {
  const { scene, shares } = await dealt(1, 9, { neighbours: 4, minCohort: 4 });
  for (let seat = 0; seat < 8; seat++) await scene.event({ kind: 'shares', seat, bytes: shares[seat]! });
  expect(scene.server.kind).toBe('shares');
  const step = await scene.event({ kind: 'shares', seat: 8, bytes: shares[8]! });
  expect(step.state.kind).toBe('masked');
  const placeOf = (seat: number) => {
    const state = scene.clients[seat]!;
    if (state.kind !== 'shared') throw new RangeError('expected shared');
    return state.place;
  };
  for (const { seat, kind, bytes } of step.send) {
    expect(kind).toBe('inbox');
    const { index, neighbours } = placeOf(seat);
    const { u2, sealed } = parseInbox(bytes, 9, neighbours);
    expect(u2.size).toBe(9);
    neighbours.forEach((v, i) => {
      const theirs = placeOf(scene.seatOf(v)).neighbours;
      const said = parseShares(shares[scene.seatOf(v)]!, theirs);
      expect(sealed[i]).toEqual(said.sealed[theirs.indexOf(index)]);
    });
  }
});

test('[M13] who leaves or is silent is not in U2', async () => {
  const { scene, shares } = await dealt(2);
  for (const seat of [0, 1, 2]) await scene.event({ kind: 'shares', seat, bytes: shares[seat]! });
  // Seat 0 has answered: its shares count although it is gone.
  await scene.event({ kind: 'dropped', seat: 0 });
  await scene.event({ kind: 'dropped', seat: 3 });
  expect(scene.server.kind).toBe('shares');
  const absent = scene.indexOf(4);
  const step = await scene.event({ kind: 'deadline', stage: 'shares' });
  expect(step.send.map(({ seat }) => seat).sort()).toEqual([1, 2]);
  const [send] = step.send;
  expect(send!.bytes[0]! & (1 << absent)).toBe(0);
  expect((await scene.event({ kind: 'shares', seat: 4, bytes: shares[4]! })).refused).toMatchObject([{ code: 'late' }]);
});

test('[M13] below nMin: too-few, nobody was charged', async () => {
  const { scene, shares } = await dealt(3);
  for (const seat of [0, 1]) await scene.event({ kind: 'shares', seat, bytes: shares[seat]! });
  const step = await scene.event({ kind: 'deadline', stage: 'shares' });
  expect(step).toMatchObject({ state: { kind: 'aborted', code: 'too-few', stage: 'shares' }, send: [] });
});

test('[M13] a neighbourhood with fewer than t: too-few, although nMin are there', async () => {
  const { scene, shares } = await dealt(4, 9, { neighbours: 4, minCohort: 2, thresholdPermille: 800 });
  const state = scene.clients[0]!;
  if (state.kind !== 'shared') throw new RangeError('expected shared');
  // t = 4 of 5: two neighbours of seat 0 are missing.
  const missing = state.place.neighbours.slice(0, 2).map((v) => scene.seatOf(v));
  for (let seat = 0; seat < 9; seat++) {
    if (missing.includes(seat)) await scene.event({ kind: 'dropped', seat });
    else await scene.event({ kind: 'shares', seat, bytes: shares[seat]! });
  }
  expect(scene.server).toMatchObject({
    kind: 'aborted',
    code: 'too-few',
    message: expect.stringContaining('neighbourhood'),
  });
});

test('[M5] malformed shares: refused, and their sender is a dropout', async () => {
  const { scene, shares } = await dealt(5);
  const wrongIndex = Uint8Array.from(shares[0]!);
  wrongIndex[32]! ^= 1;
  for (const [seat, bytes] of [
    [0, wrongIndex],
    [1, shares[1]!.subarray(1)],
  ] as const) {
    const step = await scene.event({ kind: 'shares', seat, bytes });
    expect(step.refused).toMatchObject([{ seat, code: 'bad-message' }]);
    expect((await scene.event({ kind: 'shares', seat, bytes: shares[seat]! })).refused).toMatchObject([
      { code: 'late' },
    ]);
  }
});

test('[R5] resumed: the roster again; a second answer changes nothing', async () => {
  const { scene, shares } = await dealt(6);
  await scene.event({ kind: 'shares', seat: 0, bytes: shares[0]! });
  const step = await scene.event({ kind: 'resumed', seat: 3 });
  expect(step.send).toMatchObject([{ seat: 3, kind: 'roster' }]);
  expect((await scene.client(3, { kind: 'roster', bytes: step.send[0]!.bytes })).send).toEqual([]);
  expect((await scene.event({ kind: 'shares', seat: 0, bytes: shares[1]! })).refused).toMatchObject([
    { code: 'duplicate' },
  ]);
  expect((await scene.event({ kind: 'advertise', seat: 0, bytes: shares[1]! })).refused).toMatchObject([
    { code: 'duplicate' },
  ]);
  expect((await scene.event({ kind: 'unmask', seat: 0, bytes: shares[1]! })).refused).toMatchObject([
    { code: 'out-of-order' },
  ]);
  expect((await scene.event({ kind: 'shares', seat: 50, bytes: shares[1]! })).refused).toMatchObject([
    { code: 'not-in-round' },
  ]);
});
