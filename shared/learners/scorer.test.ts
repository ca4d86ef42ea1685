// The rules of scoring, run on each scorer that there is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { learnerNames } from '../model/model.ts';
import { histories } from '../testing/histories.ts';
import { learntFederation, smallCatalogue, smallFederation, smallModel } from '../testing/small-model.ts';
import { CoOccurrenceScorer, coOccurrenceScorer } from './co-occurrence/scorer.ts';
import { CommunitiesScorer } from './communities/scorer.ts';
import { ContentScorer } from './content/scorer.ts';
import { scorerOf } from './load.ts';
import { ReconstructionScorer } from './reconstruction/scorer.ts';
import type { Scorer } from './scorer.ts';

const { table, features } = smallModel();
const items = smallCatalogue.items.length;
const rows = fc.integer({ min: 0, max: items - 1 });

type Catalogue = typeof smallCatalogue;

function contentScorerOf(catalogue?: Catalogue): ContentScorer {
  const made = smallModel(6, undefined, catalogue);
  return new ContentScorer(made.features, made.model.popularity);
}

function coOccurrenceScorerOf(catalogue?: Catalogue): Scorer {
  const { model, features: own } = learntFederation('co-occurrence', catalogue);
  if (model.learner !== 'co-occurrence' || model.header.tastes === 0) throw new TypeError('expected tastes');
  return coOccurrenceScorer(model, own);
}

function communitiesScorerOf(catalogue?: Catalogue): CommunitiesScorer {
  const { model, features: own } = learntFederation('communities', catalogue);
  if (model.learner !== 'communities' || model.header.communities === 0) throw new TypeError('expected communities');
  return new CommunitiesScorer(model, own);
}

const scorers: readonly (readonly [string, Scorer, ArrayLike<number>, (catalogue: Catalogue) => Scorer])[] = [
  [
    'reconstruction',
    new ReconstructionScorer(table),
    table.model.popularity,
    (catalogue) => new ReconstructionScorer(smallModel(6, undefined, catalogue).table),
  ],
  ['content', contentScorerOf(), table.model.popularity, contentScorerOf],
  ['co-occurrence', coOccurrenceScorerOf(), learntFederation('co-occurrence').model.popularity, coOccurrenceScorerOf],
  ['communities', communitiesScorerOf(), learntFederation('communities').model.popularity, communitiesScorerOf],
];

describe.each(scorers)('the scorer of %s', (_name, scorer, popularity, scorerOf) => {
  test('[SC1] gives every item a finite score, the same for the same history in any order, in an array of the caller’s own', () => {
    expect(scorer.items).toBe(items);
    fc.assert(
      fc.property(histories(items), (interactions) => {
        const scores = scorer.scores(interactions);
        expect(scores).toHaveLength(items);
        expect(scores.every(Number.isFinite)).toBe(true);
        const again = scorer.scores(interactions);
        expect(again).not.toBe(scores);
        expect(again).toEqual(scores);
        const { liked, disliked, seen } = interactions;
        const turned = scorer.scores({ liked: liked.toReversed(), disliked, seen: seen.toReversed() });
        scores.forEach((score, row) => {
          expect(turned[row]).toBeCloseTo(score, 5);
        });
      }),
    );
  });

  test('[SC2] scores by popularity where there is no history', () => {
    const scores = scorer.scores({ liked: [], disliked: [], seen: [] });
    for (let a = 0; a < items; a++) {
      for (let b = 0; b < items; b++) {
        expect(Math.sign(scores[a]! - scores[b]!)).toBe(Math.sign(popularity[a]! - popularity[b]!));
      }
    }
  });

  test('[SC3] refuses rows that are outside the model or occur twice', () => {
    for (const liked of [[items], [-1], [0.5], [Number.NaN], [3, 3]]) {
      expect(() => scorer.scores({ liked, disliked: [], seen: [] })).toThrow(RangeError);
    }
    expect(() => scorer.scores({ liked: [3], disliked: [3], seen: [] })).toThrow(RangeError);
    expect(() => scorer.similar(items, 1)).toThrow(RangeError);
  });

  test('[SC4] the contributions are exact: largest first, one for each interaction, and they sum to what the history adds', () => {
    const popular = scorer.scores({ liked: [], disliked: [], seen: [] });
    fc.assert(
      fc.property(histories(items), rows, rows, (interactions, row, other) => {
        const of = (item: number) => scorer.contributions(interactions, item);
        const found = of(row);
        if (found === null) {
          // Such a score is no sum, whatever the history.
          expect(of(other)).toBeNull();
          return;
        }
        const all = [...interactions.liked, ...interactions.disliked, ...interactions.seen];
        expect(found.map((entry) => entry.row).sort((a, b) => a - b)).toEqual(all.sort((a, b) => a - b));
        for (let at = 1; at < found.length; at++) {
          expect(found[at - 1]!.contribution).toBeGreaterThanOrEqual(found[at]!.contribution);
        }
        if (all.length === 0) return;
        const sum = (item: number) => of(item)!.reduce((total, entry) => total + entry.contribution, 0);
        const scores = scorer.scores(interactions);
        // Up to what all items have in common, and (content) what they have of popularity.
        const own = scorer instanceof ContentScorer ? popular : new Float64Array(items);
        expect(sum(row) - sum(other)).toBeCloseTo(scores[row]! - own[row]! - scores[other]! + own[other]!, 5);
      }),
    );
  });

  // What is liked together may say otherwise of an item than its content does: two-camps.test.ts.
  const followsTwins = !(scorer instanceof CoOccurrenceScorer);
  if (followsTwins)
    test('[SC5] a like raises its twin above where it was, and a dislike lowers it', () => {
      const withTwin = scorerOf({
        ...smallCatalogue,
        items: [...smallCatalogue.items, { ...smallCatalogue.items[3]!, id: 'twin' }],
      });
      const others = { liked: [10, 21], disliked: [], seen: [] };
      // Above the mean of all.
      const lead = (scores: Float64Array) => scores[items]! - scores.reduce((sum, score) => sum + score / items, 0);
      const before = lead(withTwin.scores(others));
      const liked = lead(withTwin.scores({ ...others, liked: [...others.liked, 3] }));
      const seen = lead(withTwin.scores({ ...others, seen: [3] }));
      expect(lead(withTwin.scores({ ...others, disliked: [3] }))).toBeLessThan(before);
      expect(seen).toBeGreaterThan(before);
      expect(liked).toBeGreaterThan(seen);
      expect(withTwin.similar(3, 1)[0]).toMatchObject({ row: items });
    });

  test('[SC6] similar items leave out the item and come by falling similarity', () => {
    const similar = scorer.similar(3, 5);
    expect(similar).toHaveLength(5);
    expect(similar.map((item) => item.row)).not.toContain(3);
    expect(similar.map((item) => item.score)).toEqual([...similar.map((item) => item.score)].sort((a, b) => b - a));
    expect(scorer.similar(3, 0)).toEqual([]);
  });
});

test('[SC7] a model that learned nothing scores as content does, and takes its scores apart as content does', async () => {
  for (const learner of ['co-occurrence', 'communities'] as const) {
    const { model } = smallFederation(learner);
    const scorer = await scorerOf(model, features);
    const content = new ContentScorer(features, model.popularity);
    fc.assert(
      fc.property(histories(items), rows, (interactions, row) => {
        expect(scorer.scores(interactions)).toEqual(content.scores(interactions));
        expect(scorer.contributions(interactions, row)).toEqual(content.contributions(interactions, row));
      }),
      { numRuns: 20 },
    );
    expect(scorer.lifts?.({ liked: [3], disliked: [], seen: [] }) ?? new Float64Array(items).fill(1)).toEqual(
      new Float64Array(items).fill(1),
    );
  }
});

test('[SC8] lifts: above 0, one on the average over popularity, and what they add to the scores of content', () => {
  const scorer = communitiesScorerOf();
  const { popularity } = learntFederation('communities').model;
  fc.assert(
    fc.property(histories(items), (interactions) => {
      const lifts = scorer.lifts(interactions);
      expect(lifts.every((lift) => lift > 0 && Number.isFinite(lift))).toBe(true);
      const mean = lifts.reduce((sum, lift, row) => sum + lift * popularity[row]!, 0);
      expect(mean).toBeCloseTo(1, 5);
      const scores = scorer.scores(interactions);
      const content = new ContentScorer(features, popularity).scores(interactions);
      lifts.forEach((lift, row) => {
        expect(scores[row]! - content[row]!).toBeCloseTo(Math.log(lift), 9);
      });
    }),
  );
});

test.each(learnerNames)('a model of %s with features of another shape is refused', async (learner) => {
  const { items: count, columns, values } = features;
  const of = (rowCount: number, width: number) => ({
    items: rowCount,
    columns: width,
    values: values.slice(0, rowCount * width),
  });
  for (const wrong of [of(count - 1, columns), of(count, columns - 1)]) {
    for (const { model } of [smallFederation(learner), learntFederation(learner)]) {
      await expect(scorerOf(model, wrong)).rejects.toThrow(RangeError);
    }
  }
});
