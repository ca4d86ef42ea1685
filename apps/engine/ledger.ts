// The privacy ledger: what this browser profile has spent, and the refusal to spend more. Over ledger-store.ts it adds the Web Lock,
// the caps and epsilon. The cap is on rho summed over all policies and modes: a server that changes its policy does not get a new budget.
import { epsilonOfRho } from '#shared/privacy/accountant.ts';
import { noiseOfPolicy, type RoundPolicy, rhoCapOf } from '#shared/protocol/policy.ts';
import type { LedgerPlace } from './api.ts';
import type { Locks } from './environment.ts';
import {
  type Charge,
  type ChargeOutcome,
  type EnterOutcome,
  type Entry,
  isPhaseDone,
  type LedgerBook,
  LedgerError,
  type LedgerStore,
  type Settlement,
} from './ledger-store.ts';

export const ledgerLock = 'tacit-ledger';

export class Ledger {
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

  /** Whether one more participation in a phase of these rules fits under every cap, as far as last read. The charge itself decides. */
  hasBudget(policy: RoundPolicy, rho = costsOf(policy).once): boolean {
    if (this.#book === null) return false;
    return this.#book.rhoSpent + rho <= costsOf(policy).cap;
  }

  /** Whether this profile took part in a phase already, as far as last read; true when the book cannot be trusted. */
  isPhaseDone(place: LedgerPlace | null): boolean {
    return this.#book === null ? place !== null : isPhaseDone(this.#book, place);
  }

  /**
   * Takes a round into the ledger, durably, before the first message of it leaves. Nothing is charged yet; a round that could not be paid
   * for is not entered. Rejects with LedgerError or StorageError when that cannot be made sure: then nothing may be sent.
   */
  async enter(entry: Entry, rho: number, policy: RoundPolicy): Promise<EnterOutcome | 'budget-spent'> {
    return this.#change(async () => {
      this.#book = await this.#store.read();
      return this.hasBudget(policy, rho) ? this.#store.enter(entry) : 'budget-spent';
    });
  }

  /**
   * Charges an entered round, durably, before the first byte of its update leaves. Never refunded.
   * Rejects with LedgerError or StorageError when that cannot be made sure: then nothing may be sent.
   */
  async charge(charge: Charge, policy: RoundPolicy): Promise<ChargeOutcome> {
    return this.#change(() => this.#store.charge(charge, costsOf(policy).cap));
  }

  /** Notes how an entered round went on. A failure to note it loses a word in a table, never a charge. */
  async settle(roundId: string, settlement: Settlement): Promise<void> {
    await this.#change(() => this.#store.settle(roundId, settlement));
  }

  async #change<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
    return this.#locks.run(ledgerLock, async () => {
      try {
        const outcome = await work();
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

/** rho of one participation, and of all: found by a search, and asked for whenever a device looks at its facts. */
const costs = new WeakMap<RoundPolicy, { readonly once: number; readonly cap: number }>();

function costsOf(policy: RoundPolicy): { readonly once: number; readonly cap: number } {
  let known = costs.get(policy);
  if (known === undefined) {
    known = { once: noiseOfPolicy(policy).rhoPerParticipation, cap: rhoCapOf(policy) };
    costs.set(policy, known);
  }
  return known;
}
