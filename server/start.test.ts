// Starting on a data directory: again, broken, and after something went wrong.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { socketLimitsFor } from './config.ts';
import { type ServerOptions, type ServerSeams, StoreError, startServer } from './start.ts';
import { testCatalogue } from './testing/catalogue.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-start-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const start = (options: Partial<ServerOptions> = {}, seams: ServerSeams = {}) =>
  startServer({ catalogue: testCatalogue(), dataDir: folder, logLevel: 'silent', ...options }, seams);

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
  for (const mode of [0, 2, 3, 5]) {
    // @ts-expect-error: a caller without types.
    await expect(start({ policy: { mode } }), `mode ${mode}`).rejects.toThrow(/mode/);
  }
  await (await start()).close();
});

test('rounds are masked unless mode 4 was asked for, and then the log says what that means, in numbers', async () => {
  const modeOf = async (options: Partial<ServerOptions>) => {
    const lines: string[] = [];
    const logs = { write: (line: string) => lines.push(line) };
    const server = await start({ ...options, logLevel: 'warn' }, { logs });
    const status = (await (await fetch(`${server.url}/v1/status`)).json()) as { policy: { mode: number } };
    await server.close();
    return { mode: status.policy.mode, log: lines.join('') };
  };
  expect(await modeOf({})).toEqual({ mode: 1, log: '' });
  const local = await modeOf({ policy: { mode: 4 } });
  expect(local.mode).toBe(4);
  // A session costs what one round at z = 2 does, rho = 1 / 8: epsilon 2.41 at delta 1e-6 by the optimised conversion.
  const { noiseMultipliers, epsilon, delta } = JSON.parse(local.log) as Record<string, number & number[]>;
  expect(noiseMultipliers?.reduce((sum: number, z: number) => sum + 1 / (2 * z * z), 0)).toBeCloseTo(1 / 8, 3);
  expect(epsilon).toBeCloseTo(2.41, 1);
  expect(delta).toBe(1e-6);
  expect(local.log).toContain('not masked');
  // Not remembered: the next start is masked again.
  expect((await modeOf({})).mode).toBe(1);
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
