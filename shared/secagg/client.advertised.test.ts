// State advertised: the keys are out, the roster is awaited.
import { describe, expect, test } from 'vitest';
import { experimentRandom } from '../maths/random.ts';
import { joined, u16 } from './bytes.ts';
import { startClient } from './client.ts';
import { platformCrypto } from './crypto.ts';
import { compareBytes } from './graph.ts';
import type { PublicKeys } from './keys.ts';
import { nobleCrypto } from './noble-crypto.ts';
import { Scene } from './testing/scene.ts';
import { areWiped, secretsOf } from './testing/secrets.ts';
import { encodeRoster, parseAdvertise, parseRoster } from './wire.ts';

const crypto_ = platformCrypto(crypto.subtle);
const lowOrder = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0));

/** A round whose roster waits to be delivered. */
const atRoster = (seed: number, n = 4) => new Scene(crypto_, n, seed).until('roster');

/** Delivers a roster to seat 0 and says how that ended. */
async function afterRoster(scene: Scene, bytes: Uint8Array): Promise<string> {
  const secrets = secretsOf(scene.clients[0]!);
  expect(areWiped(secrets)).toBe(false);
  const step = await scene.client(0, { kind: 'roster', bytes });
  if (step.state.kind !== 'aborted') return step.state.kind;
  expect(step.send).toEqual([]);
  expect(step.charge).toBe(false);
  expect(areWiped(secrets)).toBe(true);
  expect(step.abort).toEqual({ code: step.state.code, message: step.state.message });
  return step.state.code;
}

test('[M2] advertises two keys and 16 bytes to come back with; resumed, the same bytes', async () => {
  const scene = new Scene(crypto_, 4, 1);
  const { send } = await scene.client(0, { kind: 'config', bytes: scene.config });
  expect(send.map(({ kind }) => kind)).toEqual(['advertise']);
  const bytes = send[0]!.kind === 'advertise' ? send[0]!.bytes : new Uint8Array(0);
  const state = scene.clients[0]!;
  expect(parseAdvertise(bytes)).toEqual({
    keys: state.kind === 'advertised' && state.keys,
    resume: new Uint8Array(16).fill(1),
  });
  expect((await scene.client(0, { kind: 'resumed' })).send).toEqual(send);
});

test('[M2] two rounds have nothing in common, and the implementation does not matter', async () => {
  const scene = new Scene(crypto_, 4, 1);
  const start = {
    config: scene.config,
    parameters: scene.parameters,
    values: scene.values[0]!,
    resume: new Uint8Array(16),
  };
  const random = experimentRandom(5);
  const [first, second] = [
    await startClient(start, { crypto: crypto_, random }),
    await startClient(start, { crypto: crypto_, random }),
  ];
  expect(first.send).not.toEqual(second.send);
  expect((await startClient(start, { crypto: nobleCrypto, random: experimentRandom(5) })).send).toEqual(first.send);
  // The mask key is bound to the config, the channel key to the roster only.
  const other = await startClient(
    { ...start, config: new Uint8Array(184) },
    { crypto: crypto_, random: experimentRandom(5) },
  );
  const keysOf = (step: typeof first) => step.state.kind === 'advertised' && step.state.keys;
  expect(keysOf(other)).toMatchObject({ channel: (keysOf(first) as PublicKeys).channel });
  expect((keysOf(other) as PublicKeys).mask).not.toEqual((keysOf(first) as PublicKeys).mask);
});

test('values or a resume secret of another length are our own mistake', async () => {
  const scene = new Scene(crypto_, 4, 1);
  const start = {
    config: scene.config,
    parameters: scene.parameters,
    values: scene.values[0]!,
    resume: new Uint8Array(16),
  };
  const tools = { crypto: crypto_, random: experimentRandom(5) };
  await expect(startClient({ ...start, values: new Int32Array(5) }, tools)).rejects.toThrow('expected 6 values, got 5');
  await expect(startClient({ ...start, resume: new Uint8Array(15) }, tools)).rejects.toThrow('16 bytes');
});

describe('[M3] a roster that ends the round', () => {
  type Change = (roster: PublicKeys[], own: number, scene: Scene) => PublicKeys[];
  const key = (first: number) => new Uint8Array(32).fill(7, 1).map((byte, i) => (i === 0 ? first : byte));
  const other = (own: number) => (own + 1) % 4;
  const change = (roster: PublicKeys[], at: number, keys: Partial<PublicKeys>) =>
    roster
      .map((entry, i) => (i === at ? { ...entry, ...keys } : entry))
      .sort((a, b) => compareBytes(a.channel, b.channel));
  test.each<[string, string, Change]>([
    ['own keys missing', 'bad-roster', (roster, own) => roster.filter((_, i) => i !== own)],
    ['own mask key replaced', 'bad-roster', (roster, own) => change(roster, own, { mask: key(9) })],
    ['own channel key replaced', 'bad-roster', (roster, own) => change(roster, own, { channel: key(9) })],
    [
      'own channel key twice',
      'bad-roster',
      (roster, own) => change(roster, other(own), { channel: roster[own]!.channel }),
    ],
    ['own mask key twice', 'bad-roster', (roster, own) => change(roster, other(own), { mask: roster[own]!.mask })],
    [
      'own keys exchanged with those of another',
      'bad-roster',
      (roster, own) =>
        change(change(roster, own, { mask: roster[other(own)]!.mask }), other(own), { mask: roster[own]!.mask }),
    ],
    [
      'another key twice',
      'bad-roster',
      (roster, own) => change(roster, (own + 1) % 4, { mask: roster[(own + 2) % 4]!.mask }),
    ],
    ['a zero key', 'bad-key', (roster, own) => change(roster, other(own), { mask: new Uint8Array(32) })],
    ['a low-order mask key', 'bad-key', (roster, own) => change(roster, other(own), { mask: lowOrder })],
    ['a low-order channel key', 'bad-key', (roster, own) => change(roster, other(own), { channel: lowOrder })],
    [
      'nMin - 1 clients',
      'bad-roster',
      (roster, own) => [roster[own]!, roster[other(own)]!].sort((a, b) => compareBytes(a.channel, b.channel)),
    ],
    [
      'nMax + 1 clients',
      'bad-roster',
      (roster) => [...roster, { channel: key(1), mask: key(2) }].sort((a, b) => compareBytes(a.channel, b.channel)),
    ],
    ['another order', 'bad-roster', (roster) => [...roster].reverse()],
  ])('%s: %s', async (_, code, changed) => {
    const scene = await atRoster(2);
    const roster = parseRoster(scene.waiting.get(0)!.bytes, scene.parameters);
    const state = scene.clients[0]!;
    const own = roster.findIndex(
      (keys) => state.kind === 'advertised' && compareBytes(keys.channel, state.keys.channel) === 0,
    );
    expect(await afterRoster(scene, encodeRoster(changed(roster, own, scene)))).toBe(code);
  });

  test('bytes that are no roster', async () => {
    for (const bytes of [new Uint8Array(0), u16(4), joined((await atRoster(3)).waiting.get(0)!.bytes, u16(0))]) {
      expect(await afterRoster(await atRoster(3), bytes)).toMatch(/bad-message|bad-roster/);
    }
  });
});

test('[M3] any bit of the roster changed for one client: it sends no share that anyone can read, and reads none', async () => {
  const scene = await atRoster(4, 3);
  const shares = new Map<number, Uint8Array>();
  const roster = scene.waiting.get(0)!.bytes;
  await scene.exchange();
  const inbox = scene.waiting.get(0)!;
  expect(inbox.kind).toBe('inbox');
  for (const [seat, { bytes }] of scene.waiting) shares.set(seat, bytes);
  for (let at = 0; at < roster.length; at += 7) {
    const single = new Scene(crypto_, 3, 4);
    await single.client(0, { kind: 'config', bytes: single.config });
    const changed = Uint8Array.from(roster);
    changed[at]! ^= 1 << (at % 8);
    const step = await single.client(0, { kind: 'roster', bytes: changed });
    if (step.state.kind === 'aborted') continue;
    const end = await single.client(0, { kind: 'inbox', bytes: inbox.bytes });
    expect(end.state, `byte ${at}`).toMatchObject({ kind: 'aborted' });
    expect(end.charge).toBe(false);
  }
});

test('[M12] the same config again changes nothing; another one, or a message before its time, ends the round', async () => {
  const scene = await atRoster(5);
  const before = scene.clients[0];
  const again = await scene.client(0, { kind: 'config', bytes: Uint8Array.from(scene.config) });
  expect(again).toMatchObject({ state: before, send: [], abort: null });
  for (const [kind, code] of [
    ['config', 'changed-message'],
    ['inbox', 'out-of-order'],
    ['unmask_req', 'out-of-order'],
    ['confirmations', 'out-of-order'],
  ] as const) {
    const fresh = await atRoster(5);
    const secrets = secretsOf(fresh.clients[0]!);
    const step = await fresh.client(0, { kind, bytes: new Uint8Array(184) });
    expect(step).toMatchObject({ send: [], abort: { code } });
    expect(areWiped(secrets)).toBe(true);
  }
  const early = await (await atRoster(5)).client(0, { kind: 'result' });
  expect(early.abort?.code).toBe('out-of-order');
});

test.each([
  [{ kind: 'cancel', reason: 'consent withdrawn' }, 'cancelled'],
  [{ kind: 'abort', code: 'too-few' }, 'server-abort'],
] as const)('[M12] %o ends it at once', async (event, code) => {
  const scene = await atRoster(6);
  const secrets = secretsOf(scene.clients[0]!);
  expect((await scene.client(0, event)).abort?.code).toBe(code);
  expect(areWiped(secrets)).toBe(true);
  // A charge that comes too late starts nothing.
  expect((await scene.client(0, { kind: 'charged' })).send).toEqual([]);
});
