// Data sets for the evaluation: a folder or a zip with interactions (and perhaps items), read as a stream into typed arrays.
//   interactions.csv  user,item[,rating[,timestamp]]      ratings.csv (MovieLens)  userId,movieId,rating,timestamp
//   ratings.dat (MovieLens 1M)  user::item::rating::time  u.data (MovieLens 100K)  user TAB item TAB rating TAB time
//   items.csv  id,title,year,genres                       movies.csv, movies.dat, u.item: the same from MovieLens
import { createReadStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Unzip, UnzipInflate } from 'fflate';

export interface DatasetItem {
  readonly title: string;
  readonly year: number | null;
  readonly genres: readonly string[];
}

export interface Dataset {
  readonly users: readonly string[];
  readonly items: readonly string[];
  /** Parallel, in file order: indices into users and items, and the rating (NaN where there is none). */
  readonly userOf: Uint32Array;
  readonly itemOf: Uint32Array;
  readonly ratings: Float32Array;
  /** Whether the interactions have a rating column. */
  readonly rated: boolean;
  /** By item id, where the set describes its items. */
  readonly described: ReadonlyMap<string, DatasetItem>;
  /** Rows that could not be read. */
  readonly rejected: number;
}

/** The data set cannot be used; the message says what was expected. */
export class DatasetError extends Error {}

/** Limits of what a file may make us hold. */
const maxInteractions = 100_000_000;
const maxExpandedBytes = 8 * 1024 ** 3;
const maxLineLength = 1_000_000;
const maxQuotedRowLength = 100_000;

type Format = 'csv' | 'double-colon' | 'tab' | 'bar';

/** Known file names, in order of preference. `latin1` where the publisher used it. */
const interactionFiles: readonly { name: string; format: Format; latin1?: boolean }[] = [
  { name: 'interactions.csv', format: 'csv' },
  { name: 'ratings.csv', format: 'csv' },
  { name: 'ratings.dat', format: 'double-colon', latin1: true },
  { name: 'u.data', format: 'tab', latin1: true },
];
const itemFiles: readonly { name: string; format: Format; latin1?: boolean }[] = [
  { name: 'items.csv', format: 'csv' },
  { name: 'movies.csv', format: 'csv' },
  { name: 'movies.dat', format: 'double-colon', latin1: true },
  { name: 'u.item', format: 'bar', latin1: true },
];

/** Reads a data set. @throws DatasetError when there is none at the path or it has no usable row. */
export async function readDataset(path: string): Promise<Dataset> {
  if (!existsSync(path))
    throw new DatasetError(`no data set at ${path}: give a folder with interactions.csv, or a zip`);
  const interactions = new InteractionSink();
  const items = new ItemSink();
  if (statSync(path).isDirectory()) await readFolder(path, interactions, items);
  else if (path.toLowerCase().endsWith('.zip')) await readZip(path, interactions, items);
  else await readText(path, new LineParser('csv', (fields) => interactions.row(fields)), false);
  return interactions.finish(items);
}

async function readFolder(path: string, interactions: InteractionSink, items: ItemSink): Promise<void> {
  const found = interactionFiles.find((file) => existsSync(join(path, file.name)));
  if (!found) {
    const names = interactionFiles.map((file) => file.name).join(', ');
    throw new DatasetError(`the folder ${path} has none of ${names}`);
  }
  await readText(
    join(path, found.name),
    new LineParser(found.format, (fields) => interactions.row(fields)),
    found.latin1 === true,
  );
  const described = itemFiles.find((file) => existsSync(join(path, file.name)));
  if (!described) return;
  const sink = (fields: readonly string[]) => items.row(fields, described.format);
  await readText(join(path, described.name), new LineParser(described.format, sink), described.latin1 === true);
}

async function readText(path: string, parser: LineParser, latin1: boolean): Promise<void> {
  const decoder = new TextDecoder(latin1 ? 'latin1' : 'utf-8');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    parser.push(decoder.decode(chunk as Uint8Array, { stream: true }));
  }
  parser.push(decoder.decode());
  parser.end();
}

async function readZip(path: string, interactions: InteractionSink, items: ItemSink): Promise<void> {
  let expanded = 0;
  let problem: Error | null = null;
  let found = false;
  const unzip = new Unzip((file) => {
    const base = file.name.split('/').pop() ?? '';
    const interaction = interactionFiles.find((known) => known.name === base);
    const item = itemFiles.find((known) => known.name === base);
    const known = interaction ?? item;
    if (!known || file.name.includes('__MACOSX')) return;
    found ||= interaction !== undefined;
    const sink = interaction
      ? (fields: readonly string[]) => interactions.row(fields)
      : (fields: readonly string[]) => items.row(fields, known.format);
    const parser = new LineParser(known.format, sink);
    const decoder = new TextDecoder(known.latin1 ? 'latin1' : 'utf-8');
    file.ondata = (error, chunk, final) => {
      if (problem) return;
      try {
        if (error) throw new DatasetError(`${path}: ${file.name} cannot be unpacked (${error.message})`);
        expanded += chunk.length;
        if (expanded > maxExpandedBytes)
          throw new DatasetError(`${path} unpacks to more than ${maxExpandedBytes} bytes`);
        parser.push(decoder.decode(chunk, { stream: !final }));
        if (final) parser.end();
      } catch (caught) {
        problem = caught instanceof Error ? caught : new Error(String(caught));
      }
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 16 })) {
    unzip.push(chunk as Uint8Array);
    if (problem) throw problem;
  }
  unzip.push(new Uint8Array(0), true);
  if (problem) throw problem;
  if (!found) throw new DatasetError(`${path} holds none of ${interactionFiles.map((file) => file.name).join(', ')}`);
}

/** Splits text into rows of fields. CSV as RFC 4180 with BOM, CRLF and doubled quotes; the other formats have no quoting. */
export class LineParser {
  readonly #format: Format;
  readonly #sink: (fields: readonly string[]) => void;
  #rest = '';
  #first = true;

  constructor(format: Format, sink: (fields: readonly string[]) => void) {
    this.#format = format;
    this.#sink = sink;
  }

  push(text: string): void {
    let buffer = this.#rest + text;
    if (this.#first && buffer.length > 0) {
      if (buffer.charCodeAt(0) === 0xfeff) buffer = buffer.slice(1);
      this.#first = false;
    }
    let start = 0;
    for (;;) {
      const end = this.#rowEnd(buffer, start);
      if (end < 0) break;
      this.#row(buffer.slice(start, end));
      start = end + 1;
    }
    this.#rest = buffer.slice(start);
    if (this.#rest.length > maxLineLength) throw new DatasetError(`a row is longer than ${maxLineLength} characters`);
  }

  end(): void {
    if (this.#rest.length > 0) this.#row(this.#rest);
    this.#rest = '';
  }

  /** Index of the line feed that ends the row, or -1. In CSV a line feed within quotes does not. */
  #rowEnd(text: string, start: number): number {
    const end = text.indexOf('\n', start);
    if (this.#format !== 'csv' || end < 0) return end;
    let rowEnd = end;
    let quoted = false;
    let at = start;
    for (;;) {
      for (; at < rowEnd; at++) if (text.charCodeAt(at) === 34) quoted = !quoted;
      if (!quoted) return rowEnd;
      rowEnd = text.indexOf('\n', rowEnd + 1);
      // A quote that is never closed would swallow the file: beyond the limit the row ends at its first line feed.
      if ((rowEnd < 0 ? text.length : rowEnd) - start > maxQuotedRowLength) return end;
      if (rowEnd < 0) return -1;
    }
  }

  #row(line: string): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text.trim() === '') return;
    this.#sink(splitFields(text, this.#format));
  }
}

function splitFields(text: string, format: Format): string[] {
  if (format === 'double-colon') return text.split('::');
  if (format === 'tab') return text.split('\t');
  if (format === 'bar') return text.split('|');
  if (!text.includes('"')) return text.split(',');
  const fields: string[] = [];
  let at = 0;
  while (at <= text.length) {
    if (text[at] === '"') {
      let field = '';
      let from = at + 1;
      for (;;) {
        const quote = text.indexOf('"', from);
        if (quote < 0) {
          field += text.slice(from);
          at = text.length;
          break;
        }
        field += text.slice(from, quote);
        if (text[quote + 1] === '"') {
          field += '"';
          from = quote + 2;
          continue;
        }
        at = quote + 1;
        break;
      }
      const comma = text.indexOf(',', at);
      fields.push(field + text.slice(at, comma < 0 ? text.length : comma));
      if (comma < 0) break;
      at = comma + 1;
    } else {
      const comma = text.indexOf(',', at);
      fields.push(text.slice(at, comma < 0 ? text.length : comma));
      if (comma < 0) break;
      at = comma + 1;
    }
  }
  return fields;
}

const userNames = ['user', 'userid', 'user_id'];
const itemNames = ['item', 'itemid', 'item_id', 'movieid', 'movie_id'];
const ratingNames = ['rating', 'score'];

class InteractionSink {
  readonly #users = new Map<string, number>();
  readonly #items = new Map<string, number>();
  #userOf = new Uint32Array(1 << 16);
  #itemOf = new Uint32Array(1 << 16);
  #ratings = new Float32Array(1 << 16);
  #length = 0;
  #rejected = 0;
  #first = true;
  #columns = { user: 0, item: 1, rating: 2 };
  #rated = false;

  row(fields: readonly string[]): void {
    if (this.#first) {
      this.#first = false;
      if (this.#header(fields)) return;
      this.#rated = fields.length > 2;
    }
    const user = fields[this.#columns.user]?.trim() ?? '';
    const item = fields[this.#columns.item]?.trim() ?? '';
    const text = this.#rated ? (fields[this.#columns.rating]?.trim() ?? '') : '';
    const rating = text === '' ? Number.NaN : Number(text);
    if (
      user === '' ||
      item === '' ||
      user.length > 256 ||
      item.length > 256 ||
      (this.#rated && !Number.isFinite(rating))
    ) {
      this.#rejected++;
      return;
    }
    if (this.#length >= maxInteractions) throw new DatasetError(`more than ${maxInteractions} interactions`);
    if (this.#length === this.#userOf.length) this.#grow();
    this.#userOf[this.#length] = indexOf(this.#users, user);
    this.#itemOf[this.#length] = indexOf(this.#items, item);
    this.#ratings[this.#length] = rating;
    this.#length++;
  }

  finish(described: ItemSink): Dataset {
    if (this.#length === 0) {
      throw new DatasetError(
        `no usable interaction (${this.#rejected} rows rejected): expected user,item[,rating[,timestamp]]`,
      );
    }
    return {
      users: [...this.#users.keys()],
      items: [...this.#items.keys()],
      userOf: this.#userOf.slice(0, this.#length),
      itemOf: this.#itemOf.slice(0, this.#length),
      ratings: this.#ratings.slice(0, this.#length),
      rated: this.#rated,
      described: described.items,
      rejected: this.#rejected,
    };
  }

  #header(fields: readonly string[]): boolean {
    const names = fields.map((field) => field.trim().toLowerCase());
    const user = names.findIndex((name) => userNames.includes(name));
    const item = names.findIndex((name) => itemNames.includes(name));
    if (user < 0 || item < 0) return false;
    const rating = names.findIndex((name) => ratingNames.includes(name));
    this.#columns = { user, item, rating };
    this.#rated = rating >= 0;
    return true;
  }

  #grow(): void {
    const length = this.#length * 2;
    const userOf = new Uint32Array(length);
    const itemOf = new Uint32Array(length);
    const ratings = new Float32Array(length);
    userOf.set(this.#userOf);
    itemOf.set(this.#itemOf);
    ratings.set(this.#ratings);
    this.#userOf = userOf;
    this.#itemOf = itemOf;
    this.#ratings = ratings;
  }
}

/** MovieLens 100K's genre columns, in the order of its u.genre. */
const barGenres =
  "unknown|Action|Adventure|Animation|Children's|Comedy|Crime|Documentary|Drama|Fantasy|Film-Noir|Horror|Musical|Mystery|Romance|Sci-Fi|Thriller|War|Western".split(
    '|',
  );

class ItemSink {
  readonly items = new Map<string, DatasetItem>();
  #columns: { id: number; title: number; year: number; genres: number } | null = null;

  row(fields: readonly string[], format: Format): void {
    if (format === 'bar') {
      const id = fields[0]?.trim() ?? '';
      const genres = barGenres.filter((_, index) => fields[5 + index]?.trim() === '1' && index > 0);
      this.#add(id, fields[1] ?? '', null, genres);
      return;
    }
    if (this.#columns === null) {
      const names = fields.map((field) => field.trim().toLowerCase());
      const id = names.findIndex((name) => name === 'id' || itemNames.includes(name));
      if (format === 'csv' && id >= 0) {
        const at = (name: string) => names.indexOf(name);
        this.#columns = { id, title: at('title'), year: at('year'), genres: at('genres') };
        return;
      }
      this.#columns =
        format === 'csv' ? { id: 0, title: 1, year: 2, genres: 3 } : { id: 0, title: 1, year: -1, genres: 2 };
    }
    const { id, title, year, genres } = this.#columns;
    const listed = (fields[genres] ?? '').split('|').map((genre) => genre.trim());
    this.#add(
      fields[id]?.trim() ?? '',
      fields[title] ?? '',
      Number.parseInt(fields[year] ?? '', 10),
      listed.filter((genre) => genre !== '' && genre !== '(no genres listed)' && genre !== 'unknown'),
    );
  }

  #add(id: string, title: string, year: number | null, genres: readonly string[]): void {
    if (id === '') return;
    const inTitle = /\((\d{4})\)\s*$/.exec(title);
    const found = year !== null && Number.isFinite(year) ? year : inTitle ? Number(inTitle[1]) : null;
    this.items.set(id, { title: title.trim(), year: found, genres });
  }
}

function indexOf(names: Map<string, number>, name: string): number {
  const known = names.get(name);
  if (known !== undefined) return known;
  names.set(name, names.size);
  return names.size - 1;
}
