// Who the simulated people are: made up from the catalogue, or the real people of an imported data set.
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { experimentRandom } from '#shared/maths/random.ts';
import { type ImportedRow, importedPeople, simulatedWorld } from '#shared/population/population.ts';
import { InteractionsReader } from '../cli/import/interactions-store.ts';
import type { HistoryRow } from '../engine/api.ts';

export interface People {
  /** People to begin with. */
  readonly count: number;
  /** Whether there are ever more: made-up people do not run out, imported ones do. */
  readonly endless: boolean;
  /** Stable across restarts with the same seed and catalogue; names the person's ledger. */
  idOf(person: number): string;
  /** What the person's device knows; likes held out to measure with are not among it. */
  historyOf(person: number): readonly HistoryRow[];
  close(): void;
}

/** An imported person takes part with at least so many likes. */
const leastLikes = 5;

export function simulated(catalogue: Catalogue, count: number, seed: number): People {
  const world = simulatedWorld({ catalogue, seed });
  return {
    count,
    endless: true,
    idOf: (person) => `simulated-${seed}-${person}`,
    historyOf: (person) => world.person(person).interactions,
    close: () => {},
  };
}

/** The rating that stands for an action, as `importedPeople` reads ratings. */
const ratings = { like: 5, seen: 3, dislike: 1 } as const;

/** @param most at most so many of the imported people, drawn by the seed */
export function imported(interactionsPath: string, most: number, seed: number): People {
  const reader = new InteractionsReader(interactionsPath);
  const chosen = shuffled(reader.people(leastLikes), seed).slice(0, most);
  return {
    count: chosen.length,
    endless: false,
    idOf: (person) => `imported-${chosen[person]}`,
    historyOf(person) {
      const userId = String(chosen[person]);
      const rows = reader
        .interactionsOf(chosen[person] ?? -1)
        .map(({ itemId, action, at }): ImportedRow => ({ userId, itemId, rating: ratings[action], at }));
      return importedPeople(rows)[0]?.interactions ?? [];
    },
    close: () => reader.close(),
  };
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
