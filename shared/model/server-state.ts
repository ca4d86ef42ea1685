// What the server keeps beside the published model, and its file: 'TCS1' ‖ header length u32 ‖ header (canonical JSON) ‖ zeros to a multiple
// of 8 ‖ the arrays, f64 little-endian, in the order of `arrayNames`.
import { canonicalJson } from '../protocol/canonical.ts';

/** Immutable. */
export interface ServerState {
  /** Steps taken since the initial model. */
  readonly rounds: number;
  /** Mean number of likes of a person, assumed or (without noise) measured. */
  readonly likesPerPerson: number;
  /** Rounds in the estimate of G; 0: G is the prior. */
  readonly gramRounds: number;
  /** Σ 1 / variance of the popularity evidence. */
  readonly popularityPrecision: number;
  /** Σ 1 / variance of the projection evidence. */
  readonly projectionPrecision: number;
  /** Σ 1 / variance of the offsets' evidence under noise. */
  readonly offsetsPrecision: number;
  /** G: d x d. */
  readonly gram: Float64Array;
  /** W₀, f x d: the content model towards which noise is shrunk. */
  readonly contentProjection: Float64Array;
  /** Popularity before any round, length items. */
  readonly contentPopularity: Float64Array;
  /** W, f x d, and O, offsetRows x d, before averaging over rounds. */
  readonly projection: Float64Array;
  readonly offsets: Float64Array;
  /** Σ weight x (mean liked profile less that of the prior), length f (column 0 unused). */
  readonly popularityEvidence: Float64Array;
  /** Σ weight x H (W* - W₀), as the rounds' gradients tell of it, f x d; and the same for the offsets, offsetRows x d. */
  readonly projectionEvidence: Float64Array;
  readonly offsetsEvidence: Float64Array;
}

const magic = [0x54, 0x43, 0x53, 0x31];
const numberNames = [
  'rounds',
  'likesPerPerson',
  'gramRounds',
  'popularityPrecision',
  'projectionPrecision',
  'offsetsPrecision',
] as const;
const arrayNames = [
  'gram',
  'contentProjection',
  'contentPopularity',
  'projection',
  'offsets',
  'popularityEvidence',
  'projectionEvidence',
  'offsetsEvidence',
] as const;
const maxHeaderBytes = 4096;
const maxArrayLength = 2 ** 26;

/** The state's file; a pure function of the state. */
export function encodeServerState(state: ServerState): Uint8Array {
  const numbers = Object.fromEntries(numberNames.map((name) => [name, state[name]]));
  const lengths = arrayNames.map((name) => state[name].length);
  const text = canonicalJson({ format: 1, numbers, lengths });
  const start = Math.ceil((8 + text.length) / 8) * 8;
  const bytes = new Uint8Array(start + 8 * lengths.reduce((sum, length) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint32(4, text.length, true);
  for (let index = 0; index < text.length; index++) bytes[8 + index] = text.charCodeAt(index);
  let at = start;
  for (const name of arrayNames) {
    for (const value of state[name]) {
      view.setFloat64(at, value, true);
      at += 8;
    }
  }
  return bytes;
}

/** Reads a state's file. @throws RangeError naming what is wrong: our own file, so a fault is corruption, not a peer's. */
export function parseServerState(bytes: Uint8Array): ServerState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || magic.some((code, index) => bytes[index] !== code)) fail('it does not begin with TCS1');
  const headerBytes = view.getUint32(4, true);
  if (headerBytes > maxHeaderBytes || 8 + headerBytes > bytes.length) fail(`header length ${headerBytes}`);
  let text = '';
  for (let index = 0; index < headerBytes; index++) text += String.fromCharCode(bytes[8 + index]!);
  const { numbers, lengths } = parseHeader(text);
  const start = Math.ceil((8 + headerBytes) / 8) * 8;
  const expected = start + 8 * lengths.reduce((sum, length) => sum + length, 0);
  if (bytes.length !== expected) fail(`${bytes.length} bytes, expected ${expected}`);
  let at = start;
  const arrays = lengths.map((length) => {
    const values = new Float64Array(length);
    for (let index = 0; index < length; index++, at += 8) {
      values[index] = view.getFloat64(at, true);
      if (!Number.isFinite(values[index])) fail(`a number is ${values[index]}`);
    }
    return values;
  });
  const numberAt = (name: (typeof numberNames)[number]) => numbers[numberNames.indexOf(name)]!;
  const arrayAt = (name: (typeof arrayNames)[number]) => arrays[arrayNames.indexOf(name)]!;
  return {
    rounds: numberAt('rounds'),
    likesPerPerson: numberAt('likesPerPerson'),
    gramRounds: numberAt('gramRounds'),
    popularityPrecision: numberAt('popularityPrecision'),
    projectionPrecision: numberAt('projectionPrecision'),
    offsetsPrecision: numberAt('offsetsPrecision'),
    gram: arrayAt('gram'),
    contentProjection: arrayAt('contentProjection'),
    contentPopularity: arrayAt('contentPopularity'),
    projection: arrayAt('projection'),
    offsets: arrayAt('offsets'),
    popularityEvidence: arrayAt('popularityEvidence'),
    projectionEvidence: arrayAt('projectionEvidence'),
    offsetsEvidence: arrayAt('offsetsEvidence'),
  };
}

function parseHeader(text: string): { numbers: number[]; lengths: number[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('the header is not JSON');
  }
  const header = value as { format?: unknown; numbers?: unknown; lengths?: unknown } | null;
  if (typeof header !== 'object' || header === null || header.format !== 1)
    return fail('the header is not of format 1');
  const named = header.numbers as Record<string, unknown> | null;
  if (typeof named !== 'object' || named === null) return fail('the header has no numbers');
  const numbers = numberNames.map((name) => {
    const number = named[name];
    return typeof number === 'number' && number >= 0 ? number : fail(`${name} is ${String(number)}`);
  });
  if (!Array.isArray(header.lengths) || header.lengths.length !== arrayNames.length)
    return fail('the header has no lengths');
  const lengths = header.lengths.map((length: unknown) =>
    typeof length === 'number' && Number.isInteger(length) && length >= 0 && length <= maxArrayLength
      ? length
      : fail(`array length ${String(length)}`),
  );
  return { numbers, lengths };
}

function fail(problem: string): never {
  throw new RangeError(`server state file: ${problem}`);
}
