import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyPartLayout, smallModel } from '../testing/small-model.ts';
import { localUpdate } from './local-steps.ts';
import type { Layout } from './model.ts';
import { trainReference } from './objective.ts';
import {
  initialOptimizerState,
  optimizedServerStep,
  optimizerStep,
  serverOptimizers,
  standardRates,
} from './server-optimizer.ts';
import { perUnitOfWeight, serverStep } from './server-step.ts';
import { materialise } from './table.ts';
import { clientUpdate, dataSizeWeight, weighted } from './update.ts';

const { features } = smallModel();
const layout = everyPartLayout(features);
const start = smallModel(6, layout);
const table = materialise(start.model, features);
const interactions = { liked: [2, 5, 11], disliked: [7], seen: [] };
const plain = clientUpdate(trainReference(table, interactions), start.model, layout);
const withWeight: Layout = {
  parts: [...layout.parts, { name: 'weight', rows: 1, length: 1, clippingBoundL2: 0.3 }],
  length: layout.length + 1,
};

describe('local steps', () => {
  test('[LS1] one step is the plain update, bit for bit, whatever mu', () => {
    for (const proxMu of [0, 0.5, 100]) {
      expect(localUpdate(table, interactions, layout, { steps: 1, rate: 0.1, proxMu })).toEqual(plain);
    }
  });

  test('[LS2] a vanishing rate gives the plain update again; a real one does not, and every part keeps its bound', () => {
    const still = localUpdate(table, interactions, layout, { steps: 4, rate: 1e-12, proxMu: 0 });
    still.forEach((value, index) => {
      expect(value).toBeCloseTo(plain[index]!, 6);
    });
    const moved = localUpdate(table, interactions, layout, { steps: 4, rate: 0.5, proxMu: 0 });
    expect(moved).not.toEqual(plain);
    let at = 0;
    for (const part of layout.parts) {
      const norm = Math.hypot(...moved.subarray(at, at + part.length));
      expect(norm).toBeLessThanOrEqual(part.clippingBoundL2 * (1 + 1e-12));
      at += part.length;
    }
  });

  test('[LS3] the larger mu, the nearer a second step keeps to the global model', () => {
    const offsets = layout.parts.findIndex((part) => part.name === 'offsets');
    const from = layout.parts.slice(0, offsets).reduce((sum, part) => sum + part.length, 0);
    const to = from + layout.parts[offsets]!.length;
    const two = (proxMu: number) => localUpdate(table, interactions, layout, { steps: 2, rate: 0.5, proxMu });
    const [free, held] = [two(0), two(1)];
    // The pull of the second step is mu (local - global) = -mu rate g, half of it in the mean of two steps: g is what the first step found.
    for (let index = from; index < to; index++) {
      expect(held[index]! - free[index]!).toBeCloseTo((-0.5 * plain[index]!) / 2, 6);
    }
  });

  test('[LS4] numbers out of range are refused', () => {
    for (const bad of [
      { steps: 0, rate: 0.1, proxMu: 0 },
      { steps: 1.5, rate: 0.1, proxMu: 0 },
      { steps: 1, rate: 0, proxMu: 0 },
      { steps: 1, rate: 0.1, proxMu: -1 },
    ]) {
      expect(() => localUpdate(table, interactions, layout, bad)).toThrow(RangeError);
    }
  });
});

describe('weights inside the vector', () => {
  test('[LS5] [w update, w]: the weighted mean comes out, whoever weighs what, and the joint bound holds', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0.25, 0.5, 1), { minLength: 1, maxLength: 6 }), (weights) => {
        const bound = Math.hypot(...withWeight.parts.map((part) => part.clippingBoundL2));
        const vectors = weights.map((weight, person) => {
          const liked = [person, person + 7];
          const vector = clientUpdate(
            trainReference(table, { liked, disliked: [], seen: [] }),
            start.model,
            withWeight,
            weight,
          );
          expect(Math.hypot(...vector)).toBeLessThanOrEqual(weight * bound * (1 + 1e-12));
          return vector;
        });
        const mean = vectors[0]!.map((_, at) => vectors.reduce((sum, vector) => sum + vector[at]!, 0) / weights.length);
        const { mean: decoded, noiseStdOfMean } = perUnitOfWeight(withWeight, { mean, noiseStdOfMean: 1 });
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        for (let at = 0; at < layout.length; at++) {
          const expected = vectors.reduce((sum, vector) => sum + vector[at]!, 0) / total;
          expect(decoded[at]).toBeCloseTo(expected, 10);
        }
        expect(noiseStdOfMean).toBeCloseTo(weights.length / total, 10);
      }),
      { numRuns: 30 },
    );
  });

  test('[LS6] equal weights give the step of no weights; a weight without its part is refused', () => {
    const halves = clientUpdate(trainReference(table, interactions), start.model, withWeight, 0.5);
    const step = (of: Layout, mean: Float64Array) =>
      serverStep({ ...start, features, layout: of, mean, noiseStdOfMean: 0, cohort: 30 }).model;
    const left = step(withWeight, halves);
    const right = step(layout, plain);
    left.offsets.forEach((value, index) => {
      expect(value).toBeCloseTo(right.offsets[index]!, 6);
    });
    expect(() => weighted(plain.slice(), layout, 0.5)).toThrow(/weight part/);
    expect(() => weighted(halves.slice(), withWeight, 1.5)).toThrow(/0 to 1/);
  });

  test('[LS7] data-size weights are capped, in buckets of powers of two, and rise', () => {
    expect([0, 1, 2, 3, 31, 32, 63, 64, 5000].map((likes) => 64 * dataSizeWeight(likes))).toEqual([
      1, 1, 2, 2, 16, 32, 32, 64, 64,
    ]);
  });
});

describe('server optimisers', () => {
  test('[LS8] each walks down a bowl of uneven axes', () => {
    const bowl = Float64Array.of(1, 0.1, 0.01);
    for (const kind of ['sgd', 'momentum', 'adagrad', 'adam', 'yogi'] as const) {
      let state = { rounds: 0, first: new Float64Array(3), second: new Float64Array(3) };
      const x = Float64Array.of(1, -1, 1);
      const loss = () => x.reduce((sum, value, k) => sum + bowl[k]! * value * value, 0);
      const before = loss();
      for (let round = 0; round < 60; round++) {
        const gradient = x.map((value, k) => bowl[k]! * value);
        const next = optimizerStep(kind, kind === 'sgd' ? 1 : 0.1, gradient, state);
        state = { ...next.state, first: next.state.first.slice(), second: next.state.second.slice() };
        next.change.forEach((value, k) => {
          x[k] = x[k]! - value;
        });
      }
      expect(loss(), kind).toBeLessThan(0.1 * before);
    }
  });

  test('[LS9] by hand: the first step of Adam and Yogi is the rate in the direction of the sign, of Adagrad too', () => {
    const gradient = Float64Array.of(0.5, -2);
    const state = { rounds: 0, first: new Float64Array(2), second: new Float64Array(2) };
    for (const kind of ['adagrad', 'adam', 'yogi'] as const) {
      const { change } = optimizerStep(kind, 0.1, gradient, state);
      // 0.1 x 0.5 / (0.5 + 0.001) and 0.1 x -2 / (2 + 0.001).
      expect(change[0]).toBeCloseTo((0.1 * 0.5) / 0.501, 12);
      expect(change[1]).toBeCloseTo((0.1 * -2) / 2.001, 12);
    }
    expect([...optimizerStep('momentum', 1, gradient, { ...state, first: Float64Array.of(1, 1) }).change]).toEqual([
      1.4, -1.1,
    ]);
  });

  test('[LS10] a round with an optimiser moves the item side and leaves popularity and Gram to the product', () => {
    const input = { ...start, features, layout, mean: plain, noiseStdOfMean: 0, cohort: 30 };
    const product = serverStep(input);
    const step = optimizedServerStep({ ...input, optimizer: 'adam', optimizerState: initialOptimizerState(layout, 6) });
    expect(step.model.popularity).toEqual(product.model.popularity);
    expect(step.state.gram).toEqual(product.state.gram);
    expect(step.model.header.version).toBe(2);
    const largest = Math.max(
      ...step.state.offsets.map((value, index) => Math.abs(value - start.state.offsets[index]!)),
    );
    expect(largest).toBeLessThanOrEqual(standardRates.adam);
    expect(largest).toBeGreaterThan(0);
  });

  test('[LS11] under noise no optimiser moves anything by noise alone, and none goes beyond what the evidence shows', () => {
    for (const optimizer of serverOptimizers) {
      if (optimizer === 'preconditioned') continue;
      let optimizerState = initialOptimizerState(layout, 6);
      let { model, state } = start;
      const noise = (round: number) => Float64Array.from(plain, (_, at) => Math.sin(1 + at * 12.9898 + round * 78.233));
      for (let round = 0; round < 3; round++) {
        const input = { model, state, features, layout, mean: noise(round), noiseStdOfMean: 1, cohort: 30 };
        ({ model, state, optimizerState } = optimizedServerStep({ ...input, optimizer, optimizerState }));
      }
      expect(model.projection, optimizer).toEqual(start.model.projection);
      expect(model.offsets, optimizer).toEqual(start.model.offsets);
      for (let round = 0; round < 8; round++) {
        const input = { model, state, features, layout, mean: plain, noiseStdOfMean: 1e-4, cohort: 30 };
        const shown = serverStep(input).state;
        const before = state;
        ({ model, state, optimizerState } = optimizedServerStep({ ...input, optimizer, optimizerState, rate: 1000 }));
        for (const array of ['projection', 'offsets'] as const) {
          state[array].forEach((value, index) => {
            const [a, b] = [before[array][index]!, shown[array][index]!];
            expect(value).toBeGreaterThanOrEqual(Math.min(a, b));
            expect(value).toBeLessThanOrEqual(Math.max(a, b));
          });
        }
      }
      expect(state.projection, optimizer).not.toEqual(start.state.projection);
    }
  });
});
