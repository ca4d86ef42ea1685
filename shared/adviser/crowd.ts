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
      /** Its item rows are the catalogue's. */
      readonly set: PositiveSet;
      /** Of the split into folds, and of each person's likes into history and held out. */
      readonly splitSeed: number;
    };

/** One measurement of each thing that is compared. */
export interface Run {
  /** Whose lists are judged: the world of this seed, or the fold of this number. Different panels have nobody in common. */
  readonly panel: number;
  /** Of who teaches, of the training and of its noise. */
  readonly seed: number;
}

/** On which is chosen, on which the choice is judged, and on which other crowds are: no panel of the first is one of the others. */
export interface Runs {
  readonly choosing: readonly Run[];
  readonly judging: readonly Run[];
  readonly crossing: readonly Run[];
}

/**
 * A world for each run; or one fold of a data set to choose on and the others to judge on, again with other seeds when there are more runs.
 * @param crossing at most `judging`: they are the first of those.
 */
export function runsOf(
  { kind }: Pick<CrowdSource, 'kind'>,
  { seed, choosing, judging, crossing }: { seed: number; choosing: number; judging: number; crossing: number },
): Runs {
  const seeds = Array.from({ length: choosing + judging }, (_, index) => seed + index);
  const runs = seeds.map((each, index): Run => {
    if (kind === 'world') return { panel: each, seed: each };
    return { panel: index < choosing ? 0 : 1 + ((index - choosing) % (folds - 1)), seed: each };
  });
  const judges = runs.slice(choosing);
  return { choosing: runs.slice(0, choosing), judging: judges, crossing: judges.slice(0, crossing) };
}

/** The set with the catalogue's rows. @param rowOf the catalogue's row of each of its items. @param items of the catalogue. */
export function onCatalogue(set: PositiveSet, rowOf: Uint32Array, items: readonly CatalogueItem[]): PositiveSet {
  const itemIds = new Uint32Array(items.length);
  rowOf.forEach((row, item) => {
    itemIds[row] = set.itemIds[item]!;
  });
  const rows = set.rows.map((item) => rowOf[item]!);
  // Times go with the order of the rows, and nothing here asks for them.
  set.userIds.forEach((_, user) => {
    rows.subarray(set.starts[user]!, set.starts[user + 1]!).sort();
  });
  return { ...set, itemIds, items: items.map(({ id }) => id), rows, times: null };
}

export interface CrowdTrial {
  readonly trial: Trial;
  /** How many people each of the trial's stands for. */
  readonly population: number;
}

/** Strangers that a made-up crowd is judged by. */
const worldPanel = 300;
/** Strangers of a fold: more cost time and tell hardly more. */
const foldPanel = 1000;
/** Made-up people are drawn item by item, so a large catalogue has fewer different ones; within these. */
const mostDraws = 4e6;
const worldPeople = [500, 2000] as const;
/** Made-up people from this index on are strangers. */
const firstStranger = 1_000_000;

/** The people of one run: one world, or one fold of a data set and the others to learn from; drawn as they are asked for. */
export class Crowd {
  readonly #source: CrowdSource;
  readonly #panel: readonly TestPerson[];
  readonly #available: number;
  readonly #member: (index: number) => Uint32Array;

  /** @throws RangeError when nobody can be tested or learned from. */
  constructor(source: CrowdSource, run: Run) {
    this.#source = source;
    const { panel, available, member } = source.kind === 'world' ? worldOf(source, run) : foldOf(source, run);
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
    const { population, count } = repeatsOf(people, this.#available);
    const data: TrainingData = {
      items: this.#source.items.map(({ id }) => id),
      people: Array.from({ length: count }, (_, index) => this.#member(index % this.#available)),
      features: this.#source.features,
    };
    return { trial: { data, test: this.#panel }, population };
  }
}

/** How a crowd is made of so many different people: `count` of them, each standing for `population`. */
function repeatsOf(people: number, available: number): { readonly population: number; readonly count: number } {
  const population = Math.max(1, Math.floor(people / available));
  return { population, count: Math.round(people / population) };
}

/** The same before anybody is drawn, as nearly as a fold's size is known. */
export function expectedRepeats(source: CrowdSource, people: number): ReturnType<typeof repeatsOf> {
  const { kind, items } = source;
  const available =
    kind === 'world' ? madeUpPeople(items.length) : Math.floor(source.set.userIds.length * (1 - 1 / folds));
  return repeatsOf(people, Math.max(1, available));
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
function worldOf({ items }: Extract<CrowdSource, { kind: 'world' }>, { panel: seed }: Run): Drawn {
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
  const drawn: Uint32Array[] = [];
  return {
    panel: panel.filter(({ history, targets }) => history.length > 0 && targets.length > 0),
    available: madeUpPeople(items.length),
    member: (index) => {
      while (drawn.length <= index) drawn.push(Uint32Array.from(likes(drawn.length)).sort());
      return drawn[index]!;
    },
  };
}

function madeUpPeople(items: number): number {
  const [least, most] = worldPeople;
  return Math.min(most, Math.max(least, Math.floor(mostDraws / Math.max(1, items))));
}

/** Protocol P1: the people of a fold are strangers, the others are drawn in an order of the seed's. */
function foldOf({ set, splitSeed }: Extract<CrowdSource, { kind: 'set' }>, { panel, seed }: Run): Drawn {
  const { train, test } = splitFold(set, panel, splitSeed);
  const keyOf = (user: number, salt: number): number => fmix32((set.userIds[user]! ^ fmix32(salt)) >>> 0);
  const inOrder = (salt: number) => (a: number, b: number) => keyOf(a, salt) - keyOf(b, salt) || a - b;
  const order = Uint32Array.from(train).sort(inOrder(seed));
  return {
    panel: test
      .filter(({ targets }) => targets.length > 0)
      .sort((a, b) => inOrder(splitSeed)(a.user, b.user))
      .slice(0, foldPanel)
      .map(({ history, targets }) => ({ history, targets, candidates: null })),
    available: order.length,
    member: (index) => likesOf(set, order[index]!),
  };
}
