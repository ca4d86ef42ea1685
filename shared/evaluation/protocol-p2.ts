// Protocol P2: leave one out with 99 negatives (He et al. 2017, Neural Collaborative Filtering), only to compare with published tables.
// Each person's latest like is held out and ranked among 99 items that the person never liked. HR@10 and NDCG@10.
//
// A trap that published code has fallen into: when the negatives of *training* are drawn from what is in neither train nor test, the held-out
// item is the one that is never drawn, and a model that only counts draws finds it. Here training negatives are drawn from everything but the
// person's training items, and `leakOnly` measures such a counting model beside every result: 0.10 is chance, and means no leak.
import { experimentRandomOfLabel, fmix32, type RandomSource } from '../maths/random.ts';
import type { Features } from '../model/model.ts';
import { likesOf } from './protocol-p1.ts';
import { orderOfUser, type PositiveSet } from './split.ts';
import { type RankedPerson, rankFor, type Trial } from './trial.ts';

/** Items among which the held-out one is ranked, beside itself. */
export const p2Negatives = 99;

/** The trial: everybody trains with all but the latest like and is tested with it. Without times, the latest is the last by the split's hash. */
export function leaveOneOut(set: PositiveSet, seed: number, features: Features | null): Trial {
  const random = experimentRandomOfLabel(`p2 negatives ${seed}`);
  const people: Uint32Array[] = [];
  const test = set.users.map((_, user) => {
    const order = orderOfUser(set, user, seed);
    const target = order.at(-1)!;
    const history = order.slice(0, -1);
    people.push(Uint32Array.from(history).sort());
    const negatives = negativesFor(likesOf(set, user), set.items.length, p2Negatives, random);
    return { history, targets: [target], candidates: Uint32Array.from([target, ...negatives]).sort() };
  });
  return { data: { items: set.items, people, features }, test };
}

/** `count` distinct rows outside of `liked` (ascending), or all there are. */
export function negativesFor(liked: Uint32Array, items: number, count: number, random: RandomSource): number[] {
  const taken = new Set(liked);
  const available = items - taken.size;
  const chosen: number[] = [];
  if (available <= count) {
    for (let row = 0; row < items; row++) if (!taken.has(row)) chosen.push(row);
    return chosen;
  }
  const word = new Uint32Array(1);
  while (chosen.length < count) {
    random.fillUint32(word);
    const row = word[0]! % items;
    if (taken.has(row)) continue;
    taken.add(row);
    chosen.push(row);
  }
  return chosen;
}

/** What a draw of training negatives may take: everything but these rows. */
export type ExcludedOf = (person: number) => ReadonlySet<number>;

/** Negatives for each like, and passes over the likes, of the counting model: as many draws as a usual training makes. */
const drawsPerLike = 4;
const passes = 40;

/**
 * The leak-only control: ranks by how seldom an item was drawn as a training negative of this person, ties at random.
 * @param excluded what the draws leave out; as our training draws them, the person's training items alone.
 */
export function leakOnly(
  trial: Trial,
  seed: number,
  excluded: ExcludedOf = (person) => new Set(trial.test[person]!.history),
): RankedPerson[] {
  const random = experimentRandomOfLabel(`p2 leak ${seed}`);
  const items = trial.data.items.length;
  const scores = new Float64Array(items);
  return trial.test.map((person, index) => {
    const out = excluded(index);
    for (let row = 0; row < items; row++) scores[row] = fmix32(fmix32(row + seed) ^ index) / 2 ** 33;
    const draws = drawsPerLike * passes * person.history.length;
    const words = new Uint32Array(draws);
    random.fillUint32(words);
    for (const word of words) {
      const row = word % items;
      if (!out.has(row)) scores[row] = scores[row]! - 1;
    }
    return rankFor(person, scores);
  });
}
