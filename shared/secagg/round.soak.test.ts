// Forty random rounds with dropouts at every stage. `npm run secagg:soak` plays 500, with up to 200 clients and D up to 100,000.
import { expect, test } from 'vitest';
import { platformCrypto } from './crypto.ts';
import { faultsOf, judgedRound, stages } from './testing/judge.ts';
import { soakScript } from './testing/soak.ts';

const crypto_ = platformCrypto(crypto.subtle);
const seed = 3;
const limits = { maximumCohort: 26, maximumLength: 3000 };

test(`[M11] [M13] [M14] 40 random rounds: the exact sum of those that stayed, or the abort that the dropouts call for (seed ${seed})`, async () => {
  const endings = new Set<string>();
  const leftAt = new Set<string>();
  let sparse = 0;
  for (let number = 0; number < 40; number++) {
    const script = soakScript(seed, number, limits, crypto_);
    const { played, faults } = await judgedRound(script);
    expect(faults, `round ${number}`).toEqual([]);
    endings.add(played.outcome.kind === 'done' ? 'done' : played.outcome.stage);
    for (const stage of script.leaves?.values() ?? []) leftAt.add(stage);
    if (script.parameters.neighbours < script.values.length - 1 && played.outcome.kind === 'done') sparse++;
  }
  // The seed is one whose rounds come to all of these.
  expect([...leftAt].sort()).toEqual([...stages].sort());
  expect(endings.size).toBeGreaterThanOrEqual(3);
  expect(endings).toContain('done');
  expect(sparse).toBeGreaterThan(5);
}, 60_000);

test('a wrong sum, another cohort or a kept secret would be seen', async () => {
  const script = soakScript(seed, 0, { maximumCohort: 4, maximumLength: 8 }, crypto_);
  const whole = { ...script, leaves: new Map() };
  const { played, expected, faults } = await judgedRound(whole);
  expect(faults).toEqual([]);
  const { outcome } = played;
  if (outcome.kind !== 'done') throw new RangeError('expected a sum');
  const changed = (change: Partial<typeof outcome>) =>
    faultsOf(whole, { ...played, outcome: { ...outcome, ...change } }, expected);
  expect(changed({ sum: outcome.sum.map((value, i) => (i === 0 ? value ^ 1 : value)) })).toEqual(['wrong sum']);
  expect(changed({ seats: outcome.seats.slice(1) })).toContain('the cohort is not those that uploaded');
  expect(faultsOf(whole, { ...played, charged: new Set(outcome.seats.slice(1)) }, expected)).toContain(
    'those that were charged are not those that uploaded',
  );
  const aborted = { kind: 'aborted', code: 'too-few', stage: 'masked', message: '' } as const;
  expect(faultsOf(whole, { ...played, outcome: aborted }, expected)).toEqual(['expected a sum, got too-few at masked']);
  const keeping = { kind: 'masked', channels: new Map(), pairs: new Map([[0, Uint8Array.of(1)]]) };
  const clients = [keeping as unknown as (typeof played.clients)[number], ...played.clients.slice(1)];
  expect(faultsOf(whole, { ...played, clients }, expected)).toEqual([
    'client 0 ended in masked',
    'client 0 kept secrets',
  ]);
});
