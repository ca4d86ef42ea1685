import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LedgerFile } from './ledger-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-ledger-'));
  path = join(folder, 'fleet', 'ledger.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const charge = (round: number) => ({
  roundId: round.toString(16).padStart(32, '0'),
  policyHash: 'ab'.repeat(32),
  rho: 0.125,
  at: 1_750_000_000_000 + round,
  uploadBytes: 226,
});
const everybody = () => true;

test('[FL9] a charge outlives the process, and so does how it was settled', async () => {
  const before = new LedgerFile(path, everybody);
  expect(await before.storeOf('p1').charge(charge(1), 1)).toBe('charged');
  await before.storeOf('p1').settle(charge(1).roundId, { status: 'published', cohort: 27, modelVersion: 2 });
  before.close();
  const after = new LedgerFile(path, everybody);
  const book = await after.storeOf('p1').read();
  expect(book.rhoSpent).toBe(0.125);
  expect(book.rows).toMatchObject([{ status: 'published', cohort: 27, modelVersion: 2 }]);
  expect((await after.storeOf('p2').read()).rows).toEqual([]);
  after.close();
});

test('[FL10] the same round is charged once and the cap holds across restarts', async () => {
  for (let start = 0; start < 3; start += 1) {
    const file = new LedgerFile(path, everybody);
    const store = file.storeOf('p1');
    expect(await store.charge(charge(1), 0.3)).toBe(start === 0 ? 'charged' : 'round-seen');
    file.close();
  }
  const file = new LedgerFile(path, everybody);
  expect(await file.storeOf('p1').charge(charge(2), 0.3)).toBe('charged');
  expect(await file.storeOf('p1').charge(charge(3), 0.3)).toBe('budget-spent');
  file.close();
});

test('[FL11] a line cut off by a kill is left out, now and at the next start, and nothing after it is lost', async () => {
  const first = new LedgerFile(path, everybody);
  await first.storeOf('p1').charge(charge(1), 1);
  first.close();
  appendFileSync(path, readFileSync(path, 'utf8').slice(0, 40));
  const second = new LedgerFile(path, everybody);
  expect((await second.storeOf('p1').read()).rows).toHaveLength(1);
  await second.storeOf('p1').charge(charge(2), 1);
  second.close();
  const third = new LedgerFile(path, everybody);
  expect((await third.storeOf('p1').read()).rows).toHaveLength(2);
  third.close();
});

test('[FL12] a corrupt line stops the fleet, naming file and line', async () => {
  const first = new LedgerFile(path, everybody);
  await first.storeOf('p1').charge(charge(1), 1);
  first.close();
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"person": 3}\n`);
  expect(() => new LedgerFile(path, everybody)).toThrow(/ledger\.jsonl, line 2/);
});

test('[FL13] two threads share the file, each with its own people', async () => {
  const even = new LedgerFile(path, (person) => person === 'p2');
  const odd = new LedgerFile(path, (person) => person === 'p1');
  await even.storeOf('p2').charge(charge(1), 1);
  await odd.storeOf('p1').charge(charge(1), 1);
  even.close();
  odd.close();
  const all = new LedgerFile(path, everybody);
  expect((await all.storeOf('p1').read()).rows).toHaveLength(1);
  expect((await all.storeOf('p2').read()).rows).toHaveLength(1);
  all.close();
});
