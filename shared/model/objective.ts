// The local objective in plain arrays: the reference that every backend of the trainer agrees with to 1e-4 relative.
// Weighted matrix factorisation with an implicit zero for each item without interaction (Hu, Koren, Volinsky 2008), item side shared, user
// side private and reconstructed on the device (Singhal et al. 2021, Federated Reconstruction).
//
//   loss(u) = 1/2 Σ_j c_j (v_jᵀu − t_j)² + a0/2 uᵀSu + lambda/2 (Σ_j c_j + a0 M) |u|²        j over the interactions, S = VᵀV
//   gradient(u) = Σ_j c_j (v_jᵀu − t_j) v_j + a0 S u + lambda (Σ_j c_j + a0 M) u
//
// Training as every backend does it:
//   1. u₀ = the fold-in of the likes alone, closed form, float64.
//   2. P = the inverse of the curvature Σ_j c_j v_j v_jᵀ + a0 S + lambda (Σ_j c_j + a0 M) I, float64.
//   3. `trainingSteps` times: u ← u − P gradient(u). The first step lands on the minimum, as the objective is quadratic; the others take
//      away the rounding error of a float32 device.
//   4. e = a0 V u, and c_j (v_jᵀu − t_j) more at each interaction j. With likes alone e = (1_H + a0) ∘ (V u) − 1_H.
import { checkInteractions, interactionCount, interactionKinds, weightsOf } from './interactions.ts';
import type { Interactions, ItemTable, LocalResult } from './model.ts';
import { cholesky, choleskyInverse, choleskySolve } from './symmetric.ts';

/** Weight c and target t of one kind of interaction, on top of weight a0 and target 0 that every item has. */
export interface Observation {
  readonly weight: number;
  readonly target: number;
}

export const likedObservation: Observation = { weight: 1, target: 1 };
/** Below zero: an unobserved item's target is 0, and a dislike says more than nothing. */
export const dislikedObservation: Observation = { weight: 0.5, target: -0.5 };
/** Chosen once but not praised: a weak like. */
export const seenObservation: Observation = { weight: 0.2, target: 0.5 };

const observations = { liked: likedObservation, disliked: dislikedObservation, seen: seenObservation } as const;

/** Steps of local training; see the head of this file. */
export const trainingSteps = 3;

/** The interactions as parallel lists, in the order liked, disliked, seen: what a backend gathers. */
export interface ObservedRows {
  /** Catalogue rows. */
  readonly rows: Uint32Array;
  /** c_j. */
  readonly weights: Float32Array;
  /** t_j. */
  readonly targets: Float32Array;
}

/**
 * Lists the interactions with weights and targets. A row's weight is that of its kind times its own.
 * @throws RangeError when a row is outside the table or occurs twice, or a weight is none.
 */
export function observedRows(table: ItemTable, interactions: Interactions): ObservedRows {
  checkInteractions(interactions, table.model.header.items);
  const length = interactionCount(interactions);
  const rows = new Uint32Array(length);
  const weights = new Float32Array(length);
  const targets = new Float32Array(length);
  let at = 0;
  for (const kind of interactionKinds) {
    const { weight, target } = observations[kind];
    const shares = weightsOf(interactions, kind);
    interactions[kind].forEach((row, index) => {
      rows[at] = row;
      weights[at] = weight * shares[index]!;
      targets[at] = target;
      at++;
    });
  }
  return { rows, weights, targets };
}

/**
 * The exact minimiser u of the local objective over likes, dislikes and seen, by Cholesky in float64.
 * @returns a new Float32Array[dimension]; zeros when there is no interaction.
 */
export function foldIn(table: ItemTable, interactions: Interactions): Float32Array {
  const observed = observedRows(table, interactions);
  return Float32Array.from(minimiser(table, observed));
}

/** The fold-in of the likes alone: where training starts. Float64Array[dimension]. */
export function foldInLikes(table: ItemTable, interactions: Interactions): Float64Array {
  const { liked } = interactions;
  const weights = { liked: weightsOf(interactions, 'liked'), disliked: [], seen: [] };
  return minimiser(table, observedRows(table, { liked, disliked: [], seen: [], weights }));
}

/** P: the inverse curvature of the local objective, dimension x dimension, float64. */
export function inverseCurvature(table: ItemTable, observed: ObservedRows): Float64Array {
  const { dimension } = table.model.header;
  return choleskyInverse(cholesky(curvature(table, observed), dimension), dimension);
}

/** lambda (Σ c + a0 M): the ridge of one device's objective. */
export function localRidge(table: ItemTable, observed: ObservedRows): number {
  const { lambda, unobservedWeight, items } = table.model.header;
  let weight = unobservedWeight * items;
  for (const c of observed.weights) weight += c;
  return lambda * weight;
}

/** Trains the user embedding and computes the factors of the update. See the head of this file for the exact steps. */
export function trainReference(table: ItemTable, interactions: Interactions): LocalResult {
  const steps = trainInSteps(table, interactions);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** As `trainReference`, and between any two of its steps whoever drives it may wait. Yields the part that is done, 0..1. */
export function* trainInSteps(table: ItemTable, interactions: Interactions): Generator<number, LocalResult, void> {
  const { dimension } = table.model.header;
  const observed = observedRows(table, interactions);
  const u = foldInLikes(table, interactions);
  const inverse = inverseCurvature(table, observed);
  const lossBefore = localLoss(table, observed, u);
  for (let step = 0; step < trainingSteps; step++) {
    yield step / (trainingSteps + 1);
    const gradient = localGradient(table, observed, u);
    for (let i = 0; i < dimension; i++) {
      let change = 0;
      for (let j = 0; j < dimension; j++) change += inverse[i * dimension + j]! * gradient[j]!;
      u[i] = u[i]! - change;
    }
  }
  yield trainingSteps / (trainingSteps + 1);
  const userEmbedding = Float32Array.from(u);
  const error = errorVector(table, observed, userEmbedding);
  return {
    userEmbedding,
    errorProjection: projectError(table, error),
    errorOffsets: Float32Array.from(table.model.offsetItems, (item) => error[item]!),
    likedProfile: likedProfile(table, interactions.liked),
    lossBefore,
    lossAfter: localLoss(table, observed, u),
  };
}

/** loss(u) of the head of this file. */
export function localLoss(table: ItemTable, observed: ObservedRows, u: ArrayLike<number>): number {
  const { dimension, unobservedWeight } = table.model.header;
  let loss = 0;
  let squared = 0;
  for (let i = 0; i < dimension; i++) {
    squared += u[i]! * u[i]!;
    let product = 0;
    for (let j = 0; j < dimension; j++) product += table.gram[i * dimension + j]! * u[j]!;
    loss += unobservedWeight * u[i]! * product;
  }
  loss += localRidge(table, observed) * squared;
  observed.rows.forEach((row, index) => {
    const residual = itemScore(table, row, u) - observed.targets[index]!;
    loss += observed.weights[index]! * residual * residual;
  });
  return loss / 2;
}

/** The gradient of the local objective at u: Float64Array[dimension]. */
export function localGradient(table: ItemTable, observed: ObservedRows, u: ArrayLike<number>): Float64Array {
  const { dimension, unobservedWeight } = table.model.header;
  const gradient = new Float64Array(dimension);
  const ridge = localRidge(table, observed);
  for (let i = 0; i < dimension; i++) {
    let product = 0;
    for (let j = 0; j < dimension; j++) product += table.gram[i * dimension + j]! * u[j]!;
    gradient[i] = unobservedWeight * product + ridge * u[i]!;
  }
  observed.rows.forEach((row, index) => {
    const pull = observed.weights[index]! * (itemScore(table, row, u) - observed.targets[index]!);
    const start = row * dimension;
    for (let k = 0; k < dimension; k++) gradient[k] = gradient[k]! + pull * table.embeddings[start + k]!;
  });
  return gradient;
}

/** e over all items: Float32Array[items]. */
export function errorVector(table: ItemTable, observed: ObservedRows, u: ArrayLike<number>): Float32Array {
  const { items, dimension, unobservedWeight } = table.model.header;
  const { embeddings } = table;
  const error = new Float32Array(items);
  for (let item = 0; item < items; item++) {
    let score = 0;
    const start = item * dimension;
    for (let k = 0; k < dimension; k++) score += embeddings[start + k]! * u[k]!;
    error[item] = unobservedWeight * score;
  }
  observed.rows.forEach((row, index) => {
    const residual = itemScore(table, row, u) - observed.targets[index]!;
    error[row] = error[row]! + observed.weights[index]! * residual;
  });
  return error;
}

/** Fᵀe: Float32Array[featureColumns]. */
function projectError(table: ItemTable, error: Float32Array): Float32Array {
  const { items, featureColumns } = table.model.header;
  const projected = new Float64Array(featureColumns);
  const { values } = table.features;
  for (let item = 0; item < items; item++) {
    const weight = error[item]!;
    const start = item * featureColumns;
    for (let column = 0; column < featureColumns; column++) {
      projected[column] = projected[column]! + weight * values[start + column]!;
    }
  }
  return Float32Array.from(projected);
}

/** The mean of F over the liked items: Float32Array[featureColumns]; zeros without likes. */
export function likedProfile(table: ItemTable, liked: readonly number[]): Float32Array {
  const { featureColumns } = table.model.header;
  const profile = new Float64Array(featureColumns);
  for (const row of liked) {
    const start = row * featureColumns;
    for (let column = 0; column < featureColumns; column++) {
      profile[column] = profile[column]! + table.features.values[start + column]! / liked.length;
    }
  }
  return Float32Array.from(profile);
}

/** v_rowᵀu. */
export function itemScore(table: ItemTable, row: number, u: ArrayLike<number>): number {
  const { dimension } = table.model.header;
  const start = row * dimension;
  let score = 0;
  for (let k = 0; k < dimension; k++) score += table.embeddings[start + k]! * u[k]!;
  return score;
}

function minimiser(table: ItemTable, observed: ObservedRows): Float64Array {
  const { dimension } = table.model.header;
  return choleskySolve(cholesky(curvature(table, observed), dimension), dimension, attraction(table, observed));
}

/** Σ c_j t_j v_j. */
function attraction(table: ItemTable, observed: ObservedRows): Float64Array {
  const { dimension } = table.model.header;
  const sum = new Float64Array(dimension);
  for (let index = 0; index < observed.rows.length; index++) {
    const pull = observed.weights[index]! * observed.targets[index]!;
    const start = observed.rows[index]! * dimension;
    for (let k = 0; k < dimension; k++) sum[k] = sum[k]! + pull * table.embeddings[start + k]!;
  }
  return sum;
}

function curvature(table: ItemTable, observed: ObservedRows): Float64Array {
  const { dimension, unobservedWeight } = table.model.header;
  const { embeddings, gram } = table;
  const ridge = localRidge(table, observed);
  const matrix = new Float64Array(dimension * dimension);
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j <= i; j++) matrix[i * dimension + j] = unobservedWeight * gram[i * dimension + j]!;
    matrix[i * dimension + i] = matrix[i * dimension + i]! + ridge;
  }
  for (let index = 0; index < observed.rows.length; index++) {
    const weight = observed.weights[index]!;
    const start = observed.rows[index]! * dimension;
    for (let i = 0; i < dimension; i++) {
      const left = weight * embeddings[start + i]!;
      const at = i * dimension;
      for (let j = 0; j <= i; j++) matrix[at + j] = matrix[at + j]! + left * embeddings[start + j]!;
    }
  }
  for (let i = 0; i < dimension; i++) {
    for (let j = i + 1; j < dimension; j++) matrix[i * dimension + j] = matrix[j * dimension + i]!;
  }
  return matrix;
}
