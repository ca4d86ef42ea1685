// The recommender: from the published model and the rows of this device to a ranking. Pure; the user embedding lives as long as one call.
import { placeOf } from '#shared/catalogue/order.ts';
import { ndcg, topRows } from '#shared/evaluation/metrics.ts';
import { ContentTilt } from '#shared/learners/content/tilt.ts';
import type { Interactions, ItemTable, ReconstructionModel } from '#shared/model/model.ts';
import { foldIn } from '#shared/model/objective.ts';
import { itemScores, type RankedItem, rankItems } from '#shared/model/ranking.ts';
import { initialModel, prominencePopularity } from '#shared/model/server-step.ts';
import { materialise } from '#shared/model/table.ts';
import type { HistoryRow, Recommendation, SelfEvaluation } from './api.ts';
import type { Published } from './published.ts';

const evaluationDepth = 10;
const minEvaluatedLikes = 5;
/** From here on an item is said to be liked by people with tastes alike. */
const tellingLift = 1.1;
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
      : table === null
        ? scoredRanking(published, interactions, count)
        : rankItems(table, foldIn(table, interactions), { count, interactions, catalogue });
  return ranked.map(({ row, score, source, reason }) => ({
    itemId: idOf(published, row),
    score,
    source,
    reason,
  }));
}

/** By the scorer of a model without an item table. */
function scoredRanking(
  { model, scorer, catalogue }: Published,
  interactions: Interactions,
  count: number,
): RankedItem[] {
  const { liked, disliked, seen } = interactions;
  const scores = scorer.scores(interactions);
  const lifts = scorer.lifts?.(interactions);
  const likedGenres = new Set(liked.flatMap((item) => catalogue.items[item]!.genres));
  const source = model.header.version === 1 ? 'on-device' : 'shared';
  return Array.from(topRows(scores, [...liked, ...disliked, ...seen], count), (row): RankedItem => {
    const genre = catalogue.items[row]!.genres.find((name) => likedGenres.has(name));
    const reason: RankedItem['reason'] =
      lifts !== undefined && lifts[row]! >= tellingLift
        ? { kind: 'community' }
        : genre === undefined
          ? { kind: 'popular' }
          : { kind: 'genre', genre };
    return { row, score: scores[row]!, source, reason };
  });
}

/**
 * Before any like: from the most popular, the genres in turn, so that every taste finds a start. Equally popular ones come in a mixed order:
 * by row the oldest films would be first.
 */
function firstRanking(published: Published, interactions: Interactions, count: number): RankedItem[] {
  const { model, catalogue } = published;
  const { liked, disliked, seen } = interactions;
  const { popularity } = model;
  const pool = Array.from(topRows(popularity, [...liked, ...disliked, ...seen], popularity.length))
    .map(
      (row): RankedItem => ({ row, score: Math.log(popularity[row]!), source: 'popular', reason: { kind: 'popular' } }),
    )
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
  return published.scorer.similar(row, count).map((similar) => ({
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
  const { scorer, model } = published;
  const alone = aloneScores(published);
  const rankings: readonly (readonly ['shared' | 'alone' | 'popular', (rest: Interactions) => ArrayLike<number>])[] = [
    ['shared', (rest) => scorer.scores(rest)],
    ['alone', alone],
    ['popular', () => model.popularity],
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
function aloneScores({ model, features, catalogue }: Published): (rest: Interactions) => ArrayLike<number> {
  if (model.learner !== 'reconstruction') {
    const prior = prominencePopularity(catalogue);
    const tilt = new ContentTilt(
      features,
      prior.map((value) => Math.log(value)),
    );
    return ({ liked }) => tilt.score(liked);
  }
  const table = aloneTable({ model, features, catalogue });
  return (rest) => itemScores(table, foldIn(table, rest));
}

function aloneTable({
  model,
  features,
  catalogue,
}: Pick<Published, 'features' | 'catalogue'> & { readonly model: ReconstructionModel }): ItemTable {
  if (model.header.version === 1) return materialise(model, features);
  const { dimension, unobservedWeight, lambda, popularityWeight, catalogueHash, featuresHash } = model.header;
  const first = initialModel(catalogue, features, catalogueHash, featuresHash, {
    dimension,
    unobservedWeight,
    lambda,
    popularityWeight,
  });
  return materialise(first.model, features);
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
