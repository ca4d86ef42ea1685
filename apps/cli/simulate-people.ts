// Whose tastes a simulation takes: those of a data set, poured into typed arrays, or a world over a catalogue.
import {
  CatalogueError,
  MAX_GENRE_LENGTH,
  MAX_GENRES_OF_ITEM,
  MAX_TITLE_LENGTH,
  MAX_YEAR,
  MIN_YEAR,
  parseCatalogue,
} from '#shared/catalogue/parse.ts';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { likedRating } from '#shared/population/population.ts';
import { Chance, stream } from '../simulate/chance.ts';
import type { PeopleSource } from '../simulate/people.ts';
import { chooseCatalogue } from './catalogue.ts';
import { type Dataset, DatasetError, readDataset } from './dataset.ts';
import type { SimulateOptions } from './simulate-options.ts';

/** Somebody with fewer has too little to train on and to be judged by. */
const leastLikes = 5;
/** Only the order of a person's interactions plays a part: they are a minute apart from here on. */
const firstInteractionMs = 1_700_000_000_000;
const minuteMs = 60_000;

export interface ChosenPeople {
  readonly source: PeopleSource;
  /** Such as "of the data set ml-100k". */
  readonly inWords: string;
}

/** @throws {UsageError} where there is no such data set or catalogue, {DatasetError} or {CatalogueFileError} where it cannot be used. */
export async function choosePeople({ people, dataDir, seed }: SimulateOptions): Promise<ChosenPeople> {
  if (people.kind === 'catalogue') {
    const { catalogue } = await chooseCatalogue(people.choice, dataDir);
    const { tasteSpread } = people;
    return {
      source: { kind: 'world', catalogue, seed, tasteSpread },
      inWords: `made up over the catalogue ${catalogue.name}`,
    };
  }
  const source = peopleOf(await readDataset(people.path), seed);
  const count = source.starts.length - 1;
  return {
    source,
    inWords: `with the tastes of the ${count} people of a data set who have ${leastLikes} likes or more`,
  };
}

/** People with enough likes, in an order drawn by the seed. @throws {DatasetError} when there is nobody. */
export function peopleOf(dataset: Dataset, seed: number): Extract<PeopleSource, { kind: 'dataset' }> {
  const catalogue = catalogueOf(dataset);
  const byUser: number[][] = dataset.users.map(() => []);
  for (let index = 0; index < dataset.userOf.length; index += 1) byUser[dataset.userOf[index]!]!.push(index);
  const isLike = (index: number): boolean => !(dataset.ratings[index]! < likedRating);
  const able = byUser.filter((indices) => indices.filter(isLike).length >= leastLikes);
  if (able.length === 0) {
    throw new DatasetError(
      `expected somebody with ${leastLikes} likes (ratings of ${likedRating} or more), got nobody`,
    );
  }
  const chance = new Chance(stream(seed, 'order of people'));
  for (let last = able.length - 1; last > 0; last -= 1) {
    const other = chance.below(last + 1);
    [able[last], able[other]] = [able[other]!, able[last]!];
  }
  const starts = new Uint32Array(able.length + 1);
  able.forEach((indices, person) => {
    starts[person + 1] = starts[person]! + indices.length;
  });
  const total = starts.at(-1)!;
  const rows = new Uint32Array(total);
  const ratings = new Float32Array(total);
  const times = new Float64Array(total);
  able.forEach((indices, person) => {
    const inOrder = [...indices].sort((a, b) => (dataset.times?.[a] ?? 0) - (dataset.times?.[b] ?? 0) || a - b);
    inOrder.forEach((index, place) => {
      const at = starts[person]! + place;
      rows[at] = dataset.itemOf[index]!;
      ratings[at] = dataset.ratings[index]!;
      times[at] = firstInteractionMs + place * minuteMs;
    });
  });
  return { kind: 'dataset', catalogue, starts, rows, ratings, times };
}

/** The items of a data set as a catalogue. @throws {DatasetError} where they cannot be one. */
export function catalogueOf({ items, described }: Dataset): Catalogue {
  try {
    return parseCatalogue({
      name: 'dataset',
      licence: 'Simulation only: the data set has a licence of its own.',
      items: items.map((id) => {
        const known = described.get(id);
        const title = known?.title.trim() ? known.title.slice(0, MAX_TITLE_LENGTH) : id;
        const genres = [...new Set((known?.genres ?? []).map((genre) => genre.slice(0, MAX_GENRE_LENGTH)))];
        const year = known?.year ?? null;
        return {
          id,
          title,
          genres: genres.slice(0, MAX_GENRES_OF_ITEM),
          ...(year !== null && year >= MIN_YEAR && year <= MAX_YEAR ? { year } : {}),
        };
      }),
    });
  } catch (error) {
    if (error instanceof CatalogueError) throw new DatasetError(error.message);
    throw error;
  }
}
