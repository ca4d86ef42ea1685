// Starting on a data directory: again, broken, and after something went wrong.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { socketLimitsFor } from './config.ts';
import { type ServerOptions, ServerStartError, StoreError, startServer } from './start.ts';
import { testCatalogue } from './testing/catalogue.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-start-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const start = (options: Partial<ServerOptions> = {}) =>
  startServer({ catalogue: testCatalogue(), dataDir: folder, logLevel: 'silent', ...options });

async function modelOf(url: string) {
  const status = (await (await fetch(`${url}/v1/status`)).json()) as { model: { version: number; hash: string } };
  return status.model;
}

test('the model outlives the process; another catalogue continues it as a new version', async () => {
  const first = await start();
  const { hash } = await modelOf(first.url);
  await first.close();
  const second = await start();
  expect(await modelOf(second.url)).toMatchObject({ version: 1, hash });
  await second.close();
  const third = await start({ catalogue: testCatalogue(70) });
  expect(await modelOf(third.url)).toMatchObject({ version: 2, items: 70 });
  expect((await fetch(`${third.url}/v1/models/${hash}`)).status).toBe(200);
  await third.close();
});

test('a corrupt database stops the start with what to do, changes nothing and keeps no lock', async () => {
  const path = join(folder, 'tacit.db');
  writeFileSync(path, 'not a database');
  const error = await start().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({ code: 'corrupt', message: expect.stringContaining(path) as unknown });
  expect(readFileSync(path, 'utf8')).toBe('not a database');
  rmSync(path);
  await (await start()).close();
});

test('a policy below the floors and a mode that does not exist stop the start and keep no lock', async () => {
  await expect(start({ policy: { minCohort: 3 } })).rejects.toThrow(/minCohort|nEff|honestNoiseShares/);
  await expect(start({ policy: { mode: 1 } })).rejects.toThrow(ServerStartError);
  await (await start()).close();
});

test('without a data directory nothing is written and the switch has no key', async () => {
  const server = await startServer({ catalogue: testCatalogue(), logLevel: 'silent' });
  const answer = await fetch(`${server.url}/v1/stop`, { method: 'POST', headers: { authorization: 'Bearer x' } });
  expect(answer.status).toBe(401);
  await server.close();
});

test('sockets for one address: a named limit, more for a larger fleet', () => {
  expect(socketLimitsFor(36).maxSocketsPerAddress).toBe(256);
  expect(socketLimitsFor(500).maxSocketsPerAddress).toBe(1000);
});
