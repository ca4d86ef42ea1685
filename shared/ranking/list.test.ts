import fc from 'fast-check';
import { expect, test } from 'vitest';
import { histories } from '../testing/histories.ts';
import { bestRows, excludedRows } from './list.ts';

const items = 40;

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
      for (const count of [0, 1, 3, listed.length]) {
        expect(bestRows(scores, excludedRows(items, interactions), count, popularity)).toEqual(listed.slice(0, count));
      }
    }),
  );
});
