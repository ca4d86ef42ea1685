import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { InteractionsWriter } from '../cli/import/interactions-store.ts';
import { People } from './people.ts';

const catalogue: Catalogue = {
  name: 'test',
  licence: 'made up',
  items: Array.from({ length: 80 }, (_, row) => ({ id: `i${row}`, title: `Item ${row}`, genres: [`g${row % 4}`] })),
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-people-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An import of `users` people with ten likes each, and one with too few. */
function imported(users: number): string {
  const path = join(folder, 'interactions.db');
  const writer = new InteractionsWriter(path);
  for (const { id } of catalogue.items) writer.addItem(id);
  for (let user = 0; user < users; user += 1) {
    for (let like = 0; like < 10; like += 1) {
      writer.add({ user: `u${user}`, item: `i${(user + 7 * like) % 80}`, action: 'like', at: like + 1 });
    }
  }
  writer.add({ user: 'rare', item: 'i1', action: 'like', at: 1 });
  writer.finish();
  return path;
}

test('[FL20] made-up people are the same for the same seed, and there are always more', () => {
  const make = (seed: number) => new People({ catalogue, interactionsPath: null, population: 10, least: 4, seed });
  expect(make(1)).toMatchObject({ count: 10, imported: 0 });
  expect(make(1).historyOf(3)).toEqual(make(1).historyOf(3));
  expect(make(1).historyOf(3)).not.toEqual(make(2).historyOf(3));
  expect(make(1).historyOf(5_000).length).toBeGreaterThan(5);
  expect(make(1).idOf(3)).toBe('simulated-1-3');
});

test('[FL21] imported people bring their own histories, less what is held out; those with few likes stay away', () => {
  const people = new People({ catalogue, interactionsPath: imported(30), population: 100, least: 10, seed: 1 });
  expect(people).toMatchObject({ count: 30, imported: 30 });
  const ids = Array.from({ length: 30 }, (_, person) => people.idOf(person));
  expect(new Set(ids).size).toBe(30);
  expect(ids).not.toContain('imported-test-rare');
  const history = people.historyOf(ids.indexOf('imported-test-u4'));
  expect(history).toHaveLength(8);
  const own = Array.from({ length: 10 }, (_, like) => `i${(4 + 7 * like) % 80}`);
  for (const row of history) expect(own).toContain(row.itemId);
  people.close();
});

test('[FL22] an import with few people is filled up with made-up ones', () => {
  const people = new People({ catalogue, interactionsPath: imported(3), population: 100, least: 10, seed: 1 });
  expect(people).toMatchObject({ count: 10, imported: 3 });
  expect(people.idOf(2)).toMatch(/^imported-test-u/);
  expect(people.idOf(3)).toBe('simulated-1-3');
  expect(people.historyOf(3).length).toBeGreaterThan(5);
  people.close();
});
