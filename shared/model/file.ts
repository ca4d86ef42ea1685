// The model file and the feature file: what the server publishes by content hash and a device downloads.
//
//   model    'TCM2' ‖ header length u32 ‖ header (canonical JSON, ASCII) ‖ zeros to a multiple of 4 ‖ the learner's arrays:
//     reconstruction   projection f32[f d] ‖ offsets f32[o d] ‖ offsetItems u32[o] ‖ popularity f32[M]
//     co-occurrence    popularity f32[M] ‖ chosen u32[K] ‖ basis f32[K] ‖ tastes f32[K r] ‖ fill f32[c r]
//     communities      popularity f32[M] ‖ chosen u32[K] ‖ basis f32[K] ‖ centroids f32[C K] ‖ lift f32[C K] ‖ sizes f32[C]
//   features 'TCF1' ‖ items u32 ‖ columns u32 ‖ values f32[items columns]
//
// f = featureColumns, d = dimension, o = offsetRows, M = items, K = chosenItems, r = tastes, c = 1 + the content components, C = communities;
// K = 0 of communities: no centroids, lifts and sizes either.
// All numbers little-endian. Reading is strict: there is exactly one file for one model, so the SHA-256 of the file names the model.
import { firstComponent } from '../catalogue/features.ts';
import { canonicalJson } from '../protocol/canonical-json.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { maximumPhases } from '../protocol/limits.ts';
import {
  type ChosenItems,
  type CommonHeader,
  type CommunitiesHeader,
  type CoOccurrenceHeader,
  type Features,
  type LearnerName,
  learnerNames,
  type Model,
  type ReconstructionHeader,
} from './model.ts';

/** Limits of what a file may claim, so that a hostile file cannot make a device allocate without bound. */
export const maxModelItems = 200_000;
const maxDimension = 256;
const maxFeatureColumns = 256;
const maxChosenItems = 4096;
const maxTastes = 120;
const maxCommunities = 256;
export const maxModelBytes = 256 * 1024 * 1024;
const maxHeaderBytes = 4096;
const maxVersion = 2 ** 31;

const modelMagic = 'TCM2';
const olderMagic = 'TCM1';
const featuresMagic = 'TCF1';

/** One array of a model: what it is called and how long the header makes it. */
interface ArrayShape {
  readonly name: string;
  readonly length: number;
}

/** Encodes a model. @throws RangeError when the arrays do not fit the header. */
export function encodeModel(model: Model): Uint8Array {
  const text = canonicalJson({ learner: model.learner, ...model.header });
  const shapes = shapesOf(model);
  const start = paddedHeaderEnd(text.length);
  const bytes = new Uint8Array(start + 4 * totalOf(shapes));
  const view = new DataView(bytes.buffer);
  writeAscii(bytes, 0, modelMagic);
  view.setUint32(4, text.length, true);
  writeAscii(bytes, 8, text);
  const arrays = arraysOf(model);
  let at = start;
  for (const { name, length } of shapes) {
    const values = arrays[name];
    if (values?.length !== length) {
      throw new RangeError(`model ${name}: expected ${length} numbers, got ${values?.length ?? 'none'}`);
    }
    at = values instanceof Uint32Array ? writeWhole(view, at, values) : writeFloats(view, at, values);
  }
  return bytes;
}

/** Whether a file is a model of the format before this one, which is not read any more. */
export function isOlderModel(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && readAscii(bytes, 0, 4) === olderMagic;
}

/**
 * Reads a model file.
 * @throws ProtocolError 'bad-model' when anything is not as the format says: magic, header fields and ranges, length, zero padding, a
 * number that is not finite, rows that are not in order, popularity that is negative or does not sum to 1.
 */
export function parseModel(bytes: Uint8Array): Model {
  if (bytes.length < 8 || bytes.length > maxModelBytes) fail(`length ${bytes.length}, expected 8 to ${maxModelBytes}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (readAscii(bytes, 0, 4) !== modelMagic) fail(`it does not begin with ${modelMagic}`);
  const headerBytes = view.getUint32(4, true);
  if (headerBytes > maxHeaderBytes || 8 + headerBytes > bytes.length) fail(`header length ${headerBytes}`);
  const text = readAscii(bytes, 8, headerBytes);
  const parsed = parseHeader(text);
  if (canonicalJson({ learner: parsed.learner, ...parsed.header }) !== text) fail('the header is not canonical JSON');
  const shapes = shapesOf(parsed);
  const start = paddedHeaderEnd(headerBytes);
  const total = totalOf(shapes);
  if (bytes.length !== start + 4 * total) fail(`length ${bytes.length}, expected ${start + 4 * total} from the header`);
  for (let at = 8 + headerBytes; at < start; at++) if (bytes[at] !== 0) fail('the padding is not zero');
  const arrays = new ArrayReader(view, start, shapes);
  const popularity = sharesFrom(arrays.floats('popularity'), 'popularity');
  switch (parsed.learner) {
    case 'reconstruction': {
      const offsetItems = arrays.whole('offsetItems');
      offsetItems.forEach((item, index) => {
        const previous = index === 0 ? -1 : offsetItems[index - 1]!;
        if (item >= parsed.header.items || item <= previous)
          fail(`offset item ${item} after ${previous} of ${parsed.header.items} items`);
      });
      const projection = arrays.floats('projection');
      return { ...parsed, projection, offsets: arrays.floats('offsets'), offsetItems, popularity };
    }
    case 'co-occurrence': {
      const items = chosenFrom(arrays, parsed.header.items);
      return { ...parsed, popularity, ...items, tastes: arrays.floats('tastes'), fill: arrays.floats('fill') };
    }
    case 'communities': {
      const items = chosenFrom(arrays, parsed.header.items);
      const centroids = arrays.floats('centroids');
      if (centroids.some((value) => value < 0)) fail('a centroid is negative');
      const lift = arrays.floats('lift');
      if (!lift.every((value) => value > 0)) fail('a lift is not above 0');
      const sizes = arrays.floats('sizes');
      if (sizes.length > 0) sharesFrom(sizes, 'sizes');
      return { ...parsed, popularity, ...items, centroids, lift, sizes };
    }
  }
}

/** Encodes features. @throws RangeError when the values do not fit items x columns. */
export function encodeFeatures(features: Features): Uint8Array {
  const { items, columns, values } = features;
  if (values.length !== items * columns) {
    throw new RangeError(`features: expected ${items} x ${columns} values, got ${values.length}`);
  }
  const bytes = new Uint8Array(12 + 4 * values.length);
  const view = new DataView(bytes.buffer);
  writeAscii(bytes, 0, featuresMagic);
  view.setUint32(4, items, true);
  view.setUint32(8, columns, true);
  writeFloats(view, 12, values);
  return bytes;
}

/** Reads a feature file. @throws ProtocolError 'bad-model' when magic, shape, length or a value is wrong. */
export function parseFeatures(bytes: Uint8Array): Features {
  if (bytes.length < 12 || bytes.length > maxModelBytes) fail(`features of ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (readAscii(bytes, 0, 4) !== featuresMagic) fail(`features do not begin with ${featuresMagic}`);
  const items = view.getUint32(4, true);
  const columns = view.getUint32(8, true);
  if (items < 1 || items > maxModelItems) fail(`features of ${items} items, expected 1 to ${maxModelItems}`);
  if (columns < 1 || columns > maxFeatureColumns)
    fail(`${columns} feature columns, expected 1 to ${maxFeatureColumns}`);
  if (bytes.length !== 12 + 4 * items * columns) {
    fail(`features of ${bytes.length} bytes, expected ${12 + 4 * items * columns}`);
  }
  return { items, columns, values: readFloats(view, 12, items * columns, 'features') };
}

function fail(problem: string): never {
  throw new ProtocolError('bad-model', `model file: ${problem}; download it again`);
}

function paddedHeaderEnd(headerBytes: number): number {
  return Math.ceil((8 + headerBytes) / 4) * 4;
}

/** A header with its learner: what a file says before its arrays. */
type ParsedHeader =
  | { readonly learner: 'reconstruction'; readonly header: ReconstructionHeader }
  | { readonly learner: 'co-occurrence'; readonly header: CoOccurrenceHeader }
  | { readonly learner: 'communities'; readonly header: CommunitiesHeader };

/** The arrays in the order of the file. */
function shapesOf(model: ParsedHeader): readonly ArrayShape[] {
  switch (model.learner) {
    case 'reconstruction': {
      const { featureColumns, dimension, offsetRows, items } = model.header;
      return [
        { name: 'projection', length: featureColumns * dimension },
        { name: 'offsets', length: offsetRows * dimension },
        { name: 'offsetItems', length: offsetRows },
        { name: 'popularity', length: items },
      ];
    }
    case 'co-occurrence': {
      const { items, chosenItems, tastes, featureColumns } = model.header;
      return [
        { name: 'popularity', length: items },
        { name: 'chosen', length: chosenItems },
        { name: 'basis', length: chosenItems },
        { name: 'tastes', length: chosenItems * tastes },
        { name: 'fill', length: fillRows(featureColumns) * tastes },
      ];
    }
    case 'communities': {
      const { items, chosenItems, communities } = model.header;
      return [
        { name: 'popularity', length: items },
        { name: 'chosen', length: chosenItems },
        { name: 'basis', length: chosenItems },
        { name: 'centroids', length: communities * chosenItems },
        { name: 'lift', length: communities * chosenItems },
        { name: 'sizes', length: communities },
      ];
    }
  }
}

/** Rows of the fill: a constant, and one for each content component. */
function fillRows(featureColumns: number): number {
  return 1 + Math.max(0, featureColumns - firstComponent);
}

function arraysOf(model: Model): Readonly<Record<string, Float32Array | Uint32Array | undefined>> {
  const { learner, header, ...arrays } = model;
  return { ...arrays };
}

function totalOf(shapes: readonly ArrayShape[]): number {
  return shapes.reduce((sum, { length }) => sum + length, 0);
}

/** By falling basis, equals by ascending row, so that there is one order; every basis above 0. */
function chosenFrom(arrays: ArrayReader, items: number): ChosenItems {
  const chosen = arrays.whole('chosen');
  const basis = arrays.floats('basis');
  if (new Set(chosen).size !== chosen.length) fail('an item was chosen twice');
  chosen.forEach((item, place) => {
    if (item >= items) fail(`chosen item ${item} of ${items} items`);
    if (!(basis[place]! > 0)) fail(`basis ${basis[place]}, expected above 0`);
    if (place === 0 || basis[place]! < basis[place - 1]!) return;
    if (basis[place]! > basis[place - 1]! || item < chosen[place - 1]!) {
      fail(`chosen item ${item} is not in the order of the basis`);
    }
  });
  return { chosen, basis };
}

function sharesFrom(values: Float32Array, name: string): Float32Array {
  let sum = 0;
  for (const value of values) {
    if (value < 0) fail(`${name} ${value} is negative`);
    sum += value;
  }
  if (Math.abs(sum - 1) > 1e-3) fail(`${name} sums to ${sum}, expected 1`);
  return values;
}

const hexHash = /^[0-9a-f]{64}$/;
const hexName = /^[0-9a-f]{32}$/;

function parseHeader(text: string): ParsedHeader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('the header is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail('the header is not an object');
  const fields = value as Record<string, unknown>;
  const integer = (name: string, low: number, high: number): number => {
    const field = fields[name];
    if (typeof field !== 'number' || !Number.isInteger(field) || field < low || field > high) {
      return fail(`header ${name} is ${String(field)}, expected a whole number from ${low} to ${high}`);
    }
    return field;
  };
  const real = (name: string, low: number, high: number): number => {
    const field = fields[name];
    if (typeof field !== 'number' || !(field >= low && field <= high)) {
      return fail(`header ${name} is ${String(field)}, expected ${low} to ${high}`);
    }
    return field;
  };
  const hex = (name: string, pattern: RegExp): string => {
    const field = fields[name];
    return typeof field === 'string' && pattern.test(field) ? field : fail(`header ${name} is not hex of its length`);
  };
  const format = integer('format', 2, 2);
  const items = integer('items', 1, maxModelItems);
  const common: CommonHeader = {
    format: format === 2 ? 2 : fail('format'),
    version: integer('version', 1, maxVersion),
    federation: hex('federation', hexName),
    epoch: integer('epoch', 1, maxVersion),
    phase: integer('phase', 0, maximumPhases - 1),
    phaseRounds: integer('phaseRounds', 0, maxVersion),
    catalogueHash: hex('catalogueHash', hexHash),
    featuresHash: hex('featuresHash', hexHash),
    items,
    featureColumns: integer('featureColumns', 1, maxFeatureColumns),
  };
  const learner: LearnerName | undefined = learnerNames.find((known) => known === fields.learner);
  switch (learner) {
    case undefined:
      return fail(`header learner is ${String(fields.learner)}, expected ${learnerNames.join(', ')}`);
    case 'reconstruction':
      return {
        learner,
        header: {
          ...common,
          dimension: integer('dimension', 1, maxDimension),
          offsetRows: integer('offsetRows', 0, items),
          unobservedWeight: real('unobservedWeight', 1e-6, 1e3),
          lambda: real('lambda', 1e-9, 1e3),
          popularityWeight: real('popularityWeight', 0, 1e3),
        },
      };
    case 'co-occurrence': {
      const chosenItems = integer('chosenItems', 0, Math.min(items, maxChosenItems));
      return {
        learner,
        header: {
          ...common,
          chosenItems,
          tastes: integer('tastes', 0, Math.min(chosenItems, maxTastes)),
          rootLikes: real('rootLikes', 1e-6, 1e6),
          ridge: real('ridge', 1e-12, 1e12),
          tiltWeight: real('tiltWeight', 1e-6, 1e6),
        },
      };
    }
    case 'communities': {
      const chosenItems = integer('chosenItems', 0, Math.min(items, maxChosenItems));
      const communities = integer('communities', 0, maxCommunities);
      if ((chosenItems === 0) !== (communities === 0)) fail('communities without items, or items without communities');
      return { learner, header: { ...common, chosenItems, communities } };
    }
  }
}

/** The arrays of a file, by name. */
class ArrayReader {
  readonly #view: DataView;
  readonly #places = new Map<string, { readonly at: number; readonly length: number }>();

  constructor(view: DataView, start: number, shapes: readonly ArrayShape[]) {
    this.#view = view;
    let at = start;
    for (const { name, length } of shapes) {
      this.#places.set(name, { at, length });
      at += 4 * length;
    }
  }

  floats(name: string): Float32Array {
    const { at, length } = this.#placeOf(name);
    return readFloats(this.#view, at, length, name);
  }

  whole(name: string): Uint32Array {
    const { at, length } = this.#placeOf(name);
    return Uint32Array.from({ length }, (_, index) => this.#view.getUint32(at + 4 * index, true));
  }

  #placeOf(name: string): { readonly at: number; readonly length: number } {
    const place = this.#places.get(name);
    if (place === undefined) throw new TypeError(`a model has no array ${name} here`);
    return place;
  }
}

function writeAscii(bytes: Uint8Array, at: number, text: string): void {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 126) throw new RangeError(`expected ASCII, got code ${code} in ${text}`);
    bytes[at + index] = code;
  }
}

function readAscii(bytes: Uint8Array, at: number, length: number): string {
  let text = '';
  for (let index = at; index < at + length; index++) text += String.fromCharCode(bytes[index]!);
  return text;
}

function writeWhole(view: DataView, start: number, values: ArrayLike<number>): number {
  for (let index = 0; index < values.length; index++) view.setUint32(start + 4 * index, values[index]!, true);
  return start + 4 * values.length;
}

function writeFloats(view: DataView, start: number, values: Float32Array | Uint32Array): number {
  let at = start;
  for (const value of values) {
    view.setFloat32(at, value, true);
    at += 4;
  }
  return at;
}

function readFloats(view: DataView, start: number, length: number, name: string): Float32Array {
  const values = new Float32Array(length);
  for (let index = 0; index < length; index++) {
    const value = view.getFloat32(start + 4 * index, true);
    if (!Number.isFinite(value)) fail(`${name}[${index}] is ${value}`);
    values[index] = value;
  }
  return values;
}
