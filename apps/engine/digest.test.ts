// The platform's SHA-256 and the one in JavaScript are the same, and those of FIPS 180-4.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digest } from './digest.ts';
import { plainDigest } from './plain-digest.ts';

test('both give the digests of FIPS 180-4', async () => {
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  for (const [text, expected] of [
    ['abc', abc],
    ['', empty],
  ] as const) {
    const bytes = new TextEncoder().encode(text);
    expect(await digest(bytes)).toBe(expected);
    expect(plainDigest(bytes)).toBe(expected);
  }
});

test('a platform without SHA-256 gives the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      // As outside of a secure context; undefined would ask for the platform's.
      const without = globalThis.crypto;
      Object.defineProperty(globalThis, 'crypto', { value: { subtle: undefined }, configurable: true });
      const plain = digest(bytes);
      Object.defineProperty(globalThis, 'crypto', { value: without, configurable: true });
      expect(await plain).toBe(await digest(bytes));
    }),
    { numRuns: 20 },
  );
});
