// What the bench's numbers depend on beside the machine: all code that it may run.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** With everything below them but tests. */
const folders = ['apps', 'server', 'shared'];
const files = ['index.html', 'package-lock.json', 'vite.config.ts', 'build/core.wasm'];
const code = /\.(ts|tsx|mjs|css|html)$/;
const test = /\.test\.tsx?$/;

/** @param root of the repository. @returns 16 hex digits */
export function benchCodeVersion(root: string): string {
  const hash = createHash('sha256');
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => join(folder, path))
      .filter((path) => code.test(path) && !test.test(path)),
  );
  for (const path of [...paths.sort(), ...files])
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}
