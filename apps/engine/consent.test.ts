// Consent over stores that fail and that are slow, over several tabs, and over policies that change. Rules [C*] are the engine's own.
import { describe, expect, test } from 'vitest';
import type { CrowdOverrides } from '#shared/model/crowd.ts';
import { noiseOfPolicy } from '#shared/protocol/policy.ts';
import type { LocalEngine } from './engine.ts';
import type { TabMessage } from './environment.ts';
import type { AgreedConsent, StoredHistory } from './history-store.ts';
import { MemoryHistoryStore } from './memory.ts';
import { StorageError } from './store-database.ts';
import { settled, TestAggregator, TestProfile } from './testing/aggregator.ts';

const sending = { keep: true, train: true, send: true, alone: false };
const trained = { ...sending, send: false };

/** A history store of a profile's that can be made to fail and to wait. */
class HeldStore extends MemoryHistoryStore {
  failsToWrite = false;
  failsToRead = false;
  #held: (() => void)[] = [];
  #holds: 'read' | 'write' | null = null;

  /** From now on this kind of call is under way until `release`: a read with what was there when it began. */
  hold(kind: 'read' | 'write'): void {
    this.#holds = kind;
  }

  /** Those under way stay so; later ones are not held. */
  pass(): void {
    this.#holds = null;
  }

  release(holds: 'read' | 'write' | null = null): void {
    this.#holds = holds;
    for (const go of this.#held.splice(0)) go();
  }

  override async read(): Promise<StoredHistory> {
    if (this.failsToRead) throw new StorageError('terminated', 'no reading');
    const result = await super.read();
    await this.#turn('read');
    return result;
  }

  override async consent(): Promise<AgreedConsent | null> {
    const result = await super.consent();
    await this.#turn('read');
    return result;
  }

  override async setConsent(consent: AgreedConsent): Promise<void> {
    if (this.failsToWrite) throw new StorageError('quota', 'no room');
    await this.#turn('write');
    await super.setConsent(consent);
  }

  override async clear(): Promise<void> {
    if (this.failsToWrite) throw new StorageError('quota', 'no room');
    await super.clear();
  }

  async #turn(kind: 'read' | 'write'): Promise<void> {
    if (this.#holds === kind) await new Promise<void>((resolve) => this.#held.push(resolve));
  }
}

/** A tab that trained and waits in the queue. */
async function joined(aggregator: TestAggregator, profile = new TestProfile(), historyStore = new HeldStore()) {
  const { engine } = await profile.open(aggregator, { historyStore });
  await engine.record('film-1', 'like');
  await engine.setConsent(sending);
  await settled();
  aggregator.open();
  await settled();
  expect(engine.state().participation).toBe('waiting');
  return { engine, profile, historyStore };
}

function connected(aggregator: TestAggregator): boolean {
  return aggregator.transport.connections.some(({ closed }) => !closed);
}

describe('a withdrawal that cannot be stored', () => {
  test.each(['message', 'import', 'undo'] as const)('[C1] is not undone by a read of the stores: %s', async (cause) => {
    const aggregator = new TestAggregator();
    const { engine, profile, historyStore } = await joined(aggregator);
    const other = profile.tabs.open();
    if (cause === 'undo') {
      await engine.erase();
      await engine.setConsent(sending);
    }
    historyStore.failsToWrite = true;
    await expect(engine.setConsent({ send: false })).rejects.toThrow('no room');
    expect(engine.state()).toMatchObject({ consent: trained, withdrawalUnsaved: true, storageFault: 'quota' });
    if (cause === 'message')
      for (const kind of ['history', 'consent', 'erased'] as const) {
        other.announce({ kind });
        await settled();
      }
    if (cause === 'import') await engine.import(await engine.export());
    if (cause === 'undo') await engine.undoErase();
    await settled();
    expect((await historyStore.consent())?.send).toBe(true);
    expect(engine.state().consent.send).toBe(false);
    expect(engine.state().participation).toBe('off');
    expect(connected(aggregator)).toBe(false);
    await engine.close();
  });

  test('[C1] is stored as soon as storing works again', async () => {
    const { engine, profile, historyStore } = await joined(new TestAggregator());
    historyStore.failsToWrite = true;
    await expect(engine.setConsent({ send: false })).rejects.toThrow('no room');
    profile.clock.advance(1_000);
    await settled();
    expect(engine.state().withdrawalUnsaved).toBe(true);
    historyStore.failsToWrite = false;
    profile.clock.advance(60_000);
    await settled();
    expect(await historyStore.consent()).toMatchObject({ train: true, send: false });
    expect(engine.state()).toMatchObject({ consent: trained, withdrawalUnsaved: false, storageFault: null });
    await engine.close();
    expect(profile.clock.pending).toBe(0);
  });

  test('[C1] ends with a grant that is stored, and not with one that is not', async () => {
    const aggregator = new TestAggregator();
    const { engine, historyStore } = await joined(aggregator);
    historyStore.failsToWrite = true;
    await expect(engine.setConsent({ send: false })).rejects.toThrow('no room');
    await expect(engine.setConsent({ send: true })).rejects.toThrow('no room');
    expect(engine.state()).toMatchObject({ consent: trained, withdrawalUnsaved: true });
    historyStore.failsToWrite = false;
    expect(await engine.setConsent({ send: true })).toEqual(sending);
    await settled();
    expect(engine.state()).toMatchObject({ consent: sending, withdrawalUnsaved: false });
    expect(connected(aggregator)).toBe(true);
    await engine.close();
  });

  test('[C1] keeping too: nothing is stored after it was switched off', async () => {
    const profile = new TestProfile();
    const historyStore = new HeldStore();
    const { engine } = await profile.open(new TestAggregator(), { historyStore });
    historyStore.failsToWrite = true;
    await expect(engine.setConsent({ keep: false })).rejects.toThrow('no room');
    await engine.import(await engine.export());
    await engine.record('film-1', 'like');
    expect((await historyStore.read()).rows).toEqual([]);
    await engine.close();
  });

  test('[C1] an erase that fails withdraws as well', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile, historyStore } = await joined(aggregator);
    historyStore.failsToWrite = true;
    await expect(engine.erase()).rejects.toThrow('no room');
    expect(engine.state().withdrawalUnsaved).toBe(true);
    profile.tabs.open().announce({ kind: 'history' });
    await settled();
    expect(engine.state()).toMatchObject({ consent: { train: false, send: false }, withdrawalUnsaved: true });
    expect(connected(aggregator)).toBe(false);
    historyStore.failsToWrite = false;
    profile.clock.advance(1_000);
    await settled();
    expect(await historyStore.consent()).toMatchObject({ train: false, send: false });
    expect(engine.state().withdrawalUnsaved).toBe(false);
    await engine.setConsent({ keep: false });
    await engine.erase();
    // As on a first visit.
    expect(engine.state().consent.keep).toBe(true);
    await engine.close();
  });
});

describe('several tabs', () => {
  test('[C2] a withdrawal is told before it is stored, and obeyed before anything is read', async () => {
    const aggregator = new TestAggregator();
    const profile = new TestProfile();
    const { engine } = await joined(aggregator, profile);
    const historyStore = new HeldStore();
    await historyStore.setConsent({ ...sending, terms: null });
    const { engine: other } = await profile.open(new TestAggregator(), { historyStore });
    const heard: TabMessage[] = [];
    profile.tabs.open().listen((message) => heard.push(message));
    historyStore.failsToWrite = true;
    const withdrawal = other.setConsent({ send: false });
    // Nothing was awaited yet.
    expect(heard).toEqual([{ kind: 'withdrawn', consent: 'send' }]);
    expect(engine.state().consent.send).toBe(false);
    expect(connected(aggregator)).toBe(false);
    await expect(withdrawal).rejects.toThrow('no room');
    await settled();
    // The store of this tab still says that it may send.
    expect(engine.state()).toMatchObject({ consent: trained, withdrawalUnsaved: true });
    for (const tab of [engine, other]) await tab.close();
  });

  test.each(['consent', 'erased'] as const)('[C2] %s, and the store cannot be read: nothing goes on', async (kind) => {
    const aggregator = new TestAggregator();
    const { engine, profile, historyStore } = await joined(aggregator);
    historyStore.failsToRead = true;
    profile.tabs.open().announce({ kind });
    await settled();
    expect(engine.state()).toMatchObject({ consent: { train: false, send: false }, storageFault: 'terminated' });
    expect(engine.state().participation).toBe('off');
    expect(connected(aggregator)).toBe(false);
    if (kind === 'erased') expect(await engine.history()).toEqual([]);
    await engine.close();
  });

  test('[C2] withdrawn and given again in another tab: followed once it is given', async () => {
    const { engine, profile } = await joined(new TestAggregator());
    const other = profile.tabs.open();
    other.announce({ kind: 'withdrawn', consent: 'send' });
    other.announce({ kind: 'consent' });
    await settled();
    expect(engine.state().consent).toEqual(trained);
    other.announce({ kind: 'granted' });
    await settled();
    expect(engine.state()).toMatchObject({ consent: sending, withdrawalUnsaved: false });
    await engine.close();
  });

  test('[C2] switched off and on in one tab: both go by it', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const [{ engine: one }, { engine: other }] = [await profile.open(aggregator), await profile.open(aggregator)];
    await one.setConsent(sending);
    await settled();
    expect(other.state().consent).toEqual(sending);
    await one.setConsent({ send: false, alone: false });
    await one.setConsent({ send: true });
    await settled();
    for (const engine of [one, other])
      expect(engine.state()).toMatchObject({ consent: sending, withdrawalUnsaved: false });
    expect((await profile.historyStore.consent())?.send).toBe(true);
    await one.close();
    await other.close();
  });
});

describe('a slow store', () => {
  test('[C3] a read under way does not bring back what was withdrawn or erased since', async () => {
    for (const act of ['withdraw', 'erase'] as const) {
      const aggregator = new TestAggregator();
      const { engine, profile, historyStore } = await joined(aggregator);
      historyStore.hold('read');
      profile.tabs.open().announce({ kind: 'history' });
      await settled();
      if (act === 'withdraw') await engine.setConsent({ send: false });
      else await engine.erase();
      historyStore.release();
      await settled();
      expect(engine.state().consent.send).toBe(false);
      expect(connected(aggregator)).toBe(false);
      if (act === 'erase') expect(await engine.history()).toEqual([]);
      await engine.close();
    }
  });

  test('[C3] a click while the stores are read stays in the list', async () => {
    const { engine, profile, historyStore } = await joined(new TestAggregator());
    historyStore.hold('read');
    profile.tabs.open().announce({ kind: 'history' });
    await settled();
    await engine.record('film-2', 'like');
    historyStore.release();
    await settled();
    expect((await engine.history()).map(({ itemId }) => itemId).sort()).toEqual(['film-1', 'film-2']);
    await engine.close();
  });

  test.each(['here', 'in another tab', 'by an erase'])(
    '[C3] a grant still being stored when consent is withdrawn %s does not come back',
    async (where) => {
      const aggregator = new TestAggregator();
      const { engine, profile, historyStore } = await joined(aggregator);
      const other = profile.tabs.open();
      await engine.setConsent({ send: false });
      historyStore.hold('write');
      const grant = engine.setConsent({ send: true });
      await settled();
      const withdrawal =
        where === 'here' ? engine.setConsent({ send: false }) : where === 'by an erase' ? engine.erase() : null;
      if (where === 'in another tab') other.announce({ kind: 'withdrawn', consent: 'send' });
      historyStore.release();
      expect((await grant).send).toBe(false);
      await withdrawal;
      other.announce({ kind: 'consent' });
      await settled();
      expect(engine.state()).toMatchObject({ consent: { send: false }, withdrawalUnsaved: false });
      expect((await historyStore.consent())?.send ?? false).toBe(false);
      expect(connected(aggregator)).toBe(false);
      await engine.close();
    },
  );

  test('[C3] a grant that is stored after the withdrawal that came later: read by nobody, and stored over', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile, historyStore } = await joined(aggregator);
    await engine.setConsent({ send: false });
    historyStore.hold('write');
    const grant = engine.setConsent({ send: true });
    await settled();
    historyStore.pass();
    await engine.setConsent({ send: false });
    historyStore.release('write');
    await settled();
    expect((await historyStore.consent())?.send).toBe(true);
    profile.tabs.open().announce({ kind: 'history' });
    await settled();
    expect(engine.state().consent.send).toBe(false);
    expect(connected(aggregator)).toBe(false);
    historyStore.release();
    await grant;
    expect((await historyStore.consent())?.send).toBe(false);
    await engine.close();
  });

  test('[C3] two grants at once are both given', async () => {
    const historyStore = new HeldStore();
    const { engine } = await new TestProfile().open(new TestAggregator(), { historyStore });
    historyStore.hold('write');
    const grants = [engine.setConsent({ train: true }), engine.setConsent({ send: true })];
    await settled();
    expect(engine.state().consent.train).toBe(false);
    historyStore.release();
    await Promise.all(grants);
    expect(engine.state().consent).toEqual(sending);
    await engine.close();
  });
});

describe('the terms that sending was agreed to', () => {
  /** A visit under one policy, and then one under another: what the second says of it. */
  async function visits(
    first: CrowdOverrides,
    then: CrowdOverrides,
    consent: { readonly alone: boolean },
    between: (profile: TestProfile) => Promise<void> = async () => {},
  ): Promise<{ readonly engine: LocalEngine; readonly aggregator: TestAggregator; readonly profile: TestProfile }> {
    const profile = new TestProfile();
    const { engine } = await profile.open(new TestAggregator(undefined, first));
    await engine.record('film-1', 'like');
    await engine.setConsent({ ...sending, ...consent });
    await engine.close();
    await between(profile);
    const aggregator = new TestAggregator(undefined, then);
    const { engine: next } = await profile.open(aggregator);
    await settled();
    return { engine: next, aggregator, profile };
  }

  test('[C4] a policy that costs as much or less is covered; one that costs more, or another mode, is asked about', async () => {
    const rows: readonly (readonly [CrowdOverrides, CrowdOverrides, boolean, string | null])[] = [
      [{ noiseMultiplier: 2 }, { noiseMultiplier: 2 }, false, null],
      [{ noiseMultiplier: 2 }, { noiseMultiplier: 4 }, false, null],
      [{ noiseMultiplier: 4 }, { noiseMultiplier: 3.9 }, false, 'terms-changed'],
      [{ mode: 4, noiseMultiplier: 8 }, { mode: 4, noiseMultiplier: 8 }, true, null],
      [{ mode: 4, noiseMultiplier: 8 }, { mode: 4, noiseMultiplier: 0.7 }, true, 'terms-changed'],
      [{ mode: 4, noiseMultiplier: 8 }, { mode: 1, noiseMultiplier: 8 }, true, 'terms-changed'],
      [{ mode: 1, noiseMultiplier: 8 }, { mode: 4, noiseMultiplier: 8 }, true, 'terms-changed'],
    ];
    for (const [first, then, alone, code] of rows) {
      const { engine, aggregator } = await visits(first, then, { alone });
      const { reason, participation } = engine.state();
      if (code === null) expect(participation, JSON.stringify([first, then])).toBe('waiting');
      else {
        expect(reason, JSON.stringify([first, then])).toEqual({ code });
        aggregator.open();
        await settled();
        expect(aggregator.sent('join')).toEqual([]);
      }
      await engine.close();
    }
  });

  test('[C4] switching off and on agrees to the policy as it is now, and that is stored', async () => {
    const { engine, aggregator, profile } = await visits(
      { noiseMultiplier: 8 },
      { noiseMultiplier: 2 },
      { alone: false },
    );
    expect(engine.state().reason).toEqual({ code: 'terms-changed' });
    // Saying yes again without taking it back changes nothing.
    await engine.setConsent({ send: true });
    expect(engine.state().reason).toEqual({ code: 'terms-changed' });
    await engine.setConsent({ send: false });
    await engine.setConsent({ send: true });
    expect(engine.state().participation).toBe('waiting');
    const { rhoPerParticipation } = noiseOfPolicy(aggregator.policy);
    expect((await profile.historyStore.consent())?.terms).toEqual({ mode: 1, rho: rhoPerParticipation });
    await engine.close();
  });

  test('[C4] consent stored without terms: the first policy seen, where that masks updates; alone was not given', async () => {
    for (const mode of [1, 4] as const) {
      const profile = new TestProfile();
      await profile.historyStore.merge([{ itemId: 'film-1', action: 'like', at: 1 }]);
      await profile.historyStore.setConsent({ ...sending, alone: true, terms: null });
      const aggregator = new TestAggregator(undefined, { mode, noiseMultiplier: 4 });
      const { engine } = await profile.open(aggregator);
      expect(engine.state().consent).toEqual(sending);
      if (mode === 1) expect(engine.state().participation).toBe('waiting');
      else expect(engine.state().reason).toEqual({ code: 'alone-not-allowed' });
      await engine.close();
      const stored = (await profile.historyStore.consent())?.terms;
      expect(stored).toEqual(mode === 1 ? { mode, rho: noiseOfPolicy(aggregator.policy).rhoPerParticipation } : null);
      const { engine: next } = await profile.open(new TestAggregator(undefined, { noiseMultiplier: 3 }));
      // What was adopted once is what was agreed to.
      if (mode === 1) expect(next.state().reason).toEqual({ code: 'terms-changed' });
      else expect(next.state().participation).toBe('waiting');
      await next.close();
    }
  });

  test('[C4] given before any policy is known: the first one that masks updates, and not alone', async () => {
    const profile = new TestProfile();
    const down = { get: () => Promise.reject(new Error('unreachable')) };
    const { engine } = await profile.open(new TestAggregator(), { http: down });
    await engine.record('film-1', 'like');
    expect(await engine.setConsent({ ...sending, alone: true })).toEqual(sending);
    expect(engine.state()).toMatchObject({ consent: sending, policy: null });
    await engine.close();
    const aggregator = new TestAggregator();
    const { engine: next } = await profile.open(aggregator);
    expect(next.state()).toMatchObject({ participation: 'waiting', policy: { hash: aggregator.policyHash } });
    expect(next.state().policy?.policy).toEqual(aggregator.federation);
    await next.close();
  });

  test('[C4] an erase that is undone brings back the terms, and no more', async () => {
    const { engine, profile } = await visits({ noiseMultiplier: 8 }, { noiseMultiplier: 2 }, { alone: false });
    const before = await profile.historyStore.consent();
    await engine.erase();
    await engine.undoErase();
    expect(await profile.historyStore.consent()).toEqual(before);
    expect(engine.state().reason).toEqual({ code: 'terms-changed' });
    await engine.erase();
    await engine.setConsent({ train: false });
    await engine.undoErase();
    expect(engine.state()).toMatchObject({ historyCount: 1, consent: { train: false, send: false } });
    await engine.close();
  });

  test('[C4] simulated participants agree to everything', async () => {
    const aggregator = new TestAggregator(undefined, { mode: 4 });
    const profile = new TestProfile();
    await profile.historyStore.merge([{ itemId: 'film-1', action: 'like', at: 1 }]);
    await profile.historyStore.setConsent({ ...sending, alone: true, terms: null });
    const { engine } = await profile.open(aggregator, { simulated: true });
    expect(engine.state()).toMatchObject({ consent: { alone: true }, participation: 'waiting' });
    await engine.close();
  });
});
