// HTTP with limits, against a real server. Rules: PROTOCOL.md 2.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FetchHttp, type HttpError } from './http.ts';

let url = '';
const resumed = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
const encodings: string[] = [];
const server = createServer((request, response) => {
  switch (request.url) {
    case '/small':
      response.end(Buffer.from([1, 2, 3]));
      return;
    case '/bomb':
      // 50 MB of zeros in 50 KB.
      response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(50_000_000)));
      return;
    case '/endless': {
      const more = (): void => {
        while (response.write(Buffer.alloc(64 * 1024)));
      };
      response.on('drain', more);
      more();
      return;
    }
    case '/silent':
      return;
    case '/cut':
      response.writeHead(200, { 'content-length': '100' }).write('abc', () => response.destroy());
      return;
    case '/resumed': {
      const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
      encodings.push(request.headers['accept-encoding'] ?? '');
      if (from === undefined) {
        response.writeHead(200, { 'content-length': String(resumed.length) });
        response.write(resumed.subarray(0, 700), () => setImmediate(() => response.destroy()));
        return;
      }
      const start = Number(from);
      response.writeHead(206, { 'content-range': `bytes ${start}-${resumed.length - 1}/${resumed.length}` });
      response.end(resumed.subarray(start));
      return;
    }
    case '/wrong-part':
      response.writeHead(206, { 'content-range': 'bytes 0-2/3' }).end('abc');
      return;
    default:
      response.writeHead(404).end('no');
  }
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('gives status and bytes', async () => {
  expect(await new FetchHttp(url).get('/small', 3)).toEqual({ status: 200, body: Uint8Array.of(1, 2, 3) });
  expect((await new FetchHttp(url).get('/none', 100)).status).toBe(404);
});

test('[H1] stops at the limit in decoded bytes: a compressed bomb and an endless answer too', async () => {
  for (const path of ['/small', '/bomb', '/endless'])
    await expect(new FetchHttp(url).get(path, 2)).rejects.toMatchObject({ name: 'HttpError', code: 'too-long' });
});

test('no answer, a cut one and no server are one error with words', async () => {
  await expect(new FetchHttp(url, 50).get('/silent', 10)).rejects.toMatchObject({ code: 'unreachable' });
  await expect(new FetchHttp(url).get('/cut', 1000)).rejects.toMatchObject({ code: 'unreachable' });
  await expect(new FetchHttp('http://127.0.0.1:1').get('/', 10)).rejects.toMatchObject({ code: 'unreachable' });
});

test('[H5] a cut download goes on where it was cut, without an encoding that its rest could not be joined to', async () => {
  const http = new FetchHttp(url);
  const error: unknown = await http.get('/resumed', 2000).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'HttpError', code: 'unreachable' });
  const { received } = error as HttpError;
  expect(received).toEqual(new Uint8Array(resumed.subarray(0, 700)));
  expect(await http.get('/resumed', 2000, received)).toEqual({ status: 200, body: new Uint8Array(resumed) });
  await expect(http.get('/resumed', 800, received)).rejects.toMatchObject({ code: 'too-long' });
  expect(encodings.slice(1)).toEqual(['identity', 'identity']);
  // What was held is given up: the next try asks for the whole.
  const nothing = new Uint8Array();
  await expect(http.get('/wrong-part', 100, received)).rejects.toMatchObject({
    code: 'unreachable',
    received: nothing,
  });
});
