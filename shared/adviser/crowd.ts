// A crowd of a size, for the adviser: people to learn from and strangers to test with, from a made-up world over the catalogue or from the
// interactions of a data set. More people than there are in the source are the same people again, as `evaluate --population` repeats them: as much
// information and less noise, which is the part of a larger crowd that can be known without having it.

import type { CatalogueItem } from '../catalogue/schema.ts';
import type { TrainingData } from '../evaluation/learner.ts';
import { likesOf } from '../evaluation/protocol-p1.ts';
import { folds, type PositiveSet, splitFold } from '../evaluation/split.ts';
import type { TestPerson, Trial } from '../evaluation/trial.ts';
import { fmix32 } from '../maths/random.ts';
import type { Features } from '../model/model.ts';
import { prominencePopularity } from '../model/server-step.ts';
import { simulatedWorld } from '../population/population.ts';

/** Where the people come from; plain data, so that a thread can be told it. */
export type CrowdSource =
  | { readonly kind: 'world'; readonly items: readonly CatalogueItem[]; readonly features: Features }
  | {
      readonly kind: 'set';
      readonly items: readonly CatalogueItem[];
      readonly features: Features;
      /** Its item k is the catalogue's item `rowOf[k]`. */
      readonly set: PositiveSet;
      readonly rowOf: Uint32Array;
    };

export interface CrowdTrial {
  readonly trial: Trial;
  /** How many people each of the trial's stands for. */
  readonly population: number;
}

/** Strangers that a made-up crowd is judged by. */
const worldPanel = 300;
/** Made-up people are drawn item by item, so a large catalogue has fewer different ones; within these. */
const mostDraws = 4e6;
const worldPeople = [500, 2000] as const;
/** Made-up people from this index on are strangers. */
const firstStranger = 1_000_000;

/** The people of one seed: one world, or one fold of a data set; drawn as they are asked for. */
export class Crowd {
  readonly #source: CrowdSource;
  readonly #panel: readonly TestPerson[];
  readonly #available: number;
  readonly #member: (index: number) => Uint32Array;
  readonly #members: Uint32Array[] = [];

  /** @throws RangeError when nobody can be tested or learned from. */
  constructor(source: CrowdSource, seed: number) {
    this.#source = source;
    const { panel, available, member } = source.kind === 'world' ? worldOf(source, seed) : foldOf(source, seed);
    this.#panel = panel;
    this.#available = available;
    this.#member = member;
    if (panel.length === 0 || available === 0) {
      throw new RangeError(
        'expected people to learn from and others to test with, and the source has not enough of them',
      );
    }
  }

  /** @param people of the crowd, 1 or more. */
  trial(people: number): CrowdTrial {
    const population = Math.max(1, Math.floor(people / this.#available));
    const count = Math.round(people / population);
    while (this.#members.length < Math.min(count, this.#available))
      this.#members.push(this.#member(this.#members.length));
    const data: TrainingData = {
      items: this.#source.items.map(({ id }) => id),
      people: Array.from({ length: count }, (_, index) => this.#members[index % this.#available]!),
      features: this.#source.features,
    };
    return { trial: { data, test: this.#panel }, population };
  }
}

/** What the page's content model takes for popularity where nobody shares anything: the catalogue's prominence. Any unit, all above 0. */
export function knownBeforehand({ items }: CrowdSource): Float64Array {
  return prominencePopularity({ items });
}

interface Drawn {
  readonly panel: readonly TestPerson[];
  /** Different people to learn from. */
  readonly available: number;
  /** Rows that person `index` likes, ascending. */
  readonly member: (index: number) => Uint32Array;
}

/** Another seed, another world: how far a crowd's tastes can be learned differs more between worlds than between crowds of one. */
function worldOf({ items }: Extract<CrowdSource, { kind: 'world' }>, seed: number): Drawn {
  const rowOf = new Map(items.map(({ id }, row) => [id, row]));
  const world = simulatedWorld({ catalogue: { items }, seed });
  const likes = (index: number): number[] =>
    world.person(index).interactions.flatMap(({ itemId, action }) => (action === 'like' ? rowOf.get(itemId)! : []));
  const panel = Array.from({ length: worldPanel }, (_, index) => {
    const stranger = world.person(firstStranger + index);
    const history = stranger.interactions.flatMap(({ itemId, action }) =>
      action === 'like' ? rowOf.get(itemId)! : [],
    );
    return { history, targets: stranger.heldOutLikes.map((id) => rowOf.get(id)!), candidates: null };
  });
  const [least, most] = worldPeople;
  return {
    panel: panel.filter(({ history, targets }) => history.length > 0 && targets.length > 0),
    available: Math.min(most, Math.max(least, Math.floor(mostDraws / Math.max(1, items.length)))),
    member: (index) => Uint32Array.from(likes(index)).sort(),
  };
}

/** Protocol P1: the people of a fold are strangers, the others are drawn in an order of the seed's. */
function foldOf({ set, rowOf }: Extract<CrowdSource, { kind: 'set' }>, seed: number): Drawn {
  const { train, test } = splitFold(set, seed % folds, seed);
  const key = (user: number): number => fmix32((set.userIds[user]! ^ fmix32(seed)) >>> 0);
  const order = [...train].sort((a, b) => key(a) - key(b) || a - b);
  const rowsOf = (rows: readonly number[]): number[] => rows.map((row) => rowOf[row]!);
  return {
    panel: test
      .map(({ history, targets }) => ({ history: rowsOf(history), targets: rowsOf(targets), candidates: null }))
      .filter(({ targets }) => targets.length > 0),
    available: order.length,
    member: (index) => Uint32Array.from(likesOf(set, order[index]!), (row) => rowOf[row]!).sort(),
  };
}
