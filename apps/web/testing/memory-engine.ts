// An engine in memory for the page's tests: the interface of apps/engine/api.ts with a ranking by shared genres. Never part of the build.
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { defaultTuning, type Tuning } from '#shared/ranking/tuning.ts';
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
  Recommendation,
  SelfEvaluation,
  UploadInspection,
} from '../../engine/api.ts';

export const initialState: EngineState = {
  consent: { keep: true, train: false, send: false, alone: false },
  participation: 'off',
  reason: { code: 'not-opted-in' },
  model: {
    version: 7,
    hash: 'a'.repeat(64),
    items: 12,
    learner: 'reconstruction',
    epoch: 1,
    phase: 0,
    phaseName: 'train',
  },
  backend: null,
  backendReasons: [],
  roundsTakenPart: 0,
  epsilonSpent: 0,
  epsilonCap: 8,
  delta: 1e-6,
  policy: null,
  withdrawalUnsaved: false,
  accountSince: Date.UTC(2026, 0, 2, 12),
  storage: 'best-effort',
  historyCount: 0,
  storageFault: null,
  eraseUndoUntil: null,
  steps: [],
  online: true,
  tuning: defaultTuning,
};

export class MemoryEngine implements Engine {
  readonly #catalogue: Catalogue;
  readonly #listeners = new Set<(state: EngineState) => void>();
  readonly #rows = new Map<string, HistoryRow>();
  #erased: readonly HistoryRow[] = [];
  #state: EngineState;
  ledgerRows: LedgerRow[] = [];
  inspection: UploadInspection | null = null;
  evaluation: SelfEvaluation = { likes: 0, choice: null, results: null };
  /** What `explain` answers, by item. */
  readonly explanations = new Map<string, Explanation>();
  /** The place that everything has without anything. */
  placeWithout: number | null = 14;
  /** When set, `setTuning` rejects with it. */
  tuningFault: Error | null = null;
  /** When set, `record` rejects with it. */
  recordFault: Error | null = null;
  /** When set, `setConsent` rejects with it; a withdrawal then holds without being stored, as in the engine. */
  consentFault: Error | null = null;
  /** When set, `exportLedger` rejects with it. */
  exportFault: Error | null = null;

  constructor(catalogue: Catalogue, state: Partial<EngineState> = {}) {
    this.#catalogue = catalogue;
    this.#state = { ...initialState, ...state };
  }

  /** Changes the state as the engine would by itself, and tells the listeners. */
  change(state: Partial<EngineState>): void {
    this.#state = { ...this.#state, ...state };
    for (const listener of this.#listeners) listener(this.#state);
  }

  state(): EngineState {
    return this.#state;
  }

  subscribe(listener: (state: EngineState) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#state);
    return () => this.#listeners.delete(listener);
  }

  async record(itemId: string, action: Action | null, at = Date.now()): Promise<HistoryRow | null> {
    if (this.recordFault !== null) throw this.recordFault;
    const before = this.#rows.get(itemId) ?? null;
    if (action === null) this.#rows.delete(itemId);
    else this.#rows.set(itemId, { itemId, action, at });
    this.change({ historyCount: this.#rows.size });
    return before;
  }

  async recordAndCompare(itemId: string, action: Action | null, count: number, at?: number): Promise<ListChange> {
    const idsNow = async () => (await this.recommend(count)).map((entry) => entry.itemId);
    const before = await idsNow();
    const previous = await this.record(itemId, action, at);
    const after = await idsNow();
    return {
      previous,
      left: before.filter((id) => !after.includes(id)),
      came: after.filter((id) => !before.includes(id)),
      listed: after.length,
      remaining: this.#rows.size,
    };
  }

  async history(): Promise<readonly HistoryRow[]> {
    return [...this.#rows.values()];
  }

  async explain(itemId: string): Promise<Explanation | null> {
    return this.explanations.get(itemId) ?? null;
  }

  async placesWithout(_removed: string, of: readonly string[]): Promise<readonly (number | null)[]> {
    return of.map(() => this.placeWithout);
  }

  async setTuning(tuning: Tuning): Promise<void> {
    this.change({ tuning });
    if (this.tuningFault !== null) throw this.tuningFault;
  }

  async recommend(count: number): Promise<readonly Recommendation[]> {
    const liked = [...this.#rows.values()].filter(({ action }) => action === 'like').map(({ itemId }) => itemId);
    const likedItems = this.#catalogue.items.filter(({ id }) => liked.includes(id));
    return this.#catalogue.items
      .filter(({ id }) => !this.#rows.has(id))
      .map((item): Recommendation => {
        const shared = likedItems
          .map((other) => ({ other, common: other.genres.filter((genre) => item.genres.includes(genre)).length }))
          .sort((a, b) => b.common - a.common)[0];
        const known = (item.prominence ?? 0) / 100;
        if (shared === undefined || shared.common === 0) {
          return { itemId: item.id, score: known, source: 'popular', reason: { kind: 'popular' } };
        }
        return {
          itemId: item.id,
          score: shared.common + known,
          source: this.#state.roundsTakenPart > 0 ? 'shared' : 'on-device',
          reason: { kind: 'because-liked', itemId: shared.other.id },
        };
      })
      .sort((a, b) => b.score - a.score)
      .slice(0, count);
  }

  async similar(
    itemId: string,
    count: number,
  ): Promise<readonly { readonly itemId: string; readonly score: number }[]> {
    const target = this.#catalogue.items.find(({ id }) => id === itemId);
    return this.#catalogue.items
      .filter(({ id }) => id !== itemId)
      .map(({ id, genres }) => ({
        itemId: id,
        score: genres.filter((genre) => target?.genres.includes(genre)).length,
      }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, count);
  }

  async setConsent(change: Partial<Consent>): Promise<Consent> {
    const wanted = { ...this.#state.consent, ...change };
    const train = wanted.train && wanted.keep;
    const send = wanted.send && train;
    const consent = { keep: wanted.keep, train, send, alone: wanted.alone && send };
    if (this.consentFault !== null) {
      const before = this.#state.consent;
      if ((before.send && !send) || (before.train && !train)) this.change({ consent, withdrawalUnsaved: true });
      throw this.consentFault;
    }
    this.change({ consent });
    return consent;
  }

  async export(): Promise<string> {
    return JSON.stringify({ history: [...this.#rows.values()], consent: this.#state.consent, ledger: this.ledgerRows });
  }

  async exportLedger(): Promise<string> {
    if (this.exportFault !== null) throw this.exportFault;
    return JSON.stringify({ since: this.#state.accountSince, ledger: this.ledgerRows });
  }

  async import(json: string): Promise<ImportReport> {
    const { history } = JSON.parse(json) as { history: HistoryRow[] };
    for (const row of history) this.#rows.set(row.itemId, row);
    this.change({ historyCount: this.#rows.size });
    return { added: history.length, updated: 0, unchanged: 0, rejected: 0, problems: [] };
  }

  async erase(): Promise<void> {
    this.#erased = [...this.#rows.values()];
    this.#rows.clear();
    this.change({ historyCount: 0, consent: initialState.consent });
  }

  async undoErase(): Promise<void> {
    for (const row of this.#erased) this.#rows.set(row.itemId, row);
    this.change({ historyCount: this.#rows.size });
  }

  async ledger(): Promise<readonly LedgerRow[]> {
    return this.ledgerRows;
  }

  async inspectLastUpload(): Promise<UploadInspection | null> {
    return this.inspection;
  }

  async evaluateSelf(): Promise<SelfEvaluation> {
    return this.evaluation;
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }
}
