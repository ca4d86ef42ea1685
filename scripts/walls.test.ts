// The walls that keep randomness in its place: the linter's own rules, each seen to fire on a sample, and what the linter cannot see.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

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

/** A folder with the linter's configuration and nothing else but samples. */
let folder: string;
let fired: Map<string, string[]>;

const seeded = [
  `import { experimentRandom } from '#shared/maths/random.ts';`,
  `import { cryptographicRandom, experimentRandom as random } from '../maths/random.ts';`,
  `export { experimentRandom } from '../maths/random.ts';`,
  `import * as sources from '../maths/random.ts';\nexport const noise = sources.experimentRandom('seed');`,
  `import { experimentRandomOfLabel } from '#shared/maths/random.ts';`,
  `import { Xoshiro } from '../simulate/chance.ts';`,
];
const ambient = [
  'export const noise = Math.random();',
  `export const noise = Math['random']();`,
  'const { random } = Math;\nexport const noise = random();',
  'const maths = Math;\nexport const noise = maths.random();',
  'export const noise = globalThis.Math.random();',
  `import * as tf from '@tensorflow/tfjs-core';\nexport const noise = tf.randomNormal([2]);`,
  `import * as tf from '@tensorflow/tfjs-core';\nexport const noise = tf.randomUniform([2]);`,
  `import { truncatedNormal } from '@tensorflow/tfjs-core';\nexport const noise = truncatedNormal([2]);`,
  `import { randomGamma as gamma } from '@tensorflow/tfjs-core';\nexport const noise = gamma([2], 1);`,
  `import { dropout } from '@tensorflow/tfjs-core/dist/ops/dropout.js';\nexport const noise = dropout;`,
];
const clean = [
  `import { cryptographicRandom } from '#shared/maths/random.ts';\nexport const noise = cryptographicRandom();`,
  'export const most = Math.max(1, Math.sqrt(2));',
  '// Math.random and experimentRandom are named in a comment only.\nexport const dropout = 1;',
];
/** Where each rule has to hold. */
const privacyFolders = [
  'shared/privacy',
  'shared/secagg',
  'shared/protocol',
  'apps/engine',
  'apps/engine/trainer',
  'server',
  'server/store',
  'apps/fleet',
];
const allFolders = [...privacyFolders, 'shared/maths', 'shared/model', 'apps/web/parts', 'apps/cli'];

const messages = {
  ambient: 'Randomness comes from a source that is handed in, never from Math.random or tfjs.',
  seeded: 'A seeded generator has no place in privacy code: use the cryptographic source that is handed in.',
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-lint-'));
  cpSync(join(root, 'lint'), join(folder, 'lint'), { recursive: true });
  const { plugins } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as { plugins: unknown };
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ plugins, linter: { rules: { recommended: false } } }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
  };
  for (const place of allFolders) {
    for (const [index, text] of ambient.entries()) write(`${place}/ambient-${index}.ts`, text);
    for (const [index, text] of seeded.entries()) write(`${place}/seeded-${index}.ts`, text);
    for (const [index, text] of clean.entries()) write(`${place}/clean-${index}.ts`, text);
    write(`${place}/sample.test.ts`, [...ambient, ...seeded].join('\n'));
  }
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = [biome, 'lint', '--max-diagnostics=none', '--reporter=json', '.'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { severity: string; message: string; location: { path: string } }[];
  };
  expect(diagnostics.length, stderr).toBeGreaterThan(0);
  fired = new Map();
  for (const { severity, message, location } of diagnostics) {
    if (severity !== 'error') continue;
    const path = location.path.replaceAll('\\', '/');
    fired.set(path, [...(fired.get(path) ?? []), message]);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(allFolders)('[W1] in %s the linter refuses Math.random and random operations of tfjs', (place) => {
  for (const [index, text] of ambient.entries()) {
    expect(fired.get(`${place}/ambient-${index}.ts`) ?? [], text).toContain(messages.ambient);
  }
});

test.each(privacyFolders)('[W2] in %s the linter refuses seeded generators', (place) => {
  for (const [index, text] of seeded.entries()) {
    expect(fired.get(`${place}/seeded-${index}.ts`) ?? [], text).toContain(messages.seeded);
  }
});

test('[W1] [W2] the linter lets through what is allowed: the cryptographic source, other maths, tests, seeds of experiments', () => {
  const refused = [...fired.keys()];
  expect(refused.filter((path) => /clean-|\.test\./.test(path))).toEqual([]);
  expect(refused.filter((path) => path.startsWith('shared/model/seeded-'))).toEqual([]);
});

test('[W2] the exceptions of the linter are those that draw tastes, what the bench measures against, and tests', () => {
  const { plugins } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as {
    plugins: { path: string; includes: string[] }[];
  };
  const exceptions = (name: string) =>
    plugins.find(({ path }) => path.endsWith(name))?.includes.filter((glob) => glob.startsWith('!'));
  expect(exceptions('no-ambient-randomness.grit')).toEqual([
    '!**/apps/bench/rivals/**',
    '!**/*.test.ts',
    '!**/*.test.tsx',
  ]);
  expect(exceptions('no-seeded-randomness.grit')).toEqual([
    '!**/apps/fleet/fleet.ts',
    '!**/apps/fleet/people.ts',
    '!**/testing/**',
    '!**/e2e/**',
    '!**/*.test.ts',
  ]);
});

test('[W2] no comment switches these rules off', () => {
  const found = ['shared', 'server', 'apps'].flatMap((name) => [...sources(name)]);
  expect(found.length).toBeGreaterThan(100);
  expect(found.filter(({ text }) => /biome-ignore(-\w+)? lint(\/plugin|:)/.test(text)).map(({ path }) => path)).toEqual(
    [],
  );
});

/** Every file that is reached from an entry by imports of ours, types left out. */
function reached(entry: string): Set<string> {
  const seen = new Set<string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = readFileSync(join(root, path), 'utf8').replace(/^(import|export) type [\s\S]*?from '[^']+';$/gm, '');
    for (const [, statement, dynamic] of text.matchAll(/(?:from|import) '([^']+)'|import\('([^']+)'\)/g)) {
      const target = statement ?? dynamic ?? '';
      const file = target.startsWith('#shared/')
        ? target.replace('#shared/', 'shared/')
        : target.startsWith('.')
          ? relative(root, join(root, dirname(path), target))
          : null;
      if (file !== null && /\.tsx?$/.test(file)) waiting.push(file);
    }
  }
  return seen;
}

/** What a visitor's browser, a server and its demo are built from. */
const productEntries = [
  'apps/web/main.tsx',
  'apps/engine/worker.ts',
  'server/start.ts',
  'server/gateway.ts',
  'apps/cli/start.ts',
  'apps/fleet/worker.ts',
];

test.each(productEntries)(
  '[W4] nothing of the simulator or the bench is in what %s is built from: no plain sum, no seeded noise, no rival',
  (entry) => {
    const files = reached(entry);
    expect(files.size).toBeGreaterThan(5);
    expect([...files].filter((path) => /^apps\/(simulate|bench)\//.test(path))).toEqual([]);
  },
);

test('[W4] what is built from the simulator does have them, so that the rule above looks at something', () => {
  const files = reached('apps/simulate/worker.ts');
  for (const path of ['apps/simulate/plain-masks.ts', 'apps/simulate/plain-round.ts', 'server/coordinator.ts']) {
    expect(files).toContain(path);
  }
});

test('[W5] nobody but the simulator hands in masks, machines, ids or models of its own', () => {
  const seams = /\b(loadMasking|createMachine|randomBytes|loadPublished|inspects):/;
  const owners = ['apps/engine/environment.ts', 'server/coordinator.ts'];
  const found = ['apps', 'server']
    .flatMap((name) => [...sources(name)])
    .filter(({ path }) => !path.startsWith('apps/simulate/') && !owners.includes(path))
    .filter(({ path, text }) => /^(apps\/(engine|fleet|cli)|server)\//.test(path) && seams.test(text))
    .map(({ path, text }) => `${path}: ${seams.exec(text)?.[0]}`);
  expect(found).toEqual([]);
});

test('[W3] the fleet draws noise from the cryptographic source', () => {
  const person = [...sources('apps/fleet')].find(({ path }) => path.endsWith('person.ts'));
  expect(person?.text).toMatch(/random: cryptographicRandom\(\)/);
});
