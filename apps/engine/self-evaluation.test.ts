import { expect, test } from 'vitest';
import { meanAndInterval } from './self-evaluation.ts';

test('an interval is never of no width: values that are all alike get the rule of three', () => {
  expect(meanAndInterval([0, 0, 0, 0, 0, 0])).toEqual({ ndcg10: 0, halfWidth95: 0.5 });
  expect(meanAndInterval(Array.from({ length: 2 }, () => 1))).toEqual({ ndcg10: 1, halfWidth95: 1 });
});

test('otherwise 1.96 standard errors', () => {
  // Mean 0.5, sample variance 1 / 3, standard error sqrt(1 / 12).
  const { ndcg10, halfWidth95 } = meanAndInterval([0, 0, 1, 1]);
  expect(ndcg10).toBe(0.5);
  expect(halfWidth95).toBeCloseTo(1.96 * Math.sqrt(1 / 12), 12);
});
