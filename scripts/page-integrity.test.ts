// The page's build: the same bytes wherever it is built, a hash on all that index.html and the service worker load, and a list of all files.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesBelow, parseSums, sha256Of, sumsFile, sumsOf } from '../apps/cli/page-sums.ts';
import { integrityOf, withIntegrity } from './page-integrity.ts';
import { compressedBytes, mostBytesAfterOptIn, mostBytesFirst, pageFiles } from './page-weight.ts';

const root = join(import.meta.dirname, '..');
const sources = ['apps', 'shared', 'server', 'public', 'scripts', 'index.html', 'package.json'];
const configs = ['package-lock.json', 'vite.config.ts', 'tsconfig.json', 'tsconfig.base.json', 'tsconfig.test.json'];

let folder: string;
/** Two builds of the same sources. */
let one: string;
let other: string;

/** Copies the sources into a folder of their own, dates them, builds the page there, and returns where it is. */
function build(place: string, date: Date, shell: string, environment: NodeJS.ProcessEnv): string {
  const home = join(folder, place);
  mkdirSync(home, { recursive: true });
  for (const name of [...sources, ...configs]) cpSync(join(root, name), join(home, name), { recursive: true });
  for (const path of filesBelow(home)) utimesSync(join(home, path), date, date);
  symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'));
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const core = join(home, 'scripts', 'build-core.mjs');
  const node = process.execPath;
  const command = `${shell}; "${node}" "${core}" && exec "${node}" "${vite}" build --logLevel warn`;
  const result = spawnSync('sh', ['-c', command], {
    cwd: home,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
  });
  if (result.status !== 0) throw new Error(`the build failed:\n${result.stdout}${result.stderr}`);
  return join(home, 'dist');
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-build-'));
  // The one has the core that the tests run on; the other builds its own.
  for (const name of ['core.wasm', 'core.sources'])
    cpSync(join(root, 'build', name), join(folder, 'one', 'build', name));
  one = build('one', new Date('2001-09-09T00:00:00Z'), 'umask 022', { TZ: 'UTC', LC_ALL: 'C', NODE_ENV: 'test' });
  other = build('an/other folder', new Date('2031-01-01T00:00:00Z'), 'umask 077', {
    TZ: 'Pacific/Auckland',
    LC_ALL: 'tr_TR.UTF-8',
    VITE_EXTRA: 'no part of the page',
  });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string) => readFileSync(join(one, path));

test('[B5] another folder, date, time zone, locale, umask and environment: the same files, byte for byte', () => {
  expect(readFileSync(join(other, sumsFile), 'utf8')).toBe(readFileSync(join(one, sumsFile), 'utf8'));
  expect(filesBelow(other)).toEqual(filesBelow(one));
  for (const path of filesBelow(one)) {
    expect(readFileSync(join(other, path)).equals(read(path)), path).toBe(true);
  }
});

test('[B5] no file of the build names the folder or the machine that built it', () => {
  for (const path of filesBelow(one)) expect(read(path).includes(folder), path).toBe(false);
});

test('[B6] SHA256SUMS names every file, the service worker too, with its hash', () => {
  const sums = parseSums(read(sumsFile).toString());
  expect([...sums.keys()]).toEqual(filesBelow(one).filter((path) => path !== sumsFile));
  for (const [path, sum] of sums) expect(sum, path).toBe(sha256Of(read(path)));
  expect([...sums.keys()].filter((path) => /^(sw|workbox-\w+)\.js$/.test(path))).toHaveLength(2);
  expect(read(sumsFile).toString()).toBe(sumsOf(one));
});

test('[B7] every script, preloaded module and stylesheet of index.html carries its SHA-384', () => {
  const html = read('index.html').toString();
  const loading = (html.match(/<script\b[^>]*>|<link\b[^>]*>/g) ?? []).filter((tag) =>
    /^<script (?!type="importmap")|rel="(stylesheet|modulepreload)"/.test(tag),
  );
  expect(loading.length).toBeGreaterThanOrEqual(2);
  for (const tag of loading) {
    const path = /(?:src|href)="\/([^"]+)"/.exec(tag)?.[1] ?? '';
    expect(tag).toContain(`integrity="${integrityOf(read(path))}"`);
  }
});

test('[B7] the import map names exactly the modules that the entry imports later', () => {
  const html = read('index.html').toString();
  const entry = /<script type="module"[^>]*src="\/([^"]+)"/.exec(html)?.[1] ?? '';
  const later = new Set<string>();
  const follow = (path: string) => {
    for (const [, name = ''] of read(path)
      .toString()
      .matchAll(/\bimport\(?[^'"`();]*["'`]\.\/([\w.-]+\.js)["'`]/g)) {
      if (later.has(`assets/${name}`)) continue;
      later.add(`assets/${name}`);
      follow(`assets/${name}`);
    }
  };
  follow(entry);
  // A later module may import the entry back: that one is loaded, by its own hash.
  later.delete(entry);
  const map = /<script type="importmap">(.*?)<\/script>/.exec(html)?.[1];
  const named = map === undefined ? {} : (JSON.parse(map) as { integrity: Record<string, string> }).integrity;
  const expected = Object.fromEntries([...later].map((path) => [`/${path}`, integrityOf(read(path))]));
  expect(named).toEqual(expected);
});

test('[B8] the service worker checks all code that it fetches, and keeps the training code out of the offline list', () => {
  const worker = read('sw.js').toString();
  const listed = /precacheAndRoute\(\[(.*?)\]/.exec(worker)?.[1] ?? '';
  const scripts = filesBelow(join(one, 'assets'));
  const lazy = scripts.filter((name) => name.startsWith('lazy-'));
  expect(lazy.length).toBeGreaterThan(3);
  for (const name of scripts.filter((script) => !lazy.includes(script))) {
    expect(listed).toContain(`{url:"assets/${name}",revision:null,integrity:"${integrityOf(read(`assets/${name}`))}"}`);
  }
  expect(listed).toMatch(/\{url:"index\.html",revision:"\w+",integrity:"sha384-/);
  expect(listed).not.toContain('lazy-');
  for (const name of lazy) {
    const route = worker.slice(worker.indexOf(`registerRoute(/\\/assets\\/${name.replaceAll('.', '\\.')}$/`));
    expect(/integrity:"([^"]+)"/.exec(route)?.[1], name).toBe(integrityOf(read(`assets/${name}`)));
  }
});

test('[B9] what a visit downloads before its first recommendation, and after opting in, stays within its budget', () => {
  const { first, afterOptIn } = pageFiles(one);
  // The page and the worker: no more files than those would make a visit wait for one after another.
  expect(first).toHaveLength(2);
  expect(first.filter((name) => name.endsWith('.wasm'))).toEqual([]);
  expect(compressedBytes(one, first)).toBeLessThanOrEqual(mostBytesFirst);
  expect(afterOptIn.length).toBeGreaterThan(5);
  expect(compressedBytes(one, afterOptIn)).toBeLessThanOrEqual(mostBytesAfterOptIn);
});

/** What only code of that kind says. */
const marks = {
  tfjs: /WEBGPU_CPU_FORWARD|WEBGL_VERSION|_tfengine|not found in registry/,
  masks: /tacit\/secagg\/1 pair-mask/,
  cryptography: /noble-(curves|ciphers|hashes)/,
  rounds: /no-update|check-failed/,
  sockets: /EIO=4|socket\.io/,
  training: /expected a loaded item table/,
};

test.each(Object.entries(marks))(
  '[B9] no %s in what is loaded before opting in, nor kept for offline use',
  (_kind, mark) => {
    const { first, others } = pageFiles(one);
    const says = (name: string) => name.endsWith('.js') && mark.test(read(`assets/${name}`).toString());
    expect(first.filter(says)).toEqual([]);
    // Somewhere it is, so that this looks at something.
    const scripts = filesBelow(join(one, 'assets'));
    expect(scripts.filter(says).length).toBeGreaterThan(0);
    expect(others.filter((name) => !name.startsWith('lazy-')).filter(says)).toEqual([]);
    const worker = read('sw.js').toString();
    const kept = /precacheAndRoute\(\[(.*?)\]/.exec(worker)?.[1] ?? '';
    for (const name of scripts.filter(says)) expect(kept).not.toContain(name);
  },
);

test('[B9] nothing is preloaded: no link in the page, none made by its code', () => {
  expect(read('index.html').toString()).not.toMatch(/modulepreload|rel="(preload|prefetch)"/);
  for (const name of filesBelow(join(one, 'assets')).filter((file) => file.endsWith('.js')))
    expect(read(`assets/${name}`).toString(), name).not.toMatch(/modulepreload/);
});

test('[B7] a stylesheet that only a later module would bring stops the build', () => {
  const html = page('<script type="module" src="/a.js"></script><link rel="stylesheet" href="/a.css">');
  expect(withIntegrity(html, bytes, [], ['a.css'])).toContain('href="/a.css" integrity="sha384-');
  expect(() => withIntegrity(html, bytes, ['b.js'], ['a.css', 'b.css'])).toThrow(/expected a link to b\.css/);
});

const page = (head: string) => `<!doctype html><head>${head}</head>`;
const bytes = () => new TextEncoder().encode('x');

test('[B7] a later module brings the import map, before the first module', () => {
  const html = withIntegrity(page('<script type="module" src="/a.js"></script>'), bytes, ['c.js', 'b.js']);
  const hash = integrityOf(bytes());
  expect(html).toContain(
    `<script type="importmap">{"integrity":{"/b.js":"${hash}","/c.js":"${hash}"}}</script>\n    <script type="module" src="/a.js" integrity="${hash}">`,
  );
});

test.each([
  ['an inline script', '<script>alert(1)</script>'],
  ['a script from elsewhere', '<script src="https://cdn.example/a.js"></script>'],
  ['a stylesheet from elsewhere', '<link rel="stylesheet" href="//cdn.example/a.css">'],
])('[B7] %s stops the build', (_what, tag) => {
  expect(() => withIntegrity(page(tag), bytes, [])).toThrow(/expected a file of this build/);
});
