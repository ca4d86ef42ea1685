// Several local steps on the device before one upload: FedAvg (McMahan et al. 2017) and FedProx (Li et al. 2020) for `reconstruction`.
// A step: u is trained on the local item side, the gradient of the item side is taken there, and the local item side moves against it. FedProx
// adds mu (local - global) to the gradient, so that a device with much data of one kind does not run away.
// What is uploaded is the mean of the steps' gradients. With one step that is the plain update, bit for bit, whatever mu is (at the first step
// local and global are the same); and with mu = 0 FedProx is FedAvg, bit for bit.
// A device that manages fewer steps than asked uploads the mean over those. It counts as much as the others: a mean of few steps is no smaller, and
// weights in proportion would leave a fleet of mixed speeds with a smaller cohort than it has.
import type { Interactions, ItemTable, Layout, LocalResult, Model } from './model.ts';
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
 * Trains in several steps.
 * @param train the trainer of one step. Default: the reference.
 * @returns the update: a new Float64Array[layout.length], each part within its clipping bound.
 * @throws RangeError for numbers out of range, or a layout that does not fit the model.
 */
export function localUpdate(
  table: ItemTable,
  interactions: Interactions,
  layout: Layout,
  { steps, rate, proxMu }: LocalSteps,
  train: (table: ItemTable, interactions: Interactions) => LocalResult = trainReference,
): Float64Array {
  if (!Number.isInteger(steps) || steps < 1) throw new RangeError(`${steps} local steps, expected 1 or more`);
  if (!(rate > 0) || !(proxMu >= 0))
    throw new RangeError(`local rate ${rate} and mu ${proxMu}, expected above 0 and 0 or more`);
  const { model, features } = table;
  const first = clientUpdate(train(table, interactions), model, layout);
  if (steps === 1) return first;
  const total = first.slice();
  let gradient = first;
  let local = model;
  for (let step = 1; step < steps; step++) {
    local = stepped(local, layout, gradient, rate);
    gradient = clientUpdate(train(materialise(local, features), interactions), local, layout);
    if (proxMu > 0) addPull(gradient, layout, local, model, proxMu);
    for (let index = 0; index < total.length; index++) total[index] = total[index]! + gradient[index]!;
  }
  for (let index = 0; index < total.length; index++) total[index] = total[index]! / steps;
  return clipped(total, layout);
}

/** The item side after a step against the gradient. */
function stepped(model: Model, layout: Layout, gradient: Float64Array, rate: number): Model {
  const projection = model.projection.slice();
  const offsets = model.offsets.slice();
  forEachNumber(layout, model, (at, array, index) => {
    const values = array === 'offsets' ? offsets : projection;
    values[index] = values[index]! - rate * gradient[at]!;
  });
  return { ...model, projection, offsets };
}

/** gradient += mu (local - global), in place: the gradient of mu/2 |local - global|². */
function addPull(gradient: Float64Array, layout: Layout, local: Model, global: Model, mu: number): void {
  forEachNumber(layout, global, (at, array, index) => {
    gradient[at] = gradient[at]! + mu * (local[array][index]! - global[array][index]!);
  });
}

/** Visits the numbers of the layout that are numbers of the model: their place in the update and in the model's array. */
function forEachNumber(
  layout: Layout,
  model: Model,
  visit: (at: number, array: 'projection' | 'offsets', index: number) => void,
): void {
  const { dimension, featureColumns } = model.header;
  let at = 0;
  for (const part of layout.parts) {
    if (part.name === 'offsets') {
      for (let index = 0; index < part.length; index++) visit(at + index, 'offsets', index);
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
