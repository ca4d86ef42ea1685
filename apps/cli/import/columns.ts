// From a record or a JSON object to an interaction or a catalogue item: which column means what, and what each may hold.
import { CatalogueError, parseCatalogue } from '#shared/catalogue/parse.ts';
import type { CatalogueItem } from '#shared/catalogue/schema.ts';
import { titleAndYear } from './titles.ts';

export const interactionFields = ['user', 'item', 'rating', 'timestamp', 'action'] as const;
export const itemFields = [
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

export type InteractionField = (typeof interactionFields)[number];
export type ItemField = (typeof itemFields)[number];
/** Our field to the column's name in the file, as given by --map. */
export type ColumnMap = ReadonlyMap<string, string>;

/** Names under which a field is found without --map; compared without case, spaces, hyphens and underscores. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  user: ['user', 'userid', 'uid', 'visitor', 'visitorid', 'customer', 'customerid', 'reviewerid'],
  item: [
    'item',
    'itemid',
    'iid',
    'movie',
    'movieid',
    'product',
    'productid',
    'asin',
    'book',
    'bookid',
    'isbn',
    'track',
    'trackid',
  ],
  rating: ['rating', 'score', 'stars', 'overall'],
  timestamp: ['timestamp', 'time', 'ts', 'at', 'date', 'unixreviewtime'],
  action: ['action', 'event'],
  id: ['id', 'item', 'itemid', 'movieid', 'productid', 'asin', 'bookid', 'isbn', 'trackid'],
  title: ['title', 'name'],
  titleZh: ['titlezh', 'chinesetitle', 'titlechinese'],
  year: ['year', 'releaseyear', 'published', 'publicationyear'],
  genres: ['genres', 'genre', 'categories', 'category', 'tags'],
  directors: ['directors', 'director', 'authors', 'author', 'artist', 'artists'],
  countries: ['countries', 'country'],
  externalId: ['externalid', 'imdbid', 'imdb'],
  prominence: ['prominence'],
};

const plain = (name: string) => name.toLowerCase().replaceAll(/[\s_-]/g, '');

/** The name under which a field stands among `names`, or undefined. A mapped name must be there. */
export function columnOf(
  field: string,
  names: readonly string[],
  map: ColumnMap,
): { readonly index: number } | { readonly missing: string } | null {
  const mapped = map.get(field);
  if (mapped !== undefined) {
    const index = names.indexOf(mapped);
    return index < 0 ? { missing: mapped } : { index };
  }
  const taken = new Set(map.values());
  for (const alias of aliases[field] ?? []) {
    const index = names.findIndex((name) => plain(name) === alias && !taken.has(name));
    if (index >= 0) return { index };
  }
  return null;
}

export interface RawInteraction {
  readonly user: unknown;
  readonly item: unknown;
  readonly rating?: unknown;
  readonly timestamp?: unknown;
  readonly action?: unknown;
}

export type Action = 'like' | 'dislike' | 'seen';

export interface ImportedInteraction {
  readonly user: string;
  readonly item: string;
  readonly action: Action;
  /** Unix ms; 0 where the file does not say. */
  readonly at: number;
}

/** Ids of users and items: 1 to 128 characters without control characters. */
const idLimit = 128;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]/;

/** The id, trimmed; null where there is none that may be one. */
export function idOf(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return text === '' || text.length > idLimit || control.test(text) ? null : text;
}

const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 60) ?? 'nothing';

/** A rating this far below the least liked one, or farther, says 'not for me'; between the two it says 'seen'. */
const dislikeDistance = 2;

/** An interaction, or why the row is none. @param minRating the least rating that counts as a like */
export function interactionOf(raw: RawInteraction, minRating: number): ImportedInteraction | string {
  const user = idOf(raw.user);
  if (user === null) return `user: expected 1 to ${idLimit} printable characters, got ${shown(raw.user)}`;
  const item = idOf(raw.item);
  if (item === null) return `item: expected 1 to ${idLimit} printable characters, got ${shown(raw.item)}`;
  const at = timeOf(raw.timestamp);
  if (at === null)
    return `timestamp: expected unix seconds, unix milliseconds or an ISO date, got ${shown(raw.timestamp)}`;
  let action: Action = 'like';
  if (isGiven(raw.action)) {
    if (raw.action !== 'like' && raw.action !== 'dislike' && raw.action !== 'seen') {
      return `action: expected like, dislike or seen, got ${shown(raw.action)}`;
    }
    action = raw.action;
  } else if (raw.rating !== undefined) {
    const rating = numberOf(raw.rating);
    if (rating === null) return `rating: expected a number, got ${shown(raw.rating)}`;
    action = rating >= minRating ? 'like' : rating <= minRating - dislikeDistance ? 'dislike' : 'seen';
  }
  return { user, item, action, at };
}

const isGiven = (value: unknown) => value !== undefined && value !== null && value !== '';

function numberOf(value: unknown): number | null {
  if (typeof value === 'string' && value.trim() !== '') value = Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Below this a timestamp is in seconds: 10^11 s is the year 5138, 10^11 ms is 1973. */
const secondsBelow = 1e11;
const latestMs = 8.64e15;

function timeOf(value: unknown): number | null {
  if (!isGiven(value)) return 0;
  const number = numberOf(value);
  if (number !== null) {
    const ms = Math.round(number < secondsBelow ? number * 1000 : number);
    return ms >= 0 && ms <= latestMs ? ms : null;
  }
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(parsed) && parsed >= 0 ? parsed : null;
}

/** Text to a list: split at bars, else at semicolons, else at commas. '(no genres listed)' is MovieLens for none. */
function listOf(value: unknown): string[] | undefined {
  if (!isGiven(value)) return undefined;
  const parts = Array.isArray(value)
    ? value.map((part) => String(part))
    : String(value).split(String(value).includes('|') ? '|' : String(value).includes(';') ? ';' : ',');
  const trimmed = parts.map((part) => part.trim()).filter((part) => part !== '' && part !== '(no genres listed)');
  return [...new Set(trimmed)];
}

/**
 * A catalogue item, or why the row is none. A title that ends in a year, '(1999)', gives it to the item when the row has no other,
 * and then its article moves to the front.
 */
export function itemOf(raw: Partial<Record<ItemField, unknown>>): CatalogueItem | string {
  const id = idOf(raw.id);
  if (id === null) return `id: expected 1 to ${idLimit} printable characters, got ${shown(raw.id)}`;
  const text = isGiven(raw.title) ? String(raw.title).replaceAll(/\s+/g, ' ').trim() : id;
  const told = isGiven(raw.year) ? numberOf(raw.year) : null;
  if (isGiven(raw.year) && told === null) return `year: expected a year, got ${shown(raw.year)}`;
  const parsed = titleAndYear(text);
  const title = parsed.year === null && told === null ? text : parsed.title;
  const year = told ?? parsed.year;
  const directors = listOf(raw.directors);
  const countries = listOf(raw.countries);
  const prominence = isGiven(raw.prominence) ? (numberOf(raw.prominence) ?? Number.NaN) : null;
  const item = {
    id,
    title,
    ...(isGiven(raw.titleZh) ? { titleZh: String(raw.titleZh).trim() } : {}),
    ...(year === null ? {} : { year }),
    genres: listOf(raw.genres) ?? [],
    ...(directors === undefined ? {} : { directors }),
    ...(countries === undefined ? {} : { countries }),
    ...(isGiven(raw.externalId) ? { externalId: String(raw.externalId) } : {}),
    ...(prominence === null ? {} : { prominence }),
  };
  try {
    return parseCatalogue({ name: 'row', licence: 'row', items: [item] }).items[0] ?? 'no item';
  } catch (error) {
    if (error instanceof CatalogueError) return error.message.replace(/^.*?field /, '');
    throw error;
  }
}
