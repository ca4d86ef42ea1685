import { expect, test } from 'vitest';
import type { ClientMessage, ServerMessage } from '#shared/protocol/messages.ts';
import type { Connection } from '../engine/environment.ts';
import { VirtualClock } from './clock.ts';
import { type Line, Link, VirtualNetwork } from './network.ts';
import { wireBytes } from './wire-bytes.ts';

const hash = 'ab'.repeat(32);
const roundId = 'cd'.repeat(16);
const join: ClientMessage = { kind: 'join', protocol: 2, modelHash: hash, policyHash: hash, simulated: true };
const upload: ClientMessage = { kind: 'masked', roundId, frame: new Uint8Array(5_000).fill(7) };
const model: ServerMessage = { kind: 'model', version: 1, hash, policyHash: hash };

interface Heard {
  readonly atMs: number;
  readonly what: string;
}

/** A server that only listens, and one device on a link of 100 ms, 10 kB/s up and 100 kB/s down. */
function connected() {
  const clock = new VirtualClock(0);
  const network = new VirtualNetwork(clock);
  const atServer: Heard[] = [];
  const atDevice: Heard[] = [];
  const received: ClientMessage[] = [];
  let client = '';
  const note = (list: Heard[], what: string) => list.push({ atMs: clock.nowMs, what });
  network.attach({
    connected: (id) => {
      client = id;
      note(atServer, 'connected');
    },
    receive: (_, message) => {
      received.push(message);
      note(atServer, message.kind);
    },
    refuse: (_, code) => note(atServer, `refuse ${code}`),
    disconnected: () => note(atServer, 'disconnected'),
  });
  const line: Line & { connect(handlers: Parameters<ReturnType<typeof network.transport>['connect']>[0]): Connection } =
    network.transport(new Link({ latencyMs: 100, upBytesPerS: 10_000, downBytesPerS: 100_000 }));
  const connection = line.connect({
    onOpen: () => note(atDevice, 'open'),
    onMessage: (message) => note(atDevice, message.kind),
    onFault: () => note(atDevice, 'fault'),
    onClose: () => note(atDevice, 'close'),
  });
  const run = (ms: number) => clock.run(() => false, clock.nowMs + ms);
  return { clock, network, line, connection, atServer, atDevice, received, run, client: () => client };
}

test('[SM22] messages arrive in order, after the latency and as fast as the link is, as they were when they were sent', async () => {
  const { connection, run, atServer, received } = connected();
  await run(1_000);
  const frame = upload.frame.slice();
  connection.send({ ...upload, frame });
  connection.send(join);
  frame.fill(0);
  await run(2_000);
  const uploadMs = Math.round((1000 * wireBytes(upload, 'client')) / 10_000);
  const joinMs = (1000 * wireBytes(join, 'client')) / 10_000;
  expect(atServer).toEqual([
    { atMs: 500, what: 'connected' },
    { atMs: 1_000 + uploadMs + 100, what: 'masked' },
    { atMs: Math.round(1_000 + (1000 * wireBytes(upload, 'client')) / 10_000 + joinMs + 100), what: 'join' },
  ]);
  expect(received[0]).toEqual(upload);
});

test('[SM22] the device hears of its opening first, then what the server says', async () => {
  const { network, run, atDevice, client } = connected();
  await run(550);
  network.send(client(), model);
  network.broadcast(model);
  await run(1_000);
  expect(atDevice.map(({ what }) => what)).toEqual(['open', 'model', 'model']);
  expect(atDevice[1]!.atMs).toBe(Math.round(550 + (1000 * wireBytes(model, 'server')) / 100_000 + 100));
});

test('[SM22] what does not parse is refused as by the gateway', async () => {
  const { connection, run, atServer } = connected();
  await run(1_000);
  connection.send({ ...join, modelHash: 'short' });
  await run(1_000);
  expect(atServer.at(-1)?.what).toBe('refuse bad-message');
});

test('[SM23] a connection that is closed, that breaks, or whose device vanishes: who hears of it, and when', async () => {
  const closed = connected();
  await closed.run(1_000);
  closed.connection.send(join);
  closed.connection.close();
  closed.connection.send(upload);
  await closed.run(60_000);
  expect(closed.atServer.map(({ what }) => what)).toEqual(['connected', 'join', 'disconnected']);
  expect(closed.atDevice.map(({ what }) => what)).toEqual(['open']);

  const cut = connected();
  await cut.run(1_000);
  cut.line.cut();
  cut.line.cut();
  await cut.run(60_000);
  expect(cut.atDevice.at(-1)).toEqual({ atMs: 1_000, what: 'close' });
  expect(cut.atServer.at(-1)).toEqual({ atMs: 1_100, what: 'disconnected' });

  const gone = connected();
  await gone.run(1_000);
  gone.line.vanish();
  gone.network.send(gone.client(), model);
  await gone.run(60_000);
  expect(gone.atDevice.map(({ what }) => what)).toEqual(['open']);
  // Half of an interval of heartbeats on average, and the time that their answer may take.
  expect(gone.atServer.at(-1)).toEqual({ atMs: 1_000 + 27_500, what: 'disconnected' });

  const early = connected();
  early.connection.close();
  await early.run(60_000);
  expect(early.atServer).toEqual([]);
});

test('[SM23] the server cuts; and what a device handed over has left it when it says so', async () => {
  const { network, connection, run, clock, atDevice, atServer, client } = connected();
  await run(1_000);
  connection.send(upload);
  let drainedMs = 0;
  void connection.drained?.().then(() => {
    drainedMs = clock.nowMs;
  });
  await run(600);
  expect(drainedMs).toBe(1_000 + Math.round((1000 * wireBytes(upload, 'client')) / 10_000));
  network.cut(client());
  await run(1_000);
  expect(atDevice.at(-1)?.what).toBe('close');
  expect(atServer.at(-1)?.what).toBe('disconnected');
});

test('[SM22] what comes from a client that is held lies unread, and is read in order once it is released', async () => {
  const { network, connection, run, atServer, client } = connected();
  await run(1_000);
  network.hold(client());
  connection.send(join);
  connection.send(upload);
  await run(2_000);
  expect(atServer.map(({ what }) => what)).toEqual(['connected']);
  connection.send(join);
  network.release(client());
  await run(2_000);
  expect(atServer.map(({ what }) => what)).toEqual(['connected', 'join', 'masked', 'join']);
  expect(atServer[1]!.atMs).toBe(3_000);
});

test('[SM22] a client that goes while it is held is gone, and what it said is not read', async () => {
  const { network, connection, run, atServer, client } = connected();
  await run(1_000);
  network.hold(client());
  connection.send(join);
  connection.close();
  await run(2_000);
  network.release(client());
  await run(1_000);
  expect(atServer.map(({ what }) => what)).toEqual(['connected', 'disconnected']);
});
