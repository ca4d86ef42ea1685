import { expect, test } from 'vitest';
import type { ClientMessage } from '#shared/protocol/messages.ts';
import { ManualClock, MemoryTransport } from '../engine/memory.ts';
import { SlowTransport, type VanishingMoment, vanishingMoments } from './slow-transport.ts';

const roundId = '00'.repeat(16);
const frame = (seq: number): ClientMessage => ({ kind: 'masked', roundId, frame: Uint8Array.of(seq, 0, 0, 7) });
const answer = (kind: 'advertise' | 'shares' | 'confirm' | 'unmask'): ClientMessage => ({
  kind,
  roundId,
  bytes: Uint8Array.of(1),
});
/** All that is sent in a round, in order. */
const round = [answer('advertise'), answer('shares'), frame(0), frame(1), answer('confirm'), answer('unmask')];
const join: ClientMessage = {
  kind: 'join',
  protocol: 4,
  modelHash: 'ab'.repeat(32),
  policyHash: 'cd'.repeat(32),
  simulated: true,
};

function connected(vanish: VanishingMoment | null = null) {
  const clock = new ManualClock();
  const inner = new MemoryTransport();
  let vanished = 0;
  const run = () => {
    vanished += 1;
  };
  const options = { inner, clock, stepMs: 100, vanish: vanish === null ? null : { at: vanish, run } };
  const connection = new SlowTransport(options).connect({
    onOpen: () => {},
    onMessage: () => {},
    onFault: () => {},
    onClose: () => {},
  });
  return { clock, connection, sent: () => inner.last?.sent ?? [], inner, vanished: () => vanished };
}

test('[FL14] a join and an upload take a step each, other messages a part of one; all go out in order', () => {
  const { clock, connection, sent } = connected();
  connection.send(join);
  expect(sent()).toEqual([]);
  clock.advance(100);
  expect(sent()).toEqual([join]);
  for (const message of round) connection.send(message);
  clock.advance(39);
  expect(sent()).toEqual([join, round[0]]);
  clock.advance(1);
  expect(sent()).toHaveLength(3);
  clock.advance(99);
  expect(sent()).toHaveLength(3);
  clock.advance(1);
  expect(sent()).toEqual([join, ...round.slice(0, 4)]);
  clock.advance(40);
  expect(sent()).toEqual([join, ...round]);
  expect(clock.pending).toBe(0);
});

test('[FL14] is as secure as what it is around', () => {
  const clock = new ManualClock();
  for (const secure of [true, false]) {
    const inner = new MemoryTransport(secure);
    expect(new SlowTransport({ inner, clock, stepMs: 100, vanish: null }).secure).toBe(secure);
  }
});

test('[FL15] leaving goes out at once and takes back what waits', () => {
  const { clock, connection, sent } = connected();
  connection.send(join);
  connection.send({ kind: 'leave' });
  expect(sent()).toEqual([{ kind: 'leave' }]);
  clock.advance(1_000);
  expect(sent()).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test.each(vanishingMoments)(
  '[FL16] somebody who vanishes before %s sends what comes before, and nothing from there on',
  (at) => {
    const { clock, connection, sent, vanished } = connected(at);
    connection.send(join);
    for (const message of round) connection.send(message);
    clock.advance(1_000);
    expect(vanished()).toBe(1);
    expect(sent()).toEqual([
      join,
      ...round.slice(
        0,
        round.findIndex(({ kind }) => kind === at),
      ),
    ]);
  },
);

test('[FL16] where updates are sent alone, somebody vanishes before the upload', () => {
  const { clock, connection, sent, vanished } = connected('confirm');
  connection.send(join);
  connection.send({ kind: 'local', roundId, frame: Uint8Array.of(0, 0, 1, 7) });
  clock.advance(1_000);
  expect(vanished()).toBe(1);
  expect(sent()).toEqual([join]);
});

test('[FL17] after close no timer is left and nothing is sent', () => {
  const { clock, connection, sent, inner } = connected();
  connection.send(join);
  connection.close();
  expect(clock.pending).toBe(0);
  clock.advance(1_000);
  expect(sent()).toEqual([]);
  expect(inner.last?.closed).toBe(true);
});
