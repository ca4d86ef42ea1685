import { expect, test } from 'vitest';
import { Chance, stream, Xoshiro } from './chance.ts';

test('[SM20] the generator is xoshiro128**: the words of the reference for the state 1, 2, 3, 4', () => {
  const state = new Uint8Array(new Uint32Array([1, 2, 3, 4]).buffer);
  const words = new Uint32Array(10);
  new Xoshiro(state).fillUint32(words);
  // As rand_xoshiro tests against the authors' C code.
  const reference = [
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ];
  expect([...words]).toEqual(reference);
});

test('[SM20] filling twice is filling at once; other names are other streams', () => {
  const [parts, whole] = [stream(7, 'a', 1), stream(7, 'a', 1)];
  const [first, second, all] = [new Uint32Array(3), new Uint32Array(5), new Uint32Array(8)];
  parts.fillUint32(first);
  parts.fillUint32(second);
  whole.fillUint32(all);
  expect([...first, ...second]).toEqual([...all]);
  const other = new Uint32Array(8);
  for (const name of [stream(8, 'a', 1), stream(7, 'a', 2), stream(7, 'b', 1)]) {
    name.fillUint32(other);
    expect([...other]).not.toEqual([...all]);
  }
});

test('[SM20] what is drawn has the mean and the spread that it should', () => {
  const chance = new Chance(stream(1, 'moments'));
  const count = 20_000;
  const of = (draw: () => number) => Array.from({ length: count }, draw);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const std = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
  // Within four standard errors.
  const uniform = of(() => chance.uniform());
  expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan((4 * Math.sqrt(1 / 12)) / Math.sqrt(count));
  const exponential = of(() => chance.exponential(3));
  expect(Math.abs(mean(exponential) - 3)).toBeLessThan((4 * 3) / Math.sqrt(count));
  const normal = of(() => chance.normal(2, 0.5)).slice(0, 2_000);
  expect(Math.abs(mean(normal) - 2)).toBeLessThan((4 * 0.5) / Math.sqrt(2_000));
  expect(std(normal)).toBeCloseTo(0.5, 1);
  const logs = of(() => Math.log10(chance.logUniform(1, 100)));
  expect(Math.abs(mean(logs) - 1)).toBeLessThan((4 * (2 / Math.sqrt(12))) / Math.sqrt(count));
  const dice = of(() => chance.below(6));
  expect(new Set(dice)).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  expect(of(() => Number(chance.happens(0.25))).filter(Boolean).length / count).toBeCloseTo(0.25, 1);
});
