import { describe, expect, test } from 'vitest';
import { type ContenderName, contenderOf, contenders } from '../contenders.ts';
import { goalsOf } from '../goals.ts';
import { counted, type Machine, measured } from '../result.ts';
import { type Report, reportPage } from './page.ts';
import { shownRivals } from './rivals.ts';

const machine: Machine = {
  processor: 'a <fast> processor',
  cores: 1,
  memoryBytes: 8e9,
  system: 'Linux 6',
  node: '22.12.0',
  chromium: '130',
  tfjs: '4.22.0',
  tacit: '0.1.0',
  adapter: 'swiftshader',
  isSoftwareAdapter: true,
};
const fit = { case: 'fit', place: 'chromium', size: '4,096 x 32', measure: 'wall', unit: 'ms' } as const;
const results = [
  measured({ ...fit, code: 'fit-wasm' }, [1, 2, 3]),
  measured({ ...fit, code: 'careful-wasm' }, [40, 50, 60]),
  counted({ ...fit, code: 'careful-wasm', measure: 'dispatches', unit: '' }, 7),
];
const report: Report = {
  machine,
  command: 'npm run bench -- --only fit',
  results,
  goals: goalsOf(results),
  rivals: [
    { code: 'careful-wasm', against: 'fit-wasm', sources: [{ path: 'a/b.ts', text: 'const a = b < 1 && "c";' }] },
    { code: 'map-and-sort', against: 'best-wasm', sources: [{ path: 'not/shown.ts', text: 'nobody' }] },
  ],
};

describe('the report', () => {
  const page = reportPage(report);

  test('needs nothing else and runs nothing', () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<script|<link|https?:|url\(/);
  });

  test('shows a rival’s source beside its numbers and ours, as text, and no source of one that was not measured', () => {
    const at = page.indexOf('careful tfjs, wasm</h3>');
    expect(at).toBeGreaterThan(0);
    expect(page.slice(at)).toMatch(/50 ms.*2 ms.*25 x.*const a = b &lt; 1 &amp;&amp; &quot;c&quot;;/s);
    expect(page).not.toContain('nobody');
  });

  test('says every goal, and of those that were not measured that they were not', () => {
    for (const { name } of report.goals) expect(page).toContain(name.replaceAll('>', '&gt;'));
    expect(page).toContain('not measured');
  });

  test('says that a software adapter’s times mean nothing, and names the machine as text', () => {
    expect(page).toContain('<strong>software</strong>');
    expect(page).toContain('a &lt;fast&gt; processor');
  });

  test('draws a plot of what was measured and none of what was not', () => {
    expect(page).toContain('The local fit, d = 32');
    expect(page).not.toContain('The local fit, d = 64');
    expect(page).not.toContain('no numbers');
  });
});

test('every rival has a source to show, and one of ours to be held against at the same task', () => {
  const rivals = shownRivals();
  expect(rivals.length).toBeGreaterThan(10);
  for (const { code, against, sources } of rivals) {
    expect(sources.length, code).toBeGreaterThan(0);
    for (const { text } of sources) expect(text.length, code).toBeGreaterThan(200);
    if (!(code in contenders)) continue;
    const [rival, ours] = [code, against].map((name) => contenderOf(name as ContenderName));
    expect([ours!.isOurs, ours!.kind], code).toEqual([true, rival!.kind]);
  }
});
