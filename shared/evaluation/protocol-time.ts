// A time-ordered split: learn from the past, be judged by the future. The set is cut at the time before which four fifths of all likes lie.
// Training sees nothing after the cut. A test person's likes are put in order of time; the last fifth is held out, and the person takes part in
// the test when all of it lies after the cut. History is what came before it, as the device would know it. Full ranking.
import type { Features } from '../model/model.ts';
import { likesOf } from './protocol-p1.ts';
import { heldOutPart, leastPositives, orderOfUser, type PositiveSet } from './split.ts';
import type { TestPerson, Trial } from './trial.ts';

/** @throws RangeError when the set has no times. */
export function timeSplit(set: PositiveSet, seed: number, features: Features | null): Trial {
  const { times } = set;
  if (times === null) throw new RangeError('the time-ordered split needs timestamps, and the data set has none');
  const sorted = times.slice().sort();
  const cut = sorted[Math.max(0, Math.ceil((1 - heldOutPart) * sorted.length) - 1)]!;
  const people: Uint32Array[] = [];
  const test: TestPerson[] = [];
  set.users.forEach((_, user) => {
    const start = set.starts[user]!;
    const before = likesOf(set, user).filter((_, index) => times[start + index]! <= cut);
    // As in the set itself: whoever shows less is left out.
    if (before.length >= leastPositives) people.push(before);
    const order = orderOfUser(set, user, seed);
    const kept = order.length - Math.floor(heldOutPart * order.length);
    const first = order[kept]!;
    const rows = likesOf(set, user);
    if (times[start + rows.indexOf(first)]! > cut) {
      test.push({ history: order.slice(0, kept), targets: order.slice(kept), candidates: null });
    }
  });
  return { data: { items: set.items, people, features }, test };
}
