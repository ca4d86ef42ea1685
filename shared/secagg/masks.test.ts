import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskWordBytes } from '../core/rounds.ts';
import { experimentRandom } from '../maths/random.ts';
import { ringMask } from '../maths/ring.ts';
import { everyRing } from '../privacy/bits.ts';
import { unpackBits } from '../protocol/codec.ts';
import { randomBytes } from './bytes.ts';
import { platformCrypto } from './crypto.ts';
import { maskApplier, maskedPayload, type SignedMask } from './masks.ts';
import { nobleCrypto } from './noble-crypto.ts';

const platform = platformCrypto(crypto.subtle);
const keys = (count: number, seed: number): Uint8Array[] => {
  const random = experimentRandom(seed);
  return Array.from({ length: count }, () => randomBytes(random, 32));
};
const ring = fc.constantFrom(...everyRing);

test('[M7] what is added and subtracted is gone, in any order and in any number at once', async () => {
  await fc.assert(
    fc.asyncProperty(ring, fc.integer({ min: 1, max: 40 }), fc.nat(9), fc.nat(), async (bits, length, count, seed) => {
      const values = Uint32Array.from({ length }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) ^ seed) >>> 0);
      const vector = values.slice();
      const added: SignedMask[] = keys(count, seed).map((key) => ({ key, sign: 1 }));
      const removed: SignedMask[] = added.map(({ key }) => ({ key, sign: -1 }) as const).reverse();
      await maskApplier(platform)(vector, bits, added);
      if (count > 0 && length > 8) expect(vector).not.toEqual(values);
      await maskApplier(nobleCrypto)(vector, bits, removed);
      expect(vector).toEqual(values);
    }),
    { numRuns: 40 },
  );
});

test('[M7] the payload is x plus the masks modulo 2^b; the values are wiped', async () => {
  for (const bits of everyRing) {
    const x = Int32Array.from({ length: 11 }, (_, i) => 3 - i);
    const values = Uint32Array.from(x);
    const masks: SignedMask[] = keys(3, bits).map((key, i) => ({ key, sign: i === 1 ? -1 : 1 }));
    const payload = await maskedPayload(values, bits, masks, maskApplier(platform));
    expect(values).toEqual(new Uint32Array(11));
    const expected = Uint32Array.from(x);
    for (const { key, sign } of masks) {
      const stream = await platform.keystream(key, new Uint8Array(11 * maskWordBytes(bits)));
      const view = new DataView(stream.buffer);
      for (let i = 0; i < 11; i++) {
        const word = maskWordBytes(bits) === 2 ? view.getUint16(2 * i, true) : view.getUint32(4 * i, true);
        expected[i] = expected[i]! + sign * (word & ringMask(bits));
      }
    }
    expect(unpackBits(payload, 11, bits)).toEqual(expected.map((value) => value & ringMask(bits)));
  }
});

test('one applier serves vectors of several lengths, and its zeros stay zeros', async () => {
  const apply = maskApplier(platform);
  const [key] = keys(1, 4) as [Uint8Array];
  const masks = [{ key, sign: 1 } as const];
  const [long, short, again] = [50, 7, 50].map((length) => new Uint32Array(length)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  await apply(long, 32, masks);
  await apply(short, 32, masks);
  await apply(again, 32, masks);
  expect(again).toEqual(long);
  expect(short).toEqual(long.slice(0, 7));
});

test('[M7] masked values are uniform: chi-squared of the bytes over 5 sigmas', async () => {
  const length = 40_000;
  for (const bits of [11, 16, 20]) {
    const payload = await maskedPayload(
      new Uint32Array(length),
      bits,
      keys(1, 11 + bits).map((key) => ({ key, sign: 1 })),
      maskApplier(platform),
    );
    const counts = new Float64Array(256);
    for (const byte of payload) counts[byte] = counts[byte]! + 1;
    const expected = payload.length / 256;
    const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 255 degrees of freedom: mean 255, standard deviation sqrt(510) = 22.6.
    expect(Math.abs(chiSquared - 255)).toBeLessThan(5 * Math.sqrt(510));
  }
});
