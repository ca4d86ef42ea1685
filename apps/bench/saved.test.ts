import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { benchCodeVersion } from './code-version.ts';
import { counted, type Machine } from './result.ts';
import { parseSaved, readSaved, type Saved, save } from './saved.ts';

const machine: Machine = {
  processor: 'a processor',
  cores: 2,
  memoryBytes: 8e9,
  system: 'Linux 6',
  node: '22.12.0',
  chromium: null,
  tfjs: '4.22.0',
  tacit: '0.1.0',
  adapter: null,
  isSoftwareAdapter: false,
};
const subject = { case: 'fit', place: 'node', code: 'fit-wasm', size: '1 x 1', measure: 'wall', unit: 'ms' } as const;
const withBrowser: Machine = { ...machine, chromium: '130', adapter: 'one' };
const wanted = { code: 'ab', browserFlags: ['--a'], isQuick: false };
const saved: Saved = { ...wanted, machine, done: ['fit'], results: [counted(subject, 1)] };
const now = (nodeOnly: Machine, browser: Machine) => (hadBrowser: boolean) =>
  Promise.resolve(hadBrowser ? browser : nodeOnly);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a run on the same machine goes on with what was measured; a browser that took no part is not asked', async () => {
  const path = join(folder, 'same.json');
  save(path, saved);
  const noBrowser = (hadBrowser: boolean) =>
    hadBrowser ? Promise.reject(new Error('opened')) : Promise.resolve(machine);
  expect(await readSaved(path, { ...wanted, browserFlags: [] }, noBrowser)).toEqual(saved);
  save(path, { ...saved, machine: withBrowser });
  expect(await readSaved(path, wanted, now(machine, withBrowser))).toEqual({ ...saved, machine: withBrowser });
});

test.each([
  ['another version', { tacit: '0.2.0' }],
  ['another processor', { processor: 'another' }],
  ['another Node', { node: '24.0.0' }],
  ['another browser', { chromium: '131' }],
  ['another graphics adapter', { adapter: 'another' }],
  ['an adapter in software', { isSoftwareAdapter: true }],
])('%s begins anew', async (_, change) => {
  const path = join(folder, 'other.json');
  save(path, { ...saved, machine: withBrowser });
  expect(await readSaved(path, wanted, now(machine, { ...withBrowser, ...change }))).toBeNull();
});

test('so do other code, other flags of the browser, another effort, no file, and a file that is none of ours', async () => {
  const path = join(folder, 'other.json');
  const read = (more: Partial<typeof wanted>) => readSaved(path, { ...wanted, ...more }, now(machine, withBrowser));
  save(path, { ...saved, machine: withBrowser });
  expect(await read({})).not.toBeNull();
  expect(await read({ code: 'cd' })).toBeNull();
  expect(await read({ browserFlags: ['--b'] })).toBeNull();
  expect(await read({ isQuick: true })).toBeNull();
  const { code: _, ...withoutCode } = saved;
  for (const value of [null, [], { done: [] }, withoutCode, { ...saved, results: [{ case: 'fit' }] }]) {
    const text = JSON.stringify(value);
    writeFileSync(path, text);
    expect(parseSaved(text), text).toBeNull();
    expect(await read({})).toBeNull();
  }
  expect(parseSaved('')).toBeNull();
  rmSync(path);
  expect(await read({})).toBeNull();
});

test('the version of the code is another with any source or package, and the same with another test', () => {
  const root = join(folder, 'root');
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const path of ['index.html', 'package-lock.json', 'vite.config.ts', 'build/core.wasm']) write(path, 'one');
  for (const path of ['apps/web/a.css', 'server/deep/a.ts', 'shared/a.ts', 'shared/a.test.ts']) write(path, 'one');
  const seen = new Set([benchCodeVersion(root)]);
  write('shared/a.test.ts', 'two');
  write('shared/a.md', 'two');
  expect(seen).toContain(benchCodeVersion(root));
  for (const path of ['build/core.wasm', 'package-lock.json', 'apps/web/a.css', 'server/deep/a.ts']) {
    write(path, 'two');
    expect(seen, path).not.toContain(benchCodeVersion(root));
    seen.add(benchCodeVersion(root));
  }
});
