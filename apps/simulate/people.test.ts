import { expect, test } from 'vitest';
import { films } from '#shared/catalogue/films/index.ts';
import { importedPeople, mostTasteSpread, simulatedPeople } from '#shared/population/population.ts';
import { testCatalogue } from '../../server/testing/catalogue.ts';
import { People } from './people.ts';

test('[SM50] made-up people are those of the world, without end, and the same each time', () => {
  const people = new People({ kind: 'world', catalogue: films, seed: 3, tasteSpread: 1 });
  const expected = simulatedPeople({ catalogue: films, size: 3, seed: 3 });
  for (const [person, { interactions, heldOutLikes }] of expected.entries()) {
    const tastes = { history: interactions, heldOutLikes };
    expect(people.tastesOf(person)).toEqual(tastes);
    expect(people.tastesOf(person)).toEqual(tastes);
  }
  expect(people.count).toBe(Number.POSITIVE_INFINITY);
  expect(people.tastesOf(100_000).history.length).toBeGreaterThan(0);
});

test('[SM50] the people of a data set are read as everywhere, and begin again from the first', () => {
  const catalogue = testCatalogue(12);
  const ratings = [5, 4, 3, 2, 1, 5, 5, 4, 5, 5];
  const source = {
    kind: 'dataset',
    catalogue,
    starts: Uint32Array.of(0, 6, 10),
    rows: Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    ratings: Float32Array.from(ratings),
    times: Float64Array.from({ length: 10 }, (_, at) => 1_000 + at),
  } as const;
  const people = new People(source);
  expect(people.count).toBe(2);
  const [first] = importedPeople(
    ratings.slice(0, 6).map((rating, row) => ({ userId: 'person-0', itemId: `item-${row}`, rating, at: 1_000 + row })),
  );
  expect(people.tastesOf(0)).toEqual({ history: first!.interactions, heldOutLikes: first!.heldOutLikes });
  expect(people.tastesOf(2)).toEqual(people.tastesOf(0));
  const unrated = new People({ ...source, ratings: new Float32Array(10).fill(Number.NaN) });
  expect(unrated.tastesOf(1).history.every(({ action }) => action === 'like')).toBe(true);
});

test('[SM51] people of one favourite genre have one place, and others another', () => {
  const people = new People({ kind: 'world', catalogue: films, seed: 3, tasteSpread: 1 });
  const places = Array.from({ length: 60 }, (_, person) => people.tastePlace(person));
  expect(places.every((place) => place >= 0 && place < 1)).toBe(true);
  expect(new Set(places).size).toBeGreaterThan(3);
  expect(new Set(places).size).toBeLessThan(30);
});

test('[SM52] tastes are as far apart as they are told to be', () => {
  // Mean share of likes that two people have in common.
  const overlap = (tasteSpread: number): number => {
    const likes = simulatedPeople({ catalogue: films, size: 40, seed: 5, tasteSpread }).map(
      ({ interactions, heldOutLikes }) =>
        new Set([...interactions.flatMap(({ itemId, action }) => (action === 'like' ? itemId : [])), ...heldOutLikes]),
    );
    const pairs = likes.flatMap((a, i) => likes.slice(i + 1).map((b) => [a, b] as const));
    const shares = pairs.map(([a, b]) => [...a].filter((id) => b.has(id)).length / Math.min(a.size, b.size));
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  };
  const [alike, usual, apart] = [overlap(0), overlap(1), overlap(mostTasteSpread)];
  expect(alike).toBeGreaterThan(2 * usual);
  expect(usual).toBeGreaterThan(apart);
  const same = simulatedPeople({ catalogue: films, size: 2, seed: 5 });
  expect(simulatedPeople({ catalogue: films, size: 2, seed: 5, tasteSpread: 1 })).toEqual(same);
  expect(() => simulatedPeople({ catalogue: films, size: 1, seed: 5, tasteSpread: 4 })).toThrow(RangeError);
});
