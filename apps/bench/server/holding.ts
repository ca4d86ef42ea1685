// A process that takes a cohort's uploads in, one after the other, and says what it holds when all of them are there.
import * as tf from '@tensorflow/tfjs';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import { RingSum } from '#shared/privacy/aggregate.ts';
import { packedBytes } from '#shared/protocol/codec.ts';
import { readCore } from '../../../server/core-file.ts';

export type Holder = 'sum-wasm' | 'tensor-mean';

export interface Held {
  /** Of the process, more than when a few were there, after a collection. */
  readonly bytes: number;
  readonly uploadBytes: number;
}

/** Uploads before which nothing is counted: by then what is made once is made. */
const settling = 16;
const bits = 16;
const [holder, cohort, length] = process.argv.slice(2);
const uploads = Number(cohort);
const numbers = Number(length);

async function residentBytes(): Promise<number> {
  // Buffers are given back some turns after their collection.
  for (let turn = 0; turn < 4; turn++) {
    (globalThis as unknown as { gc(): void }).gc();
    await new Promise((next) => setImmediate(next));
  }
  return process.memoryUsage().rss;
}

/** Takes one upload in. */
type Take = (upload: number) => void;

function takerOf(): { readonly uploadBytes: number; readonly take: Take } {
  if (holder === 'sum-wasm') {
    const sum = new RingSum(numbers, bits, roundCore(readCore()));
    const uploadBytes = packedBytes(numbers, bits);
    return { uploadBytes, take: (upload) => sum.add(new Uint8Array(uploadBytes).fill(upload)) };
  }
  const tensors: tf.Tensor[] = [];
  const take = (upload: number) => {
    const received = new Float32Array(numbers).fill(upload).buffer;
    tensors.push(tf.tensor1d(new Float32Array(received)));
  };
  return { uploadBytes: 4 * numbers, take };
}

const { uploadBytes, take } = takerOf();
let settledBytes = 0;
for (let upload = 1; upload <= settling + uploads; upload++) {
  take(upload);
  // Uploads arrive turn by turn.
  if (upload % 8 === 0) await residentBytes();
  if (upload === settling) settledBytes = await residentBytes();
}
const held: Held = { bytes: Math.max(0, (await residentBytes()) - settledBytes), uploadBytes };
process.send?.(held, () => process.exit(0));
