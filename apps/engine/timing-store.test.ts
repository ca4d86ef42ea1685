// The timings that a backend is chosen by: remembered on the device, and gone with an erase.
import 'fake-indexeddb/auto';
import { afterEach, expect, test } from 'vitest';
import { IdbHistoryStore } from './history-store.ts';
import { Database } from './store-database.ts';
import { IdbTimingStore } from './timing-store.ts';

const opened: Database[] = [];
let names = 0;

async function open(train = true) {
  const database = await Database.open(() => {}, `timings-${names++}`);
  opened.push(database);
  const history = new IdbHistoryStore(database);
  await history.setConsent({ keep: true, train, send: false, alone: false, terms: null });
  return {
    database,
    history,
    rows: async () => (await database.transaction(['settings'], 'readonly')).objectStore('settings').getAllKeys(),
  };
}

afterEach(() => {
  for (const database of opened.splice(0)) database.close();
});

const timing = { webgpuMs: 3, processorMs: 40 };

test('what was measured is known at the next visit, the newest of a key, and so many', async () => {
  const { database } = await open();
  const store = new IdbTimingStore(database);
  expect(await store.get('a')).toBeNull();
  await store.put('a', { webgpuMs: 1, processorMs: 1 });
  await store.put('a', timing);
  expect(await new IdbTimingStore(database).get('a')).toEqual(timing);
  for (let i = 0; i < 16; i++) await store.put(`b${i}`, timing);
  expect(await new IdbTimingStore(database).get('a')).toBeNull();
  expect(await new IdbTimingStore(database).get('b0')).toEqual(timing);
});

test('an erase takes it along, and what is measured afterwards is not stored', async () => {
  const { database, history, rows } = await open();
  const store = new IdbTimingStore(database);
  await store.put('a', timing);
  await history.clear();
  expect(await new IdbTimingStore(database).get('a')).toBeNull();
  await store.put('c', timing);
  expect(await rows()).toEqual([]);
  expect(await store.get('c')).toEqual(timing);
});

test('without consent to train nothing is stored', async () => {
  const { database, rows } = await open(false);
  await new IdbTimingStore(database).put('a', timing);
  expect(await rows()).toEqual(['consent']);
});

test.each([
  ['no list', 7],
  ['no pair', [7]],
  ['a key of another kind', [[7, timing]]],
  ['numbers that are none', [['a', { webgpuMs: 'x', processorMs: 1 }]]],
  ['times that cannot be', [['a', { webgpuMs: -1, processorMs: Number.POSITIVE_INFINITY }]]],
])('a row of another making counts for nothing: %s', async (_, value) => {
  const { database } = await open();
  const transaction = await database.transaction(['settings'], 'readwrite');
  await Promise.all([transaction.objectStore('settings').put({ key: 'timings', value }), transaction.done]);
  expect(await new IdbTimingStore(database).get('a')).toBeNull();
});

test('a database that cannot be used is no fault: it is measured again', async () => {
  const { database } = await open();
  const store = new IdbTimingStore(database);
  database.close();
  await store.put('a', timing);
  expect(await store.get('a')).toEqual(timing);
  expect(await store.get('b')).toBeNull();
});
