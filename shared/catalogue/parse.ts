// Parsing a catalogue from outside (a file, an import, a download): `unknown` in, a checked `Catalogue` out.
// Nothing is assumed of the input. The result holds only what the schema names, in newly made objects.
import { canonicalJson, sha256Hex } from '../protocol/canonical.ts';
import type { Catalogue, CatalogueItem } from './schema.ts';

export const MAX_ITEMS = 100_000;
/** Lengths are in UTF-16 code units, as JavaScript counts them. */
export const MAX_NAME_LENGTH = 64;
export const MAX_LICENCE_LENGTH = 4_000;
export const MAX_ID_LENGTH = 128;
export const MAX_TITLE_LENGTH = 500;
export const MAX_GENRE_LENGTH = 64;
export const MAX_GENRES_OF_ITEM = 32;
/** Different genres in one catalogue: each becomes a feature column. */
export const MAX_GENRES_OF_CATALOGUE = 2_000;
export const MAX_DIRECTOR_LENGTH = 200;
export const MAX_DIRECTORS_OF_ITEM = 64;
export const MAX_COUNTRIES_OF_ITEM = 32;
export const MAX_EXTERNAL_ID_LENGTH = 128;
export const MIN_YEAR = 1870;
export const MAX_YEAR = 2100;
export const MIN_PROMINENCE = 1;
export const MAX_PROMINENCE = 5;

const MAX_SHOWN_LENGTH = 80;
const CATALOGUE_FIELDS = ['name', 'licence', 'items'];
const ITEM_FIELDS = [
  'id',
  'title',
  'titleZh',
  'year',
  'genres',
  'directors',
  'countries',
  'externalId',
  'prominence',
] as const;

const NAME_PATTERN = /^[a-z0-9-]+$/;
const COUNTRY_PATTERN = /^[A-Z]{2}$/;
/** Control characters, and the two separators that end a line in some readers. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]/u;
const LONE_SURROGATE = /\p{Cs}/u;
/** Embeddings, overrides and isolates: they can reorder the text around a title. The harmless marks U+200E, U+200F and U+061C stay. */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/** A catalogue that does not follow the schema. The message names row, field, what was expected and what came. */
export class CatalogueError extends Error {
  /** Row number, counted from 1 in the order of `items`; null where the fault is not in an item. */
  readonly row: number | null;
  /** Such as `year` or `genres[2]`. */
  readonly field: string;

  constructor(row: number | null, field: string, expected: string, came: string) {
    const place = row === null ? `catalogue, field ${field}` : `catalogue row ${row}, field ${field}`;
    super(`${place}: expected ${expected}, got ${came}`);
    this.name = 'CatalogueError';
    this.row = row;
    this.field = field;
  }
}

/**
 * Checks a catalogue from outside and returns a clean copy of it.
 *
 * Text loses its bidirectional embeddings, overrides and isolates (right-to-left letters and marks stay); an id that has
 * them is refused, since two ids could then look alike. Markup in a title is text and stays as it is: whoever shows it
 * must show it as text. Throws `CatalogueError` at the first fault.
 */
export function parseCatalogue(value: unknown): Catalogue {
  const fields = parseRecord(value, null, 'catalogue', CATALOGUE_FIELDS);
  const name = parseText(fields.name, null, 'name', MAX_NAME_LENGTH);
  if (!NAME_PATTERN.test(name)) {
    throw new CatalogueError(null, 'name', 'only a-z, 0-9 and hyphen', shown(name));
  }
  const licence = parseText(fields.licence, null, 'licence', MAX_LICENCE_LENGTH, { lines: true });
  const rows = fields.items;
  if (!Array.isArray(rows) || rows.length < 1 || rows.length > MAX_ITEMS) {
    const came = Array.isArray(rows) ? `${rows.length} items` : shown(rows);
    throw new CatalogueError(null, 'items', `an array of 1 to ${MAX_ITEMS} items`, came);
  }

  const rowOfId = new Map<string, number>();
  const genres = new Set<string>();
  const items: CatalogueItem[] = [];
  for (let index = 0; index < rows.length; index++) {
    const row = index + 1;
    const item = parseItem(rows[index], row);
    const earlier = rowOfId.get(item.id);
    if (earlier !== undefined) {
      throw new CatalogueError(row, 'id', `an id that row ${earlier} does not have`, shown(item.id));
    }
    rowOfId.set(item.id, row);
    for (const genre of item.genres) {
      genres.add(genre);
    }
    if (genres.size > MAX_GENRES_OF_CATALOGUE) {
      throw new CatalogueError(row, 'genres', `at most ${MAX_GENRES_OF_CATALOGUE} different genres in all`, 'more');
    }
    items.push(item);
  }
  return { name, licence, items };
}

/**
 * The SHA-256, in hexadecimal, of the catalogue's canonical JSON. The order of `items` counts: it is the order of the
 * model's rows. Expects a catalogue as `parseCatalogue` returns it.
 */
export function catalogueHash(catalogue: Catalogue): string {
  return sha256Hex(canonicalJson(catalogue));
}

function parseItem(value: unknown, row: number): CatalogueItem {
  const fields = parseRecord(value, row, 'item', ITEM_FIELDS);
  const optional = <T>(field: string, parse: (given: unknown) => T): { [key: string]: T } =>
    fields[field] === undefined ? {} : { [field]: parse(fields[field]) };
  return {
    id: parseId(fields.id, row),
    title: parseText(fields.title, row, 'title', MAX_TITLE_LENGTH),
    ...optional('titleZh', (given) => parseText(given, row, 'titleZh', MAX_TITLE_LENGTH)),
    ...optional('year', (given) => parseYear(given, row)),
    genres: parseTexts(fields.genres, row, 'genres', MAX_GENRES_OF_ITEM, MAX_GENRE_LENGTH),
    ...optional('directors', (given) =>
      parseTexts(given, row, 'directors', MAX_DIRECTORS_OF_ITEM, MAX_DIRECTOR_LENGTH),
    ),
    ...optional('countries', (given) => parseCountries(given, row)),
    ...optional('externalId', (given) => parseText(given, row, 'externalId', MAX_EXTERNAL_ID_LENGTH)),
    ...optional('prominence', (given) => parseProminence(given, row)),
  };
}

/** An object with no fields but the named ones. Inherited properties do not count. */
function parseRecord(value: unknown, row: number | null, what: string, known: readonly string[]) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CatalogueError(row, what, 'an object', shown(value));
  }
  const fields: { [key: string]: unknown } = Object.create(null);
  for (const [field, given] of Object.entries(value)) {
    if (!known.includes(field)) {
      throw new CatalogueError(row, shown(field), `only the fields ${known.join(', ')}`, 'an unknown field');
    }
    fields[field] = given;
  }
  return fields;
}

function parseId(value: unknown, row: number): string {
  const id = checkText(value, row, 'id', MAX_ID_LENGTH);
  if (id.trim() !== id || id.search(BIDI_CONTROLS) >= 0) {
    throw new CatalogueError(row, 'id', 'no spaces at either end and no bidirectional controls', shown(id));
  }
  return id;
}

function parseText(
  value: unknown,
  row: number | null,
  field: string,
  maxLength: number,
  allowed: { lines?: boolean } = {},
): string {
  const text = checkText(value, row, field, maxLength, allowed).replace(BIDI_CONTROLS, '');
  if (text.trim() === '') {
    throw new CatalogueError(row, field, 'text that is not blank', shown(value));
  }
  return text;
}

/** Well-formed text of 1 to `maxLength` code units without control characters (line ends only where `lines` allows them). */
function checkText(
  value: unknown,
  row: number | null,
  field: string,
  maxLength: number,
  { lines = false }: { lines?: boolean } = {},
): string {
  if (typeof value !== 'string') {
    throw new CatalogueError(row, field, 'text', shown(value));
  }
  if (value.length < 1 || value.length > maxLength) {
    throw new CatalogueError(row, field, `1 to ${maxLength} characters`, `${value.length} characters, ${shown(value)}`);
  }
  if (CONTROL_CHARACTERS.test(lines ? value.replace(/\r?\n/g, ' ') : value)) {
    throw new CatalogueError(row, field, 'text without control characters', shown(value));
  }
  if (LONE_SURROGATE.test(value)) {
    throw new CatalogueError(row, field, 'well-formed Unicode text', shown(value));
  }
  return value;
}

/** 0 to `maxCount` different texts. */
function parseTexts(value: unknown, row: number, field: string, maxCount: number, maxLength: number): string[] {
  if (!Array.isArray(value) || value.length > maxCount) {
    const came = Array.isArray(value) ? `${value.length} entries` : shown(value);
    throw new CatalogueError(row, field, `an array of 0 to ${maxCount} texts`, came);
  }
  const texts: string[] = [];
  for (let index = 0; index < value.length; index++) {
    const text = parseText(value[index], row, `${field}[${index}]`, maxLength);
    if (texts.includes(text)) {
      throw new CatalogueError(row, `${field}[${index}]`, 'an entry that is not there yet', shown(text));
    }
    texts.push(text);
  }
  return texts;
}

function parseCountries(value: unknown, row: number): string[] {
  const countries = parseTexts(value, row, 'countries', MAX_COUNTRIES_OF_ITEM, 2);
  countries.forEach((country, index) => {
    if (!COUNTRY_PATTERN.test(country)) {
      throw new CatalogueError(row, `countries[${index}]`, 'two capital letters (ISO 3166-1)', shown(country));
    }
  });
  return countries;
}

function parseYear(value: unknown, row: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < MIN_YEAR || value > MAX_YEAR) {
    throw new CatalogueError(row, 'year', `a whole number from ${MIN_YEAR} to ${MAX_YEAR}`, shown(value));
  }
  return value;
}

function parseProminence(value: unknown, row: number): number {
  if (typeof value !== 'number' || !(value >= MIN_PROMINENCE && value <= MAX_PROMINENCE)) {
    throw new CatalogueError(row, 'prominence', `a number from ${MIN_PROMINENCE} to ${MAX_PROMINENCE}`, shown(value));
  }
  return value;
}

/** A value as an error message shows it: short, on one line, with everything unprintable escaped. */
function shown(value: unknown): string {
  if (value === undefined) {
    return 'nothing';
  }
  if (Array.isArray(value)) {
    return `an array of ${value.length}`;
  }
  if (typeof value === 'object' && value !== null) {
    return 'an object';
  }
  if (typeof value !== 'string') {
    return `${typeof value} ${String(value)}`.slice(0, MAX_SHOWN_LENGTH);
  }
  const short = value.length > MAX_SHOWN_LENGTH ? `${value.slice(0, MAX_SHOWN_LENGTH)}…` : value;
  return JSON.stringify(short).replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
