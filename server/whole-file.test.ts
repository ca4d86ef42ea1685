import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeWhole } from './whole-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-whole-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a file is replaced by all of the new one, with its mode, and nothing is left beside it', () => {
  const path = join(folder, 'file');
  writeWhole(path, 'first');
  // What a killed process of this number may have left, readable by all.
  writeFileSync(`${path}.${process.pid}.new`, 'half', { mode: 0o644 });
  writeWhole(path, new TextEncoder().encode('second ä'), 0o600);
  expect(readFileSync(path, 'utf8')).toBe('second ä');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['file']);
});

test('where it cannot take the place, what is there stays and nothing is left beside it', () => {
  const taken = join(folder, 'taken');
  mkdirSync(join(taken, 'inside'), { recursive: true });
  expect(() => writeWhole(taken, 'text')).toThrow();
  expect(existsSync(join(taken, 'inside'))).toBe(true);
  expect(() => writeWhole(join(folder, 'absent', 'file'), 'text')).toThrow('ENOENT');
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
});
