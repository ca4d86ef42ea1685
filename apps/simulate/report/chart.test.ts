import { Window } from 'happy-dom';
import { expect, test } from 'vitest';
import { type BarChart, type Chart, figureOf, type XyChart } from './chart.ts';
import { escaped, inBytes, inDigits, inPercent, inTime } from './text.ts';

const lines: XyChart = {
  kind: 'xy',
  title: 'Quality <over> rounds',
  note: 'A "note" & more',
  x: { label: 'rounds', from: 0 },
  y: { label: 'NDCG@10' },
  series: [
    {
      name: 'shared',
      points: [
        { x: 1, y: 0.1, low: 0.05, high: 0.15 },
        { x: 2, y: 0.2, low: 0.15, high: 0.25 },
        { x: 4, y: 0.25, low: 0.2, high: 0.3 },
      ],
    },
    { name: 'content', points: [1, 2, 4].map((x) => ({ x, y: 0.12 })), isReference: true },
  ],
};

const bars: BarChart = {
  kind: 'bars',
  title: 'Missing',
  note: '',
  x: { label: 'stage' },
  y: { label: 'seats' },
  groups: ['advertise', 'shares'],
  series: [
    { name: 'left', values: [3, null] },
    { name: 'late', values: [1, 2] },
  ],
  isStacked: true,
};

function drawn(chart: Chart) {
  const { document } = new Window();
  document.body.innerHTML = figureOf(chart);
  const figure = document.querySelector('figure')!;
  const numbers = (selector: string, attribute: string) =>
    [...figure.querySelectorAll(selector)].map((element) => Number(element.getAttribute(attribute)));
  const cells = [...figure.querySelectorAll('tbody tr')].map((row) =>
    [...row.children].map((cell) => cell.textContent),
  );
  return { figure, numbers, cells };
}

test('[SM70] a line goes through its points in order, within the frame, and its band around it', () => {
  const { figure, numbers } = drawn(lines);
  expect(figure.querySelectorAll('polyline')).toHaveLength(2);
  expect(figure.querySelectorAll('polygon.band')).toHaveLength(1);
  const xs = numbers('.dot.series-0', 'cx');
  const ys = numbers('.dot.series-0', 'cy');
  expect(xs).toHaveLength(3);
  expect(xs[0]! < xs[1]! && xs[1]! < xs[2]!).toBe(true);
  // 4 lies twice as far from 2 as 2 from 1; higher values lie higher.
  expect((xs[2]! - xs[1]!) / (xs[1]! - xs[0]!)).toBeCloseTo(2, 1);
  expect(ys[0]! > ys[1]! && ys[1]! > ys[2]!).toBe(true);
  for (const x of xs) expect(x).toBeGreaterThanOrEqual(48);
  for (const y of [...ys, ...numbers('.tick', 'y')]) expect(y).toBeLessThanOrEqual(232);
});

test('[SM70] what is compared with is a line across, also where there is one point of it', () => {
  const one = (series: XyChart['series'][number]) => ({ ...series, points: series.points.slice(0, 1) });
  const { figure } = drawn({ ...lines, series: lines.series.map(one) });
  const [line, ...more] = [...figure.querySelectorAll('polyline.reference')];
  expect(more).toEqual([]);
  const [from, to] = line!
    .getAttribute('points')!
    .split(' ')
    .map((point) => point.split(',').map(Number));
  expect(to![0]! - from![0]!).toBeGreaterThan(200);
  expect(to![1]).toBe(from![1]);
});

test('[SM70] text is text: nothing of a title or a note is markup', () => {
  const { figure } = drawn(lines);
  expect(figure.querySelector('h3')?.textContent).toBe('Quality <over> rounds');
  expect(figure.querySelector('figcaption p')?.textContent).toBe('A "note" & more');
  expect(figure.querySelector('over')).toBeNull();
  expect(escaped(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;');
});

test('[SM71] every chart has a table of its numbers, a name and a legend', () => {
  const { figure, cells } = drawn(lines);
  expect(cells).toEqual([
    ['1', '0.1 ± 0.05', '0.12'],
    ['2', '0.2 ± 0.05', '0.12'],
    ['4', '0.25 ± 0.05', '0.12'],
  ]);
  expect(figure.querySelector('svg.plot')?.getAttribute('role')).toBe('img');
  expect(figure.querySelector('svg.plot')?.getAttribute('aria-label')).toContain('Quality <over> rounds');
  expect([...figure.querySelectorAll('.legend li')].map(({ textContent }) => textContent)).toEqual([
    'shared',
    'content',
  ]);
  expect(drawn(bars).cells).toEqual([
    ['advertise', '3', '1'],
    ['shares', '', '2'],
  ]);
});

test('[SM72] stacked bars stand on each other, and their heights are as their numbers', () => {
  const { figure, numbers } = drawn(bars);
  const rects = [...figure.querySelectorAll('.plot rect')];
  expect(rects).toHaveLength(3);
  const [left, late] = rects.map((rect) => ({
    y: Number(rect.getAttribute('y')),
    height: Number(rect.getAttribute('height')),
  }));
  expect(left!.height / late!.height).toBeCloseTo(3, 0);
  expect(late!.y + late!.height).toBeCloseTo(left!.y, 0);
  const side = drawn({ ...bars, isStacked: false });
  expect(new Set(side.numbers('.plot rect', 'x')).size).toBe(3);
  expect(numbers('.plot rect', 'width').every((width) => width > 0)).toBe(true);
});

test('[SM72] a logarithmic axis has equal steps for equal ratios; nothing to draw says so', () => {
  const values = [1, 10, 100];
  const log: BarChart = {
    ...bars,
    y: { label: 's', isLogarithmic: true },
    groups: ['a', 'b', 'c'],
    series: [{ name: 'time', values }],
    isStacked: false,
  };
  const tops = drawn(log).numbers('.plot rect', 'y');
  expect(tops[0]! - tops[1]!).toBeCloseTo(tops[1]! - tops[2]!, 0);
  expect(drawn({ ...lines, series: [] }).figure.textContent).toContain('no numbers');
  expect(drawn({ ...bars, series: [{ name: 'none', values: [null, null] }] }).figure.textContent).toContain(
    'no numbers',
  );
  const flat = drawn({ ...lines, series: [{ name: 'flat', points: [{ x: 1, y: 0 }] }] });
  expect(flat.numbers('.dot', 'cy').every(Number.isFinite)).toBe(true);
});

test('[SM73] numbers as people read them', () => {
  expect([0, 0.12345, 12.345, 123.45, 12_345.6, 1e-6].map(inDigits)).toEqual([
    '0',
    '0.123',
    '12.3',
    '123',
    '12,346',
    '1e-6',
  ]);
  expect([512, 14_200, 3e6].map(inBytes)).toEqual(['512 B', '14.2 kB', '3 MB']);
  expect([0.4, 12, 210, 7200, 259_200].map(inTime)).toEqual(['0.4 s', '12 s', '3.5 min', '2 h', '3 days']);
  expect(inPercent(0.075)).toBe('7.5 %');
});
