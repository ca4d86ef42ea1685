// Starting on a data directory: again, broken, and after something went wrong.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { socketLimitsFor } from './config.ts';
import { type ServerOptions, type ServerSeams, ServerStartError, StoreError, startServer } from './start.ts';
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

test('[AV1] a policy that is judged harmful is refused with the crowd, what it would take and how to go on; nothing of it is stored', async () => {
  const harmful = { catalogue: testCatalogue(), harmful: 'refuse', expectedCrowd: 25 } as const;
  const error = await start(harmful).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ServerStartError);
  expect(error).toMatchObject({ code: 'harmful-policy' });
  const { message } = error as ServerStartError;
  for (const part of [
    'served worse than by content alone',
    '25',
    '--crowd',
    '--rounds off',
    '--despite-advice',
    'plan',
  ]) {
    expect(message).toContain(part);
  }
  // Another learner's model would have taken the place of the stored one.
  const first = await start({ expectedCrowd: 1_000_000, harmful: 'refuse' });
  const { hash } = await modelOf(first.url);
  await first.close();
  await expect(start({ ...harmful, learner: 'co-occurrence' })).rejects.toThrow(/--despite-advice/);
  const again = await start();
  expect(await modelOf(again.url)).toMatchObject({ version: 1, hash });
  await again.close();
});

test('[AV2] despite advice it starts, the log says so loudly, and the status has the judgement', async () => {
  const lines: string[] = [];
  const logs = { write: (line: string) => lines.push(line) };
  const server = await start({ expectedCrowd: 25, harmful: 'warn', logLevel: 'warn' }, { logs });
  const status = (await (await fetch(`${server.url}/v1/status`)).json()) as { advice: Record<string, unknown> };
  await server.close();
  expect(lines.join('')).toContain('DESPITE ADVICE');
  expect(status.advice).toMatchObject({ verdict: 'harmful', crowd: 25 });
});

test('[AV3] without rounds nobody can be harmed: it starts with rounds stopped, and the next start has them again', async () => {
  const server = await start({ expectedCrowd: 25, harmful: 'refuse', rounds: false });
  const status = async () => (await (await fetch(`${server.url}/v1/status`)).json()) as { stopped: boolean };
  expect((await status()).stopped).toBe(true);
  await server.close();
  // It is a setting of this start, not a switch that was thrown.
  const next = await start();
  expect(((await (await fetch(`${next.url}/v1/status`)).json()) as { stopped: boolean }).stopped).toBe(false);
  await next.close();
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
