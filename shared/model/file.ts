// The model file and the feature file: what the server publishes by content hash and a device downloads.
//
//   model    'TCM1' ‖ header length u32 ‖ header (canonical JSON, ASCII) ‖ zeros to a multiple of 4
//            ‖ projection f32[f d] ‖ offsets f32[o d] ‖ offsetItems u32[o] ‖ popularity f32[M]
//   features 'TCF1' ‖ items u32 ‖ columns u32 ‖ values f32[items columns]
//
// All numbers little-endian. Reading is strict: there is exactly one file for one model, so the SHA-256 of the file names the model.
import { canonicalJson } from '../protocol/canonical-json.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { Features, Model, ModelHeader } from './model.ts';

/** Limits of what a file may claim, so that a hostile file cannot make a device allocate without bound. */
export const maxModelItems = 200_000;
export const maxDimension = 256;
export const maxFeatureColumns = 256;
export const maxModelBytes = 256 * 1024 * 1024;
const maxHeaderBytes = 4096;

const modelMagic = 'TCM1';
const featuresMagic = 'TCF1';

/** Encodes a model. @throws RangeError when the arrays do not fit the header. */
export function encodeModel(model: Model): Uint8Array {
  const { header } = model;
  const text = canonicalJson(header);
  const lengths = arrayLengths(header);
  const expected: readonly [string, number, number][] = [
    ['projection', model.projection.length, lengths.projection],
    ['offsets', model.offsets.length, lengths.offsets],
    ['offsetItems', model.offsetItems.length, lengths.offsetItems],
    ['popularity', model.popularity.length, lengths.popularity],
  ];
  for (const [name, length, wanted] of expected) {
    if (length !== wanted) throw new RangeError(`model ${name}: expected ${wanted} numbers, got ${length}`);
  }
  const start = paddedHeaderEnd(text.length);
  const bytes = new Uint8Array(start + 4 * lengths.total);
  const view = new DataView(bytes.buffer);
  writeAscii(bytes, 0, modelMagic);
  view.setUint32(4, text.length, true);
  writeAscii(bytes, 8, text);
  let at = writeFloats(view, start, model.projection);
  at = writeFloats(view, at, model.offsets);
  for (const item of model.offsetItems) {
    view.setUint32(at, item, true);
    at += 4;
  }
  writeFloats(view, at, model.popularity);
  return bytes;
}

/**
 * Reads a model file.
 * @throws ProtocolError 'bad-model' when anything is not as the format says: magic, header fields and ranges, length, zero padding, a
 * number that is not finite, offset items that are not ascending rows of the catalogue, popularity that is negative or does not sum to 1.
 */
export function parseModel(bytes: Uint8Array): Model {
  if (bytes.length < 8 || bytes.length > maxModelBytes) fail(`length ${bytes.length}, expected 8 to ${maxModelBytes}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (readAscii(bytes, 0, 4) !== modelMagic) fail(`it does not begin with ${modelMagic}`);
  const headerBytes = view.getUint32(4, true);
  if (headerBytes > maxHeaderBytes || 8 + headerBytes > bytes.length) fail(`header length ${headerBytes}`);
  const text = readAscii(bytes, 8, headerBytes);
  const header = parseHeader(text);
  if (canonicalJson(header) !== text) fail('the header is not canonical JSON');
  const lengths = arrayLengths(header);
  const start = paddedHeaderEnd(headerBytes);
  if (bytes.length !== start + 4 * lengths.total) {
    fail(`length ${bytes.length}, expected ${start + 4 * lengths.total} from the header`);
  }
  for (let at = 8 + headerBytes; at < start; at++) if (bytes[at] !== 0) fail('the padding is not zero');
  let at = start;
  const projection = readFloats(view, at, lengths.projection, 'projection');
  at += 4 * lengths.projection;
  const offsets = readFloats(view, at, lengths.offsets, 'offsets');
  at += 4 * lengths.offsets;
  const offsetItems = new Uint32Array(lengths.offsetItems);
  for (let index = 0; index < offsetItems.length; index++, at += 4) {
    const item = view.getUint32(at, true);
    const previous = index === 0 ? -1 : offsetItems[index - 1]!;
    if (item >= header.items || item <= previous)
      fail(`offset item ${item} after ${previous} of ${header.items} items`);
    offsetItems[index] = item;
  }
  const popularity = readFloats(view, at, lengths.popularity, 'popularity');
  let sum = 0;
  for (const value of popularity) {
    if (value < 0) fail(`popularity ${value} is negative`);
    sum += value;
  }
  if (Math.abs(sum - 1) > 1e-3) fail(`popularity sums to ${sum}, expected 1`);
  return { header, projection, offsets, offsetItems, popularity };
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

function arrayLengths(header: ModelHeader) {
  const projection = header.featureColumns * header.dimension;
  const offsets = header.offsetRows * header.dimension;
  const offsetItems = header.offsetRows;
  const popularity = header.items;
  return { projection, offsets, offsetItems, popularity, total: projection + offsets + offsetItems + popularity };
}

const hexHash = /^[0-9a-f]{64}$/;

function parseHeader(text: string): ModelHeader {
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
  const hash = (name: string): string => {
    const field = fields[name];
    return typeof field === 'string' && hexHash.test(field) ? field : fail(`header ${name} is not a hex SHA-256`);
  };
  const format = integer('format', 1, 1);
  const items = integer('items', 1, maxModelItems);
  return {
    format: format === 1 ? 1 : fail('format'),
    version: integer('version', 1, 2 ** 31),
    catalogueHash: hash('catalogueHash'),
    featuresHash: hash('featuresHash'),
    items,
    dimension: integer('dimension', 1, maxDimension),
    featureColumns: integer('featureColumns', 1, maxFeatureColumns),
    offsetRows: integer('offsetRows', 0, items),
    unobservedWeight: real('unobservedWeight', 1e-6, 1e3),
    lambda: real('lambda', 1e-9, 1e3),
    popularityWeight: real('popularityWeight', 0, 1e3),
  };
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

function writeFloats(view: DataView, start: number, values: Float32Array): number {
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
