import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReconstructionScorer } from '../learners/reconstruction/scorer.ts';
import { histories } from '../testing/histories.ts';
import { smallCatalogue, smallModel } from '../testing/small-model.ts';
import { bestRows, excludedRows, reasonOf } from './list.ts';

const { table } = smallModel();
const scorer = new ReconstructionScorer(table);
const items = smallCatalogue.items.length;

test('[RK1] what was liked, disliked or seen is never listed; scores fall, ties by popularity and then by row', () => {
  const small = fc.integer({ min: 0, max: 3 });
  const numbers = fc.array(small, { minLength: items, maxLength: items });
  fc.assert(
    fc.property(histories(items), numbers, numbers, (interactions, scores, popularity) => {
      const listed = bestRows(scores, excludedRows(items, interactions), 100, popularity);
      const hidden = new Set([...interactions.liked, ...interactions.disliked, ...interactions.seen]);
      expect(listed).toHaveLength(items - hidden.size);
      const keys = (row: number) => [-scores[row]!, -popularity[row]!, row];
      listed.forEach((row, place) => {
        expect(hidden.has(row)).toBe(false);
        if (place === 0) return;
        const before = keys(listed[place - 1]!);
        const own = keys(row);
        const differing = before.findIndex((value, index) => value !== own[index]);
        expect(before[differing]).toBeLessThan(own[differing]!);
      });
      expect(bestRows(scores, excludedRows(items, interactions), 3, popularity)).toEqual(listed.slice(0, 3));
    }),
  );
});

test('[RK3] the reason names the liked item that contributed most, then a liked genre, then popularity', () => {
  const interactions = { liked: [4, 8, 13], disliked: [], seen: [] };
  const excluded = excludedRows(items, interactions);
  const [best] = bestRows(scorer.scores(interactions), excluded, 1, table.model.popularity);
  const [most] = scorer.contributions(interactions, best!);
  expect(reasonOf(scorer, interactions, best!, smallCatalogue)).toEqual({
    kind: 'because-liked',
    itemId: smallCatalogue.items[most!.row]!.id,
  });
  const mute = { ...scorer, items, contributions: () => [], scores: () => new Float64Array(items), similar: () => [] };
  expect(reasonOf(mute, interactions, 12, smallCatalogue)).toEqual({ kind: 'genre', genre: 'Comedy' });
  expect(reasonOf(mute, { ...interactions, liked: [] }, 12, smallCatalogue)).toEqual({ kind: 'popular' });
});
