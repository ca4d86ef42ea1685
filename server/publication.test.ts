// What a server starts from: the stored model, one migrated to another catalogue, or the first.
import { beforeEach, expect, test } from 'vitest';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { encodeLearnerState, type Learned, stepLearned } from '#shared/learners/server.ts';
import type { CrowdOverrides } from '#shared/model/crowd.ts';
import { encodeModel, parseFeatures, parseModel } from '#shared/model/file.ts';
import { sha256Hex } from '#shared/protocol/canonical.ts';
import { parsePolicy } from '#shared/protocol/policy.ts';
import { ServerStartError } from './data-directory.ts';
import { openPublication, type Publication, type PublicationOptions } from './publication.ts';
import { memoryStore } from './store/memory.ts';
import { type Store, StoreError } from './store/store.ts';
import { testCatalogue } from './testing/catalogue.ts';

let store: Store;
beforeEach(() => {
  store = memoryStore();
});

function options(catalogue: Catalogue, fields: Partial<PublicationOptions> = {}): PublicationOptions {
  return {
    catalogue,
    learner: 'reconstruction',
    expectedPresence: 36,
    expectedPeople: null,
    policy: {},
    dimension: null,
    nowMs: 1_800_000_000_000,
    ...fields,
  };
}

function reconstructionOf({ current: { model, state } }: Publication) {
  if (model.learner !== 'reconstruction' || state.learner !== 'reconstruction') throw new TypeError(model.learner);
  return { model, state };
}

test('a new store gets version 1 with all that a client fetches', async () => {
  const { current, catalogueHash, policyHash, origin } = await openPublication(store, options(testCatalogue()));
  expect(origin).toBe('initial');
  const { header } = current.model;
  expect(header).toMatchObject({ version: 1, catalogueHash, items: 60 });
  const file = await store.modelFile(current.hash);
  expect(sha256Hex(file ?? new Uint8Array())).toBe(current.hash);
  expect(parseModel(file ?? new Uint8Array()).header).toEqual(header);
  const features = parseFeatures((await store.file('features', header.featuresHash)) ?? new Uint8Array());
  expect(features.items).toBe(60);
  const catalogue = (await store.file('catalogue', catalogueHash)) ?? new Uint8Array();
  expect(sha256Hex(catalogue)).toBe(catalogueHash);
  const policy = (await store.policy(policyHash)) ?? '';
  expect(sha256Hex(policy)).toBe(policyHash);
  parsePolicy(JSON.parse(policy));
});

test('the demo: cohorts of 20 to 28, z = 2, epsilon 8 at 1e-6', async () => {
  const { policy } = await openPublication(store, options(testCatalogue()));
  expect(policy).toMatchObject({
    mode: 1,
    minCohort: 20,
    maxCohort: 28,
    honestNoiseShares: 18,
    learner: 'reconstruction',
    phases: [{ name: 'train', rounds: 0, noiseMultiplier: 2 }],
    delta: 1e-6,
    epsilonCap: 8,
    cooldownMs: 30_000,
  });
});

test('the same catalogue goes on with the same model', async () => {
  const first = await openPublication(store, options(testCatalogue()));
  const second = await openPublication(store, options(testCatalogue(), { nowMs: 1_900_000_000_000 }));
  expect(second.origin).toBe('stored');
  expect(second.current.hash).toBe(first.current.hash);
  expect(second.current.publishedAt).toBe(first.current.publishedAt);
  expect(second.policyHash).toBe(first.policyHash);
});

test('a changed catalogue gets a new version whose rows go by item id', async () => {
  const before = testCatalogue(60);
  const first = await openPublication(store, options(before));
  // Removed, renamed, moved and added.
  const items = before.items
    .slice(5)
    .reverse()
    .map((item) => (item.id === 'item-20' ? { ...item, title: 'Another title' } : item));
  const after: Catalogue = { ...before, items: [...items, { id: 'new', title: 'New', year: 2001, genres: ['Drama'] }] };
  const second = await openPublication(store, options(after));
  expect(second.origin).toBe('migrated');
  const { header, popularity } = second.current.model;
  expect(header).toMatchObject({ version: 2, items: 56 });
  expect(header.catalogueHash).not.toBe(first.current.model.header.catalogueHash);
  const share = (catalogue: Catalogue, shares: Float32Array, id: string) =>
    shares[catalogue.items.findIndex((item) => item.id === id)] ?? Number.NaN;
  const old = first.current.model.popularity;
  const ratio = share(after, popularity, 'item-10') / share(before, old, 'item-10');
  for (const id of ['item-20', 'item-33', 'item-59']) {
    // All are rounded to eleven bits.
    expect(share(after, popularity, id) / share(before, old, id) / ratio).toBeCloseTo(1, 2.4);
  }
  // And the older files stay for who still has the older model.
  expect(await store.modelFile(first.current.hash)).not.toBeNull();
  expect(await store.file('catalogue', first.catalogueHash)).not.toBeNull();
  expect((await openPublication(store, options(after))).origin).toBe('stored');
});

test('when a larger crowd trains offsets, the model gets rows for them, and loses them again', async () => {
  const small = await openPublication(store, options(testCatalogue()));
  expect(small.current.model.header).toMatchObject({ offsetRows: 0 });
  const large = await openPublication(store, options(testCatalogue(), { expectedPresence: 600 }));
  const { model, state } = reconstructionOf(large);
  expect(model.header.version).toBe(2);
  expect(model.header.offsetRows).toBeGreaterThan(0);
  expect(model.offsets.length).toBe(model.header.offsetRows * model.header.dimension);
  expect(state.core.offsets.length).toBe(model.offsets.length);
  const least = Math.min(...Array.from(model.offsetItems, (item) => model.popularity[item] ?? 0));
  const most = Math.max(...Array.from(model.popularity).filter((_, row) => !model.offsetItems.includes(row)), 0);
  expect(least).toBeGreaterThanOrEqual(most);
  const again = await openPublication(store, options(testCatalogue()));
  expect(again.current.model.header).toMatchObject({ version: 3, offsetRows: 0 });
});

test('other blocks of the offsets: the model goes on with its offsets, and what is known of each goes along', async () => {
  const crowd = { expectedPresence: 600, dimension: 4 };
  const of = (offsets: CrowdOverrides['offsets']) =>
    options(testCatalogue(), { ...crowd, policy: { offsets: offsets ?? {} } });
  const first = await openPublication(store, of({ itemBlocks: 2 }));
  // Two rounds: each block has been moved once.
  let learned: Learned = first.current;
  const [phase] = first.policy.phases;
  for (let round = 0; round < 2; round++) {
    const mean = Float64Array.from({ length: phase!.layout.length }, (_, at) => (at % 2 === 0 ? 0.2 : -0.2));
    const { policy, features } = first;
    learned = stepLearned(learned, { policy, features, mean, noiseStdOfMean: 1e-3, cohort: 400 });
    const file = encodeModel(learned.model);
    const { version, catalogueHash, featuresHash } = learned.model.header;
    const serverState = encodeLearnerState(learned.state);
    const hash = sha256Hex(file);
    await store.addModel({
      version,
      hash,
      file,
      serverState,
      catalogueHash,
      featuresHash,
      roundId: null,
      publishedAt: 0,
    });
  }

  const again = await openPublication(store, of({ itemBlocks: 2 }));
  expect(again.current.model.header.version, 'the same blocks change nothing').toBe(3);
  const other = await openPublication(store, of({ itemBlocks: 3, rank: 2 }));
  expect(other.policyHash).not.toBe(first.policyHash);
  const [before, after] = [reconstructionOf(again), reconstructionOf(other)];
  expect(after.model.header.version).toBe(4);
  expect(after.model.offsets).toEqual(before.model.offsets);
  expect(after.model.offsets.some((value) => value !== 0)).toBe(true);
  const [least] = before.state.core.offsetsPrecision.toSorted();
  expect(after.state.core).toMatchObject({
    offsetsBlocks: { rows: 3, columns: 2 },
    offsetsPrecision: new Float64Array(6).fill(least!),
    offsetsEvidence: before.state.core.offsetsEvidence,
  });

  // Offsets for fewer items: what is known of those that stay, stays.
  const fewer = reconstructionOf(await openPublication(store, of({ items: 40 })));
  expect(fewer.model.header).toMatchObject({ version: 5, offsetRows: 40 });
  expect([...fewer.state.core.offsetsPrecision]).toEqual([least]);
  const oldItems = [...after.model.offsetItems];
  fewer.model.offsetItems.forEach((item, row) => {
    const old = oldItems.indexOf(item);
    for (let k = 0; k < 4; k++) {
      expect(fewer.state.core.offsetsEvidence[row * 4 + k]).toBe(after.state.core.offsetsEvidence[old * 4 + k]);
      expect(fewer.model.offsets[row * 4 + k]).toBe(after.model.offsets[old * 4 + k]);
    }
  });
});

test('blocks that a round does not carry, or of offsets that there are not, stop the start with what to do', async () => {
  const of = (offsets: CrowdOverrides['offsets'], expectedPresence: number) =>
    openPublication(store, options(testCatalogue(), { expectedPresence, policy: { offsets: offsets ?? {} } }));
  await expect(of({ itemBlocks: 4 }, 36)).rejects.toThrow(/more people/);
  await expect(of({ rank: 8 }, 36)).rejects.toThrow(ServerStartError);
  expect(await store.latestModel(), 'nothing was published').toBeNull();
});

test('a policy below the floors stops the start', async () => {
  await expect(openPublication(store, options(testCatalogue(), { policy: { minCohort: 5 } }))).rejects.toThrow();
  await expect(openPublication(store, options(testCatalogue(), { policy: { epsilonCap: 80 } }))).rejects.toThrow(
    /epsilonCap/,
  );
  expect(await store.latestModel(), 'nothing was published').toBeNull();
});

test.each(['file', 'serverState', 'features'] as const)(
  'a stored model with damaged %s is not served',
  async (part) => {
    const { current } = await openPublication(store, options(testCatalogue()));
    const damaged: Store = new Proxy(store, {
      get(target, name) {
        if (name === 'latestModel' && part !== 'features') {
          return async () => {
            const record = await target.latestModel();
            if (record !== null) record[part][3] = 0xee;
            return record;
          };
        }
        if (name === 'file' && part === 'features') return async () => new Uint8Array(40);
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const error = await openPublication(damaged, options(testCatalogue())).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect((error as StoreError).code).toBe('corrupt');
    expect((error as StoreError).message).toContain('Nothing was changed');
    expect((await store.latestModel())?.hash).toBe(current.hash);
  },
);
