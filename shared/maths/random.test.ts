import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { Keystream } from './keystream.ts';
import {
  type CryptographicRandom,
  cryptographicRandom,
  experimentRandom,
  experimentRandomOfLabel,
  fmix32,
  quickRandomOfLabel,
  type RandomSource,
} from './random.ts';

describe('random sources', () => {
  test('the quick one: the same for a label however it is cut, another for another, and even in mean and variance', () => {
    const count = 40_000;
    const whole = new Uint32Array(count);
    quickRandomOfLabel('a').fillUint32(whole);
    const parts = new Uint32Array(count);
    const source = quickRandomOfLabel('a');
    for (const [from, to] of [
      [0, 1],
      [1, 1000],
      [1000, count],
    ] as const) {
      source.fillUint32(parts.subarray(from, to));
    }
    expect(parts).toEqual(whole);
    const other = new Uint32Array(8);
    quickRandomOfLabel('b').fillUint32(other);
    expect(other).not.toEqual(whole.slice(0, 8));
    let sum = 0;
    let squares = 0;
    for (const word of whole) {
      sum += word / 2 ** 32 - 0.5;
      squares += (word / 2 ** 32 - 0.5) ** 2;
    }
    // Five standard errors: 1 / sqrt(12 n), and sqrt(1 / 180 n) for the square.
    expect(Math.abs(sum / count)).toBeLessThan(5 / Math.sqrt(12 * count));
    expect(Math.abs(squares / count - 1 / 12)).toBeLessThan(5 / Math.sqrt(180 * count));
  });

  test('a stream does not depend on how it is cut', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer({ min: 0, max: 9000 }), { maxLength: 6 }), (seed, cuts) => {
        const total = cuts.reduce((sum, cut) => sum + cut, 0);
        const whole = new Uint32Array(total);
        experimentRandom(seed).fillUint32(whole);
        const parts = new Uint32Array(total);
        const source = experimentRandom(seed);
        let at = 0;
        for (const cut of cuts) {
          source.fillUint32(parts.subarray(at, at + cut));
          at += cut;
        }
        expect(parts).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  test('a label gives AES-256-CTR under its SHA-256, little-endian words', () => {
    const words = new Uint32Array(4);
    experimentRandomOfLabel('kat-q').fillUint32(words);
    expect([...words]).toEqual([2438284642, 3395133643, 808084156, 3833889197]);
  });

  test('another seed gives other words', () => {
    const [a, b] = [new Uint32Array(8), new Uint32Array(8)];
    experimentRandom(1).fillUint32(a);
    experimentRandom(2).fillUint32(b);
    expect(a).not.toEqual(b);
    expect(() => experimentRandom(Number.NaN)).toThrow(RangeError);
  });

  test('the cryptographic source has its own type, takes no seed and fills any length', () => {
    expectTypeOf<RandomSource>().not.toExtend<CryptographicRandom>();
    expect(cryptographicRandom.length).toBe(0);
    const source = cryptographicRandom();
    expect(source.kind).toBe('cryptographic');
    const words = new Uint32Array(50_000);
    source.fillUint32(words);
    // 50,000 draws from 2^32: 0.3 pairs alike are expected, 50 are not; zeros from the pool's wiping would be.
    expect(new Set(words).size).toBeGreaterThan(49_950);
  });

  test('what was handed out is wiped from the pool, and wipe empties the rest', () => {
    const pools: Uint32Array[] = [];
    const original = crypto.getRandomValues;
    crypto.getRandomValues = ((array: Uint32Array<ArrayBuffer>) => {
      pools.push(array);
      return original.call(crypto, array);
    }) as typeof crypto.getRandomValues;
    try {
      const source = cryptographicRandom();
      source.fillUint32(new Uint32Array(100));
      const pool = pools[0]!;
      expect(pool.byteLength).toBe(65_536);
      expect(pool.subarray(0, 100).every((word) => word === 0)).toBe(true);
      expect(pool.subarray(100).some((word) => word !== 0)).toBe(true);
      source.wipe();
      expect(pool.every((word) => word === 0)).toBe(true);
      const next = new Uint32Array(16);
      source.fillUint32(next);
      expect(pools.length).toBe(2);
      expect(next.some((word) => word !== 0)).toBe(true);
    } finally {
      crypto.getRandomValues = original;
    }
  });

  test('fmix32 keeps 0 and mixes neighbours', () => {
    // The finaliser's own answers, computed by hand from MurmurHash3: fmix32(0) = 0, fmix32(1) = 0x514e28b7.
    expect(fmix32(0)).toBe(0);
    expect(fmix32(1)).toBe(0x514e28b7);
    expect(new Set(Array.from({ length: 1000 }, (_, i) => fmix32(i))).size).toBe(1000);
  });

  test('a keystream refuses a key of another length', () => {
    expect(() => new Keystream(new Uint8Array(16))).toThrow('32 bytes');
  });
});
