// The privacy ledgers of the simulated people, kept across restarts in one file of JSON lines. Each worker thread owns some of the people;
// all append to the same file, one line a write. A charge is on the disk before it counts, like a real device's.
import { closeSync, existsSync, fdatasyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LedgerRow } from '../engine/api.ts';
import {
  type Charge,
  type ChargeOutcome,
  chargeDecision,
  checkCharge,
  type LedgerBook,
  type LedgerStore,
  ledgerBookFrom,
  type Settlement,
} from '../engine/ledger-store.ts';

/** Key under which a stored book carries its total (ledger-store.ts). */
const totalKey = 'total';

type Line =
  | { readonly person: string; readonly charge: LedgerRow; readonly rhoSpent: number }
  | { readonly person: string; readonly settle: string; readonly settlement: Settlement };

/**
 * The books of all people in a file. `owns` says which people this thread keeps. Fails closed: a line that does not parse
 * throws, naming file and line; only a last line without its end (a write that was cut off) is left out, since what it
 * would have charged was never sent.
 */
export class LedgerFile {
  readonly #path: string;
  readonly #file: number;
  readonly #books = new Map<string, { rhoSpent: number; rows: LedgerRow[] }>();

  constructor(path: string, owns: (person: string) => boolean = () => true) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    const content = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const lines = content.split('\n');
    const unfinished = lines.pop() ?? '';
    lines.forEach((line, index) => {
      // Where a cut-off line was ended by the next start.
      if (line.endsWith(cutOffMark)) return;
      this.#replay(this.#parseLine(line, index + 1), owns);
    });
    this.#file = openSync(path, 'a');
    if (unfinished !== '') writeSync(this.#file, `${cutOffMark}\n`);
  }

  /** The ledger of one person. */
  storeOf(person: string): LedgerStore {
    return {
      read: async () => this.#bookOf(person),
      charge: async (charge, rhoCap) => this.#charge(person, charge, rhoCap),
      settle: async (roundId, settlement) => this.#settle(person, roundId, settlement),
    };
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Checked as a whole by the ledger's own parser. */
  #bookOf(person: string): LedgerBook {
    const book = this.#books.get(person);
    if (book === undefined) return { rhoSpent: 0, rows: [] };
    return ledgerBookFrom([...book.rows, { roundId: totalKey, rhoSpent: book.rhoSpent }]);
  }

  #charge(person: string, charge: Charge, rhoCap: number): ChargeOutcome {
    checkCharge(charge, rhoCap);
    const decision = chargeDecision(this.#bookOf(person), charge, rhoCap);
    if (decision.outcome !== 'charged') return decision.outcome;
    this.#append({ person, charge: decision.row, rhoSpent: decision.rhoSpent });
    fdatasyncSync(this.#file);
    return 'charged';
  }

  #settle(person: string, roundId: string, settlement: Settlement): void {
    if (!this.#books.get(person)?.rows.some((row) => row.roundId === roundId)) return;
    this.#append({ person, settle: roundId, settlement });
  }

  #append(line: Line): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
    this.#replay(line, () => true);
  }

  #replay(line: Line, owns: (person: string) => boolean): void {
    if (!owns(line.person)) return;
    const book = this.#books.get(line.person) ?? { rhoSpent: 0, rows: [] };
    if ('charge' in line) {
      book.rows.push(line.charge);
      book.rhoSpent = line.rhoSpent;
    } else {
      book.rows = book.rows.map((row) => (row.roundId === line.settle ? { ...row, ...line.settlement } : row));
    }
    this.#books.set(line.person, book);
  }

  /** The shape of a line; what is in a row is checked by the ledger's own parser when the book is read. */
  #parseLine(text: string, number: number): Line {
    try {
      const line: unknown = JSON.parse(text);
      if (typeof line === 'object' && line !== null && typeof (line as Line).person === 'string') {
        if ('charge' in line && typeof line.charge === 'object' && 'rhoSpent' in line) return line as Line;
        if ('settle' in line && 'settlement' in line && typeof line.settlement === 'object') return line as Line;
      }
    } catch {
      // Said below, with the place.
    }
    throw new Error(
      `${this.#path}, line ${number}: expected a ledger row of a simulated person, but got ${JSON.stringify(text.slice(0, 60))}. ` +
        'The fleet does not start with a ledger that it cannot read. It holds simulated people alone: delete the file to begin anew.',
    );
  }
}

/** Ends a line that was cut off by a kill. */
const cutOffMark = '#cut-off';
