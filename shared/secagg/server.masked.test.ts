// Stage masked: uploads are added as they arrive.
import { expect, test } from 'vitest';
import { platformCrypto } from './crypto.ts';
import { payloadOf, Scene } from './testing/scene.ts';

const crypto_ = platformCrypto(crypto.subtle);

/** Five clients (nMin = 3, t = 3); the upload of each, not yet given to the server. */
async function ready(seed: number): Promise<{ scene: Scene; uploads: Uint8Array[] }> {
  const scene = await new Scene(crypto_, 5, seed).until('inbox');
  const uploads: Uint8Array[] = [];
  for (const send of [...scene.waiting.values()]) {
    const [answer] = await scene.deliver(send);
    uploads[send.seat] = payloadOf(answer!, scene.parameters);
  }
  return { scene, uploads };
}

const sumOf = (scene: Scene) => (scene.server.kind === 'masked' ? scene.server.sum : null);

test('[M7] each upload is added once and not kept; the last one closes the stage', async () => {
  const { scene, uploads } = await ready(1);
  for (const seat of [0, 1, 2, 3]) await scene.event({ kind: 'masked', seat, payload: uploads[seat]! });
  expect(sumOf(scene)?.count).toBe(4);
  const before = sumOf(scene)!.values();
  expect((await scene.event({ kind: 'masked', seat: 0, payload: uploads[4]! })).refused).toMatchObject([
    { code: 'duplicate' },
  ]);
  expect((await scene.event({ kind: 'masked', seat: 9, payload: uploads[4]! })).refused).toMatchObject([
    { code: 'not-in-round' },
  ]);
  expect(sumOf(scene)!.values()).toEqual(before);
  const step = await scene.event({ kind: 'masked', seat: 4, payload: uploads[4]! });
  expect(step.send).toEqual(
    [0, 1, 2, 3, 4].map((index) => ({ seat: scene.seatOf(index), kind: 'unmask_req', bytes: Uint8Array.of(31) })),
  );
});

test('[M13] a late upload is discarded and stays hidden: its sender is not in U3 and never asked', async () => {
  const { scene, uploads } = await ready(2);
  const late = scene.indexOf(4);
  for (const seat of [0, 1, 2, 3]) await scene.event({ kind: 'masked', seat, payload: uploads[seat]! });
  const step = await scene.event({ kind: 'deadline', stage: 'masked' });
  expect(step.send.map(({ seat }) => seat)).not.toContain(4);
  expect(step.send[0]!.bytes[0]! & (1 << late)).toBe(0);
  expect((await scene.event({ kind: 'masked', seat: 4, payload: uploads[4]! })).refused).toMatchObject([
    { code: 'late' },
  ]);
  expect((await scene.event({ kind: 'resumed', seat: 4 })).refused).toMatchObject([{ code: 'late' }]);
});

test('[M13] one that uploaded and left is in U3 and is not waited for', async () => {
  const { scene, uploads } = await ready(3);
  for (const seat of [0, 1, 2, 3]) await scene.event({ kind: 'masked', seat, payload: uploads[seat]! });
  await scene.event({ kind: 'dropped', seat: 0 });
  const step = await scene.event({ kind: 'dropped', seat: 4 });
  expect(step.send.map(({ seat }) => seat).sort()).toEqual([1, 2, 3]);
  expect(step.state).toMatchObject({ kind: 'confirm', asked: { size: 4 }, u2: { size: 5 } });
});

test('[M13] below nMin: too-few, and the sum is not kept', async () => {
  const { scene, uploads } = await ready(4);
  for (const seat of [0, 1]) await scene.event({ kind: 'masked', seat, payload: uploads[seat]! });
  const step = await scene.event({ kind: 'deadline', stage: 'masked' });
  expect(step.state).toEqual({ kind: 'aborted', code: 'too-few', stage: 'masked', message: expect.any(String) });
  expect(step.send).toEqual([]);
});

test('[R7] a malformed upload changes nothing but makes its sender a dropout', async () => {
  const { scene, uploads } = await ready(5);
  await scene.event({ kind: 'masked', seat: 0, payload: uploads[0]! });
  const before = sumOf(scene)!.values();
  const step = await scene.event({ kind: 'masked', seat: 1, payload: uploads[1]!.subarray(1) });
  expect(step.refused).toMatchObject([{ seat: 1, code: 'bad-frame' }]);
  expect([sumOf(scene)!.count, sumOf(scene)!.values()]).toEqual([1, before]);
});

test('[R5] resumed: the inbox again, byte for byte', async () => {
  const scene = await new Scene(crypto_, 5, 6).until('inbox');
  const first = scene.waiting.get(2)!;
  await scene.deliver(first);
  const [again] = (await scene.event({ kind: 'resumed', seat: 2 })).send;
  expect(again).toEqual(first);
  expect((await scene.client(2, { kind: 'inbox', bytes: again!.bytes })).abort).toBeNull();
});
