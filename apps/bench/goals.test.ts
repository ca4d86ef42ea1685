import { describe, expect, test } from 'vitest';
import { goalsOf } from './goals.ts';
import { counted, type Place } from './result.ts';

function found(
  name: string,
  code: string,
  measure: string,
  value: number,
  size = '4,096 x 32',
  place: Place = 'chromium',
) {
  return counted({ case: name, place, code, size, measure, unit: '' }, value);
}

const goalNamed = (results: Parameters<typeof goalsOf>[0], name: string) => {
  const goal = goalsOf(results).find((one) => one.name === name);
  if (goal === undefined) throw new Error(`there is no goal ${name}`);
  return goal;
};

describe('goals', () => {
  test('without measurements every row is there and nothing is claimed', () => {
    const goals = goalsOf([]);
    expect(goals.length).toBeGreaterThan(20);
    expect(new Set(goals.map(({ name }) => name)).size).toBe(goals.length);
    for (const { measured, met } of goals) expect([measured, met]).toEqual([null, null]);
  });

  test('a ratio is met at its bound and not below', () => {
    const name = 'dispatches a fit against minimize on u';
    const ours = found('counts', 'fit-webgpu', 'dispatches', 40);
    const rival = (value: number) => found('counts', 'user-webgpu', 'dispatches', value);
    expect(goalNamed([ours, rival(600)], name)).toEqual({ name, goal: '>= 15 x', measured: 15, unit: 'x', met: true });
    expect(goalNamed([ours, rival(599)], name)).toMatchObject({ met: false });
    expect(goalNamed([ours], name)).toMatchObject({ measured: null, met: null });
  });

  test('over sizes and places the worst counts', () => {
    const walls = [
      found('fit', 'fit-wasm', 'wall', 1),
      found('fit', 'careful-wasm', 'wall', 20),
      found('fit', 'fit-wasm', 'wall', 1, '4,096 x 32', 'node'),
      found('fit', 'careful-wasm', 'wall', 30, '4,096 x 32', 'node'),
      found('fit', 'fit-wasm', 'wall', 10, '20,000 x 32'),
      found('fit', 'careful-wasm', 'wall', 24, '20,000 x 32'),
      found('fit', 'fit-wasm', 'wall', 10, '20,000 x 32', 'node'),
      found('fit', 'careful-wasm', 'wall', 90, '20,000 x 32', 'node'),
    ];
    const name = 'no-GPU fit against careful tfjs-wasm, the worst size';
    expect(goalNamed(walls, name)).toMatchObject({ measured: 2.4, met: false });
    // What is missing at one size is not passed over.
    expect(goalNamed(walls.slice(0, -1), name)).toMatchObject({ measured: null, met: null });
  });

  test('a rival’s fastest backend is what topk is measured against', () => {
    const walls = [
      found('best', 'best-wasm', 'wall', 2, '100,000 x 64'),
      found('best', 'topk-wasm', 'wall', 8, '100,000 x 64'),
      found('best', 'topk-webgpu', 'wall', 900, '100,000 x 64'),
    ];
    expect(goalNamed(walls, 'top-50 of 100k x 64 against tfjs topk, its fastest backend').measured).toBe(4);
  });

  test('memory is what a larger cohort holds more, of the bytes that it sent more', () => {
    const held = (cohort: number, bytes: number) =>
      found('aggregate', 'sum-wasm', 'held', bytes, `${cohort} uploads of 262144 B`, 'node');
    const name = 'aggregation memory: held more for 240 further uploads, of their bytes';
    expect(goalNamed([held(16, 0), held(256, 2.4 * 262_144)], name)).toMatchObject({ measured: 1, met: true });
    expect(goalNamed([held(16, 0), held(256, 240 * 262_144)], name)).toMatchObject({ measured: 100, met: false });
  });
});
