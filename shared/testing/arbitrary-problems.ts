// Made-up problems of any shape that a test can afford.
import fc from 'fast-check';
import type { Problem } from './made-up-problem.ts';

export const problems: fc.Arbitrary<Problem> = fc.record({
  items: fc.integer({ min: 60, max: 1500 }),
  dimension: fc.integer({ min: 1, max: 48 }),
  featureColumns: fc.integer({ min: 1, max: 70 }),
  offsetRows: fc.integer({ min: 0, max: 60 }),
  liked: fc.integer({ min: 0, max: 40 }),
  disliked: fc.integer({ min: 0, max: 10 }),
  seen: fc.integer({ min: 0, max: 10 }),
  seed: fc.nat(),
});
