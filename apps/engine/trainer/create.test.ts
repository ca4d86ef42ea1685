// The trainer where there is no graphics processor: the processor trains, by size or in place of what was asked for, and the reasons say why. What
// needs a device is tested in a browser: apps/e2e/trainer.browser.test.ts.
import { describe, expect, test } from 'vitest';
import { trainReference } from '#shared/model/objective.ts';
import { builtCore } from '#shared/testing/built-core.ts';
import { makeProblem } from '#shared/testing/made-up-problem.ts';
import type { Backend } from '../api.ts';
import { MemoryTimingStore } from '../timing-store.ts';
import { largestRelativeError, toleranceRelative } from './agreement.ts';
import { createTrainer, type TrainerSurroundings } from './create.ts';
import { goldenTable } from './golden.ts';

const surroundings: TrainerSurroundings = {
  core: builtCore(),
  timings: new MemoryTimingStore(),
  ticksMs: () => 0,
  after: () => () => {},
};
const shape = { items: 500, dimension: 9, featureColumns: 7, offsetRows: 20, liked: 12, disliked: 3, seen: 2, seed: 3 };
const { table, interactions } = makeProblem(shape);

test('agrees with the reference, says how far it is, needs a table, and is closed twice', async () => {
  const trainer = await createTrainer(null, surroundings);
  expect(trainer).toMatchObject({ backend: null, reasons: [] });
  await expect(trainer.train(interactions)).rejects.toThrow('call load first');
  await trainer.load(table);
  const told: number[] = [];
  const result = await trainer.train(interactions, (fraction) => told.push(fraction));
  expect(told).toEqual([0, 1]);
  expect(largestRelativeError(result, trainReference(table, interactions))).toBeLessThan(toleranceRelative);
  await expect(trainer.train({ liked: [500], disliked: [], seen: [] })).rejects.toThrow('rows are 0 to 499');
  await trainer.close();
  await trainer.close();
  await expect(trainer.train(interactions)).rejects.toThrow('expected an open trainer');
});

test('a small table is trained on by the processor, and nothing is looked for', async () => {
  const trainer = await createTrainer(null, surroundings);
  await trainer.load(table);
  expect(trainer.backend).toBe('wasm');
  expect(trainer.reasons).toMatchObject([
    { code: 'small', work: 4500, crossover: 500_000 },
    { code: 'passed', backend: 'wasm' },
  ]);
});

test.each([
  [1, [{ code: 'quick', processorMs: 1 }]],
  [30, [{ code: 'unusable', backend: 'webgpu', why: 'missing' }]],
] as const)('a large one too, where there is no WebGPU or the processor takes %i ms', async (processorMs, why) => {
  let now = 0;
  const ticksMs = () => {
    now += processorMs;
    return now;
  };
  const trainer = await createTrainer(null, { ...surroundings, ticksMs });
  await trainer.load(goldenTable({ items: 31_250, dimension: 16, featureColumns: 3 }));
  expect(trainer.backend).toBe('wasm');
  expect(trainer.reasons).toMatchObject([...why, { code: 'passed', backend: 'wasm' }]);
});

describe.each([
  ['wasm', builtCore(), 'wasm', [{ code: 'passed', backend: 'wasm' }]],
  ['wasm', null, 'reference', [{ code: 'unusable', backend: 'wasm', why: 'missing' }]],
  ['reference', builtCore(), 'reference', []],
  ['webgpu', builtCore(), 'wasm', [{ code: 'unusable', backend: 'webgpu', why: 'missing' }, { code: 'passed' }]],
  [
    'webgl',
    null,
    'reference',
    [
      { backend: 'webgl', why: 'missing' },
      { backend: 'wasm', why: 'missing' },
    ],
  ],
] as const)('%s asked for by name', (forced, core, backend, why) => {
  test(`${core === null ? 'without a core ' : ''}trains on ${backend}`, async () => {
    const trainer = await createTrainer(forced satisfies Backend, { ...surroundings, core });
    await trainer.load(table);
    expect(trainer.backend).toBe(backend);
    expect(trainer.reasons).toMatchObject([{ code: 'asked-for', backend: forced }, ...why]);
    const result = await trainer.train(interactions);
    expect(largestRelativeError(result, trainReference(table, interactions))).toBeLessThan(toleranceRelative);
    await trainer.close();
  });
});
