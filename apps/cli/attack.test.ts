import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Attack, judged, type Outcome, rowsOf } from '#shared/evaluation/attacks/attack.ts';
import { attacks, run } from './attack.ts';
import { captured } from './testing/captured.ts';

const outputOf = (argv: string[], known?: readonly Attack[]) => captured(() => run(argv, known));
const output = (...argv: string[]) => outputOf(argv);

/** What the issue of the red team lists, by the name of its row. */
const demanded = [
  'history-from-upload',
  'history-from-two-uploads',
  'interaction-membership',
  'drop-everyone-but-a-victim',
  'split-views-of-survivors',
  'split-views-shrink-the-cohort',
  'both-shares-of-one-client',
  'bad-rosters',
  'replayed-rounds',
  'weakened-configs',
  'thousand-rounds',
  'linking-a-returning-visitor',
  'epsilon-from-canaries',
];

interface PublishedRow {
  readonly attack: string;
  readonly by: string;
  readonly measure: string;
  readonly control: number;
  readonly ours: number;
  readonly bound: number;
  readonly passed: string;
}

/** The rows of the table in PRIVACY.md. */
const published: readonly PublishedRow[] = (() => {
  const lines = readFileSync(join(import.meta.dirname, '../../PRIVACY.md'), 'utf8').split('\n');
  const heading = lines.indexOf('| attack | by | measure | control | ours | chance | bound | passed |');
  const rows: PublishedRow[] = [];
  if (heading === -1) throw new Error('PRIVACY.md: expected the table of attacks');
  for (const line of lines.slice(heading + 2)) {
    if (!line.startsWith('|')) break;
    const [attack = '', by = '', measure = '', control, ours, , bound, passed = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    rows.push({
      ...{ attack, by, measure, passed },
      ...{
        control: Number(control || Number.NaN),
        ours: Number(ours || Number.NaN),
        bound: Number(bound || Number.NaN),
      },
    });
  }
  return rows;
})();

test('[AT1] every attack fails on our code, and every one succeeds where the protection is off', {
  timeout: 180_000,
}, async () => {
  const { code, out, err } = await output('--small', '--json');
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  const { attacks: results } = JSON.parse(lines[0]!) as { attacks: Record<string, unknown>[] };
  expect(results.filter(({ passed }) => passed !== true)).toEqual([]);
  expect(code).toBe(0);
  expect(results.map(({ attack }) => attack)).toEqual(expect.arrayContaining(demanded));
  for (const result of results) {
    expect(result).toMatchObject({
      control: expect.any(Number),
      protected: expect.any(Number),
      bound: expect.any(Number),
    });
    expect(result.control, String(result.attack)).toBeGreaterThan(result.protected as number);
  }
  expect(results.map(({ attack }) => attack)).toEqual(attacks.flatMap(rowsOf));
  // The table in PRIVACY.md has these rows, as a full run printed them.
  expect(published.map(({ attack, by, measure }) => [attack, by, measure])).toEqual(
    results.map(({ attack, adversary, measure }) => [attack, adversary, measure]),
  );
  const of = (name: string) => results.find(({ attack }) => attack === name)!;
  expect(of('history-from-upload')).toMatchObject({ control: 1 });
  // 8 participations at z = 2 are what epsilon 8 allows.
  expect(of('thousand-rounds')).toMatchObject({ details: { samePolicy: 8, allowed: 8 } });
  expect(of('split-views-shrink-the-cohort')).toMatchObject({
    control: 1,
    protected: 0,
    details: { clientsThatGaveUp: 1 },
  });
  expect(of('bad-rosters')).toMatchObject({ details: { honestRosterTaken: 1, lowOrderSharesOpenedByAnyone: 4 } });
  expect(err).toContain(`All ${results.length} passed`);
});

test('[AT2] one attack, the same numbers from the same seed, and the table', async () => {
  const one = ['--only', 'weakened-configs', '--small'];
  const first = await output(...one, '--seed', '7');
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(first.out).toBe((await output(...one, '--seed=7')).out);
  const { out } = await output(...one, '--markdown');
  expect(out).toMatch(/^\| attack \| by \| measure \| control \| ours \| chance \| bound \| passed \|\n\| --- /);
  expect(out).toContain('| weakened-configs | active server | success rate |');
});

test('[AT3] the table in PRIVACY.md: every attack of a run, within its bound, better with the protection off', () => {
  expect(published.map(({ attack }) => attack)).toEqual(attacks.flatMap(rowsOf));
  for (const { attack, control, ours, bound, passed } of published) {
    expect(passed, attack).toBe('yes');
    expect([control, ours, bound].every(Number.isFinite), attack).toBe(true);
    expect(ours, attack).toBeLessThanOrEqual(bound);
    expect(control, attack).toBeGreaterThan(ours);
  }
});

const outcome: Outcome = {
  attack: 'made-up, second row',
  adversary: 'server',
  measure: 'F1',
  control: 1,
  controlAtLeast: 0.9,
  protected: 0.2,
  chance: 0.1,
  bound: 0.3,
  trials: 3,
  note: '',
};
const madeUp = (...changes: Partial<Outcome>[]): Attack => ({
  name: 'made-up',
  summary: 'nothing',
  rows: ['made-up', 'made-up, second row'],
  run: async () => changes.map((change) => judged({ ...outcome, ...change })),
});

test.each([
  ['goes beyond its bound', { protected: 0.31 }],
  ['has a control that fails', { control: 0.8 }],
])('[AT4] an attack that %s ends the command with 1 and is named', async (_, change) => {
  const known = [madeUp({ attack: 'made-up' }, change)];
  const failed = await outputOf([], known);
  expect(failed.code).toBe(1);
  expect(failed.out).toContain('1 of 2 failed: made-up, second row.');
  expect(failed.out).toMatch(/^made-up, second row .* NO$/m);
  expect(failed.out).not.toContain('passed.');
  const { code, out } = await outputOf(['--json'], known);
  expect([code, JSON.parse(out).attacks.map(({ passed }: { passed: boolean }) => passed)]).toEqual([1, [true, false]]);
});

test('[AT5] --only takes the name of an attack, for all its rows, or that of one row', async () => {
  const known = [madeUp({ attack: 'made-up' }, {})];
  const rowsShown = async (name: string) => {
    const { code, out } = await outputOf(['--json', '--only', name], known);
    expect(code).toBe(0);
    return JSON.parse(out).attacks.map(({ attack }: { attack: string }) => attack);
  };
  expect(await rowsShown('made-up')).toEqual(['made-up', 'made-up, second row']);
  expect(await rowsShown('made-up, second row')).toEqual(['made-up, second row']);
  await expect(outputOf(['--only', 'made-up'], [madeUp()])).rejects.toThrow('came to no row');
  expect((await outputOf(['--only', 'made-up, third row'], known)).err).toContain(
    'expected one of "made-up", "made-up, second row", got "made-up, third row"',
  );
});

test('help names every attack and row, and says how long a run takes', async () => {
  const { code, out } = await output('--help');
  expect(out).toContain('about two minutes of processor time');
  for (const row of attacks.flatMap(rowsOf)) expect(out).toContain(row);
  expect(new Set(attacks.flatMap(rowsOf)).size).toBe(attacks.flatMap(rowsOf).length);
  expect(code).toBe(0);
  for (const { name } of attacks) expect(out).toContain(name);
  expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length);
});

test.each([
  [['--only', 'nothing']],
  [['--trials', '0']],
  [['--trials', '1.5']],
  [['--seed', '-1']],
  [['--seed', '4294967296']],
  [['--json', '--markdown']],
  [['--nonsense']],
  [['word']],
])('%j is not understood', async (argv) => {
  expect(await output(...argv)).toMatchObject({ code: 2, out: '', err: expect.stringContaining('tacit attack: ') });
});
