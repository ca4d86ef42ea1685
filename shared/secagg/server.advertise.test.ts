// Stage advertise: keys are gathered, and the roster follows from them.
import { describe, expect, test } from 'vitest';
import { sha256 } from '../protocol/canonical.ts';
import { platformCrypto } from './crypto.ts';
import { compareBytes } from './graph.ts';
import { leastRoster, startServer } from './server.ts';
import { resumeOf, Scene } from './testing/scene.ts';
import { encodeAdvertise, parseAdvertise, parseRoster } from './wire.ts';

const crypto_ = platformCrypto(crypto.subtle);

async function advertiseOf(scene: Scene, seat: number): Promise<Uint8Array> {
  const [send] = (await scene.client(seat, { kind: 'config', bytes: scene.config })).send;
  return send?.kind === 'advertise' ? send.bytes : new Uint8Array(0);
}

/** A round where all but seat 0 have advertised. */
async function almost(seed: number): Promise<{ scene: Scene; own: Uint8Array }> {
  const scene = new Scene(crypto_, 5, seed);
  const own = await advertiseOf(scene, 0);
  scene.waiting.delete(0);
  await scene.exchange();
  expect(scene.server.kind).toBe('advertise');
  return { scene, own };
}

test('the config goes to every seat, each time the same bytes', () => {
  const scene = new Scene(crypto_, 5, 1);
  expect([...scene.waiting.values()]).toEqual(
    [0, 1, 2, 3, 4].map((seat) => ({ seat, kind: 'config', bytes: scene.config })),
  );
});

test('too many seats, or a least roster outside of nMin to nMax, are our own mistake', () => {
  const { config, parameters } = new Scene(crypto_, 5, 1);
  const seats = [0, 1, 2, 3, 4];
  expect(() => startServer({ config, parameters, seats: [...seats, 5] })).toThrow(RangeError);
  expect(() => startServer({ config, parameters, seats: [1, 1] })).toThrow(RangeError);
  expect(() => startServer({ config, parameters, seats, leastRoster: 2 })).toThrow(RangeError);
  expect(() => startServer({ config, parameters, seats, leastRoster: 6 })).toThrow(RangeError);
});

test('[M3] the last key closes the roster: all keys, ascending, the same for all', async () => {
  const { scene, own } = await almost(2);
  const step = await scene.event({ kind: 'advertise', seat: 0, bytes: own });
  expect(step.state.kind).toBe('shares');
  expect(step.send.map(({ seat, kind }) => [seat, kind]).sort()).toEqual(
    [0, 1, 2, 3, 4].map((seat) => [seat, 'roster']),
  );
  expect(new Set(step.send.map(({ bytes }) => String(sha256(bytes)))).size).toBe(1);
  const roster = parseRoster(step.send[0]!.bytes, scene.parameters);
  expect(roster.map(({ channel }) => channel)).toEqual(roster.map(({ channel }) => channel).sort(compareBytes));
  const { keys } = parseAdvertise(own);
  expect(roster).toContainEqual(keys);
});

describe('[M15] keys that are refused: their sender is out, the round goes on without it', () => {
  const lowOrder = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0));
  test.each<[string, string, (own: Uint8Array, other: Uint8Array) => Uint8Array]>([
    ['of low order, channel', 'bad-key', (own) => changed(own, lowOrder, 0)],
    ['of low order, mask', 'bad-key', (own) => changed(own, lowOrder, 32)],
    ['zero', 'bad-key', (own) => changed(own, new Uint8Array(32), 0)],
    ['of somebody else', 'bad-key', (_, other) => other],
    ['one of somebody else', 'bad-key', (own, other) => changed(own, other.subarray(32, 64), 0)],
    ['twice the same', 'bad-key', (own) => changed(own, own.subarray(0, 32), 32)],
    ['too short', 'bad-message', (own) => own.subarray(1)],
  ])('%s: %s', async (_, code, bytes) => {
    const { scene, own } = await almost(3);
    const other = scene.clients[1]!;
    const theirs =
      other.kind === 'advertised' ? encodeAdvertise({ keys: other.keys, resume: resumeOf(0) }) : new Uint8Array(0);
    const step = await scene.event({ kind: 'advertise', seat: 0, bytes: bytes(own, theirs) });
    expect(step.refused).toMatchObject([{ seat: 0, code }]);
    expect(step.out).toEqual([0]);
    expect(step.send.map(({ seat }) => seat).sort()).toEqual([1, 2, 3, 4]);
    expect((await scene.event({ kind: 'advertise', seat: 0, bytes: own })).refused).toMatchObject([
      { code: 'not-in-round' },
    ]);
  });

  function changed(bytes: Uint8Array, part: Uint8Array, at: number): Uint8Array {
    const out = Uint8Array.from(bytes);
    out.set(part, at);
    return out;
  }
});

test('[M13] who leaves now is not in the roster; at the deadline neither is who was silent', async () => {
  const dropped = await almost(4);
  await dropped.scene.event({ kind: 'dropped', seat: 1 });
  const step = await dropped.scene.event({ kind: 'advertise', seat: 0, bytes: dropped.own });
  expect(step.out).toEqual([]);
  expect(step.send.map(({ seat }) => seat).sort()).toEqual([0, 2, 3, 4]);
  const silent = await almost(4);
  const late = await silent.scene.event({ kind: 'deadline', stage: 'advertise' });
  expect(late.out).toEqual([0]);
  expect(late.send.map(({ seat }) => seat).sort()).toEqual([1, 2, 3, 4]);
  expect((await silent.scene.event({ kind: 'advertise', seat: 0, bytes: silent.own })).refused).toMatchObject([
    { code: 'not-in-round' },
  ]);
});

test('[M13] fewer keys than the least roster: too-few, and nobody was charged', async () => {
  const { config, parameters } = new Scene(crypto_, 5, 5);
  for (const leastRoster of [undefined, 5]) {
    const scene = new Scene(crypto_, 5, 5);
    scene.server = startServer({
      config,
      parameters,
      seats: [0, 1, 2, 3, 4],
      ...(leastRoster && { leastRoster }),
    }).state;
    // nMin = 3, two more were gathered: one of them may go.
    scene.waiting.delete(0);
    if (leastRoster === undefined) scene.waiting.delete(1);
    await scene.exchange();
    const step = await scene.event({ kind: 'deadline', stage: 'advertise' });
    expect(step.state).toMatchObject({ kind: 'aborted', code: 'too-few', stage: 'advertise' });
    expect(step.send).toEqual([]);
  }
});

test('[M13] half of the room for dropouts may be used up before the roster', () => {
  // nMin and half of those beyond it: 20 + floor(4 / 2), 20 + floor(8 / 2), and for 1,000 people 700 + floor(124 / 2).
  expect([20, 24, 28].map((gathered) => leastRoster(20, gathered))).toEqual([20, 22, 24]);
  expect(leastRoster(700, 824)).toBe(762);
  expect(leastRoster(20, 12)).toBe(20);
});

test('[M13] too few who have not left: at once, although somebody is silent', async () => {
  const { scene } = await almost(9);
  for (const seat of [1, 2]) expect((await scene.event({ kind: 'dropped', seat })).state.kind).toBe('advertise');
  // Seats 0 and 4 are left of five, seat 0 silent, and nMin = 3.
  await scene.event({ kind: 'dropped', seat: 3 });
  expect(scene.server).toMatchObject({ kind: 'aborted', code: 'too-few', stage: 'advertise' });
});

test('everyone leaves: too-few at once, without waiting for the deadline', async () => {
  const scene = new Scene(crypto_, 5, 6);
  for (const seat of [0, 1, 2, 3, 4]) await scene.event({ kind: 'dropped', seat });
  expect(scene.server).toMatchObject({ kind: 'aborted', code: 'too-few' });
});

test('[R5] who comes back is told the config again', async () => {
  const { scene } = await almost(7);
  const step = await scene.event({ kind: 'resumed', seat: 1 });
  expect(step.send).toEqual([{ seat: 1, kind: 'config', bytes: scene.config }]);
  await scene.event({ kind: 'dropped', seat: 1 });
  expect((await scene.event({ kind: 'resumed', seat: 1 })).refused).toMatchObject([{ code: 'not-in-round' }]);
});

test('what is not for this stage, of a stranger, or a second time changes nothing', async () => {
  const { scene, own } = await almost(8);
  for (const kind of ['shares', 'confirm', 'unmask'] as const) {
    const step = await scene.event({ kind, seat: 1, bytes: own });
    expect(step).toMatchObject({ state: { kind: 'advertise' }, send: [], refused: [{ code: 'out-of-order' }] });
  }
  expect((await scene.event({ kind: 'masked', seat: 1, payload: own })).refused).toMatchObject([
    { code: 'out-of-order' },
  ]);
  expect((await scene.event({ kind: 'advertise', seat: 77, bytes: own })).refused).toMatchObject([
    { code: 'not-in-round' },
  ]);
  expect((await scene.event({ kind: 'advertise', seat: 1, bytes: own })).refused).toMatchObject([
    { code: 'duplicate' },
  ]);
  expect((await scene.event({ kind: 'deadline', stage: 'masked' })).state.kind).toBe('advertise');
  expect((await scene.event({ kind: 'stop' })).state).toMatchObject({
    kind: 'aborted',
    code: 'stopped',
    stage: 'advertise',
  });
});
