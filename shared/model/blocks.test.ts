// Blocks of the offsets: an upload is the update restricted to public rows and columns, which follow from the model's version.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { films } from '../catalogue/films/index.ts';
import {
  encodeReconstructionState,
  fitReconstruction,
  noMoments,
  parseReconstructionState,
} from '../learners/reconstruction/server.ts';
import { exampleFederation } from '../testing/example-policy.ts';
import { everyPartLayout, smallModel } from '../testing/small-model.ts';
import {
  type Block,
  blockCount,
  blockLength,
  blockOfVersion,
  carriedEvidence,
  forEachInBlock,
  placeOf,
} from './blocks.ts';
import { localUpdate } from './local-steps.ts';
import type { Blocks, Interactions, Layout, LayoutPart } from './model.ts';
import { trainReference } from './objective.ts';
import { type GradientOptimizer, initialOptimizerState, optimizedServerStep } from './server-optimizer.ts';
import { initialModel, prominencePopularity, type ServerState, serverStep } from './server-step.ts';
import { clientUpdate } from './update.ts';

const dimension = 6;
const offsetRows = 11;
const { features } = smallModel();
const whole = everyPartLayout(features, dimension, offsetRows);
const start = smallModel(dimension, whole);

const anyBlocks: fc.Arbitrary<Blocks> = fc.record({
  rows: fc.integer({ min: 1, max: offsetRows }),
  columns: fc.integer({ min: 1, max: dimension }),
});
const anyVersion = fc.integer({ min: 1, max: 1000 });
const anyHistory: fc.Arbitrary<Interactions> = fc
  .uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 20 })
  .map((liked) => ({ liked, disliked: [], seen: [] }));

/** The layout with its offsets in blocks. @param bound of each part; the parts' own when not given. */
function inBlocks(blocks: Blocks, bound?: number): Layout {
  const parts = whole.parts.map((part): LayoutPart => {
    const clippingBoundL2 = bound ?? part.clippingBoundL2;
    if (part.name !== 'offsets') return { ...part, clippingBoundL2 };
    return { ...part, clippingBoundL2, length: blockLength(blocks, offsetRows, dimension), blocks };
  });
  return { parts, length: parts.reduce((sum, part) => sum + part.length, 0) };
}

const atVersion = (version: number) => ({ ...start.model, header: { ...start.model.header, version } });
const offsetsOf = (update: Float64Array, layout: Layout) => {
  const index = layout.parts.findIndex(({ name }) => name === 'offsets');
  const at = layout.parts.slice(0, index).reduce((sum, part) => sum + part.length, 0);
  return update.subarray(at, at + layout.parts[index]!.length);
};
const updateOf = (history: Interactions, version: number, layout: Layout) =>
  clientUpdate(trainReference(start.table, history), atVersion(version), layout);
const norm = (values: Float64Array) => Math.hypot(...values);
const loose = 1e6;

/** Of numbers of O those of a block, and the transpose of that. */
function taken(values: Float64Array, block: Block, length: number): Float64Array {
  const some = new Float64Array(length);
  forEachInBlock(block, dimension, (at, index) => {
    some[at] = values[index]!;
  });
  return some;
}
function putBack(some: Float64Array, block: Block): Float64Array {
  const values = new Float64Array(offsetRows * dimension);
  forEachInBlock(block, dimension, (at, index) => {
    values[index] = some[at]!;
  });
  return values;
}

describe('blocks', () => {
  test('[BL1] as many versions as there are blocks visit every item and column once, from whichever version on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 40 }),
        anyVersion,
        fc.gen(),
        (rows, d, from, gen) => {
          const blocks = { rows: gen(fc.integer, { min: 1, max: rows }), columns: gen(fc.integer, { min: 1, max: d }) };
          const visits = new Uint8Array(rows * d);
          for (let version = from; version < from + blockCount(blocks); version++) {
            const block = blockOfVersion(version, blocks, rows, d);
            forEachInBlock(block, d, (at, index) => {
              expect(at).toBeLessThan(blockLength(blocks, rows, d));
              expect(placeOf(blocks, Math.floor(index / d), index % d)).toBe(block.place);
              visits[index]!++;
            });
          }
          expect(visits.every((count) => count === 1)).toBe(true);
        },
      ),
    );
  });

  test('[BL2] an upload is the update times a matrix of orthonormal rows: twice is once, and no norm grows', () => {
    fc.assert(
      fc.property(anyHistory, anyBlocks, anyVersion, fc.gen(), (history, blocks, version, gen) => {
        const layout = inBlocks(blocks, loose);
        const block = blockOfVersion(version, blocks, offsetRows, dimension);
        const length = blockLength(blocks, offsetRows, dimension);
        const all = offsetsOf(
          updateOf(history, version, { ...whole, parts: inBlocks({ rows: 1, columns: 1 }, loose).parts }),
          whole,
        );
        const upload = offsetsOf(updateOf(history, version, layout), layout);
        expect(upload).toEqual(taken(all, block, length));
        const projected = putBack(upload, block);
        expect(taken(projected, block, length)).toEqual(upload);
        expect(norm(upload)).toBeLessThanOrEqual(norm(all) * (1 + 1e-12));
        // <A x, y> = <x, Aᵀ y>, with y zero where a block is shorter than the others.
        const y = taken(new Float64Array(all.length).fill(1), block, length).map(
          (one) => one * gen(fc.integer, { min: -9, max: 9 }),
        );
        const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
        expect(dot(taken(all, block, length), y)).toBeCloseTo(dot(all, putBack(y, block)), 10);
      }),
      { numRuns: 50 },
    );
  });

  test('[BL3] the sum of the uploads is the upload of the sum', () => {
    fc.assert(
      fc.property(
        fc.array(anyHistory, { minLength: 2, maxLength: 5 }),
        anyBlocks,
        anyVersion,
        (histories, blocks, version) => {
          const layout = inBlocks(blocks, loose);
          const one = { ...whole, parts: inBlocks({ rows: 1, columns: 1 }, loose).parts };
          const sum = (of: Layout) => {
            const updates = histories.map((history) => offsetsOf(updateOf(history, version, of), of));
            return updates[0]!.map((_, index) => updates.reduce((total, update) => total + update[index]!, 0));
          };
          const block = blockOfVersion(version, blocks, offsetRows, dimension);
          expect(sum(layout)).toEqual(taken(sum(one), block, blockLength(blocks, offsetRows, dimension)));
        },
      ),
      { numRuns: 30 },
    );
  });

  test('[BL4] whatever the history and the local steps: the same length, zeros outside of the block, each part within its bound', () => {
    fc.assert(
      fc.property(
        anyHistory,
        anyBlocks,
        anyVersion,
        fc.integer({ min: 1, max: 3 }),
        (history, blocks, version, steps) => {
          const layout = inBlocks(blocks);
          const table = { ...start.table, model: atVersion(version) };
          const update = localUpdate(table, history, layout, { steps, rate: 0.3, proxMu: 0.1 });
          expect(update).toHaveLength(layout.length);
          const upload = offsetsOf(update, layout);
          expect(norm(upload)).toBeLessThanOrEqual(0.8 * (1 + 1e-12));
          const block = blockOfVersion(version, blocks, offsetRows, dimension);
          expect(taken(putBack(upload, block), block, upload.length)).toEqual(upload);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('[BL5] one block is no blocks, to the last bit: update, step and optimiser', () => {
    const layout = inBlocks({ rows: 1, columns: 1 });
    const history = { liked: [1, 2, 7, 30], disliked: [5], seen: [] };
    const steps = { steps: 3, rate: 0.3, proxMu: 0.1 };
    const mean = localUpdate(start.table, history, whole, steps);
    expect(localUpdate(start.table, history, layout, steps)).toEqual(mean);
    for (const noiseStdOfMean of [0, 1e-4]) {
      const input = { ...start, mean, noiseStdOfMean, cohort: 100 };
      expect(serverStep({ ...input, layout })).toEqual(serverStep({ ...input, layout: whole }));
      const optimizerState = initialOptimizerState(whole, dimension);
      const adam = { ...input, optimizer: 'adam', optimizerState } as const;
      expect(optimizedServerStep({ ...adam, layout })).toEqual(optimizedServerStep({ ...adam, layout: whole }));
    }
  });

  test('[BL6] blocks of the films have like shares of what is popular', () => {
    const popularity = prominencePopularity(films);
    const total = popularity.reduce((sum, value) => sum + value, 0);
    for (const count of [2, 4, 8]) {
      for (let version = 0; version < count; version++) {
        const { rows } = blockOfVersion(version, { rows: count, columns: 1 }, popularity.length, 1);
        const share = rows.reduce((sum, row) => sum + popularity[row]!, 0) / total;
        expect(share * count).toBeGreaterThan(0.75);
        expect(share * count).toBeLessThan(1.25);
      }
    }
  });
});

describe('the server in blocks', () => {
  const strong = (layout: Layout) =>
    Float64Array.from({ length: layout.length }, (_, at) => (at % 2 === 0 ? 0.3 : -0.3) + 0.01 * Math.cos(at));

  test.each([0, 1e-4])(
    '[BL7] with noise %d a step moves all of its block, and nothing of the rows outside of it',
    (noiseStdOfMean) => {
      fc.assert(
        fc.property(anyBlocks, anyVersion, (blocks, from) => {
          const layout = inBlocks(blocks);
          let { model, state } = initialModel({ items: smallModelItems() }, features, 'ab', 'cd', {
            dimension,
            layout,
          });
          model = { ...model, header: { ...model.header, version: from } };
          const moved = new Uint8Array(state.offsets.length);
          for (let turn = 0; turn < blockCount(blocks); turn++) {
            const block = blockOfVersion(model.header.version, blocks, offsetRows, dimension);
            const next = serverStep({
              model,
              state,
              features,
              layout,
              mean: strong(layout),
              noiseStdOfMean,
              cohort: 100,
            });
            next.state.offsets.forEach((value, index) => {
              if (!block.rows.includes(Math.floor(index / dimension))) expect(value).toBe(state.offsets[index]);
              else if (value !== state.offsets[index]) moved[index] = 1;
            });
            forEachInBlock(block, dimension, (_, index) => {
              expect(next.state.offsets[index]).not.toBe(state.offsets[index]);
            });
            ({ model, state } = next);
          }
          expect(moved.every((one) => one === 1)).toBe(true);
        }),
        { numRuns: 8 },
      );
    },
  );

  test('[BL8] an optimiser keeps the moments of other blocks, and its first visit of each is a first step', () => {
    fc.assert(
      fc.property(anyBlocks, fc.constantFrom<GradientOptimizer>('momentum', 'adam', 'yogi'), (blocks, optimizer) => {
        const layout = inBlocks(blocks);
        let { model, state } = initialModel({ items: smallModelItems() }, features, 'ab', 'cd', {
          dimension,
          layout,
          lambda: 1e-12,
        });
        let optimizerState = initialOptimizerState(layout, dimension);
        const base = features.columns * dimension;
        for (let turn = 0; turn < blockCount(blocks); turn++) {
          const block = blockOfVersion(model.header.version, blocks, offsetRows, dimension);
          const mean = strong(layout);
          const gradient = offsetsOf(mean, layout);
          const input = { model, state, features, layout, mean, noiseStdOfMean: 0, cohort: 100 };
          const next = optimizedServerStep({ ...input, optimizer, optimizerState, rate: 0.01 });
          const inside = new Set<number>();
          forEachInBlock(block, dimension, (at, index) => {
            inside.add(index);
            const g = gradient[at]!;
            // Of a first step both moments are the gradient and its square.
            const change = optimizer === 'momentum' ? g : g / (Math.abs(g) + 1e-3);
            expect(next.state.offsets[index]! - state.offsets[index]!).toBeCloseTo(-0.01 * change, 6);
          });
          for (let index = 0; index < offsetRows * dimension; index++) {
            if (inside.has(index)) continue;
            expect(next.optimizerState.first[base + index]).toBe(optimizerState.first[base + index]);
            expect(next.state.offsets[index]).toBe(state.offsets[index]);
          }
          ({ model, state, optimizerState } = next);
        }
        expect(optimizerState.first.every((value) => value !== 0)).toBe(true);
      }),
      { numRuns: 8 },
    );
  });

  test('[BL9] evidence in other blocks and rows keeps its mean, and is never better known than it was', () => {
    fc.assert(
      fc.property(
        anyBlocks,
        anyBlocks,
        fc.shuffledSubarray([...Array(offsetRows).keys()], { minLength: 1 }),
        fc.gen(),
        (before, after, rows, gen) => {
          const from = {
            offsetsBlocks: before,
            offsetsPrecision: Float64Array.from({ length: blockCount(before) }, () =>
              gen(fc.integer, { min: 0, max: 5 }),
            ),
            offsetsEvidence: Float64Array.from({ length: offsetRows * dimension }, (_, at) => at + 1),
          };
          const oldRowOf = [...rows, undefined];
          const carried = carriedEvidence(from, after, oldRowOf, dimension);
          oldRowOf.forEach((old, row) => {
            for (let k = 0; k < dimension; k++) {
              const evidence = carried.offsetsEvidence[row * dimension + k]!;
              const precision = carried.offsetsPrecision[placeOf(after, row, k)]!;
              if (old === undefined || precision === 0) expect(evidence).toBe(0);
              else {
                const oldPrecision = from.offsetsPrecision[placeOf(before, old, k)]!;
                expect(precision).toBeLessThanOrEqual(oldPrecision);
                expect(evidence / precision).toBeCloseTo((old * dimension + k + 1) / oldPrecision, 10);
              }
            }
          });
        },
      ),
    );
  });

  test('[BL10] blocks go through the file of the state; a file from before there were any is of one block', () => {
    const layout = inBlocks({ rows: 3, columns: 2 });
    const first = initialModel({ items: smallModelItems() }, features, 'ab', 'cd', { dimension, layout });
    const { state: core } = serverStep({
      ...first,
      features,
      layout,
      mean: strong(layout),
      noiseStdOfMean: 1e-3,
      cohort: 50,
    });
    const bytes = encodeReconstructionState({ learner: 'reconstruction', core, optimizer: noMoments });
    expect(parseReconstructionState(bytes).core).toEqual(core);
    expect(core.offsetsPrecision.filter((precision) => precision > 0)).toHaveLength(1);

    const { state: unblocked } = serverStep({
      ...start,
      layout: whole,
      mean: strong(whole),
      noiseStdOfMean: 1e-3,
      cohort: 50,
    });
    const file = encodeReconstructionState({ learner: 'reconstruction', core: unblocked, optimizer: noMoments });
    // Files from before it was kept whose the moments are, and from before there were blocks.
    for (let older = file, lacking = 1; lacking <= 2; lacking++) {
      older = withoutLastLength(older);
      expect(parseReconstructionState(older).core).toEqual(unblocked);
    }
    const fractional = { ...core, offsetsBlocks: { rows: 1.5, columns: 4 } };
    const wrong = encodeReconstructionState({ learner: 'reconstruction', core: fractional, optimizer: noMoments });
    expect(() => parseReconstructionState(wrong)).toThrow(/server state file: 1.5 x 4 blocks/);
  });

  test('[BL11] evidence of as many blocks of another shape is not taken for that of these', () => {
    const stepIn = (blocks: Blocks, state: ServerState, noiseStdOfMean: number) => {
      const layout = inBlocks(blocks);
      return serverStep({ ...start, state, features, layout, mean: strong(layout), noiseStdOfMean, cohort: 50 }).state;
    };
    const other = stepIn({ rows: 2, columns: 3 }, start.state, 1e-3);
    const { offsetsPrecision } = stepIn({ rows: 3, columns: 2 }, other, 1e-3);
    expect(offsetsPrecision).toEqual(stepIn({ rows: 3, columns: 2 }, start.state, 1e-3).offsetsPrecision);
  });

  test('[BL12] in other blocks an optimiser begins again: its moments are of items and visits that were', () => {
    const policyIn = (blocks: Blocks) => exampleFederation(96, { layout: inBlocks(blocks) });
    const { model, state: core } = initialModel({ items: smallModelItems() }, features, 'ab', 'cd', {
      dimension,
      layout: inBlocks({ rows: 2, columns: 1 }),
    });
    const moments = initialOptimizerState(whole, dimension);
    const optimizer = {
      of: 'adam',
      rounds: 9,
      first: moments.first.map(() => 1),
      second: moments.second.map(() => 1),
    } as const;
    const state = { learner: 'reconstruction', core, optimizer } as const;
    expect(fitReconstruction(model, state, policyIn({ rows: 2, columns: 1 }))).toBeNull();
    expect(fitReconstruction(model, state, policyIn({ rows: 4, columns: 1 }))!.state.optimizer).toEqual(noMoments);
  });
});

function smallModelItems() {
  return Array.from({ length: 40 }, (_, row) => ({ id: `item-${row}`, title: `Item ${row}`, genres: [] }));
}

/** A state's file as it was before its last array, which is empty here, was added. */
function withoutLastLength(file: Uint8Array): Uint8Array {
  const length = new DataView(file.buffer, file.byteOffset).getUint32(4, true);
  const header = new TextDecoder().decode(file.subarray(8, 8 + length));
  const older = new TextEncoder().encode(header.replace(/,0\],"numbers"/, '],"numbers"'));
  expect(older).toHaveLength(length - 2);
  const body = file.subarray(Math.ceil((8 + length) / 8) * 8);
  const begin = Math.ceil((8 + older.length) / 8) * 8;
  const bytes = new Uint8Array(begin + body.length);
  bytes.set(file.subarray(0, 4));
  new DataView(bytes.buffer).setUint32(4, older.length, true);
  bytes.set(older, 8);
  bytes.set(body, begin);
  return bytes;
}
