// The item table: what a device computes once for each published model. V = F W + O and its Gram matrix S = VᵀV.
import type { ItemCore } from '../core/items.ts';
import type { Features, ItemTable, Model, ReconstructionModel } from './model.ts';

/** @throws RangeError when model and features are of different shape. */
export function checkFeatures({ header }: Model, features: Features): void {
  const { items, featureColumns } = header;
  if (features.items !== items || features.columns !== featureColumns) {
    throw new RangeError(
      `features are ${features.items} x ${features.columns}, the model expects ${items} x ${featureColumns}`,
    );
  }
}

/**
 * Computes V and S.
 * @param core what computes S and V u; this file's loops unless said otherwise, for who needs the same bits everywhere.
 * @throws RangeError when model and features are of different shape.
 * @returns a table that refers to (does not copy) the model and the features.
 */
export function materialise(model: ReconstructionModel, features: Features, core: ItemCore | null = null): ItemTable {
  checkFeatures(model, features);
  const { items, dimension, featureColumns } = model.header;
  const embeddings = new Float32Array(items * dimension);
  // W is mostly zeros at the start (each component has one dimension), so only its non-zero entries are walked.
  const entries: { column: number; k: number; weight: number }[] = [];
  model.projection.forEach((weight, index) => {
    if (weight !== 0) entries.push({ column: Math.floor(index / dimension), k: index % dimension, weight });
  });
  const row = new Float64Array(dimension);
  for (let item = 0; item < items; item++) {
    row.fill(0);
    const start = item * featureColumns;
    for (const { column, k, weight } of entries) row[k] = row[k]! + features.values[start + column]! * weight;
    embeddings.set(row, item * dimension);
  }
  model.offsetItems.forEach((item, index) => {
    for (let k = 0; k < dimension; k++) {
      const at = item * dimension + k;
      embeddings[at] = embeddings[at]! + model.offsets[index * dimension + k]!;
    }
  });
  if (core === null) return { model, features, embeddings, gram: gramMatrix(embeddings, items, dimension) };
  let rows: ReturnType<ItemCore['rows']> | null = null;
  return {
    model,
    features,
    embeddings,
    gram: core.gramMatrix(embeddings, items, dimension),
    products(u) {
      // Not before somebody asks: the core may take a copy of V.
      rows ??= core.rows(embeddings, dimension, null);
      return rows.scores(u);
    },
  };
}

/** S = VᵀV in float64: dimension x dimension, exactly symmetric. */
export function gramMatrix(embeddings: Float32Array, items: number, dimension: number): Float64Array {
  const gram = new Float64Array(dimension * dimension);
  for (let item = 0; item < items; item++) {
    const start = item * dimension;
    for (let i = 0; i < dimension; i++) {
      const left = embeddings[start + i]!;
      if (left === 0) continue;
      for (let j = 0; j <= i; j++) gram[i * dimension + j] = gram[i * dimension + j]! + left * embeddings[start + j]!;
    }
  }
  for (let i = 0; i < dimension; i++) {
    for (let j = i + 1; j < dimension; j++) gram[i * dimension + j] = gram[j * dimension + i]!;
  }
  return gram;
}
