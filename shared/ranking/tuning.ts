// What a person asks of their list beside their history: the sliders under For you. A wish about the list and no interaction: nothing trains
// on it, and it never leaves the device.
import { MAX_GENRE_LENGTH, MAX_GENRES_OF_CATALOGUE } from '../catalogue/parse.ts';

export interface Tuning {
  /** -1: well known items. 1: little known ones. 0: as they come. */
  readonly popularity: number;
  /** -1: like what I know. 1: unlike it. 0: as they come. */
  readonly novelty: number;
  /** 0: by score alone. 1: as unlike each other as the list can be made without losing sense. */
  readonly diversity: number;
  /** Genres that are wanted more and less; none is in both. */
  readonly more: readonly string[];
  readonly less: readonly string[];
}

/** Exactly the list by score. */
export const neutralTuning: Tuning = { popularity: 0, novelty: 0, diversity: 0, more: [], less: [] };

/**
 * Until somebody moves a slider. A little diversity, because the best few by score are often of one kind, and a list of one kind is one
 * recommendation. On MovieLens 100K it costs nothing that can be measured, and the ten are less alike by 16 % (the shared model) to 46 %
 * (content): `npm run ranking:study`.
 */
export const defaultTuning: Tuning = { ...neutralTuning, diversity: 0.1 };

/** Sliders move in steps of this. */
export const tuningStep = 0.1;

/** Slider positions, genres or their names out of bounds: null. Whatever else is in the value is left out. */
export function tuningFrom(value: unknown): Tuning | null {
  if (typeof value !== 'object' || value === null) return null;
  const { popularity, novelty, diversity, more, less } = value as Record<string, unknown>;
  if (!isWithin(popularity, -1) || !isWithin(novelty, -1) || !isWithin(diversity, 0)) return null;
  if (!isGenreList(more) || !isGenreList(less)) return null;
  if (new Set([...more, ...less]).size !== more.length + less.length) return null;
  return { popularity, novelty, diversity, more: [...more], less: [...less] };
}

export function isSameTuning(a: Tuning, b: Tuning): boolean {
  const textOf = ({ popularity, novelty, diversity, more, less }: Tuning) =>
    JSON.stringify([popularity, novelty, diversity, [...more].sort(), [...less].sort()]);
  return textOf(a) === textOf(b);
}

/** Whether nothing but the diversity differs from the list by score. */
export function isDirectionless({ popularity, novelty, more, less }: Tuning): boolean {
  return popularity === 0 && novelty === 0 && more.length === 0 && less.length === 0;
}

function isWithin(value: unknown, least: number): value is number {
  return typeof value === 'number' && value >= least && value <= 1;
}

function isGenreList(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= MAX_GENRES_OF_CATALOGUE &&
    value.every((genre) => typeof genre === 'string' && genre.length >= 1 && genre.length <= MAX_GENRE_LENGTH)
  );
}
