// Simulated people: a seeded population whose tastes make a catalogue's items go together, for the fleet and for experiments.
// They are made up: nothing here comes from a person. A population is a mixture of circles; each circle leans to genres, an era and countries;
// each person belongs mostly to one circle, a little to another, and has leanings of their own. What they come across depends on popularity
// as well as taste; what they like among it depends on taste alone.
// The same catalogue item draws the same luck wherever it stands in the catalogue: all draws are by item id.
import type { Catalogue, CatalogueItem } from '../catalogue/schema.ts';
import { topRows } from '../evaluation/metrics.ts';
import { fnv1a } from '../evaluation/split.ts';
import { fmix32 } from '../maths/random.ts';

export type SimulatedAction = 'like' | 'dislike' | 'seen';

export interface SimulatedInteraction {
  readonly itemId: string;
  readonly action: SimulatedAction;
  /** Unix ms. */
  readonly at: number;
}

export interface SimulatedPerson {
  readonly id: string;
  /** What the device knows, oldest first. */
  readonly interactions: readonly SimulatedInteraction[];
  /** Likes that the device never sees: to measure with. */
  readonly heldOutLikes: readonly string[];
}

export interface PopulationOptions {
  readonly catalogue: Pick<Catalogue, 'items'>;
  /** People. */
  readonly size: number;
  /** Another seed, another world: other circles, other people. */
  readonly seed: number;
  /** How far apart tastes are: 0 for all alike, 1 (default) for circles as they are, up to `mostTasteSpread` for circles that share nothing. */
  readonly tasteSpread?: number;
}

export const mostTasteSpread = 3;

export const leastLikes = 10;
export const mostLikes = 60;
/** Part of the likes that is held out. */
export const heldOutPart = 0.2;

const circles = 12;
/** How much all circles lean alike, against what sets them apart. */
const sharedLeaning = 0.5;
const firstInteractionAt = 1_700_000_000_000;
const minuteMs = 60_000;

/** @throws RangeError for a size that is not a whole number of 0 to 1,000,000, and for a taste spread out of range. */
export function simulatedPeople({ catalogue, size, seed, tasteSpread }: PopulationOptions): SimulatedPerson[] {
  if (!Number.isInteger(size) || size < 0 || size > 1_000_000) {
    throw new RangeError(`population size ${size}, expected a whole number of 0 to 1,000,000`);
  }
  const world = new World(catalogue.items, seed, tasteSpread);
  return Array.from({ length: size }, (_, index) => world.person(index));
}

/** People one at a time, the same as in `simulatedPeople`: each costs some milliseconds at a thousand items. */
export function simulatedWorld({ catalogue, seed, tasteSpread }: Omit<PopulationOptions, 'size'>): {
  /** @param index a whole number from 0; there is no last person. */
  person(index: number): SimulatedPerson;
} {
  const world = new World(catalogue.items, seed, tasteSpread);
  return { person: (index) => world.person(index) };
}

/** What of an item the tastes refer to: names as indices into the world's lists of names. */
interface ItemTraits {
  readonly id: string;
  readonly hash: number;
  readonly genres: readonly number[];
  readonly year: number | null;
  readonly countries: readonly number[];
  readonly directors: readonly number[];
}

/** Distinct names of one kind, by index; the hash of each. */
class NameList {
  readonly hashes: number[] = [];
  readonly #indices = new Map<string, number>();

  indicesOf(names: readonly string[]): number[] {
    return names.map((name) => {
      const known = this.#indices.get(name);
      if (known !== undefined) return known;
      this.#indices.set(name, this.hashes.length);
      return this.hashes.push(fnv1a(name)) - 1;
    });
  }
}

class World {
  readonly #seed: number;
  readonly #items: readonly ItemTraits[];
  readonly #genres = new NameList();
  readonly #countries = new NameList();
  readonly #directors = new NameList();
  /** Natural logarithm of how often an item is come across, up to a constant. */
  readonly #logPopularity: Float64Array;
  /** Circle by circle: taste for each item, standardised. */
  readonly #circleTastes: readonly Float64Array[];
  readonly #tasteSpread: number;
  /** What all circles have in common, standardised. */
  readonly #commonTaste: Float64Array;

  constructor(items: readonly CatalogueItem[], seed: number, tasteSpread = 1) {
    if (!(tasteSpread >= 0 && tasteSpread <= mostTasteSpread)) {
      throw new RangeError(`taste spread ${tasteSpread}, expected 0 to ${mostTasteSpread}`);
    }
    this.#tasteSpread = tasteSpread;
    this.#seed = fmix32(seed >>> 0);
    this.#items = items.map((item) => ({
      id: item.id,
      hash: fnv1a(item.id),
      genres: this.#genres.indicesOf(item.genres),
      year: item.year ?? null,
      countries: this.#countries.indicesOf(item.countries ?? []),
      directors: this.#directors.indicesOf(item.directors ?? []),
    }));
    const trend = standardised(this.#taste(hashOf(this.#seed, 101), 2005, 18, 0.2));
    this.#logPopularity = Float64Array.from(items, (item, row) => {
      const luck = normal(hashOf(this.#seed, 7, this.#items[row]!.hash));
      return 0.8 * ((item.prominence ?? 3) - 3) + 1.5 * trend[row]! + 0.25 * luck;
    });
    const shared = standardised(this.#taste(hashOf(this.#seed, 103), 2005, 18, 0.2));
    this.#circleTastes = Array.from({ length: circles }, (_, circle) => {
      const key = hashOf(this.#seed, 211, circle);
      const era = 1945 + 75 * Math.sqrt(uniform(hashOf(key, 3)));
      const own = standardised(this.#taste(key, era, 14, 0.2));
      return standardised(own.map((value, row) => value + sharedLeaning * shared[row]!));
    });
    const sum = new Float64Array(items.length);
    for (const taste of this.#circleTastes)
      for (let row = 0; row < sum.length; row++) sum[row] = sum[row]! + taste[row]!;
    this.#commonTaste = standardised(sum);
  }

  person(index: number): SimulatedPerson {
    const key = hashOf(this.#seed, 9001, index);
    const taste = this.#personalTaste(key);
    const come = new Float64Array(this.#items.length);
    this.#items.forEach((item, row) => {
      come[row] = this.#logPopularity[row]! + 1.1 * taste[row]! + gumbel(hashOf(key, 17, item.hash));
    });
    const likes = Math.round(leastLikes * (mostLikes / leastLikes) ** uniform(hashOf(key, 19)));
    const count = Math.min(this.#items.length, Math.round(likes * 1.6));
    const met = [...topRows(come, [], count)];
    const felt = new Map(met.map((row) => [row, taste[row]! + 0.5 * normal(hashOf(key, 23, this.#items[row]!.hash))]));
    const byFeeling = [...met].sort((a, b) => felt.get(b)! - felt.get(a)! || a - b);
    const liked = byFeeling.slice(0, Math.min(likes, count));
    const rest = byFeeling.slice(liked.length);
    const disliked = new Set(rest.slice(Math.floor(rest.length / 2)));
    const held = new Set(
      [...liked]
        .sort((a, b) => hashOf(key, 29, this.#items[a]!.hash) - hashOf(key, 29, this.#items[b]!.hash) || a - b)
        .slice(0, Math.floor(heldOutPart * liked.length)),
    );
    const likedRows = new Set(liked);
    const started = firstInteractionAt + Math.floor(uniform(hashOf(key, 31)) * 30 * 24 * 60) * minuteMs;
    const shown = met.filter((row) => !held.has(row));
    return {
      id: `person-${index}`,
      interactions: shown.map((row, position) => ({
        itemId: this.#items[row]!.id,
        action: likedRows.has(row) ? 'like' : disliked.has(row) ? 'dislike' : 'seen',
        at: started + position * minuteMs,
      })),
      heldOutLikes: [...held].sort((a, b) => a - b).map((row) => this.#items[row]!.id),
    };
  }

  #personalTaste(key: number): Float64Array {
    const main = this.#circleTastes[hashOf(key, 1) % circles]!;
    const other = this.#circleTastes[hashOf(key, 2) % circles]!;
    const own = standardised(this.#taste(hashOf(key, 5), 1960 + 60 * uniform(hashOf(key, 6)), 15, 0));
    const mixed = main.map((value, row) => value + 0.4 * other[row]! + 0.5 * own[row]!);
    const personal = standardised(mixed);
    if (this.#tasteSpread === 1) return personal;
    const common = this.#commonTaste;
    return standardised(common.map((value, row) => value + this.#tasteSpread * (personal[row]! - value)));
  }

  /** Leanings to genres, countries and directors drawn by name under a key, and a bump around an era. */
  #taste(key: number, era: number, eraWidth: number, itemLuck: number): Float64Array {
    const leaning = (list: NameList, kind: number, size: number) =>
      Float64Array.from(list.hashes, (hash) => size * normal(hashOf(key, kind, hash)));
    const genres = leaning(this.#genres, 41, 1.3);
    const countries = leaning(this.#countries, 43, 0.5);
    const directors = leaning(this.#directors, 47, 0.4);
    const taste = new Float64Array(this.#items.length);
    this.#items.forEach((item, row) => {
      let value = itemLuck === 0 ? 0 : itemLuck * normal(hashOf(key, 53, item.hash));
      for (const genre of item.genres) value += genres[genre]! / Math.sqrt(item.genres.length);
      for (const country of item.countries) value += countries[country]! / item.countries.length;
      for (const director of item.directors) value += directors[director]! / item.directors.length;
      if (item.year !== null) value += 1.5 * Math.exp(-(((item.year - era) / eraWidth) ** 2) / 2);
      taste[row] = value;
    });
    return taste;
  }
}

/** One interaction of an imported data set. */
export interface ImportedRow {
  readonly userId: string;
  readonly itemId: string;
  /** null: an interaction without rating counts as a like. */
  readonly rating: number | null;
  /** Unix ms; null where unknown. */
  readonly at: number | null;
}

/** Ratings from this on are likes, and up to that are dislikes; between them 'seen'. */
export const likedRating = 4;
export const dislikedRating = 2;

/** Real people of an imported data set in the same shape: in order of first appearance; for an item rated twice the later row counts. */
export function importedPeople(rows: Iterable<ImportedRow>): SimulatedPerson[] {
  const people = new Map<string, Map<string, SimulatedInteraction>>();
  for (const row of rows) {
    let interactions = people.get(row.userId);
    if (!interactions) {
      interactions = new Map();
      people.set(row.userId, interactions);
    }
    const action: SimulatedAction =
      row.rating === null || row.rating >= likedRating ? 'like' : row.rating <= dislikedRating ? 'dislike' : 'seen';
    const at = row.at ?? firstInteractionAt + interactions.size * minuteMs;
    const known = interactions.get(row.itemId);
    if (!known || at >= known.at) interactions.set(row.itemId, { itemId: row.itemId, action, at });
  }
  return [...people].map(([userId, interactions]) => {
    const salt = fnv1a(userId);
    const all = [...interactions.values()].sort((a, b) => a.at - b.at || (a.itemId < b.itemId ? -1 : 1));
    const likes = all.filter((interaction) => interaction.action === 'like').map((interaction) => interaction.itemId);
    const order = [...likes].sort((a, b) => hashOf(salt, fnv1a(a)) - hashOf(salt, fnv1a(b)) || (a < b ? -1 : 1));
    const held = new Set(order.slice(0, Math.floor(heldOutPart * likes.length)));
    return {
      id: userId,
      interactions: all.filter((interaction) => !held.has(interaction.itemId)),
      heldOutLikes: likes.filter((itemId) => held.has(itemId)),
    };
  });
}

function hashOf(first: number, second: number, third = 0): number {
  let hash = fmix32((0x9e3779b9 + fmix32(first)) >>> 0);
  hash = fmix32((Math.imul(hash, 31) + fmix32(second)) >>> 0);
  return fmix32((Math.imul(hash, 31) + fmix32(third)) >>> 0);
}

/** In (0, 1). */
function uniform(hash: number): number {
  return (hash + 0.5) / 2 ** 32;
}

/** Standard normal by Box and Muller, from one hash. */
function normal(hash: number): number {
  return Math.sqrt(-2 * Math.log(uniform(hash))) * Math.cos(2 * Math.PI * uniform(fmix32(hash ^ 0x5bd1e995)));
}

function gumbel(hash: number): number {
  return -Math.log(-Math.log(uniform(hash)));
}

/** Mean 0, standard deviation 1; zeros where all are equal. */
function standardised(values: Float64Array): Float64Array {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / Math.max(1, values.length);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const std = Math.sqrt(squares / Math.max(1, values.length));
  const result = new Float64Array(values.length);
  if (std > 1e-12) for (let row = 0; row < values.length; row++) result[row] = (values[row]! - mean) / std;
  return result;
}
