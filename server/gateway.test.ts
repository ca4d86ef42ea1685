// What peers do wrong, over real sockets: each is refused with a code, few are disconnected, and the others' round goes on.

import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { uploadFrames } from '#shared/protocol/codec.ts';
import type { RoundConfig } from '#shared/protocol/round-config.ts';
import { systemClock } from './clock.ts';
import { Gateway } from './gateway.ts';
import { messageBurst } from './limits.ts';
import { type RunningServer, startServer } from './start.ts';
import { Telemetry } from './telemetry.ts';
import { testCatalogue } from './testing/catalogue.ts';
import { RawClient } from './testing/raw-client.ts';
import { pingFrame, textFrame, upgrade } from './testing/raw-socket.ts';

let server: RunningServer;
let clients: RawClient[] = [];
let sockets: TcpSocket[] = [];

beforeEach(async () => {
  clients = [];
  sockets = [];
  server = await startServer({
    catalogue: testCatalogue(),
    timings: { quietMs: 20, graceMs: 50 },
    socketLimits: { maxSocketsPerAddress: 60 },
    logLevel: 'silent',
  });
});
afterEach(async () => {
  for (const client of clients) client.close();
  for (const socket of sockets) socket.destroy();
  await server.close();
});

function connect(): RawClient {
  const client = new RawClient(server.url);
  clients.push(client);
  return client;
}

/** The cohort of a running round, each with its config; the first is the test's. */
async function cohort(count = 24): Promise<{ readonly people: readonly RawClient[]; readonly config: RoundConfig }> {
  const people = Array.from({ length: count }, connect);
  await Promise.all(people.map((person) => person.join()));
  const [config] = await Promise.all(people.map((person) => person.config()));
  if (config === undefined) throw new Error('unreachable');
  return { people, config };
}

/** Everyone but the first uploads; returns how many were counted. */
async function finish(people: readonly RawClient[], config: RoundConfig): Promise<number> {
  people.slice(1).forEach((person, index) => {
    person.upload(config, undefined, index + 2);
  });
  return (await people[1]?.next('result'))?.cohort ?? 0;
}

async function healthy(): Promise<void> {
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
}

describe('[T5] what does not parse is refused and changes nothing', () => {
  test.each([
    ['an unknown kind', ['launch', {}]],
    ['no fields', ['join']],
    ['an array for the object', ['join', []]],
    [
      'NaN and infinities, which JSON cannot say',
      ['join', { protocol: Number.NaN, modelHash: Number.POSITIVE_INFINITY }],
    ],
    [
      'a hash of the wrong length',
      ['join', { protocol: 1, modelHash: 'ab', policyHash: 'cd', resume: 'ef', simulated: false }],
    ],
    ['a number as text', ['resume', { roundId: 7, resume: 'x' }]],
    ['an update without its frame', ['update', { roundId: '0'.repeat(32) }]],
    ['a frame that is text', ['update', { roundId: '0'.repeat(32) }, 'frame']],
    ['bytes where none belong', ['leave', {}, new Uint8Array(3)]],
    ['many arguments', ['leave', ...Array.from({ length: 50 }, () => ({}))]],
    ['many fields', ['leave', Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`f${i}`, i]))]],
    ['__proto__', ['join', JSON.parse('{"__proto__": {"simulated": false}}') as object]],
  ] as const)('%s', async (_what, [kind, ...args]) => {
    const client = connect();
    await client.next('model');
    client.socket.emit(kind, ...args);
    const refused = await client.next('refused');
    expect(refused.code).toBe('bad-message');
    expect(refused.message).toMatch(/expected/i);
    expect(client.closed).toBe(false);
  });

  test('and the same socket can take part afterwards', async () => {
    const client = connect();
    const announced = await client.next('model');
    client.socket.emit('join', 'nonsense');
    await client.next('refused');
    client.send({
      kind: 'join',
      protocol: 1,
      modelHash: announced.hash,
      policyHash: announced.policyHash,
      resume: client.resume,
      simulated: false,
    });
    expect(await client.next('waiting')).toEqual({ kind: 'waiting', joined: 1, needed: 24 });
  });
});

test('[R4] a wrong protocol version is refused', async () => {
  const client = connect();
  const { hash, policyHash } = await client.next('model');
  client.send({ kind: 'join', protocol: 9, modelHash: hash, policyHash, resume: client.resume, simulated: false });
  expect(await client.next('refused')).toMatchObject({ code: 'protocol-version' });
});

test('[R7] events out of order: update, resume and leave before joining', async () => {
  const client = connect();
  await client.next('model');
  const roundId = 'f'.repeat(32);
  client.uploadPayload(roundId, new Uint8Array(10));
  expect(await client.next('refused')).toMatchObject({ code: 'not-in-round' });
  client.send({ kind: 'resume', roundId, resume: client.resume });
  expect(await client.next('refused')).toMatchObject({ code: 'not-in-round' });
  client.send({ kind: 'leave' });
  await healthy();
});

describe('[U1][U2][R7] uploads', () => {
  test('a wrong length, a wrong hash and frames out of order are refused; the right upload is taken afterwards', async () => {
    const { people, config } = await cohort();
    const bad = people[0] as RawClient;
    bad.uploadPayload(config.roundId, new Uint8Array(5));
    expect(await bad.next('refused')).toMatchObject({ code: 'bad-frame' });
    const [frame] = uploadFrames(new Uint8Array((config.length * config.bits) / 8)) as [Uint8Array];
    const broken = frame.slice();
    broken[10] = 0xff;
    bad.send({ kind: 'update', roundId: config.roundId, frame: broken });
    expect(await bad.next('refused')).toMatchObject({ code: 'bad-frame' });
    const second = frame.slice();
    second[0] = 1;
    bad.send({ kind: 'update', roundId: config.roundId, frame: second });
    expect(await bad.next('refused')).toMatchObject({ code: 'bad-frame' });
    bad.send({ kind: 'update', roundId: config.roundId, frame: new Uint8Array(0) });
    expect(await bad.next('refused')).toMatchObject({ code: 'bad-message' });
    bad.upload(config);
    expect(await finish(people, config)).toBe(24);
  });

  test('ten times too large: refused and closed; the round goes on without it', async () => {
    const { people, config } = await cohort();
    const bad = people[0] as RawClient;
    bad.uploadPayload(config.roundId, new Uint8Array((10 * config.length * config.bits) / 8));
    expect(await bad.next('refused')).toMatchObject({ code: 'too-large' });
    await bad.untilClosed();
    expect(await finish(people, config)).toBe(23);
  });

  test('a never-ending upload is cut off when it passes its length', async () => {
    const { people, config } = await cohort();
    const bad = people[0] as RawClient;
    for (let seq = 0; seq < 100; seq += 1) {
      bad.send({ kind: 'update', roundId: config.roundId, frame: new Uint8Array([seq, 0, 0, 1, 2, 3, 4, 5, 6, 7]) });
    }
    expect(await bad.next('refused')).toMatchObject({ code: 'too-large' });
    await bad.untilClosed();
    expect(await finish(people, config)).toBe(23);
  });

  test('a replay is a duplicate and is not counted', async () => {
    const { people, config } = await cohort();
    const bad = people[0] as RawClient;
    const payload = bad.upload(config);
    bad.uploadPayload(config.roundId, payload);
    expect(await bad.next('refused')).toMatchObject({ code: 'duplicate' });
    expect(await finish(people, config)).toBe(24);
    bad.uploadPayload(config.roundId, payload);
    expect(await bad.next('refused')).toMatchObject({ code: 'late' });
  });

  test('who is not in the round is refused', async () => {
    const { people, config } = await cohort();
    const stranger = connect();
    await stranger.next('model');
    stranger.upload(config);
    expect(await stranger.next('refused')).toMatchObject({ code: 'not-in-round' });
    people[0]?.upload(config);
    expect(await finish(people, config)).toBe(24);
  });
});

test('[R5] a lost connection comes back within the grace and uploads the same bytes from frame 0', async () => {
  await server.close();
  server = await startServer({
    catalogue: testCatalogue(),
    timings: { quietMs: 20, graceMs: 20_000 },
    logLevel: 'silent',
  });
  const { people, config } = await cohort();
  const lost = people[0] as RawClient;
  lost.drop();
  await lost.untilClosed();
  const back = new RawClient(server.url, lost.resume);
  clients.push(back);
  await back.next('model');
  back.send({ kind: 'resume', roundId: config.roundId, resume: back.resume });
  expect(await back.next('progress')).toMatchObject({ stage: 'collect', expected: 24 });
  back.upload(config);
  expect(await finish(people, config)).toBe(24);
  expect(await back.next('result')).toMatchObject({ cohort: 24 });
});

test('[R5] a lost connection that stays away is a dropout after the grace', async () => {
  const { people, config } = await cohort();
  people[0]?.drop();
  expect(await finish(people, config)).toBe(23);
});

describe('floods', () => {
  test('more messages than the limit: refused with rate, then closed', async () => {
    const client = connect();
    await client.next('model');
    for (let i = 0; i < messageBurst + 50; i += 1) client.socket.emit('leave', {});
    expect(await client.next('refused')).toMatchObject({ code: 'rate' });
    await client.untilClosed();
    await healthy();
  });

  test('more WebSocket pings than the limit: closed', async () => {
    const { socket } = await upgrade(server.url);
    sockets.push(socket);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    for (let i = 0; i < messageBurst + 50; i += 1) socket.write(pingFrame(Buffer.alloc(100)));
    socket.resume();
    await closed;
    await healthy();
  });

  test('[T3] a message over the limit closes its socket', async () => {
    const client = connect();
    await client.next('model');
    client.socket.emit('update', { roundId: '0'.repeat(32) }, new Uint8Array(2 * 1024 * 1024));
    await client.untilClosed();
    await healthy();
  });

  test('300 connections from one address: those above the limit are turned away, the others work', async () => {
    const answers = await Promise.all(Array.from({ length: 300 }, () => upgrade(server.url)));
    sockets.push(...answers.map(({ socket }) => socket));
    const let_in = answers.filter(({ answer }) => answer.includes('101')).length;
    expect(let_in).toBe(60);
    await healthy();
    for (const { socket } of answers) socket.destroy();
    sockets = [];
    // Places are free again as soon as the sockets are closed.
    for (;;) {
      const client = connect();
      const outcome = await client.next('model').catch(() => null);
      if (outcome !== null) break;
    }
  });

  test('2,000 connections from one address, one after the other and at once, leave the server well', async () => {
    for (let batch = 0; batch < 10; batch += 1) {
      const answers = await Promise.all(Array.from({ length: 200 }, () => upgrade(server.url)));
      sockets.push(...answers.map(({ socket }) => socket));
    }
    const status = (await (await fetch(`${server.url}/v1/status`)).json()) as { product: string };
    expect(status.product).toBe('tacit');
  }, 30_000);
});

test('a page of another origin is turned away, one of this server is let in', async () => {
  const foreign = await upgrade(server.url, { Origin: 'https://example.com' });
  const own = await upgrade(server.url, { Origin: server.url });
  sockets.push(foreign.socket, own.socket);
  expect(foreign.answer).toContain('400');
  expect(own.answer).toContain('101');
});

describe('a client that stops reading', () => {
  let http: HttpServer;
  afterEach(() => {
    http.closeAllConnections();
    http.close();
  });

  test('is cut off, and the server keeps a bounded amount for it', async () => {
    http = createServer();
    const gateway = new Gateway(http, {
      limits: { maxSockets: 10, maxSocketsPerAddress: 10 },
      clock: systemClock,
      telemetry: new Telemetry('silent'),
    });
    let client: string | null = null;
    const gone = new Promise<void>((resolve) => {
      gateway.attach({
        connected: (id) => {
          client = id;
        },
        receive: () => undefined,
        refuse: () => undefined,
        disconnected: () => resolve(),
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { socket } = await upgrade(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write(textFrame('40'));
    while (client === null) await turn();
    socket.pause();

    const message = { kind: 'refused', code: 'late', message: 'x'.repeat(500), retryAfterMs: null } as const;
    let sent = 0;
    while (gateway.count > 0) {
      for (let i = 0; i < 100; i += 1) gateway.send(client, message);
      sent += 100;
      // What loopback's own buffers hold comes first: some megabytes.
      if (sent > 200_000) throw new Error('It was never cut off.');
      await turn();
    }
    await gone;
    await gateway.close();
  }, 30_000);
});
