import { describe, expect, test } from 'vitest';
import { computeFeatures } from '../../catalogue/features.ts';
import { experimentRandom } from '../../maths/random.ts';
import type { Checkpoint, Learner, TrainingData } from '../learner.ts';
import { Content } from './content.ts';
import { Ease } from './ease.ts';
import { Ials } from './ials.ts';
import { ItemKnn, keepLargest } from './item-knn.ts';
import { Popularity } from './popularity.ts';
import { UserKnn } from './user-knn.ts';

const items = Array.from({ length: 24 }, (_, row) => ({
  id: `${row}`,
  title: `${row}`,
  year: 1960 + row,
  genres: [row < 12 ? 'Comedy' : 'Horror', row % 3 === 0 ? 'Short' : 'Long'],
}));

/** 40 people; the even ones like 6 of the first half of the items, the odd ones 6 of the second. */
const words = new Uint32Array(40 * 30);
experimentRandom(5).fillUint32(words);
const people = Array.from({ length: 40 }, (_, person) => {
  const drawn = [...words.subarray(person * 30, person * 30 + 30)].map((word) => (word % 12) + (person % 2) * 12);
  return Uint32Array.from([...new Set(drawn)].slice(0, 6)).sort();
});
const data: TrainingData = { items: items.map((item) => item.id), people, features: computeFeatures(items) };

function last(learner: Learner, of: TrainingData = data): Checkpoint {
  let found: Checkpoint | undefined;
  for (const checkpoint of learner.fit(of, { seed: 1, checkpoints: [] })) found = checkpoint;
  return found!;
}

describe('central baselines and content', () => {
  test('[EB1] each but popularity scores the rest of a taste above the other', () => {
    const history = [1, 4, 7];
    const learners: readonly (readonly [string, Learner])[] = [
      ['content', new Content()],
      ['item-knn', new ItemKnn()],
      ['user-knn', new UserKnn()],
      ['ease', new Ease({ lambda: 5 })],
      ['ials', new Ials({ dimension: 4, lambda: 0.01, unobservedWeight: 0.1, rounds: 8 })],
    ];
    for (const [name, learner] of learners) {
      const scores = last(learner).score(history);
      const own = Array.from({ length: 12 }, (_, row) => row).filter((row) => !history.includes(row));
      const mean = (rows: readonly number[]) => rows.reduce((sum, row) => sum + scores[row]!, 0) / rows.length;
      const others = Array.from({ length: 12 }, (_, row) => row + 12);
      const gap = mean(own) - mean(others);
      const spread = Math.max(...scores) - Math.min(...scores);
      expect(gap, name).toBeGreaterThan(0.05 * spread);
      expect(last(learner).score(history), name).toEqual(scores);
    }
    const popular = last(new Popularity()).score(history);
    expect(popular[3]).toBe(people.filter((liked) => liked.includes(3)).length);
  });

  test('[EB2] EASE is the minimum of |X - X B|² + lambda |B|² with zero diagonal: its gradient vanishes off the diagonal', () => {
    const lambda = 5;
    const { score } = last(new Ease({ lambda }));
    const n = items.length;
    // Row i of B: the scores of a history of item i alone, without the item itself.
    const b = Array.from({ length: n }, (_, row) =>
      Array.from(score([row]), (value, item) => (item === row ? 0 : value)),
    );
    const likes = people.map((liked) => Array.from({ length: n }, (_, row) => (liked.includes(row) ? 1 : 0)));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        if (i === j) continue;
        let gradient = lambda * b[i]![j]!;
        for (const x of likes) {
          if (x[i] === 0) continue;
          gradient += x.reduce<number>((sum, value, k) => sum + value * b[k]![j]!, 0) - x[j]!;
        }
        expect(Math.abs(gradient)).toBeLessThan(1e-9);
      }
    }
  });

  test('[EB8] EASE by people, where they are fewer than the items, is EASE by items', () => {
    const lambda = 3;
    const history = [2, 9, 15];
    const few = { ...data, people: people.slice(0, 15) };
    const scores = Array.from(last(new Ease({ lambda }), few).score(history));
    // 25 people without a like make no difference, but more people than items.
    const many = { ...data, people: [...few.people, ...Array.from({ length: 25 }, () => new Uint32Array(0))] };
    const expected = Array.from(last(new Ease({ lambda }), many).score(history));
    for (let item = 0; item < items.length; item++) {
      if (!history.includes(item)) expect(scores[item]).toBeCloseTo(expected[item]!, 10);
    }
  });

  test('[EB3] iALS: each sweep lowers the objective that it minimises', () => {
    const options = { dimension: 3, lambda: 0.02, unobservedWeight: 0.2, rounds: 6 };
    const losses: number[] = [];
    const learner = new Ials(options);
    for (const { score } of learner.fit(data, { seed: 2, checkpoints: [1, 2, 3, 4, 5] })) {
      // The data's part alone: the fold-in of each person is that person's exact minimum.
      let loss = 0;
      for (const liked of people) {
        const scores = score([...liked]);
        for (let row = 0; row < items.length; row++) {
          loss += options.unobservedWeight * scores[row]! ** 2 + (liked.includes(row) ? (1 - scores[row]!) ** 2 : 0);
        }
      }
      losses.push(loss);
    }
    expect(losses).toHaveLength(6);
    for (let sweep = 1; sweep < 6; sweep++) expect(losses[sweep]).toBeLessThan(losses[sweep - 1]!);
    expect(losses.at(-1)).toBeLessThan(0.95 * losses[0]!);
  });

  test('[EB4] user-kNN by hand: two people share one like each with the history', () => {
    const small: TrainingData = {
      items: ['a', 'b', 'c', 'd'],
      people: [Uint32Array.of(0, 1), Uint32Array.of(0, 2, 3), Uint32Array.of(3)],
      features: null,
    };
    // Similarity to {0}: 1 / sqrt(2), 1 / sqrt(3) and 0.
    const scores = last(new UserKnn(), small).score([0]);
    expect(scores[1]).toBeCloseTo(Math.SQRT1_2, 12);
    expect(scores[2]).toBeCloseTo(1 / Math.sqrt(3), 12);
    expect(scores[3]).toBe(scores[2]);
  });

  test('[EB5] the largest stay, among equals the first; nothing changes when there are no more than wanted', () => {
    const row = Float64Array.of(2, 5, 2, 7, 2);
    keepLargest(row, 3);
    expect([...row]).toEqual([2, 5, 0, 7, 0]);
    const short = Float64Array.of(1, 2);
    keepLargest(short, 2);
    expect([...short]).toEqual([1, 2]);
  });

  test('[EB6] content without features says what is missing, and without a history it ranks by popularity', () => {
    expect(() => last(new Content(), { ...data, features: null })).toThrow(/genres or years/);
    const scores = last(new Content()).score([]);
    const popular = last(new Popularity()).score([]);
    const order = (values: ArrayLike<number>) =>
      Array.from(values, (_, row) => row).sort((a, b) => values[b]! - values[a]! || a - b);
    expect(order(scores)).toEqual(order(popular));
  });

  test('[EB7] EASE on 60,000 items would need 28.8 GB', () => {
    const large = { ...data, items: Array.from({ length: 60_000 }, (_, row) => `${row}`) };
    expect(new Ease({ lambda: 1 }).memoryBytes(large)).toBe(28_800_480_000);
  });
});
