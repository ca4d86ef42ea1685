// Local training on tfjs's WebGL or processor backend: the steps of shared/model/objective.ts in 32-bit floats, with explicit gradients and one readback.
// Owns: the item table's tensors (V, F, V at the offset items) from `load` until the next `load` or `dispose`. Everything of one fit lives
// in one `tidy`; what leaves it is one vector, read once and disposed. No tfjs random, no optimizer, no tape.
//
//   H = V at the interactions (n x d), c and t their weights and targets, G = a0 S + ridge I, P = the inverse curvature (both from float64)
//   three times:  r = H u − t,  u ← u − P (Hᵀ(c ∘ r) + G u)
//   then          pull = c ∘ (H u − t),  e = a0 V u + pull at the interactions,  Fᵀe = a0 Fᵀ(V u) + F_Hᵀ pull
//   loss(u) = (rᵀ(c ∘ r) + uᵀ G u) / 2
import {
  add,
  concat,
  gather,
  matMul,
  mul,
  reshape,
  scalar,
  sub,
  type Tensor,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import {
  foldInLikes,
  inverseCurvature,
  likedProfile,
  localRidge,
  type ObservedRows,
  observedRows,
  trainingSteps,
} from '#shared/model/objective.ts';
import { type BackendFit, BackendUnusable, type OpenBackend } from './backend.ts';

/** Histories are padded to a power of two of at least this, so that few shapes occur and compiled kernels are used again. */
const smallestPaddedHistory = 16;

interface LoadedTable {
  readonly table: ItemTable;
  /** V: items x dimension. */
  readonly embeddings: Tensor;
  /** F: items x featureColumns. */
  readonly features: Tensor;
  /** V at the offset items: offsetRows x dimension; null without offsets. */
  readonly offsetEmbeddings: Tensor | null;
}

export class TfjsFit implements BackendFit {
  readonly #backend: OpenBackend;
  #loaded: LoadedTable | null = null;

  /** The backend must be tfjs's current one, and stay so; it is not closed here. */
  constructor(backend: OpenBackend) {
    this.#backend = backend;
  }

  /** Takes the table to the device, in place of the one before. */
  async load(table: ItemTable): Promise<void> {
    this.dispose();
    const { items, dimension, featureColumns, offsetRows } = table.model.header;
    this.#loaded = {
      table,
      embeddings: tensor2d(table.embeddings, [items, dimension], 'float32'),
      features: tensor2d(table.features.values, [items, featureColumns], 'float32'),
      offsetEmbeddings: offsetRows === 0 ? null : tensor2d(offsetRowsOf(table), [offsetRows, dimension], 'float32'),
    };
  }

  /**
   * Trains on the loaded table. Throws RangeError when nothing is loaded or a row is outside the table,
   * BackendUnusable when the device was lost, reported a fault or gave numbers that are not finite.
   */
  async train(interactions: Interactions, onProgress?: (fraction: number) => void): Promise<LocalResult> {
    const loaded = this.#loaded;
    if (loaded === null) throw new RangeError('train: expected a loaded item table, got none; call load first');
    const { table } = loaded;
    const observed = observedRows(table, interactions);
    onProgress?.(0);
    const output = this.#enqueue(loaded, observed, foldInLikes(table, interactions));
    onProgress?.(0.5);
    let numbers: Float32Array;
    try {
      numbers = (await output.data()) as Float32Array;
    } finally {
      output.dispose();
    }
    const fault = await this.#backend.fault();
    if (fault !== null) throw new BackendUnusable('fault', fault);
    if (!numbers.every(Number.isFinite)) throw new BackendUnusable('wrong', 'numbers that are not finite');
    const result = unpack(numbers, table, observed, interactions);
    onProgress?.(1);
    return result;
  }

  /** Frees the table's tensors. Safe to call twice, and after the device was lost. */
  dispose(): void {
    const loaded = this.#loaded;
    this.#loaded = null;
    loaded?.embeddings.dispose();
    loaded?.features.dispose();
    loaded?.offsetEmbeddings?.dispose();
  }

  /** The whole fit, without waiting for the device. One vector: u, Fᵀe, a0 V u at the offset items, pull, loss before, loss after. */
  #enqueue(loaded: LoadedTable, observed: ObservedRows, start: Float64Array): Tensor {
    const { table } = loaded;
    const { dimension, unobservedWeight } = table.model.header;
    const padded = padHistory(observed);
    const size = padded.rows.length;
    return tidy(() => {
      const rows = tensor1d(padded.rows, 'int32');
      const history = gather(loaded.embeddings, rows);
      const weights = tensor2d(padded.weights, [size, 1], 'float32');
      const targets = tensor2d(padded.targets, [size, 1], 'float32');
      const square: [number, number] = [dimension, dimension];
      const regularised = tensor2d(Float32Array.from(regularisedGram(table, observed)), square, 'float32');
      const inverse = tensor2d(Float32Array.from(inverseCurvature(table, observed)), square, 'float32');

      let u: Tensor = tensor2d(Float32Array.from(start), [dimension, 1], 'float32');
      let residual = sub(matMul(history, u), targets);
      let pull = mul(weights, residual);
      let shrink = matMul(regularised, u);
      const loss = () => mul(scalar(0.5), add(matMul(residual, pull, true), matMul(u, shrink, true)));
      const lossBefore = loss();
      for (let step = 0; step < trainingSteps; step++) {
        const gradient = add(matMul(history, pull, true), shrink);
        u = sub(u, matMul(inverse, gradient));
        residual = sub(matMul(history, u), targets);
        pull = mul(weights, residual);
        shrink = matMul(regularised, u);
      }
      const background = scalar(unobservedWeight);
      const errorProjection = add(
        mul(background, matMul(loaded.features, matMul(loaded.embeddings, u), true)),
        matMul(gather(loaded.features, rows), pull, true),
      );
      const parts = [u, errorProjection, pull, lossBefore, loss()];
      if (loaded.offsetEmbeddings !== null) parts.push(mul(background, matMul(loaded.offsetEmbeddings, u)));
      return concat(parts.map((part) => reshape(part, [part.size])));
    });
  }
}

/** V at the offset items, row-major. */
function offsetRowsOf(table: ItemTable): Float32Array {
  const { dimension, offsetRows } = table.model.header;
  const rows = new Float32Array(offsetRows * dimension);
  table.model.offsetItems.forEach((item, index) => {
    rows.set(table.embeddings.subarray(item * dimension, (item + 1) * dimension), index * dimension);
  });
  return rows;
}

/** The history with rows of weight 0 after it. */
function padHistory(observed: ObservedRows): { rows: Int32Array; weights: Float32Array; targets: Float32Array } {
  let size = smallestPaddedHistory;
  while (size < observed.rows.length) size *= 2;
  const rows = new Int32Array(size);
  const weights = new Float32Array(size);
  const targets = new Float32Array(size);
  rows.set(observed.rows);
  weights.set(observed.weights);
  targets.set(observed.targets);
  return { rows, weights, targets };
}

/** a0 S + ridge I: dimension x dimension, float64. */
function regularisedGram(table: ItemTable, observed: ObservedRows): Float64Array {
  const { dimension, unobservedWeight } = table.model.header;
  const matrix = table.gram.map((value) => unobservedWeight * value);
  const ridge = localRidge(table, observed);
  for (let i = 0; i < dimension; i++) matrix[i * dimension + i] = matrix[i * dimension + i]! + ridge;
  return matrix;
}

/** Splits the one vector that was read, and adds each interaction's pull to its offset item's error. */
function unpack(
  numbers: Float32Array,
  table: ItemTable,
  observed: ObservedRows,
  interactions: Interactions,
): LocalResult {
  const { dimension, featureColumns, offsetRows } = table.model.header;
  const pullAt = dimension + featureColumns;
  const lossAt = numbers.length - offsetRows - 2;
  const errorOffsets = numbers.slice(lossAt + 2);
  const pullOfItem = new Map(Array.from(observed.rows, (row, index) => [row, numbers[pullAt + index]!]));
  table.model.offsetItems.forEach((item, index) => {
    errorOffsets[index] = errorOffsets[index]! + (pullOfItem.get(item) ?? 0);
  });
  return {
    userEmbedding: numbers.slice(0, dimension),
    errorProjection: numbers.slice(dimension, pullAt),
    errorOffsets,
    likedProfile: likedProfile(table, interactions.liked),
    lossBefore: numbers[lossAt]!,
    lossAfter: numbers[lossAt + 1]!,
  };
}
