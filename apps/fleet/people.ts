// Who the simulated people are: the real people of an imported data set, and people who are made up from the catalogue.
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { experimentRandom } from '#shared/maths/random.ts';
import { type ImportedRow, importedPeople, simulatedWorld } from '#shared/population/population.ts';
import { InteractionsReader } from '../cli/import/interactions-store.ts';
import type { HistoryRow } from '../engine/api.ts';

export interface PeopleOptions {
  readonly catalogue: Catalogue;
  /** The database of the imported people; null: everybody is made up. */
  readonly interactionsPath: string | null;
  /** Made-up people to begin with, or the most that are drawn of the imported ones. */
  readonly population: number;
  /** With fewer imported people than this, made-up ones come as well, so that there are rounds at all. */
  readonly least: number;
  readonly seed: number;
}

/** An imported person takes part with at least so many likes. */
const leastLikes = 5;

/** The rating that stands for an action, as `importedPeople` reads ratings. */
const ratings = { like: 5, seen: 3, dislike: 1 } as const;

/**
 * People by number from 0: the imported ones first, in an order drawn by the seed, then made-up ones without end.
 * Likes that are held out to measure with are not in their histories.
 */
export class People {
  /** People to begin with. */
  readonly count: number;
  /** Of them, real people of an imported data set: numbers 0 to imported - 1. */
  readonly imported: number;
  readonly #options: PeopleOptions;
  readonly #reader: InteractionsReader | null;
  readonly #chosen: readonly number[];
  /** Made when the first made-up person comes: it takes its time for a large catalogue. */
  #world: ReturnType<typeof simulatedWorld> | null = null;

  constructor(options: PeopleOptions) {
    const { interactionsPath, population, least, seed } = options;
    this.#options = options;
    this.#reader = interactionsPath === null ? null : new InteractionsReader(interactionsPath);
    this.#chosen = shuffled(this.#reader?.people(leastLikes) ?? [], seed).slice(0, population);
    this.imported = this.#chosen.length;
    this.count = this.#reader === null ? population : Math.max(this.imported, least);
  }

  /** Stable across restarts and imports; names the person's ledger. */
  idOf(person: number): string {
    const stored = this.#chosen[person];
    if (stored === undefined || this.#reader === null) return `simulated-${this.#options.seed}-${person}`;
    return `imported-${this.#options.catalogue.name}-${this.#reader.userOf(stored)}`;
  }

  /** What the person's device knows. */
  historyOf(person: number): readonly HistoryRow[] {
    const stored = this.#chosen[person];
    if (stored === undefined || this.#reader === null) {
      this.#world ??= simulatedWorld(this.#options);
      return this.#world.person(person).interactions;
    }
    const userId = this.#reader.userOf(stored);
    const rows = this.#reader
      .interactionsOf(stored)
      .map(({ itemId, action, at }): ImportedRow => ({ userId, itemId, rating: ratings[action], at }));
    return importedPeople(rows)[0]?.interactions ?? [];
  }

  close(): void {
    this.#reader?.close();
  }
}

/** People of an imported data set who can take part, without reading what they like. @param most no more are drawn */
export function importedCount(interactionsPath: string, most: number): number {
  const reader = new InteractionsReader(interactionsPath);
  try {
    return Math.min(most, reader.people(leastLikes).length);
  } finally {
    reader.close();
  }
}

/** Fisher and Yates, by a seed. */
function shuffled(numbers: readonly number[], seed: number): number[] {
  const result = [...numbers];
  const words = new Uint32Array(Math.max(1, result.length));
  experimentRandom(seed).fillUint32(words);
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(((words[last] ?? 0) / 2 ** 32) * (last + 1));
    [result[last], result[other]] = [result[other] ?? 0, result[last] ?? 0];
  }
  return result;
}
