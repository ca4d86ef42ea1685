// Ranking on the device: scores, the list with a reason for each row, popular items, similar items.
// score_i = v_iᵀu + popularityWeight ln(popularity_i / largest popularity). Ties go to the smaller row.
import type { Catalogue } from '../catalogue/schema.ts';
import type { Interactions, ItemTable } from './model.ts';
import { inverseCurvature, observedRows } from './objective.ts';

export type RankedSource = 'popular' | 'on-device' | 'shared';

export type RankedReason =
  | { readonly kind: 'because-liked'; readonly itemId: string }
  | { readonly kind: 'genre'; readonly genre: string }
  | { readonly kind: 'community' }
  | { readonly kind: 'popular' };

export interface RankedItem {
  readonly row: number;
  readonly score: number;
  readonly source: RankedSource;
  readonly reason: RankedReason;
}

export interface RankingOptions {
  /** Rows never to list, beside everything in `interactions`. */
  readonly exclude?: Iterable<number>;
  readonly count: number;
  /** What was liked, disliked or seen: never listed, and the ground of the reasons. */
  readonly interactions?: Interactions;
  readonly catalogue: Pick<Catalogue, 'items'>;
}

/** Weight of popularity when there is no user embedding: any positive number gives the same order. */
const popularOnly = 1;

/**
 * The list for one person, best first.
 * @param userEmbedding u of length dimension, from the fold-in or training; null: by popularity.
 * @returns at most `count` rows. Never an item that was liked, disliked, seen or excluded.
 * @throws RangeError when the catalogue does not have as many items as the table.
 */
export function rankItems(table: ItemTable, userEmbedding: Float32Array | null, options: RankingOptions): RankedItem[] {
  const { items } = table.model.header;
  if (options.catalogue.items.length !== items) {
    throw new RangeError(`catalogue of ${options.catalogue.items.length} items, the model has ${items}`);
  }
  const interactions = options.interactions ?? { liked: [], disliked: [], seen: [] };
  const excluded = new Uint8Array(items);
  for (const list of [options.exclude ?? [], interactions.liked, interactions.disliked, interactions.seen]) {
    for (const row of list) excluded[row] = 1;
  }
  const scores = itemScores(table, userEmbedding);
  const rows = bestRows(scores, excluded, options.count);
  const explainer = userEmbedding && rows.length > 0 ? new Explainer(table, interactions) : null;
  const source: RankedSource =
    userEmbedding === null ? 'popular' : table.model.header.version === 1 ? 'on-device' : 'shared';
  return rows.map((row) => ({
    row,
    score: scores[row]!,
    source,
    reason: explainer ? reasonOf(explainer, row, interactions, options.catalogue) : { kind: 'popular' },
  }));
}

/** The most popular items, best first: before there is any history. */
export function popularRanking(table: ItemTable, options: RankingOptions): RankedItem[] {
  return rankItems(table, null, options);
}

/** Scores of all items: Float64Array[items]. */
export function itemScores(table: ItemTable, userEmbedding: Float32Array | null): Float64Array {
  const { items, dimension, popularityWeight } = table.model.header;
  const { popularity } = table.model;
  const largest = popularity.reduce((most, value) => Math.max(most, value), 0);
  const weight = userEmbedding === null ? popularOnly : popularityWeight;
  const scores = new Float64Array(items);
  for (let row = 0; row < items; row++) {
    let score = weight === 0 ? 0 : weight * Math.log(Math.max(popularity[row]! / largest, 1e-12));
    if (userEmbedding) {
      const start = row * dimension;
      for (let k = 0; k < dimension; k++) score += table.embeddings[start + k]! * userEmbedding[k]!;
    }
    scores[row] = score;
  }
  return scores;
}

/**
 * Items most like one item: cosine of the embeddings after the mean embedding is taken out.
 * @returns at most `count` rows, most similar first, without the item itself.
 */
export function similarItems(table: ItemTable, row: number, count: number): { row: number; score: number }[] {
  const { items, dimension } = table.model.header;
  if (!Number.isInteger(row) || row < 0 || row >= items) throw new RangeError(`row ${row}: rows are 0 to ${items - 1}`);
  const mean = new Float64Array(dimension);
  for (let item = 0; item < items; item++) {
    for (let k = 0; k < dimension; k++) mean[k] = mean[k]! + table.embeddings[item * dimension + k]! / items;
  }
  const centred = (item: number, k: number) => table.embeddings[item * dimension + k]! - mean[k]!;
  const lengthOf = (item: number) => {
    let squared = 0;
    for (let k = 0; k < dimension; k++) squared += centred(item, k) ** 2;
    return Math.sqrt(squared);
  };
  const own = lengthOf(row);
  const scores = new Float64Array(items);
  for (let item = 0; item < items; item++) {
    let product = 0;
    for (let k = 0; k < dimension; k++) product += centred(item, k) * centred(row, k);
    const norm = own * lengthOf(item);
    scores[item] = norm > 1e-12 ? product / norm : 0;
  }
  const excluded = new Uint8Array(items);
  excluded[row] = 1;
  return bestRows(scores, excluded, count).map((item) => ({ row: item, score: scores[item]! }));
}

export interface Contribution {
  /** The row of an interaction. */
  readonly row: number;
  /** Its exact part of v_iᵀu, where u is the fold-in: c_j t_j v_iᵀ A⁻¹ v_j. The parts sum to v_iᵀu. */
  readonly contribution: number;
}

/** What each interaction contributes to an item's score, largest first. */
export function explain(table: ItemTable, interactions: Interactions, row: number): Contribution[] {
  return new Explainer(table, interactions).contributions(row);
}

/** Contributions for many items of one person: the inverse curvature is computed once. */
class Explainer {
  readonly #table: ItemTable;
  readonly #rows: Uint32Array;
  /** c_j t_j A⁻¹ v_j, observed x dimension. */
  readonly #pulls: Float64Array;

  constructor(table: ItemTable, interactions: Interactions) {
    const { dimension } = table.model.header;
    const observed = observedRows(table, interactions);
    const inverse = inverseCurvature(table, observed);
    this.#table = table;
    this.#rows = observed.rows;
    this.#pulls = new Float64Array(observed.rows.length * dimension);
    observed.rows.forEach((row, index) => {
      const weight = observed.weights[index]! * observed.targets[index]!;
      for (let i = 0; i < dimension; i++) {
        let sum = 0;
        for (let j = 0; j < dimension; j++) sum += inverse[i * dimension + j]! * table.embeddings[row * dimension + j]!;
        this.#pulls[index * dimension + i] = weight * sum;
      }
    });
  }

  contributions(row: number): Contribution[] {
    const { dimension } = this.#table.model.header;
    const found = Array.from(this.#rows, (observed, index): Contribution => {
      let contribution = 0;
      for (let k = 0; k < dimension; k++) {
        contribution += this.#pulls[index * dimension + k]! * this.#table.embeddings[row * dimension + k]!;
      }
      return { row: observed, contribution };
    });
    return found.sort((a, b) => b.contribution - a.contribution || a.row - b.row);
  }
}

function reasonOf(
  explainer: Explainer,
  row: number,
  interactions: Interactions,
  catalogue: Pick<Catalogue, 'items'>,
): RankedReason {
  const liked = new Set(interactions.liked);
  const first = explainer.contributions(row).find((entry) => liked.has(entry.row));
  if (first && first.contribution > 0) return { kind: 'because-liked', itemId: catalogue.items[first.row]!.id };
  const likedGenres = new Set(interactions.liked.flatMap((item) => catalogue.items[item]!.genres));
  const genre = catalogue.items[row]!.genres.find((name) => likedGenres.has(name));
  return genre === undefined ? { kind: 'popular' } : { kind: 'genre', genre };
}

function bestRows(scores: Float64Array, excluded: Uint8Array, count: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < scores.length; row++) if (excluded[row] !== 1) rows.push(row);
  return rows.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, Math.max(0, count));
}
