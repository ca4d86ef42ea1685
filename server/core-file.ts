// Reads the built WASM core from the disk: for the server, the fleet and the command line. The one file that knows where it lies.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CoreModule, CoreUnusable } from '#shared/core/module.ts';

/**
 * The core that `npm run build` made: beside this code or above it in the build, in build/ of the project when the source runs. null, and `tell`
 * is told why, where it is missing or cannot be used: the plain twins give the same results, slower.
 */
export function readCore(tell: (reason: string) => void = () => {}): CoreModule | null {
  try {
    return new CoreModule(coreBytes());
  } catch (error) {
    if (!(error instanceof CoreUnusable)) throw error;
    tell(error.message);
    return null;
  }
}

function coreBytes(): Uint8Array | null {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    for (const path of [join(folder, 'core.wasm'), join(folder, 'build', 'core.wasm')]) {
      if (existsSync(path)) return new Uint8Array(readFileSync(path));
    }
    const parent = dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
}
