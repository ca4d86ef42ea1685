// Memory implementations of everything that the engine is handed: for tests, simulated participants and, the history alone, private windows.
// Each keeps the same contract as the browser's one (store-contract.test.ts runs on both).

import type { ClientMessage, ServerMessage } from '#shared/protocol/messages.ts';
import type { HistoryRow } from './api.ts';
import type { CacheStore } from './cache-store.ts';
import type {
  Clock,
  DeviceFacts,
  FactsSource,
  Http,
  HttpAnswer,
  Locks,
  TabMessage,
  Tabs,
  Transport,
  TransportHandlers,
} from './environment.ts';
import {
  type AgreedConsent,
  agreedConsentFrom,
  type DatedTuning,
  datedTuningFrom,
  type HistoryStore,
  historyRowFrom,
  newer,
  type StoredHistory,
} from './history-store.ts';
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
} from './ledger-store.ts';

export class MemoryHistoryStore implements HistoryStore {
  readonly kind = 'memory' as const;
  readonly #rows = new Map<string, HistoryRow>();
  #consent: AgreedConsent | null = null;
  #tuning: DatedTuning | null = null;

  async read(): Promise<StoredHistory> {
    return { rows: [...this.#rows.values()].sort((a, b) => b.at - a.at), rejected: 0 };
  }

  async set(itemId: string, row: HistoryRow | null): Promise<HistoryRow | null> {
    const before = this.#rows.get(itemId) ?? null;
    if (row === null) this.#rows.delete(itemId);
    else this.#rows.set(itemId, checkedRow(row));
    return before;
  }

  async merge(rows: readonly HistoryRow[]): Promise<readonly ('added' | 'updated' | 'unchanged')[]> {
    return rows.map((row) => {
      const before = this.#rows.get(row.itemId);
      const outcome = before === undefined ? 'added' : newer(row, before) ? 'updated' : 'unchanged';
      if (outcome !== 'unchanged') this.#rows.set(row.itemId, checkedRow(row));
      return outcome;
    });
  }

  async consent(): Promise<AgreedConsent | null> {
    return this.#consent;
  }

  async setConsent(consent: AgreedConsent): Promise<void> {
    this.#consent = agreedConsentFrom(consent);
  }

  async tuning(): Promise<DatedTuning | null> {
    return this.#tuning;
  }

  async setTuning(tuning: DatedTuning | null): Promise<void> {
    this.#tuning = datedTuningFrom(tuning);
  }

  async clear(): Promise<void> {
    this.#rows.clear();
    this.#consent = null;
    this.#tuning = null;
  }

  close(): void {}
}

/** A ledger that lasts as long as the object: a simulated participant's is kept by whoever simulates it, for its whole life. */
export class MemoryLedgerStore implements LedgerStore {
  #rows: LedgerBook['rows'];
  #total: TotalRow | null = null;

  /** @param book what another one read, to go on from. */
  constructor(book: LedgerBook | null = null) {
    this.#rows = book?.rows ?? [];
    if (book !== null && book.since !== null) {
      this.#total = { roundId: 'total', rhoSpent: book.rhoSpent, since: book.since };
    }
  }

  async begin(at: number): Promise<void> {
    this.#total = begunTotal(this.#book(), at) ?? this.#total;
  }

  async read(): Promise<LedgerBook> {
    return this.#book();
  }

  async enter(entry: Entry): Promise<EnterOutcome> {
    checkEntry(entry);
    const decision = enterDecision(this.#book(), entry);
    if (decision.outcome === 'entered') {
      this.#total = begunTotal(this.#book(), entry.at) ?? this.#total;
      this.#rows = [...this.#rows.filter(({ roundId }) => !decision.forgotten.includes(roundId)), decision.row];
    }
    return decision.outcome;
  }

  async charge(charge: Charge, rhoCap: number): Promise<ChargeOutcome> {
    checkCharge(charge, rhoCap);
    const decision = chargeDecision(this.#book(), charge, rhoCap);
    if (decision.outcome === 'charged') {
      this.#rows = this.#rows.map((row) => (row.roundId === charge.roundId ? decision.row : row));
      this.#total = decision.total;
    }
    return decision.outcome;
  }

  async settle(roundId: string, settlement: Settlement): Promise<void> {
    this.#rows = this.#rows.map((row) => (row.roundId === roundId ? settled(row, settlement) : row));
  }

  #book(): LedgerBook {
    return ledgerBookFrom(this.#total === null ? this.#rows : [...this.#rows, this.#total]);
  }
}

export class MemoryCacheStore implements CacheStore {
  readonly #files = new Map<string, Uint8Array>();

  async get(hash: string): Promise<Uint8Array | null> {
    return this.#files.get(hash) ?? null;
  }

  async put(hash: string, bytes: Uint8Array): Promise<void> {
    this.#files.set(hash, bytes.slice());
  }

  async keepOnly(hashes: readonly string[]): Promise<void> {
    for (const hash of [...this.#files.keys()]) if (!hashes.includes(hash)) this.#files.delete(hash);
  }

  async clear(): Promise<void> {
    this.#files.clear();
  }
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #now: number;
  #timers: { readonly dueMs: number; readonly run: () => void }[] = [];

  constructor(startMs = 1_750_000_000_000) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { dueMs: this.#now + Math.max(0, delayMs), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Goes on by `ms`, running what falls due in order of time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.dueMs <= end).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = Math.max(this.#now, due.dueMs);
      due.run();
    }
    this.#now = end;
  }

  /** Sets the time of day without running anything, as a person changing the clock does. */
  set(nowMs: number): void {
    this.#now = nowMs;
  }

  get pending(): number {
    return this.#timers.length;
  }
}

/** The process's own clock: for simulated participants. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  }
}

/** Serves files from a map of path to body; everything else is 404. */
export class MemoryHttp implements Http {
  readonly files = new Map<string, Uint8Array | (() => HttpAnswer)>();
  readonly requests: string[] = [];

  async get(path: string, limitBytes: number): Promise<HttpAnswer> {
    this.requests.push(path);
    const file = this.files.get(path);
    if (file === undefined) return { status: 404, body: new Uint8Array() };
    const answer = typeof file === 'function' ? file() : { status: 200, body: file };
    if (answer.body.length > limitBytes) throw new RangeError(`${path}: expected at most ${limitBytes} bytes`);
    return answer;
  }
}

/** Locks within one process: engines that share the object are tabs of one profile. */
export class MemoryLocks implements Locks {
  readonly #tails = new Map<string, Promise<void>>();

  async run<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#tails.get(name) ?? Promise.resolve();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const tail = before.then(() => held);
    this.#tails.set(name, tail);
    try {
      await untilAborted(before, signal);
      return await work();
    } finally {
      release();
      if (this.#tails.get(name) === tail) this.#tails.delete(name);
    }
  }
}

/** The tabs of one profile in one process: `open` gives each engine its own end. */
export class MemoryTabs {
  readonly #listeners = new Map<object, Set<(message: TabMessage) => void>>();

  open(): Tabs {
    const self = {};
    const mine = new Set<(message: TabMessage) => void>();
    this.#listeners.set(self, mine);
    return {
      announce: (message) => {
        for (const [tab, listeners] of this.#listeners)
          if (tab !== self) for (const listener of listeners) listener(message);
      },
      listen: (listener) => {
        mine.add(listener);
        return () => mine.delete(listener);
      },
      close: () => {
        this.#listeners.delete(self);
      },
    };
  }
}

/** A desktop computer in front of its owner. */
export const favourableFacts: DeviceFacts = {
  visible: true,
  idle: false,
  charging: true,
  batteryLevel: 1,
  saveData: false,
  metered: false,
  pressure: 'nominal',
  online: true,
  persisted: true,
};

export class MemoryFacts implements FactsSource {
  #facts: DeviceFacts;
  readonly #listeners = new Set<() => void>();

  constructor(facts: DeviceFacts = favourableFacts) {
    this.#facts = facts;
  }

  current(): DeviceFacts {
    return this.#facts;
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(facts: Partial<DeviceFacts>): void {
    this.#facts = { ...this.#facts, ...facts };
    for (const listener of this.#listeners) listener();
  }
}

/** A transport whose other end is in the test's hand: connections as they were opened, with all that was sent on each. */
export class MemoryTransport implements Transport {
  readonly secure: boolean;
  readonly connections: MemoryConnection[] = [];

  constructor(secure = true) {
    this.secure = secure;
  }

  connect(handlers: TransportHandlers): MemoryConnection {
    const connection = new MemoryConnection(handlers);
    this.connections.push(connection);
    return connection;
  }

  get last(): MemoryConnection | null {
    return this.connections.at(-1) ?? null;
  }
}

export class MemoryConnection {
  readonly sent: ClientMessage[] = [];
  readonly #handlers: TransportHandlers;
  closed = false;

  constructor(handlers: TransportHandlers) {
    this.#handlers = handlers;
  }

  send(message: ClientMessage): void {
    if (!this.closed) this.sent.push(message);
  }

  close(): void {
    this.closed = true;
  }

  /** The server accepts. */
  open(): void {
    if (!this.closed) this.#handlers.onOpen();
  }

  /** The server says something. */
  receive(message: ServerMessage): void {
    if (!this.closed) this.#handlers.onMessage(message);
  }

  /** The connection breaks. */
  drop(): void {
    if (this.closed) return;
    this.closed = true;
    this.#handlers.onClose();
  }
}

function checkedRow(row: HistoryRow): HistoryRow {
  const checked = historyRowFrom(row);
  if (typeof checked === 'string') throw new RangeError(checked);
  return checked;
}

function untilAborted(turn: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return turn;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new DOMException('waiting for the lock was aborted', 'AbortError'));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    void turn.then(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
  });
}
