import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { experimentRandom } from '../maths/random.ts';
import { fromHex, toHex } from '../protocol/canonical.ts';
import { equalBytes, joined, randomBytes } from './bytes.ts';
import { agrees, checkPublicKey, ciphers, maskCrypto, platformCrypto, type SubtleLike } from './crypto.ts';
import { bytesFromElement, fieldPrime } from './field.ts';
import { nobleCrypto } from './noble-crypto.ts';

const platform = platformCrypto(crypto.subtle);
const both = [platform, nobleCrypto];
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('X25519', () => {
  // RFC 7748, section 6.1.
  const alice = '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a';
  const alicePublic = '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a';
  const bob = '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb';
  const bobPublic = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f';
  const shared = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';

  test.each(both)('RFC 7748, 6.1 ($agreement)', async (crypto) => {
    const [a, b] = [await crypto.agreementKey(fromHex(alice)), await crypto.agreementKey(fromHex(bob))];
    expect([toHex(a.publicKey), toHex(b.publicKey)]).toEqual([alicePublic, bobPublic]);
    expect(toHex(await a.agree(b.publicKey))).toBe(shared);
    expect(toHex(await b.agree(a.publicKey))).toBe(shared);
  });

  test('both implementations have the same bytes for any secret', async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), bytes(32), async (secret, other) => {
        const peer = (await nobleCrypto.agreementKey(other)).publicKey;
        const [a, b] = await Promise.all(both.map((crypto) => crypto.agreementKey(secret)));
        expect(a!.publicKey).toEqual(b!.publicKey);
        expect(await a!.agree(peer)).toEqual(await b!.agree(peer));
      }),
      { numRuns: 10 },
    );
  });

  // The points of small order on the curve and its twist, as canonical u-coordinates: 0, 1, p - 1 and the two of order 8.
  const lowOrder = [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    toHex(bytesFromElement(fieldPrime - 1n)),
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  ];
  test.each(both)('[M15] low-order keys are refused ($agreement)', async (crypto) => {
    const own = await crypto.agreementKey(fromHex(alice));
    for (const point of lowOrder) await expect(own.agree(fromHex(point))).rejects.toMatchObject({ code: 'bad-key' });
  });

  test.each(both)('[M15] a second spelling of a key is refused ($agreement)', async (crypto) => {
    const own = await crypto.agreementKey(fromHex(alice));
    const topBit = fromHex(bobPublic);
    topBit[31]! |= 0x80;
    const beyondPrime = bytesFromElement(fieldPrime + 9n);
    for (const point of [topBit, beyondPrime])
      await expect(own.agree(point)).rejects.toMatchObject({ code: 'bad-key' });
    expect(() => checkPublicKey(new Uint8Array(31).fill(1))).toThrow('32 bytes');
    expect(() => checkPublicKey(bytesFromElement(fieldPrime - 1n))).not.toThrow();
  });

  test('a secret of another length is our own mistake', async () => {
    for (const crypto of both) await expect(crypto.agreementKey(new Uint8Array(31))).rejects.toThrow(RangeError);
  });
});

describe('AES', () => {
  test('both implementations seal and expand to the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), fc.uint8Array(), fc.uint8Array(), fc.nat(3000), async (key, text, data, length) => {
        const [a, b] = await Promise.all(both.map((crypto) => crypto.seal(key, text, data)));
        expect(a).toEqual(b);
        expect(a!.length).toBe(text.length + 16);
        for (const crypto of both) expect(await crypto.open(key, a!, data)).toEqual(text);
        const [s, t] = await Promise.all(both.map((crypto) => crypto.keystream(key, new Uint8Array(length))));
        expect(s).toEqual(t);
      }),
      { numRuns: 20 },
    );
  });

  test.each(both)(
    '[M6] any changed byte of key, ciphertext or associated data: nothing is opened ($cipher)',
    async (crypto) => {
      const random = experimentRandom(7);
      const [key, text, data] = [32, 64, 60].map((length) => randomBytes(random, length)) as [
        Uint8Array,
        Uint8Array,
        Uint8Array,
      ];
      const sealed = await crypto.seal(key, text, data);
      const all = joined(key, sealed, data);
      for (let at = 0; at < all.length; at++) {
        const broken = Uint8Array.from(all);
        broken[at]! ^= 1 << (at % 8);
        const parts = [
          broken.slice(0, 32),
          broken.slice(32, 32 + sealed.length),
          broken.slice(32 + sealed.length),
        ] as const;
        expect(await crypto.open(...parts)).toBeNull();
      }
      expect(await crypto.open(key, sealed.subarray(1), data)).toBeNull();
      expect(await crypto.open(key, new Uint8Array(3), data)).toBeNull();
    },
  );
});

describe('what a platform lacks is filled in', () => {
  const without = (name: string): SubtleLike => ({
    importKey: (format, data, algorithm, extractable, usages) =>
      algorithm.name === name
        ? Promise.reject(new Error('NotSupportedError'))
        : (crypto.subtle as SubtleLike).importKey(format, data, algorithm, extractable, usages),
    deriveBits: (...args) => (crypto.subtle as SubtleLike).deriveBits(...args),
    encrypt: (...args) => (crypto.subtle as SubtleLike).encrypt(...args),
    decrypt: (...args) => (crypto.subtle as SubtleLike).decrypt(...args),
  });

  test('all there, no X25519, no AES-CTR, no subtle', async () => {
    const chosen = async (subtle: SubtleLike | undefined) => {
      const { agreement, cipher } = await maskCrypto(subtle);
      return [agreement, cipher];
    };
    expect(await chosen(crypto.subtle)).toEqual(['webcrypto', 'webcrypto']);
    expect(await chosen(without('X25519'))).toEqual(['noble', 'webcrypto']);
    expect(await chosen(without('AES-CTR'))).toEqual(['webcrypto', 'noble']);
    expect(await chosen(undefined)).toEqual(['noble', 'noble']);
  });

  test.each(both)('the answers that a platform is tried against are those of $agreement', async (crypto) => {
    expect([await agrees(crypto), await ciphers(crypto)]).toEqual([true, true]);
  });

  test('an implementation with other bytes is not used', async () => {
    const lying: SubtleLike = { ...without(''), deriveBits: async () => new ArrayBuffer(32) };
    expect((await maskCrypto(lying)).agreement).toBe('noble');
  });
});

test('HKDF-SHA-256: RFC 5869, A.1 to A.3', () => {
  const range = (from: number, to: number) => Uint8Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const cases = [
    {
      ikm: new Uint8Array(22).fill(0x0b),
      salt: range(0, 0x0c),
      info: range(0xf0, 0xf9),
      okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    },
    {
      ikm: range(0, 0x4f),
      salt: range(0x60, 0xaf),
      info: range(0xb0, 0xff),
      okm: 'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
    },
    {
      ikm: new Uint8Array(22).fill(0x0b),
      salt: new Uint8Array(0),
      info: new Uint8Array(0),
      okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    },
  ];
  for (const { ikm, salt, info, okm } of cases) {
    expect(toHex(expand(sha256, extract(sha256, ikm, salt), info, okm.length / 2))).toBe(okm);
  }
});

test('equalBytes sees every bit and the length', () => {
  const bytesOf = randomBytes(experimentRandom(3), 32);
  expect(equalBytes(bytesOf, Uint8Array.from(bytesOf))).toBe(true);
  expect(equalBytes(bytesOf, bytesOf.subarray(1))).toBe(false);
  for (let bit = 0; bit < 256; bit++) {
    const other = Uint8Array.from(bytesOf);
    other[bit >> 3]! ^= 1 << (bit & 7);
    expect(equalBytes(bytesOf, other)).toBe(false);
  }
});
