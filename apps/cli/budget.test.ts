import { expect, test } from 'vitest';
import vectors from '#shared/testing/vectors/accountant.json';
import { run } from './budget.ts';
import { captured } from './testing/captured.ts';

const output = (...argv: string[]) => captured(() => run(argv));

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

const json = async (...argv: (string | number)[]) => {
  const { code, out, err } = await output(...argv.map(String), '--json');
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Record<string, number | boolean>;
};
const relative = (got: unknown, expected: number) => Math.abs(Number(got) / expected - 1);

test('[L1] the known answers: rho, and epsilon by the optimised conversion', async () => {
  for (const row of vectors.noAmplification.rows) {
    const [z, participations, delta, rho, simple, zcdp, analytic] = row as number[];
    const budget = await json('--noise-multiplier', z!, '--participations', participations!, '--delta', delta!);
    expect(relative(budget.rho, rho!)).toBeLessThanOrEqual(1e-12);
    expect(relative(budget.epsilon, zcdp!)).toBeLessThanOrEqual(1e-9);
    expect(relative(budget.epsilonSimple, simple!)).toBeLessThanOrEqual(1e-12);
    expect(relative(budget.epsilonAnalytic, analytic!)).toBeLessThanOrEqual(1e-9);
  }
});

test('[L1] far-off values, against a minimum taken with 40 digits', async () => {
  // z, T, delta, epsilon: the least over orders, by a grid and ternary search in mpmath 1.3.0.
  const far = [
    [0.3, 1, 1e-12, 29.43318907906549],
    [0.3, 1_000_000, 1e-6, 5_573_069.841712988],
    [0.689, 1, 1e-6, 8.00394545757621],
    [1, 1_000_000, 1e-9, 506_431.8492364591],
    [4.5, 77, 1e-5, 10.398878308467756],
    [32, 2155, 1e-6, 7.9995050344066],
    [32, 1000, 0.5, 0.16987512141865191],
    [1000, 1, 1e-12, 0.0059871637701307571],
    [1000, 1_000_000, 1e-12, 7.515142752890129],
  ] as const;
  for (const [z, participations, delta, epsilon] of far) {
    const budget = await json('--noise-multiplier', z, '--participations', participations, '--delta', delta);
    expect(relative(budget.epsilon, epsilon), `z ${z}, T ${participations}, delta ${delta}`).toBeLessThanOrEqual(1e-12);
  }
  // Where the least is below 0 it is 0: delta alone is more than the mechanism gives away.
  expect((await json('--noise-multiplier', 123.456, '--participations', 1, '--delta', 0.01)).epsilon).toBe(0);
});

test('[L3] the known budgets: how often, and back to the noise that this needs', async () => {
  for (const row of vectors.lifetimeBudget.rows) {
    const [epsilon, delta, rho, , allowed] = row as [number, number, number, number, number[]];
    for (const [i, z] of [1, 2, 4, 8, 16, 32].entries()) {
      const budget = await json('--epsilon', epsilon, '--noise-multiplier', z, '--delta', delta);
      expect(budget.maxParticipations).toBe(allowed[i]);
      expect(relative(budget.rhoLimit, rho)).toBeLessThanOrEqual(3e-8);
      const most = allowed[i]!;
      if (most === 0) continue;
      const needed = await json('--epsilon', epsilon, '--participations', most, '--delta', delta);
      expect(needed.noiseMultiplier).toBeLessThanOrEqual(z);
      expect(relative(needed.noiseMultiplier, Math.sqrt(most / (2 * rho)))).toBeLessThanOrEqual(3e-8);
      const again = await json(
        '--epsilon',
        epsilon,
        '--noise-multiplier',
        Number(needed.noiseMultiplier),
        '--delta',
        delta,
      );
      expect(again.maxParticipations).toBe(most);
    }
  }
});

test('[L1] simulation only: the known answers over whole orders, labelled, and nothing of zCDP beside them', async () => {
  for (const row of vectors.subsampledEpsilon.rows) {
    const [z, q, steps, at5, at6] = row as number[];
    for (const [delta, epsilon] of [
      [1e-5, at5],
      [1e-6, at6],
    ]) {
      const budget = await json(
        ...['--simulation-only', '--sampling-rate', q!, '--noise-multiplier', z!],
        ...['--participations', steps!, '--delta', delta!],
      );
      expect(relative(budget.epsilon, epsilon!)).toBeLessThanOrEqual(1e-9);
      expect(Object.keys(budget)).toEqual([
        'simulationOnly',
        'noiseMultiplier',
        'participations',
        'samplingRate',
        'delta',
        'epsilon',
        'order',
      ]);
      expect(budget.simulationOnly).toBe(true);
    }
  }
  const words = await output(
    ...['--simulation-only', '--sampling-rate', '0.01', '--noise-multiplier', '1', '--participations', '1000'],
  );
  expect(words.out).toMatch(/^simulation-only: .*No real federation may claim/);
  // Everyone in every round: no amplification is left, and whole orders cost a little.
  const whole = await json(
    ...['--simulation-only', '--sampling-rate', 1, '--noise-multiplier', 4, '--participations', 10],
  );
  const real = await json('--noise-multiplier', 4, '--participations', 10);
  expect(Number(whole.epsilon)).toBeGreaterThanOrEqual(Number(real.epsilon));
  expect(Number(whole.epsilon)).toBeLessThan(1.05 * Number(real.epsilon));
});

test('in words, and help', async () => {
  expect((await output('--epsilon', '8', '--noise-multiplier', '2')).out).toContain('allows 8 participations');
  expect(await output('--help')).toMatchObject({ code: 0, out: expect.stringContaining('--noise-multiplier Z') });
});

test('help names every field of the JSON', async () => {
  const { out } = await output('--help');
  const asked = [
    ['--epsilon', 8, '--noise-multiplier', 2],
    ['--epsilon', 8, '--participations', 2],
    ['--noise-multiplier', 2, '--participations', 1, '--simulation-only', '--sampling-rate', 0.1],
  ];
  for (const argv of asked) {
    for (const field of Object.keys(await json(...argv))) expect(out).toMatch(new RegExp(`\\b${field}\\b`));
  }
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
  [['--noise-multiplier', '2', '--participations', '1', '--sampling-rate', '0.1']],
  [['--noise-multiplier', '2', '--participations', '1', '--simulation-only']],
  [['--noise-multiplier', '2', '--participations', '1', '--simulation-only', '--sampling-rate', '0']],
  [['--noise-multiplier', '2', '--participations', '1', '--simulation-only', '--sampling-rate', '1.01']],
  [['--noise-multiplier', '0', '--participations', '1', '--simulation-only', '--sampling-rate', '0.1']],
  [['--noise-multiplier', '2', '--participations', '0', '--simulation-only', '--sampling-rate', '0.1']],
  [['--noise-multiplier', '2', '--epsilon', '1', '--simulation-only', '--sampling-rate', '0.1']],
  [['--noise-multiplier', '2', '--participations', '1', '--simulation-only=1', '--sampling-rate', '0.1']],
  [['--noise-multiplier', '2', '--participations', '1', '--delta', '-0.5']],
  [['--noise-multiplier', '2', '--participations', '1', '--delta', '1.5']],
  [['--noise-multiplier', 'Infinity', '--participations', '1']],
  [['--noise-multiplier', '2', '--participations', '-3']],
  [['--epsilon', '0', '--participations', '1']],
  [['--epsilon', '-1', '--noise-multiplier', '1']],
  [['--sigma', '2']],
  [['8']],
])('a bad command line ends with 2 and says what was expected: %j', async (argv) => {
  const { code, out, err } = await output(...argv);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(/expected|unknown|unexpected|takes no value/);
});
