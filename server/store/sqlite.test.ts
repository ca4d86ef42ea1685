// What only a file can do: outlive the process, be old, be new, be broken.
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, Migrator, type SqliteDatabase, SqliteDialect } from 'kysely';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrations } from './schema.ts';
import { sqliteStore } from './sqlite.ts';
import { StoreError } from './store.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-sqlite-'));
  path = join(folder, 'tacit.db');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const model = {
  version: 1,
  hash: 'b'.repeat(64),
  file: new Uint8Array(5000).fill(3),
  serverState: new Uint8Array([1]),
  catalogueHash: 'c',
  featuresHash: 'f',
  roundId: null,
  publishedAt: 1_700_000_000_000,
};

async function openingError(): Promise<StoreError> {
  const error = await sqliteStore(path).then(
    async (store) => {
      await store.close();
      return null;
    },
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  return error as StoreError;
}

test('what was written is there after reopening, with WAL and synchronous=FULL', async () => {
  const first = await sqliteStore(path);
  await first.addModel(model);
  await first.close();
  const second = await sqliteStore(path);
  expect(await second.latestModel()).toEqual(model);
  await second.close();
  const raw = new Database(path);
  expect(raw.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
  raw.close();
});

test('a file of the first schema is brought up to date and keeps its rows', async () => {
  const database = new Database(path);
  const db = new Kysely<{ models: Record<string, unknown> }>({
    dialect: new SqliteDialect({ database: database as unknown as SqliteDatabase }),
  });
  const first = Object.entries(migrations).slice(0, 1);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => Object.fromEntries(first) } });
  expect((await migrator.migrateToLatest()).error).toBeUndefined();
  await db
    .insertInto('models')
    .values({
      version: 1,
      hash: model.hash,
      file: model.file,
      server_state: model.serverState,
      catalogue_hash: 'c',
      features_hash: 'f',
      round_id: null,
      published_at: model.publishedAt,
    })
    .execute();
  await db.destroy();

  const store = await sqliteStore(path);
  expect(await store.latestModel()).toEqual(model);
  await store.putSetting('stopped', 'true');
  expect(await store.setting('stopped')).toBe('true');
  await store.close();
});

test('a file of a newer schema is refused and left alone', async () => {
  await (await sqliteStore(path)).close();
  const raw = new Database(path);
  raw.exec("insert into kysely_migration (name, timestamp) values ('999-from-the-future', '2030-01-01')");
  raw.close();
  const before = readFileSync(path);
  const error = await openingError();
  expect(error.code).toBe('newer');
  expect(error.message).toContain('999-from-the-future');
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a file that is not SQLite is refused with what to do, and left alone', async () => {
  writeFileSync(path, 'these are my notes, not a database');
  const error = await openingError();
  expect(error.code).toBe('corrupt');
  expect(error.message).toContain(path);
  expect(error.message).toContain('Nothing was changed');
  expect(readFileSync(path, 'utf8')).toBe('these are my notes, not a database');
});

test.each(['cut short', 'overwritten in the middle'])('a database %s is refused and left alone', async (damage) => {
  const store = await sqliteStore(path);
  await store.addModel(model);
  await store.close();
  const bytes = readFileSync(path);
  if (damage === 'cut short') truncateSync(path, bytes.length - 4096 - 100);
  else writeFileSync(path, Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 0xa5)]));
  const before = readFileSync(path);
  const error = await openingError();
  expect(error.code).toBe('corrupt');
  expect(readFileSync(path).equals(before)).toBe(true);
});
