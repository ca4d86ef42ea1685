import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentScorer } from '../learners/content/scorer.ts';
import { smallModel } from '../testing/small-model.ts';
import { checkInteractions, withoutRows } from './interactions.ts';
import { foldIn, observedRows, trainReference } from './objective.ts';
import { type DatedRow, interactionsFrom, leastRecencyWeight, recencyHalfLifeDays, recencyWeight } from './recency.ts';

const dayMs = 86_400_000;
const { table, features } = smallModel();
const { items } = table.model.header;
const datedHistories: fc.Arbitrary<DatedRow[]> = fc.uniqueArray(
  fc.record({
    row: fc.integer({ min: 0, max: items - 1 }),
    kind: fc.constantFrom('liked' as const, 'disliked' as const, 'seen' as const),
    at: fc.integer({ min: 0, max: 20 * 365 * dayMs }),
  }),
  { selector: ({ row }) => row, maxLength: 15 },
);

describe('recency', () => {
  test('[RC1] a day counts as one, half a life counts half, older counts less, and nothing counts less than the floor', () => {
    expect([0, 1, dayMs - 1].map(recencyWeight)).toEqual([1, 1, 1]);
    expect(recencyWeight(recencyHalfLifeDays * dayMs)).toBe(0.5);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        const [young, old] = [Math.min(a, b) * dayMs, Math.max(a, b) * dayMs];
        expect(recencyWeight(old)).toBeLessThanOrEqual(recencyWeight(young));
        expect(recencyWeight(old)).toBeGreaterThanOrEqual(leastRecencyWeight);
      }),
    );
  });

  test('[RC2] equal times are no weights at all, and the order of the rows and the day of looking do not matter', () => {
    fc.assert(
      fc.property(datedHistories, fc.nat(1000), (history, days) => {
        const interactions = interactionsFrom(history);
        expect(interactionsFrom(history.toReversed())).toEqual(interactions);
        expect(interactionsFrom(history.map((row) => ({ ...row, at: row.at + days * dayMs })))).toEqual(interactions);
        const atOnce = interactionsFrom(history.map((row) => ({ ...row, at: 7 })));
        expect(atOnce).toEqual({ liked: interactions.liked, disliked: interactions.disliked, seen: interactions.seen });
        expect(() => checkInteractions(interactions, items)).not.toThrow();
      }),
    );
  });

  test('[RC3] weights of one give the same fold-in, training and content scores to the last bit as none', () => {
    fc.assert(
      fc.property(datedHistories, (history) => {
        const plain = interactionsFrom(history, () => 1);
        const ones = (rows: readonly number[]) => rows.map(() => 1);
        const weights = { liked: ones(plain.liked), disliked: ones(plain.disliked), seen: ones(plain.seen) };
        const weighted = { ...plain, weights };
        expect(foldIn(table, weighted)).toEqual(foldIn(table, plain));
        expect(trainReference(table, weighted)).toEqual(trainReference(table, plain));
        const content = new ContentScorer(features, table.model.popularity);
        expect(content.scores(weighted)).toEqual(content.scores(plain));
      }),
      { numRuns: 30 },
    );
  });

  test('[RC4] an old like weighs less in the fold-in than a new one, and leaving a row out leaves the weights of the others', () => {
    const history: DatedRow[] = [
      { row: 3, kind: 'liked', at: 0 },
      { row: 20, kind: 'liked', at: recencyHalfLifeDays * dayMs },
      { row: 9, kind: 'seen', at: recencyHalfLifeDays * dayMs },
    ];
    const interactions = interactionsFrom(history);
    expect(interactions.weights).toEqual({ liked: [0.5, 1], disliked: [], seen: [1] });
    expect([...observedRows(table, interactions).weights]).toEqual([0.5, 1, Math.fround(0.2)]);
    expect(withoutRows(interactions, new Set([20]))).toEqual({
      liked: [3],
      disliked: [],
      seen: [9],
      weights: { liked: [0.5], disliked: [], seen: [1] },
    });
  });

  test('[RC5] weights that are none, or do not fit the rows, are refused', () => {
    for (const liked of [[0], [-1], [1.5], [Number.NaN], [], [1, 1]]) {
      const weights = { liked, disliked: [], seen: [] };
      expect(() => foldIn(table, { liked: [3], disliked: [], seen: [], weights })).toThrow(RangeError);
    }
  });
});
