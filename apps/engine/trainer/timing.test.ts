// Measuring with a clock that the test turns.
import { expect, test } from 'vitest';
import { trainReference } from '#shared/model/objective.ts';
import { goldenTable } from './golden.ts';
import { roundMs, timedReason, timingKey } from './timing.ts';

/** A fit whose n-th round takes as long as the n-th number says, and the clock that shows it. */
function takes(...rounds: number[]) {
  let now = 1000;
  let runs = 0;
  return {
    ticksMs: () => now,
    runs: () => runs,
    fit: {
      load: async () => {
        now += rounds[runs]! / 2;
      },
      train: async (interactions: Parameters<typeof trainReference>[1]) => {
        now += rounds[runs]! / 2;
        runs++;
        return trainReference(goldenTable(), interactions);
      },
    },
  };
}

test.each([
  ['the first run warms up and does not count', [1, 4, 3, 5, 6], 3, 5],
  ['a slow one is measured once after it', [70, 60], 60, 2],
  ['as many as fit into the budget', [8, 8, 7, 9], 7, 3],
])('%s', async (_, rounds, expected, runs) => {
  const slow = takes(...rounds);
  expect(await roundMs(slow.fit, goldenTable(), slow.ticksMs)).toBe(expected);
  expect(slow.runs()).toBe(runs);
});

test('WebGPU is taken where it wins, and not where it is equal', () => {
  expect(timedReason({ webgpuMs: 3, processorMs: 4 }, false).faster).toBe('webgpu');
  expect(timedReason({ webgpuMs: 4, processorMs: 4 }, true)).toMatchObject({ faster: 'processor', remembered: true });
});

test('another adapter, another processor backend and twice the size are measured anew', () => {
  const key = timingKey('nvidia|ada', 'wasm', 600_000);
  expect(timingKey('nvidia|ada', 'wasm', 1_000_000)).toBe(key);
  for (const other of [
    timingKey('nvidia|ada', 'wasm', 1_200_000),
    timingKey('nvidia|ada', 'reference', 600_000),
    timingKey('amd|rdna', 'wasm', 600_000),
  ])
    expect(other).not.toBe(key);
});
