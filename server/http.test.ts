// HTTP as a client, an operator and a stranger see it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseCatalogue } from '#shared/catalogue/parse.ts';
import { parseFeatures, parseModel } from '#shared/model/file.ts';
import { sha256Hex } from '#shared/protocol/canonical.ts';
import { parsePolicy } from '#shared/protocol/policy.ts';
import { maxBodyBytes } from './limits.ts';
import { type RunningServer, ServerStartError, startServer } from './start.ts';
import { testCatalogue } from './testing/catalogue.ts';
import { RawClient } from './testing/raw-client.ts';

let folder: string;
let server: RunningServer;
let token: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-http-'));
  const staticDir = join(folder, 'page');
  mkdirSync(join(staticDir, 'assets'), { recursive: true });
  writeFileSync(join(staticDir, 'index.html'), '<!doctype html><title>Tacit</title>');
  writeFileSync(join(staticDir, 'assets', 'app-1234.js'), 'console.log(1)');
  server = await startServer({
    catalogue: testCatalogue(),
    dataDir: join(folder, 'data'),
    staticDir,
    simulatedParticipants: () => 36,
    logLevel: 'silent',
  });
  token = readFileSync(join(folder, 'data', 'operator-token'), 'utf8').trim();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers });
const hex = expect.stringMatching(/^[0-9a-f]{64}$/) as unknown;

async function status() {
  return (await (await get('/v1/status')).json()) as {
    model: { hash: string; featuresHash: string };
    policy: { hash: string };
    catalogue: { hash: string };
    round: unknown;
    stopped: boolean;
  };
}

test('/v1/status has exactly the documented fields', async () => {
  expect(await status()).toEqual({
    product: 'tacit',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
    model: {
      version: 1,
      hash: hex,
      items: 60,
      learner: 'reconstruction',
      epoch: 1,
      phase: 0,
      phaseName: 'train',
      phases: 1,
      roundsLeft: null,
      publishedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown,
      featuresHash: hex,
    },
    round: null,
    rounds: { completed: 0, failed: 0 },
    stopped: false,
    policy: {
      hash: hex,
      mode: 1,
      noiseMultiplier: expect.any(Number) as unknown,
      clippingBoundL2: expect.any(Number) as unknown,
      delta: 1e-6,
      epsilonCap: 8,
      minCohort: 20,
      maxCohort: 28,
      cooldownMs: 30_000,
      trainable: expect.any(Number) as unknown,
      trainableInWords: expect.stringContaining('20 to 28 people') as unknown,
      crowdInWords: expect.stringContaining('about 81 people in it instead of 24') as unknown,
    },
    catalogue: { name: 'test', hash: hex, items: 60, licence: 'Made for tests.' },
    advice: {
      verdict: expect.stringMatching(/^(helps|unclear|harmful)$/) as unknown,
      crowd: 28,
      leastCrowd: expect.any(Number) as unknown,
      signal: expect.any(Number) as unknown,
      harmfulBelow: expect.any(Number) as unknown,
      helpsFrom: null,
      inWords: expect.stringContaining('28 people') as unknown,
    },
    simulatedParticipants: 36,
  });
});

test('the open round is in the status while somebody waits', async () => {
  const client = new RawClient(server.url);
  await client.join();
  await client.next('waiting');
  expect((await status()).round).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
    state: 'gather',
    joined: 1,
    needed: 24,
    deadlineMs: 0,
  });
  client.close();
});

test('[H1] model, features and catalogue by hash: immutable, compressed, not sent again', async () => {
  const { model, catalogue } = await status();
  const files = [
    ['/v1/models/', model.hash, parseModel],
    ['/v1/features/', model.featuresHash, parseFeatures],
    [
      '/v1/catalogues/',
      catalogue.hash,
      (bytes: Uint8Array) => parseCatalogue(JSON.parse(Buffer.from(bytes).toString())),
    ],
  ] as const;
  for (const [path, hash, parse] of files) {
    const answer = await get(path + hash, { 'accept-encoding': 'br' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-encoding')).toBe('br');
    expect(answer.headers.get('vary')).toBe('accept-encoding');
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect(sha256Hex(bytes)).toBe(hash);
    parse(bytes);
    const again = await get(path + hash, { 'if-none-match': answer.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  }
});

test('[H5] a download that was cut: the rest of the bytes as they are, and of no others', async () => {
  const { model } = await status();
  const path = `/v1/models/${model.hash}`;
  const whole = new Uint8Array(await (await get(path)).arrayBuffer());
  for (const from of [0, 1, 1000, whole.length - 1]) {
    const answer = await get(path, { range: `bytes=${from}-`, 'if-range': `"${model.hash}"`, 'accept-encoding': 'br' });
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(answer.headers.get('content-range')).toBe(`bytes ${from}-${whole.length - 1}/${whole.length}`);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(whole.slice(from));
  }
  const beyond = await get(path, { range: `bytes=${whole.length}-` });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${whole.length}`]);
  for (const headers of [
    { range: 'bytes=5-', 'if-range': '"another"' },
    { range: 'bytes=-5' },
    { range: 'bytes=0-1,5-9' },
    { range: 'items=5-' },
  ]) {
    const answer = await get(path, headers);
    expect(answer.status).toBe(200);
    expect(sha256Hex(new Uint8Array(await answer.arrayBuffer()))).toBe(model.hash);
  }
});

test('/v1/policy is the canonical JSON that is hashed', async () => {
  const answer = await get('/v1/policy');
  const text = await answer.text();
  expect(sha256Hex(text)).toBe((await status()).policy.hash);
  expect(parsePolicy(JSON.parse(text)).minCohort).toBe(20);
  expect((await get('/v1/policy', { 'if-none-match': answer.headers.get('etag') ?? '' })).status).toBe(304);
});

test.each([
  ['/v1/models/abc', 400, 'bad-hash'],
  [`/v1/models/${'A'.repeat(64)}`, 400, 'bad-hash'],
  [`/v1/models/${'0'.repeat(64)}`, 404, 'not-found'],
  [`/v1/models/${'0'.repeat(2000)}`, 404, 'not-found'],
  [`/v1/models/${'0'.repeat(64)}/from/abc`, 400, 'bad-hash'],
  [`/v1/models/abc/from/${'0'.repeat(64)}`, 400, 'bad-hash'],
  [`/v1/models/${'0'.repeat(64)}/from/${'0'.repeat(64)}`, 404, 'no-delta'],
  ['/v1/nothing', 404, 'not-found'],
  ['/../package.json', 404, 'not-found'],
  ['/assets/..%2f..%2fdata%2foperator-token', 404, 'not-found'],
  ['/%00', 400, 'bad-request'],
  ['/v1/models/%ff', 400, 'bad-request'],
] as const)('%s is answered with %i %s', async (path, code, name) => {
  const answer = await get(path);
  const body = (await answer.json()) as { error: { code: string; message: string } };
  expect([answer.status, body.error.code]).toEqual([code, name]);
  expect(body.error.message.length).toBeGreaterThan(10);
});

test('the page answers its own routes, strictly confined', async () => {
  for (const path of ['/', '/item/some-film-1999', '/part', '/data', '/privacy']) {
    const answer = await get(path);
    expect(answer.status, path).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy.split(';').slice(0, 6)).toEqual([
      "default-src 'self'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "worker-src 'self'",
      `connect-src 'self' ws://${new URL(server.url).host} wss://${new URL(server.url).host}`,
      "img-src 'self' data: blob:",
      "style-src 'self'",
    ]);
    expect(policy).not.toContain('unsafe-inline');
  }
  const asset = await get('/assets/app-1234.js');
  expect(asset.headers.get('cache-control')).toContain('immutable');
  expect((await get('/item/a/b')).status).toBe(404);
});

test('[R8] the switch: with the token it stops and resumes, and survives a restart', async () => {
  const post = (path: string, authorization?: string) =>
    fetch(server.url + path, { method: 'POST', headers: authorization === undefined ? {} : { authorization } });
  for (const wrong of [undefined, 'Bearer wrong', `Basic ${token}`, `Bearer ${token}x`, `Bearer ${'x'.repeat(5000)}`]) {
    expect((await post('/v1/stop', wrong)).status).toBe(401);
  }
  expect((await status()).stopped).toBe(false);

  const waiting = new RawClient(server.url);
  await waiting.join();
  await waiting.next('waiting');
  expect(await (await post('/v1/stop', `Bearer ${token}`)).json()).toEqual({ stopped: true });
  expect(await waiting.next('refused')).toMatchObject({ code: 'stopped' });
  expect((await status()).stopped).toBe(true);

  await server.close();
  server = await startServer({ catalogue: testCatalogue(), dataDir: join(folder, 'data'), logLevel: 'silent' });
  const later = new RawClient(server.url);
  await later.join();
  expect(await later.next('refused')).toMatchObject({ code: 'stopped' });
  expect(await (await post('/v1/resume', `Bearer ${token}`)).json()).toEqual({ stopped: false });
  // Everyone is told, so that who was refused comes back.
  await later.join();
  expect(await later.next('waiting')).toMatchObject({ joined: 1 });
  waiting.close();
  later.close();
}, 30_000);

test('health, readiness and metrics', async () => {
  expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
  expect(await (await get('/readyz')).json()).toEqual({ status: 'ready' });
  const metrics = await (await get('/metrics')).text();
  for (const name of ['tacit_model_version 1', 'tacit_round_stage', 'tacit_sockets', 'tacit_http_request_seconds']) {
    expect(metrics).toContain(name);
  }
  await get(`/v1/models/${'0'.repeat(64)}`);
  const after = await (await get('/metrics')).text();
  expect(after, 'routes by pattern, never what was asked for').not.toContain('0'.repeat(64));
  expect(after).not.toContain('127.0.0.1');
});

test('OpenAPI lists every route and its page loads under its own policy', async () => {
  const document = (await (await get('/docs/json')).json()) as { openapi: string; paths: Record<string, unknown> };
  expect(document.openapi).toMatch(/^3\./);
  expect(Object.keys(document.paths).sort()).toEqual([
    '/healthz',
    '/metrics',
    '/readyz',
    '/v1/catalogues/{hash}',
    '/v1/features/{hash}',
    '/v1/models/{hash}',
    '/v1/models/{hash}/from/{base}',
    '/v1/policy',
    '/v1/resume',
    '/v1/status',
    '/v1/stop',
  ]);
  const page = await get('/docs');
  const html = await page.text();
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
  expect(html, 'no inline script').not.toMatch(/<script(?![^>]* src=)[^>]*>/);
});

test('a host name from elsewhere is turned away', async () => {
  const { port } = new URL(server.url);
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(Number(port), '127.0.0.1');
    let text = '';
    socket.on('data', (bytes) => {
      text += String(bytes);
    });
    socket.on('close', () => resolve(text));
    socket.write('GET /v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
  });
  expect(answer).toContain('421');
  expect(answer).toContain('wrong-host');
});

test('too long headers and bodies, and what is not HTTP, get an answer in JSON', async () => {
  const { port } = new URL(server.url);
  const ask = (text: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1');
      let answer = '';
      socket.on('data', (bytes) => {
        answer += String(bytes);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(answer));
      socket.write(text);
    });
  const long = await ask(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(long).toContain('431');
  expect(long).toContain('"code":"too-large"');
  expect(await ask('\x16\x03\x01 hello\r\n\r\n')).toContain('"code":"bad-request"');
  const body = await fetch(`${server.url}/v1/stop`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: 'x'.repeat(maxBodyBytes + 1),
  });
  expect(body.status).toBe(413);
  expect(await body.json()).toMatchObject({ error: { code: 'too-large' } });
});

test('a server for more than this machine listens there, under whatever name it is reached', async () => {
  const open = await startServer({ catalogue: testCatalogue(), host: '0.0.0.0', logLevel: 'silent' });
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(open.port, '127.0.0.1');
    let text = '';
    socket.on('data', (bytes) => {
      text += String(bytes);
    });
    socket.on('close', () => resolve(text));
    socket.write('GET /healthz HTTP/1.1\r\nHost: tacit.example\r\nConnection: close\r\n\r\n');
  });
  expect(answer).toContain('200 OK');
  await open.close();
});

test('starting where it cannot: a taken port', async () => {
  const refusal = (options: { port?: number; host?: string }) =>
    startServer({ catalogue: testCatalogue(), logLevel: 'silent', ...options }).then(
      () => null,
      (error: unknown) => error as ServerStartError,
    );
  const taken = await refusal({ port: server.port });
  expect(taken).toBeInstanceOf(ServerStartError);
  expect(taken).toMatchObject({ code: 'port-taken', message: expect.stringContaining(String(server.port)) as unknown });
  const next = await startServer({
    catalogue: testCatalogue(),
    port: server.port,
    portAttempts: 50,
    logLevel: 'silent',
  });
  expect(next.port).toBeGreaterThan(server.port);
  await next.close();
  await next.close();
});
