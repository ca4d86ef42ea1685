import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeFeatures } from '../catalogue/features.ts';
import { films } from '../catalogue/films/index.ts';
import { encodeReconstructionState, noMoments, parseReconstructionState } from '../learners/reconstruction/server.ts';
import { everyPartLayout, smallCatalogue, smallModel } from '../testing/small-model.ts';
import { encodeModel, parseModel } from './file.ts';
import { trainReference } from './objective.ts';
import type { ServerState } from './server-state.ts';
import {
  initialModel,
  learningRate,
  servedAverage,
  serverStep,
  shrinkToPrior,
  tiltedPopularity,
} from './server-step.ts';
import { materialise } from './table.ts';
import { clientUpdate } from './update.ts';

const { features } = smallModel();
const layout = everyPartLayout(features);
const start = smallModel(6, layout);

const fileOf = (core: ServerState) =>
  encodeReconstructionState({ learner: 'reconstruction', core, optimizer: noMoments });

const means = fc
  .array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: layout.length, maxLength: layout.length })
  .map((values) => Float64Array.from(values));

/** A cohort that likes comedies, without noise. */
function cohortMean(model: typeof start.model, cohort: number): Float64Array {
  const table = materialise(model, features);
  const mean = new Float64Array(layout.length);
  const comedies = smallCatalogue.items.flatMap((item, row) => (item.genres.includes('Comedy') ? [row] : []));
  for (let person = 0; person < cohort; person++) {
    const liked = [0, 1, 2, 3].map((k) => comedies[(person + 3 * k) % comedies.length]!);
    const update = clientUpdate(trainReference(table, { liked, disliked: [], seen: [] }), model, layout);
    for (let index = 0; index < mean.length; index++) mean[index] = mean[index]! + update[index]! / cohort;
  }
  return mean;
}

describe('server step', () => {
  test('[SS1] the same sums give the same bytes, also after model and state went through their files', () => {
    fc.assert(
      fc.property(
        means,
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        fc.integer({ min: 20, max: 1000 }),
        (mean, std, cohort) => {
          const step = (model: typeof start.model, state: typeof start.state) => {
            const next = serverStep({ model, state, features, layout, mean, noiseStdOfMean: std, cohort });
            return { model: encodeModel(next.model), state: fileOf(next.state) };
          };
          const first = step(start.model, start.state);
          const copy = parseReconstructionState(fileOf(start.state)).core;
          const read = parseModel(encodeModel(start.model));
          if (read.learner !== 'reconstruction') throw new TypeError(read.learner);
          expect(step(read, copy)).toEqual(first);
          expect(parseModel(first.model).header.version).toBe(2);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('[SS2] the input is not changed', () => {
    const model = encodeModel(start.model);
    const state = fileOf(start.state);
    serverStep({ ...start, layout, mean: cohortMean(start.model, 24), noiseStdOfMean: 0, cohort: 24 });
    expect(encodeModel(start.model)).toEqual(model);
    expect(fileOf(start.state)).toEqual(state);
  });

  test('[SS3] noise alone moves neither W nor popularity: the model stays the content model', () => {
    const narrow = {
      parts: [
        { name: 'projection', rows: 6, length: 6, clippingBoundL2: 0.8 },
        { name: 'popularity', rows: 6, length: 6, clippingBoundL2: 0.4 },
      ],
      length: 12,
    } as const;
    const plain = smallModel(6, narrow);
    // A mean with the size of its own noise: sqrt(1) standard deviation in every coordinate, signs alternating.
    const mean = Float64Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? 0.09 : -0.09));
    let { model, state } = plain;
    for (let round = 0; round < 3; round++) {
      const alternate = mean.map((value) => (round % 2 === 0 ? value : -value));
      ({ model, state } = serverStep({
        model,
        state,
        features,
        layout: narrow,
        mean: alternate,
        noiseStdOfMean: 0.09,
        cohort: 24,
      }));
    }
    expect(model.projection).toEqual(plain.model.projection);
    expect(model.offsets).toEqual(plain.model.offsets);
    expect(
      Math.max(...model.popularity.map((value, row) => Math.abs(value - plain.model.popularity[row]!))),
    ).toBeLessThan(1e-3);
  });

  test('[SS4] a crowd of one taste makes it popular, and its people are fitted better round by round', () => {
    let { model, state } = start;
    const comedyShare = (popularity: Float32Array) =>
      popularity.reduce(
        (sum, value, row) => sum + (smallCatalogue.items[row]!.genres.includes('Comedy') ? value : 0),
        0,
      );
    const before = comedyShare(model.popularity);
    const liked = [4, 8, 16];
    const loss = () => trainReference(materialise(model, features), { liked, disliked: [], seen: [] }).lossAfter;
    const lossBefore = loss();
    for (let round = 0; round < 15; round++) {
      ({ model, state } = serverStep({
        model,
        state,
        features,
        layout,
        mean: cohortMean(model, 24),
        noiseStdOfMean: 0,
        cohort: 24,
      }));
    }
    expect(comedyShare(model.popularity)).toBeGreaterThan(before + 0.1);
    expect(loss()).toBeLessThan(lossBefore);
    expect(model.popularity.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  test('[SS5] a mean of the wrong length, a number that is not finite, a cohort of none: refused', () => {
    const good = { ...start, layout, mean: new Float64Array(layout.length), noiseStdOfMean: 0, cohort: 24 };
    expect(() => serverStep({ ...good, mean: new Float64Array(3) })).toThrow(/expected D/);
    expect(() => serverStep({ ...good, mean: good.mean.map(() => Number.NaN) })).toThrow(/mean\[0\]/);
    expect(() => serverStep({ ...good, cohort: 0 })).toThrow(/cohort/);
    expect(() => serverStep({ ...good, noiseStdOfMean: -1 })).toThrow(/standard deviation/);
  });

  test('[SS6] shrinking: nothing without evidence, nearly everything with much, never more than measured', () => {
    const spread = Float64Array.of(1, 1, 1, 1);
    const noise = Float64Array.of(0.1, -0.1, 0.1, -0.1);
    expect([...shrinkToPrior(noise, spread, 0.01)]).toEqual([0, 0, 0, 0]);
    const strong = Float64Array.of(3, -2, 1, 2);
    shrinkToPrior(strong, spread, 0.01).forEach((value, k) => {
      expect(value / strong[k]!).toBeGreaterThan(0.98);
      expect(value / strong[k]!).toBeLessThan(1);
    });
    fc.assert(
      fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 4, maxLength: 4 }), (values) => {
        shrinkToPrior(Float64Array.from(values), spread, 0.5).forEach((value, k) => {
          expect(Math.abs(value)).toBeLessThanOrEqual(Math.abs(values[k]!));
        });
      }),
    );
  });

  test('[SS7] without features and prominence the first model still ranks and steps', () => {
    const items = Array.from({ length: 9 }, (_, index) => ({ id: `bare-${index}`, title: 'Bare', genres: [] }));
    const bare = smallModel(6, undefined, { items });
    const { model } = initialModel({ items }, bare.features, '0'.repeat(64), '0'.repeat(64));
    expect(model.popularity.every((value) => Math.abs(9 * value - 1) <= 2 ** -11)).toBe(true);
    expect(
      trainReference(materialise(model, bare.features), { liked: [1], disliked: [], seen: [] }).lossAfter,
    ).toBeGreaterThan(0);
  });

  test('[SS8] rates by cohort are those that the prototype found', () => {
    expect(learningRate(50)).toBeCloseTo(0.22, 2);
    expect(learningRate(100)).toBeCloseTo(0.3, 6);
    expect(learningRate(500)).toBeCloseTo(0.6, 2);
    expect(servedAverage(50)).toBe(0.9);
    expect(servedAverage(500)).toBeCloseTo(0.7, 2);
  });

  test('[SS12] the search for a popularity goes downhill: a far target does not end with all popularity on a few items', () => {
    // What simulated people and the noise of round 18 came to: a full Newton step from there overshoots, and left 86 films in effect.
    const target = [
      0.5957, -0.0565, 0.0872, 0.0731, -0.3671, -0.1251, 0.155, 0.5007, -1.0391, 0.4789, -0.4371, 0.0084, -0.4961,
      0.7149, -0.3419, 0.0492, -0.3549, -0.1568, -0.0563, 0.0427, -0.1379, -0.1614, -0.0143, 0.0356, 0.2053, 0.1894,
      0.023, -0.013, -0.0043, -0.078, -0.0839, -0.0193,
    ];
    const filmFeatures = computeFeatures(films.items);
    const { state } = initialModel(films, filmFeatures, '', '');
    const popularity = tiltedPopularity(state.contentPopularity, filmFeatures, Float64Array.from(target));
    const perplexity = Math.exp(-popularity.reduce((sum, share) => sum + share * Math.log(share), 0));
    expect(perplexity).toBeGreaterThan(500);
    expect(popularity.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    target.forEach((value, k) => {
      const mean = popularity.reduce(
        (sum, share, item) => sum + share * filmFeatures.values[item * filmFeatures.columns + k + 1]!,
        0,
      );
      expect(mean).toBeCloseTo(value, 1);
    });
  });
});
