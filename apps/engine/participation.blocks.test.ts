// Item blocks on the device: train first, join after, on the block that follows from the model's version. Rules: PROTOCOL.md.
import { expect, test } from 'vitest';
import { computeFeatures } from '#shared/catalogue/features.ts';
import { blockCount, blockOf, blocksOf } from '#shared/model/blocks.ts';
import type { LayoutPart } from '#shared/model/model.ts';
import { trainReference } from '#shared/model/objective.ts';
import { materialise } from '#shared/model/table.ts';
import { clientUpdate } from '#shared/model/update.ts';
import { policyHash as hashOfPolicy } from '#shared/protocol/policy.ts';
import { settled, smallCatalogue, TestAggregator, TestProfile } from './testing/aggregator.ts';

const offsets = { items: 40, itemBlocks: 3, rank: 4 };
const blockAggregator = () => new TestAggregator(undefined, { noiseMultiplier: 0.75, offsets });

async function joined(aggregator: TestAggregator, likes: readonly number[]) {
  const profile = new TestProfile();
  const { engine } = await profile.open(aggregator);
  for (const film of likes) await engine.record(`film-${film}`, 'like');
  await engine.setConsent({ keep: true, train: true, send: true });
  await settled();
  aggregator.open();
  await settled();
  return { engine, profile };
}

test('[N7] whoever takes part, and whatever they like: in each version the block that is its own, of one length', async () => {
  const features = computeFeatures(smallCatalogue.items);
  const payloads = new Set<number>();
  for (const version of [1, 6]) {
    for (const likes of [
      [0, 4, 8, 12],
      [3, 59],
    ]) {
      const aggregator = blockAggregator();
      aggregator.publish(version);
      const { engine, profile } = await joined(aggregator, likes);
      const { model, policy } = aggregator;
      if (model.learner !== 'reconstruction') throw new TypeError(model.learner);
      const part = policy.layout.parts.find(({ name }) => name === 'offsets')!;
      expect(blockCount(blocksOf(part))).toBe(6);
      expect(blockOf(part, model.header).place).toBe(version % 6);
      const round = aggregator.round(profile.clock);
      await round.until(null);
      await aggregator.end(round);

      const trained = trainReference(materialise(model, features), { liked: likes, disliked: [], seen: [] });
      const inspection = (await engine.inspectLastUpload())!;
      expect([...inspection.raw]).toEqual([...clientUpdate(trained, model, policy.layout)]);
      payloads.add(inspection.uploadBytes);
      const ring = 2 ** policy.bits - 1;
      expect([...round.sum].map((value, i) => (value - round.otherValues[i]!) & ring)).toEqual(
        [...inspection.noised].map((value) => value & ring),
      );
      await engine.close();
    }
  }
  expect(payloads.size).toBe(1);
});

test.each([
  ['a column more', (part: LayoutPart) => ({ length: (part.length / 4) * 5 })],
  ['blocks that do not make that length', () => ({ blocks: { rows: 3, columns: 4 } })],
] as const)(
  '[N7] a policy with %s than the model makes: nobody joins, and nothing is entered',
  async (_what, change) => {
    const aggregator = blockAggregator();
    const { federation } = aggregator;
    const [phase] = federation.phases;
    const parts = phase!.layout.parts.map((part) => (part.name === 'offsets' ? { ...part, ...change(part) } : part));
    const layout = { parts, length: parts.reduce((sum, { length }) => sum + length, 0) };
    const wrong = { ...federation, phases: [{ ...phase!, layout }] };
    Object.assign(aggregator, { federation: wrong, policyHash: hashOfPolicy(wrong) });
    aggregator.http.files.set('/v1/policy', new TextEncoder().encode(JSON.stringify(wrong)));
    aggregator.publish(1);
    const { engine, profile } = await joined(aggregator, [0, 4, 8]);
    expect(aggregator.sent('join')).toEqual([]);
    expect((await profile.ledgerStore.read()).rows).toEqual([]);
    expect(engine.state().steps.map(({ name }) => name)).not.toContain('trained');
    await engine.close();
  },
);
