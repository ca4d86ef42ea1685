// Content features F: what is publicly known of each item, as numbers. Computed once by the server from the catalogue; no person's data.
// Column 0 is the constant 1, column 1 the editorial prominence, standardised; then come principal components by falling variance, from raw
// columns of genres, Gaussian-smoothed year bins, genre pairs, genre x year, directors and countries: rows normalised, columns centred,
// projected, rows normalised again, each component scaled to mean square 1 and rounded to 1 / 64.
// Deterministic. Items without any features get zeros in the components, so a catalogue of bare titles works too.
import type { Features } from '../model/model.ts';
import { eigenSymmetric } from '../model/symmetric.ts';
import { MAX_PROMINENCE, MIN_PROMINENCE } from './parse.ts';
import type { CatalogueItem } from './schema.ts';

/** Principal components kept at most; with the constant and the prominence there are at most 60 columns. */
export const maxComponents = 58;
export const prominenceColumn = 1;
export const firstComponent = 2;

/**
 * Components are multiples of 1 / 64: finer digits say nothing about taste, and without them the file is 0.4 of the size, compressed, as every
 * device downloads it.
 */
const componentSteps = 64;

/** Years between the centres of two bins, and the standard deviation of a bin: 9-year bins at half their width. */
const yearBinSpacing = 4.5;
const yearBinStd = 4.5;
const eraSpacing = 12;
const eraStd = 9;

/** Raw columns of each kind: how many at most (the most frequent, ties by name), in how many items at least, and their weight. */
const blocks = {
  genre: { most: 64, leastItems: 2, weight: 2.5 },
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
 * @param steps of a component's unit; every device and server takes the standard ones.
 * @returns items x columns with columns from 2 to 60; every value finite; each component's mean square over the items is 1, but for the rounding to 1 / 64.
 * @throws RangeError when there are no items.
 */
export function computeFeatures(items: readonly CatalogueItem[], steps = componentSteps): Features {
  if (items.length === 0) throw new RangeError('expected at least one item, got none');
  const rows = items.map(rawFeatures);
  const columnsByName = chooseColumns(rows);
  const raw = rows.map((row) => sparseRow(row, columnsByName));
  const { scores, count } = componentScores(raw, columnsByName.size);
  const columns = firstComponent + count;
  const values = new Float32Array(items.length * columns);
  const prominence = standardised(items.map(usableProminence));
  items.forEach((_, item) => {
    const start = item * columns;
    values[start] = 1;
    values[start + prominenceColumn] = prominence[item]!;
    for (let k = 0; k < count; k++) {
      values[start + firstComponent + k] = Math.round(scores[item * count + k]! * steps) / steps;
    }
  });
  return { items: items.length, columns, values };
}

/** Mean 0 and standard deviation 1 over the known values; 0 where unknown, and everywhere when all are equal. */
function standardised(values: readonly (number | null)[]): Float64Array {
  const known = values.filter((value) => value !== null);
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  const std = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, known.length));
  return Float64Array.from(values, (value) => (value === null || !(std > 1e-9) ? 0 : (value - mean) / std));
}

/** The editorial prior within its bounds; null where there is none, or no number. */
export function usableProminence({ prominence }: Pick<CatalogueItem, 'prominence'>): number | null {
  if (prominence === undefined || !Number.isFinite(prominence)) return null;
  return Math.min(MAX_PROMINENCE, Math.max(MIN_PROMINENCE, prominence));
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

/**
 * Scores of the items on the principal components, items x count: each item's scores are first scaled to norm 1, so that a sparsely described
 * item weighs as much as a richly described one; then each column to mean square 1, so that columns are of like size in the update.
 */
function componentScores(rows: readonly [number, number][][], rawColumns: number) {
  const { mean, components, count } = principalComponents(rows, rawColumns);
  const scores = new Float64Array(rows.length * count);
  const squares = new Float64Array(count);
  rows.forEach((row, item) => {
    if (row.length === 0) return;
    let squared = 0;
    for (let k = 0; k < count; k++) {
      let sum = -mean[k]!;
      for (const [column, value] of row) sum += components[k * rawColumns + column]! * value;
      scores[item * count + k] = sum;
      squared += sum * sum;
    }
    const norm = Math.sqrt(squared);
    for (let k = 0; k < count; k++) {
      const score = norm > 1e-9 ? scores[item * count + k]! / norm : 0;
      scores[item * count + k] = score;
      squares[k] = squares[k]! + score * score;
    }
  });
  for (let k = 0; k < count; k++) {
    const size = Math.sqrt(squares[k]! / rows.length);
    for (let item = 0; item < rows.length; item++) {
      scores[item * count + k] = size > 1e-9 ? scores[item * count + k]! / size : 0;
    }
  }
  return { scores, count };
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
