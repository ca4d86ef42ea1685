// HTTP with limits, against a real server. Rules: PROTOCOL.md 2.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FetchHttp } from './http.ts';

let url = '';
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
