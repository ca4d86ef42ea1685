// What the numbers depend on beside the options: the evaluation's code, and the data.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import type { Dataset } from '../../apps/cli/dataset.ts';

/**
 * Hash of everything that `tacit evaluate` runs: what it uses of its modules and theirs, bundled and minified in memory, and the WASM core.
 * Comments, types and what it does not reach make no difference; packages of others do by their version, in package-lock.json.
 */
export async function codeVersion(root: string): Promise<string> {
  const bundle = await build({
    root,
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    build: {
      ssr: true,
      target: 'node20',
      write: false,
      minify: true,
      rolldownOptions: {
        input: { evaluate: 'apps/cli/evaluate.ts', worker: 'apps/cli/evaluate-worker.ts' },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  });
  const parts = (Array.isArray(bundle) ? bundle : [bundle]).flatMap((each) => ('output' in each ? each.output : []));
  const hash = createHash('sha256');
  const packages = new Set<string>();
  for (const part of [...parts].sort((a, b) => (a.fileName < b.fileName ? -1 : 1))) {
    if (part.type !== 'chunk') continue;
    hash.update(`${part.fileName}\0${part.code}\0`);
    const files = parts.map(({ fileName }) => fileName);
    for (const name of part.imports) {
      if (!name.startsWith('node:') && !files.includes(name)) packages.add(packageOf(name));
    }
  }
  const versions = packageVersions(root);
  for (const name of [...packages].sort()) hash.update(`${name} ${versions(name)}\0`);
  hash.update(readFileSync(join(root, 'build', 'core.wasm')));
  return hash.digest('hex').slice(0, 16);
}

/** Such as @noble/hashes for @noble/hashes/sha2.js. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Versions by package-lock.json. */
function packageVersions(root: string): (name: string) => string {
  const lock: unknown = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { packages } = lock as {
    readonly packages?: Readonly<Record<string, { readonly version?: unknown } | undefined>>;
  };
  return (name) => {
    const version = packages?.[`node_modules/${name}`]?.version;
    if (typeof version === 'string') return version;
    throw new RangeError(
      `package-lock.json: expected a version of ${name}, which the evaluation uses, and there is none`,
    );
  };
}

/** Hash of what a data set says, however it is packed. */
export function dataVersion(dataset: Dataset): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([dataset.users, dataset.items, dataset.rated, dataset.rejected]));
  for (const array of [dataset.userOf, dataset.itemOf, dataset.ratings, dataset.times]) {
    if (array !== null) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    hash.update('\0');
  }
  hash.update(JSON.stringify([...dataset.described].sort(([a], [b]) => (a < b ? -1 : 1))));
  return hash.digest('hex').slice(0, 16);
}
