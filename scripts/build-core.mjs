// Builds the WASM core, build/core.wasm, from shared/core/assembly. The same sources give the same bytes, wherever they are built: no paths, no
// names, no dates go in. Everything that it says goes to standard error.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'build', 'core.wasm');

const options = [
  'index.ts',
  ['--baseDir', join(root, 'shared', 'core', 'assembly')],
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

let built = null;
const { error, stderr } = await asc.main(options, {
  writeFile: (name, contents) => {
    if (name === 'core.wasm') built = contents;
  },
});
process.stderr.write(stderr.toString());
if (error !== null || built === null) {
  process.stderr.write(`tacit: the WASM core could not be built: ${error?.message ?? 'asc wrote nothing'}\n`);
  process.exit(1);
}
mkdirSync(dirname(target), { recursive: true });
// Whole or not at all: tests in other processes may be reading it.
const next = `${target}.${process.pid}`;
writeFileSync(next, built);
renameSync(next, target);
