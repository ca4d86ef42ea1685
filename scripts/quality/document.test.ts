import { expect, test } from 'vitest';
import { disappointments, others } from './comparisons.ts';
import { documentOf, type Made, plotFolder } from './document.ts';
import { figuresOf } from './figures.ts';
import { goals, goalTable } from './goals.ts';
import { experiments } from './grid.ts';
import { Results, rowsOf } from './results.ts';
import { commandOf, ndcg10Column, rowsTable, tableOf } from './tables.ts';
import { measuredAs, wholeResults } from './testing/made-up-results.ts';

const made: Made = {
  machine: '2 cores',
  node: '20',
  version: '1',
  code: 'abc',
  command: 'npm run quality -- --dataset x',
};

test('[QL7] the document has the command of every row, each plot that it shows, and is the same twice', () => {
  const results = wholeResults();
  const { text, figures } = documentOf(results, made);
  for (const { rows, place } of experiments) {
    for (const row of rows) {
      if (place !== 'others') expect(text).toContain(commandOf(row, 'made-up'));
      if (place !== 'first') expect(text).toContain(commandOf(row, 'other'));
    }
  }
  const linked = [...text.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path]) => path);
  expect(linked).toEqual(figures.map(({ name }) => `${plotFolder}/${name}.svg`));
  expect(linked.length).toBe(9);
  expect(documentOf(wholeResults(), made).text).toBe(text);
  for (const words of ['simulated', 'What does not work', 'Leak-only control', 'HR@10 0.1000']) {
    expect(text).toContain(words);
  }
  expect(text).not.toMatch(/undefined|NaN|\| not measured/);
});

test('[QL7] what is not measured says so and has no plot', () => {
  const results = new Results([{ name: 'bare', users: 5, items: 5, interactions: 25 }]);
  const { text, figures } = documentOf(results, made);
  expect(text).toContain('| EASE | not measured |');
  expect(figures).toEqual([]);
  expect(text).not.toContain('## Goals');
  expect(text).not.toMatch(/undefined|NaN/);
});

test('[QL8] a goal is met, missed or unknown by its numbers', () => {
  const results = new Results([{ name: 'x', users: 943, items: 1682, interactions: 100_000 }]);
  expect(goalTable(results).match(/not measured/g)).toHaveLength(goals.length);
  const put = (id: string, value: number, more = {}) => results.add(0, id, measuredAs([value, value], more));
  put('ease', 0.3334);
  put('ials', 0.3134);
  put('content', 0.21);
  const curve = [20, 40].map((round) => ({ round, ndcg10: round === 20 ? 0.311 : 0.326, seNdcg10: 0.01 }));
  put('reconstruction', 0.326, { curve, uploadBytesPerClient: 95_001 });
  put('bits-4', 0.326 * 0.985);
  put('bits-2', 0.326 * 0.984);
  const line = (start: string) =>
    goalTable(results)
      .split('\n')
      .find((each) => each.startsWith(`| ${start}`));
  expect(line('EASE')).toContain('| 0.3334 | yes |');
  expect(line('iALS')).toContain('| 0.3134 | **no** |');
  expect(line('content alone')).toContain('| 0.2100 | yes | no |');
  expect(line('reconstruction, cohort 100')).toContain('0.3110 / 0.3260, 95,001 bytes | **no** | yes |');
  expect(line('4 bits')).toContain('4 bits 98.5 %, 2 bits 98.4 % | yes | no |');
});

test('[QL8] what was to gain and does not, and what was to cost nothing and does, is what does not work', () => {
  const results = new Results([{ name: 'x', users: 3, items: 3, interactions: 9 }]);
  const put = (id: string, people: readonly number[]) => results.add(0, id, measuredAs(people));
  put('reconstruction', [0.1, 0.2, 0.3]);
  put('local-5', [0.2, 0.3, 0.41]);
  put('size-weights', [0.11, 0.19, 0.3]);
  put('bits-8', [0.1, 0.2, 0.3]);
  put('bits-1', [0, 0.1, 0.21]);
  expect(disappointments(results).map(({ comparison, difference }) => [comparison.a, difference.verdict])).toEqual([
    ['size-weights', 'tie'],
    ['bits-1', 'worse'],
  ]);
});

test('[QL8] what does not work is said of every data set, and what was not measured is not passed over', () => {
  const facts = { users: 3, items: 3, interactions: 9 };
  const results = new Results([
    { name: 'one', ...facts },
    { name: 'two', ...facts, interactions: 25_000_095 },
  ]);
  const noisy = others[0]!.a;
  results.add(0, 'content', measuredAs([0.1, 0.2, 0.3]));
  results.add(0, 'reconstruction', measuredAs([0.1, 0.2, 0.3]));
  results.add(0, 'ials', measuredAs([0.1, 0.2, 0.3]));
  results.add(1, 'content', measuredAs([0.1, 0.2, 0.3]));
  results.add(1, 'ials', measuredAs([0.3, 0.4, 0.5]));
  results.add(1, 'reconstruction', measuredAs([0.2, 0.3, 0.41]));
  results.add(1, noisy, measuredAs([0, 0.1, 0.21]));
  expect(disappointments(results).map(({ dataset, comparison }) => [dataset, comparison.a])).toEqual([
    [1, 'reconstruction'],
    [1, noisy],
  ]);
  const { text } = documentOf(results, made);
  const limits = text.slice(text.indexOf('## What does not work'));
  expect(limits).toContain(`| two | ${others[0]!.what} | content |`);
  expect(limits).not.toContain('| one |');
  expect(limits).toContain('comes to a central learner on two, by co-occurrence');
  expect(limits).toContain('Nothing larger than 25,000,095 interactions (two) was measured.');
  expect(limits).toContain('Under privacy reconstruction was not measured with 100x the people or at epsilon 1.');
});

test('[QL8] a bar is of the difference from the standard: none on the standard itself, none without it', () => {
  const results = new Results([{ name: 'x', users: 3, items: 3, interactions: 9 }]);
  const standard = measuredAs([0.1, 0.2, 0.3], { seNdcg10Seeds: 0.01, uploadBytesPerClient: 2000 });
  results.add(0, 'bits-8', measuredAs([0.11, 0.19, 0.3], { uploadBytesPerClient: 1000 }));
  const pointsOf = () => {
    const chart = figuresOf(results).find(({ name }) => name === 'bytes-reconstruction')!.chart;
    return chart.kind === 'xy' ? chart.series.flatMap(({ points }) => points) : [];
  };
  expect(pointsOf()).toEqual([{ x: 1, y: expect.closeTo(0.2, 12) }]);
  results.add(0, 'reconstruction', standard);
  const [bits, own] = pointsOf();
  expect(own).toEqual({ x: 2, y: standard.ndcg10 });
  const { se } = results.difference('bits-8', 'reconstruction')!;
  expect([bits!.low, bits!.high]).toEqual([bits!.y - 2 * se, bits!.y + 2 * se]);
});

test('[QL9] a table is Markdown whatever is in it', () => {
  expect(tableOf(['a', 'b'], [['x | y', '1']])).toBe('| a | b |\n| --- | ---: |\n| x \\| y | 1 |');
  const results = new Results([{ name: 'x', users: 2, items: 2, interactions: 4 }]);
  results.add(0, 'ease', measuredAs([0.25, 0.75]));
  const rows = rowsOf('learners').filter(({ id }) => id === 'ease');
  expect(rowsTable(results, rows, [ndcg10Column])).toContain('| EASE | 0.5000 ± 0.2500 |');
  expect(() => rowsOf('magic')).toThrow('magic');
});
