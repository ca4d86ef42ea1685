// How an attacker reads likes out of an update whose layout has a row of offsets for every item. Row j of that block is e_j u, with u the person's
// embedding and e_j = a0 v_jᵀu for an item without interaction, and v_jᵀu - 1 more where it is liked (shared/model/objective.ts). So the block
// has rank one: its right singular vector is the direction of u, rows without interaction all have the same e_j / v_jᵀu, and among the others the
// likes share one number. Everything used here is public: model, layout, objective.
import type { ItemTable, Layout } from '../../model/model.ts';
import { topRows } from '../metrics.ts';

/** A row of offsets counts as one with an interaction from this part of the largest on. float32 leaves about 1e-7. */
const leastResidual = 1e-4;
const sameNumber = 1e-3;

/** What the block of offsets shows: for each item the entry along u beyond that of an item without interaction, in units of the latter's scale. */
interface Residuals {
  /** Float64Array[items]: v_jᵀ of u's direction. */
  readonly scores: Float64Array;
  /** Float64Array[items]: (e_j / alpha) - a score, alpha the factor of rows without interaction. */
  readonly values: Float64Array;
}

/** Exactly the likes, from an update without noise; the layout needs a row of offsets for every item. Ascending rows. */
export function recoverLikes(update: Float64Array, table: ItemTable, layout: Layout): number[] {
  // Nobody's: without likes the embedding is zero, and so is every row.
  if (offsetsOf(update, layout).every((value) => value === 0)) return [];
  const { scores, values } = residualsOf(update, table, layout);
  const { unobservedWeight } = table.model.header;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const touched = [...values.keys()].filter((row) => Math.abs(values[row]!) > leastResidual * largest);
  if (touched.length === 0) return [];
  // e_j = a0 s_j |u| + (s_j |u| - 1) for a like, and alpha is a0 |u|: so s_j - a0 value_j is 1 / |u|, up to sign, for every like, and scattered
  // for the rest.
  const inverse = touched.map((row) => scores[row]! - unobservedWeight * values[row]!);
  let best: number[] = [];
  for (const candidate of inverse) {
    const same = touched.filter((_, i) => Math.abs(inverse[i]! - candidate) <= sameNumber * Math.abs(candidate));
    if (same.length > best.length) best = same;
  }
  return best.sort((a, b) => a - b);
}

export interface Expectations {
  /** Float64Array[items]: the probability that somebody likes each item, from other people. */
  readonly likedBy: Float64Array;
  /** What a like adds to its row along u, and the noise in each number of the update: both real units, from simulations and the config. */
  readonly likeResidual: number;
  readonly noiseStd: number;
}

/** How far an attacker trusts an update against what it knows of everybody: it may try several, and the best of them counts. */
export const trusts = [0.01, 0.1, 0.3, 1] as const;

/** What an update says of each item, whatever it is worth: Float64Array[items], the size of its row's residual along u. */
export function evidenceOf(update: Float64Array, table: ItemTable, layout: Layout): Float64Array {
  return rawResiduals(update, table, layout).map(Math.abs);
}

/**
 * The likes that are likeliest after a noisy update: prior odds times the likelihood of each row's residual, the same estimate of u as without noise.
 * @param evidence from `evidenceOf`; null: an attacker that sees nothing. @param count how many likes there are: the attacker is told.
 * @param trust one of `trusts`. Rows in descending order of odds.
 */
export function likeliestLikes(
  evidence: Float64Array | null,
  expected: Expectations,
  count: number,
  trust = 1,
): number[] {
  const { likedBy, likeResidual, noiseStd } = expected;
  const odds = likedBy.map((p, row) => {
    const prior = Math.log(p) - Math.log1p(-p);
    if (evidence === null) return prior;
    // log of N(r; m, s) / N(r; 0, s), the sign of u unknown: the better of the two.
    return prior + (trust * (evidence[row]! * likeResidual - likeResidual ** 2 / 2)) / noiseStd ** 2;
  });
  return [...topRows(odds, [], count)];
}

/** Mean size of what a like adds to its row along u: for `Expectations`, from updates whose likes the attacker knows (its own simulations). */
export function likeResidualOf(
  update: Float64Array,
  liked: readonly number[],
  table: ItemTable,
  layout: Layout,
): number {
  const residuals = rawResiduals(update, table, layout);
  return liked.reduce((sum, row) => sum + Math.abs(residuals[row]!), 0) / Math.max(1, liked.length);
}

/** Hits, claims and truths of one guess: F1 over people is 2 hits / (claims + truths), summed. */
export interface Guess {
  readonly hits: number;
  readonly claims: number;
  readonly truths: number;
}

export function guessOf(claimed: readonly number[], liked: readonly number[]): Guess {
  const truth = new Set(liked);
  return { hits: claimed.filter((row) => truth.has(row)).length, claims: claimed.length, truths: truth.size };
}

/** F1 over all guesses together. */
export function pooledF1(guesses: readonly Guess[]): number {
  let hits = 0;
  let others = 0;
  for (const guess of guesses) {
    hits += guess.hits;
    others += guess.claims + guess.truths;
  }
  return others === 0 ? 0 : (2 * hits) / others;
}

function residualsOf(update: Float64Array, table: ItemTable, layout: Layout): Residuals {
  const { along, scores } = alongEmbedding(update, table, layout);
  const alpha = commonRatio(along, scores);
  return { scores, values: along.map((value, row) => value / alpha - scores[row]!) };
}

/** The residuals in the update's own units: what is left of each row along u when the common part is taken off. */
function rawResiduals(update: Float64Array, table: ItemTable, layout: Layout): Float64Array {
  const { along, scores } = alongEmbedding(update, table, layout);
  const alpha = commonRatio(along, scores);
  return along.map((value, row) => value - alpha * scores[row]!);
}

/** Each offset row's part along the direction of u, and each item's score along it, by item. */
function alongEmbedding(update: Float64Array, table: ItemTable, layout: Layout) {
  const { items, dimension } = table.model.header;
  const { offsetItems } = table.model;
  const block = offsetsOf(update, layout);
  if (offsetItems.length !== items || block.length !== items * dimension) {
    throw new RangeError(`likes: expected a row of offsets for each of ${items} items, got ${offsetItems.length}`);
  }
  const direction = rightSingularVector(block, items, dimension);
  const along = new Float64Array(items);
  const scores = new Float64Array(items);
  for (let at = 0; at < items; at++) {
    const item = offsetItems[at]!;
    for (let k = 0; k < dimension; k++) {
      along[item] = along[item]! + block[at * dimension + k]! * direction[k]!;
      scores[item] = scores[item]! + table.embeddings[item * dimension + k]! * direction[k]!;
    }
  }
  return { along, scores };
}

function offsetsOf(update: Float64Array, layout: Layout): Float64Array {
  let at = 0;
  for (const part of layout.parts) {
    if (part.name === 'offsets') return update.subarray(at, at + part.length);
    at += part.length;
  }
  throw new RangeError('likes: expected a layout with offsets');
}

/** By power iteration on the Gram matrix; unit length. */
function rightSingularVector(block: Float64Array, rows: number, columns: number): Float64Array {
  const gram = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) {
      const left = block[row * columns + i]!;
      for (let j = 0; j < columns; j++)
        gram[i * columns + j] = gram[i * columns + j]! + left * block[row * columns + j]!;
    }
  }
  let vector = new Float64Array(columns).map((_, i) => 1 + 0.01 * i);
  for (let step = 0; step < 60; step++) {
    const next = new Float64Array(columns);
    for (let i = 0; i < columns; i++)
      for (let j = 0; j < columns; j++) next[i] = next[i]! + gram[i * columns + j]! * vector[j]!;
    const norm = Math.hypot(...next);
    if (norm === 0) return vector.fill(columns ** -0.5);
    vector = next.map((value) => value / norm);
  }
  return vector;
}

/** The ratio that most rows share, over rows with a score worth dividing by; where noise leaves no two alike, their median. */
export function commonRatio(along: Float64Array, scores: Float64Array): number {
  const largest = scores.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const ratios: number[] = [];
  scores.forEach((score, row) => {
    if (Math.abs(score) > 0.05 * largest) ratios.push(along[row]! / score);
  });
  ratios.sort((a, b) => a - b);
  let chosen = ratios[ratios.length >> 1] ?? 1;
  let most = Math.max(3, Math.ceil(ratios.length / 10));
  for (let from = 0, to = 0; from < ratios.length; from++) {
    while (to < ratios.length && ratios[to]! - ratios[from]! <= sameNumber * Math.abs(ratios[from]!)) to++;
    if (to - from > most) {
      most = to - from;
      chosen = ratios[(from + to) >> 1]!;
    }
  }
  return chosen === 0 ? 1 : chosen;
}
