import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { smallCatalogue, smallModel } from '../testing/small-model.ts';
import { foldIn, itemScore } from './objective.ts';
import { explain, itemScores, popularRanking, rankItems, similarItems } from './ranking.ts';

const { table } = smallModel();
const rows = smallCatalogue.items.length;

const histories = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: rows - 1 }), fc.integer({ min: 0, max: 2 })), {
    selector: ([row]) => row,
  })
  .map((pairs) => {
    const of = (kind: number) => pairs.filter((pair) => pair[1] === kind).map((pair) => pair[0]);
    return { liked: of(0), disliked: of(1), seen: of(2) };
  });

describe('ranking', () => {
  test('[RK1] what was liked, disliked, seen or excluded is never listed; scores fall, ties by row', () => {
    fc.assert(
      fc.property(
        histories,
        fc.uniqueArray(fc.integer({ min: 0, max: rows - 1 }), { maxLength: 5 }),
        (interactions, exclude) => {
          const u = foldIn(table, interactions);
          const listed = rankItems(table, u, { exclude, count: 100, interactions, catalogue: smallCatalogue });
          const hidden = new Set([...interactions.liked, ...interactions.disliked, ...interactions.seen, ...exclude]);
          expect(listed).toHaveLength(rows - hidden.size);
          listed.forEach((item, place) => {
            expect(hidden.has(item.row)).toBe(false);
            const before = listed[place - 1];
            if (before)
              expect(before.score > item.score || (before.score === item.score && before.row < item.row)).toBe(true);
          });
        },
      ),
    );
  });

  test('[RK2] the contributions are exact: they sum to the score of the fold-in', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: rows - 1 }), (interactions, row) => {
        const sum = explain(table, interactions, row).reduce((total, entry) => total + entry.contribution, 0);
        expect(sum).toBeCloseTo(itemScore(table, row, foldIn(table, interactions)), 5);
      }),
    );
  });

  test('[RK3] the reason names the liked item that contributed most', () => {
    const interactions = { liked: [4, 8, 13], disliked: [], seen: [] };
    const u = foldIn(table, interactions);
    const [best] = rankItems(table, u, { count: 1, interactions, catalogue: smallCatalogue });
    const [most] = explain(table, interactions, best!.row);
    expect(best!.reason).toEqual({ kind: 'because-liked', itemId: smallCatalogue.items[most!.row]!.id });
    expect(best!.source).toBe('on-device');
  });

  test('[RK4] the source says whether a shared model, this device or popularity made the list', () => {
    const options = { count: 3, catalogue: smallCatalogue };
    expect(popularRanking(table, options).map((item) => [item.source, item.reason.kind])).toEqual(
      Array(3).fill(['popular', 'popular']),
    );
    const later = { ...table, model: { ...table.model, header: { ...table.model.header, version: 2 } } };
    const u = foldIn(later, { liked: [1], disliked: [], seen: [] });
    expect(rankItems(later, u, options)[0]!.source).toBe('shared');
  });

  test('[RK5] before any history the most popular come first', () => {
    const ranked = popularRanking(table, { count: rows, catalogue: smallCatalogue }).map((item) => item.row);
    const popularity = [...table.model.popularity];
    ranked.forEach((row, place) => {
      if (place > 0) expect(popularity[ranked[place - 1]!]).toBeGreaterThanOrEqual(popularity[row]!);
    });
    expect(itemScores(table, null).every(Number.isFinite)).toBe(true);
  });

  test('[RK6] similar items leave out the item, come by falling similarity, and a twin comes first', () => {
    const similar = similarItems(table, 3, 5);
    expect(similar.map((item) => item.row)).not.toContain(3);
    expect(similar.map((item) => item.score)).toEqual([...similar.map((item) => item.score)].sort((a, b) => b - a));
    const items = [...smallCatalogue.items, { ...smallCatalogue.items[3]!, id: 'twin' }];
    const withTwin = smallModel(6, undefined, { items });
    expect(similarItems(withTwin.table, 3, 1)[0]).toMatchObject({ row: 40 });
    expect(() => similarItems(table, rows, 1)).toThrow(RangeError);
  });

  test('[RK7] a catalogue of another size is refused', () => {
    expect(() => rankItems(table, null, { count: 1, catalogue: { items: [] } })).toThrow(/catalogue of 0/);
  });
});
