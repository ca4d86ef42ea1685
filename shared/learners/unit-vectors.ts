// Vectors of length 1 for all items, whose products are cosines: what 'similar' means to a learner. An item about which nothing is known has
// zeros, and is like nothing.

/** Shorter vectors say nothing. */
const leastLength = 1e-12;

export class UnitVectors {
  readonly items: number;
  readonly dimension: number;
  readonly #values: Float32Array;

  /** @param vectors items x dimension, row-major; not kept. */
  constructor(vectors: Float64Array, items: number, dimension: number) {
    this.items = items;
    this.dimension = dimension;
    this.#values = new Float32Array(items * dimension);
    for (let row = 0; row < items; row++) {
      const start = row * dimension;
      let squared = 0;
      for (let k = 0; k < dimension; k++) squared += vectors[start + k]! ** 2;
      const length = Math.sqrt(squared);
      if (!(length > leastLength) || !Number.isFinite(length)) continue;
      for (let k = 0; k < dimension; k++) this.#values[start + k] = vectors[start + k]! / length;
    }
  }

  /** -1 to 1, up to rounding; 0 where one of the two is unknown. */
  cosine(a: number, b: number): number {
    const from = a * this.dimension;
    const to = b * this.dimension;
    let product = 0;
    for (let k = 0; k < this.dimension; k++) product += this.#values[from + k]! * this.#values[to + k]!;
    return product;
  }
}

/**
 * The items most like one, most similar first, ties by row, without the item itself.
 * @throws RangeError for a row outside the model.
 */
export function mostSimilar(units: UnitVectors, row: number, count: number): { row: number; score: number }[] {
  const { items } = units;
  if (!Number.isInteger(row) || row < 0 || row >= items) throw new RangeError(`row ${row}: rows are 0 to ${items - 1}`);
  const scores = Float64Array.from({ length: items }, (_, item) => units.cosine(row, item));
  const rows = Array.from(scores, (_, item) => item).filter((item) => item !== row);
  rows.sort((a, b) => scores[b]! - scores[a]! || a - b);
  return rows.slice(0, Math.max(0, count)).map((item) => ({ row: item, score: scores[item]! }));
}
