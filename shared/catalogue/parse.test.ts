import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CatalogueError,
  catalogueHash,
  MAX_COUNTRIES_OF_ITEM,
  MAX_DIRECTORS_OF_ITEM,
  MAX_GENRES_OF_CATALOGUE,
  MAX_GENRES_OF_ITEM,
  MAX_ID_LENGTH,
  MAX_ITEMS,
  MAX_LICENCE_LENGTH,
  MAX_NAME_LENGTH,
  MAX_TITLE_LENGTH,
  MAX_YEAR,
  MIN_YEAR,
  parseCatalogue,
} from './parse.ts';

const item = { id: 'a', title: 'A', genres: ['Drama'] };
const catalogue = { name: 'shop', licence: 'None.', items: [item] };
const full = {
  id: 'seven-samurai-1954',
  title: 'Seven Samurai',
  titleZh: '七武士',
  year: 1954,
  genres: ['Action', 'Drama'],
  directors: ['Akira Kurosawa'],
  countries: ['JP'],
  externalId: 'tt0047478',
  prominence: 4.5,
};

function withItem(fields: object): unknown {
  return { ...catalogue, items: [item, { ...item, id: 'b', ...fields }] };
}

function errorOf(value: unknown): CatalogueError {
  try {
    parseCatalogue(value);
  } catch (error) {
    if (error instanceof CatalogueError) {
      return error;
    }
    throw error;
  }
  throw new Error('it was accepted');
}

function titleOf(title: string): string | undefined {
  return parseCatalogue(withItem({ title })).items[1]?.title;
}

describe('a catalogue that follows the schema', () => {
  test('comes back equal, as a new object', () => {
    const given = { ...catalogue, items: [item, full] };
    const parsed = parseCatalogue(given);
    expect(parsed).toEqual(given);
    expect(parsed).not.toBe(given);
    expect(parsed.items[1]).not.toBe(full);
    expect(parsed.items[1]?.genres).not.toBe(full.genres);
  });

  test('may leave out what is optional; a field that is undefined is left out', () => {
    expect(parseCatalogue(withItem({ year: undefined, directors: undefined })).items[1]).toEqual({ ...item, id: 'b' });
  });

  test('may go as far as the limits', () => {
    const texts = (count: number, suffix = '') => Array.from({ length: count }, (_, index) => `${index}${suffix}`);
    const countries = texts(MAX_COUNTRIES_OF_ITEM).map((_, index) =>
      String.fromCharCode(65 + Math.floor(index / 26), 65 + (index % 26)),
    );
    const given = {
      name: 'n'.repeat(MAX_NAME_LENGTH),
      licence: 'l'.repeat(MAX_LICENCE_LENGTH),
      items: [
        {
          id: 'i'.repeat(MAX_ID_LENGTH),
          title: 't'.repeat(MAX_TITLE_LENGTH),
          genres: texts(MAX_GENRES_OF_ITEM),
          directors: texts(MAX_DIRECTORS_OF_ITEM),
          countries,
          year: MIN_YEAR,
          prominence: 1,
        },
        { id: 'z', title: 'Z', genres: [], directors: [], countries: [], year: MAX_YEAR, prominence: 5 },
      ],
    };
    expect(parseCatalogue(given)).toEqual(given);
    expect(parseCatalogue({ ...catalogue, licence: 'One.\nTwo.\r\nThree.' }).licence).toBe('One.\nTwo.\r\nThree.');
  });
});

describe('an error', () => {
  test.each<[string, unknown, string, string, string]>([
    ['a year as text', { year: '1954' }, 'year', 'a whole number from 1870 to 2100', '"1954"'],
    ['a year before the first film', { year: 1869 }, 'year', 'a whole number from 1870 to 2100', 'number 1869'],
    ['a title that is missing', { title: undefined }, 'title', 'text', 'nothing'],
    ['a genre that is a number', { genres: ['Drama', 7] }, 'genres[1]', 'text', 'number 7'],
    ['a country in lower case', { countries: ['jp'] }, 'countries[0]', 'two capital letters (ISO 3166-1)', '"jp"'],
    ['a prominence of 6', { prominence: 6 }, 'prominence', 'a number from 1 to 5', 'number 6'],
    ['null instead of nothing', { titleZh: null }, 'titleZh', 'text', 'object null'],
  ])('names row, field, what was expected and what came: %s', (_, fields, field, expected, came) => {
    const error = errorOf(withItem(fields as object));
    expect(error.row).toBe(2);
    expect(error.field).toBe(field);
    expect(error.message).toBe(`catalogue row 2, field ${field}: expected ${expected}, got ${came}`);
  });

  test('outside the items has no row', () => {
    const error = errorOf({ ...catalogue, name: 'Shop' });
    expect(error.row).toBeNull();
    expect(error.message).toBe('catalogue, field name: expected only a-z, 0-9 and hyphen, got "Shop"');
  });

  test('is short and on one line, whatever came', () => {
    for (const title of ['x'.repeat(100_000), '\u0000\n\u2028\u202e'.repeat(300), '🎬'.repeat(5000)]) {
      const { message } = errorOf(withItem({ title }));
      expect(message.length).toBeLessThan(600);
      expect(message).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    }
  });

  test('names an id that two rows share, with both rows', () => {
    const error = errorOf({ ...catalogue, items: [item, { ...item, id: 'b' }, item] });
    expect(error.row).toBe(3);
    expect(error.message).toBe('catalogue row 3, field id: expected an id that row 1 does not have, got "a"');
  });
});

describe('what is refused', () => {
  const texts = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

  test.each<[string, object]>([
    ['an empty id', { id: '' }],
    ['a blank title', { title: ' \u3000' }],
    ['a title of nothing but overrides', { title: '\u202e\u2066' }],
    ['an id too long', { id: 'i'.repeat(MAX_ID_LENGTH + 1) }],
    ['an id with a space at the end', { id: 'b ' }],
    ['an id with an override', { id: 'b\u202ec' }],
    ['a title too long', { title: 't'.repeat(MAX_TITLE_LENGTH + 1) }],
    ['a title over two lines', { title: 'one\ntwo' }],
    ['a title with a NUL', { title: 'one\u0000' }],
    ['a title with half a character', { title: 'one\ud83c' }],
    ['a title that is an object', { title: { toString: () => 'one' } }],
    ['too many genres', { genres: texts(MAX_GENRES_OF_ITEM + 1) }],
    ['the same genre twice', { genres: ['Drama', 'Drama'] }],
    ['genres as text', { genres: 'Drama' }],
    ['no genres field', { genres: undefined }],
    ['too many directors', { directors: texts(MAX_DIRECTORS_OF_ITEM + 1) }],
    ['a country of three letters', { countries: ['JPN'] }],
    ['half a year', { year: 1954.5 }],
    ['a year that is not a number', { year: Number.NaN }],
    ['a year too late', { year: MAX_YEAR + 1 }],
    ['a prominence of 0', { prominence: 0 }],
    ['an endless prominence', { prominence: Number.POSITIVE_INFINITY }],
    ['an unknown field', { rating: 5 }],
  ])('%s', (_, fields) => {
    expect(errorOf(withItem(fields)).row).toBe(2);
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['an array', [item]],
    ['text', '{}'],
    ['no items', { ...catalogue, items: [] }],
    ['items as an object', { ...catalogue, items: { 0: item, length: 1 } }],
    ['more items than the most', { ...catalogue, items: new Array(MAX_ITEMS + 1).fill(item) }],
    ['no licence', { ...catalogue, licence: '' }],
    ['a licence too long', { ...catalogue, licence: 'l'.repeat(MAX_LICENCE_LENGTH + 1) }],
    ['a name too long', { ...catalogue, name: 'n'.repeat(MAX_NAME_LENGTH + 1) }],
    ['an unknown field', { ...catalogue, version: 1 }],
    ['a prototype of its own', JSON.parse(JSON.stringify(catalogue).replace('{', '{"__proto__":{"x":1},'))],
    ['fields that are inherited', Object.create(catalogue)],
  ])('as a catalogue: %s', (_, value) => {
    expect(errorOf(value).row).toBeNull();
  });

  test('more different genres than the most, at the row that goes past', () => {
    const items = Array.from({ length: MAX_GENRES_OF_CATALOGUE + 1 }, (_, index) => ({
      id: `${index}`,
      title: 'A',
      genres: [`genre ${index}`],
    }));
    expect(errorOf({ ...catalogue, items }).row).toBe(MAX_GENRES_OF_CATALOGUE + 1);
    expect(parseCatalogue({ ...catalogue, items: items.slice(0, -1) }).items).toHaveLength(MAX_GENRES_OF_CATALOGUE);
  });

  test('a row that is not an object', () => {
    for (const row of [null, 'a', 1, [item]]) {
      expect(errorOf({ ...catalogue, items: [item, row] }).row).toBe(2);
    }
  });
});

describe('a hostile title', () => {
  test('with markup stays the text it is', () => {
    const title = '<script>alert(1)</script> & "<img src=x onerror=alert(2)>"';
    expect(titleOf(title)).toBe(title);
  });

  test('loses overrides, embeddings and isolates, and keeps right-to-left letters and marks', () => {
    expect(titleOf('evil\u202egpj.exe\u202c')).toBe('evilgpj.exe');
    expect(titleOf('\u2067جدایی\u2069 \u200fنادر')).toBe('جدایی \u200fنادر');
  });

  test('keeps characters outside the basic plane and combining marks', () => {
    for (const title of ['𠮷野家 🎬👩‍👩‍👧', 'z\u0351\u036b\u0343', '𝔗𝔦𝔱𝔩𝔢']) {
      expect(titleOf(title)).toBe(title);
    }
    // Two code units each: the length counts those.
    expect(titleOf('🎬'.repeat(MAX_TITLE_LENGTH / 2))).toHaveLength(MAX_TITLE_LENGTH);
    expect(errorOf(withItem({ title: '🎬'.repeat(MAX_TITLE_LENGTH / 2 + 1) })).field).toBe('title');
  });

  test('and an id that names a property of every object, are just text', () => {
    const ids = ['__proto__', 'constructor', 'toString'];
    const items = ids.map((id) => ({ id, title: id, genres: ids }));
    expect(parseCatalogue({ ...catalogue, items }).items.map((row) => row.id)).toEqual(ids);
  });
});

describe('properties', () => {
  const anything = fc.jsonValue({ maxDepth: 4 });
  const field = fc.oneof(anything, fc.string({ unit: 'binary' }), fc.integer(), fc.array(fc.string()));
  const row = fc.oneof(
    anything,
    fc.record(
      {
        id: field,
        title: field,
        titleZh: field,
        year: field,
        genres: field,
        directors: field,
        countries: field,
        externalId: field,
        prominence: field,
      },
      { requiredKeys: ['id', 'title', 'genres'] },
    ),
    fc.record({ id: fc.string({ minLength: 1 }), title: fc.string({ minLength: 1 }), genres: fc.array(fc.string()) }),
  );
  const almost = fc.record({ name: fc.constant('shop'), licence: fc.constant('None.'), items: fc.array(row) });

  test('nothing but a CatalogueError is ever thrown, and what passes passes again unchanged', () => {
    fc.assert(
      fc.property(fc.oneof(anything, almost), (value) => {
        try {
          const parsed = parseCatalogue(value);
          expect(parseCatalogue(parsed)).toEqual(parsed);
        } catch (error) {
          expect(error).toBeInstanceOf(CatalogueError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('the hash does not depend on the order of keys', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) {
        return value.map(reversed);
      }
      return typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, given]) => [key, reversed(given)]),
          )
        : value;
    };
    const given = { ...catalogue, items: [item, full] };
    const hash = catalogueHash(parseCatalogue(given));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(catalogueHash(parseCatalogue(reversed(given)))).toBe(hash);
    expect(catalogueHash(reversed(given) as typeof given)).toBe(hash);
  });

  test('the hash depends on the order of items and on every field', () => {
    const hashOf = (value: unknown) => catalogueHash(parseCatalogue(value));
    const hashes = [
      hashOf({ ...catalogue, items: [item, full] }),
      hashOf({ ...catalogue, items: [full, item] }),
      hashOf({ ...catalogue, licence: 'MIT.', items: [item, full] }),
      hashOf({ ...catalogue, items: [item, { ...full, year: 1955 }] }),
      hashOf({ ...catalogue, items: [item, { ...full, titleZh: undefined }] }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
