import { Window } from 'happy-dom';
import { expect, test } from 'vitest';
import type { Chart } from './chart.ts';
import { pictureOf } from './picture.ts';

const names = [
  'short',
  'a name of middling length',
  'one <with> "marks" & more',
  'Momentum',
  'WWWWWWWWWW',
  'six',
  'seven',
];

const lines: Chart = {
  kind: 'xy',
  title: 'Quality <over> rounds',
  note: 'is not part of it',
  x: { label: 'rounds', from: 0 },
  y: { label: 'NDCG@10' },
  series: names.map((name, index) => ({
    name,
    isReference: index > 4,
    points: [1, 2, 4].map((x) => ({ x, y: 0.1 * x + 0.01 * index })),
  })),
};
const bars: Chart = {
  kind: 'bars',
  title: 'Two groups',
  note: '',
  x: { label: 'group' },
  y: { label: 'part' },
  groups: ['left', 'right'],
  series: [{ name: 'only', values: [1, 2] }],
};

const svgOf = (chart: Chart) => {
  const { DOMParser } = new Window();
  return new DOMParser().parseFromString(pictureOf(chart), 'image/svg+xml').documentElement;
};

test('[QL10] a picture is a file of its own: title, an entry for each series, light and dark, and nothing from elsewhere', () => {
  const svg = svgOf(lines);
  expect(svg.querySelector('.title')?.textContent).toBe('Quality <over> rounds');
  expect([...svg.querySelectorAll('.entry')].map(({ textContent }) => textContent)).toEqual(names);
  expect(svg.getAttribute('aria-label')).toContain('NDCG@10 by rounds');
  const file = pictureOf(lines);
  expect(file).toContain('prefers-color-scheme: dark');
  expect(file).not.toMatch(/NaN|undefined|<script|href|url\(|is not part of it/);
  expect(svgOf(bars).querySelector('.entry')).toBeNull();
});

test('[QL10] entries of the legend are within the picture, above the drawing, and not on each other', () => {
  const svg = svgOf(lines);
  const [, , whole] = svg.getAttribute('viewBox')!.split(' ').map(Number);
  const drawing = Number(
    /translate\(\S+ ([\d.]+)\)/.exec(svg.querySelector('svg > g:last-of-type')!.getAttribute('transform')!)![1],
  );
  const boxes = [...svg.querySelectorAll('.entry')].map((entry) => {
    const [, x, y] = /translate\(([\d.]+) ([\d.]+)\)/
      .exec(entry.parentElement!.getAttribute('transform')!)!
      .map(Number);
    // Letters of 11 px are about 6 wide.
    return { from: x!, to: x! + 24 + 6 * entry.textContent.length, y: y! };
  });
  boxes.forEach(({ from, to, y }, index) => {
    expect(to).toBeLessThan(whole!);
    expect(y + 12).toBeLessThanOrEqual(drawing);
    const next = boxes[index + 1];
    if (next?.y === y) expect(next.from).toBeGreaterThan(to);
    expect(from).toBeGreaterThan(0);
  });
  expect(new Set(boxes.map(({ y }) => y)).size).toBeGreaterThan(1);
});
