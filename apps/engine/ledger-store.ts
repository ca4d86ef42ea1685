// The privacy ledger's store: one row a round, inserted before the first message of it leaves, charged before the first byte of an update
// leaves, never refunded, kept by an erase; and the total spent, with the time when the account began. Holds nothing about items.
// Follows the accounting of zCDP: rho adds up over rounds, over all policies and modes.
// Fails closed: a row or a total that does not parse, or does not add up, refuses every further participation.
import { lifetimeRhoCap, maximumPhases } from '#shared/protocol/limits.ts';
import type { LedgerPlace, LedgerRow } from './api.ts';
import { type Database, storageError } from './store-database.ts';

const maxLedgerRows = 10_000;
/** Rows that cost nothing are forgotten after this: a config lives a day at most, so its roundId cannot come again. */
const freeRowsLiveMs = 48 * 3600 * 1000;
/** Key of the row with the total; no roundId looks like it. */
const totalKey = 'total';
/** Sums of the same numbers in another order differ by rounding; a missing row differs by more than 1e-4 (z <= 64). */
const sumTolerance = 1e-9;

export interface LedgerBook {
  readonly rhoSpent: number;
  /** Oldest first. */
  readonly rows: readonly LedgerRow[];
  /** Unix ms: when the account began. null in a store in which nothing was ever written. */
  readonly since: number | null;
}

/** The row that a store keeps beside those of the rounds. */
export interface TotalRow {
  readonly roundId: typeof totalKey;
  readonly rhoSpent: number;
  readonly since: number;
}

/** The ledger cannot be trusted, so nothing may be sent. */
export class LedgerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LedgerError';
  }
}

export type Entry = Pick<LedgerRow, 'roundId' | 'policyHash' | 'mode' | 'at' | 'place'>;
/**
 * `phase-done`: a round of this phase of this epoch was charged before. `full`: so many rounds came to nothing within two days that no more are
 * remembered.
 */
export type EnterOutcome = 'entered' | 'round-seen' | 'phase-done' | 'full';
export type Charge = Pick<LedgerRow, 'roundId' | 'rho' | 'at' | 'uploadBytes'>;
/** `not-entered`: the round has no row, or one that was charged or given up before. `phase-done`: another round of the phase was charged meanwhile. */
export type ChargeOutcome = 'charged' | 'not-entered' | 'phase-done' | 'budget-spent';
export type Settlement = Pick<LedgerRow, 'status' | 'cohort' | 'modelVersion'>;

export interface LedgerStore {
  /** Begins the account in a store in which nothing was ever written; else nothing changes. @param at unix ms. */
  begin(at: number): Promise<void>;
  /** Rejects with LedgerError when a row is corrupt, with StorageError when it cannot be read. */
  read(): Promise<LedgerBook>;
  /**
   * Adds a row with status `entered` in the one readwrite transaction that also tests that the round is new and its phase not done, and
   * forgets old rows that cost nothing. Durable when it resolves. Throws RangeError for an entry that is not one.
   */
  enter(entry: Entry): Promise<EnterOutcome>;
  /**
   * Turns an entered row into a charged one in the one readwrite transaction that also tests that
   * `rhoSpent + rho <= min(rhoCap, lifetimeRhoCap)` and that no other round of its phase was charged. Durable when it resolves. Throws RangeError for a charge that is not one.
   */
  charge(charge: Charge, rhoCap: number): Promise<ChargeOutcome>;
  /** Notes how an entered round went on; one that was not charged can only have been aborted. A charge stays. Does nothing for an unknown round. */
  settle(roundId: string, settlement: Settlement): Promise<void>;
}

/** The ledger in IndexedDB. Does not own the database. */
export class IdbLedgerStore implements LedgerStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async begin(at: number): Promise<void> {
    await this.#change((book) => {
      const row = begunTotal(book, at);
      return { outcome: undefined, put: row === null ? [] : [row], forget: [] };
    });
  }

  async read(): Promise<LedgerBook> {
    try {
      const transaction = await this.#database.transaction(['ledger'], 'readonly');
      return ledgerBookFrom(await transaction.objectStore('ledger').getAll(null, maxLedgerRows + 2));
    } catch (error) {
      throw error instanceof LedgerError ? error : storageError(error);
    }
  }

  async enter(entry: Entry): Promise<EnterOutcome> {
    checkEntry(entry);
    return this.#change((book) => {
      const decision = enterDecision(book, entry);
      if (decision.outcome !== 'entered') return { outcome: decision.outcome, put: [], forget: [] };
      const begun = begunTotal(book, entry.at);
      return {
        outcome: decision.outcome,
        put: begun === null ? [decision.row] : [decision.row, begun],
        forget: decision.forgotten,
      };
    });
  }

  async charge(charge: Charge, rhoCap: number): Promise<ChargeOutcome> {
    checkCharge(charge, rhoCap);
    return this.#change((book) => {
      const decision = chargeDecision(book, charge, rhoCap);
      if (decision.outcome !== 'charged') return { outcome: decision.outcome, put: [], forget: [] };
      return { outcome: decision.outcome, put: [decision.row, decision.total], forget: [] };
    });
  }

  async settle(roundId: string, settlement: Settlement): Promise<void> {
    try {
      const transaction = await this.#database.transaction(['ledger'], 'readwrite');
      const store = transaction.objectStore('ledger');
      const row = ledgerRowFrom(await store.get(roundId));
      await Promise.all([typeof row === 'string' ? undefined : store.put(settled(row, settlement)), transaction.done]);
    } catch (error) {
      throw storageError(error);
    }
  }

  /** Reads the book, decides on it and writes, in one transaction. A corrupt book throws with the transaction unwritten. */
  async #change<Outcome>(
    decide: (book: LedgerBook) => {
      readonly outcome: Outcome;
      readonly put: readonly (LedgerRow | TotalRow)[];
      readonly forget: readonly string[];
    },
  ): Promise<Outcome> {
    try {
      const transaction = await this.#database.transaction(['ledger'], 'readwrite');
      const store = transaction.objectStore('ledger');
      const { outcome, put, forget } = decide(ledgerBookFrom(await store.getAll(null, maxLedgerRows + 2)));
      await Promise.all([
        ...put.map((row) => store.put(row)),
        ...forget.map((roundId) => store.delete(roundId)),
        transaction.done,
      ]);
      return outcome;
    } catch (error) {
      throw error instanceof LedgerError ? error : storageError(error);
    }
  }
}

const closedMessage = 'the privacy ledger cannot be opened in this browser, so nothing is sent';

/** A store that refuses everything: for a browser where the real one cannot be opened, so that nothing is sent uncounted. */
export class ClosedLedgerStore implements LedgerStore {
  begin(): Promise<never> {
    return Promise.reject(new LedgerError(closedMessage));
  }
  read(): Promise<never> {
    return Promise.reject(new LedgerError(closedMessage));
  }
  enter(): Promise<never> {
    return Promise.reject(new LedgerError(closedMessage));
  }
  charge(): Promise<never> {
    return Promise.reject(new LedgerError(closedMessage));
  }
  async settle(): Promise<void> {}
}

/** The total row of an account that begins, or null where one has begun. Pure; every store decides by it. */
export function begunTotal(book: LedgerBook, at: number): TotalRow | null {
  return book.since === null ? { roundId: totalKey, rhoSpent: 0, since: at } : null;
}

/** What entering a round would do to a book. Pure; every store decides by it. */
export function enterDecision(
  book: LedgerBook,
  entry: Entry,
):
  | { readonly outcome: 'entered'; readonly row: LedgerRow; readonly forgotten: readonly string[] }
  | { readonly outcome: Exclude<EnterOutcome, 'entered'> } {
  if (book.rows.some((row) => row.roundId === entry.roundId)) return { outcome: 'round-seen' };
  if (isPhaseDone(book, entry.place)) return { outcome: 'phase-done' };
  const forgotten = book.rows
    .filter((row) => row.rho === 0 && row.at < entry.at - freeRowsLiveMs)
    .map(({ roundId }) => roundId);
  if (book.rows.length - forgotten.length >= maxLedgerRows) return { outcome: 'full' };
  const { roundId, policyHash, mode, at, place } = entry;
  return {
    outcome: 'entered',
    row: { roundId, policyHash, mode, at, place, status: 'entered', ...emptyRow },
    forgotten,
  };
}

/** Whether a round of this phase of this epoch was charged. A row that cost nothing does not count: nothing of it left. */
export function isPhaseDone(book: LedgerBook, place: LedgerPlace | null): boolean {
  if (place === null) return false;
  const { federation, epoch, phase } = place;
  return book.rows.some(
    ({ rho, place: other }) =>
      rho > 0 && other?.federation === federation && other.epoch === epoch && other.phase === phase,
  );
}

/** What a charge would do to a book. Pure; every store decides by it. */
export function chargeDecision(
  book: LedgerBook,
  charge: Charge,
  rhoCap: number,
):
  | { readonly outcome: 'charged'; readonly row: LedgerRow; readonly total: TotalRow }
  | { readonly outcome: Exclude<ChargeOutcome, 'charged'> } {
  const entered = book.rows.find((row) => row.roundId === charge.roundId);
  if (entered?.status !== 'entered') return { outcome: 'not-entered' };
  if (isPhaseDone(book, entered.place)) return { outcome: 'phase-done' };
  const rhoSpent = book.rhoSpent + charge.rho;
  if (!(rhoSpent <= Math.min(rhoCap, lifetimeRhoCap))) return { outcome: 'budget-spent' };
  const { rho, at, uploadBytes } = charge;
  return {
    outcome: 'charged',
    row: { ...entered, rho, at, uploadBytes, status: 'charged' },
    total: { roundId: totalKey, rhoSpent, since: book.since ?? entered.at },
  };
}

/** A row as a settlement leaves it. What was never charged cannot have been sent or published. */
export function settled(row: LedgerRow, settlement: Settlement): LedgerRow {
  if (row.rho === 0) return { ...row, status: 'aborted' };
  return { ...row, ...settlement };
}

/** The book that stored rows make. Throws LedgerError naming what does not parse or add up. */
export function ledgerBookFrom(stored: readonly unknown[]): LedgerBook {
  const rows: LedgerRow[] = [];
  let total: { readonly rhoSpent?: unknown; readonly since?: unknown } | null = null;
  for (const value of stored) {
    if ((value as { roundId?: unknown } | null)?.roundId === totalKey) {
      total = value as { rhoSpent?: unknown; since?: unknown };
      continue;
    }
    const row = ledgerRowFrom(value);
    if (typeof row === 'string')
      throw new LedgerError(`a row of the privacy ledger is corrupt (${row}), so nothing is sent`);
    rows.push(row);
  }
  if (rows.length > maxLedgerRows) throw new LedgerError(`the privacy ledger has more than ${maxLedgerRows} rows`);
  if (rows.length === 0 && total === null) return { rhoSpent: 0, rows, since: null };
  const sum = rows.reduce((rho, row) => rho + row.rho, 0);
  const rhoSpent = total?.rhoSpent;
  if (typeof rhoSpent !== 'number' || !Number.isFinite(rhoSpent) || rhoSpent < sum - sumTolerance)
    throw new LedgerError(
      `the privacy ledger's total is ${String(rhoSpent)}, its rows add up to ${sum}, so nothing is sent`,
    );
  rows.sort((a, b) => a.at - b.at);
  // Before accounts had a beginning of their own: as old as their oldest row.
  const since = total?.since ?? rows[0]?.at ?? 0;
  if (!isCount(since)) throw new LedgerError(`the privacy ledger began at ${String(since)}, so nothing is sent`);
  return { rhoSpent: Math.max(rhoSpent, sum), rows, since };
}

/** A ledger row, or in words what is wrong with it. */
function ledgerRowFrom(value: unknown): LedgerRow | string {
  if (typeof value !== 'object' || value === null) return 'expected a row';
  // Rows of before there were modes are of rounds among others, and there were no phases.
  const {
    roundId,
    policyHash,
    mode = 1,
    rho,
    at,
    status,
    uploadBytes,
    cohort,
    modelVersion,
    place = null,
  } = value as Record<string, unknown>;
  if (typeof roundId !== 'string' || !/^[0-9a-f]{32}$/.test(roundId)) return 'roundId: expected 32 hex characters';
  if (typeof policyHash !== 'string' || !/^[0-9a-f]{64}$/.test(policyHash))
    return 'policyHash: expected 64 hex characters';
  if (mode !== 1 && mode !== 4) return 'mode: expected 1 or 4';
  if (
    status !== 'entered' &&
    status !== 'charged' &&
    status !== 'sent' &&
    status !== 'published' &&
    status !== 'aborted'
  )
    return 'status';
  if (typeof rho !== 'number' || !(rho >= 0 && rho <= lifetimeRhoCap)) return `rho: expected 0 to ${lifetimeRhoCap}`;
  // 0 belongs to a row before its charge, and to one that was given up there.
  if (status === 'entered' ? rho !== 0 : status !== 'aborted' && rho === 0) return `rho: got ${rho} in a row ${status}`;
  if (!isCount(at)) return 'at: expected unix milliseconds';
  if (!isCount(uploadBytes)) return 'uploadBytes: expected a count';
  if (cohort !== null && !isCount(cohort)) return 'cohort: expected a count or null';
  if (modelVersion !== null && !isCount(modelVersion)) return 'modelVersion: expected a count or null';
  const parsed = placeFrom(place);
  if (parsed === 'wrong') return 'place: expected a federation, an epoch and a phase';
  return { roundId, policyHash, mode, rho, at, status, uploadBytes, cohort, modelVersion, place: parsed };
}

function placeFrom(value: unknown): LedgerPlace | null | 'wrong' {
  if (value === null) return null;
  if (typeof value !== 'object') return 'wrong';
  const { federation, epoch, phase } = value as Record<string, unknown>;
  const isPlace =
    typeof federation === 'string' &&
    /^[0-9a-f]{32}$/.test(federation) &&
    isCount(epoch) &&
    epoch >= 1 &&
    isCount(phase) &&
    phase < maximumPhases;
  return isPlace ? { federation, epoch, phase } : 'wrong';
}

/** Throws RangeError for an entry that the store could not read back. */
export function checkEntry(entry: Entry): void {
  const problem = ledgerRowFrom({ ...entry, ...emptyRow, status: 'entered' });
  if (typeof problem === 'string') throw new RangeError(`enter: ${problem}`);
}

/** Throws RangeError for a charge that the store could not read back. */
export function checkCharge(charge: Charge, rhoCap: number): void {
  if (!isPositive(rhoCap)) throw new RangeError(`charge: expected a positive rho cap, got ${rhoCap}`);
  if (!isPositive(charge.rho)) throw new RangeError(`charge: expected a positive rho, got ${charge.rho}`);
  const problem = ledgerRowFrom({
    ...emptyRow,
    ...charge,
    // More than the lifetime cap is an answer (budget-spent), not a mistake.
    rho: Math.min(charge.rho, lifetimeRhoCap),
    policyHash: '0'.repeat(64),
    status: 'charged',
  });
  if (typeof problem === 'string') throw new RangeError(`charge: ${problem}`);
}

const emptyRow = { rho: 0, uploadBytes: 0, cohort: null, modelVersion: null };

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
