// Whole rounds over real sockets: from raw clients to a published model.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseLearnerState } from '#shared/learners/server.ts';
import { blockOfVersion } from '#shared/model/blocks.ts';
import { parseModel } from '#shared/model/file.ts';
import { sha256Hex } from '#shared/protocol/canonical.ts';
import { packedBytes } from '#shared/protocol/codec.ts';
import { protocolVersion } from '#shared/protocol/messages.ts';
import { parsePolicy, roundPolicyOf } from '#shared/protocol/policy.ts';
import { type AggregateInput, aggregate, recomputeModel } from './aggregate.ts';
import { type RunningServer, type ServerOptions, type ServerSeams, startServer } from './start.ts';
import { sqliteStore } from './store/sqlite.ts';
import { testCatalogue } from './testing/catalogue.ts';
import { patientClock } from './testing/patient-clock.ts';
import { type Outcome, type Part, RawClient, sumOf } from './testing/raw-client.ts';

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
  clock: patientClock,
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

/** All take part in the same round. */
async function round(people: readonly RawClient[], partOf: (index: number) => Part = () => ({})): Promise<Outcome[]> {
  await Promise.all(people.map((person) => person.join()));
  return Promise.all(people.map((person, index) => person.takePart({ seed: index + 1, ...partOf(index) })));
}

test('24 people make the next model: the sum is exactly that of their integers, and the model can be computed again', async () => {
  server = await startServer({ ...quick, dataDir: folder }, seams);
  const people = connect(24);
  const update = (index: number) => (config: { length: number }) =>
    Float64Array.from({ length: config.length }, (_, i) => Math.sin(i + index));
  const outcomes = await round(people, (index) => ({ update: update(index) }));
  const [input] = arrived;
  if (input === undefined) throw new Error('No sum has arrived.');
  expect(outcomes).toMatchObject(
    Array(24).fill({ kind: 'result', roundId: input.config.roundId, cohort: 24, modelVersion: 2 }),
  );
  expect(input.sum).toEqual(sumOf(people, input.config.bits));
  expect(input.config.mode).toBe(1);
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

test('item blocks: each version moves its own rows and columns, and nobody says which', async () => {
  const offsets = { items: 60, itemBlocks: 3, rank: 2 };
  server = await startServer(
    { ...quick, dataDir: folder, dimension: 4, policy: { noiseMultiplier: 0.7, offsets } },
    seams,
  );
  const { layout } = roundPolicyOf(parsePolicy(await (await fetch(`${server.url}/v1/policy`)).json()), 0);
  const index = layout.parts.findIndex(({ name }) => name === 'offsets');
  const part = layout.parts[index]!;
  expect(part).toMatchObject({ rows: 60, length: 20 * 2, blocks: { rows: 3, columns: 2 } });
  const at = layout.parts.slice(0, index).reduce((sum, { length }) => sum + length, 0);
  const update = (config: { length: number }) =>
    Float64Array.from({ length: config.length }, (_, i) => (i >= at && i < at + part.length ? (-1) ** i * 0.12 : 0));
  for (const version of [1, 2, 3]) {
    const outcomes = await round(connect(24), () => ({ update }));
    expect(outcomes).toMatchObject(Array(24).fill({ kind: 'result', cohort: 24, modelVersion: version + 1 }));
    expect(arrived[version - 1]!.config.length).toBe(layout.length);
  }
  await server.close();
  const store = await sqliteStore(join(folder, 'tacit.db'));
  const offsetsAt = async (version: number) => {
    const state = parseLearnerState('reconstruction', (await store.modelByVersion(version))!.serverState);
    if (state.learner !== 'reconstruction') throw new TypeError(state.learner);
    return state.core.offsets;
  };
  for (const version of [1, 2, 3]) {
    const [before, after] = [await offsetsAt(version), await offsetsAt(version + 1)];
    const moved = [...after.keys()].filter((place) => after[place] !== before[place]);
    const block = blockOfVersion(version, part.blocks!, 60, 4);
    expect(new Set(moved.map((place) => Math.floor(place / 4)))).toEqual(new Set(block.rows));
    const stored = await store.modelByVersion(version + 1);
    expect((await recomputeModel(store, version + 1)).file, '[R10]').toEqual(stored?.file);
  }
  await store.close();
}, 60_000);

test('mode 4, when the operator chose it: each upload is sent without masks, and the sum is theirs', async () => {
  server = await startServer({ ...quick, policy: { mode: 4, minCohort: 3, maxCohort: 4 } }, seams);
  const people = connect(4);
  const outcomes = await round(people);
  expect(outcomes).toMatchObject(Array(4).fill({ kind: 'result', cohort: 4 }));
  const [input] = arrived;
  expect(input?.config).toMatchObject({ mode: 4, neighbours: 0, thresholdPermille: 0, honestNoiseShares: 1 });
  expect(input?.sum).toEqual(sumOf(people, input?.config.bits ?? 0));
  expect(await status()).toMatchObject({ policy: { mode: 4 }, rounds: { completed: 1 } });
}, 30_000);

test('the modes are not mixed: an upload without masks in a masked round is refused, and a masked one in mode 4', async () => {
  server = await startServer(quick, seams);
  const masked = connect(24);
  await Promise.all(masked.map((person) => person.join()));
  const config = await (masked[0] as RawClient).config();
  masked[0]?.uploadPayload('local', config.roundId, new Uint8Array(packedBytes(config.length, config.bits)));
  expect(await masked[0]?.next('refused')).toMatchObject({ code: 'out-of-order' });
  await server.close();

  server = await startServer({ ...quick, policy: { mode: 4, minCohort: 2, maxCohort: 2 } }, seams);
  const people = connect(2);
  await Promise.all(people.map((person) => person.join()));
  const local = await (people[0] as RawClient).config();
  people[0]?.uploadPayload('masked', local.roundId, new Uint8Array(packedBytes(local.length, local.bits)));
  expect(await people[0]?.next('refused')).toMatchObject({ code: 'out-of-order' });
  people[0]?.send({ kind: 'advertise', roundId: local.roundId, bytes: new Uint8Array(80) });
  expect(await people[0]?.next('refused')).toMatchObject({ code: 'out-of-order' });
  expect(arrived).toEqual([]);
}, 30_000);

test('[R3] a waiting real visitor gets a seat before simulated participants', async () => {
  server = await startServer({ ...quick, timings: { quietMs: 60_000, graceMs: 100 } }, seams);
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
  server = await startServer(quick, seams);
  const people = connect(24);
  await round(people);
  const stale = people[0] as RawClient;
  const first = stale.messages.find((message) => message.kind === 'model');
  if (first?.kind !== 'model') throw new Error('unreachable');
  const { hash, policyHash } = first;
  stale.send({ kind: 'join', protocol: protocolVersion, modelHash: hash, policyHash, simulated: false });
  expect(await stale.next('refused')).toMatchObject({ code: 'stale-model', retryAfterMs: 0 });
  expect((await fetch(`${server.url}/v1/models/${hash}`)).status, 'a download in progress is not cut').toBe(200);

  const again = await round(connect(24));
  expect(again[0]).toMatchObject({ kind: 'result', modelVersion: 3 });
}, 60_000);

test('closing in the middle of a round disconnects everyone within 5 s and is safe twice', async () => {
  server = await startServer(quick, seams);
  const people = connect(24);
  await Promise.all(people.map((person) => person.join()));
  await Promise.all(people.map((person) => person.config()));
  const before = performance.now();
  await Promise.all([server.close(), server.close()]);
  expect(performance.now() - before).toBeLessThan(5_000);
  await Promise.all(people.map((person) => person.untilClosed()));
}, 30_000);
