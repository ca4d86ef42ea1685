import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyPartLayout, smallModel } from '../testing/small-model.ts';
import type { LocalResult } from './model.ts';
import { trainReference } from './objective.ts';
import { clientUpdate } from './update.ts';

const { features } = smallModel();
const layout = everyPartLayout(features);
const { model, table } = smallModel(6, layout);

const anyFloats = (length: number) =>
  fc.float32Array({ minLength: length, maxLength: length }) as unknown as fc.Arbitrary<Float32Array<ArrayBuffer>>;

const anyResult: fc.Arbitrary<LocalResult> = fc.record({
  userEmbedding: anyFloats(6),
  errorProjection: anyFloats(features.columns),
  errorOffsets: anyFloats(5),
  likedProfile: anyFloats(features.columns),
  lossBefore: fc.double(),
  lossAfter: fc.double(),
});

describe('client update', () => {
  test('[UP1] whatever training yields, the update has length D, is finite and each part keeps its bound', () => {
    fc.assert(
      fc.property(anyResult, (result) => {
        const update = clientUpdate(result, model, layout);
        expect(update).toHaveLength(layout.length);
        let at = 0;
        for (const part of layout.parts) {
          const values = update.subarray(at, at + part.length);
          expect(values.every(Number.isFinite)).toBe(true);
          expect(Math.hypot(...values)).toBeLessThanOrEqual(part.clippingBoundL2 * (1 + 1e-12));
          at += part.length;
        }
      }),
    );
  });

  test('[UP2] the parts are what the layout says: rank one, the last rows of W, u uᵀ with sqrt 2, the scaled profile', () => {
    const result = trainReference(table, { liked: [1, 2, 7], disliked: [5], seen: [] });
    const loose = { ...layout, parts: layout.parts.map((part) => ({ ...part, clippingBoundL2: 1e6 })) };
    const update = clientUpdate(result, model, loose);
    const u = result.userEmbedding;
    expect(update[6 * 2 + 3]).toBeCloseTo(result.errorProjection[2]! * u[3]!, 10);
    const offsets = features.columns * 6;
    expect(update[offsets + 6 + 1]).toBeCloseTo(result.errorOffsets[1]! * u[1]!, 10);
    const gram = offsets + 30;
    expect(update[gram]).toBeCloseTo(u[0]! ** 2, 10);
    expect(update[gram + 1]).toBeCloseTo(Math.SQRT2 * u[0]! * u[1]!, 10);
    expect(Math.hypot(...update.subarray(gram, gram + 21))).toBeCloseTo(Math.hypot(...u) ** 2, 8);
    expect(update[gram + 21]).toBeCloseTo(result.likedProfile[1]! / 2, 8);
    const narrow = { parts: [{ name: 'projection', rows: 2, length: 2, clippingBoundL2: 1e6 }], length: 2 } as const;
    expect(clientUpdate(result, model, narrow)[1]).toBeCloseTo(result.errorProjection.at(-1)! * u[0]!, 10);
  });

  test('[UP1] an empty history uploads zeros of the same length', () => {
    const update = clientUpdate(trainReference(table, { liked: [], disliked: [], seen: [] }), model, layout);
    expect(update).toHaveLength(layout.length);
    expect(update.every((value) => Math.abs(value) === 0)).toBe(true);
  });

  test('[UP3] a layout that does not fit the model is refused, by name of the part', () => {
    const result = trainReference(table, { liked: [1], disliked: [], seen: [] });
    const other = smallModel(4).model;
    expect(() => clientUpdate(result, other, layout)).toThrow(/projection|offsets/);
    expect(() => clientUpdate(result, model, { ...layout, length: 3 })).toThrow(/sum to/);
  });
});
