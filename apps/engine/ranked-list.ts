// The list of one person by model row: which model ranks, what the tuning makes of it, and what is shown before anything is known.
// Pure; the user embedding lives as long as one call. The same model, rows and tuning give the same list, whatever came before: a row that was
// deleted leaves nothing in it.
import type { Scorer } from '#shared/learners/scorer.ts';
import type { Interactions } from '#shared/model/model.ts';
import { interactionsFrom } from '#shared/model/recency.ts';
import { excludedRows, type RankedSource } from '#shared/ranking/list.ts';
import { tunedRows } from '#shared/ranking/tuned.ts';
import { isDirectionless, type Tuning } from '#shared/ranking/tuning.ts';
import type { HistoryRow } from './api.ts';
import { firstRows } from './first-list.ts';
import { datedRowsOf } from './interactions.ts';
import { type Scorers, scorersOf } from './scorers.ts';
import type { ScoredModel } from './scoring.ts';

const nothing: Interactions = { liked: [], disliked: [], seen: [] };

/** A list by model row, with what it was made from. */
export interface RankedList {
  /** Best first. */
  readonly rows: readonly number[];
  readonly scores: Float64Array;
  readonly source: RankedSource;
  /** null: popularity, and the tuning where there is one. */
  readonly scorer: Scorer | null;
  readonly interactions: Interactions;
}

/** The best `count` items that have no row yet. */
export function rank(published: ScoredModel, rows: readonly HistoryRow[], tuning: Tuning, count: number): RankedList {
  const scorers = scorersOf(published);
  const history = datedRowsOf(published, rows);
  const interactions = interactionsFrom(history);
  const isOwn = interactions.liked.length > 0;
  const excluded = excludedRows(published.info.items, interactions);
  if (!isOwn && isDirectionless(tuning)) {
    const scores = Float64Array.from(scorers.popularity);
    return { rows: firstRows(published, excluded, count), scores, source: 'popular', scorer: null, interactions };
  }
  const scorer = isOwn && scorers.choice(history).used === 'content' ? scorers.content : scorers.shared;
  const scores = scorer.scores(isOwn ? interactions : nothing);
  const { catalogue } = published;
  const { popularity, units } = scorers;
  const listing = { scores, excluded, interactions, catalogue, popularity, units };
  // A history of items that the model knows nothing of leaves the order to popularity.
  const isFlat = scores.every((score) => score === scores[0]);
  return {
    rows: tunedRows(listing, tuning, count),
    scores,
    source: sourceOf(scorers, scorer, isOwn && !isFlat, tuning),
    scorer: isOwn && !isFlat ? scorer : null,
    interactions,
  };
}

function sourceOf(scorers: Scorers, scorer: Scorer, isOwn: boolean, tuning: Tuning): RankedSource {
  if (!isOwn) return isDirectionless(tuning) ? 'popular' : 'on-device';
  return scorer === scorers.shared ? scorers.sharedSource : 'on-device';
}
