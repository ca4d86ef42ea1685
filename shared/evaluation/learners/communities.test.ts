import { describe, expect, test } from 'vitest';
import { experimentRandom } from '../../maths/random.ts';
import type { LearnerCost, TrainingData } from '../learner.ts';
import { Communities, type CommunitiesOptions } from './communities.ts';

/** 120 people of three tastes over 60 items, 20 items a taste. */
const words = new Uint32Array(120 * 10);
experimentRandom(5).fillUint32(words);
const data: TrainingData = {
  items: Array.from({ length: 60 }, (_, row) => `${row}`),
  people: Array.from({ length: 120 }, (_, person) =>
    Uint32Array.from(
      new Set(Array.from(words.subarray(person * 10, person * 10 + 10), (word) => (word % 20) + (person % 3) * 20)),
    ).sort(),
  ),
  features: null,
};

const plain: CommunitiesOptions = { itemsK: null, privacy: null, population: 1 };

function outcome(options: Partial<CommunitiesOptions>, seed = 1): { scores: number[]; cost: LearnerCost } {
  const fitting = new Communities({ ...plain, ...options }).fit(data, { seed, checkpoints: [] });
  let scores: number[] = [];
  for (;;) {
    const next = fitting.next();
    if (next.done) return { scores, cost: next.value };
    scores = Array.from(next.value.score([21, 24, 27]));
  }
}

/** Mean score of the own taste's items over that of the others. */
function contrast(scores: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return mean(scores.slice(20, 40)) / mean([...scores.slice(0, 20), ...scores.slice(40)]);
}

describe('communities', () => {
  test('[EU1] the communities of a taste score its items; under noise the scores are chances', () => {
    expect(contrast(outcome({}).scores)).toBeGreaterThan(3);
    const { scores } = outcome({ privacy: { epsilon: 8, delta: 1e-6 } });
    expect(scores.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10);
    expect(scores.every((value) => value > 0)).toBe(true);
  });

  test('[EU2] under little noise the taste is still found', () => {
    const { scores } = outcome({ privacy: { epsilon: 100, delta: 1e-6 } });
    expect(contrast(scores)).toBeGreaterThan(1.2);
  });

  test('[EU3] every round is charged: popularity, centroids and likes together stay just within what was asked', () => {
    const { cost } = outcome({ privacy: { epsilon: 4, delta: 1e-6 } });
    expect(cost).toMatchObject({ rounds: 4, participationsPerUser: 4 });
    expect(cost.epsilon).toBeLessThanOrEqual(4);
    expect(cost.epsilon).toBeGreaterThan(3.99);
    // 4 communities of 60 likes and a count, 13 bits each.
    expect(cost.uploadBytesPerClient).toBe(Math.ceil((13 * 4 * 61) / 8));
    // 4 rounds of centroids between the popularity and the regression: 101 102 / 2 numbers of one side, 101 60 of the other.
    expect(outcome({}).cost).toMatchObject({ rounds: 6, epsilon: null, uploadBytesPerClient: 2 * (5151 + 6060) });
  });

  test('[EU4] a run is the same for the same seed, and another for another', () => {
    const privacy = { epsilon: 4, delta: 1e-6 };
    expect(outcome({ privacy }).scores).toEqual(outcome({ privacy }).scores);
    expect(outcome({ privacy }, 2).scores).not.toEqual(outcome({ privacy }).scores);
  });
});
