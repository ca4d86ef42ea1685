// Which backend to train on: each candidate is opened, then has to solve a small known problem and agree with the reference,
// and no fault of its device may have come up meanwhile. What tfjs says of itself is not believed: after a failed setBackend,
// getBackend() still names the backend that failed, and a shader that does not compile yields zeros without an error.
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import { trainReference } from '#shared/model/objective.ts';
import { largestRelativeError, toleranceRelative } from './agreement.ts';
import { BackendUnusable, type OpenBackend, openBackend, type TfjsBackendName } from './backend.ts';
import { goldenInteractions, goldenTable } from './golden.ts';
import { TfjsFit } from './tfjs.ts';

export interface ProbeResult {
  /** null when no candidate can be used. */
  readonly backend: OpenBackend | null;
  /** Why this one, and why not those before it, in plain English. */
  readonly reason: string;
}

export interface ProbeOptions {
  /** The candidates, in order of preference. */
  readonly candidates: readonly TfjsBackendName[];
  /** The one that may compute in software, because it was asked for by name. */
  readonly forced: TfjsBackendName | null;
}

const titles: Record<TfjsBackendName, string> = { webgpu: 'WebGPU', webgl: 'WebGL', cpu: 'tfjs on the processor' };

/** Opens the first candidate that passes. The caller closes what it gets; those that failed are closed here. */
export async function probe({ candidates, forced }: ProbeOptions): Promise<ProbeResult> {
  const refusals: string[] = [];
  for (const name of candidates) {
    let open: OpenBackend | null = null;
    try {
      open = await openBackend(name, { allowSoftware: name === forced });
      const error = await selfTest(open);
      const praise = `${titles[name]} passed its self-test on ${open.device} (largest relative error ${error.toExponential(0)})`;
      const because = name === forced ? `${praise}; it was asked for by name` : praise;
      return { backend: open, reason: [...refusals, because].join('; ') };
    } catch (error) {
      open?.close();
      refusals.push(`${titles[name]} not used: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { backend: null, reason: refusals.join('; ') };
}

/**
 * Trains the golden problem on the backend. Returns the largest relative error against the reference;
 * throws BackendUnusable when that is too large or the device reported a fault.
 */
async function selfTest(open: OpenBackend): Promise<number> {
  const table: ItemTable = goldenTable();
  const interactions: Interactions = goldenInteractions;
  const fit = new TfjsFit(open);
  let result: LocalResult;
  try {
    fit.load(table);
    result = await fit.train(interactions);
  } finally {
    fit.dispose();
  }
  const fault = await open.fault();
  if (fault !== null) throw new BackendUnusable(`its device reported: ${fault}`);
  const error = largestRelativeError(result, trainReference(table, interactions));
  if (!(error <= toleranceRelative)) {
    throw new BackendUnusable(
      `its self-test was wrong: expected a relative error of at most ${toleranceRelative}, got ${error.toExponential(1)}`,
    );
  }
  return error;
}
