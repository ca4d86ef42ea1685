// Whole rounds over real sockets: from raw clients to a published model.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseModel } from '#shared/model/file.ts';
import { sha256Hex } from '#shared/protocol/canonical.ts';
import type { ServerMessage } from '#shared/protocol/messages.ts';
import { encodeMessage } from '#shared/protocol/parse.ts';
import { type AggregateInput, aggregate, recomputeModel } from './aggregate.ts';
import { type RunningServer, type ServerOptions, type ServerSeams, startServer } from './start.ts';
import { sqliteStore } from './store/sqlite.ts';
import { testCatalogue } from './testing/catalogue.ts';
import { type Outcome, type Part, RawClient } from './testing/raw-client.ts';

let folder: string;
let server: RunningServer;
let clients: RawClient[];
/** What came out of the ring, by round. */
let arrived: AggregateInput[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-round-'));
  clients = [];
  arrived = [];
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
const seams: ServerSeams = {
  aggregate: async (input) => {
    arrived.push(input);
    return aggregate(input);
  },
};

function connect(count: number): RawClient[] {
  const made = Array.from({ length: count }, () => new RawClient(server.url));
  clients.push(...made);
  return made;
}

async function status(): Promise<Record<string, never>> {
  return (await fetch(`${server.url}/v1/status`)).json() as Promise<Record<string, never>>;
}

/** All take part in the same round; `partOf` may make some of them stray. */
async function round(
  people: readonly RawClient[],
  partOf: (index: number) => Part = () => ({}),
): Promise<PromiseSettledResult<Outcome>[]> {
  await Promise.all(people.map((person) => person.join()));
  return Promise.allSettled(people.map((person, index) => person.takePart({ seed: index + 1, ...partOf(index) })));
}

/** The integers of these people, added modulo 2^b. */
function sumOf(people: readonly RawClient[], bits: number): Uint32Array {
  const sum = new Uint32Array(people[0]?.integers?.length ?? 0);
  for (const { integers } of people)
    integers?.forEach((value, i) => {
      sum[i] = (sum[i] ?? 0) + value;
    });
  return bits === 32 ? sum : sum.map((value) => value & (2 ** bits - 1));
}

function kindsOf(outcomes: readonly PromiseSettledResult<Outcome>[]): string[] {
  return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.kind : 'closed'));
}

test('24 people make the next model: the sum is exactly that of their integers, and the model can be computed again', async () => {
  server = await startServer({ ...quick, dataDir: folder }, seams);
  const people = connect(24);
  const update = (index: number) => (config: { length: number }) =>
    Float64Array.from({ length: config.length }, (_, i) => Math.sin(i + index));
  const outcomes = await round(people, (index) => ({ update: update(index) }));
  expect(kindsOf(outcomes)).toEqual(Array(24).fill('result'));
  const [input] = arrived;
  expect(input?.sum).toEqual(sumOf(people, input?.config.bits ?? 0));
  expect(input?.config.mode).toBe(1);
  const next = await people[0]?.next('model');
  expect(next).toMatchObject({ version: 2 });

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
