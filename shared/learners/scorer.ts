// How a device scores: the one thing that a list, an explanation, a comparison and an evaluation need of a published model, whatever learner
// made it. A scorer is made once a model; it holds nothing of any history.
import type { Interactions } from '../model/model.ts';

/** What one interaction adds to the score of an item. */
export interface Contribution {
  /** The row of an interaction. */
  readonly row: number;
  /** In the unit of the scores. */
  readonly contribution: number;
}

export interface Scorer {
  readonly items: number;
  /**
   * Scores of all items for one history; higher is better, in a unit of the learner's own. An empty history is scored by popularity.
   * @returns a new Float64Array[items], the caller's; every value finite.
   * @throws RangeError when a row is outside the model or occurs twice.
   */
  scores(interactions: Interactions): Float64Array;
  /**
   * What each interaction adds to an item's score, largest first; together they are the part of the score that depends on the history.
   * null where the score is not a sum over interactions: then leaving one out and scoring again is the only exact answer.
   */
  contributions(interactions: Interactions, row: number): readonly Contribution[] | null;
  /** Items most like one item, most similar first, without the item itself; at most `count`. @throws RangeError for a row outside the model. */
  similar(row: number, count: number): readonly { readonly row: number; readonly score: number }[];
  /**
   * Of a learner with communities: how many times more than everybody those with tastes like the person's like an item. 1: nothing is known of it.
   */
  lifts?(interactions: Interactions): Float64Array;
}
