import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rotate } from '../maths/hadamard.ts';
import { experimentRandom, experimentRandomOfLabel, type RandomSource } from '../maths/random.ts';
import { normL2, sumOfSquares } from '../maths/vectors.ts';
import accountantVectors from '../testing/vectors/accountant.json';
import vectors from '../testing/vectors/pipeline.json';
import { clipToIntegerUnits } from './clipping.ts';
import { roundConditionally } from './quantization.ts';
import { localNoiseVariance, noiseMultiplierOf, sensitivitySquared } from './sensitivity.ts';

/** Everything that a broken or hostile trainer could hand over. */
export const hostileNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, -1e308, 5e-324, -0, 0, 1e-300),
);

describe('[N1] clipping', () => {
  test('the norm is at most the bound, whatever comes, and everything is finite', () => {
    fc.assert(
      fc.property(
        fc.array(hostileNumber, { minLength: 1, maxLength: 200 }),
        fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
        fc.integer({ min: 1, max: 2 ** 25 }),
        (numbers, scale, bound) => {
          const out = clipToIntegerUnits(Float64Array.from(numbers), scale, bound);
          expect(out.every(Number.isFinite)).toBe(true);
          expect(normL2(out)).toBeLessThanOrEqual(bound * (1 + 1e-12));
        },
      ),
    );
  });

  test('a short update is only scaled, a long one keeps its direction, NaN counts as 0', () => {
    // |(0.3, 0.4)| = 0.5 < 1: times the scale of 64. |(3, 4)| = 5 > 1: to norm 64.
    expect([...clipToIntegerUnits(Float64Array.of(0.3, 0.4, Number.NaN), 64, 64)]).toEqual([
      expect.closeTo(19.2, 12),
      expect.closeTo(25.6, 12),
      0,
    ]);
    expect([...clipToIntegerUnits(Float64Array.of(3, 4), 64, 64)]).toEqual([
      expect.closeTo(38.4, 12),
      expect.closeTo(51.2, 12),
    ]);
    expect([...clipToIntegerUnits(Float64Array.of(1e308, 1e308), 64, 64)]).toEqual([
      expect.closeTo(64 / Math.SQRT2, 12),
      expect.closeTo(64 / Math.SQRT2, 12),
    ]);
    expect([...clipToIntegerUnits(new Float64Array(3), 64, 64)]).toEqual([0, 0, 0]);
  });
});

describe('[N3] the integer bound', () => {
  test.each(accountantVectors.roundedBound.rows)('C %f, D %i against the published bound', (...row) => {
    const [clippingBoundInt, length, bound] = row as [number, number, number];
    const boundSq = sensitivitySquared(clippingBoundInt, length);
    // Ours rounds down in two places.
    expect(boundSq).toBeLessThanOrEqual(bound * bound * (1 + 1e-12));
    expect(boundSq).toBeGreaterThan(bound * bound - 2);
  });

  test('worked examples', () => {
    // C = 32, D = 4: min(1024 + 4 + isqrt(16384) = 1156, 1024 + 32 + floor((4 + 4) / 4) = 1058).
    expect(sensitivitySquared(32, 4)).toBe(1058);
    // C = 1, D = 1: min(1 + 1 + 2, 1 + 1 + floor(3 / 4)).
    expect(sensitivitySquared(1, 1)).toBe(2);
    expect(sensitivitySquared(2 ** 25, 2 ** 22)).toBeLessThan(2 ** 53);
    for (const [c, d] of [
      [0, 1],
      [2 ** 25 + 1, 1],
      [1, 0],
      [1, 2 ** 22 + 1],
      [1.5, 1],
      [Number.NaN, 1],
    ] as const) {
      expect(() => sensitivitySquared(c, d)).toThrow(RangeError);
    }
  });

  test('[N4] the noise share is rounded up: z is never below what was asked, and by less than 1 % above', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.6, max: 20, noNaN: true }),
        fc.integer({ min: 8, max: 8192 }),
        fc.integer({ min: 1, max: 2 ** 20 }),
        fc.integer({ min: 1, max: 600 }),
        (z, clippingBoundInt, length, shares) => {
          const boundSq = sensitivitySquared(clippingBoundInt, length);
          fc.pre((z * z * boundSq) / shares >= 9 && (z * z * boundSq) / shares < 2 ** 27);
          const variance = localNoiseVariance(z, boundSq, shares);
          expect(noiseMultiplierOf(variance, boundSq, shares)).toBeGreaterThanOrEqual(z);
          expect(noiseMultiplierOf(variance, boundSq, shares)).toBeLessThan(z * 1.01);
        },
      ),
    );
    expect(() => localNoiseVariance(1000, sensitivitySquared(2 ** 25, 1), 1)).toThrow(RangeError);
  });
});

describe('[N3] conditional rounding', () => {
  test('known answer: four numbers, words of "kat-q"', () => {
    const { x, scale, clippingBoundL2, boundSq, label, q, sumOfSquares: squares } = vectors.rounding;
    const clipped = clipToIntegerUnits(Float64Array.from(x), scale, clippingBoundL2 * scale);
    const rounded = roundConditionally(clipped, boundSq, experimentRandomOfLabel(label));
    expect([...rounded]).toEqual(q);
    expect(sumOfSquares(rounded)).toBe(squares);
  });

  test('the sum of squares keeps the bound for hostile updates: clip, rotate, round', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(hostileNumber, { minLength: 1, maxLength: 300 }),
          // All equal, and a single one.
          fc
            .tuple(hostileNumber, fc.integer({ min: 1, max: 300 }))
            .map(([value, n]) => new Array<number>(n).fill(value)),
          fc
            .tuple(hostileNumber, fc.integer({ min: 1, max: 300 }))
            .map(([value, n]) => [value, ...new Array<number>(n).fill(0)]),
        ),
        fc.integer({ min: 1, max: 4096 }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.integer(),
        (numbers, bound, scale, seed) => {
          const boundSq = sensitivitySquared(bound, numbers.length);
          const values = clipToIntegerUnits(Float64Array.from(numbers), scale, bound);
          rotate(values, new Uint8Array(16).fill(seed));
          const rounded = roundConditionally(values, boundSq, experimentRandom(seed));
          expect(sumOfSquares(rounded)).toBeLessThanOrEqual(boundSq);
        },
      ),
    );
  });

  test('it also keeps the bound for numbers that never went through clipping', () => {
    fc.assert(
      fc.property(
        fc.array(hostileNumber, { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 1, max: 5000 }),
        (numbers, boundSq) => {
          expect(
            sumOfSquares(roundConditionally(Float64Array.from(numbers), boundSq, experimentRandom(3))),
          ).toBeLessThanOrEqual(boundSq);
        },
      ),
    );
  });

  test('after 32 tries it truncates, and after that it gives zeros', () => {
    let draws = 0;
    // A word of 0 always rounds up.
    const up: RandomSource = {
      kind: 'experiment',
      fillUint32(out) {
        draws += out.length;
        out.fill(0);
      },
    };
    // Rounded up: 4 + 9 = 13 > 12; truncated: 1 + 4 = 5.
    expect([...roundConditionally(Float64Array.of(1.5, -2.5, 2.5), 12, up)]).toEqual([1, -2, 2]);
    expect(draws).toBe(32 * 3);
    expect([...roundConditionally(Float64Array.of(1.5, 2.5), 4, up)]).toEqual([0, 0]);
    expect([...roundConditionally(Float64Array.of(1, Number.NaN), 100, up)]).toEqual([0, 0]);
    expect([...roundConditionally(Float64Array.of(1, 1e300), 100, up)]).toEqual([0, 0]);
  });

  test('rounding keeps the mean (seed 11)', () => {
    const value = 3.3;
    const values = new Float64Array(40_000).fill(value);
    const rounded = roundConditionally(values, 40_000 * 16, experimentRandom(11));
    const mean = rounded.reduce((sum, q) => sum + q, 0) / rounded.length;
    // A coin of 0.3: standard error sqrt(0.21 / 40,000) = 0.0023; five of them.
    expect(Math.abs(mean - value)).toBeLessThan(0.0115);
    expect(new Set(rounded)).toEqual(new Set([3, 4]));
  });
});
