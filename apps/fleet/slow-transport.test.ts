import { expect, test } from 'vitest';
import type { ClientMessage } from '#shared/protocol/messages.ts';
import { ManualClock, MemoryTransport } from '../engine/memory.ts';
import { SlowTransport } from './slow-transport.ts';

const roundId = '00'.repeat(16);
const frame = (seq: number): ClientMessage => ({ kind: 'update', roundId, frame: Uint8Array.of(seq, 0, 0, 7) });
const join: ClientMessage = {
  kind: 'join',
  protocol: 1,
  modelHash: 'ab'.repeat(32),
  policyHash: 'cd'.repeat(32),
  resume: roundId,
  simulated: true,
};

function connected(vanish: (() => void) | null = null) {
  const clock = new ManualClock();
  const inner = new MemoryTransport();
  const connection = new SlowTransport({ inner, clock, stepMs: 100, vanish }).connect({
    onOpen: () => {},
    onMessage: () => {},
    onFault: () => {},
    onClose: () => {},
  });
  return { clock, connection, sent: () => inner.last?.sent ?? [], inner };
}

test('[FL14] a join and an upload take a step each; the frames of one upload follow each other in order', () => {
  const { clock, connection, sent } = connected();
  connection.send(join);
  expect(sent()).toEqual([]);
  clock.advance(100);
  expect(sent()).toEqual([join]);
  for (const seq of [0, 1, 2]) connection.send(frame(seq));
  clock.advance(99);
  expect(sent()).toHaveLength(1);
  clock.advance(1);
  expect(sent()).toEqual([join, frame(0), frame(1), frame(2)]);
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

test('[FL16] somebody who vanishes joins, and sends nothing of the upload', () => {
  let vanished = 0;
  const { clock, connection, sent } = connected(() => {
    vanished += 1;
  });
  connection.send(join);
  clock.advance(100);
  connection.send(frame(0));
  connection.send(frame(1));
  clock.advance(1_000);
  expect(vanished).toBe(1);
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
