// The fleet against a real server: worker threads, real sockets, rounds, a restart.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { type RunningServer, startServer } from '../../server/start.ts';
import { type Fleet, startFleet } from './fleet.ts';

const catalogue: Catalogue = {
  name: 'test',
  licence: 'made up',
  items: Array.from({ length: 120 }, (_, row) => ({
    id: `item-${row}`,
    title: `Item ${row}`,
    year: 1950 + (row % 70),
    genres: [`genre ${row % 6}`],
  })),
};

let dataDir: string;
let fleet: Fleet | null = null;
let server: RunningServer | null = null;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tacit-fleet-'));
});
afterEach(async () => {
  await fleet?.close();
  await server?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const serve = (port: number, mode: 1 | 4 = 1) =>
  startServer({
    catalogue,
    port,
    dataDir,
    policy: { cooldownMs: 1_000, mode },
    simulatedParticipants: () => fleet?.present() ?? 0,
  });

const people = (url: string) =>
  startFleet({
    url,
    catalogue,
    present: 36,
    population: 200,
    seed: 5,
    cooldownMs: 1_000,
    dataDir,
    pace: { firstArrivalsMs: 200, arrivalMeanMs: 50, lookAroundMeanMs: 200, stepMs: [5, 150] },
  });

async function completed(count: number): Promise<void> {
  for (;;) {
    const status = (await (await fetch(`${server?.url}/v1/status`)).json()) as { rounds: { completed: number } };
    if (status.rounds.completed >= count) return;
    await new Promise((next) => setTimeout(next, 50));
  }
}

test('[FL18] rounds follow each other although a tenth vanish, and the fleet comes back by itself after a restart of the server', async () => {
  server = await serve(0);
  const { port } = server;
  fleet = await people(server.url);
  await completed(3);
  expect(fleet.present()).toBeGreaterThan(0);
  await server.close();
  server = await serve(port);
  await completed(5);
});

test('[FL19] closing twice is closing once, and does not hang on people in a round', async () => {
  server = await serve(0);
  fleet = await people(server.url);
  await completed(1);
  const before = performance.now();
  await Promise.all([fleet.close(), fleet.close()]);
  expect(performance.now() - before).toBeLessThan(3_000);
});

test('[FL22] where the federation sends updates alone, its simulated people take part too, and their ledgers say so', async () => {
  server = await serve(0, 4);
  fleet = await people(server.url);
  await completed(2);
  await fleet.close();
  const lines = readFileSync(join(dataDir, 'fleet', 'ledger.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const rows = lines.map((line) => JSON.parse(line) as { enter?: { mode: number }; charge?: { mode: number } });
  expect(rows.filter(({ charge }) => charge?.mode === 4).length).toBeGreaterThan(3);
  expect(rows.some(({ enter, charge }) => (enter ?? charge)?.mode === 1)).toBe(false);
});

test('[FL23] a ledger line is written before a key is told and another before an upload leaves, one a person and round', async () => {
  server = await serve(0);
  fleet = await people(server.url);
  await completed(1);
  await fleet.close();
  const lines = readFileSync(join(dataDir, 'fleet', 'ledger.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const rows = lines.map((line) => JSON.parse(line) as { person: string; enter?: Row; charge?: Row });
  const names = (which: 'enter' | 'charge') =>
    rows.flatMap((row) => (row[which] ? `${row.person} ${row[which].roundId}` : []));
  const [entered, charged] = [names('enter'), names('charge')];
  expect(new Set(entered).size).toBe(entered.length);
  expect(new Set(charged).size).toBe(charged.length);
  for (const name of charged) expect(entered).toContain(name);
  expect(charged.length).toBeGreaterThanOrEqual(20);
});

interface Row {
  readonly roundId: string;
}
