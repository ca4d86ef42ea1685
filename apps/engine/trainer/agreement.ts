// When two trainers agree: each array of the result, compared by its largest difference over the reference's largest magnitude.
// Relative to the array and not to each number: a coordinate that is zero but for rounding has no relative error of its own.
import type { LocalResult } from '#shared/model/model.ts';

/** What every backend keeps against the reference; 32-bit floats allow about 1e-6 here. */
export const toleranceRelative = 1e-4;

/** The largest of the parts' relative errors; infinite when lengths differ or a number is not finite. */
export function largestRelativeError(actual: LocalResult, expected: LocalResult): number {
  return Math.max(
    arrayError(actual.userEmbedding, expected.userEmbedding),
    arrayError(actual.errorProjection, expected.errorProjection),
    arrayError(actual.errorOffsets, expected.errorOffsets),
    arrayError(actual.likedProfile, expected.likedProfile),
    arrayError([actual.lossBefore], [expected.lossBefore]),
    arrayError([actual.lossAfter], [expected.lossAfter]),
  );
}

function arrayError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largestDifference = 0;
  let largestMagnitude = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((actual[i] ?? Number.NaN) - (expected[i] ?? Number.NaN));
    if (!Number.isFinite(difference)) return Number.POSITIVE_INFINITY;
    largestDifference = Math.max(largestDifference, difference);
    largestMagnitude = Math.max(largestMagnitude, Math.abs(expected[i] ?? 0));
  }
  if (largestDifference === 0) return 0;
  return largestMagnitude === 0 ? Number.POSITIVE_INFINITY : largestDifference / largestMagnitude;
}
