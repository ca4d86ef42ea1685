// Made-up item rows for the softmax fit, and that fit on any backend against the reference.
import { softmaxFit, standardSoftmaxFit } from '#shared/model/softmax-fit.ts';
import type { TrainerSurroundings } from '../../engine/trainer/create.ts';
import { columnsOf, floatsOf, type RowSource } from '../../engine/trainer/row-source.ts';
import { openSoftmax } from '../../engine/trainer/softmax.ts';
import type { FittedRows, LabCall, MadeUpRows } from './calls.ts';

export function madeUpRows(rows: MadeUpRows): { source: RowSource; liked: number[] } {
  const { kind, items, dimension, size } = rows;
  const hash = hashOf(rows.seed);
  const length = items * dimension;
  const liked = [...new Set(Array.from({ length: rows.liked }, (_, index) => hash(index) % items))];
  if (kind === 'compact') {
    const values = new Int8Array(length);
    for (let i = 0; i < length; i++) values[i] = (hash(i) % 255) - 127;
    const scales = Float32Array.from({ length: items }, (_, i) => (size / 127) * (0.5 + (hash(~i) % 1000) / 1000));
    return { source: { kind, rows: { items, dimension, values, scales } }, liked };
  }
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = size * (hash(i) / 2 ** 31 - 1);
  return { source: { kind, values, columns: dimension }, liked };
}

/** The murmur3 finaliser of a seed and an index: 32 bits. */
function hashOf(seed: number): (index: number) => number {
  return (index) => {
    let h = (Math.imul(seed | 1, 0x9e3779b9) + index) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
}

export async function fitRows(
  call: LabCall & { kind: 'softmax' },
  surroundings: TrainerSurroundings,
): Promise<FittedRows> {
  const { source, liked } = madeUpRows(call.rows);
  const options = { ...standardSoftmaxFit, steps: call.steps };
  const runner = await openSoftmax(call.backend, source, surroundings, call.tileBytes);
  try {
    const fitted = await runner.fit(liked, { ...options, withLossAfter: true });
    const expected = softmaxFit(floatsOf(source), columnsOf(source), liked, options);
    return {
      errors: [
        relativeError(fitted.userEmbedding, expected.userEmbedding),
        relativeError([fitted.lossBefore], [expected.lossBefore]),
        relativeError([fitted.lossAfter ?? Number.NaN], [expected.lossAfter]),
      ],
    };
  } finally {
    runner.close();
  }
}

/** By the largest number of the reference. */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    // NaN does not get lost.
    difference = Math.max(difference, Math.abs((actual[i] ?? Number.NaN) - expected[i]!));
  }
  if (Number.isNaN(difference) || actual.length !== expected.length) return Number.MAX_VALUE;
  return difference === 0 ? 0 : difference / largest;
}
