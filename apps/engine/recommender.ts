// The recommender: from the published model and the rows of this device to a ranking. Pure; the user embedding lives as long as one call.
import { placeOf } from '#shared/catalogue/order.ts';
import { ndcg, topRows } from '#shared/evaluation/metrics.ts';
import { ReconstructionScorer } from '#shared/learners/reconstruction/scorer.ts';
import type { Interactions, ItemTable } from '#shared/model/model.ts';
import { initialModel } from '#shared/model/server-step.ts';
import { materialise } from '#shared/model/table.ts';
import { bestRows, excludedRows, reasonOf } from '#shared/ranking/list.ts';
import type { HistoryRow, Recommendation, SelfEvaluation } from './api.ts';
import type { Published } from './published.ts';
import { scorersOf } from './scorers.ts';

const nothing: Interactions = { liked: [], disliked: [], seen: [] };
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
  const interactions = interactionsOf(published, rows);
  if (interactions.liked.length === 0) return firstList(published, interactions, count);
  const { catalogue } = published;
  const { shared, sharedSource, popularity } = scorersOf(published);
  const scores = shared.scores(interactions);
  const excluded = excludedRows(scores.length, interactions);
  return bestRows(scores, excluded, count, popularity).map((row) => ({
    itemId: idOf(published, row),
    score: scores[row]!,
    source: sharedSource,
    reason: reasonOf(shared, interactions, row, catalogue),
  }));
}

/**
 * Before any like: from the most popular, the genres in turn, so that every taste finds a start. Equally popular ones come in a mixed order:
 * by row the oldest films would be first.
 */
function firstList(published: Published, interactions: Interactions, count: number): Recommendation[] {
  const { catalogue } = published;
  const scores = scorersOf(published).shared.scores(nothing);
  const excluded = excludedRows(scores.length, interactions);
  const places = catalogue.items.map(({ id }) => placeOf(id));
  // A smaller place is an earlier one.
  const earlier = places.map((place) => -place);
  const pool = bestRows(scores, excluded, firstPool * count, earlier);
  const listed = new Map<string, number>();
  const chosen: number[] = [];
  while (chosen.length < count && pool.length > 0) {
    const crowding = pool.map((row) => {
      const { genres } = catalogue.items[row]!;
      return genres.reduce((sum, genre) => sum + (listed.get(genre) ?? 0), 0) / Math.max(1, genres.length);
    });
    const next = pool.splice(crowding.indexOf(Math.min(...crowding)), 1)[0]!;
    for (const genre of catalogue.items[next]!.genres) listed.set(genre, (listed.get(genre) ?? 0) + 1);
    chosen.push(next);
  }
  return chosen.map((row) => ({
    itemId: idOf(published, row),
    score: scores[row]!,
    source: 'popular',
    reason: { kind: 'popular' },
  }));
}

/** Items like this one, by the model; none for an item that it does not have. */
export function similarTo(published: Published, itemId: string, count: number): { itemId: string; score: number }[] {
  const row = published.rowOf.get(itemId);
  if (row === undefined) return [];
  return scorersOf(published)
    .shared.similar(row, count)
    .map((similar) => ({
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
  const { shared, popularity } = scorersOf(published);
  const alone = new ReconstructionScorer(aloneTable(published));
  const rankings: readonly (readonly ['shared' | 'alone' | 'popular', (rest: Interactions) => ArrayLike<number>])[] = [
    ['shared', (rest) => shared.scores(rest)],
    ['alone', (rest) => alone.scores(rest)],
    ['popular', () => popularity],
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
