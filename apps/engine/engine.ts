// The engine: THE MAIN PATH on the device, top to bottom. A click is recorded, stored, folded in and ranked; a published model is taken in;
// consent starts and stops taking part; what the person owns can be seen, taken along and erased.
// Everything outside is handed in (environment.ts), so the same engine runs in a worker, in the fleet and in a unit test.
import type { Policy } from '#shared/protocol/policy.ts';
import { defaultTuning, isDirectionless, isSameTuning, type Tuning, tuningFrom } from '#shared/ranking/tuning.ts';
import { Account } from './account.ts';
import type {
  Action,
  Consent,
  Engine,
  EngineState,
  Explanation,
  HistoryRow,
  ImportReport,
  LedgerRow,
  ListChange,
  ParticipationState,
  Recommendation,
  SelfEvaluation,
  UploadInspection,
} from './api.ts';
import type { EngineParts, TabMessage } from './environment.ts';
import { firstList } from './first-list.ts';
import {
  type AgreedConsent,
  consentFrom,
  consentLevel,
  consentNames,
  type DatedTuning,
  historyRowFrom,
  loweredTo,
  type Terms,
} from './history-store.ts';
import { interactionsOf } from './interactions.ts';
import { type Published, PublishedModels } from './published.ts';
import { defaultConsent, defaultDelta, defaultEpsilonCap } from './state.ts';
import { StorageError, type StorageFault } from './store-database.ts';
import { TakingPart } from './taking-part.ts';

export const eraseUndoMs = 10_000;
const notifyEveryMs = 100;
/** Between two looks at the server by somebody who is not connected to it. */
const refreshEveryMs = 60_000;
const firstRetryMs = 1_000;
const maxRetryMs = 60_000;
const maxRecommendations = 1_000;
/** From the first list to getting ready for a history. */
const rankAheadMs = 200;
/** The cost of a session is computed from integers: a policy that was agreed to costs the same again, up to rounding. */
const rhoTolerance = 1e-9;
const unlimited = consentNames.length;
const defaultAgreed: AgreedConsent = { ...defaultConsent, terms: null };

/** An engine in this process, with what simulated participants need beyond the page's interface. */
export interface LocalEngine extends Engine {
  /** Storing failed outside of a call: the database waited for another tab or lost its connection. */
  noteStorageFault(fault: StorageFault): void;
  /** Ends without a word to the server, as a closed lid does. `close` is still due. */
  vanish(): void;
}

/**
 * Opens the engine on what was stored. Resolves when the history can be shown; the model follows (`state().model`).
 * The parts stay the caller's: close the engine first, then what it was handed.
 */
export async function createEngine(parts: EngineParts): Promise<LocalEngine> {
  const engine = new DeviceEngine(parts);
  await engine.start();
  return engine;
}

class DeviceEngine implements LocalEngine {
  readonly #parts: EngineParts;
  readonly #models: PublishedModels;
  readonly #account: Account;
  readonly #participation: TakingPart;
  readonly #listeners = new Set<(state: EngineState) => void>();
  readonly #stops: (() => void)[] = [];
  readonly #history = new Map<string, HistoryRow>();
  /** Rows of this session alone, while keeping is off. */
  readonly #unkept = new Map<string, HistoryRow>();
  /** As stored; null: the standard one. */
  #keptTuning: DatedTuning | null = null;
  /** Of this session alone, while keeping is off. */
  #unkeptTuning: Tuning | null = null;
  #agreed: AgreedConsent = defaultAgreed;
  /** What was withdrawn holds whatever a store says: no consent beyond this level, until one is given again or the store knows. */
  #ceiling: number = unlimited;
  #withdrawals = 0;
  #withdrawalUnsaved = false;
  /** Writes of a consent that are under way. */
  #consentWrites = 0;
  /** One after the other; a withdrawal waits for none of them. */
  #grants: Promise<unknown> = Promise.resolve();
  #saveRetryMs = firstRetryMs;
  #cancelSave: () => void = () => {};
  /** Rises with whatever is newer than a read of the stores that is under way. */
  #generation = 0;
  #storageFault: StorageFault | null = null;
  #undo: {
    readonly rows: readonly HistoryRow[];
    readonly agreed: AgreedConsent;
    readonly tuning: DatedTuning | null;
    readonly withdrawals: number;
    readonly until: number;
  } | null = null;
  #cancelUndo: () => void = () => {};
  #cancelStart: () => void = () => {};
  #cancelNotify: (() => void) | null = null;
  #notifiedAt = Number.NEGATIVE_INFINITY;
  #notifiedOf: ParticipationState | null = null;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  /** Resolves when the first model is there, or the first try to get one failed. */
  #firstModel: Promise<void> = Promise.resolve();
  #isRankingAhead = false;
  #closed = false;

  constructor(parts: EngineParts) {
    if (parts.loadMasking !== undefined && parts.simulated !== true)
      throw new TypeError(
        'loadMasking is for simulated participants: a person takes part with the masks of this build',
      );
    this.#parts = parts;
    this.#account = new Account(parts.ledgerStore, parts.locks);
    this.#models = new PublishedModels(
      parts.http,
      parts.cacheStore,
      parts.clock,
      parts.digest,
      () => this.#modelChanged(),
      parts.loadPublished,
    );
    const person = {
      consent: () => this.#consent,
      agreesTo: (policy: Policy) => this.#agreesTo(policy),
      historyCount: () => this.#history.size,
      interactions: (published: Published) => interactionsOf(published, [...this.#history.values()]),
    };
    const onChange = () => this.#notify();
    this.#participation = new TakingPart(
      parts,
      person.consent,
      ({ Participation }) => new Participation(parts, person, this.#models, this.#account, onChange),
      onChange,
    );
  }

  async start(): Promise<void> {
    await Promise.all([this.#readStores(), this.#account.refresh(this.#parts.clock.now())]);
    this.#stops.push(
      // A store that cannot be read is named in the state; the tab goes on with what it has.
      this.#parts.tabs.listen((message) => void this.#heard(message).catch(() => {})),
      this.#parts.facts.watch(() => this.#factsChanged()),
    );
    this.#firstModel = this.#startModel();
    this.#participation.evaluate();
  }

  // The main path: record -> store -> fold in -> rank.

  async record(itemId: string, action: Action | null, at = this.#parts.clock.now()): Promise<HistoryRow | null> {
    const before = this.#rows().get(itemId) ?? null;
    // A click is newer than what it replaces, also when the clock was set back: so a union with an export agrees with the click.
    const row = { itemId, action: action ?? 'like', at: before === null ? at : Math.max(at, before.at + 1) };
    const problem = historyRowFrom(row);
    if (typeof problem === 'string') throw new RangeError(`record: ${problem}`);
    const kept = action === null ? null : row;
    if (this.#consent.keep || kept === null) {
      await this.#storing(() => this.#parts.historyStore.set(itemId, kept));
      this.#generation++;
      this.#unkept.delete(itemId);
      if (kept === null) this.#history.delete(itemId);
      else this.#history.set(itemId, kept);
      this.#parts.tabs.announce({ kind: 'history' });
    } else {
      // Keeping is off: the list follows in this session, and nothing of it is stored. What was stored before stays until it is erased.
      this.#unkept.set(itemId, kept);
    }
    await this.#keepPublished();
    this.#participation.historyChanged();
    this.#notify();
    return before;
  }

  async recordAndCompare(itemId: string, action: Action | null, count: number, at?: number): Promise<ListChange> {
    checkCount(count);
    const before = this.#newestFirst();
    const previous = await this.record(itemId, action, at);
    const after = this.#newestFirst();
    // What was said is stored before anything is waited for, and also where the list that follows from it cannot be told.
    const ranked = await this.#ranked().catch(() => null);
    if (ranked === null) return { previous, left: [], came: [], listed: 0, remaining: after.length };
    return { previous, ...ranked.code.listChange(ranked.model, before, after, this.#tuning, count) };
  }

  async history(): Promise<readonly HistoryRow[]> {
    return this.#newestFirst();
  }

  async recommend(count: number): Promise<readonly Recommendation[]> {
    checkCount(count);
    if (this.#rows().size === 0 && isDirectionless(this.#tuning)) {
      await Promise.race([this.#firstModel, this.#models.previewed]);
      const known = this.#models.current ?? this.#models.preview;
      // A click may have come in between.
      if (known !== null && this.#rows().size === 0 && isDirectionless(this.#tuning)) {
        this.#rankLater();
        return firstList(known, count);
      }
    }
    const ranked = await this.#ranked();
    return ranked === null ? [] : ranked.code.recommendFrom(ranked.model, this.#newestFirst(), this.#tuning, count);
  }

  async explain(itemId: string): Promise<Explanation | null> {
    const ranked = await this.#ranked();
    return ranked === null ? null : ranked.code.explain(ranked.model, this.#newestFirst(), this.#tuning, itemId);
  }

  async placesWithout(removed: string, of: readonly string[]): Promise<readonly (number | null)[]> {
    const ranked = await this.#ranked();
    if (ranked === null) return of.map(() => null);
    return ranked.code.placesWithout(ranked.model, this.#newestFirst(), this.#tuning, removed, of);
  }

  async setTuning(wanted: Tuning): Promise<void> {
    const tuning = tuningFrom(wanted);
    if (tuning === null) throw new TypeError(`setTuning: expected a tuning, got ${JSON.stringify(wanted)}`);
    if (!this.#consent.keep) {
      this.#unkeptTuning = tuning;
      this.#notify();
      return;
    }
    const at = this.#parts.clock.now();
    const kept = isSameTuning(tuning, defaultTuning) ? null : { ...tuning, at };
    this.#unkeptTuning = null;
    this.#keptTuning = kept;
    this.#generation++;
    this.#notify();
    await this.#storing(() => this.#parts.historyStore.setTuning(kept));
    this.#generation++;
    this.#parts.tabs.announce({ kind: 'tuning' });
  }

  async similar(
    itemId: string,
    count: number,
  ): Promise<readonly { readonly itemId: string; readonly score: number }[]> {
    checkCount(count);
    const ranked = await this.#ranked();
    return ranked === null ? [] : ranked.code.similarTo(ranked.model, itemId, count);
  }

  async evaluateSelf(): Promise<SelfEvaluation> {
    const ranked = await this.#ranked();
    const rows = this.#newestFirst();
    if (ranked === null) {
      return { likes: rows.filter((row) => row.action === 'like').length, choice: null, results: null };
    }
    const { evaluateFrom } = await import('./self-evaluation.ts');
    return evaluateFrom(ranked.model, rows);
  }

  /** What ranks by a history, with the newest model; null before the first model. Rejects where its code cannot be loaded. */
  async #ranked() {
    await this.#firstModel;
    const published = this.#models.current;
    if (published === null) return null;
    const code = this.#parts.ranking ?? (await import('./ranking.ts'));
    return { code, model: await code.scored(published, this.#parts.core ?? (async () => null)) };
  }

  /** The first list is out: what ranks by a history comes, so that the first click does not wait for it. */
  #rankLater(): void {
    if (this.#isRankingAhead || this.#closed) return;
    this.#isRankingAhead = true;
    this.#stops.push(this.#parts.clock.after(rankAheadMs, () => void this.#ranked().catch(() => {})));
  }

  // Consent and what is shown.

  /**
   * Alone needs send, send needs train, train needs keep: switching one off switches off what needs it; switching one on without what it
   * needs does nothing. Switching `send` or `alone` on agrees to the policy as it is now. Withdrawing works at once, in every tab, and stays
   * also where storing fails (the call then rejects); granting waits until it is stored.
   */
  async setConsent(change: Partial<Consent>): Promise<Consent> {
    const changed = definedOnly(change);
    if (consentFrom({ ...this.#consent, ...changed }) === null)
      throw new TypeError(`setConsent: expected booleans, got ${JSON.stringify(change)}`);
    const refused = consentNames.find((name) => changed[name] === false);
    if (refused !== undefined) this.#withdraw(refused);
    const withdrawals = this.#withdrawals;
    if (refused !== undefined) {
      this.#parts.tabs.announce({ kind: 'withdrawn', consent: refused });
      try {
        await this.#write(this.#agreed);
      } finally {
        this.#parts.tabs.announce({ kind: 'consent' });
        this.#notify();
      }
    }
    if (consentNames.some((name) => changed[name] === true)) {
      const turn = this.#grants.then(() => {
        const consent = consentFrom({ ...this.#consent, ...changed }) ?? this.#consent;
        return this.#grant({ ...consent, terms: this.#termsOf(consent) }, withdrawals);
      });
      this.#grants = turn.catch(() => {});
      await turn;
    }
    return this.#consent;
  }

  get #consent(): Consent {
    const { keep, train, send, alone } = this.#agreed;
    return { keep, train, send, alone };
  }

  /** Takes a consent, and what needs it, back in memory. A grant that is being stored does not come back after it. */
  #withdraw(name: keyof Consent): void {
    const before = this.#consent;
    this.#withdrawals++;
    this.#generation++;
    this.#ceiling = Math.min(this.#ceiling, consentNames.indexOf(name));
    this.#agreed = loweredTo(this.#ceiling, this.#agreed);
    if (this.#isWithdrawn(before, this.#consent)) this.#participation.leave();
    this.#participation.evaluate();
    this.#notify();
  }

  /** Stores what is given, then goes by it; unless there was a withdrawal since the `withdrawals` of the choice. */
  async #grant(given: AgreedConsent, withdrawals: number): Promise<void> {
    if (withdrawals !== this.#withdrawals) return;
    const agreed = this.#withTerms(given);
    await this.#write(agreed);
    if (withdrawals !== this.#withdrawals) return;
    this.#agreed = agreed;
    this.#adoptTerms();
    this.#parts.tabs.announce({ kind: 'granted' });
    this.#participation.evaluate();
    this.#notify();
  }

  /** Stores a consent; where there was a withdrawal meanwhile, what is left of it after that. */
  async #write(agreed: AgreedConsent): Promise<void> {
    this.#cancelSave();
    try {
      for (let next = agreed; ; next = this.#agreed) {
        const withdrawals = this.#withdrawals;
        await this.#writing(() => this.#parts.historyStore.setConsent(next));
        if (withdrawals === this.#withdrawals) break;
      }
    } catch (error) {
      if (this.#ceiling < unlimited) this.#saveLater();
      throw error;
    }
    this.#saved();
  }

  async #writing(work: () => Promise<void>): Promise<void> {
    this.#consentWrites++;
    this.#generation++;
    try {
      await this.#storing(work);
    } finally {
      this.#consentWrites--;
      this.#generation++;
    }
  }

  /** The store knows of every withdrawal; where an older write is still under way, only until that one is done. */
  #saved(): void {
    if (this.#consentWrites > 0) return;
    this.#ceiling = unlimited;
    this.#withdrawalUnsaved = false;
    this.#saveRetryMs = firstRetryMs;
    this.#cancelSave();
  }

  #saveLater(): void {
    this.#withdrawalUnsaved = true;
    this.#cancelSave();
    if (this.#closed) return;
    this.#cancelSave = this.#parts.clock.after(this.#saveRetryMs, () => void this.#saveAgain());
    this.#saveRetryMs = Math.min(maxRetryMs, this.#saveRetryMs * 2);
  }

  async #saveAgain(): Promise<void> {
    // Failing puts the next try off.
    await this.#write(this.#agreed).then(
      () => this.#parts.tabs.announce({ kind: 'consent' }),
      () => {},
    );
    this.#notify();
  }

  // What sending was agreed to.

  /** Of the policy that is held; any other was not agreed to. */
  #agreesTo(policy: Policy): boolean {
    if (this.#parts.simulated === true) return true;
    const { send, terms } = this.#agreed;
    const held = this.#models.current;
    if (!send || terms === null || held?.policy !== policy) return false;
    const { mode, rho } = held.terms;
    return mode === terms.mode && rho <= terms.rho * (1 + rhoTolerance);
  }

  /** The terms of a consent that is being given. */
  #termsOf(consent: Consent): Terms | null {
    if (!consent.send) return null;
    const before = this.#agreed;
    const held = before.send ? before.terms : null;
    const isNew = !before.send || (consent.alone && !before.alone);
    const policy = this.#models.current;
    return isNew && policy !== null ? policy.terms : held;
  }

  /** Sending alone under terms that nobody saw was not agreed to. Simulated participants agree to everything. */
  #withTerms(agreed: AgreedConsent): AgreedConsent {
    const isGiven = agreed.terms !== null || this.#parts.simulated === true;
    return isGiven ? agreed : { ...agreed, alone: false };
  }

  /** Sending was allowed before any policy was known, or by a version without terms: to the first policy seen, where that masks updates. */
  #adoptTerms(): void {
    const terms = this.#models.current?.terms;
    if (!this.#agreed.send || this.#agreed.terms !== null || terms?.mode !== 1 || this.#parts.simulated === true)
      return;
    this.#agreed = { ...this.#agreed, terms };
    // Where storing fails, the next visit adopts what it sees.
    void this.#write(this.#agreed).catch(() => {});
  }

  /** Whether something that may be under way under the one consent may not be under the other. */
  #isWithdrawn(before: Consent, after: Consent): boolean {
    // Whoever takes back the leave to send alone is out of a round of that kind, and stays in one among others.
    const alone = before.alone && !after.alone && this.#models.current?.policy.mode !== 1;
    return (before.send && !after.send) || (before.train && !after.train) || alone;
  }

  state(): EngineState {
    const { state, reason, steps, trainer } = this.#participation.view;
    const published = this.#models.current;
    const delta = published?.policy.delta ?? defaultDelta;
    const epsilonCap = published?.policy.epsilonCap ?? defaultEpsilonCap;
    const facts = this.#parts.facts.current();
    return {
      consent: this.#consent,
      participation: state,
      reason,
      model: published?.info ?? null,
      backend: trainer?.backend ?? null,
      backendReasons: trainer?.reasons ?? [],
      roundsTakenPart: this.#account.book?.rows.filter((row) => row.status === 'published').length ?? 0,
      epsilonSpent: this.#account.epsilonSpent(delta, epsilonCap),
      epsilonCap,
      delta,
      policy: published === null ? null : { hash: published.policyHash, policy: published.policy },
      withdrawalUnsaved: this.#withdrawalUnsaved,
      accountSince: this.#account.book?.since ?? null,
      storage:
        this.#parts.historyStore.kind === 'memory' ? 'memory' : facts.persisted === true ? 'durable' : 'best-effort',
      historyCount: this.#rows().size,
      storageFault: this.#storageFault,
      eraseUndoUntil: this.#undo?.until ?? null,
      steps,
      online: facts.online,
      tuning: this.#tuning,
    };
  }

  subscribe(listener: (state: EngineState) => void): () => void {
    this.#listeners.add(listener);
    listener(this.state());
    return () => this.#listeners.delete(listener);
  }

  async ledger(): Promise<readonly LedgerRow[]> {
    await this.#account.refresh(this.#parts.clock.now());
    return this.#account.book?.rows ?? [];
  }

  async inspectLastUpload(): Promise<UploadInspection | null> {
    return this.#participation.view.lastUpload;
  }

  // What the person owns.

  async export(): Promise<string> {
    const rows = await this.ledger();
    const now = this.#parts.clock.now();
    const tuning = this.#unkeptTuning === null ? this.#keptTuning : { ...this.#unkeptTuning, at: now };
    const { exportDocument } = await import('./transfer.ts');
    return exportDocument(this.#newestFirst(), this.#consent, tuning, rows, now);
  }

  async exportLedger(): Promise<string> {
    const rows = await this.ledger();
    const { epsilonSpent, epsilonCap, delta, accountSince } = this.state();
    const rhoSpent = this.#account.book?.rhoSpent ?? null;
    const account = { accountSince, epsilonSpent, epsilonCap, delta, rhoSpent };
    const { ledgerDocument } = await import('./transfer.ts');
    return ledgerDocument(rows, account, this.#parts.clock.now());
  }

  async import(json: string): Promise<ImportReport> {
    const { importInto } = await import('./transfer.ts');
    const report = await this.#storing(() => importInto(this.#parts.historyStore, json));
    await this.#readStores();
    this.#parts.tabs.announce({ kind: 'history' });
    await this.#keepPublished();
    this.#participation.historyChanged();
    this.#notify();
    return report;
  }

  async erase(): Promise<void> {
    const rows = [...this.#history.values()];
    const agreed = this.#agreed;
    const tuning = this.#keptTuning;
    // Leave first: no update of an erased history may still go out.
    this.#withdraw('train');
    this.#participation.forget();
    this.#parts.tabs.announce({ kind: 'withdrawn', consent: 'train' });
    try {
      await this.#writing(() => this.#parts.historyStore.clear());
    } catch (error) {
      if (consentLevel(agreed) > this.#ceiling || this.#withdrawalUnsaved) this.#saveLater();
      throw error;
    }
    this.#agreed = loweredTo(this.#ceiling, defaultAgreed);
    this.#saved();
    this.#forgetRows();
    await this.#models.keep(false);
    await this.#storing(() => this.#parts.cacheStore.clear());
    this.#cancelUndo();
    const until = this.#parts.clock.now() + eraseUndoMs;
    this.#undo = { rows, agreed, tuning, withdrawals: this.#withdrawals, until };
    this.#cancelUndo = this.#parts.clock.after(eraseUndoMs, () => {
      this.#undo = null;
      this.#notify();
    });
    this.#parts.tabs.announce({ kind: 'erased' });
    this.#participation.historyChanged();
    this.#notify();
  }

  async undoErase(): Promise<void> {
    const undo = this.#undo;
    if (undo === null) return;
    this.#cancelUndo();
    this.#undo = null;
    await this.#storing(() => this.#parts.historyStore.merge(undo.rows));
    await this.#storing(() => this.#parts.historyStore.setTuning(undo.tuning));
    await this.#grant(undo.agreed, undo.withdrawals);
    await this.#readStores();
    await this.#keepPublished();
    this.#parts.tabs.announce({ kind: 'history' });
    this.#participation.historyChanged();
    this.#notify();
  }

  noteStorageFault(fault: StorageFault): void {
    this.#storageFault = fault;
    this.#notify();
  }

  vanish(): void {
    this.#participation.vanish();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#cancelUndo();
    this.#cancelStart();
    this.#cancelSave();
    this.#cancelNotify?.();
    this.#listeners.clear();
    await this.#participation.close();
  }

  // The published model: from the cache at once, from the server as soon as it answers.

  async #startModel(): Promise<void> {
    const restored = await this.#models.restore();
    if (restored) {
      void this.#refreshModel(firstRetryMs);
      return;
    }
    await this.#refreshModel(firstRetryMs);
  }

  /** Tries until it works: a page may be open before its server is. */
  async #refreshModel(retryMs: number): Promise<void> {
    this.#cancelStart();
    if (this.#closed) return;
    this.#refreshedAt = this.#parts.clock.now();
    try {
      await this.#models.refresh();
    } catch {
      this.#cancelStart = this.#parts.clock.after(retryMs, () => {
        void this.#refreshModel(Math.min(maxRetryMs, retryMs * 2));
      });
    }
  }

  #modelChanged(): void {
    this.#adoptTerms();
    void this.#keepPublished();
    this.#participation.evaluate();
    this.#notify();
  }

  /** A profile with nothing stored about it stores nothing public either: after an erase only the ledger is left. */
  async #keepPublished(): Promise<void> {
    await this.#models.keep(this.#history.size > 0);
  }

  // What changes around the engine.

  #factsChanged(): void {
    const { visible, online } = this.#parts.facts.current();
    this.#participation.evaluate();
    if (visible && online && this.#parts.clock.now() - this.#refreshedAt >= refreshEveryMs)
      void this.#refreshModel(firstRetryMs);
    this.#notify();
  }

  async #heard(message: TabMessage): Promise<void> {
    if (this.#closed) return;
    if (message.kind === 'withdrawn') this.#withdraw(message.consent);
    else if (message.kind === 'ledger') await this.#account.refresh(this.#parts.clock.now());
    else await this.#heardOfStores(message.kind);
    if (this.#closed) return;
    this.#participation.evaluate();
    this.#notify();
  }

  async #heardOfStores(kind: 'history' | 'tuning' | 'consent' | 'granted' | 'erased'): Promise<void> {
    if (kind === 'erased') {
      this.#generation++;
      this.#forgetRows();
      this.#participation.forget();
      await this.#models.keep(false);
    }
    // Another tab heard of each withdrawal before it granted anything; only one that is being stored right now may be newer.
    if (kind === 'granted') this.#saved();
    const before = this.#consent;
    try {
      await this.#readStores();
    } catch {
      // A store that cannot be read is named in the state. What is allowed is not known any more: nothing, until it can be read.
      if (kind !== 'history' && kind !== 'tuning') {
        this.#generation++;
        this.#agreed = loweredTo(consentNames.indexOf('train'), this.#agreed);
      }
    }
    if (this.#isWithdrawn(before, this.#consent)) this.#participation.leave();
    if (kind === 'history' || kind === 'erased') this.#participation.historyChanged();
  }

  /** Takes what is stored, less what was withdrawn since. What changes while it is read is newer: then it is read again. */
  async #readStores(): Promise<void> {
    const { historyStore } = this.#parts;
    for (;;) {
      const generation = this.#generation;
      const [{ rows }, stored, tuning] = await this.#storing(() =>
        Promise.all([historyStore.read(), historyStore.consent(), historyStore.tuning()]),
      );
      if (generation !== this.#generation) continue;
      this.#generation++;
      this.#history.clear();
      for (const row of rows) this.#history.set(row.itemId, row);
      this.#keptTuning = tuning;
      const agreed = this.#withTerms(stored ?? defaultAgreed);
      this.#agreed = loweredTo(this.#ceiling, agreed);
      if (consentLevel(agreed) <= this.#ceiling) this.#saved();
      else this.#withdrawalUnsaved = true;
      this.#adoptTerms();
      return;
    }
  }

  /** Runs a call to a store and remembers what went wrong, for the person to see, or that it works again. */
  async #storing<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#storageFault = null;
      return result;
    } catch (error) {
      if (error instanceof StorageError && error.code !== 'unavailable') this.noteStorageFault(error.code);
      throw error;
    }
  }

  get #tuning(): Tuning {
    if (this.#unkeptTuning !== null) return this.#unkeptTuning;
    if (this.#keptTuning === null) return defaultTuning;
    const { at: _, ...tuning } = this.#keptTuning;
    return tuning;
  }

  #forgetRows(): void {
    this.#history.clear();
    this.#unkept.clear();
    this.#keptTuning = null;
    this.#unkeptTuning = null;
  }

  #rows(): ReadonlyMap<string, HistoryRow> {
    return this.#unkept.size === 0 ? this.#history : new Map([...this.#history, ...this.#unkept]);
  }

  #newestFirst(): HistoryRow[] {
    return [...this.#rows().values()].sort((a, b) => b.at - a.at);
  }

  /** At once when the participation state is another, so that none is skipped; figures at most once in 100 ms. */
  #notify(): void {
    // Nobody looks: whoever comes is told how things are.
    if (this.#closed || this.#listeners.size === 0) return;
    const moved = this.#participation.view.state !== this.#notifiedOf;
    if (this.#cancelNotify !== null && !moved) return;
    const sinceMs = this.#parts.clock.now() - this.#notifiedAt;
    const waitMs = moved ? 0 : Math.max(0, Math.min(notifyEveryMs, notifyEveryMs - sinceMs));
    const send = (): void => {
      this.#cancelNotify?.();
      this.#cancelNotify = null;
      this.#notifiedAt = this.#parts.clock.now();
      const state = this.state();
      this.#notifiedOf = state.participation;
      for (const listener of [...this.#listeners]) listener(state);
    };
    if (waitMs === 0) send();
    else this.#cancelNotify = this.#parts.clock.after(waitMs, send);
  }
}

function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > maxRecommendations)
    throw new RangeError(`count: expected 1 to ${maxRecommendations}, got ${count}`);
}

function definedOnly(change: Partial<Consent>): { [name in keyof Consent]?: boolean } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
