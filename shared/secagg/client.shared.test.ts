// State shared: the shares are out, U2 and the others' shares are awaited.
import { describe, expect, test } from 'vitest';
import { sha256 } from '../protocol/canonical.ts';
import { ascii, joined, u16 } from './bytes.ts';
import type { ClientStep } from './client.ts';
import { platformCrypto } from './crypto.ts';
import { IndexSet } from './index-set.ts';
import { Scene } from './testing/scene.ts';
import { areWiped, secretsOf } from './testing/secrets.ts';
import { encodeInbox, type Inbox, parseInbox, parseShares } from './wire.ts';

const crypto_ = platformCrypto(crypto.subtle);

/** Five clients (k = 4, t = 3, nMin = 3) whose inboxes wait. */
const atInbox = (seed: number) => new Scene(crypto_, 5, seed).until('inbox');

function placeOf(scene: Scene, seat = 0) {
  const state = scene.clients[seat]!;
  if (state.kind !== 'shared') throw new RangeError(`expected shared, got ${state.kind}`);
  return state.place;
}

/** Delivers a changed inbox to seat 0. */
async function afterInbox(
  scene: Scene,
  change: (inbox: Inbox, neighbours: readonly number[]) => Inbox,
): Promise<ClientStep> {
  const { size, neighbours } = placeOf(scene);
  const inbox = parseInbox(scene.waiting.get(0)!.bytes, size, neighbours);
  return scene.client(0, { kind: 'inbox', bytes: encodeInbox(change(inbox, neighbours), neighbours) });
}

const broken = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 4 : byte));

test('[M5] sends a commitment to b and a pair of shares for each neighbour; resumed, the same bytes', async () => {
  const scene = await new Scene(crypto_, 5, 1).until('roster');
  const roster = scene.waiting.get(0)!;
  const { send } = await scene.client(0, { kind: 'roster', bytes: roster.bytes });
  const state = scene.clients[0]!;
  if (state.kind !== 'shared' || send[0]!.kind !== 'shares') throw new RangeError('expected shares');
  expect(send[0]!.bytes.length).toBe(32 + 82 * 4);
  const { commitment } = parseShares(send[0]!.bytes, state.place.neighbours);
  const { rosterHash, index } = state.place;
  expect(commitment).toEqual(sha256(joined(ascii('tacit/secagg/1 commit'), rosterHash, u16(index), state.b)));
  expect((await scene.client(0, { kind: 'resumed' })).send).toEqual(send);
  // The same roster again draws nothing anew: a second sealing under one key would reuse its IV.
  expect((await scene.client(0, { kind: 'roster', bytes: Uint8Array.from(roster.bytes) })).send).toEqual([]);
  expect((await scene.client(0, { kind: 'resumed' })).send).toEqual(send);
});

test('[M5] secret keys that are no longer needed are gone', async () => {
  const scene = await new Scene(crypto_, 5, 1).until('roster');
  const before = scene.clients[0]!;
  await scene.client(0, { kind: 'roster', bytes: scene.waiting.get(0)!.bytes });
  expect(before.kind === 'advertised' && areWiped([before.secrets.channel, before.secrets.r])).toBe(true);
});

describe('[M6] an inbox that ends the round before anything is charged', () => {
  test.each<[string, string, (scene: Scene) => Parameters<typeof afterInbox>[1]]>([
    [
      'without oneself',
      'bad-request',
      (scene) => (inbox) => {
        const { size, index } = placeOf(scene);
        return {
          ...inbox,
          u2: IndexSet.of(
            size,
            inbox.u2.members.filter((v) => v !== index),
          ),
        };
      },
    ],
    [
      'with two shares that cannot be opened (k - t = 1)',
      'bad-share',
      () => (inbox) => ({
        ...inbox,
        sealed: inbox.sealed.map((sealed, i) => (i < 2 ? broken(sealed, 9 * i) : sealed)),
      }),
    ],
    [
      'with the shares of two senders exchanged',
      'bad-share',
      () => (inbox) => ({
        ...inbox,
        sealed: [inbox.sealed[1]!, inbox.sealed[0]!, ...inbox.sealed.slice(2)],
      }),
    ],
  ])('%s: %s', async (_, code, change) => {
    const scene = await atInbox(2);
    const secrets = secretsOf(scene.clients[0]!);
    const step = await afterInbox(scene, change(scene));
    expect(step).toMatchObject({ send: [], charge: false, abort: { code } });
    expect(areWiped(secrets)).toBe(true);
  });

  test('with nMin - 1 clients, although t of the neighbourhood', async () => {
    // nMin = 4, t = 3.
    const scene = await new Scene(crypto_, 5, 3, { minCohort: 4 }).until('inbox');
    const step = await afterInbox(scene, (inbox, neighbours) => ({
      u2: IndexSet.of(5, [placeOf(scene).index, neighbours[1]!, neighbours[2]!]),
      sealed: [inbox.sealed[1]!, inbox.sealed[2]!],
    }));
    expect(step).toMatchObject({ send: [], charge: false });
    expect(step.abort).toMatchObject({ code: 'too-few', message: expect.stringContaining('at least 4 clients') });
  });

  test('too few of the neighbourhood, although enough in all', async () => {
    // A ring: k = 4 of 9, t = 3.
    const scene = await new Scene(crypto_, 9, 3, { neighbours: 4, minCohort: 4 }).until('inbox');
    const { size, index, neighbours } = placeOf(scene);
    const strangers = Array.from({ length: size }, (_, v) => v).filter((v) => v !== index && !neighbours.includes(v));
    const step = await afterInbox(scene, (inbox) => ({
      u2: IndexSet.of(size, [index, neighbours[0]!, ...strangers]),
      sealed: [inbox.sealed[0]!],
    }));
    expect(step.abort).toMatchObject({ code: 'too-few', message: expect.stringContaining('neighbourhood') });
  });

  test('of another round, or for another client', async () => {
    const [scene, other] = [await atInbox(4), await atInbox(5)];
    const foreign = await scene.client(0, { kind: 'inbox', bytes: other.waiting.get(0)!.bytes });
    expect(foreign.abort?.code).toMatch(/bad-share|bad-message/);
    const misled = await scene.client(1, { kind: 'inbox', bytes: scene.waiting.get(2)!.bytes });
    expect(misled.abort?.code).toMatch(/bad-share|bad-message/);
  });

  test('that is no inbox', async () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(1), new Uint8Array(1).fill(0xff), new Uint8Array(400)]) {
      const step = await (await atInbox(6)).client(0, { kind: 'inbox', bytes });
      expect(step.abort?.code).toMatch(/bad-message|bad-request/);
    }
  });
});

test('[M6] one share that cannot be opened: its sender stays in U2 and in the masks, no share of it is held', async () => {
  const scene = await atInbox(7);
  const step = await afterInbox(scene, (inbox) => ({
    ...inbox,
    sealed: [broken(inbox.sealed[0]!, 3), ...inbox.sealed.slice(1)],
  }));
  expect(step).toMatchObject({ charge: true, unreadableShares: 1, abort: null });
  const state = step.state;
  if (state.kind !== 'charging') throw new RangeError('expected charging');
  const [lost] = state.place.neighbours;
  expect(state.u2.has(lost!)).toBe(true);
  expect(state.pairs.has(lost!)).toBe(false);
  expect(state.pairs.size).toBe(4);
  // The upload is the same as with all shares: the masks do not depend on it.
  const untouched = await atInbox(7);
  const plain = await afterInbox(untouched, (inbox) => inbox);
  expect(plain.state.kind === 'charging' && plain.state.upload).toEqual(state.upload);
});

test('[M12] another roster, or a message before its time, ends the round', async () => {
  for (const [kind, code] of [
    ['config', 'changed-message'],
    ['roster', 'changed-message'],
    ['unmask_req', 'out-of-order'],
    ['confirmations', 'out-of-order'],
  ] as const) {
    const scene = await atInbox(8);
    const secrets = secretsOf(scene.clients[0]!);
    expect(await scene.client(0, { kind, bytes: Uint8Array.of(31) })).toMatchObject({ send: [], abort: { code } });
    expect(areWiped(secrets)).toBe(true);
  }
});
