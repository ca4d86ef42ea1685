// Work over items in the WASM core. What is kept in a memory is public: rows, their scales and biases. What a call knows of a person is
// overwritten before it returns.
import type { SoftmaxPass } from '../model/softmax-fit.ts';
import {
  type BestRows,
  type CompactRows,
  checkCompact,
  checkQuery,
  checkRows,
  type ItemCore,
  type ItemRows,
  plainItems,
  type QuantisedRows,
  userUnits,
} from './items.ts';
import type { CoreMemory, CoreModule } from './module.ts';

/** Rows that are copied in at a time where a table is not kept. */
const rowsAtOnce = 4096;
/** Rows whose softmax weights are held at a time; see `softmaxMean`. */
const softmaxRows = 64;
/** Blocks of four rows are read at once, and whole vectors at the end of a row, up to four of them. */
const sparedRows = 3;
const sparedBytes = 64;

const made = new WeakMap<CoreModule, ItemCore>();

/** The WASM twin of a module, made once; the plain one without a module. */
export function itemCore(module: CoreModule | null): ItemCore {
  if (module === null) return plainItems;
  const core = made.get(module) ?? wasmItems(module);
  made.set(module, core);
  return core;
}

export function wasmItems(module: CoreModule): ItemCore {
  const memory = module.memory();
  return {
    kind: 'wasm',
    rows: (embeddings, dimension, bias) => new WasmRows(module, embeddings, dimension, bias),
    compactRows: (rows, bias) => new WasmCompactRows(module, rows, bias),
    quantise: (embeddings, dimension) => quantise(memory, embeddings, dimension),
    gramMatrix: (embeddings, _items, dimension) => gramMatrix(memory, embeddings, dimension),
  };
}

/** Where a query lies: the rows that are left out as bits, and the heap of what is best. */
interface Query {
  readonly excluded: number;
  readonly heap: number;
}

function querySizes(items: number, count: number) {
  return { excluded: Math.ceil(items / 8), heap: 8 * count };
}

function exclude(memory: CoreMemory, { excluded }: Query, items: number, rows: readonly number[]): void {
  const bits = memory.bytes(excluded, Math.ceil(items / 8));
  for (const row of rows) bits[row >> 3] = bits[row >> 3]! | (1 << (row & 7));
}

function bestRows(memory: CoreMemory, { heap }: Query, found: number): BestRows {
  const scores = memory.float32(heap, 2 * found);
  const rows = memory.uint32(heap, 2 * found);
  return {
    rows: Uint32Array.from({ length: found }, (_, i) => rows[2 * i + 1]!),
    scores: Float32Array.from({ length: found }, (_, i) => scores[2 * i]!),
  };
}

export class WasmRows implements ItemRows {
  readonly items: number;
  readonly dimension: number;
  readonly #memory: CoreMemory;
  readonly #rows: number;
  /** 0: none. */
  readonly #bias: number;

  constructor(module: CoreModule, embeddings: Float32Array, dimension: number, bias: Float32Array | null) {
    this.items = checkRows(embeddings, dimension, bias);
    this.dimension = dimension;
    this.#memory = module.memory();
    this.#rows = this.#memory.keep(4 * (embeddings.length + sparedRows * dimension) + sparedBytes);
    this.#memory.float32(this.#rows, embeddings.length).set(embeddings);
    this.#bias = keepBias(this.#memory, bias);
  }

  scores(u: ArrayLike<number>): Float32Array {
    checkQuery(this, u, 0, []);
    const { items, dimension } = this;
    return this.#memory.with({ u: 4 * dimension, out: 4 * items }, (at) => {
      this.#memory.float32(at.u, dimension).set(u);
      this.#memory.core.scores(this.#rows, items, dimension, at.u, this.#bias, at.out);
      return this.#memory.float32(at.out, items).slice();
    });
  }

  best(u: ArrayLike<number>, count: number, excluded: Iterable<number>): BestRows {
    const left = [...excluded];
    checkQuery(this, u, count, left);
    const { items, dimension } = this;
    const most = Math.min(count, items);
    return this.#memory.with({ u: 4 * dimension, ...querySizes(items, most) }, (at) => {
      this.#memory.float32(at.u, dimension).set(u);
      exclude(this.#memory, at, items, left);
      const { core } = this.#memory;
      const found = core.best(this.#rows, items, dimension, at.u, 0, 0, this.#bias, at.excluded, at.heap, most);
      return bestRows(this.#memory, at, found);
    });
  }

  softmaxPass(u: ArrayLike<number>): SoftmaxPass {
    checkQuery(this, u, 0, []);
    const { items, dimension } = this;
    const memory = this.#memory;
    const sizes = { u: 4 * dimension, mean: 8 * (dimension + 15), weights: 4 * softmaxRows, largest: 8 };
    return memory.with(sizes, (at) => {
      memory.float32(at.u, dimension).set(u);
      const total = memory.core.softmaxMean(this.#rows, items, dimension, at.u, at.mean, at.weights, at.largest);
      const mean = memory.float64(at.mean, dimension).slice();
      return { mean, logSum: memory.float64(at.largest, 1)[0]! + Math.log(total) };
    });
  }
}

class WasmCompactRows implements CompactRows {
  readonly items: number;
  readonly dimension: number;
  readonly #memory: CoreMemory;
  readonly #rows: number;
  readonly #scales: number;
  readonly #bias: number;

  constructor(module: CoreModule, rows: QuantisedRows, bias: Float32Array | null) {
    checkCompact(rows);
    this.items = checkRows(rows.values, rows.dimension, bias);
    this.dimension = rows.dimension;
    this.#memory = module.memory();
    this.#rows = this.#memory.keep(rows.values.length + sparedRows * this.dimension + sparedBytes);
    this.#memory.int8(this.#rows, rows.values.length).set(rows.values);
    this.#scales = keepBias(this.#memory, rows.scales);
    this.#bias = keepBias(this.#memory, bias);
  }

  best(u: ArrayLike<number>, count: number, excluded: Iterable<number>): BestRows {
    const left = [...excluded];
    checkQuery(this, u, count, left);
    const { items, dimension } = this;
    const most = Math.min(count, items);
    const { values, unit } = userUnits(u);
    return this.#memory.with({ u: 2 * dimension, ...querySizes(items, most) }, (at) => {
      this.#memory.int16(at.u, dimension).set(values);
      values.fill(0);
      exclude(this.#memory, at, items, left);
      const { core } = this.#memory;
      const { excluded: bits, heap } = at;
      const found = core.best(this.#rows, items, dimension, at.u, this.#scales, unit, this.#bias, bits, heap, most);
      return bestRows(this.#memory, at, found);
    });
  }
}

/** The address of one number for each row, or 0. */
function keepBias(memory: CoreMemory, bias: Float32Array | null): number {
  if (bias === null) return 0;
  const address = memory.keep(4 * bias.length);
  memory.float32(address, bias.length).set(bias);
  return address;
}

function quantise(memory: CoreMemory, embeddings: Float32Array, dimension: number): QuantisedRows {
  const items = checkRows(embeddings, dimension, null);
  const values = new Int8Array(embeddings.length);
  const scales = new Float32Array(items);
  for (let first = 0; first < items; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, items - first);
    const [start, end] = [first * dimension, (first + count) * dimension];
    memory.with({ rows: 4 * (end - start), values: end - start, scales: 4 * count }, (at) => {
      memory.float32(at.rows, end - start).set(embeddings.subarray(start, end));
      memory.core.quantise(at.rows, count, dimension, at.values, at.scales);
      values.set(memory.int8(at.values, end - start), start);
      scales.set(memory.float32(at.scales, count), first);
    });
  }
  return { items, dimension, values, scales };
}

const toFour = (columns: number) => Math.ceil(columns / 4) * 4;

/** AᵀB over all rows, f64: aColumns x bColumns. `b` null: AᵀA, exactly symmetric. */
export function tableProduct(
  memory: CoreMemory,
  a: Float32Array,
  aColumns: number,
  b: Float32Array | null,
  bColumns: number,
): Float64Array {
  const rows = a.length / aColumns;
  const out = new Float64Array(aColumns * bColumns);
  const width = toFour(bColumns);
  const most = Math.min(rowsAtOnce, rows);
  const sizes = { a: 4 * most * aColumns, b: b === null ? 0 : 4 * most * bColumns, out: 8 * toFour(aColumns) * width };
  memory.with(sizes, (at) => {
    for (let first = 0; first < rows; first += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - first);
      const copy = (address: number, from: Float32Array, columns: number) =>
        memory.float32(address, count * columns).set(from.subarray(first * columns, (first + count) * columns));
      copy(at.a, a, aColumns);
      if (b !== null) copy(at.b, b, bColumns);
      const isGram = b === null;
      memory.core.addProduct(at.a, aColumns, isGram ? at.a : at.b, bColumns, count, at.out, isGram ? 1 : 0);
    }
    const padded = memory.float64(at.out, toFour(aColumns) * width);
    for (let i = 0; i < aColumns; i++) {
      for (let j = 0; j < bColumns; j++) {
        out[i * bColumns + j] = b === null && j > i ? padded[j * width + i]! : padded[i * width + j]!;
      }
    }
  });
  return out;
}

function gramMatrix(memory: CoreMemory, embeddings: Float32Array, dimension: number): Float64Array {
  checkRows(embeddings, dimension, null);
  return tableProduct(memory, embeddings, dimension, null, dimension);
}
