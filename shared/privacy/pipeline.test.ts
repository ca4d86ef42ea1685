import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unrotate } from '../maths/hadamard.ts';
import { cryptographicRandom, experimentRandom } from '../maths/random.ts';
import { sumOfSquares } from '../maths/vectors.ts';
import { sha256Hex } from '../protocol/canonical.ts';
import { packBits } from '../protocol/codec.ts';
import { endlessPolicy, mostHonestNoiseShares, parsePolicy } from '../protocol/policy.ts';
import { exampleConfig, examplePolicy } from '../testing/example-policy.ts';
import vectors from '../testing/vectors/pipeline.json';
import { decodeSum, RingSum } from './aggregate.ts';
import {
  addedVariance,
  type CohortShape,
  chooseBits,
  chooseRing,
  everyRing,
  mostAddedVariance,
  worstSumStd,
} from './bits.ts';
import { encodeUpdate } from './pipeline.ts';
import { localNoiseVariance, sensitivitySquared } from './sensitivity.ts';

const update = (length: number, seed: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => (((i * 37 + seed * 11) % 101) - 50) / (29 * Math.sqrt(length)));

describe('an upload', () => {
  test('[U1] [N7] has one length whatever the update holds, and keeps the sensitivity bound', () => {
    const length = 96;
    const config = exampleConfig(examplePolicy(length));
    const histories = [
      new Float64Array(length),
      update(length, 1),
      new Float64Array(length).fill(Number.NaN),
      new Float64Array(length).fill(1e308),
      new Float64Array(length).fill(Number.NEGATIVE_INFINITY),
      Float64Array.from({ length }, (_, i) => (i === 5 ? 1e9 : 0)),
    ];
    for (const history of histories) {
      const { noised, rounded } = encodeUpdate(history, config, cryptographicRandom());
      expect(packBits(noised, 16).length).toBe((length * 16) / 8);
      expect(sumOfSquares(rounded)).toBeLessThanOrEqual(config.boundSq);
    }
    fc.assert(
      fc.property(fc.float64Array({ minLength: length, maxLength: length }), fc.integer(), (history, seed) => {
        const encoded = encodeUpdate(history, config, experimentRandom(seed));
        expect(encoded.noised.length).toBe(length);
        expect(sumOfSquares(encoded.rounded)).toBeLessThanOrEqual(config.boundSq);
        expect(encoded.clipped.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  test('is the same bytes for the same seeded randomness on every platform', () => {
    const { noised } = encodeUpdate(update(96, 4), exampleConfig(), experimentRandom(42));
    expect(sha256Hex(packBits(noised, 16))).toBe('6a5c1d76d7246e2d9cd2279488e4a4fd35d75799ac0d1b13edaaef3db12a822d');
  });

  test('[N6] two participations with the same update share nothing', () => {
    const random = cryptographicRandom();
    const [first, second] = [1, 2].map(() => encodeUpdate(update(96, 4), exampleConfig(), random).noised);
    expect(first).not.toEqual(second);
  });

  test('is refused when the length or the bound is another: nothing is encoded', () => {
    expect(() => encodeUpdate(new Float64Array(95), exampleConfig(), experimentRandom(1))).toThrow(
      'expected 96 numbers',
    );
    const tampered = exampleConfig(examplePolicy(), { boundSq: 5_000_000 });
    expect(() => encodeUpdate(update(96, 1), tampered, experimentRandom(1))).toThrow('boundSq');
  });
});

describe('[S1] [S2] the sum', () => {
  // sigma², bits. None of the deviations is 0 or 1.
  const cases = [
    { sigma2: 9, bits: 16 },
    { sigma2: 4096, bits: 18 },
    { sigma2: 33_489, bits: 24 },
  ];

  test.each(cases)('variance is cohort sigma² within 2 % at sigma² = $sigma2 (seed 99)', ({ sigma2, bits }) => {
    const cohort = 20;
    const length = 45_000;
    const config = exampleConfig(examplePolicy(length), { sigma2num: 3 * sigma2, sigma2den: 3, bits });
    const random = experimentRandom(99);
    const sum = new RingSum(length, bits);
    const exact = new Float64Array(length);
    const clippedMean = new Float64Array(length);
    for (let person = 0; person < cohort; person++) {
      const encoded = encodeUpdate(update(length, person), config, random);
      sum.add(packBits(encoded.noised, bits));
      for (let i = 0; i < length; i++) {
        exact[i]! += encoded.rounded[i]!;
        clippedMean[i]! += encoded.clipped[i]! / cohort;
      }
    }
    const decoded = decodeSum(sum.values(), sum.count, config);

    let mean = 0;
    let squares = 0;
    for (let i = 0; i < length; i++) {
      const noise = decoded.sumIntegers[i]! - exact[i]!;
      mean += noise / length;
      squares += (noise * noise) / length;
    }
    // The standard error of a variance from 45,000 numbers is 0.67 %: 2 % are three of them.
    expect(Math.abs(squares / (cohort * sigma2) - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt((cohort * sigma2) / length));

    // In real units: what is left of the mean after the rounded updates are taken away has the stated deviation.
    unrotate(exact, config.rotationSeed);
    let realSquares = 0;
    let alignment = 0;
    let norm = 0;
    for (let i = 0; i < length; i++) {
      realSquares += (decoded.mean[i]! - exact[i]! / (config.scale * cohort)) ** 2 / length;
      alignment += decoded.mean[i]! * clippedMean[i]!;
      norm += clippedMean[i]! ** 2;
    }
    expect(Math.abs(Math.sqrt(realSquares) / decoded.noiseStdOfMean - 1)).toBeLessThan(0.01);
    // The mean is unbiased: its projection on the true mean is the true mean, to five standard errors (rounding adds 1/4 to each variance).
    const tolerance = (5 * decoded.noiseStdOfMean * Math.sqrt(1 + 1 / (4 * sigma2))) / Math.sqrt(norm);
    expect(Math.abs(alignment / norm - 1)).toBeLessThan(tolerance);
  });

  test('is decoded to the same bits each time, and does not depend on the order of arrival', () => {
    const config = exampleConfig();
    const payloads = [1, 2, 3].map((seed) =>
      packBits(encodeUpdate(update(96, seed), config, experimentRandom(seed)).noised, 16),
    );
    const decodeInOrder = (order: readonly number[]) => {
      const sum = new RingSum(96, 16);
      for (const i of order) sum.add(payloads[i]!);
      return decodeSum(sum.values(), sum.count, config);
    };
    expect(decodeInOrder([0, 1, 2])).toEqual(decodeInOrder([2, 0, 1]));
  });

  test('[R7] a payload of a wrong length changes nothing', () => {
    const sum = new RingSum(96, 18);
    expect(() => sum.add(new Uint8Array(215))).toThrow('216 bytes');
    expect(sum.count).toBe(0);
    expect(sum.values()).toEqual(new Uint32Array(96));
    expect(() => decodeSum(sum.values(), 0, exampleConfig())).toThrow(RangeError);
    expect(() => decodeSum(new Uint32Array(95), 1, exampleConfig())).toThrow(RangeError);
    expect(() => new RingSum(0, 16)).toThrow(RangeError);
  });
});

describe('the ring that a cohort needs', () => {
  /** Those of the known answers. */
  const knownRings = [16, 18, 20, 24, 32];

  test.each(vectors.parameters.rows)('D %i, cohorts up to %i of at least %i, %i shares, z %f', (...row) => {
    const [length, maxCohort, , honestNoiseShares, noiseMultiplier, bits, clippingBoundInt, boundSq, noiseStd, sumStd] =
      row as number[] as [number, number, number, number, number, number, number, number, number, number];
    const shape = { maxCohort, honestNoiseShares, noiseMultiplier, length };
    expect(chooseBits(shape, clippingBoundInt, knownRings)).toBe(bits);
    // The known bounds are powers of two; ours is any number.
    expect(2 ** Math.floor(Math.log2(chooseRing(shape, [bits]).clippingBoundInt))).toBe(clippingBoundInt);
    expect(chooseRing(shape, knownRings).bits).toBeLessThanOrEqual(bits);
    expect(chooseRing(shape).bits).toBeLessThanOrEqual(bits);
    expect(sensitivitySquared(clippingBoundInt, length)).toBe(boundSq);
    // The known deviation has one decimal; ours is rounded up to a sixteenth of a variance.
    const variance = localNoiseVariance(noiseMultiplier, boundSq, honestNoiseShares);
    expect(Math.abs(Math.sqrt(variance.numerator / variance.denominator) - noiseStd)).toBeLessThan(0.06);
    expect(Math.abs(worstSumStd(shape, clippingBoundInt) - sumStd)).toBeLessThan(1);
  });

  const shapes = fc
    .record({
      minCohort: fc.integer({ min: 20, max: 1000 }),
      noiseMultiplier: fc.double({ min: 0.6, max: 8, noNaN: true }),
      length: fc.integer({ min: 1, max: 2 ** 20 }),
      part: fc.double({ min: 0.5, max: 1, noNaN: true }),
    })
    .map(({ minCohort, part, ...shape }) => {
      const maxCohort = Math.floor(minCohort / 0.7);
      const honestNoiseShares = Math.ceil(part * mostHonestNoiseShares(minCohort, maxCohort));
      return { ...shape, minCohort, maxCohort, honestNoiseShares };
    });
  const localStd = (shape: CohortShape, clippingBoundInt: number) => {
    const bound = sensitivitySquared(clippingBoundInt, shape.length);
    const { numerator, denominator } = localNoiseVariance(shape.noiseMultiplier, bound, shape.honestNoiseShares);
    return Math.sqrt(numerator / denominator);
  };
  const fits = (shape: CohortShape, clippingBoundInt: number, bits: number) =>
    6 * worstSumStd(shape, clippingBoundInt) <= 2 ** (bits - 1);
  const isFine = (shape: CohortShape, clippingBoundInt: number) =>
    addedVariance(shape, clippingBoundInt) <= mostAddedVariance && localStd(shape, clippingBoundInt) >= 3;

  test('[P1] six deviations fit, integers add at most 5 % of the variance, and the device’s floors hold', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const ring = chooseRing(shape);
        expect(everyRing).toContain(ring.bits);
        expect(fits(shape, ring.clippingBoundInt, ring.bits)).toBe(true);
        expect(isFine(shape, ring.clippingBoundInt)).toBe(true);
        expect(ring.clippingBoundInt).toBeGreaterThan(2.2 * Math.sqrt(shape.length));
        const { minCohort, maxCohort, honestNoiseShares, noiseMultiplier } = shape;
        const policy = examplePolicy(shape.length, {
          minCohort,
          maxCohort,
          honestNoiseShares,
          noiseMultiplier,
          ...ring,
        });
        expect(parsePolicy(endlessPolicy(policy)).phases[0]).toMatchObject(ring);
      }),
    );
  });

  test('no smaller ring carries integers that fine, and this one none that are finer', () => {
    let finest = 0;
    fc.assert(
      fc.property(shapes, (shape) => {
        const { bits, clippingBoundInt } = chooseRing(shape);
        expect(fits(shape, clippingBoundInt + 1, bits) && clippingBoundInt < 2 ** 14).toBe(false);
        // The finest that fit into one bit less, by halving.
        let [least, most] = [0, clippingBoundInt];
        while (most - least > 1) {
          const middle = Math.floor((least + most) / 2);
          if (fits(shape, middle, bits - 1)) least = middle;
          else most = middle;
        }
        if (least > 0) expect(isFine(shape, least)).toBe(false);
        finest = Math.max(finest, least);
      }),
    );
    expect(finest).toBeGreaterThan(0);
  });

  test('rings of fewer bits than the protocol has would never be chosen under masks', () => {
    const more = [1, 2, 3, 4, 5, 6, 7, ...everyRing];
    fc.assert(
      fc.property(shapes, (shape) => {
        expect(chooseRing(shape, more)).toEqual(chooseRing(shape));
      }),
    );
  });

  test('what no ring carries is refused', () => {
    expect(() =>
      chooseBits({ maxCohort: 1000, honestNoiseShares: 1, noiseMultiplier: 0.6, length: 1 }, 2 ** 25),
    ).toThrow(RangeError);
  });
});
