// The client's update: one vector of length D with the parts that the layout names, each clipped to its own bound.
// Its shape says nothing about the person: the same length whatever the history, zeros where there is nothing to say.
// What is clipped here is clipped again, jointly, by the privacy pipeline; sensitivity rests on that, not on this file.
import { blockCount, blockLength, blockOf, blocksOf, forEachInBlock } from './blocks.ts';
import type { Layout, LayoutPart, LocalResult, ReconstructionHeader, ReconstructionModel } from './model.ts';

/**
 * Concatenates the layout's parts.
 * @param result local training on exactly this model.
 * @param weight the person's weight, 0 to 1; only a layout with a `weight` part carries one, and then the whole vector is scaled by it.
 * @returns a new Float64Array[layout.length] with |part| <= part.clippingBoundL2 for each part. A part that is not finite becomes zeros.
 * @throws RangeError when the layout does not fit the model, or for a weight that it cannot carry.
 */
export function clientUpdate(
  result: LocalResult,
  model: ReconstructionModel,
  layout: Layout,
  weight = 1,
): Float64Array {
  checkLayout(layout, model);
  const update = new Float64Array(layout.length);
  let at = 0;
  for (const part of layout.parts) {
    const values = update.subarray(at, at + part.length);
    fillPart(values, part, result, model.header);
    clipPart(values, part.clippingBoundL2);
    at += part.length;
  }
  return weight === 1 ? update : weighted(update, layout, weight);
}

/** The vector scaled by the weight, in place. @throws RangeError when the layout has no `weight` part or the weight is not from 0 to 1. */
export function weighted(update: Float64Array, layout: Layout, weight: number): Float64Array {
  if (!(weight >= 0 && weight <= 1)) throw new RangeError(`weight ${weight}, expected 0 to 1`);
  if (!layout.parts.some((part) => part.name === 'weight'))
    throw new RangeError('a weight needs a weight part in the layout');
  for (let index = 0; index < update.length; index++) update[index] = update[index]! * weight;
  return update;
}

/** Likes that count at most, so that nobody outweighs a crowd. */
const mostLikesThatCount = 64;

/**
 * p_k: the weight of a person by how much data there is: likes, capped, in buckets of powers of two (the sum shall not tell a count), over the cap.
 * Nobody weighs nothing: 1/64 to 1.
 */
export function dataSizeWeight(likes: number): number {
  const counted = Math.min(Math.max(1, likes), mostLikesThatCount);
  return 2 ** Math.floor(Math.log2(counted)) / mostLikesThatCount;
}

/** Columns of W (and entries of u) that a projection part covers: its length over its rows. */
export function projectionColumns(part: LayoutPart): number {
  return part.length / part.rows;
}

/** Factor of the liked profile in the update: brings its norm, about sqrt(rows) for a person of one taste, to at most about 1. */
export function popularityUnit(rows: number): number {
  return 1 / Math.sqrt(rows);
}

/** @throws RangeError naming the part of the layout that does not fit the model. */
export function checkLayout(layout: Layout, model: ReconstructionModel): void {
  const { dimension, featureColumns, offsetRows } = model.header;
  let length = 0;
  for (const part of layout.parts) {
    length += part.length;
    const problem = (what: string): never => {
      throw new RangeError(`layout part ${part.name} (${part.rows} rows, ${part.length} numbers): ${what}`);
    };
    if (!Number.isInteger(part.rows) || part.rows < 1) problem('rows must be a whole number above 0');
    if (!(part.clippingBoundL2 > 0) || !Number.isFinite(part.clippingBoundL2)) problem('no clipping bound');
    if (part.blocks && part.name !== 'offsets') problem('only offsets come in blocks');
    switch (part.name) {
      case 'projection': {
        if (part.rows > featureColumns) problem(`the model has ${featureColumns} feature columns`);
        const columns = projectionColumns(part);
        if (!Number.isInteger(columns) || columns < 1 || columns > dimension) {
          problem(`the length must be rows x columns with 1 to ${dimension} columns`);
        }
        break;
      }
      case 'offsets':
        if (part.rows !== offsetRows) problem(`the model has ${offsetRows} offset rows`);
        checkBlocks(part, dimension, problem);
        break;
      case 'gram':
        if (part.rows !== dimension) problem(`the rows must be the dimension, ${dimension}`);
        if (part.length !== (dimension * (dimension + 1)) / 2) problem(`expected ${(dimension * (dimension + 1)) / 2}`);
        break;
      case 'popularity':
        if (part.rows > featureColumns - 1) problem(`the model has ${featureColumns - 1} columns beside the constant`);
        if (part.length !== part.rows) problem('the length must be the rows');
        break;
      case 'weight':
        if (part.rows !== 1 || part.length !== 1) problem('it is one number');
        break;
    }
  }
  if (length !== layout.length) throw new RangeError(`layout length ${layout.length}, its parts sum to ${length}`);
}

function checkBlocks(part: LayoutPart, dimension: number, problem: (what: string) => never): void {
  const blocks = blocksOf(part);
  const isDivisor = (count: number, most: number) => Number.isInteger(count) && count >= 1 && count <= most;
  if (!isDivisor(blocks.rows, part.rows)) problem(`blocks of rows must be 1 to ${part.rows}`);
  if (!isDivisor(blocks.columns, dimension)) problem(`blocks of columns must be 1 to ${dimension}`);
  const expected = blockLength(blocks, part.rows, dimension);
  if (part.length !== expected) {
    problem(`the length must be ${expected}: rows x ${dimension} in ${blockCount(blocks)} blocks`);
  }
}

function fillPart(values: Float64Array, part: LayoutPart, result: LocalResult, header: ReconstructionHeader): void {
  const u = result.userEmbedding;
  switch (part.name) {
    case 'projection': {
      const last = result.errorProjection.subarray(result.errorProjection.length - part.rows);
      outerProduct(values, last, u, part.rows, projectionColumns(part));
      break;
    }
    case 'offsets':
      forEachInBlock(blockOf(part, header), u.length, (at, index) => {
        values[at] = result.errorOffsets[Math.floor(index / u.length)]! * u[index % u.length]!;
      });
      break;
    case 'gram': {
      let at = 0;
      for (let i = 0; i < u.length; i++) {
        values[at++] = u[i]! * u[i]!;
        for (let j = i + 1; j < u.length; j++) values[at++] = Math.SQRT2 * u[i]! * u[j]!;
      }
      break;
    }
    case 'popularity':
      for (let k = 0; k < part.rows; k++) values[k] = popularityUnit(part.rows) * result.likedProfile[k + 1]!;
      break;
    case 'weight':
      values[0] = part.clippingBoundL2;
      break;
  }
}

function outerProduct(out: Float64Array, left: Float32Array, right: Float32Array, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[i * columns + j] = left[i]! * right[j]!;
  }
}

/** Scales a part down to the bound, in place. Divides by the largest magnitude first so that no square overflows. */
function clipPart(values: Float64Array, clippingBoundL2: number): void {
  let largest = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) {
      values.fill(0);
      return;
    }
    largest = Math.max(largest, Math.abs(value));
  }
  if (largest === 0) return;
  let squared = 0;
  for (const value of values) squared += (value / largest) * (value / largest);
  const norm = largest * Math.sqrt(squared);
  if (!(norm > clippingBoundL2)) return;
  const factor = clippingBoundL2 / largest / Math.sqrt(squared);
  for (let index = 0; index < values.length; index++) values[index] = values[index]! * factor;
}
