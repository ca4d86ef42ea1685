// The privacy ledger's store: one row a participation and the total spent, written before the first byte of an update leaves, never
// refunded, kept by an erase. Holds nothing about items. Follows the accounting of zCDP: rho adds up over rounds, over all policies.
// Fails closed: a row or a total that does not parse, or does not add up, refuses every further participation.
import { lifetimeRhoCap } from '#shared/protocol/limits.ts';
import type { LedgerRow } from './api.ts';
import { type Database, storageError } from './store-database.ts';

const maxLedgerRows = 10_000;
/** Key of the row with the total; no roundId looks like it. */
const totalKey = 'total';
/** Sums of the same numbers in another order differ by rounding; a missing row differs by more than 1e-4 (z <= 64). */
const sumTolerance = 1e-9;

export interface LedgerBook {
  readonly rhoSpent: number;
  /** Oldest first. */
  readonly rows: readonly LedgerRow[];
}

/** The ledger cannot be trusted, so nothing may be sent. */
export class LedgerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LedgerError';
  }
}

export type Charge = Pick<LedgerRow, 'roundId' | 'policyHash' | 'rho' | 'at' | 'uploadBytes'>;
export type ChargeOutcome = 'charged' | 'round-seen' | 'budget-spent';
export type Settlement = Pick<LedgerRow, 'status' | 'cohort' | 'modelVersion'>;

export interface LedgerStore {
  /** Rejects with LedgerError when a row is corrupt, with StorageError when it cannot be read. */
  read(): Promise<LedgerBook>;
  /**
   * Adds a row with status `charged` in the one readwrite transaction that also tests that the round is new and that
   * `rhoSpent + rho <= min(rhoCap, lifetimeRhoCap)`. Durable when it resolves. Throws RangeError for a charge that is not one.
   */
  charge(charge: Charge, rhoCap: number): Promise<ChargeOutcome>;
  /** Notes how a charged round went on. The charge stays. Does nothing for an unknown round. */
  settle(roundId: string, settlement: Settlement): Promise<void>;
}

/** The ledger in IndexedDB. Does not own the database. */
export class IdbLedgerStore implements LedgerStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async read(): Promise<LedgerBook> {
    try {
      const transaction = await this.#database.transaction(['ledger'], 'readonly');
      return ledgerBookFrom(await transaction.objectStore('ledger').getAll(null, maxLedgerRows + 2));
    } catch (error) {
      throw error instanceof LedgerError ? error : storageError(error);
    }
  }

  async charge(charge: Charge, rhoCap: number): Promise<ChargeOutcome> {
    checkCharge(charge, rhoCap);
    try {
      const transaction = await this.#database.transaction(['ledger'], 'readwrite');
      const store = transaction.objectStore('ledger');
      // A corrupt book throws here with the transaction open and unwritten, so nothing changes.
      const book = ledgerBookFrom(await store.getAll(null, maxLedgerRows + 2));
      const decision = chargeDecision(book, charge, rhoCap);
      if (decision.outcome === 'charged') {
        const put = store.put(decision.row);
        const total = store.put({ roundId: totalKey, rhoSpent: decision.rhoSpent });
        await Promise.all([put, total, transaction.done]);
      } else {
        await transaction.done;
      }
      return decision.outcome;
    } catch (error) {
      throw error instanceof LedgerError ? error : storageError(error);
    }
  }

  async settle(roundId: string, settlement: Settlement): Promise<void> {
    try {
      const transaction = await this.#database.transaction(['ledger'], 'readwrite');
      const store = transaction.objectStore('ledger');
      const row = ledgerRowFrom(await store.get(roundId));
      await Promise.all([typeof row === 'string' ? undefined : store.put({ ...row, ...settlement }), transaction.done]);
    } catch (error) {
      throw storageError(error);
    }
  }
}

/** A store that refuses everything: for a browser where the real one cannot be opened, so that nothing is sent uncounted. */
export class ClosedLedgerStore implements LedgerStore {
  read(): Promise<LedgerBook> {
    return Promise.reject(new LedgerError('the privacy ledger cannot be opened in this browser, so nothing is sent'));
  }
  charge(): Promise<ChargeOutcome> {
    return Promise.reject(new LedgerError('the privacy ledger cannot be opened in this browser, so nothing is sent'));
  }
  async settle(): Promise<void> {}
}

/** What a charge would do to a book. Pure; both stores decide by it. */
export function chargeDecision(
  book: LedgerBook,
  charge: Charge,
  rhoCap: number,
):
  | { readonly outcome: 'charged'; readonly row: LedgerRow; readonly rhoSpent: number }
  | { readonly outcome: 'round-seen' | 'budget-spent' } {
  if (book.rows.some((row) => row.roundId === charge.roundId)) return { outcome: 'round-seen' };
  const rhoSpent = book.rhoSpent + charge.rho;
  if (!(rhoSpent <= Math.min(rhoCap, lifetimeRhoCap)) || book.rows.length >= maxLedgerRows)
    return { outcome: 'budget-spent' };
  return { outcome: 'charged', row: { ...charge, status: 'charged', cohort: null, modelVersion: null }, rhoSpent };
}

/** The book that stored rows make. Throws LedgerError naming what does not parse or add up. */
export function ledgerBookFrom(stored: readonly unknown[]): LedgerBook {
  const rows: LedgerRow[] = [];
  let total: unknown;
  for (const value of stored) {
    if ((value as { roundId?: unknown } | null)?.roundId === totalKey) {
      total = (value as { rhoSpent?: unknown }).rhoSpent;
      continue;
    }
    const row = ledgerRowFrom(value);
    if (typeof row === 'string')
      throw new LedgerError(`a row of the privacy ledger is corrupt (${row}), so nothing is sent`);
    rows.push(row);
  }
  if (rows.length > maxLedgerRows) throw new LedgerError(`the privacy ledger has more than ${maxLedgerRows} rows`);
  if (rows.length === 0 && total === undefined) return { rhoSpent: 0, rows };
  const sum = rows.reduce((rho, row) => rho + row.rho, 0);
  if (typeof total !== 'number' || !Number.isFinite(total) || total < sum - sumTolerance)
    throw new LedgerError(
      `the privacy ledger's total is ${String(total)}, its rows add up to ${sum}, so nothing is sent`,
    );
  return { rhoSpent: Math.max(total, sum), rows: rows.sort((a, b) => a.at - b.at) };
}

/** A ledger row, or in words what is wrong with it. */
function ledgerRowFrom(value: unknown): LedgerRow | string {
  if (typeof value !== 'object' || value === null) return 'expected a row';
  const { roundId, policyHash, rho, at, status, uploadBytes, cohort, modelVersion } = value as Record<string, unknown>;
  if (typeof roundId !== 'string' || !/^[0-9a-f]{32}$/.test(roundId)) return 'roundId: expected 32 hex characters';
  if (typeof policyHash !== 'string' || !/^[0-9a-f]{64}$/.test(policyHash))
    return 'policyHash: expected 64 hex characters';
  if (!isPositive(rho) || rho > lifetimeRhoCap) return `rho: expected 0 to ${lifetimeRhoCap}`;
  if (!isCount(at)) return 'at: expected unix milliseconds';
  if (status !== 'charged' && status !== 'sent' && status !== 'published' && status !== 'aborted') return 'status';
  if (!isCount(uploadBytes)) return 'uploadBytes: expected a count';
  if (cohort !== null && !isCount(cohort)) return 'cohort: expected a count or null';
  if (modelVersion !== null && !isCount(modelVersion)) return 'modelVersion: expected a count or null';
  return { roundId, policyHash, rho, at, status, uploadBytes, cohort, modelVersion };
}

/** Throws RangeError for a charge that the store could not read back. */
export function checkCharge(charge: Charge, rhoCap: number): void {
  if (!isPositive(rhoCap)) throw new RangeError(`charge: expected a positive rho cap, got ${rhoCap}`);
  // More than the lifetime cap is an answer (budget-spent), not a mistake; a rho that is no number is one.
  const problem = ledgerRowFrom({
    ...charge,
    rho: Number.isFinite(charge.rho) ? Math.min(charge.rho, lifetimeRhoCap) : charge.rho,
    status: 'charged',
    cohort: null,
    modelVersion: null,
  });
  if (typeof problem === 'string') throw new RangeError(`charge: ${problem}`);
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
