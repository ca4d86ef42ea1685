import { expect, test } from 'vitest';
import { optionsOf as evaluateOptions } from '../../apps/cli/evaluate-options.ts';
import * as comparisons from './comparisons.ts';
import { argumentsOf, experiments, partsOf, type Row, seed, seedsInWords, tasksOf, unmeasuredInWords } from './grid.ts';
import { optionsOf } from './options.ts';

const rows = experiments.flatMap((experiment) => experiment.rows);

test('[QL1] every row of the grid is a command that evaluate understands, under an id of its own', () => {
  for (const row of rows) {
    const options = evaluateOptions(['--dataset', 'x', ...argumentsOf(row)]);
    expect(options, row.id).toMatchObject({ dataset: 'x', seed });
  }
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(new Set(experiments.map(({ name }) => name)).size).toBe(experiments.length);
});

test('[QL1] what is compared is in the grid, but for the private rows that it leaves out', () => {
  const ids = new Set(rows.map(({ id }) => id));
  const { central, rounds, fleet, bytes, privacy, crowds, others } = comparisons;
  for (const { a, b } of [...central, ...rounds, ...fleet, ...bytes, ...others]) {
    expect(ids).toContain(a);
    expect(ids).toContain(b);
  }
  expect(privacy.filter(({ a }) => ids.has(a)).length).toBeGreaterThan(20);
  expect(crowds.filter(({ a, b }) => ids.has(a) && ids.has(b)).length).toBeGreaterThan(10);
});

test('[QL2] the first data set gets its experiments, the others theirs, and --only leaves out the rest', () => {
  const row = (id: string): Row => ({ id, label: id, options: ['--learner', 'popularity'] });
  const grid = [
    { name: 'a', summary: '', place: 'all', rows: [row('a1'), row('a2')] },
    { name: 'b', summary: '', place: 'first', rows: [row('b1')] },
    { name: 'c', summary: '', place: 'others', rows: [row('c1')] },
  ] as const;
  const named = (datasets: number, only: readonly string[] | null) =>
    tasksOf(grid, datasets, only).map((task) => `${task.dataset}${task.row.id}`);
  expect(named(2, null)).toEqual(['0a1', '0a2', '0b1', '1a1', '1a2', '1c1']);
  expect(named(1, null)).toEqual(['0a1', '0a2', '0b1']);
  expect(named(2, ['b', 'c'])).toEqual(['0b1', '1c1']);
});

test('[QL2] a run costs as much as it has folds and seeds', () => {
  const parts = (...options: string[]) => partsOf({ id: '', label: '', options });
  expect(parts('--learner', 'ease')).toBe(5);
  expect(parts('--noise-seeds', '10')).toBe(50);
  expect(parts('--fold', '0', '--noise-seeds', '5')).toBe(5);
  expect(parts('--protocol', 'time')).toBe(1);
});

test('[QL2] how many seeds the private rows have, and which there are not, is said as the grid has it', () => {
  expect(seedsInWords()).toContain('reconstruction has 2 at 1x and 1 at 10x');
  const unmeasured = unmeasuredInWords().join(' ');
  for (const { name, rows: of } of experiments) {
    if (name !== 'privacy') continue;
    const has = (start: string) => of.some(({ id }) => id.startsWith(start));
    expect(unmeasured.includes('reconstruction was not measured with 100x')).toBe(!has('reconstruction.100x.'));
    expect(unmeasured.includes('communities was not measured at epsilon 1')).toBe(!has('communities.1x.epsilon-1'));
    expect(unmeasured).not.toContain('co-occurrence');
  }
});

test('[QL3] the command line: data sets that are there, experiments that exist, and what was expected otherwise', () => {
  const here = import.meta.dirname;
  expect(optionsOf(['--dataset', here, '--only', 'rounds, fleet', '--threads', '3'])).toMatchObject({
    datasets: [here],
    only: ['rounds', 'fleet'],
    out: 'QUALITY.md',
    threads: 3,
    isList: false,
  });
  expect(optionsOf(['--help'])).toBe('help');
  for (const [argv, message] of [
    [[], '--dataset is missing'],
    [['--dataset', '/nowhere/at/all'], 'there is nothing at /nowhere/at/all'],
    [['--dataset', here, '--dataset', here], 'two are called quality'],
    [['--dataset', here, '--only', 'magic'], 'expected some of learners, splits'],
    [['--dataset', here, '--threads', '0'], '--threads: expected a whole number from 1 to 256, got "0"'],
    [['--dataset', here, '--colour'], 'colour'],
  ] as const) {
    expect(() => optionsOf(argv), argv.join(' ')).toThrow(message);
  }
});
