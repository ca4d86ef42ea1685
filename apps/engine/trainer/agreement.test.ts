// Two results agree when each array does, relative to its own largest number. Plain numbers: no backend is needed here.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LocalResult } from '#shared/model/model.ts';
import { trainReference } from '#shared/model/objective.ts';
import { largestRelativeError, toleranceRelative } from './agreement.ts';
import { goldenInteractions, goldenTable } from './golden.ts';

const golden = trainReference(goldenTable(), goldenInteractions);

describe('agreement with the reference', () => {
  test('the golden problem is worth solving: every part of its result is large and differs from the others', () => {
    for (const part of [golden.userEmbedding, golden.errorProjection, golden.errorOffsets, golden.likedProfile]) {
      expect(Math.max(...part.map(Math.abs))).toBeGreaterThan(1e-2);
    }
    // A trainer that did nothing would be several times over the tolerance.
    expect(golden.lossBefore / golden.lossAfter - 1).toBeGreaterThan(5 * toleranceRelative);
  });

  test('a result agrees with itself exactly', () => {
    expect(largestRelativeError(golden, golden)).toBe(0);
  });

  test('an error in any part, of any size above the tolerance, is seen', () => {
    const parts = ['userEmbedding', 'errorProjection', 'errorOffsets', 'likedProfile'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...parts),
        fc.double({ min: 2 * toleranceRelative, max: 10, noNaN: true }),
        fc.nat(),
        (part, size, at) => {
          const array = Float32Array.from(golden[part]);
          const largest = Math.max(...array.map(Math.abs));
          array[at % array.length]! += size * largest;
          expect(largestRelativeError({ ...golden, [part]: array }, golden)).toBeGreaterThan(toleranceRelative);
        },
      ),
    );
  });

  test.each<[string, Partial<LocalResult>]>([
    [
      'zeros, as a shader that does not compile gives',
      { userEmbedding: new Float32Array(golden.userEmbedding.length) },
    ],
    ['a number that is not finite', { errorProjection: golden.errorProjection.map(() => Number.NaN) }],
    ['another length', { errorOffsets: golden.errorOffsets.slice(1) }],
    ['a loss that did not change', { lossAfter: golden.lossBefore }],
  ])('%s is not agreement', (_, change) => {
    expect(largestRelativeError({ ...golden, ...change }, golden)).toBeGreaterThan(toleranceRelative);
  });
});
