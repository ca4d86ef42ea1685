// What the page knows and does: the engine's state, the catalogue, the person's history, and every action with its undo.
// The engine is the only owner of the truth; what is here follows it. Components read the signals and call the actions.
import { signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { isSameTuning, type Tuning } from '#shared/ranking/tuning.ts';
import type { Action, Consent, Engine, EngineState, HistoryRow, ListChange, Recommendation } from '../engine/api.ts';
import { pagesWords, switchLanguage, titleOf, words } from './language.ts';
import {
  type FaultKind,
  type FetchJson,
  getCatalogue,
  getStatus,
  MalformedError,
  type ServiceStatus,
} from './published.ts';
import { readSetting, writeSetting } from './settings.ts';
import { Shelf } from './shelf.ts';

/** A message that stays for a while, mostly with the way back. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly undo: (() => Promise<void>) | null;
  /** How long it stays, not counting the time in which it has the focus or the pointer. */
  readonly stayMs: number;
}

/** What a change of one row did to the list. */
export interface RowChange {
  readonly itemId: string;
  /** What became of the row. */
  readonly now: 'deleted' | 'restored' | 'changed';
  readonly change: ListChange;
}

export const TOAST_STAY_MS = 10_000;
export const FOR_YOU_COUNT = 18;
const STATUS_EVERY_MS = 15_000;
const RETRY_EVERY_MS = 4_000;
const LIKES_BEFORE_ASKING = 5;
const NOT_NOW_MS = 90 * 24 * 3600 * 1000;

export class Session {
  readonly engine: Engine;
  readonly state;
  readonly status = signal<ServiceStatus | null>(null);
  readonly shelf = signal<Shelf | null>(null);
  /** Why the catalogue is not there; null while it is, or is on its way. */
  readonly fault = signal<FaultKind | null>(null);
  readonly history = signal<ReadonlyMap<string, HistoryRow>>(new Map());
  /** null until the first answer. */
  readonly recommendations = signal<readonly Recommendation[] | null>(null);
  readonly recommendationsFailed = signal(false);
  /** As set last; the engine follows. */
  readonly tuning;
  /** Of the last row that was changed on My data, for as long as that page is open. */
  readonly rowChange = signal<RowChange | null>(null);
  readonly toast = signal<Toast | null>(null);
  /** Said once to screen readers. */
  readonly announcement = signal('');
  /** Whether the question about taking part was put off or followed up. */
  readonly askedAtMs = signal(Number(readSetting('asked-at') ?? 0));
  readonly #get: FetchJson;
  #stateText = '';
  #modelHash: string | null = null;
  #recordsUnderWay = 0;
  #historyReads = 0;
  #recommendCalls = 0;
  /** Places of the listed items without one of the rows: each row is left out once for a list. */
  #placesWithout = new Map<string, Promise<ReadonlyMap<string, number | null>>>();
  #wantedTuning: Tuning | null = null;
  #tuningUnderWay = false;
  #toasts = 0;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stops: (() => void)[] = [];

  /** Does not own the engine until `start`; `close` closes it. */
  constructor(engine: Engine, get: FetchJson) {
    this.engine = engine;
    this.#get = get;
    this.state = signal<EngineState>(engine.state());
    this.tuning = signal<Tuning>(engine.state().tuning);
  }

  start(): void {
    this.#stops.push(this.engine.subscribe((state) => this.#follow(state)));
    void this.#readHistory();
    void this.recommendAgain();
    void this.refresh();
    const onVisible = (): void => {
      if (document.visibilityState === 'visible') {
        void this.refresh();
        void this.#readHistory();
      }
    };
    const onOnline = (): void => void this.refresh();
    document.addEventListener('visibilitychange', onVisible);
    addEventListener('online', onOnline);
    this.#stops.push(
      () => document.removeEventListener('visibilitychange', onVisible),
      () => removeEventListener('online', onOnline),
    );
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const stop of this.#stops) {
      stop();
    }
    await this.engine.close();
  }

  /** Asks the server how things stand, and for the catalogue when it is another than before. Never rejects. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const status = await getStatus(this.#get);
      const before = this.status.value;
      this.status.value = status;
      if (before?.catalogueHash !== status.catalogueHash || this.shelf.value === null) {
        this.shelf.value = new Shelf(await getCatalogue(this.#get, status.catalogueHash));
        void this.recommendAgain();
      }
      this.fault.value = null;
    } catch (error) {
      this.fault.value = error instanceof MalformedError ? 'malformed' : 'unreachable';
    }
    if (!this.#closed) {
      const everyMs = this.fault.value === null ? STATUS_EVERY_MS : RETRY_EVERY_MS;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        if (document.visibilityState === 'visible') {
          void this.refresh();
        }
      }, everyMs);
    }
  }

  /** The action of an item, or none. */
  actionOf(itemId: string): Action | null {
    return this.history.value.get(itemId)?.action ?? null;
  }

  /** Sets the action, or takes it back when it is the one that is set. Offers an undo. Never rejects. */
  async act(itemId: string, action: Action | null): Promise<void> {
    const before = this.history.value.get(itemId) ?? null;
    const next = action === before?.action ? null : action;
    if (await this.#record(itemId, next, undefined)) {
      this.#offer(words.value.did(next, this.titleById(itemId)), async () => {
        await this.#record(itemId, before?.action ?? null, before?.at);
      });
    }
  }

  /** As `act`, and tells on this page what that did to the list; its undo tells the same. Never rejects. */
  async actAndTell(itemId: string, action: Action | null): Promise<void> {
    const before = this.history.value.get(itemId);
    if (before === undefined || before.action === action) {
      return;
    }
    if (await this.#record(itemId, action, undefined, action === null ? 'deleted' : 'changed')) {
      this.#offer(words.value.did(action, this.titleById(itemId)), async () => {
        await this.#record(itemId, before.action, before.at, action === null ? 'restored' : 'changed');
      });
    }
  }

  /** Holds at once; while the engine is busy with one, only the last of those that follow is sent. */
  setTuning(tuning: Tuning): void {
    this.tuning.value = tuning;
    this.#wantedTuning = tuning;
    if (!this.#tuningUnderWay) {
      void this.#sendTuning();
    }
  }

  /**
   * The place, from 1, that a listed item would have without the row that it is there because of; null: not among the first 100. Rejects where
   * the engine does.
   */
  async placeWithout(itemId: string, removed: string): Promise<number | null> {
    let places = this.#placesWithout.get(removed);
    if (places === undefined) {
      const listed = (this.recommendations.value ?? []).map((recommendation) => recommendation.itemId);
      const asked = listed.includes(itemId) ? listed : [...listed, itemId];
      places = this.engine
        .placesWithout(removed, asked)
        .then((found) => new Map(asked.map((id, index) => [id, found[index] ?? null])));
      this.#placesWithout.set(removed, places);
    }
    const found = await places;
    return found.has(itemId)
      ? (found.get(itemId) ?? null)
      : ((await this.engine.placesWithout(removed, [itemId]))[0] ?? null);
  }

  /** Never rejects: says so where the choice could not be stored. */
  async setConsent(change: Partial<Consent>): Promise<void> {
    try {
      await this.engine.setConsent(change);
    } catch {
      this.say(words.value.choiceUnsaved);
    }
  }

  /** To the rules as they are now. Sending alone is a choice of its own, and is given again by its own switch. Never rejects. */
  async agreeAgain(): Promise<void> {
    try {
      await this.engine.setConsent({ send: false, alone: false });
      await this.engine.setConsent({ send: true });
    } catch {
      this.say(words.value.choiceUnsaved);
    }
  }

  /** One click, from every page. Never rejects: it holds at once, and where it could not be stored that is said. */
  async withdraw(): Promise<void> {
    const { train, send, alone } = this.state.value.consent;
    try {
      await this.engine.setConsent({ train: false, send: false, alone: false });
    } catch {
      this.say(words.value.withdrawalUnsaved);
      return;
    }
    this.#offer(words.value.withdrawn, async () => {
      await this.engine.setConsent({ train });
      await this.engine.setConsent({ send });
      await this.engine.setConsent({ alone });
    });
  }

  async erase(): Promise<void> {
    try {
      await this.engine.erase();
      await (await import('./offline-copy.ts')).forgetTrainingCode();
    } catch {
      this.say(pagesWords.value.data.eraseFailed);
      void this.#readHistory();
      return;
    }
    this.history.value = new Map();
    this.rowChange.value = null;
    void this.recommendAgain();
    this.#offer(pagesWords.value.data.erased, async () => {
      await this.engine.undoErase();
      await this.#readHistory();
      await this.recommendAgain();
    });
  }

  /** `json` is the text of an exported file. */
  async import(json: string): Promise<void> {
    try {
      const { added, updated, unchanged, rejected, problems } = await this.engine.import(json);
      const text = pagesWords.value.data.imported(added, updated, unchanged, rejected);
      this.say(problems[0] === undefined ? text : `${text} ${problems[0]}`);
    } catch (error) {
      this.say(
        `${pagesWords.value.data.importFailed} ${error instanceof Error ? error.message.slice(0, 300) : ''}`.trim(),
      );
    }
    await this.#readHistory();
    await this.recommendAgain();
  }

  /** Runs the undo of the current message. */
  async undo(): Promise<void> {
    const toast = this.toast.value;
    if (toast?.undo) {
      this.toast.value = null;
      await toast.undo();
      this.announcement.value = words.value.undone;
    }
  }

  /** Never rejects: where the other language's words cannot be had, the page stays as it is and says so. */
  async switchLanguage(): Promise<void> {
    try {
      await switchLanguage();
    } catch {
      this.say(words.value.languageFailed);
    }
  }

  say(text: string): void {
    this.#show(text, null);
  }

  dismissToast(): void {
    this.toast.value = null;
  }

  /** Asked once, in context: after some likes, never with Global Privacy Control, and not for 90 days after 'not now'. */
  get mayAsk(): boolean {
    const { consent } = this.state.value;
    let likes = 0;
    for (const row of this.history.value.values()) {
      likes += row.action === 'like' ? 1 : 0;
    }
    return (
      likes >= LIKES_BEFORE_ASKING &&
      consent.keep &&
      !consent.train &&
      !consent.send &&
      !globalPrivacyControl() &&
      Date.now() - this.askedAtMs.value > NOT_NOW_MS
    );
  }

  answeredAsk(): void {
    this.askedAtMs.value = Date.now();
    writeSetting('asked-at', String(this.askedAtMs.value));
  }

  /** Ranks again. What is on screen stays until the answer; a later call overtakes an earlier one. Never rejects. */
  async recommendAgain(): Promise<void> {
    const call = ++this.#recommendCalls;
    this.#placesWithout.clear();
    try {
      const answer = await this.engine.recommend(FOR_YOU_COUNT);
      if (call === this.#recommendCalls) {
        // Nothing, and no model: the first one could not be had. Its arrival ranks again.
        const without = answer.length === 0 && this.state.value.model === null;
        this.recommendations.value = without ? null : answer;
        this.recommendationsFailed.value = without;
      }
    } catch {
      if (call === this.#recommendCalls) {
        this.recommendationsFailed.value = true;
      }
    }
  }

  titleById(itemId: string): string {
    const item = this.shelf.value?.item(itemId);
    return item === undefined ? itemId : titleOf(item);
  }

  async #sendTuning(): Promise<void> {
    this.#tuningUnderWay = true;
    while (this.#wantedTuning !== null) {
      const tuning = this.#wantedTuning;
      this.#wantedTuning = null;
      try {
        await this.engine.setTuning(tuning);
      } catch {
        this.say(words.value.choiceUnsaved);
      }
      await this.recommendAgain();
    }
    this.#tuningUnderWay = false;
  }

  /** @param now told as `rowChange` where it is given. */
  async #record(
    itemId: string,
    action: Action | null,
    at: number | undefined,
    now: RowChange['now'] | null = null,
  ): Promise<boolean> {
    const before = this.history.value;
    const next = new Map(before);
    if (action === null) {
      next.delete(itemId);
    } else {
      next.set(itemId, { itemId, action, at: at ?? Date.now() });
    }
    this.history.value = next;
    this.#recordsUnderWay++;
    try {
      if (now === null) {
        await (at === undefined ? this.engine.record(itemId, action) : this.engine.record(itemId, action, at));
        this.rowChange.value = null;
      } else {
        const change = await this.engine.recordAndCompare(itemId, action, FOR_YOU_COUNT, at);
        this.rowChange.value = { itemId, now, change };
      }
    } catch {
      this.say(words.value.recordFailed);
      return false;
    } finally {
      this.#recordsUnderWay--;
      // The engine has the last word: it may have refused, or another tab may have been faster.
      void this.#readHistory();
      void this.recommendAgain();
    }
    return true;
  }

  #follow(state: EngineState): void {
    const stateText = JSON.stringify(state);
    // A call without a visible difference means that something changed which the state does not show: rows of another tab.
    const elsewhere = stateText === this.#stateText || state.historyCount !== this.history.value.size;
    this.#stateText = stateText;
    this.state.value = state;
    if (elsewhere && this.#recordsUnderWay === 0) {
      void this.#readHistory();
    }
    if (!this.#tuningUnderWay && !isSameTuning(state.tuning, this.tuning.value)) {
      this.tuning.value = state.tuning;
      void this.recommendAgain();
    }
    const modelHash = state.model?.hash ?? null;
    if (modelHash !== this.#modelHash) {
      this.#modelHash = modelHash;
      void this.recommendAgain();
    }
  }

  async #readHistory(): Promise<void> {
    const read = ++this.#historyReads;
    try {
      const rows = await this.engine.history();
      if (read === this.#historyReads && this.#recordsUnderWay === 0) {
        const changed =
          rows.length !== this.history.value.size ||
          rows.some((row) => !sameRow(row, this.history.value.get(row.itemId)));
        if (changed) {
          this.history.value = new Map(rows.map((row) => [row.itemId, row]));
          void this.recommendAgain();
        }
      }
    } catch {
      // The engine's state says what is wrong with the storage; the rows on screen stay.
    }
  }

  #offer(text: string, undo: () => Promise<void>): void {
    this.#show(text, async () => {
      try {
        await undo();
      } catch {
        this.say(words.value.recordFailed);
      }
    });
  }

  #show(text: string, undo: (() => Promise<void>) | null): void {
    this.toast.value = { id: ++this.#toasts, text, undo, stayMs: TOAST_STAY_MS };
    this.announcement.value = undo === null ? text : words.value.sentences(text, words.value.undoHint);
  }
}

/** navigator.globalPrivacyControl, where the browser has it. */
export function globalPrivacyControl(): boolean {
  return (navigator as { globalPrivacyControl?: unknown }).globalPrivacyControl === true;
}

function sameRow(a: HistoryRow, b: HistoryRow | undefined): boolean {
  return b !== undefined && a.action === b.action && a.at === b.at;
}

export const SessionContext = createContext<Session | null>(null);

/** The session of the page. Throws outside of it. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) {
    throw new TypeError('useSession: expected to be called inside a SessionContext');
  }
  return session;
}
