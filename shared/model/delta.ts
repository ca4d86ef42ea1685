// The difference between two published files, as a device that holds the one downloads it to have the other: the very bytes, whatever way they came.
//
//   'TCD1' ‖ length of the target u32 ‖ plane 0 ‖ plane 1 ‖ plane 2 ‖ plane 3
//
// Both files are read as words of 32 bits, little-endian, counted from their ends, where the arrays are: the headers before them may differ in length.
// The difference of two words, modulo 2^32, is written zigzag (small ones of either sign become small), and its bytes go into four planes, the
// lowest first. Numbers that stay, or move a little, leave planes of zeros and small bytes: it is the compression of the transport that makes them few.
import { ProtocolError } from '../protocol/errors.ts';

const magic = [0x54, 0x43, 0x44, 0x31];
const headBytes = 8;

/** @throws RangeError when the target is no whole number of words; published files are. */
export function encodeDelta(base: Uint8Array, target: Uint8Array): Uint8Array {
  if (target.length % 4 !== 0) throw new RangeError(`delta: expected whole words, got ${target.length} bytes`);
  const words = target.length / 4;
  const delta = new Uint8Array(headBytes + target.length);
  delta.set(magic);
  new DataView(delta.buffer).setUint32(4, target.length, true);
  const wordsOfBase = new BackwardWords(base);
  const wordsOfTarget = new BackwardWords(target);
  for (let index = 0; index < words; index++) {
    const change = (wordsOfTarget.at(index) - wordsOfBase.at(index)) | 0;
    const zigzag = (change << 1) ^ (change >> 31);
    for (let plane = 0; plane < 4; plane++) delta[headBytes + plane * words + index] = zigzag >>> (8 * plane);
  }
  return delta;
}

/**
 * The target: the caller's. Whoever has it compares its hash with the one that was wanted.
 * @param limitBytes of the target.
 * @throws ProtocolError 'bad-model' for what is not a delta, or is one of more than the limit.
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array, limitBytes: number): Uint8Array {
  const length = delta.length - headBytes;
  if (length < 0 || length > limitBytes || length % 4 !== 0 || magic.some((byte, index) => delta[index] !== byte)) {
    throw new ProtocolError('bad-model', `delta of ${delta.length} bytes: expected TCD1 and at most ${limitBytes}`);
  }
  const told = new DataView(delta.buffer, delta.byteOffset).getUint32(4, true);
  if (told !== length) throw new ProtocolError('bad-model', `delta: expected ${told} bytes of planes, got ${length}`);
  const words = length / 4;
  const target = new Uint8Array(length);
  const view = new DataView(target.buffer);
  const wordsOfBase = new BackwardWords(base);
  for (let index = 0; index < words; index++) {
    let zigzag = 0;
    for (let plane = 0; plane < 4; plane++) zigzag |= delta[headBytes + plane * words + index]! << (8 * plane);
    const change = (zigzag >>> 1) ^ -(zigzag & 1);
    view.setUint32(length - 4 * (index + 1), wordsOfBase.at(index) + change, true);
  }
  return target;
}

/** The words of a file, the last one first; zero before its beginning. */
class BackwardWords {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  at(index: number): number {
    const at = this.#view.byteLength - 4 * (index + 1);
    return at < 0 ? 0 : this.#view.getUint32(at, true);
  }
}
