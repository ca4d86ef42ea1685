// The list for one person: the best rows of a scorer that the person has not said anything about, each with its reason.
// Ties go to the more popular item, and then to the smaller row.
import type { Catalogue } from '../catalogue/schema.ts';
import type { Scorer } from '../learners/scorer.ts';
import { interactionKinds } from '../model/interactions.ts';
import type { Interactions } from '../model/model.ts';

/** popular: the same for everybody. on-device: from public facts and the own history. shared: with what people taught the model together. */
export type RankedSource = 'popular' | 'on-device' | 'shared';

export type RankedReason =
  | { readonly kind: 'because-liked'; readonly itemId: string }
  | { readonly kind: 'genre'; readonly genre: string }
  | { readonly kind: 'popular' };

/** Rows that are never listed, as 1: what was liked, disliked or seen. */
export function excludedRows(items: number, interactions: Interactions): Uint8Array {
  const excluded = new Uint8Array(items);
  for (const kind of interactionKinds) for (const row of interactions[kind]) excluded[row] = 1;
  return excluded;
}

/** The best rows, best first; at most `count`. @param popularity any unit, by row: it decides between equal scores. */
export function bestRows(
  scores: ArrayLike<number>,
  excluded: Uint8Array,
  count: number,
  popularity: ArrayLike<number>,
): number[] {
  const rows: number[] = [];
  for (let row = 0; row < scores.length; row++) if (excluded[row] !== 1) rows.push(row);
  rows.sort((a, b) => scores[b]! - scores[a]! || popularity[b]! - popularity[a]! || a - b);
  return rows.slice(0, Math.max(0, count));
}

/** The liked item that contributed most to an item's score, failing that a genre that was liked, failing that popularity. */
export function reasonOf(
  scorer: Scorer,
  interactions: Interactions,
  row: number,
  catalogue: Pick<Catalogue, 'items'>,
): RankedReason {
  const liked = new Set(interactions.liked);
  const first = scorer.contributions(interactions, row)?.find((entry) => liked.has(entry.row));
  if (first && first.contribution > 0) return { kind: 'because-liked', itemId: catalogue.items[first.row]!.id };
  const likedGenres = new Set(interactions.liked.flatMap((item) => catalogue.items[item]!.genres));
  const genre = catalogue.items[row]!.genres.find((name) => likedGenres.has(name));
  return genre === undefined ? { kind: 'popular' } : { kind: 'genre', genre };
}
