import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeFeatures } from '../catalogue/features.ts';
import { everyPartLayout, smallCatalogue, smallItem, smallModel } from '../testing/small-model.ts';
import { placeOf } from './blocks.ts';
import { encodeModel, parseModel } from './file.ts';
import { migrateModel } from './migrate.ts';
import { serverStep } from './server-step.ts';
import { materialise } from './table.ts';

const plain = smallModel();
const layout = everyPartLayout(plain.features);
const first = smallModel(6, layout);
/** A model that has learned something for every part. */
const learned = serverStep({
  ...first,
  layout,
  mean: Float64Array.from({ length: layout.length }, (_, index) => 0.05 * Math.sin(index + 1)),
  noiseStdOfMean: 0,
  cohort: 100,
});

function migrateTo(items: readonly ReturnType<typeof smallItem>[]) {
  const features = computeFeatures(items);
  const to = { features, catalogue: { items }, catalogueHash: 'ef'.repeat(32), featuresHash: '12'.repeat(32) };
  const result = migrateModel({ ...learned, features: first.features, catalogue: smallCatalogue }, to);
  return { ...result, features };
}

/** Any subset of the old items in any order, with up to 8 new ones. */
const changed = fc
  .tuple(fc.shuffledSubarray([...smallCatalogue.items], { minLength: 10 }), fc.integer({ min: 0, max: 8 }))
  .map(([kept, added]) => [...kept, ...Array.from({ length: added }, (_, index) => smallItem(100 + index))]);

describe('another catalogue', () => {
  test('[MG1] offsets and popularity go with the item, whatever was added, removed and reordered', () => {
    fc.assert(
      fc.property(changed, (items) => {
        const { model } = migrateTo(items);
        const rowOf = new Map(items.map((item, row) => [item.id, row]));
        learned.model.offsetItems.forEach((oldRow, oldIndex) => {
          const row = rowOf.get(smallCatalogue.items[oldRow]!.id);
          if (row === undefined) return;
          const index = model.offsetItems.indexOf(row);
          if (index < 0) throw new Error(`offset of ${items[row]!.id} lost`);
          expect([...model.offsets.subarray(6 * index, 6 * index + 6)]).toEqual([
            ...learned.model.offsets.subarray(6 * oldIndex, 6 * oldIndex + 6),
          ]);
        });
        const kept = items.filter((item) => smallCatalogue.items.some((old) => old.id === item.id));
        const ratio = (item: (typeof items)[number]) =>
          model.popularity[rowOf.get(item.id)!]! / learned.model.popularity[smallCatalogue.items.indexOf(item)]!;
        // Both are rounded to eleven bits.
        for (const item of kept) expect(ratio(item) / ratio(kept[0]!)).toBeCloseTo(1, 2.4);
      }),
      { numRuns: 25 },
    );
  });

  test('[MG2] an item without an old offset has a zero offset', () => {
    fc.assert(
      fc.property(changed, (items) => {
        const { model } = migrateTo(items);
        const had = new Set([...learned.model.offsetItems].map((row) => smallCatalogue.items[row]!.id));
        model.offsetItems.forEach((row, index) => {
          if (had.has(items[row]!.id)) return;
          expect(model.offsets.subarray(6 * index, 6 * index + 6).every((value) => value === 0)).toBe(true);
        });
      }),
      { numRuns: 25 },
    );
  });

  test('[MG3] reordered and retitled, the catalogue keeps every embedding', () => {
    const items = [...smallCatalogue.items].reverse().map((item) => ({ ...item, title: `${item.title}, restored` }));
    const { model, features } = migrateTo(items);
    const before = materialise(learned.model, first.features).embeddings;
    const after = materialise(model, features).embeddings;
    items.forEach((item, row) => {
      const oldRow = smallCatalogue.items.findIndex((old) => old.id === item.id);
      for (let k = 0; k < 6; k++) expect(after[row * 6 + k]).toBeCloseTo(before[oldRow * 6 + k]!, 2);
    });
  });

  test('[MG5] in blocks too, what is known of an item goes with it, at the precision of the least known block', () => {
    const blocks = { rows: 2, columns: 3 };
    const parts = layout.parts.map((part) => (part.name === 'offsets' ? { ...part, length: 3 * 2, blocks } : part));
    const blocked = { parts, length: parts.reduce((sum, part) => sum + part.length, 0) };
    const start = smallModel(6, blocked);
    let { model, state } = start;
    for (let round = 0; round < 7; round++) {
      const mean = Float64Array.from({ length: blocked.length }, (_, index) => 0.1 * Math.sin(index + 1));
      const step = { model, state, features: start.features, layout: blocked, mean, noiseStdOfMean: 0.01, cohort: 50 };
      ({ model, state } = serverStep(step));
    }
    const items = [...smallCatalogue.items].reverse();
    const features = computeFeatures(items);
    const to = { features, catalogue: { items }, catalogueHash: 'ef'.repeat(32), featuresHash: '12'.repeat(32) };
    const after = migrateModel({ model, state, features: start.features, catalogue: smallCatalogue }, to);
    expect(after.state.offsetsBlocks).toEqual(blocks);
    after.model.offsetItems.forEach((row, index) => {
      const old = model.offsetItems.indexOf(39 - row);
      for (let k = 0; k < 6; k++) {
        const known = state.offsetsPrecision[placeOf(blocks, old, k)]!;
        const now = after.state.offsetsPrecision[placeOf(blocks, index, k)]!;
        expect(now).toBeLessThanOrEqual(known);
        const mean = state.offsetsEvidence[6 * old + k]! / known;
        expect(after.state.offsetsEvidence[6 * index + k]! / now).toBeCloseTo(mean, 10);
      }
    });
    const next = serverStep({
      ...after,
      features,
      layout: blocked,
      mean: new Float64Array(blocked.length),
      noiseStdOfMean: 0.1,
      cohort: 24,
    });
    expect(next.model.offsets.every(Number.isFinite)).toBe(true);
  });

  test('[MG4] the result is a valid model of the new catalogue, one version on, and can take a step', () => {
    const items = [...smallCatalogue.items.slice(5), smallItem(200)];
    const { model, state, features } = migrateTo(items);
    expect(parseModel(encodeModel(model))).toEqual(model);
    expect(model.header).toMatchObject({
      version: learned.model.header.version + 1,
      items: 36,
      catalogueHash: 'ef'.repeat(32),
    });
    const wider = everyPartLayout(features, 6, model.header.offsetRows);
    const mean = new Float64Array(wider.length);
    const next = serverStep({ model, state, features, layout: wider, mean, noiseStdOfMean: 0.1, cohort: 24 });
    expect(next.model.projection.every(Number.isFinite)).toBe(true);
  });
});
