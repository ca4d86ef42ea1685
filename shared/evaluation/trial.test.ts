import { describe, expect, test } from 'vitest';
import { experimentRandom } from '../maths/random.ts';
import type { Learner, TrainingData } from './learner.ts';
import { Popularity } from './learners/popularity.ts';
import { likesOf, trialOfFold } from './protocol-p1.ts';
import { leakOnly, leaveOneOut, negativesFor, p2Negatives } from './protocol-p2.ts';
import { timeSplit } from './protocol-time.ts';
import { type PositiveSet, positiveSet } from './split.ts';
import { exposureOf, rankFor, runTrial } from './trial.ts';

/** 60 people over 300 items: person p likes 8 to 15 items, at times 100 p, 100 p + 1, ... in the order of their liking. */
function crowd(hasTimes = true): PositiveSet & { readonly likedInOrder: readonly number[][] } {
  const words = new Uint32Array(60 * 40);
  experimentRandom(8).fillUint32(words);
  const likedInOrder = Array.from({ length: 60 }, (_, person) => {
    const drawn = [...words.subarray(person * 40, person * 40 + 40)].map((word) => word % 300);
    return [...new Set(drawn)].slice(0, 8 + (person % 8));
  });
  const pairs = likedInOrder.flatMap((items, user) => items.map((item, at) => ({ user, item, time: 100 * user + at })));
  const set = positiveSet({
    userNames: likedInOrder.map((_, user) => `${user + 1}`),
    itemNames: Array.from({ length: 300 }, (_, item) => `${item}`),
    userOf: Uint32Array.from(pairs, (pair) => pair.user),
    itemOf: Uint32Array.from(pairs, (pair) => pair.item),
    ...(hasTimes ? { timeOf: Float64Array.from(pairs, (pair) => pair.time) } : {}),
  });
  const rowOf = new Map(set.items.map((name, row) => [Number(name), row]));
  return { ...set, likedInOrder: likedInOrder.map((items) => items.map((item) => rowOf.get(item)!)) };
}

const set = crowd();

describe('trials of the protocols', () => {
  test('[EP1] p1: the test people are strangers to the training, and history and targets are all they like', () => {
    let tested = 0;
    for (let fold = 0; fold < 5; fold++) {
      const { data, test: people } = trialOfFold(set, fold, 1, null);
      expect(data.people.length + people.length).toBe(60);
      tested += people.length;
      for (const { history, targets } of people) {
        const all = [...history, ...targets].sort((a, b) => a - b);
        expect(set.users.some((_, user) => `${likesOf(set, user)}` === `${all}`)).toBe(true);
        expect(data.people.some((liked) => `${liked}` === `${all}`)).toBe(false);
      }
    }
    expect(tested).toBe(60);
  });

  test('[EP2] p2: the latest like is held out, among 99 items that the person never liked', () => {
    const { data, test: people } = leaveOneOut(set, 1, null);
    people.forEach(({ history, targets, candidates }, person) => {
      const liked = set.likedInOrder[person]!;
      expect(targets).toEqual([liked.at(-1)]);
      expect([...history].sort((a, b) => a - b)).toEqual([...data.people[person]!]);
      expect(candidates).toHaveLength(p2Negatives + 1);
      expect(new Set(candidates).size).toBe(p2Negatives + 1);
      expect([...candidates!].filter((row) => liked.includes(row))).toEqual(targets);
    });
    expect(leaveOneOut(crowd(false), 1, null).test[3]!.targets).toHaveLength(1);
  });

  test('[EP3] p2: counting our training negatives tells nothing; counting those of the leaky protocol tells all', () => {
    const trial = leaveOneOut(set, 1, null);
    const hits = (people: ReturnType<typeof leakOnly>) =>
      people.reduce((sum, { hit10 }) => sum + hit10, 0) / people.length;
    // 60 people: standard error of 0.1 is sqrt(0.1 0.9 / 60) = 0.039; four of them.
    expect(Math.abs(hits(leakOnly(trial, 1)) - 0.1)).toBeLessThan(0.16);
    expect(hits(leakOnly(trial, 1, (person) => new Set(set.likedInOrder[person])))).toBe(1);
  });

  test('[EP4] fewer items than negatives wanted: all that the person does not like', () => {
    expect(negativesFor(Uint32Array.of(1, 3), 6, 99, experimentRandom(1))).toEqual([0, 2, 4, 5]);
  });

  test('[EP5] time: nothing after the cut is trained on, and every target lies after it and after its history', () => {
    const { data, test: people } = timeSplit(set, 1, null);
    // Person p acts at times 100 p to 100 p + 14, so the cut falls within one person's likes, and those after are all tested.
    expect(people.length).toBeGreaterThan(8);
    expect(data.people.length + people.length).toBeGreaterThanOrEqual(60);
    expect(data.people.length).toBeLessThan(52);
    for (const { history, targets } of people) {
      const liked = set.likedInOrder.find((items) => `${items}` === `${[...history, ...targets]}`);
      expect(liked).toBeDefined();
      expect(targets).toHaveLength(Math.floor(0.2 * liked!.length));
    }
    expect(() => timeSplit(crowd(false), 1, null)).toThrow(/timestamps/);
  });

  test('[EP6] a person is ranked among the candidates alone, ties by ascending row', () => {
    const scores = [0, 5, 5, 9, 1];
    const among = rankFor({ history: [3], targets: [2], candidates: Uint32Array.of(0, 1, 2) }, scores);
    expect([...among.top]).toEqual([1, 2, 0]);
    // Second place: 1 / log2(3).
    expect(among.ndcg10).toBeCloseTo(1 / Math.log2(3), 12);
    expect([...rankFor({ history: [3], targets: [2], candidates: null }, scores).top]).toEqual([1, 2, 4, 0]);
  });

  test('[EP7] coverage and Gini by hand', () => {
    const person = (...top: number[]) => ({ ndcg10: 0, ndcg100: 0, recall20: 0, hit10: 0, top: Uint32Array.from(top) });
    // Counts 2, 1, 0, 0 over four items. Ascending 0 0 1 2: (1·1 + 3·2) / (4 · 3) = 7/12.
    expect(exposureOf([person(0, 1), person(0)], 4)).toEqual({ coverage: 0.5, gini: 7 / 12 });
    const even = exposureOf([person(0, 1), person(2, 3)], 4);
    expect(even).toEqual({ coverage: 1, gini: 0 });
  });

  test('[EP8] a trial ranks at every checkpoint and hands on the cost', () => {
    const trial = trialOfFold(set, 0, 1, null);
    const seen: number[] = [];
    const result = runTrial(trial, new Popularity(), { seed: 1, checkpoints: [] }, (round) => seen.push(round));
    expect(seen).toEqual([0]);
    expect(result.rounds[0]!.people).toHaveLength(trial.test.length);
    const failing: Learner = {
      memoryBytes: () => 0,
      // biome-ignore lint/correctness/useYield: it fails before
      *fit(_: TrainingData) {
        throw new RangeError('no');
      },
    };
    expect(() => runTrial(trial, failing, { seed: 1, checkpoints: [] })).toThrow('no');
  });
});
