// Fetches the WASM core in a browser: 4 kB, compressed, named by its content and kept for offline use.

import { CoreModule, CoreUnusable } from '#shared/core/module.ts';
import coreAddress from '../../build/core.wasm?url';

/** The compiled core; null where it cannot be had or used (no SIMD, a policy that forbids WebAssembly, offline): the plain twins serve then. */
export async function fetchCore(): Promise<CoreModule | null> {
  try {
    const answer = await fetch(coreAddress);
    return new CoreModule(answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null);
  } catch (error) {
    // TypeError: the network.
    if (error instanceof CoreUnusable || error instanceof TypeError) return null;
    throw error;
  }
}
