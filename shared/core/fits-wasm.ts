// One device's fits in the WASM core, in float64. What a call knows of a person is overwritten before it returns; what is kept is public.
import type { Features, Interactions, ItemTable, LocalResult } from '../model/model.ts';
import { likedProfile, localRidge, type ObservedRows, observedRows, trainingSteps } from '../model/objective.ts';
import { type FitCore, type LocalTrainer, plainFits } from './fits.ts';
import { tableProduct, WasmRows } from './items-wasm.ts';
import type { CoreMemory, CoreModule } from './module.ts';

const made = new WeakMap<CoreModule, FitCore>();

/** The WASM twin of a module, made once; the plain one without a module. */
export function fitCore(module: CoreModule | null): FitCore {
  if (module === null) return plainFits;
  const core = made.get(module) ?? wasmFits(module);
  made.set(module, core);
  return core;
}

export function wasmFits(module: CoreModule): FitCore {
  const memory = module.memory();
  return {
    kind: 'wasm',
    foldIn: (table, interactions) => foldIn(memory, table, interactions),
    trainer: (table) => new WasmTrainer(module, memory, table),
  };
}

/** The areas of one device's objective, in float64 with an even number of columns. */
function objectiveSizes(dimension: number, observed: number) {
  const size = dimension + (dimension & 1);
  return {
    gram: 8 * size * size,
    matrix: 8 * size * size,
    rows: 8 * size * observed,
    weights: 8 * observed,
    targets: 8 * observed,
    pulls: 8 * observed,
    u: 8 * size,
    gradient: 8 * size,
  };
}

type ObjectiveAreas = { readonly [name in keyof ReturnType<typeof objectiveSizes>]: number };

/** One device's objective in a memory. It holds what a person did: it lives as long as the call. */
class LocalObjective {
  readonly #memory: CoreMemory;
  readonly #at: ObjectiveAreas;
  readonly #table: ItemTable;
  readonly #size: number;
  readonly observed: ObservedRows;

  constructor(memory: CoreMemory, at: ObjectiveAreas, table: ItemTable, observed: ObservedRows) {
    const { dimension } = table.model.header;
    this.#memory = memory;
    this.#at = at;
    this.#table = table;
    this.#size = dimension + (dimension & 1);
    this.observed = observed;
    for (let i = 0; i < dimension; i++) {
      const row = table.gram.subarray(i * dimension, (i + 1) * dimension);
      memory.float64(at.gram + 8 * i * this.#size, dimension).set(row);
    }
    const { rows, weights, targets } = observed;
    rows.forEach((row, index) => {
      const embedding = table.embeddings.subarray(row * dimension, (row + 1) * dimension);
      memory.float64(at.rows + 8 * index * this.#size, dimension).set(embedding);
    });
    memory.float64(at.weights, rows.length).set(weights);
    memory.float64(at.targets, rows.length).set(targets);
  }

  get u(): Float64Array {
    return this.#memory.float64(this.#at.u, this.#table.model.header.dimension);
  }

  get pulls(): Float64Array {
    return this.#memory.float64(this.#at.pulls, this.observed.rows.length);
  }

  /** The curvature over the first `count` interactions, factorised; `u` becomes what solves it. */
  minimise(count: number): void {
    const { dimension, unobservedWeight } = this.#table.model.header;
    const { gram, rows, weights, targets, matrix, gradient } = this.#at;
    const { core } = this.#memory;
    const size = this.#size;
    const ridge = this.#ridge(count);
    core.assemble(gram, size, rows, weights, targets, count, unobservedWeight, ridge, matrix, gradient);
    if (size > dimension) this.#memory.float64(matrix, size * size)[size * size - 1] = 1;
    if (core.factorise(matrix, size) === 0) throw new RangeError('matrix is not positive definite');
    core.solve(matrix, size, gradient);
    this.u.set(this.#memory.float64(gradient, dimension));
  }

  /** The loss over all interactions at u; leaves the gradient, and the pulls of the interactions. */
  differentiate(): number {
    const { unobservedWeight } = this.#table.model.header;
    const { gram, rows, weights, targets, u, gradient, pulls } = this.#at;
    const { length } = this.observed.rows;
    const ridge = this.#ridge(length);
    const { core } = this.#memory;
    return core.differentiate(
      gram,
      this.#size,
      rows,
      weights,
      targets,
      length,
      unobservedWeight,
      ridge,
      u,
      gradient,
      pulls,
    );
  }

  /** u -= A⁻¹ gradient, with A as it was factorised last. */
  step(): void {
    const { matrix, gradient } = this.#at;
    this.#memory.core.solve(matrix, this.#size, gradient);
    const { u } = this;
    const change = this.#memory.float64(gradient, u.length);
    for (let k = 0; k < u.length; k++) u[k] = u[k]! - change[k]!;
  }

  #ridge(count: number): number {
    const { rows, weights, targets } = this.observed;
    const first = { rows: rows.subarray(0, count), weights: weights.subarray(0, count), targets };
    return localRidge(this.#table, first);
  }
}

function foldIn(memory: CoreMemory, table: ItemTable, interactions: Interactions): Float32Array {
  const observed = observedRows(table, interactions);
  const { length } = observed.rows;
  return memory.with(objectiveSizes(table.model.header.dimension, length), (at) => {
    const objective = new LocalObjective(memory, at, table, observed);
    objective.minimise(length);
    return Float32Array.from(objective.u);
  });
}

/** FᵀF of each F that there was, as long as it lives: a new model has the same F. */
const featureGrams = new WeakMap<Features, Float64Array>();

/** FᵀV = (FᵀF) W + F_OᵀO, featureColumns x dimension: only an F that is new is walked. */
function featureProduct(memory: CoreMemory, { model, features }: ItemTable): Float64Array {
  const { dimension, featureColumns, offsetRows } = model.header;
  const { values } = features;
  const gram = featureGrams.get(features) ?? tableProduct(memory, values, featureColumns, null, featureColumns);
  featureGrams.set(features, gram);
  let product: Float64Array = new Float64Array(featureColumns * dimension);
  if (offsetRows > 0) {
    const rows = new Float32Array(offsetRows * featureColumns);
    model.offsetItems.forEach((item, index) => {
      rows.set(values.subarray(item * featureColumns, (item + 1) * featureColumns), index * featureColumns);
    });
    product = tableProduct(memory, rows, featureColumns, model.offsets, dimension);
  }
  model.projection.forEach((weight, index) => {
    // W is mostly zeros at the start.
    if (weight === 0) return;
    const k = index % dimension;
    const row = (index - k) / dimension;
    for (let column = 0; column < featureColumns; column++) {
      const at = column * dimension + k;
      product[at] = product[at]! + gram[column * featureColumns + row]! * weight;
    }
  });
  return product;
}

/**
 * Local training whose work does not grow with the catalogue: e is a0 V u but for the interactions, so Fᵀe = a0 (FᵀV) u + Σ_j pull_j f_j, and FᵀV
 * is computed once a table.
 */
class WasmTrainer implements LocalTrainer {
  readonly #memory: CoreMemory;
  readonly #table: ItemTable;
  /** FᵀV: featureColumns x dimension. */
  readonly #featureProduct: Float64Array;
  /** V at the offset items. */
  readonly #offsetRows: WasmRows | null;

  constructor(module: CoreModule, memory: CoreMemory, table: ItemTable) {
    const { dimension, offsetRows } = table.model.header;
    this.#memory = memory;
    this.#table = table;
    this.#featureProduct = featureProduct(memory, table);
    const rows = new Float32Array(offsetRows * dimension);
    table.model.offsetItems.forEach((item, index) => {
      rows.set(table.embeddings.subarray(item * dimension, (item + 1) * dimension), index * dimension);
    });
    this.#offsetRows = offsetRows === 0 ? null : new WasmRows(module, rows, dimension, null);
  }

  train(interactions: Interactions): LocalResult {
    const { dimension } = this.#table.model.header;
    const observed = observedRows(this.#table, interactions);
    const { length } = observed.rows;
    return this.#memory.with(objectiveSizes(dimension, length), (at) => {
      const objective = new LocalObjective(this.#memory, at, this.#table, observed);
      // The likes come first among the interactions.
      objective.minimise(interactions.liked.length);
      const start = objective.u.slice();
      objective.minimise(length);
      objective.u.set(start);
      const lossBefore = objective.differentiate();
      for (let step = 0; step < trainingSteps; step++) {
        if (step > 0) objective.differentiate();
        objective.step();
      }
      const lossAfter = objective.differentiate();
      const userEmbedding = Float32Array.from(objective.u);
      start.fill(0);
      // The errors are those of the embedding as it is used: in float32.
      objective.u.set(userEmbedding);
      objective.differentiate();
      return {
        userEmbedding,
        errorProjection: this.#errorProjection(userEmbedding, observed, objective.pulls),
        errorOffsets: this.#errorOffsets(userEmbedding, observed, objective.pulls),
        likedProfile: likedProfile(this.#table, interactions.liked),
        lossBefore,
        lossAfter,
      };
    });
  }

  #errorProjection(u: Float32Array, { rows }: ObservedRows, pulls: Float64Array): Float32Array {
    const { dimension, featureColumns, unobservedWeight } = this.#table.model.header;
    const { values } = this.#table.features;
    const projected = new Float64Array(featureColumns);
    for (let column = 0; column < featureColumns; column++) {
      let sum = 0;
      for (let k = 0; k < dimension; k++) sum += this.#featureProduct[column * dimension + k]! * u[k]!;
      projected[column] = unobservedWeight * sum;
    }
    rows.forEach((row, index) => {
      const start = row * featureColumns;
      for (let column = 0; column < featureColumns; column++) {
        projected[column] = projected[column]! + pulls[index]! * values[start + column]!;
      }
    });
    return Float32Array.from(projected);
  }

  #errorOffsets(u: Float32Array, { rows }: ObservedRows, pulls: Float64Array): Float32Array {
    if (this.#offsetRows === null) return new Float32Array(0);
    const { unobservedWeight } = this.#table.model.header;
    const errors = this.#offsetRows.scores(u);
    const pullOfItem = new Map(Array.from(rows, (row, index) => [row, pulls[index]!]));
    this.#table.model.offsetItems.forEach((item, index) => {
      errors[index] = unobservedWeight * errors[index]! + (pullOfItem.get(item) ?? 0);
    });
    return errors;
  }
}
