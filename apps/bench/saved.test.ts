import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
const saved: Saved = { machine, isQuick: false, done: ['fit'], results: [counted(subject, 1)] };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a run on the same machine goes on with what was measured', () => {
  const path = join(folder, 'same.json');
  save(path, saved);
  expect(readSaved(path, { ...machine, chromium: '130', adapter: 'one' }, false)).toEqual(saved);
});

test.each([
  ['another version', { tacit: '0.2.0' }],
  ['another processor', { processor: 'another' }],
  ['another Node', { node: '24.0.0' }],
])('%s begins anew', (_, change) => {
  const path = join(folder, 'other.json');
  save(path, saved);
  expect(readSaved(path, { ...machine, ...change }, false)).toBeNull();
});

test('so do another effort, no file, and a file that is none of ours', () => {
  const path = join(folder, 'quick.json');
  save(path, saved);
  expect(readSaved(path, machine, true)).toBeNull();
  expect(readSaved(join(folder, 'none.json'), machine, false)).toBeNull();
  for (const text of ['', 'null', '[]', '{"done":[]}', JSON.stringify({ ...saved, results: [{ case: 'fit' }] })]) {
    writeFileSync(path, text);
    expect(parseSaved(text), text).toBeNull();
    expect(readSaved(path, machine, false)).toBeNull();
  }
});
