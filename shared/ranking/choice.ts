// Which model ranks for a person: the one that the crowd taught, or public content beside it. Compared on the person's own likes, hidden in five
// groups: whoever finds them nearer to the top serves. So nobody is worse off for a crowd that is small, or unlike them.
//
// What is compared is ln(place + 10), averaged over the hidden likes: places at the top count most, and one far down does not count for all. The
// shared model ranks unless content leads by more than 0.3 standard errors, and before there are two likes. Found on MovieLens 100K beside
// other measures and margins; `npm run ranking:study` measures the rule as it is: beside a good and a mediocre shared model it gives 2 and 3 %
// more than always the better of the two, beside an untaught one 2 % less than content and twice what that model gives.
//
// The choice is a function of model and history alone, so that what was deleted leaves no trace in it. Yet the list must not flip with each
// click: it looks at the first 2, 3, 5, 8, 12, 18, … likes, each half as many again, and at nothing that came after them.

import type { Scorer } from '../learners/scorer.ts';
import { meanOf, standardErrorOf } from '../maths/statistics.ts';
import { type DatedRow, interactionsFrom } from '../model/recency.ts';
import { foldsOf, heldOutPlaces, inKeyOrder, type KeyOf } from './held-out.ts';

export const leastComparedLikes = 2;
const growth = 1.5;
const folds = 5;
/** Bounds the work: of more likes so many are hidden. */
const mostComparedLikes = 200;
const placeOffset = 10;
const marginStandardErrors = 0.3;

export interface ModelChoice {
  readonly used: 'shared' | 'content';
  /**
   * few: not enough likes to compare. close: too little between the two, and the shared one ranks. better: the one that ranks finds the
   * hidden likes nearer to the top. unusable: the shared model cannot score this history.
   */
  readonly why: 'few' | 'close' | 'better' | 'unusable';
  /** Likes that were hidden and looked for. */
  readonly likes: number;
}

/** The part of a history that the choice looks at: the likes themselves while they are few. The same for every order of the rows. */
export function comparedPart(history: readonly DatedRow[], keyOf: KeyOf): DatedRow[] {
  const likes = history.filter(({ kind }) => kind === 'liked');
  if (likes.length < leastComparedLikes) return likes;
  likes.sort((a, b) => a.at - b.at || keyOf(a.row) - keyOf(b.row) || a.row - b.row);
  let count = leastComparedLikes;
  for (let next = count; next <= likes.length; next = Math.ceil(growth * next)) count = next;
  const first = likes.slice(0, count);
  const until = first.at(-1)!.at;
  return [...first, ...history.filter(({ kind, at }) => kind !== 'liked' && at <= until)];
}

/** @param part of `comparedPart`. @param popularity any unit, by row. */
export function chooseModel(
  shared: Scorer,
  content: Scorer,
  part: readonly DatedRow[],
  keyOf: KeyOf,
  popularity: ArrayLike<number>,
): ModelChoice {
  const interactions = interactionsFrom(part);
  if (!canScore(shared, interactions)) return { used: 'content', why: 'unusable', likes: 0 };
  if (interactions.liked.length < leastComparedLikes) return { used: 'shared', why: 'few', likes: 0 };
  const groups = foldsOf(inKeyOrder(interactions.liked, keyOf).slice(0, mostComparedLikes), folds, keyOf);
  const distances = (scorer: Scorer) =>
    heldOutPlaces(scorer, interactions, groups, popularity).map((place) => Math.log(place + placeOffset));
  const byContent = distances(content);
  /** How much nearer to the top content has each hidden like. */
  const leads = distances(shared).map((value, index) => value - byContent[index]!);
  const lead = meanOf(leads);
  const margin = marginStandardErrors * standardErrorOf(leads);
  const why = Math.abs(lead) > margin ? 'better' : 'close';
  return { used: why === 'better' && lead > 0 ? 'content' : 'shared', why, likes: leads.length };
}

/** A file that was made up, not trained, may hold numbers that overflow; then content ranks. */
function canScore(scorer: Scorer, interactions: Parameters<Scorer['scores']>[0]): boolean {
  try {
    return scorer.scores(interactions).every(Number.isFinite);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
