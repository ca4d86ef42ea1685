// What a device computes over items: scores and the best rows, passes of the softmax fit, the Gram matrix, rows in eight bits. One interface with two twins: this file's, in plain
// JavaScript, and the WASM core's (items-wasm.ts). Floats agree to 1e-4 relative, rows in eight bits and their scores bit for bit.
import { topRows } from '../evaluation/metrics.ts';
import { type SoftmaxPass, softmaxPass } from '../model/softmax-fit.ts';
import { gramMatrix } from '../model/table.ts';

export interface ItemCore {
  readonly kind: 'wasm' | 'plain';
  /**
   * Takes rows in, so that each call only brings a user embedding.
   * @param embeddings items x dimension, row-major, finite; copied, or kept as they are. @param bias what is added to each score; null: nothing.
   */
  rows(embeddings: Float32Array, dimension: number, bias: Float32Array | null): ItemRows;
  /** The same for rows in eight bits. */
  compactRows(rows: QuantisedRows, bias: Float32Array | null): CompactRows;
  /** Each row as whole numbers of -127 to 127 times its scale: a quarter of the bytes. Ties go to the even number. */
  quantise(embeddings: Float32Array, dimension: number): QuantisedRows;
  /** S = VᵀV, as `gramMatrix` of shared/model/table.ts. */
  gramMatrix(embeddings: Float32Array, items: number, dimension: number): Float64Array;
}

/** Highest score first; equal scores by ascending row. */
export interface BestRows {
  readonly rows: Uint32Array;
  readonly scores: Float32Array;
}

export interface CompactRows {
  readonly items: number;
  readonly dimension: number;
  /**
   * The `count` rows of highest score v_rowᵀu + bias_row without those excluded; fewer where there are not so many. NaN is never among them.
   * @param u finite, length dimension. @throws RangeError for another length, or an excluded row outside the table.
   */
  best(u: ArrayLike<number>, count: number, excluded: Iterable<number>): BestRows;
}

export interface ItemRows extends CompactRows {
  /** All scores: Float32Array[items], the caller's. */
  scores(u: ArrayLike<number>): Float32Array;
  /** One pass of the softmax fit of shared/model/softmax-fit.ts, without the bias. */
  softmaxPass(u: ArrayLike<number>): SoftmaxPass;
}

export interface QuantisedRows {
  readonly items: number;
  readonly dimension: number;
  /** items x dimension, row-major. */
  readonly values: Int8Array;
  /** Of each row. */
  readonly scales: Float32Array;
}

/** Sums of products of eight and fifteen bits stay below 2^31 up to here. */
export const maximumCompactDimension = 1024;
const mostUserUnits = 2 ** 14 - 1;

/** u in whole numbers of -16,383 to 16,383 times a unit, so that scores of rows in eight bits are exact sums. */
export function userUnits(u: ArrayLike<number>): { readonly values: Int16Array; readonly unit: number } {
  let largest = 0;
  for (let k = 0; k < u.length; k++) largest = Math.max(largest, Math.abs(u[k]!));
  const factor = largest === 0 ? 0 : mostUserUnits / largest;
  return {
    values: Int16Array.from(u, (value) => Math.round(value * factor)),
    unit: Math.fround(largest / mostUserUnits),
  };
}

/** Throws RangeError unless `embeddings` are whole rows; returns how many. */
export function checkRows(embeddings: ArrayLike<number>, dimension: number, bias: Float32Array | null): number {
  const items = embeddings.length / dimension;
  if (!Number.isInteger(dimension) || dimension < 1 || !Number.isInteger(items) || items < 1) {
    throw new RangeError(`item rows: expected whole rows of ${dimension} numbers, got ${embeddings.length} numbers`);
  }
  if (bias !== null && bias.length !== items) {
    throw new RangeError(`item rows: expected a bias for each of ${items} rows, got ${bias.length}`);
  }
  return items;
}

/** Throws RangeError for a user embedding of another length, a count that is none, or an excluded row that there is not. */
export function checkQuery(
  rows: { readonly items: number; readonly dimension: number },
  u: ArrayLike<number>,
  count: number,
  excluded: readonly number[],
): void {
  if (u.length !== rows.dimension) {
    throw new RangeError(`user embedding: expected ${rows.dimension} numbers, got ${u.length}`);
  }
  if (!Number.isInteger(count) || count < 0) throw new RangeError(`best: expected a whole count, got ${count}`);
  const outside = excluded.find((row) => !Number.isInteger(row) || row < 0 || row >= rows.items);
  if (outside !== undefined) throw new RangeError(`best: rows are 0 to ${rows.items - 1}, got ${outside}`);
}

export function checkCompact(rows: QuantisedRows): void {
  checkRows(rows.values, rows.dimension, rows.scales);
  if (rows.dimension > maximumCompactDimension) {
    throw new RangeError(
      `compact rows: expected at most ${maximumCompactDimension} numbers a row, got ${rows.dimension}`,
    );
  }
}

export const plainItems: ItemCore = {
  kind: 'plain',
  rows: (embeddings, dimension, bias) => new PlainRows(embeddings, dimension, bias),
  compactRows: (rows, bias) => new PlainCompactRows(rows, bias),
  quantise,
  gramMatrix,
};

class PlainRows implements ItemRows {
  readonly items: number;
  readonly dimension: number;
  readonly #embeddings: Float32Array;
  readonly #bias: Float32Array | null;

  constructor(embeddings: Float32Array, dimension: number, bias: Float32Array | null) {
    this.items = checkRows(embeddings, dimension, bias);
    this.dimension = dimension;
    this.#embeddings = embeddings;
    this.#bias = bias;
  }

  scores(u: ArrayLike<number>): Float32Array {
    checkQuery(this, u, 0, []);
    const { dimension } = this;
    const scores = new Float32Array(this.items);
    for (let row = 0; row < scores.length; row++) {
      let score = this.#bias === null ? 0 : this.#bias[row]!;
      const start = row * dimension;
      for (let k = 0; k < dimension; k++) score += this.#embeddings[start + k]! * u[k]!;
      scores[row] = score;
    }
    return scores;
  }

  best(u: ArrayLike<number>, count: number, excluded: Iterable<number>): BestRows {
    const left = [...excluded];
    checkQuery(this, u, count, left);
    return bestOf(this.scores(u), count, left);
  }

  softmaxPass(u: ArrayLike<number>): SoftmaxPass {
    checkQuery(this, u, 0, []);
    return softmaxPass(this.#embeddings, this.dimension, u);
  }
}

class PlainCompactRows implements CompactRows {
  readonly items: number;
  readonly dimension: number;
  readonly #rows: QuantisedRows;
  readonly #bias: Float32Array | null;

  constructor(rows: QuantisedRows, bias: Float32Array | null) {
    checkCompact(rows);
    this.items = checkRows(rows.values, rows.dimension, bias);
    this.dimension = rows.dimension;
    this.#rows = rows;
    this.#bias = bias;
  }

  best(u: ArrayLike<number>, count: number, excluded: Iterable<number>): BestRows {
    const left = [...excluded];
    checkQuery(this, u, count, left);
    const { dimension } = this;
    const { values, scales } = this.#rows;
    const { values: units, unit } = userUnits(u);
    const scores = new Float32Array(this.items);
    for (let row = 0; row < scores.length; row++) {
      let sum = 0;
      const start = row * dimension;
      for (let k = 0; k < dimension; k++) sum += values[start + k]! * units[k]!;
      // Each step in float32, as the WASM core takes it.
      const score = Math.fround(Math.fround(Math.fround(sum) * scales[row]!) * unit);
      scores[row] = this.#bias === null ? score : score + this.#bias[row]!;
    }
    return bestOf(scores, count, left);
  }
}

function bestOf(scores: Float32Array, count: number, excluded: readonly number[]): BestRows {
  const rows = topRows(scores, excluded, count).filter((row) => !Number.isNaN(scores[row]!));
  return { rows, scores: Float32Array.from(rows, (row) => scores[row]!) };
}

function quantise(embeddings: Float32Array, dimension: number): QuantisedRows {
  const items = checkRows(embeddings, dimension, null);
  const values = new Int8Array(embeddings.length);
  const scales = new Float32Array(items);
  for (let row = 0; row < items; row++) {
    const start = row * dimension;
    let largest = 0;
    for (let k = 0; k < dimension; k++) largest = Math.max(largest, Math.abs(embeddings[start + k]!));
    scales[row] = largest / 127;
    const factor = largest === 0 ? 0 : Math.fround(127 / largest);
    for (let k = 0; k < dimension; k++) values[start + k] = nearestEven(Math.fround(embeddings[start + k]! * factor));
  }
  return { items, dimension, values, scales };
}

/** Rounds to the nearest whole number, ties to the even one. */
function nearestEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
