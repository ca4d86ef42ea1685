import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readDataset } from '../../apps/cli/dataset.ts';
import { codeVersion, dataVersion } from './versions.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-versions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

test('[QL12] code is another when it computes otherwise, down to the modules of modules and the core, and the same for a comment or a type', async () => {
  write('package.json', '{"type":"module","imports":{"#shared/*":"./shared/*"}}');
  const lock = (used: string, other: string) =>
    JSON.stringify({
      packages: { 'node_modules/@a/used': { version: used }, 'node_modules/other': { version: other } },
    });
  write('package-lock.json', lock('1.0.0', '1.0.0'));
  write('build/core.wasm', 'core');
  write('shared/far.ts', 'export const lambda: number = 250;');
  write(
    'apps/cli/evaluate.ts',
    `import { lambda } from '#shared/far.ts';\nimport { one } from '@a/used/deep.js';\nexport const run = () => lambda + one;`,
  );
  write('apps/cli/evaluate-worker.ts', `import { run } from './evaluate.ts';\nconsole.log(run());`);
  write('apps/cli/elsewhere.ts', 'export const a = 1;');
  write('node_modules/@a/used/package.json', '{"name":"@a/used","version":"1.0.0"}');
  write('node_modules/@a/used/deep.js', 'export const one = 1;');
  const first = await codeVersion(folder);
  expect(first).toMatch(/^[0-9a-f]{16}$/);
  expect(await codeVersion(folder)).toBe(first);

  write('shared/far.ts', '// A reason.\nexport const lambda: 250 = 250;\n');
  write('apps/cli/elsewhere.ts', 'export const a = 2;');
  write('package-lock.json', lock('1.0.0', '2.0.0'));
  expect(await codeVersion(folder)).toBe(first);

  const seen = new Set([first]);
  for (const [path, text] of [
    ['shared/far.ts', 'export const lambda = 251;'],
    ['build/core.wasm', 'other core'],
    ['package-lock.json', lock('1.0.1', '2.0.0')],
  ] as const) {
    write(path, text);
    const version = await codeVersion(folder);
    expect(seen, path).not.toContain(version);
    seen.add(version);
  }
});

test('[QL12] data is the same in a folder and in a file, and another with one rating, time or genre changed', async () => {
  const rows = 'user,item,rating,timestamp\na,x,5,1\nb,x,4,2\n';
  write('set/interactions.csv', rows);
  write('set/items.csv', 'id,title,year,genres\nx,X,1999,Drama\n');
  write('alone.csv', rows);
  const versionOf = async (path: string) => dataVersion(await readDataset(join(folder, path)));
  const whole = await versionOf('set');
  expect(await versionOf('set')).toBe(whole);
  write('again/ratings.csv', 'userId,movieId,rating,timestamp\na,x,5,1\nb,x,4,2\n');
  expect(await versionOf('again')).toBe(await versionOf('alone.csv'));
  const seen = new Set([whole, await versionOf('alone.csv')]);
  expect(seen.size).toBe(2);
  for (const [path, text] of [
    ['set/items.csv', 'id,title,year,genres\nx,X,1999,Comedy\n'],
    ['set/interactions.csv', rows.replace('b,x,4', 'b,x,3')],
    ['set/interactions.csv', rows.replace('4,2', '4,3')],
  ] as const) {
    write(path, text);
    const version = await versionOf('set');
    expect(seen, text).not.toContain(version);
    seen.add(version);
  }
});
