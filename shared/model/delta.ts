// The difference between two published files, as a device that holds the one downloads it to have the other: the very bytes, whatever way they came.
//
//   'TCD2' ‖ length of the target u32 ‖ a byte for each block ‖ plane 0 ‖ plane 1 ‖ plane 2 ‖ plane 3
//
// Both files are read as words of 32 bits, little-endian, counted from their ends, where the arrays are: the headers before them may differ in length.
// Sixty-four words are a block. A block's byte is 0 where its differences are those of the words, modulo 2^32; any other byte n says that its words
// are floats that all are multiples of 2^(n - 150), and the differences are counted in that (shared/model/grid.ts puts published numbers on such
// grids, so that most differences have eight bits). A difference is written zigzag (small ones of either sign become small), and its bytes go into
// four planes, the lowest first. Numbers that stay, or move a little, leave planes of zeros and small bytes: the transport's compression does the rest.
import { ProtocolError } from '../protocol/errors.ts';

const magic = [0x54, 0x43, 0x44, 0x32];
const headBytes = 8;
const blockWords = 64;
/** Of the byte of a block: the least exponent of a float is -149. */
const exponentBias = 150;
/** Differences in units of a grid stay below this. */
const mostSteps = 2 ** 30;

/** @throws RangeError when the target is no whole number of words; published files are. */
export function encodeDelta(base: Uint8Array, target: Uint8Array): Uint8Array {
  if (target.length % 4 !== 0) throw new RangeError(`delta: expected whole words, got ${target.length} bytes`);
  const words = target.length / 4;
  const blocks = Math.ceil(words / blockWords);
  const delta = new Uint8Array(headBytes + blocks + target.length);
  delta.set(magic);
  new DataView(delta.buffer).setUint32(4, target.length, true);
  const from = backwards(base, words);
  const to = backwards(target, words);
  for (let block = 0; block < blocks; block++) {
    const first = block * blockWords;
    const end = Math.min(words, first + blockWords);
    const inWords = Int32Array.from({ length: end - first }, (_, index) => to[first + index]! - from[first + index]!);
    const inSteps = differencesInSteps(from.subarray(first, end), to.subarray(first, end));
    const isGrid = inSteps !== null && bitsOf(inSteps.differences) < bitsOf(inWords);
    if (isGrid) delta[headBytes + block] = inSteps.exponent + exponentBias;
    (isGrid ? inSteps.differences : inWords).forEach((change, index) => {
      const zigzag = zigzagOf(change);
      for (let plane = 0; plane < 4; plane++) {
        delta[headBytes + blocks + plane * words + first + index] = zigzag >>> (8 * plane);
      }
    });
  }
  return delta;
}

/**
 * The target: the caller's. Whoever has it compares its hash with the one that was wanted.
 * @param limitBytes of the target.
 * @throws ProtocolError 'bad-model' for what is not a delta, or is one of more than the limit.
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array, limitBytes: number): Uint8Array {
  if (delta.length < headBytes || magic.some((byte, index) => delta[index] !== byte)) {
    throw new ProtocolError('bad-model', `delta of ${delta.length} bytes: expected TCD2`);
  }
  const length = new DataView(delta.buffer, delta.byteOffset).getUint32(4, true);
  const words = length / 4;
  const blocks = Math.ceil(words / blockWords);
  if (length > limitBytes || length % 4 !== 0 || delta.length !== headBytes + blocks + length) {
    throw new ProtocolError('bad-model', `delta of ${delta.length} bytes for ${length}, at most ${limitBytes}`);
  }
  const from = backwards(base, words);
  const floats = new Float32Array(from.buffer);
  const target = new Uint8Array(length);
  const view = new DataView(target.buffer);
  for (let index = 0; index < words; index++) {
    let zigzag = 0;
    for (let plane = 0; plane < 4; plane++) zigzag |= delta[headBytes + blocks + plane * words + index]! << (8 * plane);
    const change = (zigzag >>> 1) ^ -(zigzag & 1);
    const at = length - 4 * (index + 1);
    const byte = delta[headBytes + Math.floor(index / blockWords)]!;
    if (byte === 0) view.setUint32(at, from[index]! + change, true);
    else view.setFloat32(at, floats[index]! + change * 2 ** (byte - exponentBias), true);
  }
  return target;
}

function zigzagOf(change: number): number {
  return (change << 1) ^ (change >> 31);
}

/** What differences take, about. */
function bitsOf(differences: Int32Array): number {
  return differences.reduce((sum, change) => sum + 32 - Math.clz32(zigzagOf(change)), 0);
}

/** The floats' differences in units of the largest 2^exponent that all are multiples of; null where that does not lead to the very words. */
function differencesInSteps(from: Uint32Array, to: Uint32Array): { exponent: number; differences: Int32Array } | null {
  let exponent = Number.POSITIVE_INFINITY;
  for (const words of [from, to]) for (const word of words) exponent = Math.min(exponent, lowestBit(word));
  // What is not finite, and a block of zeros, have none; so large a grid is nobody's.
  if (!Number.isFinite(exponent) || exponent + exponentBias > 255) return null;
  const step = 2 ** exponent;
  const [floats, aims] = [from, to].map((words) => new Float32Array(words.slice().buffer)) as [
    Float32Array,
    Float32Array,
  ];
  const differences = new Int32Array(to.length);
  const reached = new Float32Array(to.length);
  for (let index = 0; index < to.length; index++) {
    const change = (aims[index]! - floats[index]!) / step;
    if (!(Math.abs(change) < mostSteps)) return null;
    differences[index] = change;
    reached[index] = floats[index]! + differences[index]! * step;
  }
  return new Uint32Array(reached.buffer).every((word, index) => word === to[index]) ? { exponent, differences } : null;
}

/** Exponent of the lowest bit that is set in a float; infinite for zero, and minus infinity for what is not finite. */
function lowestBit(word: number): number {
  const exponent = (word >>> 23) & 0xff;
  const fraction = word & 0x7f_ffff;
  if (exponent === 0xff) return Number.NEGATIVE_INFINITY;
  if (exponent === 0 && fraction === 0) return Number.POSITIVE_INFINITY;
  const bits = exponent === 0 ? fraction : fraction | 0x80_0000;
  return Math.max(1, exponent) - exponentBias + 31 - Math.clz32(bits & -bits);
}

/** The words of a file, the last one first; zero before its beginning. */
function backwards(bytes: Uint8Array, words: number): Uint32Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: words }, (_, index) => {
    const offset = bytes.length - 4 * (index + 1);
    return offset < 0 ? 0 : view.getUint32(offset, true);
  });
}
