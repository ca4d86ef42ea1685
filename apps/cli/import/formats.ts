// Which files of a source hold what: the generations of MovieLens, and plain CSV or JSON lines.
import { basename, extname } from 'node:path';
import { UsageError } from '../usage-error.ts';
import type { ItemField } from './columns.ts';
import type { Source, SourceFile } from './source.ts';
import type { Row, TableForm } from './tables.ts';

export const formats = ['movielens', 'csv', 'jsonl'] as const;
export type Format = (typeof formats)[number];

export interface TablePlan {
  readonly file: SourceFile;
  readonly form: TableForm;
}

export interface ItemPlan extends TablePlan {
  /** Turns the columns as the file has them into those of an item. */
  readonly reshape?: (row: Row<string>) => Row<ItemField>;
}

export interface ImportPlan {
  /** What was recognised, in words. */
  readonly description: string;
  readonly items: ItemPlan | null;
  readonly interactions: TablePlan | null;
  readonly licence: string | null;
}

const movieLensLicence =
  'MovieLens data by GroupLens Research, University of Minnesota. For research use; no endorsement by the University of Minnesota or GroupLens may be implied; ' +
  'no redistribution and no commercial or revenue-bearing use without permission from GroupLens; publications must cite F. M. Harper and J. A. Konstan, ' +
  '"The MovieLens Datasets: History and Context", ACM TiiS 5(4), 2015. The full terms are in the README of the data set.';

/** Genres of u.item in the order of its 19 flags (u.genre). */
const genresOf100K =
  "unknown|Action|Adventure|Animation|Children's|Comedy|Crime|Documentary|Drama|Fantasy|Film-Noir|Horror|Musical|Mystery|Romance|Sci-Fi|Thriller|War|Western".split(
    '|',
  );

/** id, title, release date, video release date, address, then the flags. */
const columnsOf100K = ['id', 'title', '', '', '', ...genresOf100K.map((_, index) => `flag${index}`)];

const delimited: TableForm = { kind: 'delimited', delimiter: ',' };

interface Generation {
  readonly description: string;
  readonly interactions: readonly [name: string, form: TableForm];
  readonly items: readonly [name: string, form: TableForm, reshape?: (row: Row<string>) => Row<ItemField>];
}

const ownNames: Generation = {
  description: 'MovieLens as interactions.csv and items.csv',
  interactions: ['interactions.csv', delimited],
  items: ['items.csv', delimited],
};

const generations: readonly Generation[] = [
  {
    description: 'MovieLens as ratings.csv and movies.csv',
    interactions: ['ratings.csv', delimited],
    items: ['movies.csv', delimited],
  },
  {
    description: 'MovieLens as ratings.dat and movies.dat',
    interactions: ['ratings.dat', { kind: 'fixed', delimiter: '::', columns: ['user', 'item', 'rating', 'timestamp'] }],
    items: ['movies.dat', { kind: 'fixed', delimiter: '::', columns: ['id', 'title', 'genres'] }],
  },
  {
    description: 'MovieLens 100K as u.data and u.item',
    interactions: ['u.data', { kind: 'fixed', delimiter: '\t', columns: ['user', 'item', 'rating', 'timestamp'] }],
    items: [
      'u.item',
      { kind: 'fixed', delimiter: '|', columns: columnsOf100K },
      (row) => ({
        id: row.id,
        title: row.title,
        genres: genresOf100K.filter((genre, index) => genre !== 'unknown' && row[`flag${index}`] === '1'),
      }),
    ],
  },
  ownNames,
];

const fileOf = (source: Source, name: string) => source.files.find((file) => file.name.toLowerCase() === name) ?? null;

function planMovieLens(source: Source): ImportPlan {
  for (const generation of generations) {
    const interactions = fileOf(source, generation.interactions[0]);
    const items = fileOf(source, generation.items[0]);
    if (interactions === null || items === null) continue;
    const [, form, reshape] = generation.items;
    return {
      description: generation.description,
      interactions: { file: interactions, form: generation.interactions[1] },
      items: { file: items, form, ...(reshape === undefined ? {} : { reshape }) },
      licence: movieLensLicence,
    };
  }
  const here = source.files.map(({ name }) => name).slice(0, 20);
  throw new UsageError(
    `${source.path}: expected a MovieLens folder or ZIP with ratings.csv and movies.csv, ratings.dat and movies.dat, u.data and u.item, ` +
      `or interactions.csv and items.csv, but found: ${here.join(', ') || 'nothing'}. For other files use: import csv or import jsonl.`,
  );
}

const formOf = (format: 'csv' | 'jsonl', delimiter: string | null): TableForm =>
  format === 'jsonl' ? { kind: 'jsonl' } : { kind: 'delimited', delimiter };

/** A file's own kind: JSON lines by its ending, delimited otherwise. */
function itemsForm(file: SourceFile, delimiter: string | null): TableForm {
  return formOf(['.jsonl', '.ndjson'].includes(extname(file.name).toLowerCase()) ? 'jsonl' : 'csv', delimiter);
}

function single(source: Source, what: string): SourceFile {
  const [file, ...others] = source.files;
  if (file !== undefined && others.length === 0) return file;
  throw new UsageError(`${source.path}: expected one file with the ${what}, but it holds ${source.files.length}`);
}

/**
 * What to read, in which form.
 * @param source the PATH of the command line; null when only items are imported
 * @param itemsSource the file of --items
 * @throws {UsageError} when the files that the format needs are not there
 */
export function planImport(
  format: Format,
  source: Source | null,
  itemsSource: Source | null,
  delimiter: string | null,
): ImportPlan {
  if (format === 'movielens') {
    if (source === null)
      throw new UsageError('import movielens: expected the PATH of a folder or ZIP file. Try --help.');
    if (itemsSource !== null)
      throw new UsageError('import movielens: --items is not needed, the items are in the data set');
    return planMovieLens(source);
  }
  const ending = format === 'csv' ? 'csv' : 'jsonl';
  const interactions =
    source === null
      ? null
      : ((source.files.length > 1 ? fileOf(source, `interactions.${ending}`) : null) ?? single(source, 'interactions'));
  const items =
    itemsSource !== null
      ? single(itemsSource, 'items')
      : source !== null && source.files.length > 1
        ? fileOf(source, `items.${ending}`)
        : null;
  if (interactions === null && items === null) {
    throw new UsageError(
      `import ${format}: expected the PATH of a file with interactions, or --items FILE. Try --help.`,
    );
  }
  return {
    description: `${format === 'csv' ? 'a delimited table' : 'JSON lines'}${items === null ? ', items known by their id alone' : ''}`,
    interactions: interactions === null ? null : { file: interactions, form: formOf(format, delimiter) },
    items: items === null ? null : { file: items, form: itemsForm(items, delimiter) },
    licence: null,
  };
}

/** What an evaluation reads. */
export interface DatasetPlan {
  readonly interactions: TablePlan;
  readonly items: ItemPlan | null;
}

/** Columns of a data set's tables where the first line does not name them. */
const unnamedInteractions = ['user', 'item', 'rating', 'timestamp'] as const;
const unnamedItems = ['id', 'title', 'year', 'genres'] as const;

/**
 * What an evaluation reads of a source: less is needed than for an import. Items need not be described, columns need not be named,
 * and a single file may have any name.
 * @throws {UsageError} when no file of interactions is there
 */
export function planDataset(source: Source): DatasetPlan {
  // Our own names first: where they stand beside MovieLens's, somebody prepared them.
  const known = [ownNames, ...generations.filter((generation) => generation !== ownNames)];
  const found = (name: string, form: TableForm, unnamed: readonly string[]): TablePlan[] => {
    const file = fileOf(source, name);
    return file === null ? [] : [{ file, form: form.kind === 'delimited' ? { ...form, unnamed } : form }];
  };
  const [interactions] = known.flatMap(({ interactions: [name, form] }) => found(name, form, unnamedInteractions));
  const [items] = known.flatMap(({ items: [name, form, reshape] }) =>
    found(name, form, unnamedItems).map((plan): ItemPlan => (reshape === undefined ? plan : { ...plan, reshape })),
  );
  if (interactions !== undefined) return { interactions, items: items ?? null };
  const [file] = source.files;
  if (file !== undefined && file.name === basename(source.path)) {
    const form: TableForm = { kind: 'delimited', delimiter: null, unnamed: unnamedInteractions };
    return { interactions: { file, form }, items: null };
  }
  const here = source.files.map(({ name }) => name).slice(0, 20);
  throw new UsageError(
    `${source.path}: expected ${known.map(({ interactions: [name] }) => name).join(', ')} in it, but found: ` +
      `${here.join(', ') || 'nothing'}. Give the file itself, or name it interactions.csv.`,
  );
}
