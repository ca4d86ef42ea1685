// Several local steps on the device before one upload: FedAvg (McMahan et al. 2017) and FedProx (Li et al. 2020) for `reconstruction`.
// A step: u is trained on the local item side, the gradient of the item side is taken there, and the local item side moves against it. FedProx
// adds mu (local - global) to the gradient, so that a device with much data of one kind does not run away.
// What is uploaded is the mean of the steps' gradients. With one step that is the plain update, bit for bit, whatever mu is (at the first step
// local and global are the same); and with mu = 0 FedProx is FedAvg, bit for bit.
// A device that manages fewer steps than asked uploads the mean over those. It counts as much as the others: a mean of few steps is no smaller, and
// weights in proportion would leave a fleet of mixed speeds with a smaller cohort than it has.
import { blockOf, forEachInBlock } from './blocks.ts';
import type { Interactions, ItemTable, Layout, LocalResult, ReconstructionModel } from './model.ts';
import { trainReference } from './objective.ts';
import { materialise } from './table.ts';
import { clientUpdate, projectionColumns } from './update.ts';

export interface LocalSteps {
  /** Steps done on this device, 1 or more. */
  readonly steps: number;
  /** How far the local item side moves along a gradient. */
  readonly rate: number;
  /** mu of FedProx; 0: FedAvg. */
  readonly proxMu: number;
}

/** Where the standard local rate comes from: see `tacit evaluate --local-steps`; larger ones lose quality on MovieLens 100K. */
export const defaultLocalRate = 0.1;

/**
 * The local training of one update, step by step: train on `table`, hand the result to `add`, and again until `isComplete` or time is up. Who
 * drives it chooses the trainer, and looks at the clock between two steps.
 */
export class LocalTraining {
  readonly #global: ItemTable;
  readonly #layout: Layout;
  readonly #options: LocalSteps;
  #table: ItemTable;
  /** Sum of the steps' gradients. */
  #total: Float64Array | null = null;
  #done = 0;

  /** @throws RangeError for numbers out of range. The layout is checked against the model with the first result. */
  constructor(table: ItemTable, layout: Layout, options: LocalSteps) {
    const { steps, rate, proxMu } = options;
    if (!Number.isInteger(steps) || steps < 1) throw new RangeError(`${steps} local steps, expected 1 or more`);
    if (!(rate > 0) || !(proxMu >= 0))
      throw new RangeError(`local rate ${rate} and mu ${proxMu}, expected above 0 and 0 or more`);
    this.#global = table;
    this.#layout = layout;
    this.#options = options;
    this.#table = table;
  }

  /** The item side to train on next: the published one, then moved against each step's gradient. */
  get table(): ItemTable {
    return this.#table;
  }

  /** Steps done. */
  get done(): number {
    return this.#done;
  }

  get isComplete(): boolean {
    return this.#done === this.#options.steps;
  }

  /** Takes what training on `table` gave, and moves the table for the next step if there is one. */
  add(result: LocalResult): void {
    const { model } = this.#table;
    const gradient = clientUpdate(result, model, this.#layout);
    if (this.#done > 0 && this.#options.proxMu > 0) {
      addPull(gradient, this.#layout, model, this.#global.model, this.#options.proxMu);
    }
    const total = this.#total;
    if (total === null) this.#total = gradient.slice();
    else for (let index = 0; index < total.length; index++) total[index] = total[index]! + gradient[index]!;
    this.#done++;
    if (this.isComplete) return;
    const moved = stepped(model, this.#layout, gradient, this.#options.rate);
    this.#table = materialise(moved, this.#global.features);
  }

  /** The mean of the steps so far, each part within its clipping bound: a new Float64Array[layout.length]. @throws RangeError before the first step. */
  update(): Float64Array {
    if (this.#total === null) throw new RangeError('expected a step to be done before the update is asked for');
    if (this.#done === 1) return this.#total.slice();
    return clipped(
      this.#total.map((value) => value / this.#done),
      this.#layout,
    );
  }
}

/**
 * Trains in all steps at once.
 * @param train the trainer of one step. Default: the reference.
 * @returns the update: a new Float64Array[layout.length], each part within its clipping bound.
 * @throws RangeError for numbers out of range, or a layout that does not fit the model.
 */
export function localUpdate(
  table: ItemTable,
  interactions: Interactions,
  layout: Layout,
  options: LocalSteps,
  train: (table: ItemTable, interactions: Interactions) => LocalResult = trainReference,
): Float64Array {
  const training = new LocalTraining(table, layout, options);
  while (!training.isComplete) training.add(train(training.table, interactions));
  return training.update();
}

/** The item side after a step against the gradient. */
function stepped(
  model: ReconstructionModel,
  layout: Layout,
  gradient: Float64Array,
  rate: number,
): ReconstructionModel {
  const projection = model.projection.slice();
  const offsets = model.offsets.slice();
  forEachNumber(layout, model, (at, array, index) => {
    const values = array === 'offsets' ? offsets : projection;
    values[index] = values[index]! - rate * gradient[at]!;
  });
  return { ...model, projection, offsets };
}

/** gradient += mu (local - global), in place: the gradient of mu/2 |local - global|². */
function addPull(
  gradient: Float64Array,
  layout: Layout,
  local: ReconstructionModel,
  global: ReconstructionModel,
  mu: number,
): void {
  forEachNumber(layout, global, (at, array, index) => {
    gradient[at] = gradient[at]! + mu * (local[array][index]! - global[array][index]!);
  });
}

/** Visits the numbers of the layout that are numbers of the model: their place in the update and in the model's array. */
function forEachNumber(
  layout: Layout,
  model: ReconstructionModel,
  visit: (at: number, array: 'projection' | 'offsets', index: number) => void,
): void {
  const { dimension, featureColumns } = model.header;
  let at = 0;
  for (const part of layout.parts) {
    if (part.name === 'offsets') {
      const start = at;
      forEachInBlock(blockOf(part, model.header), dimension, (place, index) => visit(start + place, 'offsets', index));
    } else if (part.name === 'projection') {
      const columns = projectionColumns(part);
      const firstRow = featureColumns - part.rows;
      for (let row = 0; row < part.rows; row++) {
        for (let k = 0; k < columns; k++) visit(at + row * columns + k, 'projection', (firstRow + row) * dimension + k);
      }
    }
    at += part.length;
  }
}

/** Each part within its bound again, in place: the pull may have lengthened it. */
function clipped(update: Float64Array, layout: Layout): Float64Array {
  let at = 0;
  for (const part of layout.parts) {
    let squared = 0;
    for (let index = at; index < at + part.length; index++) squared += update[index]! ** 2;
    const factor = part.clippingBoundL2 / Math.sqrt(squared);
    if (factor < 1) for (let index = at; index < at + part.length; index++) update[index] = update[index]! * factor;
    at += part.length;
  }
  return update;
}
