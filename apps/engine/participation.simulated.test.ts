// What a process with many simulated participants hands to their engines, and what an engine of a person refuses.

import { expect, test } from 'vitest';
import { sha256Hex } from '#shared/protocol/canonical.ts';
import type { Announced } from './federation-client.ts';
import { type Masking, resumeBytes, roundCore, startMasks } from './masking.ts';
import { MemoryCacheStore, MemoryLedgerStore } from './memory.ts';
import { type Published, PublishedModels } from './published.ts';
import { settled, TestAggregator, TestProfile } from './testing/aggregator.ts';

/** Masks that note when they were asked for; otherwise those of the build. */
function noted(): { readonly masking: Masking; readonly asked: string[] } {
  const asked: string[] = [];
  const masking: Masking = {
    resumeBytes,
    roundCore: (core) => {
      const rounds = roundCore(core);
      return {
        ...rounds,
        encodeUpdate: (...parts) => {
          asked.push('encode');
          return rounds.encodeUpdate(...parts);
        },
      };
    },
    startMasks: (...parts) => {
      asked.push('masks');
      return startMasks(...parts);
    },
  };
  return { masking, asked };
}

async function joined(changes: Parameters<TestProfile['open']>[1]) {
  const aggregator = new TestAggregator();
  const profile = new TestProfile();
  const { engine } = await profile.open(aggregator, changes);
  for (let index = 0; index < 8; index++) await engine.record(`film-${4 * index}`, 'like');
  await engine.setConsent({ keep: true, train: true, send: true });
  await settled();
  aggregator.open();
  await settled();
  return { aggregator, profile, engine };
}

test('[W4] masks of somebody else are refused by an engine that is not a simulated participant', async () => {
  const loadMasking = async () => noted().masking;
  const aggregator = new TestAggregator();
  await expect(new TestProfile().open(aggregator, { loadMasking })).rejects.toThrow(/simulated participants/);
  await expect(new TestProfile().open(aggregator, { loadMasking, simulated: false })).rejects.toThrow(TypeError);
});

test('a simulated participant takes the masks that it is handed, and the ledger is charged as ever', async () => {
  const { masking, asked } = noted();
  const { aggregator, profile, engine } = await joined({ simulated: true, loadMasking: async () => masking });
  const round = aggregator.round(profile.clock);
  await round.until(null);
  await aggregator.end(round);
  expect(asked).toEqual(['encode', 'masks']);
  expect(await engine.ledger()).toMatchObject([{ status: 'published' }]);
  expect(engine.state().epsilonSpent).toBeGreaterThan(0);
  await engine.close();
});

test('where nobody looks, an upload leaves no vectors behind, and all else is noted', async () => {
  const { aggregator, profile, engine } = await joined({ simulated: true, inspects: false });
  const round = aggregator.round(profile.clock);
  await round.until(null);
  await aggregator.end(round);
  const inspection = await engine.inspectLastUpload();
  expect(inspection).toMatchObject({ sent: 'among-others', roundId: round.roundId });
  const { raw, clipped, rotated, rounded, noised, masked } = inspection!;
  for (const values of [raw, clipped, rotated, rounded, noised]) expect(values).toHaveLength(0);
  expect(masked).toBeNull();
  expect(inspection!.messages.map(({ kind }) => kind)).toContain('masked');
  expect(await engine.ledger()).toMatchObject([{ status: 'published' }]);
  await engine.close();
});

test('models that were put together elsewhere are taken as they are, without a download', async () => {
  const first = await joined({});
  const aggregator = new TestAggregator();
  let made: Published | null = null;
  const other = new TestProfile();
  const asked: Announced[] = [];
  const { engine } = await other.open(aggregator, {
    loadPublished: async (announced) => {
      asked.push(announced);
      const elsewhere = new PublishedModels(
        first.aggregator.http,
        new MemoryCacheStore(),
        other.clock,
        sha256Hex,
        () => {},
      );
      made ??= await elsewhere.get(announced);
      return made;
    },
  });
  await settled();
  expect(asked).toHaveLength(1);
  expect(engine.state().model?.hash).toBe(aggregator.hash);
  expect(aggregator.http.requests.filter((path) => path !== '/v1/status')).toEqual([]);
  await engine.close();
  await first.engine.close();
});

test('[L2] a ledger goes on from what another one read', async () => {
  const roundId = 'ab'.repeat(16);
  const before = new MemoryLedgerStore();
  await before.enter({ roundId, policyHash: 'cd'.repeat(32), mode: 1, place: null, at: 1_000 });
  await before.charge({ roundId, rho: 0.25, at: 2_000, uploadBytes: 9 }, 1);
  const book = await before.read();
  const after = new MemoryLedgerStore(book);
  expect(await after.read()).toEqual(book);
  expect(await after.enter({ roundId, policyHash: 'cd'.repeat(32), mode: 1, place: null, at: 3_000 })).toBe(
    'round-seen',
  );
  const next = 'ef'.repeat(16);
  await after.enter({ roundId: next, policyHash: 'cd'.repeat(32), mode: 1, place: null, at: 3_000 });
  expect(await after.charge({ roundId: next, rho: 0.8, at: 4_000, uploadBytes: 9 }, 1)).toBe('budget-spent');
  expect(await new MemoryLedgerStore().read()).toEqual({ rhoSpent: 0, rows: [], since: null });
});
