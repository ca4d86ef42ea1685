// One suite for every store.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from './memory.ts';
import { sqliteStore } from './sqlite.ts';
import { type ModelRecord, type Store, StoreError } from './store.ts';

function model(version: number, overrides: Partial<ModelRecord> = {}): ModelRecord {
  return {
    version,
    hash: version.toString(16).padStart(64, '0'),
    file: new Uint8Array([1, 2, 3, version]),
    serverState: new Uint8Array([9, version]),
    catalogueHash: 'c'.repeat(64),
    featuresHash: 'f'.repeat(64),
    roundId: null,
    publishedAt: 1_700_000_000_000 + version,
    ...overrides,
  };
}

const policyHash = 'a'.repeat(64);
const round = (id: string) => ({ id, baseVersion: 1, policyHash, openedAt: 1_700_000_000_123 });

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  return (error as StoreError).code;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-store-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ['memory', async () => memoryStore()],
  ['sqlite', async () => sqliteStore(join(folder, 'tacit.db'))],
] as const)('%s store', (_name, open) => {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(async () => {
    await store.close();
  });

  test('starts empty', async () => {
    expect(await store.latestModel()).toBeNull();
    expect(await store.modelByVersion(1)).toBeNull();
    expect(await store.modelFile('0'.repeat(64))).toBeNull();
    expect(await store.newestHashes(5)).toEqual([]);
    expect(await store.round('r')).toBeNull();
    expect(await store.setting('stopped')).toBeNull();
    expect(await store.roundCounts()).toEqual({ completed: 0, failed: 0 });
  });

  test('a model comes back byte for byte', async () => {
    await store.addModel(model(1));
    expect(await store.latestModel()).toEqual(model(1));
    expect(await store.modelByVersion(1)).toEqual(model(1));
    expect(await store.modelFile(model(1).hash)).toEqual(model(1).file);
  });

  test('versions rise by one and a hash is stored once', async () => {
    await store.addModel(model(1));
    expect(await refusal(store.addModel(model(3)))).toBe('conflict');
    expect(await refusal(store.addModel(model(1)))).toBe('conflict');
    expect(await refusal(store.addModel(model(2, { hash: model(1).hash })))).toBe('conflict');
    expect((await store.latestModel())?.version).toBe(1);
  });

  test('[R9] publishing writes model, state and round together', async () => {
    await store.addModel(model(1));
    await store.openRound(round('r1'));
    await store.configureRound('r1', new Uint8Array(184).fill(7));
    await store.publish({
      roundId: 'r1',
      cohort: 21,
      sum: new Uint8Array([5, 0, 0, 0]),
      model: model(2, { roundId: 'r1' }),
    });
    expect(await store.latestModel()).toEqual(model(2, { roundId: 'r1' }));
    const expected = {
      id: 'r1',
      state: 'published',
      baseVersion: 1,
      policyHash,
      config: new Uint8Array(184).fill(7),
      cohort: 21,
      sum: new Uint8Array([5, 0, 0, 0]),
      abortCode: null,
      modelVersion: 2,
      openedAt: 1_700_000_000_123,
      closedAt: model(2).publishedAt,
    };
    expect(await store.round('r1')).toEqual(expected);
    expect(await store.roundOfModel(2)).toEqual(expected);
    expect(await store.roundCounts()).toEqual({ completed: 1, failed: 0 });
  });

  test('[R9] a publication that cannot be complete leaves nothing behind', async () => {
    await store.addModel(model(1));
    await store.openRound(round('r1'));
    const sum = new Uint8Array(4);
    expect(await refusal(store.publish({ roundId: 'r1', cohort: 20, sum, model: model(5) }))).toBe('conflict');
    expect((await store.round('r1'))?.state).toBe('open');
    expect(await refusal(store.publish({ roundId: 'unknown', cohort: 20, sum, model: model(2) }))).toBe('conflict');
    await store.abortRound('r1', 'too-few', 5);
    expect(await refusal(store.publish({ roundId: 'r1', cohort: 20, sum, model: model(2) }))).toBe('conflict');
    expect((await store.latestModel())?.version).toBe(1);
  });

  test('a round is opened once, configured while open, aborted once', async () => {
    await store.openRound(round('r1'));
    expect(await refusal(store.openRound(round('r1')))).toBe('conflict');
    await store.abortRound('r1', 'stopped', 10);
    await store.abortRound('r1', 'deadline', 11);
    expect(await store.round('r1')).toMatchObject({ state: 'aborted', abortCode: 'stopped', closedAt: 10 });
    expect(await refusal(store.configureRound('r1', new Uint8Array(184)))).toBe('conflict');
  });

  test('[R9] open rounds are abandoned; only those with a fixed cohort count as failed', async () => {
    await store.openRound(round('gathering'));
    await store.openRound(round('collecting'));
    await store.configureRound('collecting', new Uint8Array(184));
    await store.openRound(round('aborted'));
    await store.configureRound('aborted', new Uint8Array(184));
    await store.abortRound('aborted', 'too-few', 3);
    expect(await store.abandonOpenRounds(9)).toBe(2);
    expect(await store.abandonOpenRounds(9)).toBe(0);
    expect(await store.round('gathering')).toMatchObject({ state: 'abandoned', closedAt: 9 });
    expect(await store.roundCounts()).toEqual({ completed: 0, failed: 2 });
  });

  test('files, policies and settings', async () => {
    await store.putFile('features', 'h', new Uint8Array([1]));
    await store.putFile('features', 'h', new Uint8Array([2]));
    await store.putFile('catalogue', 'h', new Uint8Array([3]));
    expect(await store.file('features', 'h')).toEqual(new Uint8Array([1]));
    expect(await store.file('catalogue', 'h')).toEqual(new Uint8Array([3]));
    expect(await store.file('catalogue', 'other')).toBeNull();
    await store.putPolicy('p', '{}');
    await store.putPolicy('p', '{"other":1}');
    expect(await store.policy('p')).toBe('{}');
    await store.putSetting('stopped', 'true');
    await store.putSetting('stopped', 'false');
    expect(await store.setting('stopped')).toBe('false');
  });

  test('pruning takes bytes of old versions and keeps the newest', async () => {
    await store.addModel(model(1));
    for (let version = 2; version <= 6; version += 1) {
      await store.openRound(round(`r${version}`));
      await store.publish({
        roundId: `r${version}`,
        cohort: 20,
        sum: new Uint8Array([version]),
        model: model(version),
      });
    }
    await store.prune(3);
    await store.prune(3);
    expect(await store.modelByVersion(3)).toBeNull();
    expect(await store.modelFile(model(3).hash)).toBeNull();
    expect(await store.modelFile(model(4).hash)).toEqual(model(4).file);
    expect(await store.newestHashes(9)).toEqual([6, 5, 4].map((version) => model(version).hash));
    expect(await store.newestHashes(2)).toEqual([6, 5].map((version) => model(version).hash));
    expect((await store.roundOfModel(3))?.sum).toBeNull();
    expect((await store.roundOfModel(4))?.sum).toEqual(new Uint8Array([4]));
    expect((await store.latestModel())?.version).toBe(6);
    expect(await store.roundCounts()).toEqual({ completed: 5, failed: 0 });
  });

  test('what is handed out belongs to the caller', async () => {
    const given = model(1);
    await store.addModel(given);
    given.file[0] = 99;
    const first = await store.latestModel();
    first?.file.fill(0);
    expect((await store.latestModel())?.file).toEqual(new Uint8Array([1, 2, 3, 1]));
  });

  test('close is safe twice, and a closed store refuses', async () => {
    await store.close();
    await store.close();
    expect(await refusal(store.latestModel())).toBe('closed');
  });
});
