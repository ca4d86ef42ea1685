// State charging: the upload is ready; nothing of it leaves before the ledger holds the charge.
import { expect, test } from 'vitest';
import { platformCrypto } from './crypto.ts';
import { Scene } from './testing/scene.ts';
import { areWiped, secretsOf } from './testing/secrets.ts';

const crypto_ = platformCrypto(crypto.subtle);

async function atCharge(seed: number): Promise<Scene> {
  const scene = await new Scene(crypto_, 4, seed).until('inbox');
  const step = await scene.client(0, { kind: 'inbox', bytes: scene.waiting.get(0)!.bytes });
  expect(step).toMatchObject({ state: { kind: 'charging' }, send: [], charge: true, abort: null });
  return scene;
}

test('[M7] asks for the charge once, and sends the frames only after it', async () => {
  const scene = await atCharge(1);
  const again = await scene.client(0, { kind: 'inbox', bytes: Uint8Array.from(scene.waiting.get(0)!.bytes) });
  expect(again).toMatchObject({ send: [], charge: false });
  // A lost connection meanwhile repeats the shares, not the upload.
  expect((await scene.client(0, { kind: 'resumed' })).send.map(({ kind }) => kind)).toEqual(['shares']);
  const charged = await scene.client(0, { kind: 'charged' });
  expect(charged.state.kind).toBe('masked');
  expect(charged.send.map(({ kind }) => kind)).toEqual(['masked']);
});

test('[M7] what made the upload is gone: values, b and the keys of the masks', async () => {
  const scene = await new Scene(crypto_, 4, 2).until('inbox');
  const before = scene.clients[0]!;
  if (before.kind !== 'shared') throw new RangeError('expected shared');
  await scene.client(0, { kind: 'inbox', bytes: scene.waiting.get(0)!.bytes });
  expect(areWiped([before.values, before.b, ...before.agreements.pairMasks.values()])).toBe(true);
});

test.each([
  [{ kind: 'cancel', reason: 'the ledger is full' }, 'cancelled'],
  [{ kind: 'abort', code: 'too-few' }, 'server-abort'],
  [{ kind: 'unmask_req', bytes: Uint8Array.of(15) }, 'out-of-order'],
  [{ kind: 'inbox', bytes: Uint8Array.of(15) }, 'changed-message'],
  [{ kind: 'roster', bytes: Uint8Array.of(15) }, 'changed-message'],
  [{ kind: 'result' }, 'out-of-order'],
] as const)('[M12] %o: the upload is destroyed, and a late charge does not bring it back', async (event, code) => {
  const scene = await atCharge(3);
  const secrets = secretsOf(scene.clients[0]!);
  expect(areWiped(secrets)).toBe(false);
  expect(await scene.client(0, event)).toMatchObject({ send: [], abort: { code } });
  expect(areWiped(secrets)).toBe(true);
  expect((await scene.client(0, { kind: 'charged' })).send).toEqual([]);
});
