// The history store: what the person did, one row an item, what they agreed to, and what they ask of their list. On this device only.
// Rows read back are parsed like anything from outside: another version, another tab or a person with developer tools wrote them.
import type { Mode } from '#shared/protocol/policy.ts';
import { type Tuning, tuningFrom } from '#shared/ranking/tuning.ts';
import type { Action, Consent, HistoryRow } from './api.ts';
import { type Database, storageError } from './store-database.ts';

/** More interactions than anybody makes; a file or database with more is refused beyond it. */
export const maxHistoryRows = 100_000;
const maxItemIdLength = 128;
/** 2100-01-01: a later time is a broken clock. */
const maxTimeMs = 4_102_444_800_000;
const actions: readonly Action[] = ['like', 'dislike', 'seen'];

export interface StoredHistory {
  /** Newest first. */
  readonly rows: readonly HistoryRow[];
  /** Rows that did not parse; left where they are, and used for nothing. */
  readonly rejected: number;
}

/** What sending was agreed to under: a policy of this mode, at this cost of a session (all phases of an epoch) or less. */
export interface Terms {
  readonly mode: Mode;
  /** zCDP. */
  readonly rho: number;
}

/** Consent with its terms; null while nothing is sent, and where sending was allowed before any policy was known. */
export interface AgreedConsent extends Consent {
  readonly terms: Terms | null;
}

/** A tuning and when it was chosen: of two, the later one holds. */
export interface DatedTuning extends Tuning {
  /** Unix ms. */
  readonly at: number;
}

export interface HistoryStore {
  readonly kind: 'indexeddb' | 'memory';
  read(): Promise<StoredHistory>;
  /** Sets or (null) removes the row of an item, whatever its age. Durable when it resolves. Returns the row before. */
  set(itemId: string, row: HistoryRow | null): Promise<HistoryRow | null>;
  /** Union: for an item in both, `newer` decides. One transaction. Returns what it did with each row, in order. */
  merge(rows: readonly HistoryRow[]): Promise<readonly ('added' | 'updated' | 'unchanged')[]>;
  /** null: never set, or erased, or not readable. */
  consent(): Promise<AgreedConsent | null>;
  setConsent(consent: AgreedConsent): Promise<void>;
  /** null: the standard one, or not readable. */
  tuning(): Promise<DatedTuning | null>;
  /** null removes it. */
  setTuning(tuning: DatedTuning | null): Promise<void>;
  /** Removes every row, the consent and the tuning. */
  clear(): Promise<void>;
  close(): void;
}

/** The history in IndexedDB. Rejects with StorageError. Does not own the database. */
export class IdbHistoryStore implements HistoryStore {
  readonly kind = 'indexeddb' as const;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async read(): Promise<StoredHistory> {
    try {
      const transaction = await this.#database.transaction(['history'], 'readonly');
      const stored: unknown[] = await transaction.objectStore('history').getAll(null, maxHistoryRows);
      const rows: HistoryRow[] = [];
      for (const value of stored) {
        const row = historyRowFrom(value);
        if (typeof row !== 'string') rows.push(row);
      }
      return { rows: rows.sort((a, b) => b.at - a.at), rejected: stored.length - rows.length };
    } catch (error) {
      throw storageError(error);
    }
  }

  async set(itemId: string, row: HistoryRow | null): Promise<HistoryRow | null> {
    try {
      const transaction = await this.#database.transaction(['history'], 'readwrite');
      const store = transaction.objectStore('history');
      const before = historyRowFrom(await store.get(itemId));
      await Promise.all([row === null ? store.delete(itemId) : store.put(row), transaction.done]);
      return typeof before === 'string' ? null : before;
    } catch (error) {
      throw storageError(error);
    }
  }

  async merge(rows: readonly HistoryRow[]): Promise<readonly ('added' | 'updated' | 'unchanged')[]> {
    try {
      const transaction = await this.#database.transaction(['history'], 'readwrite');
      const store = transaction.objectStore('history');
      const outcomes: ('added' | 'updated' | 'unchanged')[] = [];
      const writes: Promise<unknown>[] = [];
      for (const row of rows) {
        const before = historyRowFrom(await store.get(row.itemId));
        const outcome = typeof before === 'string' ? 'added' : newer(row, before) ? 'updated' : 'unchanged';
        if (outcome !== 'unchanged') writes.push(store.put(row));
        outcomes.push(outcome);
      }
      await Promise.all([...writes, transaction.done]);
      return outcomes;
    } catch (error) {
      throw storageError(error);
    }
  }

  async consent(): Promise<AgreedConsent | null> {
    return agreedConsentFrom(await this.#setting('consent'));
  }

  setConsent(consent: AgreedConsent): Promise<void> {
    return this.#setSetting('consent', consent);
  }

  async tuning(): Promise<DatedTuning | null> {
    return datedTuningFrom(await this.#setting('tuning'));
  }

  setTuning(tuning: DatedTuning | null): Promise<void> {
    return this.#setSetting('tuning', tuning);
  }

  async clear(): Promise<void> {
    try {
      const transaction = await this.#database.transaction(['history', 'settings'], 'readwrite');
      const history = transaction.objectStore('history').clear();
      const settings = transaction.objectStore('settings').clear();
      await Promise.all([history, settings, transaction.done]);
    } catch (error) {
      throw storageError(error);
    }
  }

  close(): void {}

  async #setting(key: 'consent' | 'tuning'): Promise<unknown> {
    try {
      const transaction = await this.#database.transaction(['settings'], 'readonly');
      const stored: unknown = await transaction.objectStore('settings').get(key);
      return (stored as { value?: unknown } | undefined)?.value;
    } catch (error) {
      throw storageError(error);
    }
  }

  /** null removes it. */
  async #setSetting(key: 'consent' | 'tuning', value: object | null): Promise<void> {
    try {
      const transaction = await this.#database.transaction(['settings'], 'readwrite');
      const store = transaction.objectStore('settings');
      await Promise.all([value === null ? store.delete(key) : store.put({ key, value }), transaction.done]);
    } catch (error) {
      throw storageError(error);
    }
  }
}

/** A history row, or in words what is wrong with it. */
export function historyRowFrom(value: unknown): HistoryRow | string {
  if (typeof value !== 'object' || value === null)
    return `expected a row, got ${value === null ? 'null' : typeof value}`;
  const { itemId, action, at } = value as Record<string, unknown>;
  if (!isItemId(itemId)) return `itemId: expected 1 to ${maxItemIdLength} printable characters, got ${inShort(itemId)}`;
  if (!isAction(action)) return `action: expected ${actions.join(', ')}, got ${inShort(action)}`;
  if (!isTime(at)) return `at: expected unix milliseconds from 0 to ${maxTimeMs}, got ${inShort(at)}`;
  return { itemId, action, at };
}

/** A tuning as it is stored and exported; null when it is none. */
export function datedTuningFrom(value: unknown): DatedTuning | null {
  const tuning = tuningFrom(value);
  const { at } = (value ?? {}) as Record<string, unknown>;
  return tuning !== null && isTime(at) ? { ...tuning, at } : null;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxTimeMs;
}

function isItemId(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length >= 1 && value.length <= maxItemIdLength && !/\p{Cc}|\p{Cs}/u.test(value)
  );
}

/** Whether `a` replaces `b` in a union. A total order, so that a union does not depend on what came first: later, and at the same time the later word. */
export function newer(a: HistoryRow, b: HistoryRow): boolean {
  return a.at > b.at || (a.at === b.at && a.action > b.action);
}

/**
 * Consent as stored: alone only under send, send only under train, train only under keep; null when it is not one.
 * So withdrawing send withdraws alone too, and giving send again does not bring it back. Stored before there was `alone`: not given.
 */
export function consentFrom(value: unknown): Consent | null {
  if (typeof value !== 'object' || value === null) return null;
  const { keep, train, send, alone = false } = value as Record<string, unknown>;
  if (typeof keep !== 'boolean' || typeof train !== 'boolean') return null;
  if (typeof send !== 'boolean' || typeof alone !== 'boolean') return null;
  const sends = keep && train && send;
  return { keep, train: keep && train, send: sends, alone: sends && alone };
}

/** Each needs the one before it. */
export const consentNames = ['keep', 'train', 'send', 'alone'] as const satisfies readonly (keyof Consent)[];

/** How many of the names are allowed, from the first on: a consent is one of five. */
export function consentLevel(consent: Consent): number {
  return consentNames.filter((name) => consent[name]).length;
}

/** At most the first `level` of the names. */
export function loweredTo(level: number, { keep, train, send, alone, terms }: AgreedConsent): AgreedConsent {
  const sends = send && level > 2;
  return {
    keep: keep && level > 0,
    train: train && level > 1,
    send: sends,
    alone: alone && level > 3,
    terms: sends ? terms : null,
  };
}

/** Consent and terms as stored; null when there is no consent. Terms that are none count as not agreed. */
export function agreedConsentFrom(value: unknown): AgreedConsent | null {
  const consent = consentFrom(value);
  if (consent === null) return null;
  const { mode, rho } = ((value as { terms?: unknown }).terms ?? {}) as Record<string, unknown>;
  const known = (mode === 1 || mode === 4) && typeof rho === 'number' && rho > 0 && Number.isFinite(rho);
  return { ...consent, terms: consent.send && known ? { mode, rho } : null };
}

function isAction(value: unknown): value is Action {
  return actions.includes(value as Action);
}

function inShort(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
