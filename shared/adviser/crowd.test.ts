import { describe, expect, test } from 'vitest';
import { computeFeatures } from '../catalogue/features.ts';
import { plainRounds } from '../core/rounds.ts';
import { positiveSet } from '../evaluation/split.ts';
import { Crowd, type CrowdSource } from './crowd.ts';
import { Measurer } from './measure.ts';

const items = Array.from({ length: 60 }, (_, index) => ({
  id: `item-${index}`,
  title: `Item ${index}`,
  genres: [index % 2 === 0 ? 'Western' : 'Musical'],
  prominence: 1 + (index % 5),
}));
const features = computeFeatures(items);
const world: CrowdSource = { kind: 'world', items, features };

/** 100 people of two tastes over the items, of whom the catalogue has one more than they like. */
const people = Array.from({ length: 100 }, (_, person) =>
  Array.from({ length: 10 }, (_, k) => (2 * ((person * 7 + k * 3) % 29) + person) % 59),
);
const set = positiveSet({
  userNames: people.map((_, person) => `person ${person}`),
  itemNames: items.map(({ id }) => id),
  userOf: Uint32Array.from(people.flatMap((liked, person) => liked.map(() => person))),
  itemOf: Uint32Array.from(people.flat()),
});
const rowOf = Uint32Array.from(set.items, (id) => items.findIndex((item) => item.id === id));
const real: CrowdSource = { kind: 'set', items, features, set, rowOf };

describe('a crowd', () => {
  test.each([
    ['made up', world],
    ['of a data set', real],
  ])('[AC1] %s: the same for the same seed, another for another; strangers to be judged by', (_, source) => {
    const { trial } = new Crowd(source, 1).trial(40);
    expect(trial.data.people).toHaveLength(40);
    expect(trial.data.items).toHaveLength(60);
    for (const liked of trial.data.people) expect([...liked]).toEqual([...new Set(liked)].sort((a, b) => a - b));
    for (const { history, targets } of trial.test) expect(targets.some((row) => history.includes(row))).toBe(false);
    expect(new Crowd(source, 1).trial(40)).toEqual({ trial, population: 1 });
    expect(new Crowd(source, 2).trial(40).trial.data.people).not.toEqual(trial.data.people);
    expect(new Crowd(source, 1).trial(30).trial.data.people).toEqual(trial.data.people.slice(0, 30));
  });

  test('[AC2] beyond the people of the source they are the same again', () => {
    const crowd = new Crowd(real, 1);
    const all = crowd.trial(1).trial.test.length;
    const available = 100 - all;
    const { trial, population } = crowd.trial(10 * available);
    expect(population).toBe(10);
    expect(trial.data.people).toHaveLength(available);
    const some = crowd.trial(available + 3);
    expect(some.population).toBe(1);
    expect(some.trial.data.people.slice(available)).toEqual(some.trial.data.people.slice(0, 3));
  });

  test('[AC3] measured: a taste that content tells, under noise; the crowd knows more of popularity than the catalogue does', () => {
    const measurer = new Measurer(real, plainRounds);
    const mean = (learner: 'content' | 'public-content' | 'co-occurrence', people: number) => {
      const settings = learner === 'co-occurrence' ? { itemsK: 20, epsilon: 8, delta: 1e-6 } : {};
      const { ndcg10, cost } = measurer.measure({ learner, settings, people, seed: 1 });
      return { value: ndcg10.reduce((sum, each) => sum + each, 0) / ndcg10.length, cost };
    };
    const shared = mean('co-occurrence', 60);
    expect(shared.cost.epsilon).toBeLessThanOrEqual(8);
    expect(shared.cost.uploadBytesPerClient).toBeGreaterThan(0);
    expect(mean('content', 60).cost.uploadBytesPerClient).toBe(0);
    expect(mean('co-occurrence', 1500).value).toBeGreaterThan(shared.value);
    expect(mean('public-content', 60).value).toBe(mean('public-content', 1500).value);
  });
});
