// Whatever stands in a catalogue, or does not: features, both scorers and training give finite numbers. The parser refuses most of this; nothing
// below it relies on that.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { computeFeatures } from '../catalogue/features.ts';
import type { CatalogueItem } from '../catalogue/schema.ts';
import type { Interactions } from '../model/model.ts';
import { trainReference } from '../model/objective.ts';
import { initialModel } from '../model/server-step.ts';
import { materialise } from '../model/table.ts';
import { clientUpdate } from '../model/update.ts';
import { histories } from '../testing/histories.ts';
import { everyPartLayout } from '../testing/small-model.ts';
import { ContentScorer } from './content/scorer.ts';
import { ContentTilt } from './content/tilt.ts';
import { ReconstructionScorer } from './reconstruction/scorer.ts';

const numbers = fc.oneof(
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, -1e308, 5e-324, -0, 2000.5),
  fc.integer({ min: 1900, max: 2020 }),
);
const names = fc.oneof(
  fc.constantFrom(
    'Drama',
    'Horror',
    'constructor',
    '__proto__',
    '\ud800',
    '\udfff and more',
    '',
    'é\u0301\u200f',
    'x'.repeat(5000),
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const nameLists = fc.array(names, { maxLength: 6 });
const many = Array.from({ length: 3000 }, (_, index) => `genre ${index}`);
const hostileItems: fc.Arbitrary<CatalogueItem[]> = fc
  .array(
    fc.record(
      {
        title: names,
        genres: nameLists,
        year: numbers,
        prominence: numbers,
        directors: nameLists,
        countries: nameLists,
      },
      { requiredKeys: ['title', 'genres'] },
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((items) => items.map((item, index) => ({ ...item, id: `item-${index}` })));

function expectFinite(values: ArrayLike<number>): void {
  expect(Array.prototype.every.call(values, Number.isFinite)).toBe(true);
}

function check(items: readonly CatalogueItem[], interactions: Interactions): void {
  const features = computeFeatures(items);
  expectFinite(features.values);
  const layout = everyPartLayout(features, 6, Math.min(5, items.length));
  const usable = layout.parts.filter((part) => part.name !== 'popularity');
  const fitting = { parts: usable, length: usable.reduce((sum, part) => sum + part.length, 0) };
  const { model } = initialModel({ items }, features, '0'.repeat(64), '0'.repeat(64), {
    dimension: 6,
    layout: fitting,
  });
  const table = materialise(model, features);
  for (const scorer of [new ReconstructionScorer(table), new ContentScorer(features, model.popularity)]) {
    expectFinite(scorer.scores(interactions));
    expectFinite(scorer.contributions(interactions, 0).map(({ contribution }) => contribution));
    expect(scorer.similar(0, items.length)).toHaveLength(items.length - 1);
  }
  const trained = trainReference(table, interactions);
  expectFinite(trained.userEmbedding);
  expectFinite(clientUpdate(trained, model, fitting));
}

test('[SC7] hostile and missing features break neither features nor scores nor training', () => {
  fc.assert(
    fc.property(
      hostileItems.chain((items) => fc.tuple(fc.constant(items), histories(items.length, 6))),
      ([items, interactions]) => check(items, interactions),
    ),
    { numRuns: 40 },
  );
  const crowded = Array.from({ length: 6 }, (_, index) => ({
    id: `${index}`,
    title: 'Many',
    genres: many.slice(index),
  }));
  check(crowded, { liked: [0, 1], disliked: [], seen: [2] });
});

test('[SC8] a catalogue of titles alone works: popularity ranks', () => {
  const items = Array.from({ length: 8 }, (_, index) => ({
    id: `bare-${index}`,
    title: 'Bare',
    genres: [],
    prominence: 1 + (index % 5),
  }));
  check(items, { liked: [1, 2], disliked: [3], seen: [4] });
  const features = computeFeatures(items);
  expect(features.columns).toBe(2);
  const { model } = initialModel({ items }, features, '0'.repeat(64), '0'.repeat(64));
  const scores = new ContentScorer(features, model.popularity).scores({ liked: [4], disliked: [], seen: [] });
  for (const [a, b] of [
    [4, 3],
    [3, 2],
    [2, 1],
  ])
    expect(scores[a!]).toBeGreaterThan(scores[b!]!);
});

test('[SC9] the tilt takes features that no honest file holds', () => {
  const values = Float32Array.of(1, 0, Number.NaN, 1, 0, 3e38, 1, 0, Number.NEGATIVE_INFINITY, 1, 0, -3e38);
  const popularity = Float64Array.of(0, -1, -2, -3);
  const tilt = new ContentTilt({ items: 4, columns: 3, values }, popularity);
  expectFinite(tilt.score([0, 1, 3]));
  expectFinite(tilt.score([2]));
  const constantOnly = new ContentTilt({ items: 4, columns: 1, values: new Float32Array(4).fill(1) }, popularity);
  expectFinite(constantOnly.score([3]));
});
