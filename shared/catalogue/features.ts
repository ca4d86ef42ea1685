// Content features F: what is publicly known of each item, as numbers. Computed once by the server from the catalogue; no person's data.
// Raw columns: genres, Gaussian-smoothed year bins, genre pairs, genre x year, directors, countries. Rows are normalised, columns centred,
// the principal components kept, rows normalised again. Column 0 is the constant 1; the components follow by falling variance.
// Deterministic. Items without any features get zeros in the components, so a catalogue of bare titles works too.
import type { Features } from '../model/model.ts';
import { eigenSymmetric } from '../model/symmetric.ts';
import type { CatalogueItem } from './schema.ts';

/** Principal components kept at most; with the constant there are at most 60 columns. */
export const maxComponents = 59;

/** Years between the centres of two bins, and the standard deviation of a bin: 9-year bins at half their width. */
const yearBinSpacing = 4.5;
const yearBinStd = 4.5;
const eraSpacing = 12;
const eraStd = 9;

/** Raw columns of each kind: how many at most (the most frequent, ties by name), in how many items at least, and their weight. */
const blocks = {
  genre: { most: 64, leastItems: 2, weight: 1 },
  year: { most: 40, leastItems: 1, weight: 1 },
  pair: { most: 80, leastItems: 4, weight: 0.6 },
  genreYear: { most: 100, leastItems: 4, weight: 0.6 },
  director: { most: 80, leastItems: 3, weight: 0.8 },
  country: { most: 24, leastItems: 3, weight: 0.5 },
} as const;

type Block = keyof typeof blocks;

/** Features of an item that are read at most, whatever the catalogue holds. */
const maxNamesPerItem = 8;
const earliestYear = 1870;
const latestYear = 2100;

/**
 * Computes F.
 * @param items in catalogue order; missing or senseless fields are ignored (a year outside 1870 to 2100 counts as none).
 * @returns items x columns with columns from 1 to 60; every value finite; each row's components have norm 1 or 0.
 * @throws RangeError when there are no items.
 */
export function computeFeatures(items: readonly CatalogueItem[]): Features {
  if (items.length === 0) throw new RangeError('expected at least one item, got none');
  const rows = items.map(rawFeatures);
  const columnsByName = chooseColumns(rows);
  const raw = rows.map((row) => sparseRow(row, columnsByName));
  const rawColumns = columnsByName.size;
  const { mean, components, count } = principalComponents(raw, rawColumns);
  const columns = 1 + count;
  const values = new Float32Array(items.length * columns);
  const projected = new Float64Array(count);
  raw.forEach((row, item) => {
    values[item * columns] = 1;
    if (row.length === 0) return;
    let squared = 0;
    for (let k = 0; k < count; k++) {
      let sum = -mean[k]!;
      for (const [column, value] of row) sum += components[k * rawColumns + column]! * value;
      projected[k] = sum;
      squared += sum * sum;
    }
    const norm = Math.sqrt(squared);
    if (!(norm > 1e-9)) return;
    for (let k = 0; k < count; k++) values[item * columns + 1 + k] = projected[k]! / norm;
  });
  return { items: items.length, columns, values };
}

interface RawFeature {
  readonly block: Block;
  readonly name: string;
  readonly value: number;
}

function rawFeatures(item: CatalogueItem): RawFeature[] {
  const features: RawFeature[] = [];
  const genres = distinctNames(item.genres);
  const add = (block: Block, name: string, value: number) => features.push({ block, name: `${block} ${name}`, value });
  for (const genre of genres) add('genre', genre, 1 / Math.sqrt(genres.length));
  const pairs = (genres.length * (genres.length - 1)) / 2;
  for (let i = 0; i < genres.length; i++) {
    for (let j = i + 1; j < genres.length; j++) {
      add('pair', [genres[i]!, genres[j]!].sort().join(' + '), 1 / Math.sqrt(pairs));
    }
  }
  const year = item.year;
  if (year !== undefined && Number.isFinite(year) && year >= earliestYear && year <= latestYear) {
    for (const [bin, value] of smoothedBins(year, yearBinSpacing, yearBinStd)) add('year', String(bin), value);
    for (const [bin, value] of smoothedBins(year, eraSpacing, eraStd)) {
      for (const genre of genres) add('genreYear', `${genre} @ ${bin}`, value / Math.sqrt(genres.length));
    }
  }
  const directors = distinctNames(item.directors ?? []);
  for (const director of directors) add('director', director, 1 / Math.sqrt(directors.length));
  const countries = distinctNames(item.countries ?? []);
  for (const country of countries) add('country', country, 1 / Math.sqrt(countries.length));
  return features;
}

function distinctNames(names: readonly string[]): string[] {
  return [...new Set(names)].slice(0, maxNamesPerItem);
}

/** Gaussian membership of the year in bins, scaled to norm 1; bins below 5 % of the peak are left out. */
function smoothedBins(year: number, spacing: number, std: number): [number, number][] {
  const centre = Math.round(year / spacing);
  const bins: [number, number][] = [];
  let squared = 0;
  for (let bin = centre - 4; bin <= centre + 4; bin++) {
    const distance = (year - bin * spacing) / std;
    const value = Math.exp((-distance * distance) / 2);
    if (value < 0.05) continue;
    bins.push([bin, value]);
    squared += value * value;
  }
  const norm = Math.sqrt(squared);
  return bins.map(([bin, value]) => [bin, value / norm]);
}

function chooseColumns(rows: readonly RawFeature[][]): Map<string, number> {
  const counts = new Map<string, { block: Block; items: number }>();
  for (const row of rows) {
    for (const { name, block } of row) {
      const entry = counts.get(name);
      if (entry) entry.items++;
      else counts.set(name, { block, items: 1 });
    }
  }
  const columns = new Map<string, number>();
  for (const block of Object.keys(blocks) as Block[]) {
    const { most, leastItems } = blocks[block];
    [...counts]
      .filter(([, entry]) => entry.block === block && entry.items >= leastItems)
      .sort(([a, left], [b, right]) => right.items - left.items || (a < b ? -1 : 1))
      .slice(0, most)
      .forEach(([name]) => {
        columns.set(name, columns.size);
      });
  }
  return columns;
}

/** The chosen raw features of one item as (column, value), the whole row scaled to norm 1. */
function sparseRow(row: readonly RawFeature[], columns: ReadonlyMap<string, number>): [number, number][] {
  const entries: [number, number][] = [];
  let squared = 0;
  for (const { name, block, value } of row) {
    const column = columns.get(name);
    if (column === undefined) continue;
    const weighted = value * blocks[block].weight;
    entries.push([column, weighted]);
    squared += weighted * weighted;
  }
  const norm = Math.sqrt(squared);
  return entries.map(([column, value]) => [column, value / norm]);
}

interface Components {
  /** Projection of the column means on each component: subtracting it centres the columns. */
  readonly mean: Float64Array;
  /** count x rawColumns, row-major. */
  readonly components: Float64Array;
  readonly count: number;
}

function principalComponents(rows: readonly [number, number][][], rawColumns: number): Components {
  if (rawColumns === 0) return { mean: new Float64Array(0), components: new Float64Array(0), count: 0 };
  const described = rows.filter((row) => row.length > 0);
  const means = new Float64Array(rawColumns);
  const covariance = new Float64Array(rawColumns * rawColumns);
  for (const row of described) {
    for (const [i, left] of row) {
      means[i] = means[i]! + left / described.length;
      for (const [j, right] of row) {
        covariance[i * rawColumns + j] = covariance[i * rawColumns + j]! + (left * right) / described.length;
      }
    }
  }
  for (let i = 0; i < rawColumns; i++) {
    for (let j = 0; j < rawColumns; j++) {
      covariance[i * rawColumns + j] = covariance[i * rawColumns + j]! - means[i]! * means[j]!;
    }
  }
  const { values, vectors } = eigenSymmetric(covariance, rawColumns);
  let count = 0;
  while (count < maxComponents && count < rawColumns && values[count]! > 1e-6) count++;
  const components = vectors.slice(0, count * rawColumns);
  const mean = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    for (let column = 0; column < rawColumns; column++) {
      mean[k] = mean[k]! + components[k * rawColumns + column]! * means[column]!;
    }
  }
  return { mean, components, count };
}
