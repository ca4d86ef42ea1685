// Local training on the device: [RD1] FedProx with mu = 0 is FedAvg, bit for bit; [RD2] when time is up, the mean of what is done is sent; [RD3] people are weighed inside of the vector and nobody goes beyond its bound; [RD4] each step is trained on the table that the one
// before left.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { policyForCrowd, weightBoundL2 } from '../../model/crowd.ts';
import type { Interactions, ItemTable } from '../../model/model.ts';
import { trainReference } from '../../model/objective.ts';
import { initialModel } from '../../model/server-step.ts';
import { materialise } from '../../model/table.ts';
import { clientUpdate, dataSizeWeight } from '../../model/update.ts';
import { roundPolicyOf, type Training } from '../../protocol/policy.ts';
import { histories } from '../../testing/histories.ts';
import { smallCatalogue, smallModel } from '../../testing/small-model.ts';
import { type TableTrainer, updateOf } from '../device.ts';

const { features } = smallModel();
const interactions: Interactions = { liked: [2, 5, 11, 17], disliked: [7], seen: [1] };

/** A trainer of the kind that a page has: asynchronous, of one table. */
class StepTrainer implements TableTrainer {
  readonly tables: ItemTable[] = [];

  async load(table: ItemTable): Promise<void> {
    await Promise.resolve();
    this.tables.push(table);
  }

  async train(of: Interactions, onProgress?: (fraction: number) => void) {
    const table = this.tables.at(-1)!;
    onProgress?.(0.5);
    await Promise.resolve();
    onProgress?.(1);
    return trainReference(table, of);
  }
}

function world(training: Partial<Training>) {
  const federation = policyForCrowd({
    learner: 'reconstruction',
    present: 36,
    items: features.items,
    featureColumns: features.columns,
    dimension: 6,
    overrides: { training },
  });
  const policy = roundPolicyOf(federation, 0);
  const { model } = initialModel(smallCatalogue, features, 'ab'.repeat(32), 'cd'.repeat(32), {
    dimension: 6,
    layout: policy.layout,
  });
  return { policy, model };
}

/** @param stepMs what each look at the clock finds more. */
async function update(training: Partial<Training>, of = interactions, stepMs = 0) {
  const { policy, model } = world(training);
  const trainer = new StepTrainer();
  const told: number[] = [];
  let nowMs = 0;
  const vector = await updateOf(model, {
    features,
    interactions: of,
    policy,
    trainer: async () => trainer,
    nowMs: () => (nowMs += stepMs),
    onProgress: (fraction) => told.push(fraction),
  });
  return { vector, trainer, told, policy, model };
}

/** FedAvg written down by itself: steps on the device's own copy of W, and the mean of their gradients, each part within its bound. */
function federatedAveraging(steps: number, rate: number): Float64Array {
  const { policy, model } = world({ localSteps: steps });
  const { layout } = policy;
  const [part] = layout.parts;
  const { dimension, featureColumns } = model.header;
  const columns = part!.length / part!.rows;
  let own = model;
  const total = new Float64Array(layout.length);
  for (let step = 0; step < steps; step++) {
    const gradient = clientUpdate(trainReference(materialise(own, features), interactions), own, layout);
    const projection = own.projection.slice();
    for (let index = 0; index < part!.length; index++) {
      const row = featureColumns - part!.rows + Math.floor(index / columns);
      const at = row * dimension + (index % columns);
      projection[at] = projection[at]! - rate * gradient[index]!;
    }
    own = { ...own, projection };
    gradient.forEach((value, index) => {
      total[index] = total[index]! + value;
    });
  }
  const mean = total.map((value) => value / steps);
  let at = 0;
  for (const { length, clippingBoundL2 } of layout.parts) {
    const norm = Math.sqrt(mean.subarray(at, at + length).reduce((sum, value) => sum + value * value, 0));
    const factor = clippingBoundL2 / norm;
    if (factor < 1) for (let k = at; k < at + length; k++) mean[k] = mean[k]! * factor;
    at += length;
  }
  return mean;
}

test('[RD1] FedProx with mu = 0 is FedAvg, bit for bit; with another mu it is not; in one step mu means nothing', async () => {
  for (const localSteps of [2, 5]) {
    const rate = 0.4;
    const average = federatedAveraging(localSteps, rate);
    const { vector } = await update({ localSteps, localRate: rate, proxMu: 0 });
    expect(vector).toEqual(average);
    const held = await update({ localSteps, localRate: rate, proxMu: 0.5 });
    expect(held.vector).not.toEqual(average);
  }
  const { vector } = await update({});
  expect((await update({ proxMu: 3 })).vector).toEqual(vector);
  const { policy, model } = world({});
  expect(vector).toEqual(
    clientUpdate(trainReference(materialise(model, features), interactions), model, policy.layout),
  );
});

test('[RD2] when time is up, the mean of the steps that are done goes; one is always done', async () => {
  for (const [stepMs, done] of [
    [0, 4],
    [2_600, 4],
    [4_000, 3],
    [6_000, 2],
    [60_000, 1],
  ] as const) {
    const training = { localSteps: 4, localRate: 0.4, localLimitMs: 10_000 };
    const partial = await update(training, interactions, stepMs);
    expect(partial.trainer.tables).toHaveLength(done);
    const whole = await update({ ...training, localSteps: done });
    // It is the update of somebody who was asked for that many.
    expect(partial.vector).toEqual(whole.vector);
  }
});

test('[RD3] a person of many likes weighs more, in buckets and up to a cap, and no history goes beyond the joint bound', async () => {
  const norm = (vector: Float64Array) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  await fc.assert(
    fc.asyncProperty(histories(features.items, 40), fc.integer({ min: 1, max: 3 }), async (of, localSteps) => {
      const { vector, policy } = await update({ weights: 'size', localSteps }, of);
      expect(vector).toHaveLength(policy.layout.length);
      expect(norm(vector)).toBeLessThanOrEqual(policy.clippingBoundL2 * (1 + 1e-12));
      const weight = vector.at(-1)! / weightBoundL2;
      expect(weight).toBeCloseTo(dataSizeWeight(of.liked.length), 12);
    }),
    { numRuns: 25 },
  );
});

test('[RD4] each step is trained on the table that the step before left, and progress rises over all of them', async () => {
  const { trainer, told, model } = await update({ localSteps: 3, localRate: 0.4 });
  const projections = trainer.tables.map((table) => table.model.projection);
  expect(projections[0]).toEqual(model.projection);
  expect(projections[1]).not.toEqual(projections[0]);
  expect(projections[2]).not.toEqual(projections[1]);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(1);
});
