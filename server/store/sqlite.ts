// The store in one SQLite file: WAL, synchronous=FULL, so what was acknowledged survives kill -9 and a power cut.
// One process at a time has the file: data-directory.ts holds the lock.
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { Kysely, Migrator, type SqliteDatabase, SqliteDialect, sql } from 'kysely';
import Database from 'libsql';
import { migrations, type Schema } from './schema.ts';
import { type ModelRecord, type RoundOutcome, type RoundRecord, type Store, StoreError } from './store.ts';

/**
 * Opens (or creates) the database and brings its schema up to date. Throws StoreError `corrupt` or `newer` with what to do,
 * before anything was written to a file that cannot be trusted.
 */
export async function sqliteStore(path: string): Promise<Store> {
  checkHeader(path);
  const database = openDatabase(path);
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: database as unknown as SqliteDatabase }) });
  try {
    await migrate(db, path);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return new SqliteStore(db);
}

class SqliteStore implements Store {
  readonly #db: Kysely<Schema>;
  #closed = false;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  get #open(): Kysely<Schema> {
    if (this.#closed) throw new StoreError('closed', 'The store is closed.');
    return this.#db;
  }

  async latestModel(): Promise<ModelRecord | null> {
    const row = await this.#open
      .selectFrom('models')
      .selectAll()
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : modelFromRow(row);
  }

  async modelByVersion(version: number): Promise<ModelRecord | null> {
    const row = await this.#open.selectFrom('models').selectAll().where('version', '=', version).executeTakeFirst();
    return row === undefined ? null : modelFromRow(row);
  }

  async newestHashes(count: number): Promise<readonly string[]> {
    const rows = await this.#open
      .selectFrom('models')
      .select('hash')
      .where('file', 'is not', null)
      .orderBy('version', 'desc')
      .limit(count)
      .execute();
    return rows.map(({ hash }) => hash);
  }

  async modelFile(hash: string): Promise<Uint8Array | null> {
    const row = await this.#open.selectFrom('models').select('file').where('hash', '=', hash).executeTakeFirst();
    return row === undefined ? null : bytesOrNull(row.file);
  }

  async addModel(model: ModelRecord): Promise<void> {
    await this.#open.transaction().execute((transaction) => insertModel(transaction, model));
  }

  async putFile(kind: 'features' | 'catalogue', hash: string, bytes: Uint8Array): Promise<void> {
    await this.#open
      .insertInto('files')
      .values({ kind, hash, bytes })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async file(kind: 'features' | 'catalogue', hash: string): Promise<Uint8Array | null> {
    const row = await this.#open
      .selectFrom('files')
      .select('bytes')
      .where('kind', '=', kind)
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row === undefined ? null : bytesOrNull(row.bytes);
  }

  async putPolicy(hash: string, json: string): Promise<void> {
    await this.#open
      .insertInto('policies')
      .values({ hash, json })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async policy(hash: string): Promise<string | null> {
    const row = await this.#open.selectFrom('policies').select('json').where('hash', '=', hash).executeTakeFirst();
    return row?.json ?? null;
  }

  async openRound(round: { id: string; baseVersion: number; policyHash: string; openedAt: number }): Promise<void> {
    const result = await this.#open
      .insertInto('rounds')
      .values({
        id: round.id,
        state: 'open',
        base_version: round.baseVersion,
        policy_hash: round.policyHash,
        opened_at: round.openedAt,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (result.numInsertedOrUpdatedRows !== 1n) throw new StoreError('conflict', `Round ${round.id} exists already.`);
  }

  async configureRound(id: string, config: Uint8Array): Promise<void> {
    const result = await this.#open
      .updateTable('rounds')
      .set({ config })
      .where('id', '=', id)
      .where('state', '=', 'open')
      .executeTakeFirst();
    if (result.numUpdatedRows !== 1n) throw new StoreError('conflict', `Round ${id} is not open.`);
  }

  async publish(publication: Parameters<Store['publish']>[0]): Promise<void> {
    const { roundId, cohort, sum, model } = publication;
    await this.#open.transaction().execute(async (transaction) => {
      const result = await transaction
        .updateTable('rounds')
        .set({ state: 'published', cohort, sum, model_version: model.version, closed_at: model.publishedAt })
        .where('id', '=', roundId)
        .where('state', '=', 'open')
        .executeTakeFirst();
      if (result.numUpdatedRows !== 1n) throw new StoreError('conflict', `Round ${roundId} is not open.`);
      await insertModel(transaction, model);
    });
  }

  async abortRound(id: string, code: string, closedAt: number): Promise<void> {
    await this.#open
      .updateTable('rounds')
      .set({ state: 'aborted', abort_code: code, closed_at: closedAt })
      .where('id', '=', id)
      .where('state', '=', 'open')
      .execute();
  }

  async abandonOpenRounds(closedAt: number): Promise<number> {
    const result = await this.#open
      .updateTable('rounds')
      .set({ state: 'abandoned', closed_at: closedAt })
      .where('state', '=', 'open')
      .executeTakeFirst();
    return Number(result.numUpdatedRows);
  }

  async round(id: string): Promise<RoundRecord | null> {
    const row = await this.#open.selectFrom('rounds').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : roundFromRow(row);
  }

  async roundOfModel(version: number): Promise<RoundRecord | null> {
    const row = await this.#open
      .selectFrom('rounds')
      .selectAll()
      .where('model_version', '=', version)
      .executeTakeFirst();
    return row === undefined ? null : roundFromRow(row);
  }

  async roundCounts(): Promise<{ completed: number; failed: number }> {
    const completed = await this.#open
      .selectFrom('rounds')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('state', '=', 'published')
      .executeTakeFirstOrThrow();
    const failed = await this.#open
      .selectFrom('rounds')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('state', 'in', ['aborted', 'abandoned'])
      .where('config', 'is not', null)
      .executeTakeFirstOrThrow();
    return { completed: completed.count, failed: failed.count };
  }

  async setting(name: string): Promise<string | null> {
    const row = await this.#open.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst();
    return row?.value ?? null;
  }

  async putSetting(name: string, value: string): Promise<void> {
    await this.#open
      .insertInto('settings')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
  }

  async prune(kept: number): Promise<void> {
    await this.#open.transaction().execute(async (transaction) => {
      const latest = await transaction
        .selectFrom('models')
        .select(({ fn }) => fn.max('version').as('version'))
        .executeTakeFirst();
      const last = Number(latest?.version ?? 0) - kept;
      await transaction
        .updateTable('models')
        .set({ file: null, server_state: null })
        .where('version', '<=', last)
        .where('file', 'is not', null)
        .execute();
      await transaction
        .updateTable('rounds')
        .set({ sum: null })
        .where('model_version', '<=', last)
        .where('sum', 'is not', null)
        .execute();
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // libsql leaves the write-ahead log behind when it closes: fold it in, so that the one file is the whole database.
    await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(this.#db);
    await this.#db.destroy();
  }
}

async function insertModel(db: Kysely<Schema>, model: ModelRecord): Promise<void> {
  const latest = await db
    .selectFrom('models')
    .select(({ fn }) => fn.max('version').as('version'))
    .executeTakeFirst();
  const latestVersion = Number(latest?.version ?? 0);
  if (latestVersion !== 0 && model.version !== latestVersion + 1) {
    throw new StoreError('conflict', `Expected model version ${latestVersion + 1}, got ${model.version}.`);
  }
  const result = await db
    .insertInto('models')
    .values({
      version: model.version,
      hash: model.hash,
      file: model.file,
      server_state: model.serverState,
      catalogue_hash: model.catalogueHash,
      features_hash: model.featuresHash,
      round_id: model.roundId,
      published_at: model.publishedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows !== 1n) {
    throw new StoreError('conflict', `Model ${model.hash} is already stored.`);
  }
}

type ModelRow = Schema['models'];
type RoundRow = Omit<Schema['rounds'], 'cohort'> & { cohort: number };

function modelFromRow(row: ModelRow): ModelRecord | null {
  const file = bytesOrNull(row.file);
  const serverState = bytesOrNull(row.server_state);
  if (file === null || serverState === null) return null;
  return {
    version: row.version,
    hash: row.hash,
    file,
    serverState,
    catalogueHash: row.catalogue_hash,
    featuresHash: row.features_hash,
    roundId: row.round_id,
    publishedAt: row.published_at,
  };
}

function roundFromRow(row: RoundRow): RoundRecord {
  return {
    id: row.id,
    // The table's check constraint admits nothing else.
    state: row.state as RoundOutcome,
    baseVersion: row.base_version,
    policyHash: row.policy_hash,
    config: bytesOrNull(row.config),
    cohort: row.cohort,
    sum: bytesOrNull(row.sum),
    abortCode: row.abort_code,
    modelVersion: row.model_version,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
  };
}

function bytesOrNull(blob: Uint8Array | ArrayBuffer | null): Uint8Array | null {
  return blob === null ? null : new Uint8Array(blob);
}

const sqliteMagic = 'SQLite format 3\0';
const sqliteHeaderBytes = 100;

/**
 * Reads the header only. SQLite refuses a foreign file too, but reads zeros where a file that was cut short ends, and its own check
 * does not notice that inside a long blob. While a write-ahead log holds pages the length says nothing.
 */
function checkHeader(path: string): void {
  if (!existsSync(path) || statSync(path).size === 0) return;
  const header = Buffer.alloc(sqliteHeaderBytes);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  if (header.toString('latin1', 0, sqliteMagic.length) !== sqliteMagic) {
    throw corrupt(path, 'it does not start like an SQLite file');
  }
  const log = `${path}-wal`;
  if (existsSync(log) && statSync(log).size > 0) return;
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const expectedBytes = pageBytes * header.readUInt32BE(28);
  const bytes = statSync(path).size;
  if (bytes < expectedBytes) throw corrupt(path, `it should have ${expectedBytes} bytes and has ${bytes}`);
}

function openDatabase(path: string): InstanceType<typeof Database> {
  let database: InstanceType<typeof Database> | null = null;
  try {
    database = new Database(path, { timeout: 2 });
    const report = database.prepare('PRAGMA quick_check(1)').get() as Record<string, unknown> | undefined;
    const verdict = report === undefined ? 'no answer' : String(Object.values(report)[0]);
    if (verdict !== 'ok') throw corrupt(path, verdict);
    database.prepare('PRAGMA journal_mode = WAL').get();
    database.exec('PRAGMA synchronous = FULL');
    database.exec('PRAGMA foreign_keys = ON');
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof StoreError) throw error;
    throw corrupt(path, error instanceof Error ? error.message : String(error), error);
  }
}

async function migrate(db: Kysely<Schema>, path: string): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  let applied: readonly string[];
  try {
    applied = (await migrator.getMigrations()).filter((row) => row.executedAt !== undefined).map((row) => row.name);
    const known = new Set(Object.keys(migrations));
    const rows = await appliedNames(db);
    const unknown = rows.filter((name) => !known.has(name));
    if (unknown.length > 0) {
      throw new StoreError(
        'newer',
        `${path} was written by a newer version of Tacit (it has the schema step ${unknown.join(', ')}). ` +
          'Start that version, or another data directory. Nothing was changed.',
      );
    }
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw corrupt(path, error instanceof Error ? error.message : String(error), error);
  }
  if (applied.length === Object.keys(migrations).length) return;
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw corrupt(path, error instanceof Error ? error.message : String(error), error);
}

/** Names in the migration table, also those that this version does not know. */
async function appliedNames(db: Kysely<Schema>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return [];
  const untyped = db as unknown as Kysely<{ kysely_migration: { name: string } }>;
  const rows = await untyped.selectFrom('kysely_migration').select('name').execute();
  return rows.map((row) => row.name);
}

function corrupt(path: string, what: string, cause?: unknown): StoreError {
  return new StoreError(
    'corrupt',
    `The database ${path} cannot be used: ${what}. Nothing was changed. ` +
      'Restore it from a backup, or move it (with its -wal and -shm files) out of the data directory to start from a new one.',
    cause,
  );
}
