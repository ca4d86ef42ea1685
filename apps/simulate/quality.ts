// How good are the lists that a published model gives: NDCG@10 of what a fixed panel of people held out. By the published model's own scores, by
// content alone (the model before anybody took part), by what is popular, and by the list that the device would show, which is tuned and comes
// from whichever of crowd and content serves this person better.

import { ndcg } from '#shared/evaluation/metrics.ts';
import { meanOf, standardErrorOf } from '#shared/maths/statistics.ts';
import type { Interactions } from '#shared/model/model.ts';
import { bestRows, excludedRows } from '#shared/ranking/list.ts';
import { defaultTuning } from '#shared/ranking/tuning.ts';
import type { HistoryRow } from '../engine/api.ts';
import { interactionsOf } from '../engine/interactions.ts';
import { recommendFrom } from '../engine/recommender.ts';
import { scorersOf } from '../engine/scorers.ts';
import type { ScoredModel } from '../engine/scoring.ts';
import type { People } from './people.ts';
import type { Scenario } from './spec.ts';

const depth = 10;

export interface Mean {
  readonly mean: number;
  /** Standard error over the people. */
  readonly se: number;
}

export interface Quality {
  /** The list of the page; null where it was not looked at: choosing and tuning cost a hundred times what the rest does. */
  readonly shown: Mean | null;
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
  readonly #first: ScoredModel;

  /** The first of the people who have held-out likes, each once. @param first the model of version 1: content alone. */
  constructor(people: People, { clients, panel }: Pick<Scenario, 'clients' | 'panel'>, first: ScoredModel) {
    const members: Member[] = [];
    const different = Math.min(clients, people.count);
    for (let person = 0; person < different && members.length < panel; person += 1) {
      const { history, heldOutLikes } = people.tastesOf(person);
      const targets = new Set(heldOutLikes.flatMap((id) => first.rowOf.get(id) ?? []));
      if (targets.size > 0) members.push({ rows: history, targets });
    }
    this.#members = members;
    this.#first = first;
    this.#content = members.map((member) => sharedBy(first, member));
  }

  /** People whose lists are judged. */
  get size(): number {
    return this.#members.length;
  }

  /** What pages show before anybody took part. */
  shownAtFirst(): Mean {
    return this.#shown(this.#first);
  }

  measure(published: ScoredModel, withShown: boolean): Quality {
    const shared = this.#members.map((member) => sharedBy(published, member));
    return {
      shown: withShown ? this.#shown(published) : null,
      shared: meanAndError(shared),
      content: meanAndError(this.#content),
      popular: meanAndError(this.#members.map((member) => popularBy(published, member))),
      lift: meanAndError(shared.map((value, index) => value - this.#content[index]!)),
    };
  }

  #shown(published: ScoredModel): Mean {
    return meanAndError(this.#members.map((member) => shownBy(published, member)));
  }
}

function sharedBy(published: ScoredModel, { rows, targets }: Member): number {
  const interactions = interactionsOf(published, rows);
  return ndcgOf(published, scorersOf(published).shared.scores(interactions), interactions, targets);
}

function popularBy(published: ScoredModel, { rows, targets }: Member): number {
  return ndcgOf(published, published.model.popularity, interactionsOf(published, rows), targets);
}

function ndcgOf(
  { model }: ScoredModel,
  scores: ArrayLike<number>,
  interactions: Interactions,
  targets: ReadonlySet<number>,
): number {
  const excluded = excludedRows(scores.length, interactions);
  return ndcg(bestRows(scores, excluded, depth, model.popularity), targets, depth);
}

function shownBy(published: ScoredModel, { rows, targets }: Member): number {
  const list = recommendFrom(published, rows, defaultTuning, depth).map(({ itemId }) => published.rowOf.get(itemId)!);
  return ndcg(list, targets, depth);
}

/** What is measured after so many published rounds. */
export function measuredAfter(
  published: number,
  { rounds, measureEvery, shownEvery }: Pick<Scenario, 'rounds' | 'measureEvery' | 'shownEvery'>,
): { readonly scores: boolean; readonly shown: boolean } {
  const isLast = published === rounds;
  const shown = shownEvery > 0 && (isLast || published % shownEvery === 0);
  return { scores: shown || isLast || published % measureEvery === 0, shown };
}

/** Zeros for nobody. */
export function meanAndError(values: readonly number[]): Mean {
  return values.length === 0 ? { mean: 0, se: 0 } : { mean: meanOf(values), se: standardErrorOf(values) };
}
