// The engine on the WASM core and without it: the same lists, a round that adds up, and nothing of a person left in the core's memory.
import { describe, expect, test } from 'vitest';
import { itemCore } from '#shared/core/items-wasm.ts';
import { itemScores } from '#shared/learners/reconstruction/scorer.ts';
import { foldIn } from '#shared/model/objective.ts';
import { materialise } from '#shared/model/table.ts';
import { builtCore, isBlank, WatchedCore } from '#shared/testing/built-core.ts';
import { makeProblem } from '#shared/testing/made-up-problem.ts';
import { settled, TestAggregator, TestProfile } from './testing/aggregator.ts';
import { MemoryTimingStore } from './timing-store.ts';
import { toleranceRelative } from './trainer/agreement.ts';
import { createTrainer } from './trainer/create.ts';

const surroundings = { timings: new MemoryTimingStore(), ticksMs: () => 0, after: () => () => {} };
const shape = { items: 500, dimension: 9, featureColumns: 7, offsetRows: 20, liked: 12, disliked: 3, seen: 2, seed: 3 };

describe('the engine on the core', () => {
  test('[M7] takes part in a round whose sum is exactly that of the noised integers, and leaves nothing in the memory', async () => {
    const core = new WatchedCore();
    const aggregator = new TestAggregator();
    const profile = new TestProfile();
    const { engine } = await profile.open(aggregator, {
      core: async () => core,
      createTrainer: (forced) => createTrainer(forced, { ...surroundings, core }),
      forcedBackend: 'wasm',
    });
    for (let index = 0; index < 8; index++) await engine.record(`film-${4 * index}`, 'like');
    await engine.setConsent({ keep: true, train: true, send: true });
    await settled();
    aggregator.open();
    await settled();
    const round = aggregator.round(profile.clock);
    await round.until('unmask_req');
    expect(engine.state().backend).toBe('wasm');
    expect(engine.state().backendReasons).toMatchObject([{ code: 'asked-for' }, { code: 'passed', backend: 'wasm' }]);
    const { noised } = (await engine.inspectLastUpload())!;
    await round.until(null);
    const mask = 2 ** aggregator.policy.bits - 1;
    expect(round.sum).toEqual(Uint32Array.from(noised, (value, i) => (value + round.otherValues[i]!) & mask));
    await aggregator.end(round);
    await engine.close();
    expect(core.memories.length).toBeGreaterThanOrEqual(3);
    // Of those that keep something, it is rows of the published model.
    const blank = core.memories.filter((memory) => isBlank(memory, 60_000));
    expect(core.memories.length - blank.length).toBeLessThanOrEqual(1);
  });

  test('lists what it lists in plain JavaScript', async () => {
    const lists = await Promise.all(
      [builtCore(), null].map(async (core) => {
        const { engine } = await new TestProfile().open(new TestAggregator(), { core: async () => core });
        for (const index of [0, 4, 8, 13]) await engine.record(`film-${index}`, 'like');
        const list = (await engine.recommend(10)).map(({ itemId, reason }) => ({ itemId, reason }));
        await engine.close();
        return list;
      }),
    );
    expect(lists[0]).toHaveLength(10);
    expect(lists[0]).toEqual(lists[1]);
  });

  test('a table on the core scores as one without it, to 1e-4 of the largest score', () => {
    const { table, interactions } = makeProblem(shape);
    const fast = materialise(table.model, table.features, itemCore(builtCore()));
    expect(fast.products).toBeDefined();
    const scores = itemScores(table, foldIn(table, interactions));
    const largest = Math.max(...scores.map(Math.abs));
    itemScores(fast, foldIn(fast, interactions)).forEach((score, row) => {
      expect(Math.abs(score - scores[row]!)).toBeLessThan(toleranceRelative * largest);
    });
    expect(itemScores(fast, null)).toEqual(itemScores(table, null));
  });
});
