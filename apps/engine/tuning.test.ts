// What a person asks of their list, in the engine: kept on this device, gone with an erase, taken along, and the same in every tab.
import { describe, expect, test } from 'vitest';
import { defaultTuning, type Tuning } from '#shared/ranking/tuning.ts';
import { MemoryHistoryStore } from './memory.ts';
import { StorageError } from './store-database.ts';
import { settled, TestAggregator, TestProfile } from './testing/aggregator.ts';

const wanted: Tuning = { popularity: -0.5, novelty: 0.3, diversity: 0.4, more: ['Western'], less: ['Horror'] };

describe('the tuning', () => {
  test('[TN1] holds at once, is there after a reload, and the standard one leaves nothing stored', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const { engine } = await profile.open(aggregator);
    expect(engine.state().tuning).toEqual(defaultTuning);
    await engine.record('film-1', 'like');
    const before = await engine.recommend(5);
    await engine.setTuning(wanted);
    expect(engine.state().tuning).toEqual(wanted);
    expect(await engine.recommend(5)).not.toEqual(before);
    await engine.close();
    const { engine: next } = await profile.open(aggregator);
    expect(next.state().tuning).toEqual(wanted);
    await next.setTuning(defaultTuning);
    expect(await profile.historyStore.tuning()).toBeNull();
    expect(await next.recommend(5)).toEqual(before);
    await next.close();
  });

  test('[TN2] is not kept while keeping is off', async () => {
    const profile = new TestProfile();
    const { engine } = await profile.open(new TestAggregator());
    await engine.setConsent({ keep: false });
    await engine.setTuning(wanted);
    expect(engine.state().tuning).toEqual(wanted);
    expect(await profile.historyStore.tuning()).toBeNull();
    expect(JSON.parse(await engine.export()).tuning).toMatchObject(wanted);
    await engine.erase();
    expect(engine.state().tuning).toEqual(defaultTuning);
    await engine.close();
  });

  test('[TN3] goes with an erase, and comes back with its undo', async () => {
    const profile = new TestProfile();
    const { engine } = await profile.open(new TestAggregator());
    await engine.setTuning(wanted);
    await engine.erase();
    expect(await profile.historyStore.tuning()).toBeNull();
    expect(engine.state().tuning).toEqual(defaultTuning);
    await engine.undoErase();
    expect(engine.state().tuning).toEqual(wanted);
    await engine.close();
  });

  test('[TN4] is in the export; of two the later one holds, whichever is imported', async () => {
    const aggregator = new TestAggregator();
    const [older, newer] = [new TestProfile(), new TestProfile()];
    newer.clock.advance(1000);
    const [{ engine: a }, { engine: b }] = [await older.open(aggregator), await newer.open(aggregator)];
    await a.setTuning(wanted);
    await b.setTuning({ ...wanted, novelty: -1 });
    await b.import(await a.export());
    expect(b.state().tuning.novelty).toBe(-1);
    await a.import(await b.export());
    expect(a.state().tuning.novelty).toBe(-1);
    const fresh = (await new TestProfile().open(aggregator)).engine;
    await fresh.import(await a.export());
    expect(fresh.state().tuning.novelty).toBe(-1);
    const senseless = JSON.stringify({ ...JSON.parse(await a.export()), tuning: { ...wanted, novelty: 7, at: 1 } });
    await fresh.import(senseless);
    expect(fresh.state().tuning.novelty).toBe(-1);
    await Promise.all([a.close(), b.close(), fresh.close()]);
  });

  test('[TN5] the other tabs follow', async () => {
    const profile = new TestProfile();
    const aggregator = new TestAggregator();
    const { engine: one } = await profile.open(aggregator);
    const { engine: other } = await profile.open(aggregator);
    await one.setTuning(wanted);
    await settled();
    expect(other.state().tuning).toEqual(wanted);
    await one.close();
    await other.close();
  });

  test('[TN6] is refused when it is none, and holds in this visit where it cannot be stored', async () => {
    class FullStore extends MemoryHistoryStore {
      override setTuning(): Promise<never> {
        return Promise.reject(new StorageError('quota', 'no room'));
      }
    }
    const { engine } = await new TestProfile().open(new TestAggregator(), { historyStore: new FullStore() });
    await expect(engine.setTuning({ ...wanted, diversity: 2 })).rejects.toThrow(TypeError);
    expect(engine.state().tuning).toEqual(defaultTuning);
    await expect(engine.setTuning(wanted)).rejects.toThrow('no room');
    expect(engine.state()).toMatchObject({ tuning: wanted, storageFault: 'quota' });
    await engine.close();
  });
});
