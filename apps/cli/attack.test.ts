import { expect, test, vi } from 'vitest';
import { attacks, run } from './attack.ts';

async function output(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
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
    return { code: await run(argv), out, err };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

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

test('help names every attack', async () => {
  const { code, out } = await output('--help');
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
