// What peers do wrong, over real sockets: each is refused with a code, few are disconnected, and the others' round goes on.

import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { uploadFrames } from '#shared/protocol/codec.ts';
import { frameHeaderBytes, hashBytes, maximumAnswerBytes } from '#shared/protocol/limits.ts';
import { type ClientMessage, protocolVersion } from '#shared/protocol/messages.ts';
import { systemClock } from './clock.ts';
import { Gateway } from './gateway.ts';
import { messageBurst } from './limits.ts';
import { type RunningServer, startServer } from './start.ts';
import { Telemetry } from './telemetry.ts';
import { testCatalogue } from './testing/catalogue.ts';
import { patientClock } from './testing/patient-clock.ts';
import { RawClient } from './testing/raw-client.ts';
import { pingFrame, textFrame, upgrade } from './testing/raw-socket.ts';

let server: RunningServer;
let clients: RawClient[] = [];
let sockets: TcpSocket[] = [];

beforeEach(async () => {
  clients = [];
  sockets = [];
  server = await startServer(
    {
      catalogue: testCatalogue(),
      timings: { quietMs: 20, graceMs: 50 },
      socketLimits: { maxSocketsPerAddress: 60 },
      logLevel: 'silent',
    },
    { clock: patientClock },
  );
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

/** A round of 24 in which the first does something else at one message of its own; the cohort that the others hear of. */
async function round(kind: ClientMessage['kind'], stray: (bad: RawClient, message: ClientMessage) => boolean) {
  const people = Array.from({ length: 24 }, connect);
  await Promise.all(people.map((person) => person.join()));
  const [bad, ...others] = people as [RawClient, ...RawClient[]];
  let hasStrayed = false;
  const before = (message: ClientMessage) => {
    if (hasStrayed || message.kind !== kind) return true;
    hasStrayed = true;
    return stray(bad, message);
  };
  const theirs = bad.takePart({ before, isStubborn: true }).catch((error: Error) => error);
  const outcomes = await Promise.all(others.map((person, index) => person.takePart({ seed: index + 2 })));
  const cohorts = outcomes.map((outcome) => (outcome.kind === 'result' ? outcome.cohort : outcome));
  expect(new Set(cohorts).size).toBe(1);
  return { bad, cohort: cohorts[0], theirs };
}

/** What one's upload should be for, and how long. */
function uploadOf(message: ClientMessage): { readonly roundId: string; readonly bytes: number } {
  if (message.kind !== 'masked') throw new Error(`Expected an upload, got ${message.kind}.`);
  return { roundId: message.roundId, bytes: message.frame.length - frameHeaderBytes - hashBytes };
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
      ['join', { protocol: protocolVersion, modelHash: 'ab', policyHash: 'cd', simulated: false }],
    ],
    ['a number as text', ['resume', { roundId: 7, resume: 'x' }]],
    ['the upload of an earlier version', ['update', { roundId: '0'.repeat(32) }, new Uint8Array(8)]],
    ['an upload without its frame', ['masked', { roundId: '0'.repeat(32) }]],
    ['a frame that is text', ['masked', { roundId: '0'.repeat(32) }, 'frame']],
    ['an answer beyond its length', ['shares', { roundId: '0'.repeat(32) }, new Uint8Array(maximumAnswerBytes + 1)]],
    ['an answer without a round', ['confirm', {}, new Uint8Array(34)]],
    ['what a server says', ['roster', { roundId: '0'.repeat(32) }, new Uint8Array(66)]],
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
      protocol: protocolVersion,
      modelHash: announced.hash,
      policyHash: announced.policyHash,
      simulated: false,
    });
    expect(await client.next('waiting')).toEqual({ kind: 'waiting', joined: 1, needed: 24 });
  });
});

test('[R4] a wrong protocol version is refused', async () => {
  const client = connect();
  const { hash, policyHash } = await client.next('model');
  client.send({ kind: 'join', protocol: 9, modelHash: hash, policyHash, simulated: false });
  expect(await client.next('refused')).toMatchObject({ code: 'protocol-version' });
});

test('[R7] events out of order: update, resume and leave before joining', async () => {
  const client = connect();
  await client.next('model');
  const roundId = 'f'.repeat(32);
  client.uploadPayload('masked', roundId, new Uint8Array(10));
  expect(await client.next('refused')).toMatchObject({ code: 'not-in-round' });
  client.send({ kind: 'resume', roundId, resume: client.resume });
  expect(await client.next('refused')).toMatchObject({ code: 'not-in-round' });
  client.send({ kind: 'leave' });
  await healthy();
});

describe('[U1][U2][R7] uploads', () => {
  test('a wrong length, a wrong hash and frames out of order are refused; the right upload is taken afterwards', async () => {
    const { bad, cohort } = await round('masked', (person, message) => {
      const { roundId, bytes } = uploadOf(message);
      person.uploadPayload('masked', roundId, new Uint8Array(5));
      const [frame] = uploadFrames(new Uint8Array(bytes)) as [Uint8Array];
      const broken = frame.slice();
      broken[10] = 0xff;
      person.send({ kind: 'masked', roundId, frame: broken });
      const second = frame.slice();
      second[0] = 1;
      person.send({ kind: 'masked', roundId, frame: second });
      person.send({ kind: 'masked', roundId, frame: new Uint8Array(0) });
      return true;
    });
    const codes = bad.messages.flatMap((message) => (message.kind === 'refused' ? [message.code] : []));
    expect(codes).toEqual(['bad-frame', 'bad-frame', 'bad-frame', 'bad-message']);
    expect(cohort).toBe(24);
  });

  test('ten times too large: refused and closed; the round goes on without it', async () => {
    const { bad, cohort } = await round('masked', (person, message) => {
      const { roundId, bytes } = uploadOf(message);
      person.uploadPayload('masked', roundId, new Uint8Array(10 * bytes));
      return false;
    });
    await bad.untilClosed();
    expect(bad.messages.at(-1)).toMatchObject({ kind: 'refused', code: 'too-large' });
    expect(cohort).toBe(23);
  });

  test('a never-ending upload is cut off when it passes its length', async () => {
    const { bad, cohort } = await round('masked', (person, message) => {
      const { roundId } = uploadOf(message);
      for (let seq = 0; seq < 100; seq += 1) {
        person.send({ kind: 'masked', roundId, frame: new Uint8Array([seq, 0, 0, 1, 2, 3, 4, 5, 6, 7]) });
      }
      return false;
    });
    await bad.untilClosed();
    expect(bad.messages.at(-1)).toMatchObject({ kind: 'refused', code: 'too-large' });
    expect(cohort).toBe(23);
  });

  test('a replay is a duplicate and is not counted; after the round it is late', async () => {
    const { bad, cohort, theirs } = await round('masked', (person, message) => {
      person.send(message);
      person.send(message);
      return false;
    });
    expect(bad.messages).toContainEqual(expect.objectContaining({ kind: 'refused', code: 'duplicate' }));
    expect(cohort).toBe(24);
    expect(await theirs).toMatchObject({ kind: 'result' });
    for (const message of bad.sent.filter(({ kind }) => kind === 'masked').slice(0, 1)) bad.send(message);
    expect(await bad.next('refused')).toMatchObject({ code: 'late' });
  });

  test('who is not in the round is refused', async () => {
    const stranger = connect();
    await stranger.next('model');
    const { cohort } = await round('masked', (_person, message) => {
      const { roundId, bytes } = uploadOf(message);
      stranger.uploadPayload('masked', roundId, new Uint8Array(bytes));
      stranger.send({ kind: 'confirm', roundId, bytes: new Uint8Array(34) });
      return true;
    });
    expect(await stranger.next('refused')).toMatchObject({ code: 'not-in-round' });
    expect(await stranger.next('refused')).toMatchObject({ code: 'not-in-round' });
    expect(cohort).toBe(24);
  });
});

describe('[M10][M15] answers that are wrong put their sender out, with the reason; the round goes on', () => {
  test.each([
    ['advertise', 'a key of low order', 'bad-key', 23, (bytes: Uint8Array) => bytes.fill(0, 0, 32).fill(1, 0, 1)],
    ['advertise', 'a key twice', 'bad-key', 23, (bytes: Uint8Array) => bytes.copyWithin(32, 0, 32)],
    ['advertise', 'another length', 'bad-message', 23, (bytes: Uint8Array) => bytes.subarray(1)],
    ['shares', 'another length', 'bad-message', 23, (bytes: Uint8Array) => bytes.subarray(1)],
    ['shares', 'a share for oneself', 'bad-message', 23, (bytes: Uint8Array) => bytes.fill(0xff, 32, 34)],
    // Its upload is in the sum already.
    ['confirm', 'for somebody else', 'bad-message', 24, (bytes: Uint8Array) => bytes.fill(0xff, 0, 2)],
    ['unmask', 'no number of the field', 'bad-message', 24, (bytes: Uint8Array) => bytes.fill(0xff, 2, 34)],
  ] as const)('%s: %s', async (kind, _what, code, expected, spoil) => {
    const { bad, cohort } = await round(kind, (person, message) => {
      if (!('bytes' in message)) return true;
      person.send({ ...message, bytes: spoil(Uint8Array.from(message.bytes)) });
      return false;
    });
    expect(bad.messages).toContainEqual(expect.objectContaining({ kind: 'refused', code, retryAfterMs: null }));
    expect(bad.closed).toBe(false);
    expect(cohort).toBe(expected);
  });

  test('an answer before its time changes nothing', async () => {
    const { bad, cohort } = await round('shares', (person, message) => {
      if ('bytes' in message) person.send({ ...message, kind: 'unmask' });
      return true;
    });
    expect(bad.messages).toContainEqual(expect.objectContaining({ kind: 'refused', code: 'out-of-order' }));
    expect(cohort).toBe(24);
  });
});

test('[R5] a resume with a token that was guessed is refused', async () => {
  const thief = connect();
  await thief.next('model');
  const { cohort } = await round('masked', (_person, message) => {
    thief.send({ kind: 'resume', roundId: uploadOf(message).roundId, resume: thief.resume });
    return true;
  });
  expect(await thief.next('refused')).toMatchObject({ code: 'not-in-round' });
  expect(cohort).toBe(24);
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

  test('[T1] compression of messages is offered in vain', async () => {
    const { answer, head, socket } = await upgrade(server.url, { 'Sec-WebSocket-Extensions': 'permessage-deflate' });
    sockets.push(socket);
    expect(answer).toContain('101');
    expect(head).not.toMatch(/permessage-deflate/i);
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
    client.socket.emit('masked', { roundId: '0'.repeat(32) }, new Uint8Array(2 * 1024 * 1024));
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

describe('a name that points here from elsewhere does not lead to a server for this machine alone', () => {
  const port = () => new URL(server.url).port;

  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '192.168.0.1', '', '[::2]'])(
    'with the host "%s" and a page of the same host',
    async (name) => {
      const { answer, socket } = await upgrade(server.url, {
        Host: `${name}:${port()}`,
        Origin: `http://${name}:${port()}`,
      });
      sockets.push(socket);
      expect(answer).not.toContain('101');
      const alone = await upgrade(server.url, { Host: name });
      sockets.push(alone.socket);
      expect(alone.answer, 'without an origin').not.toContain('101');
    },
  );

  test.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST', '127.8.9.10'])('%s does', async (name) => {
    const headers = { Host: `${name}:${port()}`, Origin: `http://${name}:${port()}` };
    const { answer, socket } = await upgrade(server.url, headers);
    sockets.push(socket);
    expect(answer).toContain('101');
  });

  test('a server that listens to others has names of its own', async () => {
    const open = await startServer({ catalogue: testCatalogue(), host: '0.0.0.0', logLevel: 'silent' });
    const url = `http://127.0.0.1:${open.port}`;
    const own = await upgrade(url, { Host: 'tacit.example', Origin: 'https://tacit.example' });
    const foreign = await upgrade(url, { Host: 'tacit.example', Origin: 'https://evil.example' });
    sockets.push(own.socket, foreign.socket);
    expect(own.answer).toContain('101');
    expect(foreign.answer).toContain('400');
    await open.close();
  });
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
      isLocal: true,
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

describe('a client that is held', () => {
  let http: HttpServer;
  afterEach(() => {
    http.closeAllConnections();
    http.close();
  });

  test('[S1] is not read from, others are, and nothing that it sent is lost when it is released', async () => {
    http = createServer();
    const gateway = new Gateway(http, {
      isLocal: true,
      limits: { maxSockets: 10, maxSocketsPerAddress: 10 },
      clock: systemClock,
      telemetry: new Telemetry('silent'),
    });
    const clients: string[] = [];
    const received: string[] = [];
    gateway.attach({
      connected: (id) => clients.push(id),
      receive: (id) => received.push(id),
      refuse: () => undefined,
      disconnected: () => undefined,
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const open = async (): Promise<TcpSocket> => {
      const before = clients.length;
      const { socket } = await upgrade(url);
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.write(textFrame('40'));
      while (clients.length === before) await turn();
      return socket;
    };
    const [held, free] = [await open(), await open()];
    const heardOf = (client: string) => received.filter((id) => id === client).length;
    const hear = async (client: string, count: number) => {
      while (heardOf(client) < count) await turn();
    };
    const [heldId, freeId] = clients as [string, string];
    const leave = textFrame('42["leave",{}]');
    held.write(leave);
    await hear(heldId, 1);
    gateway.hold(heldId);
    gateway.hold(heldId);
    for (let count = 1; count <= 40; count++) {
      held.write(leave);
      free.write(leave);
      await hear(freeId, count);
    }
    expect(heardOf(heldId)).toBe(1);
    gateway.release(heldId);
    await hear(heldId, 41);
    gateway.release(heldId);
    // Who is gone while it is held is forgotten.
    gateway.hold(freeId);
    free.destroy();
    gateway.release(freeId);
    while (gateway.count > 1) await turn();
    await gateway.close();
  });
});
