// The file of what the server keeps beside a published model: 'TCS2' ‖ header length u32 ‖ header (canonical JSON) ‖ zeros to a multiple of 8 ‖
// the arrays, f64 little-endian, in the order of the learner's names. Our own file: a fault in it is corruption, not a peer's.
import type { LearnerName } from '../model/model.ts';
import { canonicalJson } from '../protocol/canonical.ts';

/** What a learner's state is made of: the names of its numbers (each 0 or more) and of its arrays, in the order of the file. */
export interface StateNames<NumberName extends string, ArrayName extends string> {
  readonly learner: LearnerName;
  readonly numbers: readonly NumberName[];
  readonly arrays: readonly ArrayName[];
  /** Arrays after those, which files from before them do not have: empty there. */
  readonly added?: readonly ArrayName[];
}

export type StateParts<NumberName extends string, ArrayName extends string> = Readonly<Record<NumberName, number>> &
  Readonly<Record<ArrayName, Float64Array>>;

const magic = [0x54, 0x43, 0x53, 0x32];
const maxHeaderBytes = 4096;
const maxArrayLength = 2 ** 26;

/** The state's file; a pure function of the state. */
export function encodeState<NumberName extends string, ArrayName extends string>(
  names: StateNames<NumberName, ArrayName>,
  state: StateParts<NumberName, ArrayName>,
): Uint8Array {
  const numbers = Object.fromEntries(names.numbers.map((name) => [name, state[name]]));
  const arrays = arrayNames(names).map((name) => state[name]);
  const lengths = arrays.map((array) => array.length);
  const text = canonicalJson({ format: 2, learner: names.learner, numbers, lengths });
  const start = paddedHeaderEnd(text.length);
  const bytes = new Uint8Array(start + 8 * lengths.reduce((sum, length) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint32(4, text.length, true);
  for (let index = 0; index < text.length; index++) bytes[8 + index] = text.charCodeAt(index);
  let at = start;
  for (const array of arrays) {
    for (const value of array) {
      view.setFloat64(at, value, true);
      at += 8;
    }
  }
  return bytes;
}

/** Reads a state's file. @throws RangeError naming what is wrong. */
export function parseState<NumberName extends string, ArrayName extends string>(
  names: StateNames<NumberName, ArrayName>,
  bytes: Uint8Array,
): StateParts<NumberName, ArrayName> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || magic.some((code, index) => bytes[index] !== code)) fail('it does not begin with TCS2');
  const headerBytes = view.getUint32(4, true);
  if (headerBytes > maxHeaderBytes || 8 + headerBytes > bytes.length) fail(`header length ${headerBytes}`);
  let text = '';
  for (let index = 0; index < headerBytes; index++) text += String.fromCharCode(bytes[8 + index]!);
  const { numbers, lengths } = parseHeader(names, text);
  const start = paddedHeaderEnd(headerBytes);
  const expected = start + 8 * lengths.reduce((sum, length) => sum + length, 0);
  if (bytes.length !== expected) fail(`${bytes.length} bytes, expected ${expected}`);
  let at = start;
  const arrays = arrayNames(names).map((name, index) => {
    const values = new Float64Array(lengths[index] ?? 0);
    for (let place = 0; place < values.length; place++, at += 8) {
      values[place] = view.getFloat64(at, true);
      if (!Number.isFinite(values[place])) fail(`a number is ${values[place]}`);
    }
    return [name, values];
  });
  // Each name of both lists is there.
  return { ...numbers, ...Object.fromEntries(arrays) } as StateParts<NumberName, ArrayName>;
}

function arrayNames<ArrayName extends string>({
  arrays,
  added = [],
}: StateNames<string, ArrayName>): readonly ArrayName[] {
  return [...arrays, ...added];
}

function paddedHeaderEnd(headerBytes: number): number {
  return Math.ceil((8 + headerBytes) / 8) * 8;
}

function parseHeader(
  names: StateNames<string, string>,
  text: string,
): { numbers: Record<string, number>; lengths: number[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('the header is not JSON');
  }
  const header = value as { format?: unknown; learner?: unknown; numbers?: unknown; lengths?: unknown } | null;
  if (typeof header !== 'object' || header === null || header.format !== 2)
    return fail('the header is not of format 2');
  if (header.learner !== names.learner) return fail(`it is of ${String(header.learner)}, expected ${names.learner}`);
  const named = header.numbers as Record<string, unknown> | null;
  if (typeof named !== 'object' || named === null) return fail('the header has no numbers');
  const numbers = names.numbers.map((name) => {
    const number = named[name];
    const isNumber = typeof number === 'number' && number >= 0 && number < Number.POSITIVE_INFINITY;
    return [name, isNumber ? number : fail(`${name} is ${String(number)}`)] as const;
  });
  const count = Array.isArray(header.lengths) ? header.lengths.length : 0;
  if (!Array.isArray(header.lengths) || count < names.arrays.length || count > arrayNames(names).length)
    return fail('the header has no lengths');
  const lengths = header.lengths.map((length: unknown) =>
    typeof length === 'number' && Number.isInteger(length) && length >= 0 && length <= maxArrayLength
      ? length
      : fail(`array length ${String(length)}`),
  );
  // Anything more, or written otherwise, is no header of ours.
  const known = { format: 2, learner: names.learner, numbers: Object.fromEntries(numbers), lengths };
  if (canonicalJson(known) !== text) fail('the header is not canonical');
  return known;
}

function fail(problem: string): never {
  throw new RangeError(`server state file: ${problem}`);
}
