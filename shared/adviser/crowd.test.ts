import { describe, expect, test } from 'vitest';
import { computeFeatures } from '../catalogue/features.ts';
import { plainRounds } from '../core/rounds.ts';
import { likesOf } from '../evaluation/protocol-p1.ts';
import { positiveSet } from '../evaluation/split.ts';
import { Crowd, type CrowdSource, onCatalogue, runsOf } from './crowd.ts';
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
const real = {
  kind: 'set',
  items,
  features,
  set: onCatalogue(set, rowOf, items),
  splitSeed: 1,
} as const satisfies CrowdSource;

const run = { panel: 1, seed: 1 };

describe('a crowd', () => {
  test.each([
    ['made up', world],
    ['of a data set', real],
  ])('[AC1] %s: the same for the same seed, another for another; strangers to be judged by', (_, source) => {
    const { trial } = new Crowd(source, run).trial(40);
    expect(trial.data.people).toHaveLength(40);
    expect(trial.data.items).toHaveLength(60);
    for (const liked of trial.data.people) expect([...liked]).toEqual([...new Set(liked)].sort((a, b) => a - b));
    for (const { history, targets } of trial.test) expect(targets.some((row) => history.includes(row))).toBe(false);
    expect(new Crowd(source, run).trial(40)).toEqual({ trial, population: 1 });
    expect(new Crowd(source, { panel: 2, seed: 2 }).trial(40).trial.data.people).not.toEqual(trial.data.people);
    expect(new Crowd(source, run).trial(30).trial.data.people).toEqual(trial.data.people.slice(0, 30));
  });

  test('[AC2] beyond the people of the source they are the same again', () => {
    const crowd = new Crowd(real, run);
    const all = crowd.trial(1).trial.test.length;
    const available = 100 - all;
    const { trial, population } = crowd.trial(10 * available);
    expect(population).toBe(10);
    expect(trial.data.people).toHaveLength(available);
    const some = crowd.trial(available + 3);
    expect(some.population).toBe(1);
    expect(some.trial.data.people.slice(available)).toEqual(some.trial.data.people.slice(0, 3));
  });

  test('[AC4] of a data set: nobody who judges is one on whom was chosen, nor does anybody learn from their own judge', () => {
    const { choosing, judging, crossing } = runsOf(real, { seed: 1, choosing: 2, judging: 6, crossing: 3 });
    expect(choosing).toHaveLength(2);
    expect(judging).toHaveLength(6);
    expect(crossing).toEqual(judging.slice(0, 3));
    const wholeOf = (history: readonly number[], targets: readonly number[]) =>
      [...history, ...targets].sort((a, b) => a - b).join(' ');
    const panelOf = (each: typeof run) =>
      new Crowd(real, each).trial(40).trial.test.map(({ history, targets }) => wholeOf(history, targets));
    const known = new Set(Array.from(real.set.userIds, (_, user) => likesOf(real.set, user).join(' ')));
    expect(known.size).toBe(100);
    const chosenOn = new Set(choosing.flatMap(panelOf));
    const judges = judging.slice(0, 4).map(panelOf);
    for (const person of judges.flat()) expect(chosenOn.has(person)).toBe(false);
    // Four folds judge, everybody of them once; further runs are of the same people, with the same likes held out, after another training.
    expect(new Set(judges.flat()).size).toBe(judges.flat().length);
    expect(new Set([...judges.flat(), ...chosenOn])).toEqual(known);
    expect(panelOf(judging[4]!)).toEqual(judges[0]);
    expect(panelOf(choosing[1]!)).toEqual(panelOf(choosing[0]!));
    expect(new Crowd(real, judging[4]!).trial(40).trial.test).toEqual(
      new Crowd(real, judging[0]!).trial(40).trial.test,
    );
    expect(new Crowd(real, judging[4]!).trial(40).trial.data.people).not.toEqual(
      new Crowd(real, judging[0]!).trial(40).trial.data.people,
    );
    for (const each of [...choosing, ...judging]) {
      const own = new Set(panelOf(each));
      for (const liked of new Crowd(real, each).trial(80).trial.data.people)
        expect(own.has(liked.join(' '))).toBe(false);
    }
    const worlds = runsOf(world, { seed: 5, choosing: 2, judging: 3, crossing: 2 });
    expect([...worlds.choosing, ...worlds.judging].map(({ panel }) => panel)).toEqual([5, 6, 7, 8, 9]);
  });

  test('[AC3] measured: a taste that content tells, under noise; the crowd knows more of popularity than the catalogue does', () => {
    const measurer = new Measurer(real, plainRounds);
    const mean = (learner: 'content' | 'public-content' | 'co-occurrence', people: number) => {
      const settings = learner === 'co-occurrence' ? { itemsK: 20, epsilon: 8, delta: 1e-6 } : {};
      const { ndcg10, cost } = measurer.measure({ learner, settings, people, run });
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
