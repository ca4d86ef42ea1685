// The cache of public files (model, features, catalogue) by content hash, so that a device does not download what it holds.
// Holds nothing about the person; whoever reads from it checks the hash again.
import { type Database, storageError } from './store-database.ts';

export interface CacheStore {
  /** The file with this hash, or null. The hash is not verified here. */
  get(hash: string): Promise<Uint8Array | null>;
  put(hash: string, bytes: Uint8Array): Promise<void>;
  /** Removes every file but these. */
  keepOnly(hashes: readonly string[]): Promise<void>;
  /** Removes every file. */
  clear(): Promise<void>;
}

/** The cache in IndexedDB. A row that is not bytes counts as absent. Rejects with StorageError. Does not own the database. */
export class IdbCacheStore implements CacheStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async get(hash: string): Promise<Uint8Array | null> {
    try {
      const transaction = await this.#database.transaction(['cache'], 'readonly');
      const row = (await transaction.objectStore('cache').get(hash)) as { bytes?: unknown } | undefined;
      return row?.bytes instanceof Uint8Array ? row.bytes : null;
    } catch (error) {
      throw storageError(error);
    }
  }

  async put(hash: string, bytes: Uint8Array): Promise<void> {
    try {
      const transaction = await this.#database.transaction(['cache'], 'readwrite');
      await Promise.all([transaction.objectStore('cache').put({ hash, bytes }), transaction.done]);
    } catch (error) {
      throw storageError(error);
    }
  }

  async keepOnly(hashes: readonly string[]): Promise<void> {
    try {
      const transaction = await this.#database.transaction(['cache'], 'readwrite');
      const store = transaction.objectStore('cache');
      const keys = await store.getAllKeys();
      const removals = keys.filter((key) => !hashes.includes(String(key))).map((key) => store.delete(key));
      await Promise.all([...removals, transaction.done]);
    } catch (error) {
      throw storageError(error);
    }
  }

  async clear(): Promise<void> {
    await this.keepOnly([]);
  }
}
