// How good are the lists that a published model gives to people it was not told about: NDCG@10 of a fixed panel's held-out likes, through the list
// that the device itself would show. Beside it the same with content alone (the model before anybody took part) and with what is popular.
import { ndcg, topRows } from '#shared/evaluation/metrics.ts';
import type { HistoryRow } from '../engine/api.ts';
import type { Published } from '../engine/published.ts';
import { interactionsOf, recommendFrom } from '../engine/recommender.ts';
import type { People } from './people.ts';
import type { Scenario } from './spec.ts';

const depth = 10;

export interface Mean {
  readonly mean: number;
  /** Standard error over the people. */
  readonly se: number;
}

export interface Quality {
  readonly shared: Mean;
  readonly content: Mean;
  readonly popular: Mean;
  /** Shared less content, person by person. */
  readonly lift: Mean;
}

interface Member {
  readonly rows: readonly HistoryRow[];
  readonly targets: ReadonlySet<number>;
}

export class Panel {
  readonly #members: readonly Member[];
  readonly #content: readonly number[];

  /** The first of the people who have held-out likes, each once. @param first the model of version 1: content alone. */
  constructor(people: People, { clients, panel }: Pick<Scenario, 'clients' | 'panel'>, first: Published) {
    const members: Member[] = [];
    const different = Math.min(clients, people.count);
    for (let person = 0; person < different && members.length < panel; person += 1) {
      const { history, heldOutLikes } = people.tastesOf(person);
      const targets = new Set(heldOutLikes.flatMap((id) => first.rowOf.get(id) ?? []));
      if (targets.size > 0) members.push({ rows: history, targets });
    }
    this.#members = members;
    this.#content = members.map((member) => shownBy(first, member));
  }

  /** People whose lists are judged. */
  get size(): number {
    return this.#members.length;
  }

  measure(published: Published): Quality {
    const shared = this.#members.map((member) => shownBy(published, member));
    const popular = this.#members.map(({ rows, targets }) => {
      const { liked, disliked, seen } = interactionsOf(published, rows);
      return ndcg(topRows(published.table.model.popularity, [...liked, ...disliked, ...seen], depth), targets, depth);
    });
    return {
      shared: meanOf(shared),
      content: meanOf(this.#content),
      popular: meanOf(popular),
      lift: meanOf(shared.map((value, index) => value - this.#content[index]!)),
    };
  }
}

function shownBy(published: Published, { rows, targets }: Member): number {
  const list = recommendFrom(published, rows, depth).map(({ itemId }) => published.rowOf.get(itemId)!);
  return ndcg(list, targets, depth);
}

/** Zeros for nobody. */
export function meanOf(values: readonly number[]): Mean {
  if (values.length === 0) return { mean: 0, se: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return { mean, se: 0 };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, se: Math.sqrt(squares / (values.length - 1) / values.length) };
}
