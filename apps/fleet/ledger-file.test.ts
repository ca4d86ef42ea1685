import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LedgerStore } from '../engine/ledger-store.ts';
import { LedgerFile } from './ledger-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-ledger-'));
  path = join(folder, 'fleet', 'ledger.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const idOf = (round: number): string => round.toString(16).padStart(32, '0');
const charge = (round: number) => ({
  roundId: idOf(round),
  rho: 0.125,
  at: 1_750_000_000_000 + round,
  uploadBytes: 226,
});
const entry = (round: number) => ({
  roundId: idOf(round),
  policyHash: 'ab'.repeat(32),
  mode: 1 as const,
  at: 1_750_000_000_000 + round,
  place: null,
});
const everybody = () => true;

/** A round that is entered and charged. */
async function paid(store: LedgerStore, round: number, rhoCap: number) {
  await store.enter(entry(round));
  return store.charge(charge(round), rhoCap);
}

test('[FL9] a charge outlives the process, and so does how it was settled', async () => {
  const before = new LedgerFile(path, everybody);
  await before.storeOf('p1').begin(1_700_000_000_000);
  expect(await paid(before.storeOf('p1'), 1, 1)).toBe('charged');
  await before.storeOf('p1').settle(charge(1).roundId, { status: 'published', cohort: 27, modelVersion: 2 });
  before.close();
  const after = new LedgerFile(path, everybody);
  const book = await after.storeOf('p1').read();
  expect(book).toMatchObject({ rhoSpent: 0.125, since: 1_700_000_000_000 });
  expect(book.rows).toMatchObject([{ status: 'published', cohort: 27, modelVersion: 2, mode: 1 }]);
  expect((await after.storeOf('p2').read()).rows).toEqual([]);
  after.close();
});

test('[FL10] the same round is entered and charged once and the cap holds across restarts', async () => {
  for (let start = 0; start < 3; start += 1) {
    const file = new LedgerFile(path, everybody);
    const store = file.storeOf('p1');
    expect(await store.enter(entry(1))).toBe(start === 0 ? 'entered' : 'round-seen');
    expect(await store.charge(charge(1), 0.3)).toBe(start === 0 ? 'charged' : 'not-entered');
    file.close();
  }
  const file = new LedgerFile(path, everybody);
  expect(await paid(file.storeOf('p1'), 2, 0.3)).toBe('charged');
  expect(await paid(file.storeOf('p1'), 3, 0.3)).toBe('budget-spent');
  file.close();
});

test('[FL20] somebody who vanished before paying has paid nothing, and is not in that round again', async () => {
  const first = new LedgerFile(path, everybody);
  await first.storeOf('p1').enter(entry(1));
  first.close();
  const second = new LedgerFile(path, everybody);
  const store = second.storeOf('p1');
  expect(await store.enter(entry(1))).toBe('round-seen');
  expect(await store.read()).toMatchObject({ rhoSpent: 0, rows: [{ status: 'entered', rho: 0 }] });
  // Two days later it is forgotten, here and at the next start.
  await store.enter({ ...entry(2), at: entry(1).at + 48 * 3600 * 1000 + 1 });
  second.close();
  const third = new LedgerFile(path, everybody);
  expect((await third.storeOf('p1').read()).rows.map(({ roundId }) => roundId)).toEqual([idOf(2)]);
  third.close();
});

test('[FL21] a file of before rounds were entered is read', async () => {
  mkdirSync(dirname(path), { recursive: true });
  const row = { ...charge(1), policyHash: 'ab'.repeat(32), status: 'charged', cohort: null, modelVersion: null };
  const settlement = { status: 'published', cohort: 24, modelVersion: 2 };
  const lines = [
    { person: 'p1', charge: row, rhoSpent: 0.125 },
    { person: 'p1', settle: row.roundId, settlement },
  ];
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const file = new LedgerFile(path, everybody);
  expect(await file.storeOf('p1').read()).toEqual({
    rhoSpent: 0.125,
    since: row.at,
    rows: [{ ...row, ...settlement, mode: 1, place: null }],
  });
  expect(await paid(file.storeOf('p1'), 2, 1)).toBe('charged');
  expect((await file.storeOf('p1').read()).since).toBe(row.at);
  file.close();
});

test('[FL11] a line cut off by a kill is left out, now and at the next start, and nothing after it is lost', async () => {
  const first = new LedgerFile(path, everybody);
  await paid(first.storeOf('p1'), 1, 1);
  first.close();
  appendFileSync(path, readFileSync(path, 'utf8').slice(0, 40));
  const second = new LedgerFile(path, everybody);
  expect((await second.storeOf('p1').read()).rows).toHaveLength(1);
  await paid(second.storeOf('p1'), 2, 1);
  second.close();
  const third = new LedgerFile(path, everybody);
  expect((await third.storeOf('p1').read()).rows).toHaveLength(2);
  third.close();
});

test('[FL12] a corrupt line stops the fleet, naming file and line', async () => {
  const first = new LedgerFile(path, everybody);
  await paid(first.storeOf('p1'), 1, 1);
  first.close();
  const good = readFileSync(path, 'utf8');
  for (const bad of [
    '{"person": 3}',
    '{"person": "p1", "charge": null, "rhoSpent": 0}',
    '{"person": "p1", "enter": {}}',
  ]) {
    writeFileSync(path, `${good}${bad}\n`);
    expect(() => new LedgerFile(path, everybody)).toThrow(/ledger\.jsonl, line 3/);
  }
});

test('[FL13] two threads share the file, each with its own people', async () => {
  const even = new LedgerFile(path, (person) => person === 'p2');
  const odd = new LedgerFile(path, (person) => person === 'p1');
  await paid(even.storeOf('p2'), 1, 1);
  await paid(odd.storeOf('p1'), 1, 1);
  even.close();
  odd.close();
  const all = new LedgerFile(path, everybody);
  expect((await all.storeOf('p1').read()).rows).toHaveLength(1);
  expect((await all.storeOf('p2').read()).rows).toHaveLength(1);
  all.close();
});
