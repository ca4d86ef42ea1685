// The privacy ledger as it is read: what this browser profile has spent. Over ledger-store.ts it adds the Web Lock and epsilon. Spending is ledger.ts's,
// whose code comes with taking part.
import { epsilonOfRho } from '#shared/privacy/accountant.ts';
import type { Locks } from './environment.ts';
import { type LedgerBook, LedgerError, type LedgerStore } from './ledger-store.ts';

const ledgerLock = 'tacit-ledger';

export class Account {
  readonly #store: LedgerStore;
  readonly #locks: Locks;
  #book: LedgerBook | null = null;

  constructor(store: LedgerStore, locks: Locks) {
    this.#store = store;
    this.#locks = locks;
  }

  /** The book as last read; null when it cannot be trusted, and then nothing is sent. */
  get book(): LedgerBook | null {
    return this.#book;
  }

  /**
   * Reads the book again: at start, and when another tab wrote. Begins the account where there is none yet.
   * Never rejects: an unreadable book is null. @param now unix ms.
   */
  async refresh(now: number): Promise<void> {
    try {
      this.#book = await this.#locks.run(ledgerLock, async () => {
        const book = await this.#store.read();
        if (book.since !== null) return book;
        await this.#store.begin(now);
        return this.#store.read();
      });
    } catch {
      this.#book = null;
    }
  }

  /**
   * Changes the store under the lock, and reads what it is then. Rejects as `work` does; after a LedgerError the book is not trusted any more.
   * @param readsFirst whether `book` is as it stands before `work`.
   */
  async change<Outcome>(work: (store: LedgerStore) => Promise<Outcome>, readsFirst = false): Promise<Outcome> {
    return this.#locks.run(ledgerLock, async () => {
      try {
        if (readsFirst) this.#book = await this.#store.read();
        const outcome = await work(this.#store);
        this.#book = await this.#store.read();
        return outcome;
      } catch (error) {
        if (error instanceof LedgerError) this.#book = null;
        throw error;
      }
    });
  }

  /** Unix ms of the newest charge, null without one. A round that cost nothing asks for no rest. */
  get lastChargeAt(): number | null {
    const charged = this.#book?.rows.filter((row) => row.rho > 0) ?? [];
    return charged.reduce<number | null>((last, row) => Math.max(last ?? 0, row.at), null);
  }

  /** epsilon at `delta` of all that was spent; the whole cap when the book cannot be trusted. */
  epsilonSpent(delta: number, epsilonCap: number): number {
    if (this.#book === null) return epsilonCap;
    return this.#book.rhoSpent === 0 ? 0 : epsilonOfRho(this.#book.rhoSpent, delta);
  }
}
