import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { formatOfImport } from './importable.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-importable-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  movielens: { 'ratings.csv': 'userId,movieId,rating\n1,2,5', 'movies.csv': 'movieId,title,genres\n2,Two,Drama' },
  csv: { 'interactions.csv': 'user,item\na,b' },
  unnamed: { 'interactions.csv': '1,2,5,881250949\n1,3,4,881250950' },
  empty: { 'interactions.csv': 'user,item\n' },
  foreign: { 'a.txt': 'a', 'b.txt': 'b' },
};
for (const [name, contents] of Object.entries(files)) {
  mkdirSync(join(folder, name));
  for (const [file, text] of Object.entries(contents)) writeFileSync(join(folder, name, file), text);
}

test('[IM36] a source is imported as what import itself reads it as, and as nothing where it needs to be told more', async () => {
  const formatOf = (name: string) => formatOfImport(join(folder, name));
  expect(await formatOf('movielens')).toBe('movielens');
  expect(await formatOf('csv')).toBe('csv');
  expect(await formatOf('csv/interactions.csv')).toBe('csv');
  for (const name of ['unnamed', 'empty', 'foreign', 'absent']) expect(await formatOf(name)).toBeNull();
});
