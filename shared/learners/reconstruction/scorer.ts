// The scorer of `reconstruction`: the history is folded in against the published item side (shared/model/objective.ts), and
// score_i = v_iᵀu + popularityWeight ln(popularity_i / largest popularity).
import { interactionCount } from '../../model/interactions.ts';
import type { Interactions, ItemTable } from '../../model/model.ts';
import { foldIn, inverseCurvature, observedRows } from '../../model/objective.ts';
import { logPopularity } from '../../model/popularity.ts';
import type { Contribution, Scorer } from '../scorer.ts';
import { mostSimilar, UnitVectors } from '../unit-vectors.ts';

/** Weight of popularity when there is no user embedding: any positive number gives the same order. */
const popularOnly = 1;

export class ReconstructionScorer implements Scorer {
  readonly items: number;
  readonly #table: ItemTable;
  /** Lives as long as the caller's own object: a list asks for the contributions to many items of one history. */
  readonly #pulls = new WeakMap<Interactions, Pulls>();
  #units: UnitVectors | null = null;

  constructor(table: ItemTable) {
    this.items = table.model.header.items;
    this.#table = table;
  }

  scores(interactions: Interactions): Float64Array {
    if (interactionCount(interactions) === 0) return itemScores(this.#table, null);
    return itemScores(this.#table, foldIn(this.#table, interactions));
  }

  /** The exact parts of v_iᵀu, where u is the fold-in: c_j t_j v_iᵀ A⁻¹ v_j with the curvature A of the local objective. */
  contributions(interactions: Interactions, row: number): Contribution[] {
    const { dimension } = this.#table.model.header;
    let pulls = this.#pulls.get(interactions);
    if (pulls === undefined) {
      pulls = pullsOf(this.#table, interactions);
      this.#pulls.set(interactions, pulls);
    }
    const { rows, values } = pulls;
    const found = Array.from(rows, (observed, index): Contribution => {
      let contribution = 0;
      for (let k = 0; k < dimension; k++) {
        contribution += values[index * dimension + k]! * this.#table.embeddings[row * dimension + k]!;
      }
      return { row: observed, contribution };
    });
    return found.sort((a, b) => b.contribution - a.contribution || a.row - b.row);
  }

  /** By the cosine of the embeddings after the mean embedding is taken out. */
  similar(row: number, count: number): { row: number; score: number }[] {
    const { dimension } = this.#table.model.header;
    this.#units ??= new UnitVectors(centred(this.#table), this.items, dimension);
    return mostSimilar(this.#units, row, count);
  }
}

/** Scores of all items: Float64Array[items]. @param userEmbedding u of length dimension, from the fold-in or training; null: by popularity. */
export function itemScores(table: ItemTable, userEmbedding: Float32Array | null): Float64Array {
  const { items, dimension, popularityWeight } = table.model.header;
  const weight = userEmbedding === null ? popularOnly : popularityWeight;
  const popularity = weight === 0 ? null : logPopularity(table.model.popularity);
  const products = userEmbedding === null ? undefined : table.products?.(userEmbedding);
  const scores = new Float64Array(items);
  for (let row = 0; row < items; row++) {
    let score = popularity === null ? 0 : weight * popularity[row]!;
    if (products) score += products[row]!;
    else if (userEmbedding) {
      const start = row * dimension;
      for (let k = 0; k < dimension; k++) score += table.embeddings[start + k]! * userEmbedding[k]!;
    }
    scores[row] = score;
  }
  return scores;
}

interface Pulls {
  readonly rows: Uint32Array;
  /** c_j t_j A⁻¹ v_j, rows x dimension. */
  readonly values: Float64Array;
}

function pullsOf(table: ItemTable, interactions: Interactions): Pulls {
  const { dimension } = table.model.header;
  const observed = observedRows(table, interactions);
  const inverse = inverseCurvature(table, observed);
  const values = new Float64Array(observed.rows.length * dimension);
  observed.rows.forEach((row, index) => {
    const weight = observed.weights[index]! * observed.targets[index]!;
    for (let i = 0; i < dimension; i++) {
      let sum = 0;
      for (let j = 0; j < dimension; j++) sum += inverse[i * dimension + j]! * table.embeddings[row * dimension + j]!;
      values[index * dimension + i] = weight * sum;
    }
  });
  return { rows: observed.rows, values };
}

function centred(table: ItemTable): Float64Array {
  const { items, dimension } = table.model.header;
  const mean = new Float64Array(dimension);
  for (let item = 0; item < items; item++) {
    for (let k = 0; k < dimension; k++) mean[k] = mean[k]! + table.embeddings[item * dimension + k]! / items;
  }
  return Float64Array.from(table.embeddings, (value, index) => value - mean[index % dimension]!);
}
