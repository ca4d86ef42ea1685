// The device's IndexedDB database: its schema, its migrations and its connection. The stores in history-store.ts, cache-store.ts and
// ledger-store.ts are views of it. Assumes nothing of what it finds: rows are parsed by the stores when they are read back.
import { type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';

export const databaseName = 'tacit';
export const databaseVersion = 2;

export type StoreName = 'history' | 'settings' | 'ledger' | 'cache';
export type StorageFault = 'quota' | 'blocked' | 'terminated';

/** Storing failed. `quota`: no room. `blocked`: another tab keeps an older or newer version open. `terminated`: the browser ended the connection. */
export class StorageError extends Error {
  readonly code: StorageFault | 'unavailable';
  constructor(code: StorageFault | 'unavailable', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageError';
    this.code = code;
  }
}

/** One step for each version, applied in order to a database that is older. A step only adds: nothing recorded is dropped. */
const migrations: readonly ((db: IDBPDatabase) => void)[] = [
  // 1: what a person did, what they agreed to, what was spent.
  (db) => {
    db.createObjectStore('history', { keyPath: 'itemId' });
    db.createObjectStore('settings', { keyPath: 'key' });
    db.createObjectStore('ledger', { keyPath: 'roundId' });
  },
  // 2: public files by content hash.
  (db) => {
    db.createObjectStore('cache', { keyPath: 'hash' });
  },
];

export class Database {
  readonly #name: string;
  readonly #onFault: (fault: StorageFault) => void;
  #connection: IDBPDatabase | null = null;
  #opening: Promise<IDBPDatabase> | null = null;
  #closed = false;

  private constructor(name: string, onFault: (fault: StorageFault) => void) {
    this.#name = name;
    this.#onFault = onFault;
  }

  /**
   * Opens the database and brings it to the current version. `onFault` hears of a wait for another tab (`blocked`) and of a lost
   * connection (`terminated`), which the next call opens again. Rejects with StorageError where IndexedDB cannot be used at all.
   */
  static async open(onFault: (fault: StorageFault) => void = () => {}, name = databaseName): Promise<Database> {
    const database = new Database(name, onFault);
    await database.#connect();
    return database;
  }

  /** Starts a transaction; a readwrite one is durable on disk when its `done` resolves. */
  async transaction<Mode extends 'readonly' | 'readwrite'>(
    stores: readonly StoreName[],
    mode: Mode,
  ): Promise<IDBPTransaction<unknown, StoreName[], Mode>> {
    const options = { durability: mode === 'readwrite' ? 'strict' : 'default' } as const;
    const connection = await this.#connect();
    try {
      return connection.transaction([...stores], mode, options) as IDBPTransaction<unknown, StoreName[], Mode>;
    } catch (error) {
      // The browser closed the connection since: once more on a fresh one.
      if (!(error instanceof Error) || error.name !== 'InvalidStateError') throw storageError(error);
      this.#connection = null;
      return (await this.#connect()).transaction([...stores], mode, options) as IDBPTransaction<
        unknown,
        StoreName[],
        Mode
      >;
    }
  }

  close(): void {
    this.#closed = true;
    this.#connection?.close();
    this.#connection = null;
  }

  async #connect(): Promise<IDBPDatabase> {
    if (this.#closed) throw new StorageError('unavailable', 'the database is closed; the engine was closed before');
    if (this.#connection !== null) return this.#connection;
    this.#opening ??= this.#open();
    try {
      return await this.#opening;
    } finally {
      this.#opening = null;
    }
  }

  async #open(): Promise<IDBPDatabase> {
    try {
      const connection = await openDB(this.#name, databaseVersion, {
        upgrade: (db, oldVersion) => {
          for (const migrate of migrations.slice(oldVersion)) migrate(db);
        },
        blocked: () => this.#onFault('blocked'),
        // A newer version wants to upgrade in another tab: give way, and open again when next needed.
        blocking: (_current, _blocked, event) => {
          (event.target as IDBDatabase).close();
          this.#connection = null;
        },
        terminated: () => {
          this.#connection = null;
          this.#onFault('terminated');
        },
      });
      if (this.#closed) connection.close();
      this.#connection = connection;
      return connection;
    } catch (error) {
      throw storageError(error);
    }
  }
}

/** What IndexedDB threw, as a StorageError with a code. */
export function storageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const name = error instanceof Error ? error.name : '';
  const options = { cause: error };
  if (name === 'QuotaExceededError')
    return new StorageError(
      'quota',
      'this browser has no room left for the site; free some space and try again',
      options,
    );
  if (name === 'VersionError')
    return new StorageError(
      'blocked',
      `the database is newer than version ${databaseVersion} of this page; reload the page`,
      options,
    );
  if (name === 'AbortError' || name === 'InvalidStateError')
    return new StorageError('terminated', 'the browser ended the connection to its database; try again', options);
  return new StorageError('unavailable', `IndexedDB cannot be used here: ${String(error)}`, options);
}
