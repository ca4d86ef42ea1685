// A short form of `npm run secagg:chaos`, which plays 50 rounds with 100 people.
import { expect, test } from 'vitest';
import { chaos } from './chaos.ts';

test('[M13] [M14] [L2] 28 people over real sockets of whom some vanish and some come back: exact sums or aborts, and no charge without an upload', async () => {
  const report = await chaos({ people: 28, rounds: 3, seed: 11, vanishing: 0.15, losing: 0.1 });
  const { faults, cohorts, aborts, charged, uploadsBegun, vanished, lost } = report;
  expect(faults).toEqual([]);
  expect(cohorts.length + aborts.length).toBeGreaterThanOrEqual(3);
  expect(cohorts.length).toBeGreaterThan(0);
  expect(Math.min(...cohorts)).toBeGreaterThanOrEqual(20);
  expect(vanished).toBeGreaterThan(0);
  expect(lost).toBeGreaterThan(0);
  // [L2] A charge and the first byte of an upload belong together.
  expect(charged).toBe(uploadsBegun);
  expect(charged).toBeGreaterThanOrEqual(cohorts.reduce((sum, cohort) => sum + cohort, 0));
}, 180_000);
