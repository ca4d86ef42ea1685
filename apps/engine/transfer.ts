// Export and import: the person's data as one JSON document, and back as an idempotent union. Whatever is imported is parsed with limits.
// The ledger is exported to be read; it is never imported, since a file could only make it say less.
import type { Consent, HistoryRow, ImportReport, LedgerRow } from './api.ts';
import {
  type DatedTuning,
  datedTuningFrom,
  type HistoryStore,
  historyRowFrom,
  maxHistoryRows,
  newer,
} from './history-store.ts';

export const exportFormat = 'tacit-export';
export const exportVersion = 1;
/** 100,000 rows of long ids, and room to spare. */
export const maxImportCharacters = 32 * 1024 * 1024;
const maxProblems = 5;

/** The file is not an export at all; nothing of it was taken. */
export class ImportError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ImportError';
  }
}

/** The document, history oldest first. @param tuning null: the standard one. */
export function exportDocument(
  history: readonly HistoryRow[],
  consent: Consent,
  tuning: DatedTuning | null,
  ledger: readonly LedgerRow[],
  exportedAtMs: number,
): string {
  const oldestFirst = [...history].sort((a, b) => a.at - b.at || (a.itemId < b.itemId ? -1 : 1));
  const head = { format: exportFormat, version: exportVersion, exportedAt: exportedAtMs };
  return JSON.stringify({ ...head, consent, tuning, history: oldestFirst, ledger }, null, 2);
}

export const ledgerFormat = 'tacit-ledger';
export const ledgerVersion = 1;

/** What the ledger adds up to; null where it cannot be read. */
export interface Account {
  /** Unix ms. */
  readonly accountSince: number | null;
  /** At `delta`; the whole cap where the ledger cannot be read. */
  readonly epsilonSpent: number;
  readonly epsilonCap: number;
  readonly delta: number;
  readonly rhoSpent: number | null;
}

/** The ledger alone, oldest row first. Nothing about items; nothing reads it back. */
export function ledgerDocument(rows: readonly LedgerRow[], account: Account, exportedAtMs: number): string {
  const head = { format: ledgerFormat, version: ledgerVersion, exportedAt: exportedAtMs };
  return JSON.stringify({ ...head, ...account, rows }, null, 2);
}

/** Reads a document's history and tuning. Rows that do not parse are counted and named; the others are taken. Throws ImportError. */
export function importedRows(json: string): {
  readonly rows: readonly HistoryRow[];
  /** null: none in the document. */
  readonly tuning: DatedTuning | null;
  readonly problems: readonly string[];
  readonly rejected: number;
} {
  if (json.length > maxImportCharacters)
    throw new ImportError(`expected at most ${maxImportCharacters} characters, got ${json.length}`);
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch (error) {
    throw new ImportError('expected a JSON file that Tacit exported; this is not JSON', { cause: error });
  }
  const { format, version, history, tuning } = (document ?? {}) as Record<string, unknown>;
  if (format !== exportFormat)
    throw new ImportError(`format: expected ${exportFormat}; this is not a file that Tacit exported`);
  if (version !== exportVersion)
    throw new ImportError(`version: expected ${exportVersion}, got ${String(version).slice(0, 40)}`);
  if (!Array.isArray(history)) throw new ImportError('history: expected a list of rows');
  if (history.length > maxHistoryRows)
    throw new ImportError(`history: expected at most ${maxHistoryRows} rows, got ${history.length}`);
  // One row an item within the file too: the newest.
  const rows = new Map<string, HistoryRow>();
  const problems: string[] = [];
  let rejected = 0;
  history.forEach((value: unknown, index) => {
    const row = historyRowFrom(value);
    if (typeof row === 'string') {
      rejected++;
      if (problems.length < maxProblems) problems.push(`history row ${index + 1}: ${row}`);
      return;
    }
    const other = rows.get(row.itemId);
    if (other === undefined || newer(row, other)) rows.set(row.itemId, row);
  });
  return { rows: [...rows.values()], tuning: datedTuningFrom(tuning), problems, rejected };
}

/** Merges a document into a store. Throws ImportError; rejects with StorageError when nothing could be written. */
export async function importInto(store: HistoryStore, json: string): Promise<ImportReport> {
  const { rows, tuning, problems, rejected } = importedRows(json);
  const outcomes = await store.merge(rows);
  const held = await store.tuning();
  if (tuning !== null && (held === null || tuning.at > held.at)) await store.setTuning(tuning);
  const count = (outcome: string): number => outcomes.filter((other) => other === outcome).length;
  return { added: count('added'), updated: count('updated'), unchanged: count('unchanged'), rejected, problems };
}
