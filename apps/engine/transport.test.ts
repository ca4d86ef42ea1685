// The transport over a real socket, against a bare socket.io server. Rules: PROTOCOL.md 1 and 9.
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterEach, describe, expect, test } from 'vitest';
import type { ServerMessage } from '#shared/protocol/messages.ts';
import { parseClientMessage } from '#shared/protocol/parse.ts';
import type { Connection } from './environment.ts';
import { SocketTransport, socketPath } from './transport.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listen(): Promise<{ url: string; io: Server; http: HttpServer }> {
  const http = createServer();
  const io = new Server(http, { path: socketPath, transports: ['websocket'] });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closers.push(() => io.close());
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, io, http };
}

/** Both ends of one connection, and what the device's end heard. */
async function connected() {
  const { url, io } = await listen();
  const accepted = new Promise<Socket>((resolve) => io.on('connection', resolve));
  const heard: ServerMessage[] = [];
  const faults: unknown[] = [];
  let notify = (): void => {};
  let closed = 0;
  let connection: Connection | null = null;
  await new Promise<void>((resolve) => {
    connection = new SocketTransport(url).connect({
      onOpen: resolve,
      onMessage: (message) => {
        heard.push(message);
        notify();
      },
      onFault: (error) => {
        faults.push(error);
        notify();
      },
      onClose: () => {
        closed++;
        notify();
      },
    });
  });
  const opened = connection! as Connection;
  closers.push(async () => opened.close());
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      notify = resolve;
    });
  return { server: await accepted, connection: opened, heard, faults, next, closes: () => closed };
}

describe('transport', () => {
  test.each([
    ['http://localhost:8080/page', true],
    ['http://127.0.0.1:8080', true],
    ['http://[::1]:8080', true],
    ['https://example.org', true],
    ['https://192.168.0.7:8443', true],
    ['http://example.org', false],
    ['http://192.168.0.7:8080', false],
    ['http://127.0.0.2', false],
    ['http://localhost.example.org', false],
    ['http://localhost@example.org', false],
  ])('[P3] %s is secure: %s', (url, secure) => {
    expect(new SocketTransport(url).secure).toBe(secure);
  });

  test('[T2] messages with fields and bytes pass both ways', async () => {
    const { server, connection, heard, next } = await connected();
    const roundId = 'a'.repeat(32);
    const got = new Promise<unknown[]>((resolve) => server.on('masked', (...args: unknown[]) => resolve(args)));
    connection.send({ kind: 'masked', roundId, frame: Uint8Array.of(0, 0, 1, 7) });
    const message = parseClientMessage('masked', await got);
    expect(message).toMatchObject({ kind: 'masked', roundId });
    expect([...(message as { frame: Uint8Array }).frame]).toEqual([0, 0, 1, 7]);
    const keys = new Promise<unknown[]>((resolve) => server.on('advertise', (...args: unknown[]) => resolve(args)));
    connection.send({ kind: 'advertise', roundId, bytes: new Uint8Array(80).fill(3) });
    expect(parseClientMessage('advertise', await keys)).toMatchObject({ kind: 'advertise', roundId });

    const config = new Uint8Array(184).map((_, index) => index);
    const arrived = next();
    server.emit('config', {}, config);
    await arrived;
    expect(heard).toEqual([{ kind: 'config', config }]);
    const roster = next();
    server.emit('roster', { roundId }, Uint8Array.of(9, 8, 7));
    await roster;
    expect(heard[1]).toEqual({ kind: 'roster', roundId, bytes: Uint8Array.of(9, 8, 7) });
    expect((heard[0] as { config: Uint8Array }).config.byteOffset).toBe(0);
  });

  test('[T5] what does not parse is counted and changes nothing; the connection stays', async () => {
    const { server, heard, faults, next, closes } = await connected();
    for (const [kind, ...args] of [
      ['hello', {}],
      ['model', { version: -1, hash: 'x', policyHash: 'y' }],
      ['waiting', { joined: Number.NaN, needed: 24 }],
      ['waiting'],
      ['config', {}, new Uint8Array(7)],
      ['progress', { roundId: 'a'.repeat(32), stage: 'unmasking', received: 1, expected: 2 }],
      ['inbox', { roundId: 'a'.repeat(32) }],
      ['unmask_req', { roundId: 'short' }, Uint8Array.of(1)],
      ['result', null],
    ] as const) {
      const arrived = next();
      server.emit(kind, ...args);
      await arrived;
    }
    expect(faults).toHaveLength(9);
    expect(heard).toEqual([]);
    const arrived = next();
    server.emit('waiting', { joined: 1, needed: 24 });
    await arrived;
    expect(heard).toEqual([{ kind: 'waiting', joined: 1, needed: 24 }]);
    expect(closes()).toBe(0);
  });

  test('drained: when the network has taken what was sent, or the connection is over', async () => {
    const { server, connection } = await connected();
    await connection.drained!();
    // Nobody reads: the operating systems' buffers fill up, and the rest stays on the device.
    const raw = (server.conn.transport as unknown as { socket: { pause(): void; resume(): void } }).socket;
    raw.pause();
    const frame = new Uint8Array(256 * 1024);
    for (let sent = 0; sent < 64; sent++) connection.send({ kind: 'masked', roundId: 'a'.repeat(32), frame });
    let isDrained = false;
    const draining = connection.drained!().then(() => {
      isDrained = true;
    });
    // A message goes the other way meanwhile, and back: whatever could be handed over at once was.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(isDrained).toBe(false);
    raw.resume();
    await draining;

    raw.pause();
    for (let sent = 0; sent < 64; sent++) connection.send({ kind: 'masked', roundId: 'a'.repeat(32), frame });
    const closing = connection.drained!();
    connection.close();
    await closing;
    raw.resume();
  });

  test('a server that goes is told once, and nothing is sent into the void', async () => {
    const { server, connection, next, closes } = await connected();
    const gone = next();
    server.disconnect(true);
    await gone;
    connection.send({ kind: 'leave' });
    connection.close();
    connection.close();
    expect(closes()).toBe(1);
  });

  test('closing it ourselves is not told', async () => {
    const { server, connection, closes } = await connected();
    const gone = new Promise<void>((resolve) => server.on('disconnect', () => resolve()));
    connection.close();
    await gone;
    expect(closes()).toBe(0);
  });

  test('no server: told as closed', async () => {
    const { url, io } = await listen();
    await io.close();
    await new Promise<void>((resolve) => {
      new SocketTransport(url).connect({ onOpen: () => {}, onMessage: () => {}, onFault: () => {}, onClose: resolve });
    });
  });
});
