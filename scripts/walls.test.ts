// The walls that the linter cannot see: where randomness may come from, and what the repository's text must not contain.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Source files below a folder, without tests and what only tests use. */
function* sources(folder: string): Generator<{ path: string; text: string }> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!['node_modules', 'e2e', 'testing'].includes(entry.name)) yield* sources(path);
    } else if (/\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name)) {
      yield { path: relative(root, join(root, path)), text: readFileSync(join(root, path), 'utf8') };
    }
  }
}

const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');

test('[W1] Math.random and tfjs random operations are used nowhere', () => {
  const found = ['shared', 'server', 'apps']
    .flatMap((folder) => [...sources(folder)])
    .filter(({ text }) =>
      /\bMath\.random\b|\brandom(Normal|Uniform|Gamma|StandardNormal)\s*\(/.test(withoutComments(text)),
    );
  expect(found.map(({ path }) => path)).toEqual([]);
});

test('[W2] a seeded generator never reaches noise, masks, keys, the device or the server', () => {
  const found = ['shared/privacy', 'shared/protocol', 'apps/engine', 'server']
    .flatMap((folder) => [...sources(folder)])
    .filter(({ text }) => /\bexperimentRandom\b/.test(withoutComments(text)));
  expect(found.map(({ path }) => path)).toEqual([]);
});

test('[W3] the fleet draws noise from the cryptographic source', () => {
  const person = [...sources('apps/fleet')].find(({ path }) => path.endsWith('person.ts'));
  expect(person?.text).toMatch(/random: cryptographicRandom\(\)/);
});
