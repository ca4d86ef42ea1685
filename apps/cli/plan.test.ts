import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { CrowdSource } from '#shared/adviser/crowd.ts';
import { computeFeatures } from '#shared/catalogue/features.ts';
import { chooseCatalogue } from './catalogue.ts';
import { readSettings } from './config.ts';
import { run as runImport } from './import.ts';
import { roomFor, run } from './plan.ts';
import type { PlanResult } from './plan-words.ts';
import { captured } from './testing/captured.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-plan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** 40 people of two tastes over 40 items whose genre tells the taste: a data set, its items as a catalogue, and its interactions alone. */
const sides = ['left', 'right'];
const items = sides.flatMap((side) =>
  Array.from({ length: 20 }, (_, k) => ({ id: `${side}-${k}`, title: `${side} ${k}`, genres: [side] })),
);
const dataset = join(folder, 'Two Tastes');
mkdirSync(dataset);
const interactions = join(dataset, 'interactions.csv');
writeFileSync(
  interactions,
  [
    'user,item',
    ...Array.from({ length: 40 }, (_, person) =>
      Array.from({ length: 9 }, (_, k) => `person ${person},${sides[person % 2]}-${(person * 7 + k * 3) % 20}`),
    ).flat(),
  ].join('\n'),
);
writeFileSync(
  join(dataset, 'items.csv'),
  ['id,title,genres', ...items.map(({ id, title, genres }) => `${id},${title},${genres[0]}`)].join('\n'),
);
const catalogue = join(folder, 'two-tastes.json');
writeFileSync(catalogue, JSON.stringify({ name: 'two-tastes', licence: 'Made for tests.', items }));

/** The words of a printed command as a shell has them. */
function argumentsOf(command: string, prefix: string): string[] {
  expect(command.startsWith(prefix)).toBe(true);
  const words = command.slice(prefix.length).match(/'[^']*'|[^ ]+/g)!;
  return words.map((word) => word.replaceAll("'", ''));
}

async function planned(...argv: string[]) {
  // Here, unless a test is about threads: they would each load the sources anew.
  const said = await captured(() => run(argv.includes('--threads') ? argv : [...argv, '--threads', '1']));
  return { ...said, result: said.out.startsWith('{') ? (JSON.parse(said.out) as PlanResult) : null };
}

const common = ['--learner', 'co-occurrence', '--seeds', '2', '--epsilon', '8'];

describe('tacit plan', () => {
  test('[PL1] the JSON has every number, and what it prints for a data set imports and starts its catalogue', async () => {
    const dataDir = join(folder, 'data');
    const argv = [...common, '--catalogue', dataset, '--dataset', dataset, '--crowd', '40', '--search', '40'];
    const { code, err, result } = await planned(...argv, '--data-dir', dataDir, '--json');
    expect(code).toBe(0);
    expect(err).toMatch(/^plan: choosing among 2, 1 of 3: content alone, 40 people, fold 0, seed 1\n/);
    expect(err).toMatch(/\nplan: judging the best, 2 of 6: co-occurrence \(K [24]0\), 40 people, fold 2, seed 4\n/);
    expect(result).toMatchObject({
      crowd: 40,
      searched: 40,
      epsilonDemanded: 8,
      delta: 1e-6,
      people: { kind: 'dataset', users: 40 },
      best: { learner: 'co-occurrence', cohort: 40, participations: 1 },
      gain: { runs: 2 },
      epoch: {
        phases: [
          { name: 'popularity', rounds: 1 },
          { name: 'co-occurrence', rounds: 1 },
        ],
        rounds: 2,
        updates: 2,
        withinEpsilon: 1,
      },
    });
    expect(result!.epsilon).toBeLessThanOrEqual(8);
    expect(result!.gain.lower).toBeLessThan(result!.gain.mean);
    for (const value of [result!.uploadBytes, result!.downloadBytes, result!.noiseMultiplier]) {
      expect(value).toBeGreaterThan(0);
    }
    expect(result!.crossover.measured.length).toBeGreaterThan(1);

    const importing = argumentsOf(result!.importCommand!, 'npm run -s tacit -- import ');
    expect(importing.slice(0, 2)).toEqual(['movielens', dataset]);
    expect((await captured(() => runImport(importing))).code).toBe(0);
    const starting = readSettings(argumentsOf(result!.command, 'npm start -- '), {});
    if (starting.kind !== 'start') throw new RangeError(`expected a start, got ${starting.kind}`);
    expect(starting.settings).toMatchObject({ fleet: 0, dataDir });
    const { catalogue: started } = await chooseCatalogue(starting.settings.catalogue, starting.settings.dataDir);
    expect(started.items.map(({ id }) => id).sort()).toEqual(items.map(({ id }) => id).sort());
    // That name is taken now, and importing again would replace what is there.
    const again = await planned(...argv.map((word) => (word === '40' ? '20' : word)), '--data-dir', dataDir, '--json');
    expect(again.result!.importCommand).toContain(' --name two-tastes-2 ');
  });

  test('[PL5] measured on two threads it is what it is on one', async () => {
    const argv = [...common, '--catalogue', catalogue, '--dataset', interactions, '--crowd', '20', '--search', '20'];
    const one = await planned(...argv, '--json');
    // Each thread loads the sources anew.
    const two = await planned(...argv, '--json', '--threads', '2');
    expect(two.result).toEqual(one.result);
    expect(two.err.split('\n').sort()).toEqual(one.err.split('\n').sort());
    expect(one.result).toMatchObject({ importCommand: null, catalogue });
  }, 60_000);

  test('[PL2] made-up people are called made up; what is not better than content is not advised', async () => {
    const argv = ['--catalogue', catalogue, '--learner', 'communities', '--crowd', '20', '--epsilon', '0.5'];
    const { code, out } = await planned(...argv, '--seeds', '2', '--search', '20');
    expect(code).toBe(0);
    expect(out).toContain('Advice: content alone, and no shared training.');
    expect(out).toContain('made-up people with tastes over this catalogue, who prove nothing about real ones');
    expect(out).toContain('An epoch would be 4 rounds (popularity 1, centroids 1, centroids 1, likes 1).');
    expect(out).toContain('Bounds are two standard errors, the larger of those over people and over worlds;');
    expect(out).toMatch(/npm start -- --catalogue \S+ --fleet 0 --rounds off\n$/);
  });

  test('[PL6] what does not fit into the memory is not measured: the crowd itself with an error, larger ones with a word', async () => {
    const source: CrowdSource = { kind: 'world', items, features: computeFeatures(items) };
    const demand = {
      people: 1000,
      cohort: 1000,
      items: items.length,
      effectiveItems: 30,
      epsilon: 4,
      delta: 1e-6,
      participations: null,
      learner: null,
    };
    const room = (availableBytes: number) =>
      roomFor(source, demand, { seeds: 4, search: 16_000_000, threads: 8 }, availableBytes);
    const gibibyte = 2 ** 30;
    let told = '';
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      told += String(text);
      return true;
    });
    try {
      expect(room(64 * gibibyte)).toEqual({ threads: 8, largestCrowd: 8_192_000 });
      expect(told).toBe('');
      // People are repeated and share their memory; the order in which they take part grows.
      const small = room(gibibyte / 8 + 20e6);
      expect(small.threads).toBe(1);
      expect(small.largestCrowd).toBeLessThan(8_192_000);
      expect(small.largestCrowd).toBeGreaterThan(1000);
      expect(told).toMatch(
        new RegExp(`crowds of ${2 * small.largestCrowd} and more are not tried: \\d+ MiB of memory are needed`),
      );
      expect(() => room(gibibyte / 8)).toThrow(
        /a crowd of 1000 over a catalogue of 40 items needs \d+ MiB of memory to be measured, and 128 MiB are available/,
      );
    } finally {
      stderr.mockRestore();
    }
  });

  test('[PL3] bad usage ends with 2 and says what was expected', async () => {
    const good = ['--crowd', '60', '--catalogue', 'films', '--epsilon', '4'];
    const without = (flag: string) =>
      good.filter((_, index) => index !== good.indexOf(flag) && index !== good.indexOf(flag) + 1);
    for (const [argv, message] of [
      [without('--crowd'), '--crowd is missing'],
      [without('--catalogue'), '--catalogue is missing'],
      [without('--epsilon'), '--epsilon is missing'],
      [[...without('--crowd'), '--crowd', '12.5'], '--crowd: expected a whole number from 20'],
      [[...without('--crowd'), '--crowd', '19'], '--crowd: expected a'],
      [[...without('--epsilon'), '--epsilon', '0'], '--epsilon: expected a number from 0.01 to 8'],
      [[...without('--epsilon'), '--epsilon', '-1'], '--epsilon: expected a'],
      [[...without('--epsilon'), '--epsilon', 'much'], '--epsilon: expected a'],
      [[...good, '--delta', '0.1'], '--delta: expected a'],
      [[...good, '--participations', '0'], '--participations: expected a'],
      [[...good, '--cohort', '1001'], '--cohort: expected a'],
      [[...good, '--learner', 'magic'], '--learner: expected one of co-occurrence, reconstruction, communities'],
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
