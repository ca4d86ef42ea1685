// The effects of a round with a clock that a test moves and a store that a test breaks. In mode 4, whose rounds are short; masked ones are in
// coordinator.masked.test.ts and over sockets.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { experimentRandom } from '#shared/maths/random.ts';
import { liftSigned } from '#shared/maths/ring.ts';
import { encodeUpdate } from '#shared/privacy/pipeline.ts';
import { fromHex } from '#shared/protocol/canonical.ts';
import { packBits, packedBytes, uploadFrames } from '#shared/protocol/codec.ts';
import { protocolVersion, type ServerMessage } from '#shared/protocol/messages.ts';
import { parseRoundConfig } from '#shared/protocol/round-config.ts';
import { platformCrypto } from '#shared/secagg/crypto.ts';
import { type Aggregated, type AggregateInput, aggregate } from './aggregate.ts';
import { defaultTimings } from './config.ts';
import { Coordinator } from './coordinator.ts';
import { openPublication, type Publication } from './publication.ts';
import { memoryStore } from './store/memory.ts';
import type { Store } from './store/store.ts';
import { Telemetry } from './telemetry.ts';
import { testCatalogue } from './testing/catalogue.ts';
import { ManualClock } from './testing/manual-clock.ts';

let store: Store;
let clock: ManualClock;
let publication: Publication;
let coordinator: Coordinator;
let inbox: Map<string, ServerMessage[]>;
let broadcasts: ServerMessage[];
let cut: string[];
/** Replaced by tests that break a part. */
let aggregator: (input: AggregateInput) => Promise<Aggregated>;

beforeEach(async () => {
  store = memoryStore();
  clock = new ManualClock();
  inbox = new Map();
  broadcasts = [];
  cut = [];
  aggregator = async (input) => aggregate(input);
  publication = await openPublication(store, {
    catalogue: testCatalogue(),
    learner: 'reconstruction',
    expectedPresence: 36,
    expectedPeople: null,
    policy: { mode: 4, minCohort: 20, maxCohort: 28 },
    dimension: null,
    nowMs: clock.nowMs(),
  });
  coordinator = create(store);
});
afterEach(async () => {
  await coordinator.close();
  await coordinator.close();
});

function create(withStore: Store): Coordinator {
  const made = new Coordinator({
    ...publication,
    store: withStore,
    clock,
    telemetry: new Telemetry('silent'),
    crypto: platformCrypto(crypto.subtle),
    timings: defaultTimings,
    stopped: false,
    counts: { completed: 0, failed: 0 },
    aggregate: (input) => aggregator(input),
    onPublish: () => undefined,
  });
  made.attach({
    send: (client, message) => {
      inbox.set(client, [...(inbox.get(client) ?? []), message]);
    },
    broadcast: (message) => {
      broadcasts.push(message);
    },
    cut: (client) => {
      cut.push(client);
    },
  });
  return made;
}

/** The same store with one method replaced. */
function broken(name: keyof Store, replacement: () => Promise<never>): Store {
  return new Proxy(store, {
    get(target, property) {
      if (property === name) return replacement;
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function join(client: string, simulated = false): void {
  const { hash } = coordinator.model;
  coordinator.connected(client);
  coordinator.receive(client, {
    kind: 'join',
    protocol: protocolVersion,
    modelHash: hash,
    policyHash: publication.policyHash,
    simulated,
  });
}

function last(client: string): ServerMessage | undefined {
  return inbox.get(client)?.at(-1);
}

/** Lets queued writes and their events happen; no time passes. */
async function settle(): Promise<void> {
  for (let i = 0; i < 50; i += 1) await Promise.resolve();
}

async function toCollect(count = 24): Promise<string[]> {
  const people = Array.from({ length: count }, (_, index) => `p${index}`);
  for (const person of people) join(person);
  clock.advance(1_000);
  await settle();
  return people;
}

function configOf(client: string) {
  const message = inbox
    .get(client)
    ?.filter((candidate) => candidate.kind === 'config')
    .at(-1);
  if (message?.kind !== 'config') throw new Error(`${client} has no config.`);
  return parseRoundConfig(message.config);
}

/** The integers that it sent. */
function upload(client: string, seed = 1): Int32Array {
  const config = configOf(client);
  const { noised } = encodeUpdate(new Float64Array(config.length).fill(0.01), config, experimentRandom(seed));
  for (const frame of uploadFrames(packBits(noised, config.bits)))
    coordinator.receive(client, { kind: 'local', roundId: config.roundId, frame });
  return noised;
}

test('the status follows the round and its deadline', async () => {
  expect(coordinator.round()).toBeNull();
  await toCollect();
  expect(coordinator.round()).toMatchObject({ state: 'collect', joined: 24, needed: 24 });
  const started = coordinator.round()?.deadlineMs ?? 0;
  clock.advance(4_000);
  expect(coordinator.round()?.deadlineMs).toBe(started - 4_000);
});

test('[R6] at the deadline the round goes on with those who answered', async () => {
  const people = await toCollect();
  people.slice(0, 20).forEach(upload);
  clock.advance(40_000);
  await settle();
  expect(last('p0')).toMatchObject({ kind: 'result', cohort: 20, modelVersion: 2 });
  expect(last('p23')).toMatchObject({ kind: 'refused', code: 'late' });
  expect(broadcasts.at(-1)).toMatchObject({ kind: 'model', version: 2 });
  expect(coordinator.counts).toEqual({ completed: 1, failed: 0 });
});

test('[R6] at the deadline too few abort, and nothing of them is kept', async () => {
  const people = await toCollect();
  people.slice(0, 19).forEach(upload);
  const { roundId } = configOf('p0');
  clock.advance(40_000);
  await settle();
  expect(last('p0')).toMatchObject({ kind: 'abort', code: 'too-few' });
  expect(await store.round(roundId)).toMatchObject({ state: 'aborted', abortCode: 'too-few', sum: null });
  expect(coordinator.counts).toEqual({ completed: 0, failed: 1 });
  expect(coordinator.model.model.header.version).toBe(1);
});

test('[S1][S2] what is stored is the lifted ring sum of the uploads', async () => {
  const people = await toCollect();
  const config = configOf('p0');
  const total = new Uint32Array(config.length);
  people.forEach((person, index) => {
    upload(person, index + 1).forEach((value, i) => {
      total[i] = (total[i] ?? 0) + value;
    });
  });
  await settle();
  const sum = (await store.round(config.roundId))?.sum ?? new Uint8Array();
  const stored = Array.from({ length: config.length }, (_, i) => new DataView(sum.buffer).getInt32(4 * i, true));
  expect(stored).toEqual([
    ...liftSigned(
      total.map((value) => value & (2 ** config.bits - 1)),
      config.bits,
    ),
  ]);
});

test('[P1] each round has its own id and rotation seed, and names the current model', async () => {
  const people = await toCollect();
  const first = configOf('p0');
  people.forEach(upload);
  await settle();
  for (const person of people) {
    coordinator.disconnected(person);
    join(`${person}-again`);
  }
  clock.advance(1_000);
  await settle();
  const second = configOf('p0-again');
  expect(second.roundId).not.toBe(first.roundId);
  expect(second.rotationSeed).not.toEqual(first.rotationSeed);
  expect(second.modelHash).toBe(coordinator.model.hash);
  expect(fromHex(second.roundId)).toHaveLength(16);
});

test('[R9] when the config cannot be stored nobody sees it', async () => {
  coordinator = create(broken('configureRound', () => Promise.reject(new Error('disk full'))));
  await toCollect();
  expect(last('p0')).toMatchObject({ kind: 'abort', code: 'server-error' });
  expect(inbox.get('p0')?.some((message) => message.kind === 'config')).toBe(false);
});

test('[R9] when the transaction fails the model stays as it was', async () => {
  coordinator = create(broken('publish', () => Promise.reject(new Error('disk full'))));
  const before = coordinator.model.hash;
  (await toCollect()).forEach(upload);
  await settle();
  expect(last('p0')).toMatchObject({ kind: 'abort', code: 'server-error' });
  expect(coordinator.model.hash).toBe(before);
  expect(broadcasts).toEqual([]);
  expect(coordinator.round()).toBeNull();
});

test('[R6] when aggregating fails or hangs the round aborts', async () => {
  aggregator = () => Promise.reject(new RangeError('no model'));
  (await toCollect()).forEach(upload);
  await settle();
  expect(last('p0')).toMatchObject({ kind: 'abort', code: 'server-error' });

  aggregator = () => new Promise(() => undefined);
  for (let i = 0; i < 24; i += 1) join(`q${i}`);
  clock.advance(1_000);
  await settle();
  for (let i = 0; i < 24; i += 1) upload(`q${i}`);
  await settle();
  expect(coordinator.round()?.state).toBe('aggregate');
  clock.advance(defaultTimings.aggregateMs);
  await settle();
  expect(last('q0')).toMatchObject({ kind: 'abort', code: 'server-error' });
});

test('[U1] an upload beyond its length cuts its sender off; a bad one does not', async () => {
  await toCollect();
  const { roundId, length, bits } = configOf('p0');
  const [bad] = uploadFrames(new Uint8Array(3)) as [Uint8Array];
  coordinator.receive('p0', { kind: 'local', roundId, frame: bad });
  expect(last('p0')).toMatchObject({ kind: 'refused', code: 'bad-frame' });
  expect(cut).toEqual([]);
  const [large] = uploadFrames(new Uint8Array(packedBytes(length, bits) + 1)) as [Uint8Array];
  coordinator.receive('p0', { kind: 'local', roundId, frame: large });
  expect(last('p0')).toMatchObject({ kind: 'refused', code: 'too-large' });
  expect(cut).toEqual(['p0']);
});

test('[R8] a stop ends the round at once and is stored', async () => {
  await toCollect();
  await coordinator.stop();
  expect(last('p0')).toMatchObject({ kind: 'abort', code: 'stopped' });
  expect(await store.setting('stopped')).toBe('true');
  join('late');
  expect(last('late')).toMatchObject({ kind: 'refused', code: 'stopped' });
  await coordinator.resume();
  expect(await store.setting('stopped')).toBe('false');
  expect(broadcasts.at(-1)).toMatchObject({ kind: 'model', version: 1 });
});

test('closing abandons the open round', async () => {
  await toCollect();
  const { roundId } = configOf('p0');
  await coordinator.close();
  expect((await store.round(roundId))?.state).toBe('abandoned');
  upload('p0');
  expect((await store.round(roundId))?.state, 'what still comes changes nothing').toBe('abandoned');
});

/** A federation whose phases are of one round each and more, in mode 4. */
async function phased(people: number): Promise<void> {
  await coordinator.close();
  store = memoryStore();
  publication = await openPublication(store, {
    catalogue: testCatalogue(),
    learner: 'co-occurrence',
    expectedPresence: 36,
    expectedPeople: people,
    policy: { mode: 4, minCohort: 20, maxCohort: 28 },
    dimension: null,
    nowMs: clock.nowMs(),
  });
  coordinator = create(store);
}

async function roundOf24(prefix: string): Promise<void> {
  const people = Array.from({ length: 24 }, (_, index) => `${prefix}${index}`);
  for (const person of people) join(person);
  clock.advance(1_000);
  await settle();
  for (const person of people) upload(person);
  await settle();
  for (const person of people) coordinator.disconnected(person);
}

test('a phase that has had a round ends when no other comes for its patience; one that had none waits', async () => {
  await phased(24 * 3);
  const place = () => {
    const { version, epoch, phase, phaseRounds } = coordinator.model.model.header;
    return { version, epoch, phase, phaseRounds };
  };
  clock.advance(10 * defaultTimings.phasePatienceMs);
  await settle();
  expect(place()).toEqual({ version: 1, epoch: 1, phase: 0, phaseRounds: 0 });
  await roundOf24('a');
  expect(place()).toEqual({ version: 2, epoch: 1, phase: 0, phaseRounds: 1 });
  clock.advance(defaultTimings.phasePatienceMs - 2_000);
  await settle();
  expect(place()).toMatchObject({ phase: 0, phaseRounds: 1 });
  join('waits');
  clock.advance(2_000);
  await settle();
  expect(place()).toEqual({ version: 3, epoch: 1, phase: 1, phaseRounds: 0 });
  expect(last('waits')).toMatchObject({ kind: 'refused', code: 'stale-model' });
  expect(broadcasts.at(-1)).toMatchObject({ kind: 'model', version: 3, hash: coordinator.model.hash });
  const record = await store.latestModel();
  expect(record).toMatchObject({ version: 3, hash: coordinator.model.hash, roundId: null });
  clock.advance(10 * defaultTimings.phasePatienceMs);
  await settle();
  expect(place()).toMatchObject({ version: 3, phase: 1, phaseRounds: 0 });
  // The next round is held to the phase that it is in.
  await roundOf24('b');
  expect(place()).toEqual({ version: 4, epoch: 1, phase: 1, phaseRounds: 1 });
});

test('a phase does not end under people who are in a round, nor while rounds are stopped', async () => {
  await phased(24 * 3);
  await roundOf24('a');
  clock.advance(defaultTimings.phasePatienceMs - 10_000);
  const people = await toCollect();
  clock.advance(10_000);
  await settle();
  expect(coordinator.model.model.header).toMatchObject({ version: 2, phase: 0 });
  for (const person of people) coordinator.disconnected(person);
  clock.advance(40_000);
  await coordinator.stop();
  clock.advance(120_000);
  await settle();
  expect(coordinator.model.model.header).toMatchObject({ version: 2, phase: 0 });
  await coordinator.resume();
  clock.advance(60_000);
  await settle();
  expect(coordinator.model.model.header).toMatchObject({ version: 3, phase: 1 });
});
