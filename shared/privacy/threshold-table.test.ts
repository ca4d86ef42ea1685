// The table is proved, not trusted: each threshold is checked against fractions of whole numbers, and what cannot be proved is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { provedThresholds, type ThresholdTable } from './threshold-table.ts';

const thresholdOf = ({ words }: ThresholdTable, at: number): bigint =>
  words.reduce((value, word) => (value << 32n) | BigInt(word[at]!), 0n);

/** Bits after the point of the oracle, which rounds to the nearest and bounds nothing: far more than the table's. */
const f = 700n;

/** exp(-a / b) by halving the argument until the series is short, and squaring. */
function exponential(a: bigint, b: bigint): bigint {
  const halvings = 12n;
  let sum = 0n;
  let term = 1n << f;
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = -(term * a) / ((b << halvings) * n);
  }
  for (let i = 0n; i < halvings; i++) sum = (sum * sum) >> f;
  return sum;
}

describe('[N4] the proved table', () => {
  test('each threshold is floor(2^128 F(k)) - 1 by an oracle that computes every weight by itself', () => {
    const rational = fc.record({
      numerator: fc.integer({ min: 1, max: 4000 }),
      denominator: fc.integer({ min: 1, max: 16 }),
    });
    fc.assert(
      fc.property(rational, (variance) => {
        const { numerator, denominator } = variance;
        fc.pre(numerator / denominator >= 1 / 16);
        const table = provedThresholds(variance);
        const weightOf = (k: number) => exponential(BigInt(k * k * denominator), BigInt(2 * numerator));
        const half = Array.from({ length: table.offset + 1 }, (_, k) => weightOf(k));
        const weights = [...half.slice(1).reverse(), ...half];
        const total = weights.reduce((sum, weight) => sum + weight, 0n);
        let cumulative = 0n;
        weights.forEach((weight, at) => {
          cumulative += weight;
          expect(thresholdOf(table, at)).toBe((cumulative << 128n) / total - 1n);
        });
        // The cut: the last weight is at least 2^-106, the next one below it.
        expect(half.at(-1)!).toBeGreaterThanOrEqual((1n << f) >> 106n);
        expect(weightOf(table.offset + 1)).toBeLessThan((1n << f) >> 106n);
      }),
      { numRuns: 8 },
    );
  });

  test('is symmetric: what is below -k is what is above k', () => {
    const table = provedThresholds({ numerator: 33_489, denominator: 1 });
    const last = 2 * table.offset;
    for (let at = 0; at < last; at++) {
      // Draws R <= threshold(at), threshold(at) + 1 of them; above threshold(last - 1 - at) there are one fewer, by the rounding down of both.
      const below = thresholdOf(table, at) + 1n;
      const above = 2n ** 128n - 1n - thresholdOf(table, last - 1 - at);
      expect(above - below).toBe(1n);
    }
  });

  test('whatever the bits after the point: the same table, or none', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 200 }), fc.integer({ min: 1, max: 500 }), (fractionBits, numerator) => {
        let table: ThresholdTable | null = null;
        try {
          table = provedThresholds({ numerator, denominator: 3 }, fractionBits);
        } catch (error) {
          refused++;
          expect(String(error)).toMatch(/RangeError: .*could not prove/);
        }
        if (table !== null) expect(table).toEqual(provedThresholds({ numerator, denominator: 3 }));
      }),
      { numRuns: 100 },
    );
    expect(refused).toBeGreaterThan(20);
    // Below 140 bits nothing can be proved; the standard 256 prove everything that a policy can ask for.
    for (const bits of [96, 100, 128, 138]) {
      expect(() => provedThresholds({ numerator: 33_489, denominator: 1 }, bits)).toThrow(/could not prove/);
    }
  });

  test('does not depend on how many bits it is computed with, as long as they prove it', () => {
    for (const variance of [
      { numerator: 1, denominator: 16 },
      { numerator: 45, denominator: 16 },
      { numerator: 70_000, denominator: 3 },
    ]) {
      expect(provedThresholds(variance, 400)).toEqual(provedThresholds(variance));
    }
  });
});
