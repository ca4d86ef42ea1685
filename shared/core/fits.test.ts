// Both twins of one device's fits against the references, on any shape, to 1e-4 relative.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestRelativeError, toleranceRelative } from '../../apps/engine/trainer/agreement.ts';
import { foldIn, trainReference } from '../model/objective.ts';
import { problems } from '../testing/arbitrary-problems.ts';
import { builtCore, isBlank, WatchedCore } from '../testing/built-core.ts';
import { makeProblem } from '../testing/made-up-problem.ts';
import { plainFits } from './fits.ts';
import { wasmFits } from './fits-wasm.ts';

const twins = [plainFits, wasmFits(builtCore())].map((twin) => [twin.kind, twin] as const);

describe.each(twins)('fits, %s', (_, twin) => {
  test('fold-in and local training agree with the references', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { table, interactions } = makeProblem(problem);
        const trained = twin.trainer(table).train(interactions);
        expect(largestRelativeError(trained, trainReference(table, interactions))).toBeLessThan(toleranceRelative);
        const folded = twin.foldIn(table, interactions);
        const expected = foldIn(table, interactions);
        const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(folded.every((value, k) => Math.abs(value - expected[k]!) <= 1e-6 * largest)).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  test('local training refuses what the reference refuses', () => {
    const shape = {
      items: 60,
      dimension: 4,
      featureColumns: 3,
      offsetRows: 2,
      liked: 3,
      disliked: 1,
      seen: 0,
      seed: 1,
    };
    const { table } = makeProblem(shape);
    const trainer = twin.trainer(table);
    expect(() => trainer.train({ liked: [60], disliked: [], seen: [] })).toThrow(RangeError);
    expect(() => trainer.train({ liked: [1], disliked: [1], seen: [] })).toThrow('twice');
    const flat = { ...table, gram: new Float64Array(16).fill(Number.NaN) };
    expect(() => twin.trainer(flat).train({ liked: [1], disliked: [], seen: [] })).toThrow('not positive definite');
  });
});

test('nothing of a person is left in a memory: no interactions, no user embedding', () => {
  const core = new WatchedCore();
  const fits = wasmFits(core);
  const shape = {
    items: 900,
    dimension: 7,
    featureColumns: 5,
    offsetRows: 9,
    liked: 12,
    disliked: 3,
    seen: 2,
    seed: 5,
  };
  const { table, interactions } = makeProblem(shape);
  fits.trainer(table).train(interactions);
  fits.foldIn(table, interactions);
  expect(isBlank(core.memories[0]!, 60_000)).toBe(true);
  // The other one keeps the rows of the offset items, and nothing behind them.
  expect(core.memories).toHaveLength(2);
  const behind = 4 * 7 * (9 + 3) + 200;
  expect(core.memories[1]!.bytes(behind, 20_000).every((byte) => byte === 0)).toBe(true);
});
