// The privacy ledgers of the simulated people, kept across restarts in one file of JSON lines. Each worker thread owns some of the people;
// all append to the same file, one line a write. A charge is on the disk before it counts, like a real device's.
import { closeSync, existsSync, fdatasyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LedgerRow } from '../engine/api.ts';
import {
  begunTotal,
  type Charge,
  type ChargeOutcome,
  chargeDecision,
  checkCharge,
  checkEntry,
  type EnterOutcome,
  type Entry,
  enterDecision,
  type LedgerBook,
  type LedgerStore,
  ledgerBookFrom,
  type Settlement,
  settled,
  type TotalRow,
} from '../engine/ledger-store.ts';

type Line =
  /** `forgotten`: rounds of old that cost nothing. */
  | {
      readonly person: string;
      readonly enter: LedgerRow;
      readonly since: number;
      readonly forgotten: readonly string[];
    }
  /** Lines of an older version have no row to enter before them and no `since`. */
  | { readonly person: string; readonly charge: LedgerRow; readonly rhoSpent: number; readonly since?: number }
  | { readonly person: string; readonly settle: string; readonly settlement: Settlement };

interface Book {
  readonly rows: readonly LedgerRow[];
  readonly total: Omit<TotalRow, 'since'> & { readonly since?: number };
}

/**
 * The books of all people in a file. `owns` says which people this thread keeps. Fails closed: a line that does not parse
 * throws, naming file and line; only a last line without its end (a write that was cut off) is left out, since what it
 * would have charged was never sent.
 */
export class LedgerFile {
  readonly #path: string;
  readonly #file: number;
  readonly #books = new Map<string, Book>();
  /** When accounts began that have no line yet. */
  readonly #begun = new Map<string, TotalRow>();

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
      begin: async (at) => this.#begin(person, at),
      read: async () => this.#bookOf(person),
      enter: async (entry) => this.#enter(person, entry),
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
    if (book !== undefined) return ledgerBookFrom([...book.rows, book.total]);
    const begun = this.#begun.get(person);
    return ledgerBookFrom(begun === undefined ? [] : [begun]);
  }

  /** In memory alone until the person enters a round. */
  #begin(person: string, at: number): void {
    const total = begunTotal(this.#bookOf(person), at);
    if (total !== null) this.#begun.set(person, total);
  }

  /** Written at once. Only a charge is waited for until it is on the disk: a round that was entered and lost with the machine cost nothing. */
  #enter(person: string, entry: Entry): EnterOutcome {
    checkEntry(entry);
    const book = this.#bookOf(person);
    const decision = enterDecision(book, entry);
    if (decision.outcome !== 'entered') return decision.outcome;
    const { row, forgotten } = decision;
    this.#append({ person, enter: row, since: book.since ?? entry.at, forgotten });
    return 'entered';
  }

  #charge(person: string, charge: Charge, rhoCap: number): ChargeOutcome {
    checkCharge(charge, rhoCap);
    const decision = chargeDecision(this.#bookOf(person), charge, rhoCap);
    if (decision.outcome !== 'charged') return decision.outcome;
    const { row, total } = decision;
    this.#append({ person, charge: row, rhoSpent: total.rhoSpent, since: total.since });
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
    const { rows, total } = this.#books.get(line.person) ?? { rows: [], total: { roundId: 'total', rhoSpent: 0 } };
    if ('enter' in line) {
      const kept = rows.filter(({ roundId }) => !line.forgotten.includes(roundId));
      this.#books.set(line.person, { rows: [...kept, line.enter], total: { ...total, since: line.since } });
    } else if ('charge' in line) {
      const { charge, rhoSpent, since } = line;
      const others = rows.filter(({ roundId }) => roundId !== charge.roundId);
      const changed = since === undefined ? { rhoSpent } : { rhoSpent, since };
      this.#books.set(line.person, { rows: [...others, charge], total: { ...total, ...changed } });
    } else {
      const changed = rows.map((row) => (row.roundId === line.settle ? settled(row, line.settlement) : row));
      this.#books.set(line.person, { rows: changed, total });
    }
  }

  /** The shape of a line; what is in a row is checked by the ledger's own parser when the book is read. */
  #parseLine(text: string, number: number): Line {
    try {
      const line: unknown = JSON.parse(text);
      if (isObject(line) && typeof line.person === 'string') {
        if ('enter' in line && isObject(line.enter) && Array.isArray(line.forgotten)) return line as unknown as Line;
        if ('charge' in line && isObject(line.charge) && 'rhoSpent' in line) return line as unknown as Line;
        if ('settle' in line && isObject(line.settlement)) return line as unknown as Line;
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
