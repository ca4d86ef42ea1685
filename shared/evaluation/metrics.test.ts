import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanMetrics, ndcg, rankingMetrics, recall, topRows } from './metrics.ts';

describe('ranking metrics', () => {
  test('[EV1] the top rows are those of a full sort: score falling, ties by row, excluded rows left out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 60 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { maxLength: 10 }),
        fc.integer({ min: 0, max: 70 }),
        (scores, excluded, count) => {
          const expected = scores
            .map((_, row) => row)
            .filter((row) => !excluded.includes(row))
            .sort((a, b) => scores[b]! - scores[a]! || a - b)
            .slice(0, count);
          expect([...topRows(scores, excluded, count)]).toEqual(expected);
        },
      ),
    );
  });

  test('[EV2] by hand: targets at places 1 and 3 of a list, one more not in it', () => {
    // DCG = 1/log2(2) + 1/log2(4) = 1.5; ideal of three targets = 1 + 0.63093 + 0.5 = 2.13093.
    const targets = new Set([7, 8, 9]);
    expect(ndcg([7, 1, 8, 2], targets, 10)).toBeCloseTo(1.5 / 2.1309297535714578, 12);
    expect(recall([7, 1, 8, 2], targets, 20)).toBeCloseTo(2 / 3, 12);
    expect(recall([7, 1, 8, 2], targets, 1)).toBe(1);
    expect(ndcg([], targets, 10)).toBe(0);
  });

  test('[EV3] a perfect list has 1 of everything, and the mean has its standard error', () => {
    const perfect = rankingMetrics([3, 4], new Set([3, 4]));
    expect(perfect).toEqual({ ndcg10: 1, ndcg100: 1, recall20: 1 });
    const none = { ndcg10: 0, ndcg100: 0, recall20: 0 };
    // Values 1, 0, 1, 0: mean 1/2, sample variance 1/3, standard error sqrt(1/3/4).
    expect(meanMetrics([perfect, none, perfect, none])).toMatchObject({
      ndcg10: 0.5,
      users: 4,
      seNdcg10: Math.sqrt(1 / 12),
    });
    expect(() => meanMetrics([])).toThrow(RangeError);
  });
});
