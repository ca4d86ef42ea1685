// State masked: the upload is out, U3 is awaited. One unmask_req, ever.
import { expand } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, test } from 'vitest';
import { ascii, joined, u16 } from './bytes.ts';
import { platformCrypto } from './crypto.ts';
import { IndexSet } from './index-set.ts';
import { payloadOf, Scene } from './testing/scene.ts';
import { areWiped, secretsOf } from './testing/secrets.ts';
import { parseConfirm } from './wire.ts';

const crypto_ = platformCrypto(crypto.subtle);

/** Five clients (k = 4, t = 3, nMin = 3) whose unmask requests wait. */
const atRequest = (seed: number) => new Scene(crypto_, 5, seed).until('unmask_req');

function masked(scene: Scene, seat = 0) {
  const state = scene.clients[seat]!;
  if (state.kind !== 'masked') throw new RangeError(`expected masked, got ${state.kind}`);
  return state;
}

test('[M7] the upload hides the values, is said again as the same bytes, and not because of a second charge', async () => {
  const scene = await atRequest(1);
  const [send] = (await scene.client(0, { kind: 'resumed' })).send;
  const [again] = (await scene.client(0, { kind: 'resumed' })).send;
  expect(send).toEqual(again);
  const payload = payloadOf(send!, scene.parameters);
  expect(payload.length).toBe(12);
  expect(payload).not.toEqual(new Uint8Array(Uint16Array.from(scene.values[0]!).buffer));
  expect((await scene.client(0, { kind: 'charged' })).send).toEqual([]);
});

test('[M9] answers the request with a confirmation for each neighbour in U3, and with nothing else', async () => {
  const scene = await atRequest(2);
  const { place } = masked(scene);
  const channels = new Map([...masked(scene).channels].map(([v, secret]) => [v, Uint8Array.from(secret)]));
  const step = await scene.client(0, { kind: 'unmask_req', bytes: scene.waiting.get(0)!.bytes });
  expect(step.state.kind).toBe('confirming');
  expect(step.send.map(({ kind }) => kind)).toEqual(['confirm']);
  const [send] = step.send;
  const macs = parseConfirm(send!.kind === 'confirm' ? send!.bytes : new Uint8Array(0), place.neighbours);
  expect(new Set([...macs.values()].map(String)).size).toBe(4);
  // As PROTOCOL.md spells it: HMAC of label, roster, U2, U3 under HKDF with the sender's index first.
  for (const [v, mac] of macs) {
    const key = expand(
      sha256,
      channels.get(v)!,
      joined(ascii('tacit/secagg/1 confirm-key'), u16(place.index), u16(v)),
      32,
    );
    const seen = joined(ascii('tacit/secagg/1 confirm'), place.rosterHash, Uint8Array.of(31), Uint8Array.of(31));
    expect(mac).toEqual(hmac(sha256, key, seen));
  }
});

test('the frames of the upload are overwritten when the server has them, and on every way out', async () => {
  const ends = [
    { kind: 'unmask_req' },
    { kind: 'cancel', reason: 'left' },
    { kind: 'abort', code: 'too-few' },
    { kind: 'result' },
    { kind: 'roster', bytes: Uint8Array.of(1) },
  ] as const;
  for (const end of ends) {
    const scene = await atRequest(7);
    const { last } = masked(scene);
    const frames = last.kind === 'masked' ? last.frames : [];
    expect(frames.some((frame) => frame.some((byte) => byte !== 0))).toBe(true);
    await scene.client(0, end.kind === 'unmask_req' ? { ...end, bytes: scene.waiting.get(0)!.bytes } : end);
    expect(frames.every((frame) => frame.every((byte) => byte === 0))).toBe(true);
  }
});

test('[M10] from then on one kind of share exists for each owner: b of survivors, r of dropouts', async () => {
  const scene = await new Scene(crypto_, 5, 3).until('inbox');
  // Seat 4 shared and never uploads.
  scene.waiting.delete(4);
  const gone = scene.indexOf(4);
  await scene.exchange();
  await scene.event({ kind: 'dropped', seat: 4 });
  const before = masked(scene);
  const pairs = new Map([...before.pairs].map(([v, pair]) => [v, Uint8Array.from(pair)]));
  await scene.client(0, { kind: 'unmask_req', bytes: scene.waiting.get(0)!.bytes });
  const state = scene.clients[0]!;
  if (state.kind !== 'confirming') throw new RangeError('expected confirming');
  expect(state.shares.size).toBe(5);
  for (const [v, share] of state.shares) {
    expect(share).toEqual(v === gone ? pairs.get(v)!.slice(32) : pairs.get(v)!.slice(0, 32));
  }
  expect(areWiped([...before.pairs.values(), ...before.channels.values()])).toBe(true);
});

describe('[M8] a request that ends the round: no confirmation, no share', () => {
  test.each<[string, string, (scene: Scene) => Uint8Array]>([
    [
      'U3 without oneself',
      'bad-request',
      (scene) => {
        const { place, u2 } = masked(scene);
        return IndexSet.of(
          5,
          u2.members.filter((v) => v !== place.index),
        ).bytes;
      },
    ],
    ['oneself alone', 'too-few', (scene) => IndexSet.of(5, [masked(scene).place.index]).bytes],
    ['nobody', 'bad-request', () => new Uint8Array(1)],
    ['a bit that is no client', 'bad-message', () => Uint8Array.of(0xff)],
    ['another length', 'bad-message', () => new Uint8Array(2).fill(15)],
  ])('%s: %s', async (_, code, request) => {
    const scene = await atRequest(4);
    const secrets = secretsOf(masked(scene));
    expect(await scene.client(0, { kind: 'unmask_req', bytes: request(scene) })).toMatchObject({
      send: [],
      abort: { code },
    });
    expect(areWiped(secrets)).toBe(true);
  });

  test('U3 that is not part of U2', async () => {
    const scene = await new Scene(crypto_, 5, 5).until('roster');
    scene.waiting.delete(4);
    await scene.exchange();
    await scene.event({ kind: 'dropped', seat: 4 });
    await scene.until('unmask_req');
    expect(masked(scene).u2.size).toBe(4);
    const step = await scene.client(0, { kind: 'unmask_req', bytes: Uint8Array.of(31) });
    expect(step.abort).toMatchObject({ code: 'bad-request', message: expect.stringContaining('part of U2') });
  });

  test('nMin - 1 survivors, although t of the neighbourhood', async () => {
    // nMin = 4, t = 3.
    const scene = await new Scene(crypto_, 5, 6, { minCohort: 4 }).until('unmask_req');
    const { place } = masked(scene);
    const three = IndexSet.of(5, [place.index, place.neighbours[0]!, place.neighbours[1]!]);
    const step = await scene.client(0, { kind: 'unmask_req', bytes: three.bytes });
    expect(step.send).toEqual([]);
    expect(step.abort).toMatchObject({ code: 'too-few', message: expect.stringContaining('at least 4 clients') });
  });

  test('too few of the neighbourhood, although enough in all', async () => {
    const scene = await new Scene(crypto_, 9, 6, { neighbours: 4, minCohort: 4 }).until('unmask_req');
    const { place, u2 } = masked(scene);
    const far = u2.members.filter((v) => !place.neighbours.includes(v));
    const step = await scene.client(0, {
      kind: 'unmask_req',
      bytes: IndexSet.of(9, [...far, place.neighbours[0]!]).bytes,
    });
    expect(step.abort).toMatchObject({ code: 'too-few', message: expect.stringContaining('neighbourhood') });
  });
});

test('[M12] earlier messages again: the same bytes change nothing, others end the round', async () => {
  for (const kind of ['config', 'roster', 'inbox'] as const) {
    const scene = await atRequest(7);
    expect((await scene.client(0, { kind, bytes: Uint8Array.of(1) })).abort?.code).toBe('changed-message');
  }
  const scene = await atRequest(7);
  expect((await scene.client(0, { kind: 'config', bytes: scene.config })).abort).toBeNull();
  expect((await scene.client(0, { kind: 'confirmations', bytes: new Uint8Array(0) })).abort?.code).toBe('out-of-order');
});

test('a result ends it without a share', async () => {
  const scene = await atRequest(8);
  const secrets = secretsOf(masked(scene));
  expect(await scene.client(0, { kind: 'result' })).toMatchObject({ state: { kind: 'done' }, send: [], abort: null });
  expect(areWiped(secrets)).toBe(true);
});
