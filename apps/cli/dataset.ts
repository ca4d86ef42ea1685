// Data sets for the evaluation: the importers' readers poured into typed arrays, 12 bytes an interaction.
//   interactions.csv  user,item[,rating[,timestamp]]      ratings.csv (MovieLens)  userId,movieId,rating,timestamp
//   ratings.dat (MovieLens 1M)  user::item::rating::time  u.data (MovieLens 100K)  user TAB item TAB rating TAB time
//   items.csv  id,title,year,genres                       movies.csv, movies.dat, u.item: the same from MovieLens
import { type PositiveSet, positiveSet } from '#shared/evaluation/split.ts';
import { idOf, itemFields } from './import/columns.ts';
import { type DatasetPlan, type ItemPlan, planDataset, type TablePlan } from './import/formats.ts';
import { openSource, SourceError } from './import/source.ts';
import { interactionTable, itemTable, type Row, readTable } from './import/tables.ts';
import { titleAndYear } from './import/titles.ts';
import { UsageError } from './usage-error.ts';

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
  /** When, in the file's unit; a time that cannot be read counts as 0, the earliest. Null where there is no such column. */
  readonly times: Float64Array | null;
  /** Whether the interactions have a rating column. */
  readonly rated: boolean;
  /** By item id, where the set describes its items. */
  readonly described: ReadonlyMap<string, DatasetItem>;
  /** Rows of interactions that could not be read. */
  readonly rejected: number;
}

/** The data set is there and cannot be used; the message says what was expected, what came and what to do. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}

/** Limit of what a file may make us hold. */
const maxInteractions = 100_000_000;

/**
 * The interactions that are likes: a rating of at least `least`, and every one without a rating or where `least` is null.
 * @param isKnown by item index: others are left out.
 * @throws RangeError when nobody is left.
 */
export function positivesOf(
  dataset: Dataset,
  least: number | null,
  isKnown: (item: number) => boolean = () => true,
): PositiveSet {
  const positive = (index: number) =>
    (least === null || !(dataset.ratings[index]! < least)) && isKnown(dataset.itemOf[index]!);
  let count = 0;
  for (let index = 0; index < dataset.userOf.length; index++) if (positive(index)) count++;
  const userOf = new Uint32Array(count);
  const itemOf = new Uint32Array(count);
  const timeOf = new Float64Array(count);
  let at = 0;
  for (let index = 0; index < dataset.userOf.length; index++) {
    if (!positive(index)) continue;
    userOf[at] = dataset.userOf[index]!;
    itemOf[at] = dataset.itemOf[index]!;
    timeOf[at++] = dataset.times?.[index] ?? 0;
  }
  const pairs = { userNames: dataset.users, itemNames: dataset.items, userOf, itemOf };
  return positiveSet(dataset.times === null ? pairs : { ...pairs, timeOf });
}

/**
 * Reads a data set: a folder, a ZIP file or a single table of interactions.
 * @throws {UsageError} when there is none at the path
 * @throws {DatasetError} when it is damaged or has no usable row
 */
export async function readDataset(path: string): Promise<Dataset> {
  const plan = await planOf(path);
  try {
    const interactions = await readInteractions(plan.interactions);
    const described = plan.items === null ? new Map<string, DatasetItem>() : await readItems(plan.items);
    return { ...interactions, described };
  } catch (error) {
    if (isExpected(error)) throw new DatasetError(`${path}: ${error.message}`);
    throw error;
  }
}

async function planOf(path: string): Promise<DatasetPlan> {
  try {
    return planDataset(await openSource(path));
  } catch (error) {
    if (isExpected(error)) throw new UsageError(error.message);
    throw error;
  }
}

/** What the readers refuse, and what the system refuses them (no permission, a broken disk). Anything else is our mistake. */
function isExpected(error: unknown): error is Error {
  return (
    error instanceof SourceError ||
    error instanceof UsageError ||
    error instanceof DatasetError ||
    (error instanceof Error && 'syscall' in error)
  );
}

async function readInteractions({ file, form }: TablePlan): Promise<Omit<Dataset, 'described'>> {
  const users = new Map<string, number>();
  const items = new Map<string, number>();
  let userOf = new Uint32Array(1 << 16);
  let itemOf = new Uint32Array(1 << 16);
  let ratings = new Float32Array(1 << 16);
  let times = new Float64Array(1 << 16);
  let isTimed = false;
  let length = 0;
  let isRated: boolean | null = null;
  let rejected = 0;
  let firstRejected = 'it is empty';
  await readTable(file, form, interactionTable, new Map(), {
    row: (values) => {
      // A column of ratings gives every row one, if only an empty text.
      isRated ??= values.rating !== undefined;
      const rating = isRated ? ratingOf(values.rating) : Number.NaN;
      if (isRated && Number.isNaN(rating)) return `expected a number as rating, got ${JSON.stringify(values.rating)}`;
      const user = users.get(values.user as string) ?? idOf(values.user);
      const item = items.get(values.item as string) ?? idOf(values.item);
      if (user === null || item === null) return 'expected an id of the user and one of the item';
      if (length >= maxInteractions)
        throw new DatasetError(`expected at most ${maxInteractions} interactions, got more`);
      if (length === userOf.length) {
        userOf = doubled(userOf, new Uint32Array(length * 2));
        itemOf = doubled(itemOf, new Uint32Array(length * 2));
        ratings = doubled(ratings, new Float32Array(length * 2));
        times = doubled(times, new Float64Array(length * 2));
      }
      userOf[length] = indexOf(users, user);
      itemOf[length] = indexOf(items, item);
      ratings[length] = rating;
      // Only the order of times plays a part, and only in two protocols: a wrong one costs its row nothing.
      isTimed ||= values.timestamp !== undefined;
      times[length] = timeOf(values.timestamp);
      length += 1;
      return null;
    },
    reject: (line, reason) => {
      if (rejected === 0) firstRejected = `line ${line}: ${reason}`;
      rejected += 1;
    },
    progress: () => {},
  });
  if (length === 0) {
    throw new DatasetError(
      `expected rows of user,item[,rating[,timestamp]] in ${file.name}, but none of ${rejected} could be read ` +
        `(${firstRejected.slice(0, 200)}). Put them into this form, or give another file.`,
    );
  }
  return {
    users: [...users.keys()],
    items: [...items.keys()],
    userOf: userOf.slice(0, length),
    itemOf: itemOf.slice(0, length),
    ratings: ratings.slice(0, length),
    times: isTimed ? times.slice(0, length) : null,
    rated: isRated ?? false,
    rejected,
  };
}

/** NaN where it is no finite number. */
function ratingOf(value: unknown): number {
  const rating = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(rating) ? rating : Number.NaN;
}

/** A number as it is, or a date; 0 for anything else. */
function timeOf(value: unknown): number {
  const text = String(value ?? '').trim();
  if (text === '') return 0;
  const time = Number.isFinite(Number(text)) ? Number(text) : Date.parse(text);
  return Number.isFinite(time) ? time : 0;
}

/** The index of an id, a new one where it is new. A number is an index already. */
function indexOf(ids: Map<string, number>, id: string | number): number {
  const known = typeof id === 'number' ? id : ids.get(id);
  if (known !== undefined) return known;
  ids.set(copied(id as string), ids.size);
  return ids.size - 1;
}

/** A text of its own: a slice would keep the whole chunk of the file that it was cut from. */
const copied = (text: string) => Buffer.from(text, 'utf16le').toString('utf16le');

function doubled<Numbers extends Uint32Array | Float32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}

async function readItems({ file, form, reshape }: ItemPlan): Promise<Map<string, DatasetItem>> {
  const items = new Map<string, DatasetItem>();
  const fields: readonly string[] = form.kind === 'fixed' ? form.columns.filter((column) => column !== '') : itemFields;
  await readTable<string>(file, form, { ...itemTable, fields }, new Map(), {
    row: (values) => {
      const row = reshape === undefined ? values : reshape(values);
      const id = idOf(row.id);
      if (id !== null) items.set(copied(id), describedBy(row));
      return null;
    },
    // Without its row an item takes part by its interactions alone.
    reject: () => {},
    progress: () => {},
  });
  return items;
}

/** What an item's row says. What it does not say well is left out: the features do without. */
function describedBy(row: Row<'title' | 'year' | 'genres'>): DatasetItem {
  const title = copied(String(row.title ?? '').trim());
  const year = Number.parseInt(String(row.year ?? ''), 10);
  const genres = Array.isArray(row.genres) ? row.genres : String(row.genres ?? '').split('|');
  return {
    title,
    year: Number.isFinite(year) ? year : titleAndYear(title).year,
    genres: genres
      .map((genre) => String(genre).trim())
      .filter((genre) => genre !== '' && genre !== '(no genres listed)' && genre !== 'unknown'),
  };
}
