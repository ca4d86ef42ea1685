// The recommender: from the published model and the rows of this device to a ranking. Pure; the user embedding lives as long as one call.
import { placeOf } from '#shared/catalogue/order.ts';
import { ndcg, topRows } from '#shared/evaluation/metrics.ts';
import type { Interactions, ItemTable } from '#shared/model/model.ts';
import { foldIn } from '#shared/model/objective.ts';
import { itemScores, type RankedItem, rankItems, similarItems } from '#shared/model/ranking.ts';
import { initialModel } from '#shared/model/server-step.ts';
import { materialise } from '#shared/model/table.ts';
import type { HistoryRow, Recommendation, SelfEvaluation } from './api.ts';
import type { Published } from './published.ts';

const evaluationDepth = 10;
const minEvaluatedLikes = 5;
/** The first list is chosen from this many times its length. */
const firstPool = 4;
/** Leave-one-out costs one fold-in and one ranking a like; the newest say most about today. */
const maxEvaluatedLikes = 100;

/** The history by model row. Items that the catalogue does not have any more are left out. */
export function interactionsOf(published: Published, rows: readonly HistoryRow[]): Interactions {
  const liked: number[] = [];
  const disliked: number[] = [];
  const seen: number[] = [];
  const lists = { like: liked, dislike: disliked, seen };
  for (const { itemId, action } of rows) {
    const row = published.rowOf.get(itemId);
    if (row !== undefined) lists[action].push(row);
  }
  // The same history trains the same update, whatever the order of its rows.
  for (const list of [liked, disliked, seen]) list.sort((a, b) => a - b);
  return { liked, disliked, seen };
}

/** The best `count` items that have no row yet. */
export function recommendFrom(published: Published, rows: readonly HistoryRow[], count: number): Recommendation[] {
  const { table, catalogue } = published;
  const interactions = interactionsOf(published, rows);
  const ranked =
    interactions.liked.length === 0
      ? firstRanking(published, interactions, count)
      : rankItems(table, foldIn(table, interactions), { count, interactions, catalogue });
  return ranked.map(({ row, score, source, reason }) => ({
    itemId: idOf(published, row),
    score,
    source,
    reason,
  }));
}

/**
 * Before any like: from the most popular, the genres in turn, so that every taste finds a start. Equally popular ones come in a mixed order:
 * by row the oldest films would be first.
 */
function firstRanking(published: Published, interactions: Interactions, count: number): RankedItem[] {
  const { table, catalogue } = published;
  const pool = rankItems(table, null, { count: catalogue.items.length, interactions, catalogue })
    .map((ranked) => ({ ranked, place: placeOf(idOf(published, ranked.row)) }))
    .sort((a, b) => b.ranked.score - a.ranked.score || a.place - b.place)
    .slice(0, firstPool * count)
    .map(({ ranked }) => ranked);
  const listed = new Map<string, number>();
  const chosen: RankedItem[] = [];
  while (chosen.length < count && pool.length > 0) {
    const crowding = pool.map(({ row }) => {
      const { genres } = catalogue.items[row]!;
      return genres.reduce((sum, genre) => sum + (listed.get(genre) ?? 0), 0) / Math.max(1, genres.length);
    });
    const [next] = pool.splice(crowding.indexOf(Math.min(...crowding)), 1);
    for (const genre of catalogue.items[next!.row]!.genres) listed.set(genre, (listed.get(genre) ?? 0) + 1);
    chosen.push(next!);
  }
  return chosen;
}

/** Items like this one, by the model; none for an item that it does not have. */
export function similarTo(published: Published, itemId: string, count: number): { itemId: string; score: number }[] {
  const row = published.rowOf.get(itemId);
  if (row === undefined) return [];
  return similarItems(published.table, row, count).map((similar) => ({
    itemId: idOf(published, similar.row),
    score: similar.score,
  }));
}

/**
 * Leave-one-out over the person's own likes: each is hidden in turn, the rest is the history, and its place in the ranking of all other
 * items counts. `shared`: the published model. `alone`: content only, what this device could do without anybody. `popular`: for everyone.
 * Shown as it is, also when the shared model is worse.
 */
export function evaluateFrom(published: Published, rows: readonly HistoryRow[]): SelfEvaluation {
  const all = interactionsOf(published, rows);
  const likes = all.liked.length;
  if (likes < minEvaluatedLikes) return { likes, results: null };
  const newest = [...rows].filter((row) => row.action === 'like').sort((a, b) => b.at - a.at);
  const heldOut = newest.flatMap(({ itemId }) => published.rowOf.get(itemId) ?? []).slice(0, maxEvaluatedLikes);
  const { table } = published;
  const alone = aloneTable(published);
  const rankings: readonly (readonly ['shared' | 'alone' | 'popular', (rest: Interactions) => ArrayLike<number>])[] = [
    ['shared', (rest) => itemScores(table, foldIn(table, rest))],
    ['alone', (rest) => itemScores(alone, foldIn(alone, rest))],
    ['popular', () => table.model.popularity],
  ];
  const results = rankings.map(([ranking, score]) => {
    const values = heldOut.map((target) => {
      const rest = { ...all, liked: all.liked.filter((row) => row !== target) };
      const excluded = [...rest.liked, ...rest.disliked, ...rest.seen];
      return ndcg(topRows(score(rest), excluded, evaluationDepth), new Set([target]), evaluationDepth);
    });
    return { ranking, ...meanAndInterval(values) };
  });
  return { likes, results };
}

/** The model before anybody took part: content and prior popularity. Anyone can compute it from the catalogue's features. */
function aloneTable({ table, catalogue, info }: Published): ItemTable {
  if (info.version === 1) return table;
  const { dimension, unobservedWeight, lambda, popularityWeight, catalogueHash, featuresHash } = table.model.header;
  const { model } = initialModel(catalogue, table.features, catalogueHash, featuresHash, {
    dimension,
    unobservedWeight,
    lambda,
    popularityWeight,
  });
  return materialise(model, table.features);
}

/**
 * Mean of values in [0, 1] and the half width of its 95 % interval: 1.96 standard errors. Values that are all alike do not make it certain:
 * then the rule of three, as up to 3 / n of what was not tried may come out otherwise (Hanley and Lippman-Hand 1983).
 */
export function meanAndInterval(values: readonly number[]): { readonly ndcg10: number; readonly halfWidth95: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const spread = 1.96 * Math.sqrt(squares / (values.length - 1) / values.length);
  return { ndcg10: mean, halfWidth95: squares > 0 ? spread : Math.min(1, 3 / values.length) };
}

function idOf(published: Published, row: number): string {
  return published.catalogue.items[row]!.id;
}
