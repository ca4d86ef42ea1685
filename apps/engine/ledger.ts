// The privacy ledger as it is spent from: the caps, and the refusal to spend more. What was spent is read by account.ts.
// The cap is on rho summed over all policies and modes: a server that changes its policy does not get a new budget.
import { noiseOfPolicy, type RoundPolicy, rhoCapOf } from '#shared/protocol/policy.ts';
import type { Account } from './account.ts';
import type { LedgerPlace } from './api.ts';
import {
  type Charge,
  type ChargeOutcome,
  type EnterOutcome,
  type Entry,
  isPhaseDone,
  type Settlement,
} from './ledger-store.ts';

export class Ledger {
  readonly #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  /** Whether one more participation in a phase of these rules fits under every cap, as far as last read. The charge itself decides. */
  hasBudget(policy: RoundPolicy, rho = costsOf(policy).once): boolean {
    const { book } = this.#account;
    return book !== null && book.rhoSpent + rho <= costsOf(policy).cap;
  }

  /** Whether this profile took part in a phase already, as far as last read; true when the book cannot be trusted. */
  isPhaseDone(place: LedgerPlace | null): boolean {
    const { book } = this.#account;
    return book === null ? place !== null : isPhaseDone(book, place);
  }

  /**
   * Takes a round into the ledger, durably, before the first message of it leaves. Nothing is charged yet; a round that could not be paid
   * for is not entered. Rejects with LedgerError or StorageError when that cannot be made sure: then nothing may be sent.
   */
  async enter(entry: Entry, rho: number, policy: RoundPolicy): Promise<EnterOutcome | 'budget-spent'> {
    return this.#account.change(
      async (store) => (this.hasBudget(policy, rho) ? store.enter(entry) : 'budget-spent'),
      true,
    );
  }

  /**
   * Charges an entered round, durably, before the first byte of its update leaves. Never refunded.
   * Rejects with LedgerError or StorageError when that cannot be made sure: then nothing may be sent.
   */
  async charge(charge: Charge, policy: RoundPolicy): Promise<ChargeOutcome> {
    return this.#account.change((store) => store.charge(charge, costsOf(policy).cap));
  }

  /** Notes how an entered round went on. A failure to note it loses a word in a table, never a charge. */
  async settle(roundId: string, settlement: Settlement): Promise<void> {
    await this.#account.change((store) => store.settle(roundId, settlement));
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
