import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { experimentRandom } from '../maths/random.ts';
import { randomBytes } from './bytes.ts';
import {
  bytesFromElement,
  elementFromBytes,
  elementFromRandom,
  fieldPrime,
  inverse,
  inverses,
  isElement,
  modulo,
} from './field.ts';
import { decodeShares, Interpolation, shareSecret } from './shamir.ts';

const elements = fc.bigInt({ min: 0n, max: fieldPrime - 1n });

describe('the field', () => {
  test('inverses, one by one and together', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 1n, max: fieldPrime - 1n }), { minLength: 1, maxLength: 8 }), (values) => {
        const together = inverses(values);
        values.forEach((value, i) => {
          expect(modulo(value * together[i]!)).toBe(1n);
          expect(inverse(value)).toBe(together[i]);
        });
      }),
    );
    expect(() => inverse(0n)).toThrow(RangeError);
    expect(() => inverses([3n, fieldPrime])).toThrow(RangeError);
  });

  test('32 bytes, little-endian, and nothing at or above the prime', () => {
    fc.assert(
      fc.property(elements, (element) => {
        expect(elementFromBytes(bytesFromElement(element))).toBe(element);
      }),
    );
    expect(bytesFromElement(258n).slice(0, 3)).toEqual(Uint8Array.of(2, 1, 0));
    for (let above = 0n; above < 19n; above++) {
      expect(isElement(bytesFromElement(fieldPrime + above))).toBe(false);
    }
    expect(isElement(bytesFromElement(fieldPrime - 1n))).toBe(true);
    expect(isElement(bytesFromElement(2n ** 255n))).toBe(false);
    expect(() => elementFromBytes(bytesFromElement(fieldPrime))).toThrow('below 2^255 - 19');
    expect(() => elementFromBytes(new Uint8Array(31))).toThrow(RangeError);
    expect(() => bytesFromElement(2n ** 256n)).toThrow(RangeError);
  });

  test('64 random bytes are reduced', () => {
    expect(elementFromRandom(new Uint8Array(64).fill(255))).toBe((2n ** 512n - 1n) % fieldPrime);
    expect(() => elementFromRandom(new Uint8Array(32))).toThrow(RangeError);
  });
});

/** A random sharing; some random t of its shares. */
const sharings = fc
  .record({
    threshold: fc.integer({ min: 1, max: 12 }),
    spare: fc.integer({ min: 0, max: 12 }),
    seed: fc.integer(),
    secret: elements,
  })
  .map(({ threshold, spare, seed, secret }) => {
    const random = experimentRandom(seed);
    const coefficients = Array.from({ length: threshold - 1 }, () => elementFromRandom(randomBytes(random, 64)));
    const word = new Uint32Array(1);
    const points = new Set<number>();
    while (points.size < threshold + spare) {
      random.fillUint32(word);
      points.add((word[0]! % 1000) + 1);
    }
    return { threshold, secret, points: [...points], shares: shareSecret(secret, coefficients, [...points]), random };
  });

describe('sharing', () => {
  test('[M5] any t shares give the secret', () => {
    fc.assert(
      fc.property(sharings, fc.nat(), ({ threshold, secret, points, shares }, start) => {
        const at = Array.from({ length: threshold }, (_, i) => (start + i) % points.length);
        const combined = new Interpolation().combine(
          at.map((i) => points[i]!),
          at.map((i) => shares[i]!),
        );
        expect(combined).toBe(secret);
      }),
      { numRuns: 50 },
    );
  });

  test('[M5] t - 1 shares are uniform whatever the secret: every polynomial over GF(7)', () => {
    const prime = 7n;
    const points = [1, 2, 4, 6];
    for (const threshold of [2, 3]) {
      for (let secret = 0n; secret < prime; secret++) {
        // For every set of t - 1 points: how often each combination of shares comes up.
        const seen = new Map<string, number>();
        for (let all = 0; all < Number(prime) ** (threshold - 1); all++) {
          const coefficients = threshold === 2 ? [BigInt(all)] : [BigInt(all % 7), BigInt(Math.floor(all / 7))];
          const shares = shareSecret(secret, coefficients, points, prime);
          points.forEach((_, i) => {
            for (let j = i + 1; j < points.length; j++) {
              const key = threshold === 2 ? `${i}: ${shares[i]}` : `${i} ${j}: ${shares[i]} ${shares[j]}`;
              if (threshold === 3 || j === i + 1 || i === points.length - 1) seen.set(key, (seen.get(key) ?? 0) + 1);
            }
          });
        }
        expect(new Set(seen.values())).toEqual(new Set([1]));
        expect(seen.size).toBe(threshold === 2 ? 3 * 7 : 6 * 49);
      }
    }
  });

  test('points that are 0, twice or above the prime are our own mistake', () => {
    for (const points of [[0], [1, 1], [70_000], [1.5], [-1]]) {
      expect(() => shareSecret(1n, [], points)).toThrow(RangeError);
    }
    expect(() => shareSecret(1n, [], [8], 7n)).toThrow(RangeError);
    expect(() => new Interpolation().combine([1, 2], [1n])).toThrow(RangeError);
  });

  test('large points and thresholds: the products of small differences stay exact', () => {
    const points = Array.from({ length: 85 }, (_, i) => (i % 2 === 0 ? 1 + i : 16_001 - i));
    const random = experimentRandom(5);
    const coefficients = Array.from({ length: 84 }, () => elementFromRandom(randomBytes(random, 64)));
    expect(new Interpolation().combine(points, shareSecret(12345n, coefficients, points))).toBe(12345n);
  });
});

describe('[M11] wrong shares', () => {
  test('up to floor((m - t) / 2) are corrected, wherever they are', () => {
    fc.assert(
      fc.property(sharings, fc.nat(), fc.boolean(), ({ threshold, secret, points, shares, random }, start, most) => {
        const correctable = Math.floor((points.length - threshold) / 2);
        const wrong = most ? correctable : Math.min(1, correctable);
        const broken = shares.slice();
        for (let i = 0; i < wrong; i++) {
          broken[(start + i) % broken.length] = elementFromRandom(randomBytes(random, 64));
        }
        expect(decodeShares(points, broken, threshold)).toBe(secret);
      }),
      { numRuns: 60 },
    );
  });

  test('more are not: null, never another secret without a sign', () => {
    fc.assert(
      fc.property(sharings, ({ threshold, secret, points, shares, random }) => {
        const wrong = Math.floor((points.length - threshold) / 2) + 1;
        if (wrong > points.length - threshold) return;
        const broken = shares.slice();
        for (let i = 0; i < wrong; i++) broken[i] = elementFromRandom(randomBytes(random, 64));
        const decoded = decodeShares(points, broken, threshold);
        // With random wrong shares another code word is not within reach.
        expect(decoded).toBeNull();
        expect(decoded).not.toBe(secret);
      }),
      { numRuns: 40 },
    );
  });

  test('the sizes of the protocol: 4 of 24 at t = 15, 22 of 129 at t = 84', () => {
    for (const [m, threshold, wrong] of [
      [24, 15, 4],
      [129, 84, 22],
    ] as const) {
      const random = experimentRandom(m);
      const coefficients = Array.from({ length: threshold - 1 }, () => elementFromRandom(randomBytes(random, 64)));
      const points = Array.from({ length: m }, (_, i) => i + 1);
      const shares = shareSecret(777n, coefficients, points);
      for (let i = 0; i < wrong; i++) shares[5 * i] = elementFromRandom(randomBytes(random, 64));
      expect(decodeShares(points, shares, threshold)).toBe(777n);
      shares[1] = 1n;
      expect(decodeShares(points, shares, threshold)).toBeNull();
    }
  });

  test('a secret of 0 and a constant polynomial', () => {
    const points = [1, 2, 3, 4, 5];
    expect(decodeShares(points, [0n, 0n, 9n, 0n, 0n], 2)).toBe(0n);
    expect(decodeShares(points, [4n, 4n, 4n, 4n, 4n], 3)).toBe(4n);
    expect(decodeShares(points.slice(0, 2), [1n, 2n], 3)).toBeNull();
  });
});
