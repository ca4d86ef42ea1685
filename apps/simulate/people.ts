// Whose tastes are simulated: the people of a data set, or made-up people over a catalogue, by number from 0 and without end. What is held out
// of a person's likes never reaches a device: it is what quality is measured by. Interactions are kept as rows and actions, so that ten thousand
// people fit into some megabytes; made-up people are made when they first come.
import type { Catalogue } from '#shared/catalogue/schema.ts';
import {
  type ImportedRow,
  importedPeople,
  type SimulatedPerson,
  simulatedWorld,
} from '#shared/population/population.ts';
import type { HistoryRow } from '../engine/api.ts';

/** A data set in typed arrays, as a thread hands it to another. */
export interface DatasetPeople {
  readonly kind: 'dataset';
  readonly catalogue: Catalogue;
  /** Interactions of person k: starts[k] to starts[k + 1] - 1. */
  readonly starts: Uint32Array;
  /** Parallel: catalogue rows, ratings (NaN where there is none) and unix ms. */
  readonly rows: Uint32Array;
  readonly ratings: Float32Array;
  readonly times: Float64Array;
}

export interface MadeUpPeople {
  readonly kind: 'world';
  readonly catalogue: Catalogue;
  readonly seed: number;
  readonly tasteSpread: number;
}

export type PeopleSource = DatasetPeople | MadeUpPeople;

export interface Tastes {
  /** What the device knows, oldest first. */
  readonly history: readonly HistoryRow[];
  readonly heldOutLikes: readonly string[];
}

const actions = ['like', 'dislike', 'seen'] as const;

/** One person in numbers: row times four, plus the action, or three where the like is held out. */
interface Packed {
  readonly entries: Uint32Array;
  readonly times: Float64Array;
}

const heldOut = 3;

export class People {
  readonly catalogue: Catalogue;
  readonly #source: PeopleSource;
  readonly #rowOf: ReadonlyMap<string, number>;
  readonly #packed = new Map<number, Packed>();
  readonly #genres: readonly string[];
  #world: ReturnType<typeof simulatedWorld> | null = null;

  constructor(source: PeopleSource) {
    this.#source = source;
    this.catalogue = source.catalogue;
    const { items } = source.catalogue;
    this.#rowOf = new Map(items.map((item, row) => [item.id, row]));
    this.#genres = [...new Set(items.flatMap(({ genres }) => genres))].sort();
  }

  /** People that there are; beyond them tastes begin again from the first. Infinity for made-up people. */
  get count(): number {
    return this.#source.kind === 'world' ? Number.POSITIVE_INFINITY : this.#source.starts.length - 1;
  }

  tastesOf(person: number): Tastes {
    const { entries, times } = this.#of(person);
    const history: HistoryRow[] = [];
    const heldOutLikes: string[] = [];
    entries.forEach((entry, index) => {
      const { id } = this.catalogue.items[entry >>> 2]!;
      const action = actions[entry & 3];
      if (action === undefined) heldOutLikes.push(id);
      else history.push({ itemId: id, action, at: times[index]! });
    });
    return { history, heldOutLikes };
  }

  /** Where a person's favourite genre stands among all, from 0 to below 1: people of one taste have one place. */
  tastePlace(person: number): number {
    const counts = new Map<string, number>();
    for (const entry of this.#of(person).entries) {
      if (actions[entry & 3] !== 'like') continue;
      for (const genre of this.catalogue.items[entry >>> 2]!.genres) counts.set(genre, (counts.get(genre) ?? 0) + 1);
    }
    let favourite = '';
    for (const genre of this.#genres) {
      if ((counts.get(genre) ?? 0) > (counts.get(favourite) ?? 0)) favourite = genre;
    }
    return Math.max(0, this.#genres.indexOf(favourite)) / Math.max(1, this.#genres.length);
  }

  #of(person: number): Packed {
    const index = this.#source.kind === 'dataset' ? person % this.count : person;
    let packed = this.#packed.get(index);
    if (packed === undefined) {
      packed = this.#pack(this.#source.kind === 'world' ? this.#madeUp(index) : fromDataset(this.#source, index));
      this.#packed.set(index, packed);
    }
    return packed;
  }

  #madeUp(index: number): SimulatedPerson {
    if (this.#source.kind !== 'world') throw new TypeError('expected made-up people, got a data set');
    this.#world ??= simulatedWorld(this.#source);
    return this.#world.person(index);
  }

  #pack({ interactions, heldOutLikes }: Pick<SimulatedPerson, 'interactions' | 'heldOutLikes'>): Packed {
    const entries = [
      ...interactions.map(({ itemId, action }) => 4 * this.#rowOf.get(itemId)! + actions.indexOf(action)),
      ...heldOutLikes.map((itemId) => 4 * this.#rowOf.get(itemId)! + heldOut),
    ];
    const times = [...interactions.map(({ at }) => at), ...heldOutLikes.map(() => 0)];
    return { entries: Uint32Array.from(entries), times: Float64Array.from(times) };
  }
}

function fromDataset({ catalogue, starts, rows, ratings, times }: DatasetPeople, person: number): SimulatedPerson {
  const imported: ImportedRow[] = [];
  for (let at = starts[person]!; at < starts[person + 1]!; at += 1) {
    const rating = ratings[at]!;
    imported.push({
      userId: `person-${person}`,
      itemId: catalogue.items[rows[at]!]!.id,
      rating: Number.isNaN(rating) ? null : rating,
      at: times[at]!,
    });
  }
  return importedPeople(imported)[0] ?? { id: `person-${person}`, interactions: [], heldOutLikes: [] };
}
