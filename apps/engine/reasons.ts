// Why an item is on the list: which interactions speak for it and how much, and where it would be without one of them.
// A score that is a sum over interactions is taken apart exactly (Scorer.contributions). Where it is none, each of the newest interactions is left
// out in turn and what the item loses is its part. Where an item would be without an interaction is computed anew from the history without it.
import type { Scorer } from '#shared/learners/scorer.ts';
import type { Interactions } from '#shared/model/model.ts';
import { excludedRows, type RankedReason } from '#shared/ranking/list.ts';
import { standardised } from '#shared/ranking/standardised.ts';
import { isDirectionless, type Tuning } from '#shared/ranking/tuning.ts';
import type { Action, Explanation, HistoryRow } from './api.ts';
import { interactionsOf } from './interactions.ts';
import { once } from './once.ts';
import { type RankedList, rank } from './ranked-list.ts';
import type { ScoredModel } from './scoring.ts';

/** A place beyond is 'not among the first so many'. */
export const placesTold = 100;
/** From here on an item is said to be liked by people with tastes alike. */
const tellingLift = 1.1;
/** Where a score is no sum: so many of the newest interactions are left out in turn. */
const mostLeftOut = 12;

const reasonKinds = {
  like: 'because-liked',
  dislike: 'because-disliked',
  seen: 'because-seen',
} as const satisfies Record<Action, string>;

interface Part {
  readonly itemId: string;
  readonly action: Action;
  readonly contribution: number;
}

/**
 * Parallel to the list's rows: communities that like the item more than others do; failing that the interaction that speaks most for it; failing
 * that a genre that was liked, the tuning, or popularity.
 */
export function reasonsOf(
  published: ScoredModel,
  ranked: RankedList,
  rows: readonly HistoryRow[],
  tuning: Tuning,
): RankedReason[] {
  const { items } = published.catalogue;
  const { scorer, interactions } = ranked;
  const partsOf = scorer === null ? null : partsFor(published, scorer, rows, interactions);
  const lifts = scorer?.lifts?.(interactions);
  const likedGenres = new Set(interactions.liked.flatMap((row) => items[row]!.genres));
  return ranked.rows.map((row): RankedReason => {
    if (lifts !== undefined && lifts[row]! >= tellingLift) return { kind: 'community' };
    const most = partsOf?.(row)[0];
    if (most !== undefined && most.contribution > 0) return { kind: reasonKinds[most.action], itemId: most.itemId };
    if (!isDirectionless(tuning)) return { kind: 'tuned' };
    const genre = scorer === null ? undefined : items[row]!.genres.find((name) => likedGenres.has(name));
    return genre === undefined ? { kind: 'popular' } : { kind: 'genre', genre };
  });
}

/** Everything that speaks for and against an item. null: it is not in the catalogue, or the person has said something about it. */
export function explain(
  published: ScoredModel,
  rows: readonly HistoryRow[],
  tuning: Tuning,
  itemId: string,
): Explanation | null {
  const row = published.rowOf.get(itemId);
  if (row === undefined || rows.some((other) => other.itemId === itemId)) return null;
  const ranked = rank(published, rows, tuning, placesTold);
  const parts = ranked.scorer === null ? [] : partsFor(published, ranked.scorer, rows, ranked.interactions)(row);
  const whole = parts.reduce((sum, { contribution }) => sum + Math.abs(contribution), 0);
  const isSum = ranked.scorer === null || ranked.scorer.contributions(ranked.interactions, row) !== null;
  return {
    newest: isSum ? null : mostLeftOut,
    place: placeIn(ranked, row),
    source: ranked.source,
    parts: parts
      .filter(({ contribution }) => contribution !== 0)
      .map((part) => ({ itemId: part.itemId, action: part.action, share: part.contribution / whole })),
  };
}

/** The places, from 1, that items would have in the list of a history that never had a row; null: not among the first `placesTold`. */
export function placesWithout(
  published: ScoredModel,
  rows: readonly HistoryRow[],
  tuning: Tuning,
  removed: string,
  of: readonly string[],
): (number | null)[] {
  const rest = rows.filter(({ itemId }) => itemId !== removed);
  const ranked = rank(published, rest, tuning, placesTold);
  return of.map((itemId) => placeIn(ranked, published.rowOf.get(itemId) ?? -1));
}

function placeIn({ rows }: RankedList, row: number): number | null {
  const place = rows.indexOf(row);
  return place < 0 ? null : place + 1;
}

/** The parts of an item's score by interaction, largest first. @param interactions of the rows. */
export function partsFor(
  published: ScoredModel,
  scorer: Scorer,
  rows: readonly HistoryRow[],
  interactions: Interactions,
): (row: number) => Part[] {
  const { items } = published.catalogue;
  const known = rows.filter(({ itemId }) => published.rowOf.has(itemId));
  const actionOf = new Map(known.map(({ itemId, action }) => [itemId, action]));
  const lost = once(() => lossesWithout(published, scorer, known));
  return (row) => {
    const contributions = scorer.contributions(interactions, row);
    if (contributions === null) return lost()(row);
    return contributions.map((entry) => {
      const itemId = items[entry.row]!.id;
      return { itemId, action: actionOf.get(itemId)!, contribution: entry.contribution };
    });
  };
}

/** What items lose, in standard deviations of the list, when each of the newest interactions is left out: one scoring for each of them. */
function lossesWithout(published: ScoredModel, scorer: Scorer, rows: readonly HistoryRow[]): (row: number) => Part[] {
  const excluded = excludedRows(scorer.items, interactionsOf(published, rows));
  const standardOf = (history: readonly HistoryRow[]) =>
    standardised(scorer.scores(interactionsOf(published, history)), excluded);
  const whole = standardOf(rows);
  const left = [...rows]
    .sort((a, b) => b.at - a.at || (a.itemId < b.itemId ? -1 : 1))
    .slice(0, mostLeftOut)
    .map((gone) => ({ gone, scores: standardOf(rows.filter((other) => other !== gone)) }));
  return (row) =>
    left
      .map(({ gone: { itemId, action }, scores }) => ({ itemId, action, contribution: whole[row]! - scores[row]! }))
      .sort((a, b) => b.contribution - a.contribution || (a.itemId < b.itemId ? -1 : 1));
}
