// The recommender: from the published model, the rows of this device and the person's tuning to recommendations, each with its reason.
import type { Tuning } from '#shared/ranking/tuning.ts';
import type { HistoryRow, ListChange, Recommendation } from './api.ts';
import { rank } from './ranked-list.ts';
import { reasonsOf } from './reasons.ts';
import { scorersOf } from './scorers.ts';
import type { ScoredModel } from './scoring.ts';

/** The best `count` items that have no row yet. */
export function recommendFrom(
  published: ScoredModel,
  rows: readonly HistoryRow[],
  tuning: Tuning,
  count: number,
): Recommendation[] {
  const ranked = rank(published, rows, tuning, count);
  const reasons = reasonsOf(published, ranked, rows, tuning);
  return ranked.rows.map((row, place) => ({
    itemId: published.catalogue.items[row]!.id,
    score: ranked.scores[row]!,
    source: ranked.source,
    reason: reasons[place]!,
  }));
}

/** What one list has that the other has not. */
export function listChange(
  published: ScoredModel,
  before: readonly HistoryRow[],
  after: readonly HistoryRow[],
  tuning: Tuning,
  count: number,
): Omit<ListChange, 'previous'> {
  const idsOf = (rows: readonly HistoryRow[]) =>
    rank(published, rows, tuning, count).rows.map((row) => published.catalogue.items[row]!.id);
  const [old, now] = [idsOf(before), idsOf(after)];
  return {
    left: old.filter((id) => !now.includes(id)),
    came: now.filter((id) => !old.includes(id)),
    listed: now.length,
    remaining: after.length,
  };
}

/** Items like this one, by the model; none for an item that it does not have. */
export function similarTo(published: ScoredModel, itemId: string, count: number): { itemId: string; score: number }[] {
  const row = published.rowOf.get(itemId);
  if (row === undefined) return [];
  const similar = scorersOf(published).shared.similar(row, count);
  return similar.map((other) => ({ itemId: published.catalogue.items[other.row]!.id, score: other.score }));
}
