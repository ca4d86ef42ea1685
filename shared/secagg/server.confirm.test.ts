// Stage confirm: the confirmations of U3 are relayed, once, together.
import { expect, test } from 'vitest';
import { platformCrypto } from './crypto.ts';
import { Scene } from './testing/scene.ts';
import { parseConfirm, parseConfirmations } from './wire.ts';

const crypto_ = platformCrypto(crypto.subtle);

/** Five clients (nMin = 3, t = 3); the confirmations of each, not yet given to the server. */
async function asked(seed: number): Promise<{ scene: Scene; said: Uint8Array[] }> {
  const scene = await new Scene(crypto_, 5, seed).until('unmask_req');
  const said: Uint8Array[] = [];
  for (const send of [...scene.waiting.values()]) {
    const [answer] = await scene.deliver(send);
    said[send.seat] = answer?.kind === 'confirm' ? answer.bytes : new Uint8Array(0);
  }
  return { scene, said };
}

const others = (index: number) => [0, 1, 2, 3, 4].filter((v) => v !== index);

test('[M9] each confirmation reaches the client that it is for', async () => {
  const { scene, said } = await asked(1);
  for (const seat of [0, 1, 2, 3])
    expect((await scene.event({ kind: 'confirm', seat, bytes: said[seat]! })).send).toEqual([]);
  const step = await scene.event({ kind: 'confirm', seat: 4, bytes: said[4]! });
  expect(step.state.kind).toBe('unmask');
  for (const { seat, kind, bytes } of step.send) {
    expect(kind).toBe('confirmations');
    const index = scene.indexOf(seat);
    for (const [v, mac] of parseConfirmations(bytes, others(index))) {
      expect(mac).toEqual(parseConfirm(said[scene.seatOf(v)]!, others(v)).get(index));
    }
  }
});

test('[M13] who is silent is not asked for shares; with t left in each neighbourhood it goes on', async () => {
  const { scene, said } = await asked(2);
  for (const seat of [0, 1, 2]) await scene.event({ kind: 'confirm', seat, bytes: said[seat]! });
  await scene.event({ kind: 'dropped', seat: 3 });
  const step = await scene.event({ kind: 'deadline', stage: 'confirm' });
  expect(step.send.map(({ seat }) => seat).sort()).toEqual([0, 1, 2]);
  expect(parseConfirmations(step.send[0]!.bytes, [0, 1, 2, 3, 4]).size).toBe(2);
  expect((await scene.event({ kind: 'confirm', seat: 4, bytes: said[4]! })).refused).toMatchObject([{ code: 'late' }]);
});

test('[M13] fewer than t left: too-few', async () => {
  const { scene, said } = await asked(3);
  for (const seat of [0, 1]) await scene.event({ kind: 'confirm', seat, bytes: said[seat]! });
  const step = await scene.event({ kind: 'deadline', stage: 'confirm' });
  expect(step).toMatchObject({ state: { kind: 'aborted', code: 'too-few', stage: 'confirm' }, send: [] });
});

test('[M9] malformed confirmations: refused, and their sender is out', async () => {
  const { scene, said } = await asked(4);
  const step = await scene.event({ kind: 'confirm', seat: 0, bytes: said[0]!.subarray(34) });
  expect(step.refused).toMatchObject([{ code: 'bad-message' }]);
  for (const seat of [1, 2, 3, 4]) await scene.event({ kind: 'confirm', seat, bytes: said[seat]! });
  expect(scene.server).toMatchObject({ kind: 'unmask', asked: { size: 4 } });
});

test('[R5] resumed: the request again; an upload again is a duplicate', async () => {
  const { scene } = await asked(5);
  const step = await scene.event({ kind: 'resumed', seat: 2 });
  expect(step.send).toEqual([{ seat: 2, kind: 'unmask_req', bytes: Uint8Array.of(31) }]);
  expect((await scene.event({ kind: 'masked', seat: 2, payload: new Uint8Array(12) })).refused).toMatchObject([
    { code: 'duplicate' },
  ]);
});
