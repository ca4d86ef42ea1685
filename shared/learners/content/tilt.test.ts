import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeFeatures } from '../../catalogue/features.ts';
import { films } from '../../catalogue/films/index.ts';
import { prominencePopularity } from '../../model/server-step.ts';
import { bestRows, excludedRows } from '../../ranking/list.ts';
import { smallModel } from '../../testing/small-model.ts';
import { ContentScorer } from './scorer.ts';
import { ContentTilt, componentPrecision } from './tilt.ts';

const { features, table } = smallModel();
const { items } = features;
const logPopularity = Float64Array.from(table.model.popularity, Math.log);
const tilt = new ContentTilt(features, logPopularity);
const ones = (rows: readonly number[]) => ({ rows, weights: rows.map(() => 1) });
const rowLists = fc.uniqueArray(fc.integer({ min: 0, max: items - 1 }), { maxLength: 12 });

describe('the content tilt', () => {
  test('[CT1] no history: the popularity itself', () => {
    expect(tilt.score([])).toEqual(logPopularity);
  });

  test('[CT2] the search goes to the maximum of the posterior that the head of the file names, with likes and dislikes', () => {
    const { columns, values } = features;
    const components = columns - 2;
    const mean = logPopularity.reduce((sum, value) => sum + value, 0) / items;
    const std = Math.sqrt(logPopularity.reduce((sum, value) => sum + (value - mean) ** 2, 0) / items);
    const feature = (row: number, k: number) =>
      k === 0 ? (logPopularity[row]! - mean) / std : values[row * columns + 1 + k]!;
    const tiltOf = (taste: Float64Array, row: number) => {
      let sum = 0;
      for (let k = 0; k <= components; k++) sum += feature(row, k) * taste[k]!;
      return sum;
    };
    const posterior = (taste: Float64Array, liked: readonly number[], disliked: readonly number[]) => {
      const all = Array.from({ length: items }, (_, row) => Math.exp(logPopularity[row]! + tiltOf(taste, row)));
      const logZ = Math.log(all.reduce((sum, value) => sum + value, 0));
      let value = 0;
      for (const row of liked) value += liked.length ** -0.2 * (tiltOf(taste, row) - logZ);
      for (const row of disliked) value -= disliked.length ** -0.2 * Math.log(1 + Math.exp(tiltOf(taste, row)));
      for (let k = 0; k <= components; k++) {
        value -= ((k === 0 ? 0.7 : componentPrecision(k - 1)) * taste[k]! ** 2) / 2;
      }
      return value;
    };
    fc.assert(
      fc.property(rowLists, rowLists, fc.integer({ min: 0, max: components }), (first, second, axis) => {
        const disliked = second.filter((row) => !first.includes(row));
        const taste = tilt.fit(ones(first), ones(disliked));
        const best = posterior(taste, first, disliked);
        for (const shift of [-0.1, 0.1]) {
          const moved = taste.slice();
          moved[axis] = moved[axis]! + shift;
          expect(posterior(moved, first, disliked)).toBeLessThan(best);
        }
      }),
    );
  });

  test('[CT3] weights of one for likes are the plain score to the last bit; a weight twice as large counts as the like twice', () => {
    fc.assert(
      fc.property(rowLists, (liked) => {
        const plain = tilt.score(liked).slice();
        expect(tilt.scoresOf(tilt.fit(ones(liked), ones([])))).toEqual(plain);
        if (liked.length === 0) return;
        const twice = tilt.scoresOf(tilt.fit(ones([...liked, liked[0]!]))).slice();
        const weights = liked.map((_, index) => (index === 0 ? 2 : 1));
        tilt.scoresOf(tilt.fit({ rows: liked, weights })).forEach((score, row) => {
          expect(score).toBeCloseTo(twice[row]!, 9);
        });
      }),
    );
  });

  test('[CT4] the parts of the evidence sum to the taste', () => {
    fc.assert(
      fc.property(rowLists, rowLists, (first, second) => {
        const disliked = second.filter((row) => !first.includes(row));
        const taste = tilt.fit(ones(first), ones(disliked));
        const parts = tilt.partsOf(taste, ones(first), ones(disliked));
        const count = taste.length;
        taste.forEach((value, k) => {
          let sum = 0;
          for (let at = k; at < parts.length; at += count) sum += parts[at]!;
          expect(sum).toBeCloseTo(value, 9);
        });
      }),
    );
  });
});

test('[CT5] eight likes of one kind make a list of that kind, also where all of them are well known', () => {
  const filmFeatures = computeFeatures(films.items);
  const prior = prominencePopularity(films);
  const scorer = new ContentScorer(filmFeatures, prior);
  for (const genre of ['Horror', 'Animation', 'Western', 'Documentary', 'Romance']) {
    const ofGenre = films.items.flatMap((item, row) => (item.genres.includes(genre) ? [row] : []));
    const liked = ofGenre.sort((a, b) => prior[b]! - prior[a]! || a - b).slice(0, 8);
    const interactions = { liked, disliked: [], seen: [] };
    const listed = bestRows(scorer.scores(interactions), excludedRows(scorer.items, interactions), 18, prior);
    expect(listed.filter((row) => films.items[row]!.genres.includes(genre)).length, genre).toBeGreaterThanOrEqual(14);
  }
});
