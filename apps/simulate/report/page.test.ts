// The whole report of a small run: one file that needs nothing else and says first what it is.
import { Window } from 'happy-dom';
import { expect, test } from 'vitest';
import { resultOf } from '../result.ts';
import { firstState, runStretch } from '../scenario.ts';
import { smallPeople, smallScenario, staged } from '../testing/small.ts';
import { comparisons, detailsOf } from './figures.ts';
import { reportPage } from './page.ts';

const people = smallPeople();
const scenario = { ...smallScenario, rounds: 2, dropout: 0.1 };
const stage = await staged(scenario, people);
const state = await runStretch(stage, firstState(stage));
const honest = resultOf({ ...scenario, label: 'nobody malicious', varies: { malicious: 'nobody malicious' } }, state);
const harmed = resultOf(
  {
    ...scenario,
    id: 1,
    label: 'malicious <0.1>',
    varies: { malicious: 'malicious <0.1>' },
    malicious: 0.1,
    epsilon: 4,
  },
  state,
);
const { rounds } = state.tally;
const page = reportPage({
  people: 'made up',
  version: '0.1.0',
  command: `npm run -s tacit -- simulate --out 'a "b"'`,
  clock: 'virtual',
  results: [honest, harmed],
  rounds: [rounds, rounds],
});
const { document } = new Window();
document.write(page);

test('[SM75] it says simulated first, and whether there were masks', () => {
  const main = document.querySelector('main')!;
  expect(main.querySelector('.badge')?.textContent).toBe('Simulated');
  expect(main.textContent.trim().startsWith('Simulated')).toBe(true);
  expect(main.querySelector('.lead')?.textContent).toContain('not masked');
  expect(document.querySelector('title')?.textContent).toContain('simulated');
});

test('[SM75] it refers to nothing outside itself and runs nothing', () => {
  const urls = [...document.querySelectorAll('[src], [href], [xlink\\:href], [action], [data]')];
  expect(urls).toEqual([]);
  expect(document.querySelectorAll('script, link, iframe, object, embed, img, base')).toHaveLength(0);
  expect(page).not.toMatch(/https?:\/\/|@import|url\(|javascript:/);
  const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content');
  expect(policy).toBe("default-src 'none'; style-src 'unsafe-inline'");
});

test('[SM75] it is well-formed, in light and dark, on a phone: one h1, charts with tables, ids that are unique', () => {
  expect(document.querySelectorAll('h1')).toHaveLength(1);
  expect(page).toContain('prefers-color-scheme: dark');
  expect(document.querySelector('meta[name="viewport"]')).not.toBeNull();
  const figures = [...document.querySelectorAll('figure')];
  expect(figures.length).toBe(3 + 2 * detailsOf(honest, rounds).length);
  for (const figure of figures) {
    expect(figure.querySelectorAll('svg.plot')).toHaveLength(1);
    expect(figure.querySelectorAll('table')).toHaveLength(1);
    expect(figure.querySelectorAll('tbody tr').length).toBeGreaterThan(0);
  }
  // Strict XML of each picture: every tag closed, every attribute quoted.
  for (const [svg] of page.matchAll(/<svg[\s\S]*?<\/svg>/g)) {
    expect(balanced(svg), svg.slice(0, 120)).toBe(true);
  }
  expect(document.querySelector('code')?.textContent).toContain(`--out 'a "b"'`);
});

test('[SM76] it compares what varies, and shows what ill will does only where there is some', () => {
  const titles = comparisons([honest, harmed]).map(({ title }) => title);
  expect(titles).toEqual(['Quality over rounds', 'Quality over epsilon', 'What ill will does']);
  expect(comparisons([honest]).map(({ title }) => title)).toEqual(titles.slice(0, 2));
  const [overRounds, overEpsilon] = comparisons([honest, harmed]);
  expect(overRounds?.series.map(({ name }) => name)).toEqual([
    'shared, nobody malicious',
    'shared, malicious <0.1>',
    'content alone',
    'popular',
  ]);
  if (overEpsilon?.kind !== 'xy') throw new Error('expected points');
  expect(overEpsilon.series[0]?.points.map(({ x }) => x)).toEqual([8]);
  expect(document.body.textContent).toContain('malicious <0.1>');
});

test('[SM76] repeats with other seeds are one line, with the interval over repeats', () => {
  const repeat = resultOf({ ...scenario, seed: 2, label: 'this federation' }, state);
  const [chart] = comparisons([{ ...repeat, scenario: { ...repeat.scenario, seed: 1 } }, repeat]);
  if (chart?.kind !== 'xy') throw new Error('expected lines');
  expect(chart.series.map(({ name }) => name)).toEqual([
    'shared, this federation',
    'as shown',
    'content alone',
    'popular',
  ]);
  // Two times the same: no spread over the repeats.
  const [point] = chart.series[0]!.points;
  expect(point?.high).toBeCloseTo(point!.low!, 12);
});

/** Whether tags close in the order in which they opened. */
function balanced(svg: string): boolean {
  const open: string[] = [];
  for (const [tag, closing, name, attributes, selfClosing] of svg.matchAll(
    /<(\/?)([a-z]+)((?:\s[\w:-]+="[^"<>]*")*)\s*(\/?)>/g,
  )) {
    if (tag === undefined || name === undefined || attributes === undefined) return false;
    if (closing === '/') {
      if (open.pop() !== name) return false;
    } else if (selfClosing !== '/') open.push(name);
  }
  const tags = svg.match(/</g)?.length;
  return open.length === 0 && tags === [...svg.matchAll(/<\/?[a-z]+(?:\s[\w:-]+="[^"<>]*")*\s*\/?>/g)].length;
}
