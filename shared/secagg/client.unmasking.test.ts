// States unmasking, done and aborted: what was said can be said again, nothing else.
import { expect, test } from 'vitest';
import type { ClientEvent } from './client.ts';
import { platformCrypto } from './crypto.ts';
import { Scene } from './testing/scene.ts';

const crypto_ = platformCrypto(crypto.subtle);

async function atUnmasking(seed: number): Promise<Scene> {
  const scene = await new Scene(crypto_, 4, seed).until('confirmations');
  await scene.deliver(scene.waiting.get(0)!);
  expect(scene.clients[0]!.kind).toBe('unmasking');
  return scene;
}

const everything: ClientEvent[] = [
  ...(['config', 'roster', 'inbox', 'unmask_req', 'confirmations'] as const).map((kind) => ({
    kind,
    bytes: new Uint8Array(3),
  })),
  { kind: 'charged' },
  { kind: 'resumed' },
  { kind: 'result' },
  { kind: 'abort', code: 'too-few' },
  { kind: 'cancel', reason: 'closed' },
];

test('[M10] the shares are kept as bytes and said again as they were', async () => {
  const scene = await atUnmasking(1);
  const [send] = (await scene.client(0, { kind: 'resumed' })).send;
  expect(send?.kind).toBe('unmask');
  expect(send?.kind === 'unmask' && send.bytes.length).toBe(34 * 4);
  expect((await scene.client(0, { kind: 'resumed' })).send).toEqual([send]);
  expect((await scene.client(0, { kind: 'confirmations', bytes: scene.waiting.get(0)!.bytes })).send).toEqual([]);
  expect(Object.keys(scene.clients[0]!).sort()).toEqual(['kind', 'last', 'received']);
});

test.each(['config', 'roster', 'inbox', 'unmask_req', 'confirmations'] as const)(
  '[M12] another %s ends it',
  async (kind) => {
    const scene = await atUnmasking(2);
    expect(await scene.client(0, { kind, bytes: new Uint8Array(3) })).toMatchObject({
      send: [],
      abort: { code: 'changed-message' },
    });
    expect((await scene.client(0, { kind: 'resumed' })).send).toEqual([]);
  },
);

test('a result: done, and nothing more is said, whatever comes', async () => {
  const scene = await atUnmasking(3);
  expect((await scene.client(0, { kind: 'result' })).state).toEqual({ kind: 'done' });
  for (const event of everything) {
    expect(await scene.client(0, event)).toMatchObject({
      state: { kind: 'done' },
      send: [],
      charge: false,
      abort: null,
    });
  }
});

test('aborted: nothing more is said, whatever comes, and the first reason stays', async () => {
  const scene = await atUnmasking(4);
  expect((await scene.client(0, { kind: 'cancel', reason: 'closed' })).abort?.code).toBe('cancelled');
  for (const event of everything) {
    expect(await scene.client(0, event)).toMatchObject({
      state: { kind: 'aborted', code: 'cancelled' },
      send: [],
      charge: false,
      abort: null,
    });
  }
});

test('a primitive that fails ends the round like a fault of a peer: wiped, nothing sent', async () => {
  const scene = await new Scene(crypto_, 4, 5).until('inbox');
  const failing = { ...crypto_, keystream: () => Promise.reject(new Error('no memory')) };
  Object.assign(scene.tools[0]!, { crypto: failing });
  const step = await scene.client(0, { kind: 'inbox', bytes: scene.waiting.get(0)!.bytes });
  expect(step).toMatchObject({ send: [], charge: false, abort: { code: 'internal-error', message: 'no memory' } });
});
