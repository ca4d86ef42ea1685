// The privacy ledger: what this browser profile has spent, and the refusal to spend more. Over ledger-store.ts it adds the Web Lock,
// the caps and epsilon. The cap is on rho summed over all policies: a server that changes its policy does not get a new budget.
import { epsilonOfRho, rhoOfEpsilon } from '#shared/privacy/accountant.ts';
import { lifetimeRhoCap } from '#shared/protocol/limits.ts';
import { noiseOfPolicy, type Policy } from '#shared/protocol/policy.ts';
import type { Locks } from './environment.ts';
import {
  type Charge,
  type ChargeOutcome,
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

  /** Reads the book again: at start, and when another tab charged. Never rejects: an unreadable book is null. */
  async refresh(): Promise<void> {
    try {
      this.#book = await this.#locks.run(ledgerLock, () => this.#store.read());
    } catch {
      this.#book = null;
    }
  }

  /** Whether one more participation under this policy fits under every cap, as far as last read. The charge itself decides. */
  hasBudget(policy: Policy): boolean {
    if (this.#book === null) return false;
    return this.#book.rhoSpent + noiseOfPolicy(policy).rhoPerParticipation <= rhoCapOf(policy);
  }

  /**
   * Charges one participation, durably, before anything of it leaves. Never refunded.
   * Rejects with LedgerError or StorageError when that cannot be made sure: then nothing may be sent.
   */
  async charge(charge: Charge, policy: Policy): Promise<ChargeOutcome> {
    return this.#locks.run(ledgerLock, async () => {
      try {
        const outcome = await this.#store.charge(charge, rhoCapOf(policy));
        this.#book = await this.#store.read();
        return outcome;
      } catch (error) {
        if (error instanceof LedgerError) this.#book = null;
        throw error;
      }
    });
  }

  /** Notes how a charged round went on. A failure to note it loses a word in a table, never a charge. */
  async settle(roundId: string, settlement: Settlement): Promise<void> {
    try {
      await this.#locks.run(ledgerLock, () => this.#store.settle(roundId, settlement));
    } finally {
      await this.refresh();
    }
  }

  /** Unix ms of the newest charge, null without one. */
  get lastChargeAt(): number | null {
    return this.#book?.rows.reduce<number | null>((last, row) => Math.max(last ?? 0, row.at), null) ?? null;
  }

  /** epsilon at `delta` of all that was spent; the whole cap when the book cannot be trusted. */
  epsilonSpent(delta: number, epsilonCap: number): number {
    if (this.#book === null) return epsilonCap;
    return this.#book.rhoSpent === 0 ? 0 : epsilonOfRho(this.#book.rhoSpent, delta);
  }
}

/** The compiled-in lifetime cap, or the policy's own where that is stricter. */
function rhoCapOf(policy: Policy): number {
  return Math.min(lifetimeRhoCap, rhoOfEpsilon(policy.epsilonCap, policy.delta));
}
