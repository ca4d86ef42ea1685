// The list for one person: the best rows of a scorer that the person has not said anything about.
// Ties go to the more popular item, and then to the smaller row.
import { interactionKinds } from '../model/interactions.ts';
import type { Interactions } from '../model/model.ts';

/** popular: the same for everybody. on-device: from public facts and the own history. shared: with what people taught the model together. */
export type RankedSource = 'popular' | 'on-device' | 'shared';

export type RankedReason =
  /** The interaction that speaks most for the item. A refusal can: what is unlike it rises. */
  | { readonly kind: 'because-liked' | 'because-seen' | 'because-disliked'; readonly itemId: string }
  | { readonly kind: 'genre'; readonly genre: string }
  /** People with tastes alike like it more than others do. No neighbour exists anywhere. */
  | { readonly kind: 'community' }
  /** The person's own tuning of the list. */
  | { readonly kind: 'tuned' }
  | { readonly kind: 'popular' };

/** Rows that are never listed, as 1: what was liked, disliked or seen. */
export function excludedRows(items: number, interactions: Interactions): Uint8Array {
  const excluded = new Uint8Array(items);
  for (const kind of interactionKinds) for (const row of interactions[kind]) excluded[row] = 1;
  return excluded;
}

/** Rows beyond twice the list that are kept before they are put in order: nearly all of a catalogue never gets so far. */
const spareRows = 64;

/** The best rows, best first; at most `count`. @param popularity any unit, by row: it decides between equal scores. */
export function bestRows(
  scores: ArrayLike<number>,
  excluded: Uint8Array,
  count: number,
  popularity: ArrayLike<number>,
): number[] {
  if (count <= 0) return [];
  const inOrder = (a: number, b: number) => scores[b]! - scores[a]! || popularity[b]! - popularity[a]! || a - b;
  let best: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  const cut = (): void => {
    best = best.sort(inOrder).slice(0, count);
  };
  for (let row = 0; row < scores.length; row++) {
    if (excluded[row] === 1 || scores[row]! < least) continue;
    best.push(row);
    if (best.length < 2 * count + spareRows) continue;
    cut();
    least = scores[best[count - 1]!]!;
  }
  cut();
  return best;
}
