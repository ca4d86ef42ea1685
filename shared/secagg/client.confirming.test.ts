// State confirming: shares are released only to a server that showed at least t of the neighbourhood the same U2 and U3.
import { describe, expect, test } from 'vitest';
import { platformCrypto } from './crypto.ts';
import { Scene } from './testing/scene.ts';
import { areWiped, secretsOf } from './testing/secrets.ts';
import { encodeConfirmations, parseConfirmations, parseUnmask } from './wire.ts';

const crypto_ = platformCrypto(crypto.subtle);

/** Six clients (k = 5, t = 4, nMin = 4): three others have to confirm. */
const atConfirmations = (seed: number) => new Scene(crypto_, 6, seed).until('confirmations');

function confirming(scene: Scene, seat = 0) {
  const state = scene.clients[seat]!;
  if (state.kind !== 'confirming') throw new RangeError(`expected confirming, got ${state.kind}`);
  return state;
}

const macsFor = (scene: Scene, seat = 0) =>
  parseConfirmations(scene.waiting.get(seat)!.bytes, confirming(scene, seat).place.neighbours);
const some = (macs: Map<number, Uint8Array>, count: number) => new Map([...macs].slice(0, count));
const broken = (macs: Map<number, Uint8Array>, count: number) =>
  new Map([...macs].map(([v, mac], i) => [v, i < count ? mac.map((byte) => byte ^ 1) : mac] as const));

test('[M9] t of the neighbourhood with oneself are enough, and wrong ones do not count', async () => {
  for (const choose of [
    (macs: Map<number, Uint8Array>) => macs,
    (macs: Map<number, Uint8Array>) => some(macs, 3),
    (macs: Map<number, Uint8Array>) => broken(macs, 2),
  ]) {
    const scene = await atConfirmations(1);
    const { shares, place } = confirming(scene);
    const expected = new Map([...shares].map(([v, share]) => [v, Uint8Array.from(share)]));
    const step = await scene.client(0, { kind: 'confirmations', bytes: encodeConfirmations(choose(macsFor(scene))) });
    expect(step.state.kind).toBe('unmasking');
    const [send] = step.send;
    if (send?.kind !== 'unmask') throw new RangeError('expected unmask');
    const everyone = [...place.neighbours, place.index];
    expect([...parseUnmask(send.bytes, everyone)].sort(([a], [b]) => a - b)).toEqual(
      [...expected].sort(([a], [b]) => a - b),
    );
    expect(areWiped([...shares.values()])).toBe(true);
  }
});

describe('[M9] too little: the round ends and no share is released', () => {
  test.each<[string, string, (scene: Scene) => Uint8Array]>([
    ['nobody confirms', 'unconfirmed', () => new Uint8Array(0)],
    ['t - 2 others', 'unconfirmed', (scene) => encodeConfirmations(some(macsFor(scene), 2))],
    ['t - 2 of them right', 'unconfirmed', (scene) => encodeConfirmations(broken(macsFor(scene), 3))],
    [
      'the confirmations for another client',
      'unconfirmed',
      (scene) => {
        const own = [...macsFor(scene).keys()];
        const foreign = [...macsFor(scene, 1).values()];
        return encodeConfirmations(new Map(own.map((v, i) => [v, foreign[i]!])));
      },
    ],
    [
      'one client said three times',
      'bad-message',
      (scene) => {
        const bytes = encodeConfirmations(some(macsFor(scene), 1));
        return Uint8Array.from([...bytes, ...bytes, ...bytes]);
      },
    ],
    ['no list', 'bad-message', () => new Uint8Array(33)],
  ])('%s: %s', async (_, code, bytes) => {
    const scene = await atConfirmations(2);
    const secrets = secretsOf(confirming(scene));
    expect(await scene.client(0, { kind: 'confirmations', bytes: bytes(scene) })).toMatchObject({
      send: [],
      abort: { code },
    });
    expect(areWiped(secrets)).toBe(true);
  });

  test('everyone confirmed another U3', async () => {
    const scene = await new Scene(crypto_, 6, 3).until('unmask_req');
    const full = scene.waiting.get(0)!.bytes;
    const absent = scene.indexOf(5);
    const views = new Map<number, Uint8Array>();
    const fewer = Uint8Array.of(full[0]! & ~(1 << absent));
    for (const [seat, send] of scene.waiting) {
      const bytes = seat === 0 ? full : fewer;
      if (seat === 5) continue;
      for (const answer of await scene.deliver({ ...send, bytes })) {
        if (answer.kind === 'confirm' && seat !== 0) {
          // The server knows the place of seat 0 in the confirmation of each other client.
          const peers = confirming(scene, seat).place.neighbours.filter((v) => v !== absent);
          views.set(scene.indexOf(seat), parseConfirmations(answer.bytes, peers).get(scene.indexOf(0))!);
        }
      }
    }
    const step = await scene.client(0, { kind: 'confirmations', bytes: encodeConfirmations(views) });
    expect(step).toMatchObject({ send: [], abort: { code: 'unconfirmed' } });
  });
});

test('[M8] [M10] one unmask_req, ever: a second one with one survivor fewer asks for both shares of it, and gets none', async () => {
  const scene = await atConfirmations(4);
  const { place } = confirming(scene);
  const secrets = secretsOf(confirming(scene));
  const victim = place.neighbours[0]!;
  const all = Uint8Array.of(0b111111);
  expect((await scene.client(0, { kind: 'unmask_req', bytes: all })).abort).toBeNull();
  const step = await scene.client(0, { kind: 'unmask_req', bytes: Uint8Array.of(0b111111 & ~(1 << victim)) });
  expect(step).toMatchObject({ send: [], abort: { code: 'changed-message' } });
  expect(areWiped(secrets)).toBe(true);
  expect((await scene.client(0, { kind: 'confirmations', bytes: scene.waiting.get(0)!.bytes })).send).toEqual([]);
});

test('[M12] resumed, the same confirmations; other earlier messages end the round', async () => {
  const scene = await atConfirmations(5);
  const [first] = (await scene.client(0, { kind: 'resumed' })).send;
  expect(first?.kind).toBe('confirm');
  expect((await scene.client(0, { kind: 'resumed' })).send).toEqual([first]);
  for (const kind of ['config', 'roster', 'inbox'] as const) {
    const fresh = await atConfirmations(5);
    expect((await fresh.client(0, { kind, bytes: new Uint8Array(4) })).abort?.code).toBe('changed-message');
  }
});
