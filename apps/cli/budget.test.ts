import { expect, test, vi } from 'vitest';
import { run } from './budget.ts';

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

test('[L1] what participations cost', async () => {
  const { code, out } = await output('--noise-multiplier', '4', '--participations', '10', '--delta', '1e-6', '--json');
  expect(code).toBe(0);
  const budget = JSON.parse(out);
  expect(budget.rho).toBeCloseTo(10 / 32, 12);
  // dp_accounting: 4.0103 (zCDP), 4.4681 (simple), 3.7472 (analytic).
  expect(budget.epsilon).toBeCloseTo(4.0103, 4);
  expect(budget.epsilonSimple).toBeCloseTo(4.4681, 4);
  expect(budget.epsilonAnalytic).toBeCloseTo(3.7472, 4);
});

test('[L3] what an epsilon allows, and the noise that it needs', async () => {
  const allowed = JSON.parse((await output('--epsilon', '8', '--noise-multiplier', '2', '--json')).out);
  expect(allowed.maxParticipations).toBe(8);
  expect(allowed.epsilon).toBeLessThanOrEqual(8);
  const none = JSON.parse((await output('--epsilon=1', '--noise-multiplier=1', '--json')).out);
  expect(none).toMatchObject({ maxParticipations: 0, epsilon: 0, rho: 0 });
  const needed = JSON.parse((await output('--epsilon', '8', '--participations', '33', '--json')).out);
  expect(needed.noiseMultiplier).toBeGreaterThan(3.9);
  expect(needed.noiseMultiplier).toBeLessThan(4);
  expect(needed.epsilon).toBeCloseTo(8, 6);
});

test('in words, and help', async () => {
  expect((await output('--epsilon', '8', '--noise-multiplier', '2')).out).toContain('allows 8 participations');
  expect(await output('--help')).toMatchObject({ code: 0, out: expect.stringContaining('--noise-multiplier Z') });
});

test.each([
  [[]],
  [['--noise-multiplier', '2']],
  [['--noise-multiplier', '0', '--participations', '1']],
  [['--noise-multiplier', '-2', '--participations', '1']],
  [['--noise-multiplier', 'NaN', '--participations', '1']],
  [['--noise-multiplier', '1e99', '--participations', '1']],
  [['--noise-multiplier', '2', '--participations', '1.5']],
  [['--noise-multiplier', '2', '--participations', '0']],
  [['--noise-multiplier', '2', '--participations', '1', '--delta', '0']],
  [['--noise-multiplier', '2', '--participations', '1', '--delta', '1']],
  [['--noise-multiplier', '2', '--participations', '1', '--epsilon', '8']],
  [['--epsilon', '0x8', '--participations', '1']],
  [['--epsilon', '8']],
  [['--epsilon', '', '--participations', '1']],
  [['--sigma', '2']],
  [['8']],
])('a bad command line ends with 2 and says what was expected: %j', async (argv) => {
  const { code, out, err } = await output(...argv);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(/expected|unknown|unexpected/);
});
