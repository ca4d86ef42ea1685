// How a device scores with a published model, whatever learner made it. The learner's code is loaded when a model of it is first met.

import type { Features, ItemTable, Model } from '../model/model.ts';
import { foldIn } from '../model/objective.ts';
import { itemScores, similarItems } from '../model/ranking.ts';
import { materialise } from '../model/table.ts';
import type { Scorer } from './scorer.ts';

/** @throws RangeError when model and features are of different shape. */
export async function scorerOf(model: Model, features: Features): Promise<Scorer> {
  switch (model.learner) {
    case 'reconstruction':
      return tableScorer(materialise(model, features));
    case 'co-occurrence':
      return (await import('./co-occurrence/scorer.ts')).coOccurrenceScorer(model, features);
    case 'communities':
      return new (await import('./communities/scorer.ts')).CommunitiesScorer(model, features);
  }
}

/** The scorer of an item table: the fold-in of the history, then v_iᵀu. */
export function tableScorer(table: ItemTable): Scorer {
  return {
    items: table.model.header.items,
    scores: (interactions) => itemScores(table, interactions.liked.length === 0 ? null : foldIn(table, interactions)),
    contributions: () => null,
    similar: (row, count) => similarItems(table, row, count),
  };
}
