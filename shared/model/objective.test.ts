import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { smallModel } from '../testing/small-model.ts';
import type { Interactions } from './model.ts';
import {
  errorVector,
  foldIn,
  foldInLikes,
  inverseCurvature,
  itemScore,
  localGradient,
  localLoss,
  localRidge,
  observedRows,
  trainReference,
} from './objective.ts';

const { table, features } = smallModel();
const { items, dimension, unobservedWeight } = table.model.header;

/** Distinct rows, each liked, disliked or seen. */
const histories: fc.Arbitrary<Interactions> = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: items - 1 }), fc.integer({ min: 0, max: 2 })), {
    selector: ([row]) => row,
    maxLength: 20,
  })
  .map((pairs) => {
    const of = (kind: number) => pairs.filter((pair) => pair[1] === kind).map((pair) => pair[0]);
    return { liked: of(0), disliked: of(1), seen: of(2) };
  });

describe('local objective', () => {
  test('[MD2] the fold-in is the minimum: the gradient vanishes and no step makes the loss smaller', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: dimension - 1 }), (interactions, axis) => {
        const observed = observedRows(table, interactions);
        const u = Float64Array.from(foldIn(table, interactions));
        for (const value of localGradient(table, observed, u)) expect(Math.abs(value)).toBeLessThan(1e-5);
        const loss = localLoss(table, observed, u);
        u[axis] = u[axis]! + 0.01;
        expect(localLoss(table, observed, u)).toBeGreaterThan(loss - 1e-9);
      }),
    );
  });

  test('[MD2] the gradient is the derivative of the loss', () => {
    const observed = observedRows(table, { liked: [1, 5], disliked: [7], seen: [9] });
    const u = Float64Array.from({ length: dimension }, (_, k) => 0.1 * k - 0.2);
    const gradient = localGradient(table, observed, u);
    for (let k = 0; k < dimension; k++) {
      const at = (shift: number) =>
        localLoss(
          table,
          observed,
          u.map((value, j) => (j === k ? value + shift : value)),
        );
      expect((at(1e-5) - at(-1e-5)) / 2e-5).toBeCloseTo(gradient[k]!, 6);
    }
  });

  test('[MD3] training ends where the closed form says, and never above where it began', () => {
    fc.assert(
      fc.property(histories, (interactions) => {
        const result = trainReference(table, interactions);
        const exact = foldIn(table, interactions);
        result.userEmbedding.forEach((value, k) => {
          expect(value).toBeCloseTo(exact[k]!, 5);
        });
        expect(result.lossAfter).toBeLessThanOrEqual(result.lossBefore + 1e-12);
      }),
    );
  });

  test('[MD4] with likes alone the error is (1_H + a0) ∘ (V u) − 1_H', () => {
    const liked = [3, 8, 21];
    const u = foldIn(table, { liked, disliked: [], seen: [] });
    const error = errorVector(table, observedRows(table, { liked, disliked: [], seen: [] }), u);
    for (let row = 0; row < items; row++) {
      const own = liked.includes(row) ? 1 : 0;
      expect(error[row]).toBeCloseTo((own + unobservedWeight) * itemScore(table, row, u) - own, 5);
    }
  });

  test('[MD4] at the minimum Vᵀe + ridge u = 0, and the result holds Fᵀe, e at the offsets and the mean liked features', () => {
    const interactions = { liked: [2, 3, 30], disliked: [11], seen: [4] };
    const result = trainReference(table, interactions);
    const observed = observedRows(table, interactions);
    const error = errorVector(table, observed, result.userEmbedding);
    const ridge = localRidge(table, observed);
    for (let k = 0; k < dimension; k++) {
      let sum = ridge * result.userEmbedding[k]!;
      for (let row = 0; row < items; row++) sum += table.embeddings[row * dimension + k]! * error[row]!;
      expect(Math.abs(sum)).toBeLessThan(1e-4);
    }
    for (let column = 0; column < features.columns; column++) {
      const at = (row: number) => features.values[row * features.columns + column]!;
      const projected = error.reduce((sum, value, row) => sum + value * at(row), 0);
      expect(result.errorProjection[column]).toBeCloseTo(projected, 3);
      expect(result.likedProfile[column]).toBeCloseTo((at(2) + at(3) + at(30)) / 3, 4);
    }
  });

  test('[MD5] liking draws similar items up, disliking draws them down', () => {
    const before = foldIn(table, { liked: [0, 4], disliked: [], seen: [] });
    const after = foldIn(table, { liked: [0, 4], disliked: [12], seen: [] });
    const more = foldIn(table, { liked: [0, 4, 12], disliked: [], seen: [] });
    expect(itemScore(table, 12, after)).toBeLessThan(itemScore(table, 12, before));
    expect(itemScore(table, 12, more)).toBeGreaterThan(itemScore(table, 12, before));
  });

  test('[MD6] an empty history gives zeros and no NaN', () => {
    const result = trainReference(table, { liked: [], disliked: [], seen: [] });
    expect([...result.userEmbedding, ...result.likedProfile].every((value) => value === 0)).toBe(true);
    expect([...result.errorProjection].every((value) => Math.abs(value) === 0)).toBe(true);
    expect(result.lossAfter).toBe(0);
  });

  test('[MD6] rows that are none or come twice are refused', () => {
    for (const liked of [[items], [-1], [1.5], [3, 3]]) {
      expect(() => foldIn(table, { liked, disliked: [], seen: [] })).toThrow(RangeError);
    }
    expect(() => foldIn(table, { liked: [3], disliked: [3], seen: [] })).toThrow(/twice/);
  });

  test('[MD3] the start of training is the fold-in of the likes alone', () => {
    const likes = { liked: [2, 6], disliked: [], seen: [] };
    expect(Float32Array.from(foldInLikes(table, { ...likes, disliked: [9] }))).toEqual(foldIn(table, likes));
    expect(inverseCurvature(table, observedRows(table, likes))).toHaveLength(dimension * dimension);
  });
});
