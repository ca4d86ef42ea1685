// The engine in one process: the click's path, consent, what a person owns, several tabs. Rules [E*] are the engine's own.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFeatures } from '#shared/model/file.ts';
import { learnerNames } from '#shared/model/model.ts';
import { sha256Hex } from '#shared/protocol/canonical.ts';
import { defaultTuning } from '#shared/ranking/tuning.ts';
import type { Action, EngineState } from './api.ts';
import type { Http } from './environment.ts';
import { HttpError } from './http.ts';
import { ClosedLedgerStore } from './ledger-store.ts';
import { MemoryHistoryStore } from './memory.ts';
import { StorageError } from './store-database.ts';
import { settled, smallCatalogue, TestAggregator, TestProfile } from './testing/aggregator.ts';

const genreOf = (itemId: string): string => smallCatalogue.items.find((item) => item.id === itemId)!.genres[0]!;
const comedies = smallCatalogue.items.filter((item) => item.genres[0] === 'Comedy').map((item) => item.id);

describe('a click', () => {
  test('[E1] before any like the list is popular, and says so', async () => {
    const { engine } = await new TestProfile().open(new TestAggregator());
    const list = await engine.recommend(10);
    expect(list).toHaveLength(10);
    expect(list.every(({ source, reason }) => source === 'popular' && reason.kind === 'popular')).toBe(true);
    const prominence = (itemId: string): number => smallCatalogue.items.find((item) => item.id === itemId)!.prominence!;
    expect(prominence(list[0]!.itemId)).toBe(5);
    await engine.close();
  });

  test('[E1] the first list begins with what is best known, and no genre has it to itself', async () => {
    const { engine } = await new TestProfile().open(new TestAggregator());
    const genres = (await engine.recommend(8)).map(({ itemId }) => genreOf(itemId));
    const most = Math.max(...genres.map((genre) => genres.filter((other) => other === genre).length));
    expect(most).toBeLessThanOrEqual(
      Math.ceil(8 / new Set(smallCatalogue.items.map((item) => item.genres[0])).size) + 1,
    );
    await engine.close();
  });

  test('[E2] the list follows each click at once, with a reason, on this device alone', async () => {
    const { engine } = await new TestProfile().open(new TestAggregator());
    for (const itemId of comedies.slice(0, 6)) await engine.record(itemId, 'like');
    const list = await engine.recommend(6);
    expect(list.filter(({ itemId }) => genreOf(itemId) === 'Comedy').length).toBeGreaterThanOrEqual(4);
    expect(list.every(({ source }) => source === 'on-device')).toBe(true);
    expect(list.every(({ itemId }) => !comedies.slice(0, 6).includes(itemId))).toBe(true);
    expect(list.some(({ reason }) => reason.kind === 'because-liked')).toBe(true);
    expect(engine.state().participation).toBe('off');
    await engine.close();
  });

  test('[E3] with a learned model the source is shared', async () => {
    const aggregator = new TestAggregator();
    aggregator.publish(2);
    const { engine } = await new TestProfile().open(aggregator);
    await engine.record(comedies[0]!, 'like');
    expect((await engine.recommend(3)).every(({ source }) => source === 'shared')).toBe(true);
    expect(engine.state().model?.version).toBe(2);
    await engine.close();
  });

  test('[E4] what is said is stored before the list that follows from it is waited for', async () => {
    const profile = new TestProfile();
    const never: Http = { get: () => new Promise(() => {}) };
    const { engine } = await profile.open(new TestAggregator(), { http: never });
    void engine.recordAndCompare('film-1', 'dislike', 5);
    await settled();
    expect((await profile.historyStore.read()).rows).toMatchObject([{ itemId: 'film-1', action: 'dislike' }]);
    await engine.close();
  });

  test('[E4] where the policy cannot be read, what is said is stored and the first list stays', async () => {
    const aggregator = new TestAggregator();
    aggregator.http.files.set('/v1/policy', new TextEncoder().encode('{"of":"a later version"}'));
    const { engine } = await new TestProfile().open(aggregator);
    await engine.record('film-1', 'like');
    expect(await engine.history()).toMatchObject([{ itemId: 'film-1', action: 'like' }]);
    await engine.record('film-1', null);
    expect(await engine.recommend(3)).toHaveLength(3);
    await engine.close();
  });

  test('[E4] record returns the row before, so that it can be undone, and is newer than it whatever the clock says', async () => {
    const profile = new TestProfile();
    const { engine } = await profile.open(new TestAggregator());
    expect(await engine.record('film-1', 'like')).toBeNull();
    profile.clock.set(profile.clock.now() - 1_000_000);
    const before = await engine.record('film-1', 'dislike');
    expect(before?.action).toBe('like');
    const [row] = await engine.history();
    expect(row!.action).toBe('dislike');
    expect(row!.at).toBeGreaterThan(before!.at);
    expect(await engine.record('film-1', null)).toEqual(row);
    expect(await engine.history()).toEqual([]);
    await engine.close();
  });

  test('[E5] what is recorded is there after a reload, also after the tab was killed', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const { engine: killed } = await profile.open(aggregator);
    await killed.record('film-1', 'like');
    const { engine } = await profile.open(aggregator);
    expect((await engine.history()).map(({ itemId }) => itemId)).toEqual(['film-1']);
    await engine.close();
    await killed.close();
  });

  test('[E6] an item that the catalogue does not have is kept and ranks nothing', async () => {
    const { engine } = await new TestProfile().open(new TestAggregator());
    await engine.record('not-in-this-catalogue', 'like');
    expect((await engine.recommend(1))[0]!.source).toBe('popular');
    expect(await engine.similar('not-in-this-catalogue', 3)).toEqual([]);
    expect((await engine.similar(comedies[0]!, 4)).map(({ itemId }) => genreOf(itemId))).toContain('Comedy');
    await expect(engine.record('\u0000', 'like')).rejects.toThrow(RangeError);
    await expect(engine.record('x'.repeat(129), 'like')).rejects.toThrow(RangeError);
    await expect(engine.recommend(0)).rejects.toThrow(RangeError);
    await engine.close();
  });

  test('[E7] no room: the click is refused in words and the state says why', async () => {
    class FullStore extends MemoryHistoryStore {
      override set(): Promise<never> {
        return Promise.reject(new StorageError('quota', 'no room'));
      }
    }
    const { engine } = await new TestProfile().open(new TestAggregator(), { historyStore: new FullStore() });
    await expect(engine.record('film-1', 'like')).rejects.toThrow('no room');
    expect(engine.state()).toMatchObject({ storageFault: 'quota', storage: 'memory' });
    expect(await engine.history()).toEqual([]);
    await engine.close();
  });
});

describe('consent', () => {
  test('[E8] keep is on, train and send are off, and nothing is connected or trained', async () => {
    const aggregator = new TestAggregator();
    let trainers = 0;
    const createTrainer = async (): Promise<never> => {
      trainers++;
      throw new Error('tfjs before opting in');
    };
    const { engine } = await new TestProfile().open(aggregator, { createTrainer });
    for (const itemId of comedies) await engine.record(itemId, 'like');
    await settled();
    expect(engine.state().consent).toEqual({ keep: true, train: false, send: false, alone: false });
    expect(engine.state().reason).toEqual({ code: 'not-opted-in' });
    expect(aggregator.transport.connections).toHaveLength(0);
    expect(trainers).toBe(0);
    expect(engine.state().backend).toBeNull();
    await engine.close();
  });

  test('[E9] alone needs send, send needs train, train needs keep, for every sequence of switches', async () => {
    const names = ['keep', 'train', 'send', 'alone'] as const;
    const change = fc.record(
      { keep: fc.boolean(), train: fc.boolean(), send: fc.boolean(), alone: fc.boolean() },
      { requiredKeys: [] },
    );
    const { engine } = await new TestProfile().open(new TestAggregator());
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 6 }), async (changes) => {
        for (const one of changes) {
          const consent = await engine.setConsent(one);
          expect(consent.alone && !consent.send).toBe(false);
          expect(consent.send && !consent.train).toBe(false);
          expect(consent.train && !consent.keep).toBe(false);
          for (const name of names) if (one[name] === false) expect(consent[name]).toBe(false);
        }
      }),
      { numRuns: 30 },
    );
    await engine.close();
  });

  test('[E9] sending alone is its own choice, and does not come back with sending', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const { engine } = await profile.open(aggregator);
    expect((await engine.setConsent({ keep: true, train: true, send: true })).alone).toBe(false);
    expect((await engine.setConsent({ alone: true })).alone).toBe(true);
    await engine.setConsent({ send: false });
    expect(await engine.setConsent({ send: true })).toEqual({ keep: true, train: true, send: true, alone: false });
    await engine.setConsent({ alone: true });
    await engine.close();
    const { engine: next } = await profile.open(aggregator);
    expect(next.state().consent.alone).toBe(true);
    await next.close();
  });

  test('[E10] consent is stored, and with keeping off a click is for this session alone', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const { engine } = await profile.open(aggregator);
    await engine.record('film-1', 'like');
    await engine.setConsent({ keep: true, train: true });
    expect(await engine.setConsent({ keep: false })).toEqual({
      keep: false,
      train: false,
      send: false,
      alone: false,
    });
    await engine.record('film-2', 'like');
    expect((await engine.history()).map(({ itemId }) => itemId).sort()).toEqual(['film-1', 'film-2']);
    await engine.close();
    const { engine: next } = await profile.open(aggregator);
    expect(next.state().consent.keep).toBe(false);
    expect((await next.history()).map(({ itemId }) => itemId)).toEqual(['film-1']);
    await next.close();
  });

  test('[E11] training only: trains here, sends nothing, connects to nothing', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const { engine } = await profile.open(aggregator);
    await engine.record('film-1', 'like');
    await engine.setConsent({ train: true });
    await settled();
    profile.clock.advance(2_000);
    await settled();
    expect(engine.state()).toMatchObject({
      participation: 'off',
      reason: { code: 'training-only' },
      backend: 'reference',
    });
    expect(aggregator.transport.connections).toHaveLength(0);
    await engine.close();
  });
});

describe('the published model', () => {
  test('[H1] [H4] what is held is not downloaded again, and what an earlier visit held is not told', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const { engine } = await profile.open(aggregator);
    await engine.record('film-1', 'like');
    await settled();
    await engine.close();
    aggregator.http.requests.length = 0;
    const { engine: next } = await profile.open(aggregator);
    expect(aggregator.http.requests).toEqual(['/v1/status']);
    expect(next.state().model?.version).toBe(1);
    aggregator.publish(2);
    aggregator.http.requests.length = 0;
    const { engine: third } = await profile.open(aggregator);
    expect(aggregator.http.requests).toEqual(['/v1/status', `/v1/models/${aggregator.hash}`]);
    expect(third.state().model?.version).toBe(2);
    await next.close();
    await third.close();
  });

  test('[H1] a corrupt download is tried again, and the model held so far is kept', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const { engine, facts } = await profile.open(aggregator);
    await engine.record('film-1', 'like');
    const held = aggregator.hash;
    aggregator.publish(2);
    aggregator.http.files.delete(`/v1/models/${aggregator.hash}/from/${held}`);
    const path = `/v1/models/${aggregator.hash}`;
    const whole = aggregator.http.files.get(path) as Uint8Array;
    aggregator.http.files.set(path, whole.with(100, whole[100]! ^ 1));
    aggregator.http.requests.length = 0;
    profile.clock.advance(61_000);
    facts.set({ visible: true });
    for (let attempt = 0; attempt < 4; attempt++) {
      await settled();
      profile.clock.advance(300 * 2 ** (attempt + 1));
    }
    await settled();
    expect(aggregator.http.requests.filter((request) => request === path).length).toBeGreaterThanOrEqual(4);
    expect(engine.state().model?.version).toBe(1);
    aggregator.http.files.set(path, whole);
    profile.clock.advance(2_000);
    await settled();
    expect(engine.state().model?.version).toBe(2);
    await engine.close();
  });

  test.each(learnerNames)('features of another shape never replace what works (%s)', async (learner) => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator(smallCatalogue, {}, true, learner);
    const { engine, facts } = await profile.open(aggregator);
    const { items, featureColumns } = aggregator.model.header;
    for (const [version, shape] of [
      [items - 1, featureColumns],
      [items, featureColumns + 1],
    ].entries()) {
      const [rows = 0, columns = 0] = shape;
      const file = encodeFeatures({ items: rows, columns, values: new Float32Array(rows * columns) });
      const featuresHash = sha256Hex(file);
      aggregator.http.files.set(`/v1/features/${featuresHash}`, file);
      aggregator.publish(2 + version, { featuresHash });
      profile.clock.advance(61_000);
      facts.set({ visible: true });
      await settled();
      expect(aggregator.http.requests).toContain(`/v1/features/${featuresHash}`);
      expect(engine.state().model?.version).toBe(1);
    }
    await engine.close();
  });

  test.each(['a delta', 'no delta', 'a delta of other bytes', 'what is no delta'])(
    '[H4] the same bytes whatever way they came: %s',
    async (way) => {
      const profile = new TestProfile();
      const aggregator = new TestAggregator();
      const { engine, facts } = await profile.open(aggregator);
      await engine.record('film-1', 'like');
      await settled();
      const held = aggregator.hash;
      aggregator.publish(2);
      const { hash, http } = aggregator;
      const path = `/v1/models/${hash}/from/${held}`;
      const delta = http.files.get(path) as Uint8Array;
      if (way === 'no delta') http.files.delete(path);
      if (way === 'a delta of other bytes') http.files.set(path, delta.with(100, delta[100]! ^ 1));
      if (way === 'what is no delta') http.files.set(path, delta.slice(1));
      http.requests.length = 0;
      profile.clock.advance(61_000);
      facts.set({ visible: true });
      await settled();
      expect(engine.state().model).toMatchObject({ version: 2, hash });
      expect(http.requests).toEqual(['/v1/status', path, ...(way === 'a delta' ? [] : [`/v1/models/${hash}`])]);
      expect(await profile.cacheStore.get(hash)).toEqual(http.files.get(`/v1/models/${hash}`));
      await engine.close();
    },
  );

  test('[H5] a download that was cut goes on where it was cut', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const path = `/v1/models/${aggregator.hash}`;
    const whole = aggregator.http.files.get(path) as Uint8Array;
    const asked: number[] = [];
    const cut: Http = {
      get: async (wanted, limitBytes, held = new Uint8Array()) => {
        if (wanted !== path) return aggregator.http.get(wanted, limitBytes);
        asked.push(held.length);
        if (asked.length < 3) throw new HttpError('unreachable', 'cut', whole.slice(0, 50 * asked.length));
        return { status: 200, body: whole };
      },
    };
    const { engine } = await profile.open(aggregator, { http: cut });
    profile.clock.advance(2_000);
    await settled();
    profile.clock.advance(2_000);
    await settled();
    expect(asked).toEqual([0, 50, 100]);
    expect(engine.state().model?.hash).toBe(aggregator.hash);
    await engine.close();
  });

  test('[H5] on a slow line a file comes in as many pieces as it takes', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const path = `/v1/models/${aggregator.hash}`;
    const whole = aggregator.http.files.get(path) as Uint8Array;
    const asked: number[] = [];
    const slow: Http = {
      get: async (wanted, limitBytes, held = new Uint8Array()) => {
        if (wanted !== path) return aggregator.http.get(wanted, limitBytes);
        asked.push(held.length);
        if (asked.length < 10) throw new HttpError('unreachable', 'cut', whole.slice(0, held.length + 10));
        return { status: 200, body: whole };
      },
    };
    const { engine } = await profile.open(aggregator, { http: slow });
    for (let turn = 0; turn < 10; turn++) {
      profile.clock.advance(500);
      await settled();
    }
    expect(asked).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(engine.state().model?.hash).toBe(aggregator.hash);
    await engine.close();
  });

  test('[H1] a cached file that rotted is downloaded again', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const { engine } = await profile.open(aggregator);
    await engine.record('film-1', 'like');
    await settled();
    await engine.close();
    await profile.cacheStore.put(aggregator.hash, Uint8Array.of(1, 2, 3));
    aggregator.http.requests.length = 0;
    const { engine: next } = await profile.open(aggregator);
    expect(aggregator.http.requests).toContain(`/v1/models/${aggregator.hash}`);
    expect(next.state().model?.version).toBe(1);
    await next.close();
  });

  test('[E12] offline: starts from the cache; before the server is there: waits for it', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const down = { get: () => Promise.reject(new Error('unreachable')) };
    const { engine: waiting } = await profile.open(aggregator, { http: down });
    expect(waiting.state().model).toBeNull();
    expect(await waiting.recommend(3)).toEqual([]);
    await waiting.close();
    const { engine } = await profile.open(aggregator);
    await engine.record('film-1', 'like');
    await settled();
    await engine.close();
    const { engine: offline } = await profile.open(aggregator, { http: down }, { online: false });
    expect(await offline.recommend(3)).toHaveLength(3);
    expect(offline.state()).toMatchObject({ online: false, model: { version: 1 } });
    await offline.close();
  });

  test('[H2] whatever a profile holds, it downloads the same: ranking asks the server nothing', async () => {
    const aggregator = new TestAggregator();
    aggregator.publish(2);
    const heard: string[][] = [];
    for (const likes of [comedies.slice(0, 3), smallCatalogue.items.slice(20, 40).map(({ id }) => id)]) {
      aggregator.http.requests.length = 0;
      const { engine } = await new TestProfile().open(aggregator);
      for (const itemId of likes) await engine.record(itemId, 'like');
      await settled();
      const downloaded = aggregator.http.requests.length;
      const list = await engine.recommend(10);
      expect(list).toHaveLength(10);
      for (const itemId of likes) expect(await engine.similar(itemId, 5)).toHaveLength(5);
      expect((await engine.evaluateSelf()).likes).toBe(likes.length);
      expect(await engine.explain(list[0]!.itemId)).toMatchObject({ place: 1 });
      expect(await engine.placesWithout(likes[0]!, [list[0]!.itemId])).toHaveLength(1);
      await engine.setTuning({ ...defaultTuning, more: [genreOf(likes[0]!)] });
      expect(await engine.recordAndCompare(likes[0]!, null, 10)).toMatchObject({ remaining: likes.length - 1 });
      await settled();
      expect(aggregator.http.requests).toHaveLength(downloaded);
      heard.push([...aggregator.http.requests]);
      await engine.close();
    }
    expect(heard[0]).toEqual(heard[1]);
    expect(heard[0]).toContain(`/v1/models/${aggregator.hash}`);
    for (const request of heard.flat()) for (const { id } of smallCatalogue.items) expect(request).not.toContain(id);
  });

  test('[E13] an answer that is no model is refused and changes nothing', async () => {
    for (const body of ['{}', 'null', '<html>', JSON.stringify({ model: { version: -1, hash: 'x' } })]) {
      const aggregator = new TestAggregator();
      aggregator.http.files.set('/v1/status', new TextEncoder().encode(body));
      const { engine } = await new TestProfile().open(aggregator);
      expect(engine.state().model).toBeNull();
      await engine.close();
    }
  });
});

describe('what a person owns', () => {
  test('[E14] export and import: an idempotent union, for any histories', async () => {
    const action = fc.constantFrom<Action>('like', 'dislike', 'seen');
    const rows = fc.array(
      fc.record({ itemId: fc.constantFrom('film-1', 'film-2', 'film-3', '\u{1F3AC}', 'שלום'), action, at: fc.nat(9) }),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(rows, rows, async (mine, theirs) => {
        const aggregator = new TestAggregator();
        const [a, b] = [new TestProfile(), new TestProfile()];
        await a.historyStore.merge(mine);
        await b.historyStore.merge(theirs);
        const [{ engine: one }, { engine: other }] = [await a.open(aggregator), await b.open(aggregator)];
        const [fromOne, fromOther] = [await one.export(), await other.export()];
        await one.import(fromOther);
        await other.import(fromOne);
        const sorted = async (engine: typeof one): Promise<string> =>
          JSON.stringify([...(await engine.history())].sort((x, y) => (x.itemId < y.itemId ? -1 : 1)));
        expect(await sorted(one)).toBe(await sorted(other));
        const again = await one.import(fromOther);
        expect(again).toMatchObject({ added: 0, updated: 0, rejected: 0 });
        await one.close();
        await other.close();
      }),
      { numRuns: 10 },
    );
  });

  test('[E15] a file is parsed with limits; the report names row and field', async () => {
    const { engine } = await new TestProfile().open(new TestAggregator());
    for (const [json, message] of [
      ['', 'not JSON'],
      ['[]', 'format'],
      ['null', 'format'],
      ['{"format":"tacit-export","version":9}', 'version'],
      ['{"format":"tacit-export","version":1,"history":{}}', 'history'],
      [`{"format":"tacit-export","version":1,"history":[${'0,'.repeat(100_000)}0]}`, '100000'],
    ] as const)
      await expect(engine.import(json)).rejects.toThrow(message);
    const report = await engine.import(
      JSON.stringify({
        format: 'tacit-export',
        version: 1,
        history: [
          { itemId: 'film-1', action: 'like', at: 5 },
          { itemId: 'film-1', action: 'seen', at: 6 },
          { itemId: 'film-2', action: 'adore', at: 5 },
          { itemId: 'film-3', action: 'like', at: '<script>' },
        ],
        ledger: [{ rho: -5 }],
        accountSince: 1,
      }),
    );
    expect(report).toMatchObject({ added: 1, updated: 0, unchanged: 0, rejected: 2 });
    expect(report.problems[0]).toContain('history row 3: action');
    expect((await engine.history())[0]).toEqual({ itemId: 'film-1', action: 'seen', at: 6 });
    expect(engine.state().epsilonSpent).toBe(0);
    await engine.close();
  });

  test('[L4] the ledger is exported alone, with what it adds up to; nothing that is imported touches it', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const { engine } = await profile.open(aggregator);
    const began = profile.clock.now();
    await engine.record('film-1', 'like');
    const empty = await engine.export();
    const charge = { roundId: 'e'.repeat(32), rho: 0.125, at: began + 5, uploadBytes: 138 };
    await profile.ledgerStore.enter({
      roundId: charge.roundId,
      policyHash: 'a'.repeat(64),
      mode: 4,
      at: began,
      place: null,
    });
    await profile.ledgerStore.charge(charge, 1);
    await profile.ledgerStore.enter({
      roundId: 'f'.repeat(32),
      policyHash: 'a'.repeat(64),
      mode: 1,
      at: began + 9,
      place: null,
    });
    profile.clock.advance(60_000);
    const text = await engine.exportLedger();
    const { epsilonSpent, epsilonCap, delta } = engine.state();
    expect(epsilonSpent).toBeGreaterThan(1);
    expect(JSON.parse(text)).toEqual({
      format: 'tacit-ledger',
      version: 1,
      exportedAt: began + 60_000,
      accountSince: began,
      epsilonSpent,
      epsilonCap,
      delta,
      rhoSpent: 0.125,
      rows: await engine.ledger(),
    });
    expect(await engine.ledger()).toMatchObject([
      { ...charge, mode: 4, status: 'charged' },
      { mode: 1, status: 'entered', rho: 0 },
    ]);
    expect(text).not.toContain('film');

    const before = await profile.ledgerStore.read();
    await engine.import(empty);
    await expect(engine.import(text)).rejects.toThrow('format');
    expect(await profile.ledgerStore.read()).toEqual(before);
    expect(engine.state().accountSince).toBe(began);
    await engine.close();
  });

  test('[E16] erase leaves nothing but the ledger, can be undone for 10 s, and then not', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const { engine } = await profile.open(aggregator);
    await engine.record('film-1', 'like');
    await engine.setConsent({ train: true });
    const roundId = 'f'.repeat(32);
    await profile.ledgerStore.enter({ roundId, policyHash: aggregator.policyHash, mode: 1, at: 1, place: null });
    await profile.ledgerStore.charge({ roundId, rho: 0.125, at: 1, uploadBytes: 1 }, 1);
    await engine.erase();
    await settled();
    const leftovers = async (): Promise<unknown[]> => [
      (await profile.historyStore.read()).rows.length,
      await profile.historyStore.consent(),
      await profile.cacheStore.get('announcement'),
      await profile.cacheStore.get(aggregator.hash),
      await profile.cacheStore.get(aggregator.policyHash),
      (await profile.ledgerStore.read()).rows.length,
    ];
    expect(await leftovers()).toEqual([0, null, null, null, null, 1]);
    expect(engine.state()).toMatchObject({
      historyCount: 0,
      consent: { keep: true, train: false, send: false, alone: false },
      eraseUndoUntil: profile.clock.now() + 10_000,
    });
    profile.clock.advance(9_999);
    await engine.undoErase();
    expect((await engine.history()).map(({ itemId }) => itemId)).toEqual(['film-1']);
    expect(engine.state()).toMatchObject({ consent: { train: true }, eraseUndoUntil: null });

    await engine.erase();
    profile.clock.advance(10_000);
    expect(engine.state().eraseUndoUntil).toBeNull();
    await engine.undoErase();
    expect(await engine.history()).toEqual([]);
    await engine.close();
    // A reload of an empty profile stores nothing either.
    const { engine: next } = await profile.open(aggregator);
    await settled();
    expect(await leftovers()).toEqual([0, null, null, null, null, 1]);
    expect(next.state().model?.version).toBe(1);
    expect(next.state().epsilonSpent).toBeGreaterThan(1);
    await next.close();
  });

  test('[E17] is it better? Leave-one-out over the own likes, with an interval, from 5 likes on', async () => {
    const aggregator = new TestAggregator();
    aggregator.publish(2);
    const { engine } = await new TestProfile().open(aggregator);
    for (const itemId of comedies.slice(0, 4)) await engine.record(itemId, 'like');
    expect(await engine.evaluateSelf()).toMatchObject({ likes: 4, choice: { likes: 3 }, results: null });
    for (const itemId of comedies.slice(4, 9)) await engine.record(itemId, 'like');
    const { likes, choice, results } = await engine.evaluateSelf();
    expect(likes).toBe(9);
    expect(choice).toMatchObject({ likes: 8 });
    expect(results?.map(({ ranking }) => ranking)).toEqual(['shared', 'alone', 'popular']);
    for (const { ndcg10, halfWidth95 } of results!) {
      expect(ndcg10).toBeGreaterThanOrEqual(0);
      expect(ndcg10).toBeLessThanOrEqual(1);
      expect(Number.isFinite(halfWidth95)).toBe(true);
    }
    expect(results![1]!.ndcg10).toBeGreaterThan(results![2]!.ndcg10);
    await engine.close();
  });
});

describe('several tabs', () => {
  test('[E18] a click, a consent and an erase in one tab are seen in the other', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const [{ engine: one }, { engine: other }] = [await profile.open(aggregator), await profile.open(aggregator)];
    await one.record('film-1', 'like');
    await one.setConsent({ train: true });
    await settled();
    expect((await other.history()).map(({ itemId }) => itemId)).toEqual(['film-1']);
    expect(other.state().consent.train).toBe(true);
    await other.erase();
    await settled();
    expect(await one.history()).toEqual([]);
    expect(one.state().consent.train).toBe(false);
    await one.close();
    await other.close();
  });
});

describe('the state', () => {
  test('[E19] is told at once, and then at most 10 times a second', async () => {
    const profile = new TestProfile();
    const { engine } = await profile.open(new TestAggregator());
    profile.clock.advance(1_000);
    const heard: EngineState[] = [];
    const stop = engine.subscribe((state) => heard.push(state));
    expect(heard).toHaveLength(1);
    for (let index = 0; index < 40; index++) await engine.record(`film-${index}`, 'like');
    expect(heard.length).toBeLessThanOrEqual(3);
    profile.clock.advance(100);
    expect(heard.at(-1)!.historyCount).toBe(40);
    const before = heard.length;
    stop();
    await engine.record('film-50', 'like');
    profile.clock.advance(1_000);
    expect(heard).toHaveLength(before);
    await engine.close();
    await engine.close();
    expect(profile.clock.pending).toBe(0);
  });

  test('[L3] an unreadable ledger counts as a full one', async () => {
    const { engine } = await new TestProfile().open(new TestAggregator(), { ledgerStore: new ClosedLedgerStore() });
    await engine.record('film-1', 'like');
    await engine.setConsent({ train: true });
    await engine.setConsent({ send: true });
    await settled();
    expect(engine.state()).toMatchObject({
      participation: 'paused',
      reason: { code: 'storage' },
      epsilonSpent: 8,
      accountSince: null,
    });
    expect(JSON.parse(await engine.exportLedger())).toMatchObject({ accountSince: null, rhoSpent: null, rows: [] });
    await engine.close();
  });
});
