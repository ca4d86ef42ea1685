import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentScorer } from '../learners/content/scorer.ts';
import { ReconstructionScorer } from '../learners/reconstruction/scorer.ts';
import type { Scorer } from '../learners/scorer.ts';
import type { DatedRow } from '../model/recency.ts';
import { smallCatalogue, smallModel } from '../testing/small-model.ts';
import { chooseModel, comparedPart } from './choice.ts';
import { foldsOf, heldOutPlaces } from './held-out.ts';
import { bestRows, excludedRows } from './list.ts';

const { table, features } = smallModel();
const { popularity } = table.model;
const items = smallCatalogue.items.length;
const shared = new ReconstructionScorer(table);
const content = new ContentScorer(features, popularity);
const keyOf = (row: number) => (row * 7) % 11;

const kinds = fc.constantFrom('liked', 'liked', 'liked', 'disliked', 'seen');
const datedHistories: fc.Arbitrary<DatedRow[]> = fc.uniqueArray(
  fc.record({ row: fc.integer({ min: 0, max: items - 1 }), kind: kinds, at: fc.integer({ min: 0, max: 50 }) }),
  { selector: ({ row }) => row, maxLength: 25 },
);
const choose = (history: readonly DatedRow[], by: Scorer = shared, beside: Scorer = content) =>
  chooseModel(by, beside, comparedPart(history, keyOf), keyOf, popularity);

/** Scores the items of the liked genres, or all others, first. */
function oracle(sign: 1 | -1): Scorer {
  const genreOf = (row: number) => smallCatalogue.items[row]!.genres[0]!;
  return {
    items,
    contributions: () => null,
    similar: () => [],
    scores: ({ liked }) =>
      Float64Array.from(
        { length: items },
        (_, row) => sign * liked.filter((other) => genreOf(other) === genreOf(row)).length,
      ),
  };
}
/** Likes of one genre, a day apart. */
const ofOneGenre = (count: number): DatedRow[] =>
  Array.from({ length: count }, (_, index) => ({ row: 4 * index, kind: 'liked', at: index }));

describe('the choice of the model', () => {
  test('[CH1] is the same whatever the order of the rows', () => {
    fc.assert(
      fc.property(datedHistories, (history) => {
        expect(choose(history.toReversed())).toEqual(choose(history));
      }),
      { numRuns: 40 },
    );
  });

  test('[CH2] does not hear of what came after the likes that it looks at: no flip with each click', () => {
    fc.assert(
      fc.property(datedHistories, fc.integer({ min: 0, max: items - 1 }), kinds, (history, row, kind) => {
        const likes = history.filter((entry) => entry.kind === 'liked').length;
        fc.pre(likes >= 2 && (![2, 4, 7, 11, 17].includes(likes) || kind !== 'liked'));
        fc.pre(history.every((entry) => entry.row !== row));
        const sorted = (part: DatedRow[]) => part.sort((a, b) => a.row - b.row);
        const later = comparedPart([...history, { row, kind, at: 60 }], keyOf);
        expect(sorted(later)).toEqual(sorted(comparedPart(history, keyOf)));
      }),
    );
  });

  test('[CH3] whoever finds the hidden likes nearer to the top ranks, from two likes on', () => {
    for (const likes of [2, 3, 5, 8]) {
      expect(choose(ofOneGenre(likes), oracle(-1), oracle(1))).toEqual({ used: 'content', why: 'better', likes });
      expect(choose(ofOneGenre(likes), oracle(1), oracle(-1))).toEqual({ used: 'shared', why: 'better', likes });
      expect(choose(ofOneGenre(likes), oracle(1), oracle(1))).toEqual({ used: 'shared', why: 'close', likes });
    }
    expect(choose(ofOneGenre(1), oracle(-1), oracle(1))).toEqual({ used: 'shared', why: 'few', likes: 0 });
  });

  test('[CH4] a shared model that cannot score is not used, however few the likes', () => {
    const broken: readonly Scorer['scores'][] = [
      () => new Float64Array(items).fill(Number.NaN),
      () => {
        throw new RangeError('matrix is not positive definite');
      },
    ];
    for (const scores of broken) {
      for (const likes of [1, 6]) {
        expect(choose(ofOneGenre(likes), { ...oracle(1), scores })).toEqual({
          used: 'content',
          why: 'unusable',
          likes: 0,
        });
      }
    }
  });
});

describe('held-out likes', () => {
  test('[HO1] every row is in one fold, folds differ by one row at most, and the order of the rows does not matter', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(99)), fc.integer({ min: 1, max: 8 }), (rows, count) => {
        const folds = foldsOf(rows, count, keyOf);
        expect(folds).toHaveLength(Math.min(count, rows.length));
        expect(folds.flat().sort((a, b) => a - b)).toEqual([...rows].sort((a, b) => a - b));
        for (const fold of folds) expect(folds[0]!.length - fold.length).toBeLessThanOrEqual(1);
        expect(foldsOf(rows.toReversed(), count, keyOf)).toEqual(folds);
      }),
    );
  });

  test('[HO2] the place is the one in the list of a history without the row, the others of its fold left out of that list', () => {
    const liked = [2, 9, 17, 30];
    const interactions = { liked, disliked: [5], seen: [6] };
    const folds = [[2, 30], [9], [17]];
    const places = heldOutPlaces(shared, interactions, folds, popularity);
    const expected = folds.flatMap((fold) =>
      fold.map((row) => {
        const rest = { ...interactions, liked: liked.filter((other) => !fold.includes(other)) };
        const excluded = excludedRows(items, { ...interactions, liked: liked.filter((other) => other !== row) });
        return bestRows(shared.scores(rest), excluded, items, popularity).indexOf(row);
      }),
    );
    expect(places).toEqual(expected);
  });
});
