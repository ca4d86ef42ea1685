import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentUnits } from '../learners/content/scorer.ts';
import { mostSimilar } from '../learners/unit-vectors.ts';
import { encodeFeatures } from '../model/file.ts';
import type { Features } from '../model/model.ts';
import { smallCatalogue } from '../testing/small-model.ts';
import { computeFeatures } from './features.ts';
import { films } from './films/index.ts';
import type { CatalogueItem } from './schema.ts';

const anyItem: fc.Arbitrary<CatalogueItem> = fc
  .record(
    {
      id: fc.string({ minLength: 1, maxLength: 12 }),
      title: fc.string(),
      genres: fc.array(fc.oneof(fc.constantFrom('Drama', '__proto__', 'constructor', '<b>', ''), fc.string()), {
        maxLength: 12,
      }),
      year: fc.oneof(
        fc.integer({ min: 1870, max: 2100 }),
        fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -5, 1e9),
      ),
      directors: fc.array(fc.string(), { maxLength: 4 }),
      countries: fc.array(fc.string(), { maxLength: 4 }),
      prominence: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(Number.NaN, 1e308)),
    },
    { requiredKeys: ['id', 'title', 'genres'] },
  )
  .map((item) => item as CatalogueItem);

describe('content features', () => {
  test('[FT1] whatever the items say, the values are finite and column 0 is 1', () => {
    fc.assert(
      fc.property(fc.array(anyItem, { minLength: 1, maxLength: 30 }), (items) => {
        const { columns, values } = computeFeatures(items);
        expect(columns).toBeGreaterThanOrEqual(2);
        expect(columns).toBeLessThanOrEqual(60);
        expect(values).toHaveLength(items.length * columns);
        expect(values.every(Number.isFinite)).toBe(true);
        items.forEach((_, item) => {
          expect(values[item * columns]).toBe(1);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('[FT2] the same items give the same numbers; each component has mean square 1', () => {
    const { items, columns, values } = computeFeatures(smallCatalogue.items);
    expect(computeFeatures(smallCatalogue.items).values).toEqual(values);
    for (let column = 1; column < columns; column++) {
      let squares = 0;
      for (let item = 0; item < items; item++) squares += values[item * columns + column]! ** 2;
      expect(squares / items).toBeCloseTo(1, 2);
    }
  });

  test('[FT3] items of like content are nearer than items of unlike content', () => {
    const { columns, values } = computeFeatures(smallCatalogue.items);
    const distance = (a: number, b: number) => {
      let sum = 0;
      for (let column = 2; column < 12; column++)
        sum += (values[a * columns + column]! - values[b * columns + column]!) ** 2;
      return sum;
    };
    // Items 1 and 13: one genre, director and country in common, 12 years apart; item 2 shares none of them with 1.
    expect(distance(1, 13)).toBeLessThan(distance(1, 2));
  });

  test('[FT4] bare titles have the constant alone, and no items at all is refused', () => {
    const bare = computeFeatures([
      { id: 'a', title: 'A', genres: [] },
      { id: 'b', title: 'B', genres: [] },
    ]);
    expect(bare).toMatchObject({ items: 2, columns: 2 });
    expect([...bare.values]).toEqual([1, 0, 1, 0]);
    expect(() => computeFeatures([])).toThrow(RangeError);
  });

  test('[FT5] the rounding leaves the neighbours of the films as they are, and the file 0.4 of its size, compressed', () => {
    const [rounded, exact] = [computeFeatures(films.items), computeFeatures(films.items, 2 ** 20)];
    const nearest = (features: Features, item: number): number[] => {
      const units = contentUnits(features);
      return mostSimilar(units, item, 50).map(({ row }) => row);
    };
    let same = 0;
    const asked = films.items.flatMap((_, item) => (item % 150 === 0 ? [item] : []));
    for (const item of asked) {
      const found = new Set(nearest(rounded, item));
      same += nearest(exact, item).filter((row) => found.has(row)).length;
    }
    expect(same / (50 * asked.length)).toBeGreaterThan(0.99);
    const size = (features: Features) => gzipSync(encodeFeatures(features)).length;
    expect(size(rounded)).toBeLessThan(size(exact) * 0.42);
  });
});
