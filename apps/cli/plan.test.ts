import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { readSettings } from './config.ts';
import { run } from './plan.ts';
import type { PlanResult } from './plan-words.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-plan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** 80 people of two tastes over 40 items whose genre tells the taste. */
const catalogue = join(folder, 'two-tastes.json');
const dataset = join(folder, 'two-tastes.csv');
const sides = ['left', 'right'];
writeFileSync(
  catalogue,
  JSON.stringify({
    name: 'two-tastes',
    licence: 'Made for tests.',
    items: sides.flatMap((side) =>
      Array.from({ length: 20 }, (_, k) => ({ id: `${side}-${k}`, title: `${side} ${k}`, genres: [side] })),
    ),
  }),
);
writeFileSync(
  dataset,
  [
    'user,item',
    ...Array.from({ length: 80 }, (_, person) =>
      Array.from({ length: 9 }, (_, k) => `person ${person},${sides[person % 2]}-${(person * 7 + k * 3) % 20}`),
    ).flat(),
  ].join('\n'),
);

async function planned(...argv: string[]) {
  let out = '';
  let err = '';
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
  try {
    // Here, unless a test is about threads: they would each load the sources anew.
    const code = await run(argv.includes('--threads') ? argv : [...argv, '--threads', '1']);
    return { code, out, err, result: out.startsWith('{') ? (JSON.parse(out) as PlanResult) : null };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

const common = ['--catalogue', catalogue, '--dataset', dataset, '--learner', 'co-occurrence', '--seeds', '2'];

describe('tacit plan', () => {
  test('[PL1] the JSON has every number, the same on one thread and on two, and its command is one that npm start understands', async () => {
    const argv = [...common, '--crowd', '60', '--epsilon', '8', '--search', '60', '--json'];
    const { code, err, result } = await planned(...argv);
    expect(code).toBe(0);
    expect(err).toContain('choosing');
    expect(result).toMatchObject({
      crowd: 60,
      epsilonDemanded: 8,
      delta: 1e-6,
      people: { kind: 'dataset', users: 80 },
      best: { learner: 'co-occurrence', cohort: 60, participations: 1 },
      gain: { runs: 2 },
    });
    expect(result!.epsilon).toBeLessThanOrEqual(8);
    expect(result!.gain.lower).toBeLessThan(result!.gain.mean);
    for (const value of [result!.uploadBytes, result!.downloadBytes, result!.noiseMultiplier]) {
      expect(value).toBeGreaterThan(0);
    }
    expect(result!.crossover.measured.length).toBeGreaterThan(1);
    const flags = result!.command.replace('npm start -- ', '').split(' ');
    expect(readSettings(flags, {}).kind).toBe('start');
    const again = await planned(...argv, '--threads', '2');
    expect(again.result).toEqual(result);
  }, 30_000);

  test('[PL2] made-up people are called made up; what is not better than content is not advised', async () => {
    const argv = ['--catalogue', catalogue, '--learner', 'communities', '--crowd', '20', '--epsilon', '0.5'];
    const { code, out } = await planned(...argv, '--seeds', '2', '--search', '20');
    expect(code).toBe(0);
    expect(out).toContain('Advice: content alone, and no shared training.');
    expect(out).toContain('made-up people with tastes over this catalogue, who prove nothing about real ones');
    expect(out).toMatch(/npm start -- --catalogue \S+ --rounds off\n$/);
  }, 30_000);

  test('[PL3] bad usage ends with 2 and says what was expected', async () => {
    const good = ['--crowd', '60', '--catalogue', 'films', '--epsilon', '4'];
    const without = (flag: string) =>
      good.filter((_, index) => index !== good.indexOf(flag) && index !== good.indexOf(flag) + 1);
    for (const [argv, message] of [
      [without('--crowd'), '--crowd is missing'],
      [without('--catalogue'), '--catalogue is missing'],
      [without('--epsilon'), '--epsilon is missing'],
      [[...without('--crowd'), '--crowd', '12.5'], '--crowd is "12.5", expected a whole number from 20'],
      [[...without('--crowd'), '--crowd', '19'], '--crowd is "19"'],
      [[...without('--epsilon'), '--epsilon', '0'], '--epsilon is "0", expected a number from 0.01 to 8'],
      [[...without('--epsilon'), '--epsilon', '-1'], '--epsilon is "-1"'],
      [[...without('--epsilon'), '--epsilon', 'much'], '--epsilon is "much"'],
      [[...good, '--delta', '0.1'], '--delta is "0.1"'],
      [[...good, '--participations', '0'], '--participations is "0"'],
      [[...good, '--cohort', '1001'], '--cohort is "1001"'],
      [
        [...good, '--learner', 'magic'],
        '--learner is "magic", expected one of co-occurrence, reconstruction, communities',
      ],
      [[...good, '--colour', 'red'], 'unknown flag "--colour"'],
      [[...without('--catalogue'), '--catalogue', join(folder, 'absent')], '--catalogue: expected films'],
      [[...good, '--dataset', join(folder, 'absent')], 'absent'],
    ] as const) {
      const { code, err } = await planned(...argv);
      expect(err).toContain(message);
      expect(code).toBe(2);
    }
  });

  test('[PL4] a catalogue or a data set that is there and not usable ends with 1 and names what is wrong', async () => {
    const hostile = join(folder, 'hostile.json');
    writeFileSync(
      hostile,
      JSON.stringify({ name: 'x', licence: 'none', items: [{ id: 'a', title: 'A', genres: [], year: 3 }] }),
    );
    const bad = await planned('--crowd', '60', '--epsilon', '4', '--catalogue', hostile);
    expect(bad).toMatchObject({ code: 1, out: '' });
    expect(bad.err).toContain('catalogue row 1, field year');
    const foreign = await planned('--crowd', '60', '--epsilon', '4', '--catalogue', 'films', '--dataset', dataset);
    expect(foreign).toMatchObject({ code: 1, out: '' });
    expect(foreign.err).toMatch(/0 of its 40 items are in the catalogue films/);
    const nothing = join(folder, 'nothing.json');
    writeFileSync(nothing, JSON.stringify({ name: 'x', licence: 'none', items: [] }));
    expect((await planned('--crowd', '60', '--epsilon', '4', '--catalogue', nothing)).code).toBe(1);
  });
});
