import { describe, expect, test } from 'vitest';
import { Shelf } from './shelf.ts';
import { films } from './testing/mount.tsx';

const shelf = new Shelf(films);
const anything = { search: '', genre: '', decade: null };
const idsOf = (search: string): string[] => shelf.find({ ...anything, search }).map(({ id }) => id);

describe('the shelf', () => {
  test('finds by title without accents and case, by Chinese title, director and year', () => {
    expect(idsOf('AMELIE')).toEqual(['amelie-2001']);
    expect(idsOf('异形')).toEqual(['alien-1979']);
    expect(idsOf('scott alien')).toEqual(['alien-1979']);
    expect(idsOf('tarkovsky 1979')).toEqual(['stalker-1979']);
    expect(idsOf('zzz')).toEqual([]);
  });

  test('puts titles that begin with the words first, the article not counted', () => {
    expect(idsOf('thing')[0]).toBe('the-thing-1982');
    expect(idsOf('s')[0]).toMatch(/solaris|stalker/);
  });

  test('filters by genre and decade together', () => {
    const found = shelf.find({ search: '', genre: 'Science Fiction', decade: 1970 }).map(({ id }) => id);
    expect(found.sort()).toEqual(['alien-1979', 'solaris-1972', 'stalker-1979']);
  });

  test('offers genres by frequency and decades newest first', () => {
    expect(shelf.genres[0]).toBe('Science Fiction');
    expect(shelf.decades).toEqual([2000, 1980, 1970]);
  });

  test('shows the widely known first', () => {
    const order = shelf.find(anything).map(({ prominence }) => prominence!);
    expect(order).toEqual([...order].sort((a, b) => b - a));
    expect(order.length).toBe(films.items.length);
  });
});
