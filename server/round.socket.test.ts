// A whole round over real sockets: from 20 raw clients to a published model.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseModel } from '#shared/model/file.ts';
import { sha256Hex } from '#shared/protocol/canonical.ts';
import { recomputeModel } from './aggregate.ts';
import { type RunningServer, type ServerOptions, startServer } from './start.ts';
import { sqliteStore } from './store/sqlite.ts';
import { testCatalogue } from './testing/catalogue.ts';
import { RawClient } from './testing/raw-client.ts';

let folder: string;
let server: RunningServer;
let clients: RawClient[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-round-'));
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const quick: ServerOptions = {
  catalogue: testCatalogue(),
  timings: { quietMs: 20, graceMs: 100 },
  logLevel: 'silent',
};

function connect(count: number): RawClient[] {
  const made = Array.from({ length: count }, () => new RawClient(server.url));
  clients.push(...made);
  return made;
}

async function status(): Promise<Record<string, never>> {
  return (await fetch(`${server.url}/v1/status`)).json() as Promise<Record<string, never>>;
}

test('24 people make the next model, and it can be computed again from the decoded sum', async () => {
  server = await startServer({ ...quick, dataDir: folder });
  const people = connect(24);
  const announced = await Promise.all(people.map((person) => person.join()));
  expect(announced[0]?.version).toBe(1);
  const configs = await Promise.all(people.map((person) => person.config()));
  const config = configs[0];
  if (config === undefined) throw new Error('unreachable');
  people.forEach((person, index) => {
    person.upload(
      config,
      Float64Array.from({ length: config.length }, (_, i) => Math.sin(i + index)),
      index + 1,
    );
  });
  const results = await Promise.all(people.map((person) => person.next('result')));
  expect(results[0]).toMatchObject({ roundId: config.roundId, cohort: 24, modelVersion: 2 });
  const next = await people[0]?.next('model');
  expect(next).toMatchObject({ version: 2, hash: results[0]?.modelHash });

  const file = new Uint8Array(await (await fetch(`${server.url}/v1/models/${next?.hash}`)).arrayBuffer());
  expect(sha256Hex(file)).toBe(next?.hash);
  expect(parseModel(file).header.version).toBe(2);
  expect(await status()).toMatchObject({ model: { version: 2 }, rounds: { completed: 1, failed: 0 }, round: null });
  await server.close();

  const store = await sqliteStore(join(folder, 'tacit.db'));
  const again = await recomputeModel(store, 2);
  expect(again.hash, '[R10]').toBe(next?.hash);
  expect(again.file).toEqual(file);
  expect(again.serverState).toEqual((await store.modelByVersion(2))?.serverState);
  await store.close();
}, 30_000);

test('[R3] a waiting real visitor gets a seat before simulated participants', async () => {
  server = await startServer({ ...quick, timings: { quietMs: 60_000, graceMs: 100 } });
  // The last one fills the cohort of 28: everyone here is seated; the visitor, who came last but one, among them.
  const simulated = connect(26);
  await Promise.all(simulated.map((person) => person.join(true)));
  await Promise.all(simulated.map((person) => person.next('waiting')));
  const [visitor, last] = connect(2) as [RawClient, RawClient];
  await visitor.join();
  await visitor.next('waiting');
  await last.join(true);
  expect((await visitor.config()).maxCohort).toBe(28);
}, 30_000);

test('[R4] a second round starts from the new model, and an update for the old one is refused', async () => {
  server = await startServer(quick);
  const people = connect(24);
  await Promise.all(people.map((person) => person.join()));
  for (const [index, person] of people.entries()) person.upload(await person.config(), undefined, index + 1);
  await Promise.all(people.map((person) => person.next('result')));
  const stale = people[0] as RawClient;
  const first = stale.messages.find((message) => message.kind === 'model');
  if (first?.kind !== 'model') throw new Error('unreachable');
  const { hash, policyHash } = first;
  stale.send({ kind: 'join', protocol: 1, modelHash: hash, policyHash, resume: 'a'.repeat(32), simulated: false });
  expect(await stale.next('refused')).toMatchObject({ code: 'stale-model', retryAfterMs: 0 });
  expect((await fetch(`${server.url}/v1/models/${hash}`)).status, 'a download in progress is not cut').toBe(200);

  const again = connect(24);
  await Promise.all(again.map((person) => person.join()));
  for (const [index, person] of again.entries()) person.upload(await person.config(), undefined, index + 1);
  expect(await (again[0] as RawClient).next('result')).toMatchObject({ modelVersion: 3 });
}, 30_000);

test('closing in the middle of a round disconnects everyone within 5 s and is safe twice', async () => {
  server = await startServer(quick);
  const people = connect(24);
  await Promise.all(people.map((person) => person.join()));
  await Promise.all(people.map((person) => person.config()));
  const before = performance.now();
  await Promise.all([server.close(), server.close()]);
  expect(performance.now() - before).toBeLessThan(5_000);
  await Promise.all(people.map((person) => person.untilClosed()));
}, 30_000);
