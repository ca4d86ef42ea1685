// A page is handed out by a plain HTTP server and compared with its own folder, whole and spoilt.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseSums, sha256Of, sumsFile, sumsOf } from './page-sums.ts';
import { captured } from './testing/captured.ts';
import { run } from './verify.ts';

const files: Record<string, string> = {
  'index.html': '<!doctype html><title>page</title>',
  'sw.js': 'self',
  'assets/index-1.js': 'console.log(1)',
};
/** What the server answers; a number is a status without the file. */
let served: Map<string, string | number>;
let folder: string;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-verify-'));
  mkdirSync(join(folder, 'assets'));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  writeFileSync(join(folder, sumsFile), sumsOf(folder));
  server = createServer((request, response) => {
    const body = served.get(request.url ?? '');
    if (typeof body === 'string') response.end(body);
    else response.writeHead(body ?? 404, { location: '/' }).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  served = new Map(Object.entries(files).map(([path, text]) => [`/${path}`, text]));
  served.set(`/${sumsFile}`, sumsOf(folder));
  for (const address of ['/', '/item/1', '/part', '/data', '/privacy']) {
    served.set(address, files['index.html'] ?? '');
  }
});

const output = (...argv: string[]) => captured(() => run(argv));

const verify = () => output(url, '--page', folder, '--json');
const kinds = (out: string) =>
  (JSON.parse(out) as { differences: { path: string; kind: string }[] }).differences.map(
    ({ path, kind }) => `${kind} ${path}`,
  );

test('[B1] the list is in the form of sha256sum, sorted, and names every file but itself', () => {
  const list = sumsOf(folder);
  expect([...parseSums(list).keys()]).toEqual(['assets/index-1.js', 'index.html', 'sw.js']);
  expect(list.split('\n')[0]).toBe(`${sha256Of(Buffer.from('console.log(1)'))}  assets/index-1.js`);
});

test.each([
  ['no line break at the end', `${'0'.repeat(64)}  a`],
  ['a short hash', `${'0'.repeat(63)}  a\n`],
  ['a way out of the folder', `${'0'.repeat(64)}  ../a\n`],
  ['an absolute path', `${'0'.repeat(64)}  /a\n`],
  ['a path twice', `${'0'.repeat(64)}  a\n${'1'.repeat(64)}  a\n`],
  ['an empty line', `${'0'.repeat(64)}  a\n\n`],
])('[B1] a list with %s is refused', (_what, list) => {
  expect(() => parseSums(list)).toThrow(RangeError);
});

test('[B2] the same page: exit 0, one number for the whole page', async () => {
  const { code, out, err } = await output(url, '--page', folder);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`${url} hands out this build: 9 addresses`);
  expect(out).toContain(sha256Of(readFileSync(join(folder, sumsFile))));
});

test.each(Object.keys(files))('[B3] one changed byte in %s is found', async (path) => {
  const text = files[path] ?? '';
  served.set(`/${path}`, `${text.slice(0, -1)}!`);
  const { code, out } = await verify();
  expect(code).toBe(1);
  expect(kinds(out)).toEqual([`changed ${path}`]);
});

test.each([
  ['a byte more', (text: string) => `${text} `],
  ['a byte less', (text: string) => text.slice(0, -1)],
])('[B3] %s is found', async (_what, change) => {
  served.set('/sw.js', change('self'));
  expect(kinds((await verify()).out)).toEqual(['changed sw.js']);
});

test('[B3] another page at one of its addresses only is found', async () => {
  served.set('/privacy', '<!doctype html><script src="/other.js"></script>');
  const { code, out } = await verify();
  expect(code).toBe(1);
  expect(kinds(out)).toEqual(['changed /privacy']);
});

test('[B3] a list that was changed to fit the changed file does not help', async () => {
  served.set('/sw.js', 'evil');
  served.set(`/${sumsFile}`, sumsOf(folder).replace(sha256Of(Buffer.from('self')), sha256Of(Buffer.from('evil'))));
  expect(kinds((await verify()).out)).toEqual([`changed ${sumsFile}`, 'changed sw.js']);
});

test('[B3] a file that is not there, a redirect, and a file that only the server has', async () => {
  served.delete('/sw.js');
  served.set('/assets/index-1.js', 302);
  served.set(`/${sumsFile}`, `${sumsOf(folder)}${'0'.repeat(64)}  zebra.js\n`);
  const { code, out } = await verify();
  expect(code).toBe(1);
  expect(kinds(out)).toEqual([
    `changed ${sumsFile}`,
    'unlisted zebra.js',
    'missing assets/index-1.js',
    'missing sw.js',
  ]);
});

test('[B3] in words, a difference says which file, what was expected and what came', async () => {
  served.set('/sw.js', 'evil');
  const { code, out } = await output(url, '--page', folder);
  expect(code).toBe(1);
  expect(out).toContain(
    `changed   sw.js: expected SHA-256 ${sha256Of(Buffer.from('self'))}, got ${sha256Of(Buffer.from('evil'))}`,
  );
  expect(out).toContain('hands out another page: 1 of 9 addresses differ');
});

test('[B4] nobody answers, no build, a build that is not what its list says: exit 1 and a sentence', async () => {
  const gone = await output('http://127.0.0.1:1', '--page', folder);
  expect(gone.code).toBe(1);
  expect(gone.err).toMatch(/could not reach http:\/\/127\.0\.0\.1:1\/SHA256SUMS .*Is the server up\?/);
  const noBuild = await output(url, '--page', join(folder, 'assets'));
  expect(noBuild.code).toBe(1);
  expect(noBuild.err).toContain('Run npm run build');
  writeFileSync(join(folder, 'sw.js'), 'other');
  const spoilt = await output(url, '--page', folder);
  writeFileSync(join(folder, 'sw.js'), 'self');
  expect(spoilt.code).toBe(1);
  expect(spoilt.err).toContain('are not those that its SHA256SUMS names');
});

test.each([
  [[]],
  [['films.example']],
  [['ftp://films.example']],
  [['https://films.example/page']],
  [['https://films.example', 'https://other.example']],
  [['https://films.example', '--deep']],
])('[B4] %j is not understood: exit 2', async (argv) => {
  const { code, err, out } = await output(...argv);
  expect(code).toBe(2);
  expect(err).toMatch(/^tacit verify: .+/);
  expect(out).toBe('');
});
