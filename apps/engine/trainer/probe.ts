// Whether a backend is to be trusted: opened, it has to solve a small known problem and agree with the reference, and no fault of its device may
// have come up meanwhile. What tfjs says of itself is not believed: after a failed setBackend, getBackend() still names the backend that failed, and
// a shader that does not compile yields zeros without an error.
import type { LocalResult } from '#shared/model/model.ts';
import { trainReference } from '#shared/model/objective.ts';
import { largestRelativeError, toleranceRelative } from './agreement.ts';
import { BackendUnusable, type OpenBackend } from './backend.ts';
import { type GoldenShape, goldenInteractions, goldenTable } from './golden.ts';

/**
 * Trains the golden problem of a shape on the backend, with the very kernels that fits of this shape use. Returns the largest relative error against
 * the reference; rejects with BackendUnusable when that is too large or the device reported a fault.
 */
export async function selfTest(open: OpenBackend, shape: GoldenShape): Promise<number> {
  const table = goldenTable(shape);
  const fit = open.makeFit();
  let result: LocalResult;
  try {
    await fit.load(table);
    result = await fit.train(goldenInteractions);
  } finally {
    fit.dispose();
  }
  const fault = await open.fault();
  if (fault !== null) throw new BackendUnusable('fault', fault);
  return checkedError(result, trainReference(table, goldenInteractions));
}

/** The largest relative error. Throws BackendUnusable when it is too large. */
export function checkedError(result: LocalResult, expected: LocalResult): number {
  const error = largestRelativeError(result, expected);
  if (error <= toleranceRelative) return error;
  throw new BackendUnusable(
    'wrong',
    `expected a relative error of at most ${toleranceRelative}, got ${error.toExponential(1)}`,
  );
}
