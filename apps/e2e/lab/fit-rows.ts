// The softmax fit of made-up item rows on any backend, against the reference.
import { softmaxFit, standardSoftmaxFit } from '#shared/model/softmax-fit.ts';
import { madeUpRows } from '#shared/testing/made-up-rows.ts';
import type { TrainerSurroundings } from '../../engine/trainer/create.ts';
import { columnsOf, floatsOf } from '../../engine/trainer/row-source.ts';
import { openSoftmax } from '../../engine/trainer/softmax.ts';
import type { FittedRows, LabCall } from './calls.ts';

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
