// Protocol P1: strong generalisation with full ranking. The test people are strangers to the training; their devices know four fifths of
// what they like, and all other items are ranked.
import type { Features } from '../model/model.ts';
import type { TrainingData } from './learner.ts';
import { type PositiveSet, splitFold } from './split.ts';
import type { Trial } from './trial.ts';

/** The trial of one fold; see split.ts. Either list of people may be empty in a tiny set. */
export function trialOfFold(set: PositiveSet, fold: number, seed: number, features: Features | null): Trial {
  const { train, test } = splitFold(set, fold, seed);
  const data: TrainingData = {
    items: set.items,
    people: train.map((user) => likesOf(set, user)),
    features,
  };
  return { data, test: test.map(({ history, targets }) => ({ history, targets, candidates: null })) };
}

/** Rows that a user likes, ascending; a view of the set. */
export function likesOf(set: PositiveSet, user: number): Uint32Array {
  return set.rows.subarray(set.starts[user]!, set.starts[user + 1]!);
}
