import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnOf, interactionOf, itemOf } from './columns.ts';

test('[IM16] columns are found by their usual names, and --map goes first', () => {
  const names = ['userId', 'movieId', 'Rating', 'time_stamp'];
  expect(columnOf('user', names, new Map())).toEqual({ index: 0 });
  expect(columnOf('item', names, new Map())).toEqual({ index: 1 });
  expect(columnOf('timestamp', names, new Map())).toEqual({ index: 3 });
  expect(columnOf('user', ['a', 'user'], new Map([['user', 'a']]))).toEqual({ index: 0 });
  expect(columnOf('item', ['item', 'x'], new Map([['user', 'item']]))).toBeNull();
  expect(columnOf('user', names, new Map([['user', 'nobody']]))).toEqual({ missing: 'nobody' });
});

test.each([
  [
    { user: '1', item: '2', rating: '4', timestamp: '881250949' },
    { action: 'like', at: 881_250_949_000 },
  ],
  [
    { user: '1', item: '2', rating: '2' },
    { action: 'dislike', at: 0 },
  ],
  [
    { user: '1', item: '2', rating: '3.5' },
    { action: 'seen', at: 0 },
  ],
  [
    { user: 7, item: 8 },
    { action: 'like', at: 0, user: '7', item: '8' },
  ],
  [{ user: '1', item: '2', action: 'seen', rating: '5' }, { action: 'seen' }],
  [{ user: '1', item: '2', timestamp: 1_700_000_000_123 }, { at: 1_700_000_000_123 }],
  [{ user: '1', item: '2', timestamp: '2020-01-02T03:04:05Z' }, { at: Date.UTC(2020, 0, 2, 3, 4, 5) }],
])('[IM17] %j', (raw, expected) => {
  expect(interactionOf(raw, 4)).toMatchObject(expected);
});

test.each([
  [{ user: '', item: '2' }, /^user: expected/],
  [{ user: '1', item: 'x'.repeat(129) }, /^item: expected/],
  [{ user: '1\u0000', item: '2' }, /^user: expected/],
  [{ user: '1', item: '2', rating: 'five' }, /^rating: expected a number, got "five"/],
  [{ user: '1', item: '2', rating: 'NaN' }, /^rating/],
  [{ user: '1', item: '2', rating: 'Infinity' }, /^rating/],
  [{ user: '1', item: '2', rating: '' }, /^rating/],
  [{ user: '1', item: '2', timestamp: '-5' }, /^timestamp/],
  [{ user: '1', item: '2', timestamp: '1e300' }, /^timestamp/],
  [{ user: '1', item: '2', timestamp: 'yesterday' }, /^timestamp/],
  [{ user: '1', item: '2', action: 'love' }, /^action: expected like/],
  [{ user: { a: 1 }, item: '2' }, /^user/],
])('[IM18] %j is rejected with the reason', (raw, reason) => {
  expect(interactionOf(raw, 4)).toMatch(reason);
});

test('[IM19] any value at all gives an interaction or a reason, never an exception', () => {
  fc.assert(
    fc.property(
      fc.record({ user: fc.anything(), item: fc.anything(), rating: fc.anything(), timestamp: fc.anything() }),
      (raw) => {
        const result = interactionOf(raw, 4);
        if (typeof result !== 'string') expect(result.at).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});

test.each([
  [
    { id: '2571', title: 'Matrix, The (1999)', genres: 'Action|Sci-Fi' },
    { title: 'The Matrix', year: 1999, genres: ['Action', 'Sci-Fi'] },
  ],
  [
    { id: '1', title: 'Toy Story', year: '1995', genres: '(no genres listed)' },
    { title: 'Toy Story', year: 1995, genres: [] },
  ],
  [{ id: 'a', title: '<script>alert(1)</script>' }, { title: '<script>alert(1)</script>' }],
  [{ id: 'b', title: 'فيلم 🎬 影' }, { title: 'فيلم 🎬 影' }],
  [{ id: 'c' }, { title: 'c', genres: [] }],
  [
    { id: 'd', title: 'A', directors: ['X', 'X', 'Y'], countries: 'FR;DE' },
    { directors: ['X', 'Y'], countries: ['FR', 'DE'] },
  ],
])('[IM20] item %j', (raw, expected) => {
  expect(itemOf(raw)).toMatchObject(expected);
});

test.each([
  [{ id: '' }, /^id: expected/],
  [{ id: '1', title: 'x'.repeat(501) }, /^title: expected/],
  [{ id: '1', title: 'x', year: '99999' }, /^year: expected/],
  [{ id: '1', title: 'x', year: 'long ago' }, /^year: expected/],
  [{ id: '1', title: 'x', countries: 'France' }, /^countries/],
])('[IM21] item %j is rejected with the reason', (raw, reason) => {
  expect(itemOf(raw)).toMatch(reason);
});
