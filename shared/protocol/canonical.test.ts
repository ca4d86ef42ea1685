import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, fromHex, sha256, sha256Hex, toHex } from './canonical.ts';

test('[T4] the text does not depend on the order of keys, and says the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      // -0 becomes 0, as JSON.stringify has it.
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      const reversed = (entry: unknown): unknown =>
        Array.isArray(entry)
          ? entry.map(reversed)
          : typeof entry === 'object' && entry !== null
            ? Object.fromEntries(
                Object.entries(entry)
                  .reverse()
                  .map(([key, field]) => [key, reversed(field)]),
              )
            : entry;
      expect(canonicalJson(reversed(value))).toBe(text);
    }),
  );
});

test('[T4] worked examples', () => {
  expect(canonicalJson({ b: [1, 2.5, 1e21, 1e-7], a: { é: null, Z: true, z: '"\n' }, c: undefined })).toBe(
    '{"a":{"Z":true,"z":"\\"\\n","é":null},"b":[1,2.5,1e+21,1e-7]}',
  );
  // By UTF-16 code unit the surrogate pair (U+D83C...) comes before U+FF21.
  expect(canonicalJson({ Ａ: 1, '🎬': 2 })).toBe('{"🎬":2,"Ａ":1}');
});

test('[T4] what JSON cannot say is refused', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1n, undefined, () => 1, Symbol('s'), [undefined]]) {
    expect(() => canonicalJson(bad)).toThrow(TypeError);
  }
  let deep: unknown = 0;
  for (let i = 0; i < 100; i++) deep = [deep];
  expect(() => canonicalJson(deep)).toThrow(RangeError);
});

test('[T4] SHA-256 and hex', () => {
  // FIPS 180-4: the hash of "abc" and of nothing.
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(toHex(sha256(new Uint8Array(0)))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(fromHex(toHex(bytes))).toEqual(bytes);
    }),
  );
  for (const bad of ['0', '0g', 'é0', ' 00']) expect(() => fromHex(bad)).toThrow(RangeError);
});
