// The softmax fit in plain arrays: a user embedding from likes alone, over all items at once. It is the heaviest local training that a device may
// be asked for, and the workload by which backends are compared; every backend agrees with this reference to 1e-4 relative.
//
//   loss(u) = ln Σ_i exp(v_iᵀu) − mean_h v_hᵀu + ridge/2 |u|²          i over all items, h over the likes
//   gradient(u) = Σ_i p_i v_i − mean_h v_h + ridge u,                  p = softmax(V u)
//
// Steps are Adam's (Kingma and Ba 2015), with an epsilon far above the rounding error of float32, so that a number whose gradient is nothing but
// rounding stays where it is. Σ_i p_i v_i and the normaliser come from one pass over the items; the likes' mean is taken once.

export interface SoftmaxFitOptions {
  readonly steps: number;
  /** Adam's step size. */
  readonly rate: number;
  readonly ridge: number;
}

export const standardSoftmaxFit: SoftmaxFitOptions = { steps: 20, rate: 0.05, ridge: 0.01 };

export const momentDecay = 0.9;
export const squareDecay = 0.999;
/** Adam's epsilon. */
export const leastRoot = 1e-3;

/** What one pass over all items gives for a user embedding. */
export interface SoftmaxPass {
  /** Σ_i p_i v_i: length dimension. */
  readonly mean: Float64Array;
  /** ln Σ_i exp(v_iᵀu). */
  readonly logSum: number;
}

export interface SoftmaxFit {
  readonly userEmbedding: Float64Array;
  readonly lossBefore: number;
  readonly lossAfter: number;
}

/**
 * Fits from zero.
 * @param embeddings V: items x dimension, row-major, finite. @param liked rows, one or more.
 * @throws RangeError without likes, or for a row outside the table.
 */
export function softmaxFit(
  embeddings: Float32Array,
  dimension: number,
  liked: readonly number[],
  options: SoftmaxFitOptions = standardSoftmaxFit,
): SoftmaxFit {
  const likedMean = meanOfRows(embeddings, dimension, liked);
  return fitBySoftmaxPasses((u) => softmaxPass(embeddings, dimension, u), likedMean, options);
}

/** Adam on the loss above. @param pass over all items. @param likedMean mean_h v_h. */
export function fitBySoftmaxPasses(
  pass: (u: Float64Array) => SoftmaxPass,
  likedMean: Float64Array,
  { steps, rate, ridge }: SoftmaxFitOptions,
): SoftmaxFit {
  const dimension = likedMean.length;
  const u = new Float64Array(dimension);
  const moment = new Float64Array(dimension);
  const square = new Float64Array(dimension);
  let lossBefore = 0;
  for (let step = 1; step <= steps; step++) {
    const { mean, logSum } = pass(u);
    if (step === 1) lossBefore = lossOf(u, logSum, likedMean, ridge);
    const momentUnit = 1 - momentDecay ** step;
    const squareUnit = 1 - squareDecay ** step;
    for (let k = 0; k < dimension; k++) {
      const gradient = mean[k]! - likedMean[k]! + ridge * u[k]!;
      moment[k] = momentDecay * moment[k]! + (1 - momentDecay) * gradient;
      square[k] = squareDecay * square[k]! + (1 - squareDecay) * gradient * gradient;
      u[k] = u[k]! - (rate * (moment[k]! / momentUnit)) / (Math.sqrt(square[k]! / squareUnit) + leastRoot);
    }
  }
  const lossAfter = lossOf(u, pass(u).logSum, likedMean, ridge);
  return { userEmbedding: u, lossBefore: steps === 0 ? lossAfter : lossBefore, lossAfter };
}

/** The mean of some rows: Float64Array[dimension]. @throws RangeError for none, or for a row outside the table. */
export function meanOfRows(embeddings: Float32Array, dimension: number, rows: readonly number[]): Float64Array {
  const items = embeddings.length / dimension;
  if (rows.length === 0) throw new RangeError('softmax fit: expected one like or more, got none');
  const mean = new Float64Array(dimension);
  for (const row of rows) {
    if (!Number.isInteger(row) || row < 0 || row >= items) {
      throw new RangeError(`softmax fit: rows are 0 to ${items - 1}, got ${row}`);
    }
    for (let k = 0; k < dimension; k++) mean[k] = mean[k]! + embeddings[row * dimension + k]! / rows.length;
  }
  return mean;
}

/** One pass in float64, relative to the largest score so far (Milakov and Gimelshein 2018). */
export function softmaxPass(embeddings: Float32Array, dimension: number, u: ArrayLike<number>): SoftmaxPass {
  const mean = new Float64Array(dimension);
  let largest = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (let start = 0; start < embeddings.length; start += dimension) {
    let score = 0;
    for (let k = 0; k < dimension; k++) score += embeddings[start + k]! * u[k]!;
    if (score > largest) {
      const shrink = Math.exp(largest - score);
      total *= shrink;
      for (let k = 0; k < dimension; k++) mean[k] = mean[k]! * shrink;
      largest = score;
    }
    const weight = Math.exp(score - largest);
    total += weight;
    for (let k = 0; k < dimension; k++) mean[k] = mean[k]! + weight * embeddings[start + k]!;
  }
  for (let k = 0; k < dimension; k++) mean[k] = mean[k]! / total;
  return { mean, logSum: largest + Math.log(total) };
}

function lossOf(u: Float64Array, logSum: number, likedMean: Float64Array, ridge: number): number {
  let attraction = 0;
  let squared = 0;
  for (let k = 0; k < u.length; k++) {
    attraction += likedMean[k]! * u[k]!;
    squared += u[k]! * u[k]!;
  }
  return logSum - attraction + (ridge / 2) * squared;
}
