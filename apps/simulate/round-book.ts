// The book of a server's rounds: a row for each that had a cohort, from what the server wrote down and what the devices in it say became of them.
import type { ModelRecord, Publication } from '../../server/store/store.ts';
import type { RoundWatcher } from './rounds.ts';
import { addPartToRound, noAnswers, type RoundRow, type Tally } from './tally.ts';
import type { Part } from './visit.ts';

export interface RoundBookOptions {
  readonly tally: Tally;
  readonly nowMs: () => number;
  readonly present: () => number;
  readonly onPublished: (row: RoundRow, model: Publication['model']) => void;
  /** A version without a round. */
  readonly onModel: (model: ModelRecord) => void;
}

export class RoundBook {
  readonly #options: RoundBookOptions;
  readonly #opened = new Map<string, { readonly openedMs: number; configuredMs: number | null }>();
  readonly #rows = new Map<string, RoundRow>();
  /** Of rounds that have not ended: a device may leave before. */
  readonly #early = new Map<string, { readonly part: Part; readonly malicious: boolean }[]>();
  #ended = 0;

  constructor(options: RoundBookOptions) {
    this.#options = options;
  }

  /** Rounds that ended since the book was opened. */
  get ended(): number {
    return this.#ended;
  }

  readonly watcher: RoundWatcher = {
    opened: (id) => {
      this.#opened.set(id, { openedMs: this.#options.nowMs(), configuredMs: null });
    },
    configured: (id) => {
      const round = this.#opened.get(id);
      if (round !== undefined) round.configuredMs = this.#options.nowMs();
    },
    published: ({ roundId, cohort, model }) => {
      const row = this.#end(roundId, 'published', null);
      if (row === null) return;
      row.version = model.version;
      row.cohort = cohort;
      this.#options.onPublished(row, model);
    },
    aborted: (id, code) => {
      this.#end(id, 'aborted', code);
    },
    phaseEnded: (model) => this.#options.onModel(model),
  };

  /** A device's seat is over, before its round or after. */
  part(part: Part, malicious: boolean): void {
    const row = this.#rows.get(part.roundId);
    if (row !== undefined) addPartToRound(row, part, malicious);
    else this.#early.set(part.roundId, [...(this.#early.get(part.roundId) ?? []), { part, malicious }]);
  }

  /** A row for a round that had a cohort; null for one that only gathered. */
  #end(id: string, outcome: RoundRow['outcome'], code: string | null): RoundRow | null {
    const opened = this.#opened.get(id);
    this.#opened.delete(id);
    if (opened === undefined || opened.configuredMs === null) return null;
    const { tally, nowMs, present } = this.#options;
    const row: RoundRow = {
      round: tally.rounds.length + 1,
      id,
      outcome,
      code,
      version: null,
      openedMs: opened.openedMs,
      configuredMs: opened.configuredMs,
      closedMs: nowMs(),
      present: present(),
      cohort: 0,
      seated: 0,
      malicious: 0,
      answers: noAnswers(),
      missing: { late: noAnswers(), left: noAnswers(), vanished: noAnswers(), lost: noAnswers() },
      upBytes: tally.upBytes - tally.upBytesOfRounds,
      downBytes: tally.downBytes - tally.downBytesOfRounds,
      quality: null,
    };
    tally.upBytesOfRounds = tally.upBytes;
    tally.downBytesOfRounds = tally.downBytes;
    tally.rounds.push(row);
    this.#rows.set(id, row);
    for (const { part, malicious } of this.#early.get(id) ?? []) addPartToRound(row, part, malicious);
    this.#early.delete(id);
    this.#ended += 1;
    return row;
  }
}
