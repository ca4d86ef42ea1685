// Builds the WASM core, build/core.wasm, from shared/core/assembly, unless what is there is made from the same sources. The same sources give the
// same bytes, wherever they are built: no paths, no names, no dates go in. Everything that it says goes to standard error.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWhole } from './whole-file.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, 'shared', 'core', 'assembly');
const target = join(root, 'build', 'core.wasm');
/** What the built core was made from. */
const stamp = join(root, 'build', 'core.sources');

const options = [
  'index.ts',
  ['--baseDir', sources],
  ['--config', 'none'],
  ['--outFile', 'core.wasm'],
  // No managed objects: the callers lay out the memory.
  ['--runtime', 'stub'],
  ['--enable', 'simd'],
  // Without static data a module starts with no memory at all, and every view of it would throw.
  ['--initialMemory', '1'],
  // Vectors are handed around inside of the module alone.
  ['--disableWarning', '112'],
  '-O3',
  '--converge',
  '--noAssert',
].flat();

/** SHA-256 over the sources, this script and the lock file, which names the compiler. */
function sourcesHash() {
  const hash = createHash('sha256');
  const files = readdirSync(sources)
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(sources, name));
  for (const file of [...files, fileURLToPath(import.meta.url), join(root, 'package-lock.json')]) {
    const bytes = readFileSync(file);
    hash.update(`${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** Whether the built core is made from the sources as they are. */
export function coreIsBuilt() {
  return existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesHash();
}

/** Builds what is not built. Throws with the compiler's words when it cannot be. */
export async function buildCore() {
  if (coreIsBuilt()) return;
  // Not before: set-up looks at this file when there are no packages yet.
  const { default: asc } = await import('assemblyscript/asc');
  let built = null;
  const { error, stderr } = await asc.main(options, {
    writeFile: (name, contents) => {
      if (name === 'core.wasm') built = contents;
    },
  });
  const said = stderr.toString();
  process.stderr.write(said);
  if (error !== null || built === null) throw new Error(`the WASM core could not be built: ${error?.message ?? said}`);
  mkdirSync(dirname(target), { recursive: true });
  writeWhole(target, built);
  writeWhole(stamp, sourcesHash());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await buildCore();
  } catch (error) {
    process.stderr.write(`tacit: ${error.message}\n`);
    process.exit(1);
  }
}
