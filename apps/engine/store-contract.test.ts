// One contract for the stores, on IndexedDB and in memory. Rules: PROTOCOL.md 8 ([L1] to [L3]) and the engine's own [HS*] (history store).
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { lifetimeRhoCap } from '#shared/protocol/limits.ts';
import { defaultTuning } from '#shared/ranking/tuning.ts';
import type { Action, HistoryRow, LedgerPlace } from './api.ts';
import { type CacheStore, IdbCacheStore } from './cache-store.ts';
import { type HistoryStore, IdbHistoryStore } from './history-store.ts';
import { type Charge, type Entry, IdbLedgerStore, LedgerError, type LedgerStore } from './ledger-store.ts';
import { MemoryCacheStore, MemoryHistoryStore, MemoryLedgerStore } from './memory.ts';
import { Database } from './store-database.ts';

interface Stores {
  readonly history: HistoryStore;
  readonly ledger: LedgerStore;
  readonly cache: CacheStore;
}

const opened: Database[] = [];
let names = 0;

const implementations: readonly (readonly [string, () => Promise<Stores>])[] = [
  [
    'IndexedDB',
    async () => {
      const database = await Database.open(() => {}, `contract-${names++}`);
      opened.push(database);
      return {
        history: new IdbHistoryStore(database),
        ledger: new IdbLedgerStore(database),
        cache: new IdbCacheStore(database),
      };
    },
  ],
  [
    'memory',
    async () => ({
      history: new MemoryHistoryStore(),
      ledger: new MemoryLedgerStore(),
      cache: new MemoryCacheStore(),
    }),
  ],
];

afterEach(() => {
  for (const database of opened.splice(0)) database.close();
});

const row = (itemId: string, action: Action, at: number): HistoryRow => ({ itemId, action, at });
const idOf = (index: number): string => index.toString(16).padStart(32, '0');
const entry = (index: number, at = 900 + index): Entry => ({
  roundId: idOf(index),
  policyHash: 'a'.repeat(64),
  mode: 1,
  at,
  place: null,
});
const charge = (index: number, rho = 0.125, at = 1000 + index): Charge => ({
  roundId: idOf(index),
  rho,
  at,
  uploadBytes: 256,
});
/** A round that is entered and charged. */
async function paid(ledger: LedgerStore, one: Charge, rhoCap: number) {
  await ledger.enter({ ...entry(0), roundId: one.roundId, at: one.at });
  return ledger.charge(one, rhoCap);
}
const hoursMs = 3600 * 1000;

describe.each(implementations)('%s', (_name, open) => {
  test('[HS1] set returns the row before, and null removes', async () => {
    const { history } = await open();
    expect(await history.set('a', row('a', 'like', 5))).toBeNull();
    expect(await history.set('a', row('a', 'seen', 4))).toEqual(row('a', 'like', 5));
    expect((await history.read()).rows).toEqual([row('a', 'seen', 4)]);
    expect(await history.set('a', null)).toEqual(row('a', 'seen', 4));
    expect((await history.read()).rows).toEqual([]);
  });

  test('[HS2] merge is an idempotent, commutative union in which the newest row of an item wins', async () => {
    const rows = fc.array(
      fc.record({
        itemId: fc.constantFrom('a', 'b', 'c', 'd'),
        action: fc.constantFrom<Action>('like', 'dislike', 'seen'),
        at: fc.integer({ min: 0, max: 5 }),
      }),
      { maxLength: 8 },
    );
    const sorted = async (history: HistoryStore): Promise<readonly HistoryRow[]> =>
      [...(await history.read()).rows].sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
    await fc.assert(
      fc.asyncProperty(rows, rows, async (first, second) => {
        const [one, other] = [(await open()).history, (await open()).history];
        await one.merge(first);
        await one.merge(second);
        const union = await sorted(one);
        expect(await one.merge(first)).not.toContain('updated');
        expect(await one.merge([...second, ...first])).toEqual([...second, ...first].map(() => 'unchanged'));
        expect(await sorted(one)).toEqual(union);
        await other.merge(second);
        await other.merge(first);
        expect(await sorted(other)).toEqual(union);
        for (const { itemId, at } of [...first, ...second])
          expect(union.find((kept) => kept.itemId === itemId)!.at).toBeGreaterThanOrEqual(at);
      }),
      { numRuns: 25 },
    );
  });

  test('[HS3] consent is kept, and clear leaves neither rows nor consent', async () => {
    const { history } = await open();
    expect(await history.consent()).toBeNull();
    const terms = { mode: 4, rho: 0.5 } as const;
    await history.setConsent({ keep: true, train: true, send: true, alone: true, terms });
    expect(await history.consent()).toEqual({ keep: true, train: true, send: true, alone: true, terms });
    await history.setConsent({ keep: true, train: true, send: false, alone: true, terms });
    expect(await history.consent()).toEqual({ keep: true, train: true, send: false, alone: false, terms: null });
    await history.set('a', row('a', 'like', 1));
    await history.clear();
    expect(await history.consent()).toBeNull();
    expect((await history.read()).rows).toEqual([]);
  });

  test('[HS7] a tuning is kept with its time, null removes it, and so does clear', async () => {
    const { history } = await open();
    const tuning = { ...defaultTuning, more: ['Comedy'], at: 5 };
    expect(await history.tuning()).toBeNull();
    await history.setTuning(tuning);
    expect(await history.tuning()).toEqual(tuning);
    await history.setTuning(null);
    expect(await history.tuning()).toBeNull();
    await history.setTuning(tuning);
    await history.clear();
    expect(await history.tuning()).toBeNull();
  });

  test('[HS4] newest first', async () => {
    const { history } = await open();
    await history.merge([row('a', 'like', 1), row('b', 'like', 3), row('c', 'like', 2)]);
    expect((await history.read()).rows.map(({ itemId }) => itemId)).toEqual(['b', 'c', 'a']);
  });

  test('[L2] a round is entered once, and costs nothing yet', async () => {
    const { ledger } = await open();
    expect(await ledger.enter(entry(1))).toBe('entered');
    expect(await ledger.enter(entry(1))).toBe('round-seen');
    const book = await ledger.read();
    expect(book).toEqual({
      rhoSpent: 0,
      since: 901,
      rows: [{ ...entry(1), rho: 0, status: 'entered', uploadBytes: 0, cohort: null, modelVersion: null }],
    });
  });

  test('[L2] two tabs that enter one round at once: one of them is in it', async () => {
    const { ledger } = await open();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => ledger.enter(entry(1))));
    expect(outcomes.filter((outcome) => outcome === 'entered')).toHaveLength(1);
    expect((await ledger.read()).rows).toHaveLength(1);
  });

  test('[L2] only a round that was entered, and was not given up, is charged, and once', async () => {
    const { ledger } = await open();
    expect(await ledger.charge(charge(1), 1)).toBe('not-entered');
    await ledger.enter(entry(1));
    await ledger.enter(entry(2));
    await ledger.settle(idOf(2), { status: 'aborted', cohort: null, modelVersion: null });
    expect(await ledger.charge(charge(2), 1)).toBe('not-entered');
    expect(await ledger.charge(charge(1), 1)).toBe('charged');
    expect(await ledger.charge(charge(1), 1)).toBe('not-entered');
    expect((await ledger.read()).rhoSpent).toBe(0.125);
  });

  test('[L2] a charge is there when it resolves, and is never given back', async () => {
    const { ledger } = await open();
    expect(await paid(ledger, charge(1), 1)).toBe('charged');
    for (const status of ['sent', 'published', 'aborted'] as const) {
      await ledger.settle(idOf(1), { status, cohort: null, modelVersion: null });
      expect(await ledger.enter(entry(1))).toBe('round-seen');
      const book = await ledger.read();
      expect(book.rhoSpent).toBe(0.125);
      expect(book.rows).toEqual([{ ...entry(1), ...charge(1), mode: 1, status, cohort: null, modelVersion: null }]);
    }
  });

  test('[L2] a round that was never charged can only have been given up', async () => {
    const { ledger } = await open();
    await ledger.enter(entry(1));
    await ledger.settle(idOf(1), { status: 'published', cohort: 24, modelVersion: 2 });
    expect((await ledger.read()).rows).toMatchObject([{ status: 'aborted', rho: 0, cohort: null }]);
    await ledger.settle(idOf(2), { status: 'published', cohort: 24, modelVersion: 2 });
    expect((await ledger.read()).rows).toHaveLength(1);
  });

  test('[L2] rounds that cost nothing are forgotten after two days, those that cost something never', async () => {
    const { ledger } = await open();
    const start = 1_750_000_000_000;
    await paid(ledger, charge(1, 0.125, start), 1);
    await ledger.enter(entry(2, start));
    await ledger.enter(entry(3, start + 1));
    await ledger.settle(idOf(3), { status: 'aborted', cohort: null, modelVersion: null });
    // A clock that goes back forgets nothing.
    await ledger.enter(entry(4, start - 1000 * hoursMs));
    expect((await ledger.read()).rows).toHaveLength(4);
    await ledger.enter(entry(5, start + 1 + 48 * hoursMs));
    expect((await ledger.read()).rows.map(({ roundId }) => roundId)).toEqual([idOf(1), idOf(3), idOf(5)]);
    expect((await ledger.read()).rhoSpent).toBe(0.125);
  });

  test('[L6] a phase of an epoch of a federation is charged once; rounds of it that cost nothing do not count, and a phase without end never', async () => {
    const { ledger } = await open();
    const place = { federation: 'f0'.repeat(16), epoch: 3, phase: 1 };
    const enter = (index: number, where: LedgerPlace | null) => ledger.enter({ ...entry(index), place: where });
    expect(await enter(1, place)).toBe('entered');
    await ledger.settle(idOf(1), { status: 'aborted', cohort: null, modelVersion: null });
    // Two rounds of one phase at once: the first charge decides.
    expect(await enter(2, place)).toBe('entered');
    expect(await enter(3, place)).toBe('entered');
    expect(await ledger.charge(charge(3), 1)).toBe('charged');
    expect(await ledger.charge(charge(2), 1)).toBe('phase-done');
    expect(await enter(4, { ...place })).toBe('phase-done');
    expect((await ledger.read()).rhoSpent).toBe(0.125);
    const others = [
      { ...place, epoch: 4 },
      { ...place, phase: 0 },
      { ...place, federation: 'f1'.repeat(16) },
      null,
      null,
    ];
    for (const [index, other] of others.entries()) {
      expect(await enter(10 + index, other)).toBe('entered');
      expect(await ledger.charge(charge(10 + index, 0.01), 1)).toBe('charged');
    }
    expect((await ledger.read()).rows.find(({ roundId }) => roundId === idOf(3))).toMatchObject({ place });
  });

  test('[L6] a place that is none is refused as our mistake', async () => {
    const { ledger } = await open();
    const place = { federation: 'f0'.repeat(16), epoch: 1, phase: 0 };
    for (const wrong of [{ federation: 'f0' }, { epoch: 0 }, { epoch: 1.5 }, { phase: -1 }, { phase: 8 }])
      await expect(ledger.enter({ ...entry(1), place: { ...place, ...wrong } })).rejects.toThrow(RangeError);
    expect((await ledger.read()).rows).toEqual([]);
  });

  test('[L4] an account begins once, at its first opening', async () => {
    const { ledger } = await open();
    expect(await ledger.read()).toEqual({ rhoSpent: 0, rows: [], since: null });
    await ledger.begin(500);
    await ledger.begin(700);
    expect(await ledger.read()).toEqual({ rhoSpent: 0, rows: [], since: 500 });
    await paid(ledger, charge(1), 1);
    await ledger.begin(100);
    expect((await ledger.read()).since).toBe(500);
  });

  test('[L3] the cap holds over all policies and modes: 8 participations at z = 2 and not a ninth', async () => {
    const { ledger } = await open();
    for (let index = 0; index < 9; index++) {
      const policyHash = (index % 2 === 0 ? 'a' : 'b').repeat(64);
      await ledger.enter({ ...entry(index), policyHash, mode: index % 3 === 0 ? 4 : 1 });
      expect(await ledger.charge(charge(index), lifetimeRhoCap)).toBe(index < 8 ? 'charged' : 'budget-spent');
    }
    expect((await ledger.read()).rhoSpent).toBe(1);
  });

  test('[L3] a cap that a caller sets too high is the compiled-in one', async () => {
    const { ledger } = await open();
    expect(await paid(ledger, charge(1, 1), 1000)).toBe('charged');
    expect(await paid(ledger, charge(2, 0.06), 1000)).toBe('budget-spent');
    expect(await paid(ledger, charge(3, 7), 1000)).toBe('budget-spent');
  });

  test('[L3] a clock that goes back never under-counts', async () => {
    const { ledger } = await open();
    await paid(ledger, charge(1, 0.5, 2_000_000_000_000), 1);
    await paid(ledger, charge(2, 0.5, 1_000), 1);
    expect(await paid(ledger, charge(3, 0.5, 0), 1)).toBe('budget-spent');
  });

  test('[L3] whatever the order of charges, the sum stays at or below the cap', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 1e-4, max: 1.5, noNaN: true }), { maxLength: 12 }),
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        async (rhos, cap) => {
          const { ledger } = await open();
          let spent = 0;
          for (const [index, rho] of rhos.entries())
            if ((await paid(ledger, charge(index, rho), cap)) === 'charged') spent += rho;
          expect(spent).toBeLessThanOrEqual(Math.min(cap, lifetimeRhoCap));
          expect((await ledger.read()).rhoSpent).toBe(spent);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('[L3] two tabs that charge at once do not pass the cap together', async () => {
    const { ledger } = await open();
    const outcomes = await Promise.all(Array.from({ length: 12 }, (_, index) => paid(ledger, charge(index), 1)));
    expect(outcomes.filter((outcome) => outcome === 'charged')).toHaveLength(8);
  });

  test('an entry or a charge that is none is refused as our mistake', async () => {
    const { ledger } = await open();
    await ledger.enter(entry(1));
    for (const rho of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      await expect(ledger.charge(charge(1, rho), 1)).rejects.toThrow(RangeError);
    await expect(ledger.charge({ ...charge(1), roundId: 'total' }, 1)).rejects.toThrow(RangeError);
    await expect(ledger.charge(charge(1), Number.NaN)).rejects.toThrow(RangeError);
    for (const wrong of [{ roundId: 'total' }, { policyHash: 'x' }, { at: -1 }, { mode: 0 }] as unknown as Entry[])
      await expect(ledger.enter({ ...entry(2), ...wrong })).rejects.toThrow(RangeError);
    expect((await ledger.read()).rhoSpent).toBe(0);
    expect((await ledger.read()).rows).toHaveLength(1);
  });

  test('the cache gives back what was put, and keeps only what it is told to', async () => {
    const { cache } = await open();
    expect(await cache.get('a')).toBeNull();
    await cache.put('a', Uint8Array.of(1, 2));
    await cache.put('b', Uint8Array.of(3));
    await cache.keepOnly(['b', 'c']);
    expect(await cache.get('a')).toBeNull();
    expect(await cache.get('b')).toEqual(Uint8Array.of(3));
    await cache.clear();
    expect(await cache.get('b')).toBeNull();
  });
});

describe('what is found in IndexedDB', () => {
  const databases = async (): Promise<{ database: Database; name: string }> => {
    const name = `contract-${names++}`;
    const database = await Database.open(() => {}, name);
    opened.push(database);
    return { database, name };
  };
  const putRaw = async (
    database: Database,
    store: 'history' | 'ledger' | 'settings',
    value: unknown,
  ): Promise<void> => {
    const transaction = await database.transaction([store], 'readwrite');
    await Promise.all([transaction.objectStore(store).put(value), transaction.done]);
  };

  test('a broken history row is counted, used for nothing, and left where it is', async () => {
    const { database } = await databases();
    const history = new IdbHistoryStore(database);
    await history.set('good', row('good', 'like', 1));
    for (const broken of [
      { itemId: 'no-action', at: 1 },
      { itemId: 'bad-action', action: 'love', at: 1 },
      { itemId: 'no-time', action: 'like', at: Number.NaN },
      { itemId: 'far', action: 'like', at: 1e18 },
      { itemId: 'x'.repeat(200), action: 'like', at: 1 },
      { itemId: 'ctl\u0000', action: 'like', at: 1 },
    ])
      await putRaw(database, 'history', broken);
    expect(await history.read()).toEqual({ rows: [row('good', 'like', 1)], rejected: 6 });
    await putRaw(database, 'settings', { key: 'consent', value: { keep: 'yes', train: true, send: true } });
    expect(await history.consent()).toBeNull();
    await putRaw(database, 'settings', { key: 'consent', value: { keep: false, train: true, send: true } });
    expect(await history.consent()).toMatchObject({ keep: false, train: false, send: false, alone: false });
    for (const terms of [7, { mode: 0, rho: 1 }, { mode: 1, rho: 0 }, { mode: 1, rho: Number.POSITIVE_INFINITY }]) {
      await putRaw(database, 'settings', { key: 'consent', value: { keep: true, train: true, send: true, terms } });
      expect(await history.consent()).toMatchObject({ send: true, terms: null });
    }
    for (const value of [7, defaultTuning, { ...defaultTuning, novelty: 3, at: 1 }, { ...defaultTuning, at: -1 }]) {
      await putRaw(database, 'settings', { key: 'tuning', value });
      expect(await history.tuning()).toBeNull();
    }
    // As a version without `alone` stored it.
    await putRaw(database, 'settings', { key: 'consent', value: { keep: true, train: true, send: true } });
    expect(await history.consent()).toEqual({ keep: true, train: true, send: true, alone: false, terms: null });
  });

  const stored = { ...entry(9), ...charge(9), status: 'charged', cohort: null, modelVersion: null };

  test.each([
    ['a row without rho', { roundId: 'f'.repeat(32), at: 1 }],
    ['a negative rho', { ...stored, rho: -1 }],
    ['a row that was charged nothing', { ...stored, rho: 0 }],
    ['an entered row that was charged', { ...stored, status: 'entered' }],
    ['a mode that is none', { ...stored, mode: 0 }],
    ['a total that is too small', { roundId: 'total', rhoSpent: 0.01, since: 1 }],
    ['a total that is no number', { roundId: 'total', rhoSpent: 'none', since: 1 }],
    ['a beginning that is none', { roundId: 'total', rhoSpent: 0.125, since: 'long ago' }],
    ['a row that the total lacks', stored],
  ])('[L3] %s closes the ledger', async (_what, value) => {
    const { database } = await databases();
    const ledger = new IdbLedgerStore(database);
    await paid(ledger, charge(1), 1);
    await ledger.enter(entry(2));
    await putRaw(database, 'ledger', value);
    await expect(ledger.read()).rejects.toThrow(LedgerError);
    await expect(ledger.enter(entry(3))).rejects.toThrow(LedgerError);
    await expect(ledger.charge(charge(2), 1)).rejects.toThrow(LedgerError);
    await expect(ledger.begin(1)).rejects.toThrow(LedgerError);
  });

  test('[L3] rows without their total close the ledger', async () => {
    const { database } = await databases();
    const ledger = new IdbLedgerStore(database);
    await paid(ledger, charge(1), 1);
    const transaction = await database.transaction(['ledger'], 'readwrite');
    await Promise.all([transaction.objectStore('ledger').delete('total'), transaction.done]);
    await expect(ledger.enter(entry(2))).rejects.toThrow(LedgerError);
  });

  test('[L4] a ledger of before there were modes and beginnings: among others, and as old as its oldest row', async () => {
    const { database } = await databases();
    const { mode: _none, ...old } = { ...stored, status: 'published', cohort: 24, modelVersion: 2 };
    await putRaw(database, 'ledger', { ...old, roundId: idOf(1), at: 7_000 });
    await putRaw(database, 'ledger', { ...old, roundId: idOf(2), at: 5_000 });
    await putRaw(database, 'ledger', { roundId: 'total', rhoSpent: 0.25 });
    const ledger = new IdbLedgerStore(database);
    await ledger.begin(9_000);
    const book = await ledger.read();
    expect(book).toMatchObject({ rhoSpent: 0.25, since: 5_000 });
    expect(book.rows.map(({ mode, status }) => `${mode} ${status}`)).toEqual(['1 published', '1 published']);
    expect(await paid(ledger, charge(3, 0.125, 9_100), 1)).toBe('charged');
    expect(await ledger.read()).toMatchObject({ rhoSpent: 0.375, since: 5_000 });
  });

  test('a database of version 1 is brought to the current version with nothing lost', async () => {
    const name = `contract-${names++}`;
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('history', { keyPath: 'itemId' }).put(row('old', 'like', 7));
        request.result.createObjectStore('settings', { keyPath: 'key' }).put({
          key: 'consent',
          value: { keep: true, train: true, send: true },
        });
        const ledger = request.result.createObjectStore('ledger', { keyPath: 'roundId' });
        const { policyHash } = entry(1);
        ledger.put({ ...charge(1), policyHash, status: 'published', cohort: 24, modelVersion: 2 });
        ledger.put({ roundId: 'total', rhoSpent: 0.125 });
      };
      request.onsuccess = () => {
        request.result.close();
        resolve();
      };
      request.onerror = () => reject(request.error);
    });
    const database = await Database.open(() => {}, name);
    opened.push(database);
    const history = new IdbHistoryStore(database);
    expect((await history.read()).rows).toEqual([row('old', 'like', 7)]);
    expect(await history.consent()).toEqual({ keep: true, train: true, send: true, alone: false, terms: null });
    expect((await new IdbLedgerStore(database).read()).rhoSpent).toBe(0.125);
    const cache = new IdbCacheStore(database);
    await cache.put('h', Uint8Array.of(1));
    expect(await cache.get('h')).toEqual(Uint8Array.of(1));
  });

  test('a newer database is not touched, and the error says to reload', async () => {
    const name = `contract-${names++}`;
    await new Promise<void>((resolve) => {
      const request = indexedDB.open(name, 99);
      request.onsuccess = () => {
        request.result.close();
        resolve();
      };
    });
    await expect(Database.open(() => {}, name)).rejects.toMatchObject({ code: 'blocked' });
  });

  test('a tab that holds an older version is waited for and named', async () => {
    const name = `contract-${names++}`;
    const faults: string[] = [];
    const old = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        for (const store of ['history', 'settings', 'ledger']) request.result.createObjectStore(store);
      };
      request.onsuccess = () => resolve(request.result);
    });
    const heard = new Promise<void>((resolve) => {
      void Database.open((fault) => {
        faults.push(fault);
        old.close();
        resolve();
      }, name).then((database) => opened.push(database));
    });
    await heard;
    expect(faults).toEqual(['blocked']);
  });

  test('a connection that was closed under it is opened again', async () => {
    const { database, name } = await databases();
    const history = new IdbHistoryStore(database);
    await history.set('a', row('a', 'like', 1));
    // Another tab asks for a newer version: ours gives way, and when that tab failed to upgrade, ours works on.
    await new Promise<void>((resolve) => {
      const request = indexedDB.open(name, 3);
      request.onupgradeneeded = () => request.transaction?.abort();
      request.onerror = (event) => {
        event.preventDefault();
        resolve();
      };
    });
    expect((await history.read()).rows).toEqual([row('a', 'like', 1)]);
  });
});
