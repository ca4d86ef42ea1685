// The SQLite schema as Kysely sees it, and its migrations. A migration that was released is never changed: add another.
// Tables: models (one row a version), rounds, files (features and catalogues by hash), policies (by hash), settings.
import { type Generated, type Kysely, type Migration, sql } from 'kysely';

export interface Schema {
  models: {
    version: number;
    hash: string;
    /** null once pruned. libsql hands blobs out as ArrayBuffer. */
    file: Uint8Array | ArrayBuffer | null;
    server_state: Uint8Array | ArrayBuffer | null;
    catalogue_hash: string;
    features_hash: string;
    round_id: string | null;
    published_at: number;
  };
  rounds: {
    id: string;
    state: string;
    base_version: number;
    policy_hash: string;
    config: Uint8Array | ArrayBuffer | null;
    cohort: Generated<number>;
    sum: Uint8Array | ArrayBuffer | null;
    abort_code: string | null;
    model_version: number | null;
    opened_at: number;
    closed_at: number | null;
  };
  files: { kind: string; hash: string; bytes: Uint8Array | ArrayBuffer };
  policies: { hash: string; json: string };
  settings: { name: string; value: string };
}

/** In order of name. Each runs in a transaction: a start that is killed in one finds the older schema again. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-models-and-rounds': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('models')
        .addColumn('version', 'integer', (column) => column.primaryKey())
        .addColumn('hash', 'text', (column) => column.notNull().unique())
        .addColumn('file', 'blob')
        .addColumn('server_state', 'blob')
        .addColumn('catalogue_hash', 'text', (column) => column.notNull())
        .addColumn('features_hash', 'text', (column) => column.notNull())
        .addColumn('round_id', 'text')
        .addColumn('published_at', 'integer', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('rounds')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('state', 'text', (column) =>
          column.notNull().check(sql`state in ('open', 'published', 'aborted', 'abandoned')`),
        )
        .addColumn('base_version', 'integer', (column) => column.notNull())
        .addColumn('policy_hash', 'text', (column) => column.notNull())
        .addColumn('config', 'blob')
        .addColumn('cohort', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('sum', 'blob')
        .addColumn('abort_code', 'text')
        .addColumn('model_version', 'integer')
        .addColumn('opened_at', 'integer', (column) => column.notNull())
        .addColumn('closed_at', 'integer')
        .execute();
      await db.schema
        .createTable('files')
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('bytes', 'blob', (column) => column.notNull())
        .addPrimaryKeyConstraint('files_key', ['kind', 'hash'])
        .execute();
      await db.schema
        .createTable('policies')
        .addColumn('hash', 'text', (column) => column.primaryKey())
        .addColumn('json', 'text', (column) => column.notNull())
        .execute();
    },
  },
  '002-settings-and-round-indexes': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('settings')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('value', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('rounds_by_state').on('rounds').column('state').execute();
      await db.schema.createIndex('rounds_by_model').on('rounds').column('model_version').execute();
    },
  },
};
