// The lock, the token, server.json. That the lock dies with its process is proved in e2e/kill.test.ts.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataDirectory, ServerStartError } from './data-directory.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-dir-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function refusal(path = folder): ServerStartError {
  try {
    openDataDirectory(path).release();
  } catch (error) {
    expect(error).toBeInstanceOf(ServerStartError);
    return error as ServerStartError;
  }
  throw new Error('It was not refused.');
}

test('one at a time; after the release the next', () => {
  const first = openDataDirectory(folder);
  first.announce('http://127.0.0.1:1', 0);
  const error = refusal();
  expect(error.code).toBe('data-directory-in-use');
  expect(error.message).toContain('--data-dir');
  first.release();
  first.release();
  openDataDirectory(folder).release();
});

test('it is created, also below folders that do not exist', () => {
  const path = join(folder, 'a', 'b');
  openDataDirectory(path).release();
  expect(existsSync(path)).toBe(true);
});

// Node 20's recursive mkdir never returns there.
if (existsSync('/proc/self')) {
  test('a folder that the system does not let be made is refused, and soon', () => {
    expect(refusal('/proc/tacit/data').message).toContain('/proc/tacit/data');
  });
}

test('a file in its place is refused with the reason', () => {
  const path = join(folder, 'file');
  writeFileSync(path, '');
  expect(refusal(path)).toMatchObject({ code: 'data-directory' });
});

test('server.json is there while announced; one left by a killed process goes at the next start', () => {
  const path = join(folder, 'server.json');
  writeFileSync(path, '{"url":"http://stale","pid":1}');
  const directory = openDataDirectory(folder);
  expect(existsSync(path)).toBe(false);
  directory.announce('http://127.0.0.1:8080', 1_700_000_000_000);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    url: 'http://127.0.0.1:8080',
    pid: process.pid,
    startedAt: '2023-11-14T22:13:20.000Z',
  });
  directory.release();
  expect(existsSync(path)).toBe(false);
});

test('the operator token is made once, readable by its owner alone, and the only one accepted', () => {
  const first = openDataDirectory(folder);
  const path = join(folder, 'operator-token');
  const token = readFileSync(path, 'utf8').trim();
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(first.isOperatorToken(token)).toBe(true);
  expect(first.isOperatorToken(`${token}x`)).toBe(false);
  expect(first.isOperatorToken('')).toBe(false);
  first.release();
  const second = openDataDirectory(folder);
  expect(second.isOperatorToken(token)).toBe(true);
  second.release();
});

test('a token file that holds something else is refused, not replaced', () => {
  const path = join(folder, 'operator-token');
  writeFileSync(path, 'secret');
  expect(refusal().message).toContain('operator-token');
  expect(readFileSync(path, 'utf8')).toBe('secret');
  rmSync(path);
  openDataDirectory(folder).release();
});
