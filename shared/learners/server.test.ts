// What every learner's server keeps to: [LS1] the same round gives the same bytes, also from its stored state [R10]; [LS2] noise alone moves nothing;
// [LS3] a state's file holds everything and nothing else is taken for one; [LS4] a phase that ends early keeps what was said; [LS5] another
// catalogue and [LS6] another policy keep what they can and say what they cannot.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { computeFeatures } from '../catalogue/features.ts';
import type { Catalogue } from '../catalogue/schema.ts';
import { experimentRandom } from '../maths/random.ts';
import { encodeModel, parseModel } from '../model/file.ts';
import { learnerNames } from '../model/model.ts';
import type { Policy, ServerOptimizer } from '../protocol/policy.ts';
import {
  everyPartLayout,
  learntFederation,
  smallCatalogue,
  smallFederation,
  smallItem,
} from '../testing/small-model.ts';
import { placeAfter } from './place.ts';
import {
  encodeLearnerState,
  endPhaseLearned,
  fitLearned,
  type Learned,
  migrateLearned,
  parseLearnerState,
  stepLearned,
} from './server.ts';

/** Numbers of mean 0 and this standard deviation. */
function noiseOf(length: number, std: number, seed: number): Float64Array {
  const words = new Uint32Array(length);
  experimentRandom(seed).fillUint32(words);
  return Float64Array.from(words, (word) => std * Math.sqrt(3) * (word / 2 ** 31 - 1));
}

function bytesOf({ model, state }: Learned): readonly [Uint8Array, Uint8Array] {
  return [encodeModel(model), encodeLearnerState(state)];
}

/** Everything of a model but its header. */
function contentOf({ model }: Learned) {
  const { header: _, ...rest } = model;
  return rest;
}

test('[LS7] moments of another server optimiser are not taken for one’s own, also from a stored state', () => {
  const { model, state, policy, features } = smallFederation('reconstruction');
  const learned = { model, state };
  const under = (serverOptimizer: ServerOptimizer): Policy => ({
    ...policy,
    phases: policy.phases.map((phase) => ({
      ...phase,
      training: { ...phase.training!, serverOptimizer, serverRate: 0.01 },
    })),
  });
  const mean = noiseOf(policy.phases[0]!.layout.length, 0.1, 7);
  const round = { features, mean, noiseStdOfMean: 0, cohort: 30 };
  const stepped = stepLearned(learned, { ...round, policy: under('momentum') });
  const stored = { ...stepped, state: parseLearnerState('reconstruction', encodeLearnerState(stepped.state)) };
  const momentsOf = ({ state }: Learned) => (state.learner === 'reconstruction' ? state.optimizer : null);
  expect(momentsOf(stored)).toMatchObject({ of: 'momentum', rounds: 1 });
  expect(momentsOf(stepLearned(stored, { ...round, policy: under('momentum') }))).toMatchObject({ rounds: 2 });
  expect(momentsOf(stepLearned(stored, { ...round, policy: under('adam') }))).toMatchObject({ of: 'adam', rounds: 1 });
});

describe.each(learnerNames)('%s', (learner) => {
  const first = smallFederation(learner);
  const { policy, features } = first;
  const learnt = learntFederation(learner);
  const lengthOf = ({ model }: Learned) => policy.phases[model.header.phase]!.layout.length;

  test('[LS1] a round gives the same bytes again, also from the files of model and state; what it began from is as it was', () => {
    for (const from of [first, learnt]) {
      const before = bytesOf(from);
      const mean = noiseOf(lengthOf(from), 0.05, 3);
      const round = { policy, features, mean, noiseStdOfMean: 0.01, cohort: 24 };
      const next = stepLearned(from, round);
      const [file, state] = before;
      const read = { model: parseModel(file), state: parseLearnerState(learner, state) };
      expect(bytesOf(stepLearned(read, round))).toEqual(bytesOf(next));
      expect(bytesOf(from)).toEqual(before);
      const { version, federation, ...place } = next.model.header;
      expect(version).toBe(from.model.header.version + 1);
      expect(federation).toBe(from.model.header.federation);
      expect(place).toMatchObject(placeAfter(policy, from.model.header));
    }
  });

  test('[LS2] rounds of noise alone change nothing that ranks', () => {
    let learned: Learned = first;
    for (let round = 0; round < 12; round++) {
      // Far above what people could say.
      const std = 1;
      const mean = noiseOf(lengthOf(learned), std, 100 + round);
      learned = stepLearned(learned, { policy, features, mean, noiseStdOfMean: std, cohort: 24 });
    }
    const { model } = learned;
    expect(model.header.version).toBe(13);
    const share = (of: Learned) => Array.from(of.model.popularity);
    share(first).forEach((value, row) => {
      expect(model.popularity[row]! / value).toBeCloseTo(1, 6);
    });
    switch (model.learner) {
      case 'reconstruction':
        expect(contentOf(learned)).toEqual(contentOf(first));
        break;
      case 'co-occurrence':
        expect(model.header.tastes).toBe(0);
        break;
      case 'communities':
        expect(model.lift.length).toBeGreaterThan(0);
        for (const lift of model.lift) expect(lift).toBeCloseTo(1, 5);
        break;
    }
  });

  test('[LS1] what does not fit the phase is refused', () => {
    const right = { policy, features, mean: new Float64Array(lengthOf(first)), noiseStdOfMean: 0.01, cohort: 24 };
    const wrong: readonly Partial<typeof right>[] = [
      { mean: new Float64Array(lengthOf(first) + 1) },
      { mean: right.mean.map((_, at) => (at === 2 ? Number.NaN : 0)) },
      { cohort: 0 },
      { noiseStdOfMean: -1 },
      { noiseStdOfMean: Number.NaN },
    ];
    for (const change of wrong) expect(() => stepLearned(first, { ...right, ...change })).toThrow(RangeError);
  });

  test('[LS3] the file of a state is read back and written again to the same bytes; cut, longer or changed it is refused', () => {
    for (const { state } of [first, learnt]) {
      const bytes = encodeLearnerState(state);
      expect(parseLearnerState(learner, bytes)).toEqual(state);
      expect(() => parseLearnerState(learner, bytes.subarray(0, bytes.length - 1))).toThrow(/server state file/);
      expect(() => parseLearnerState(learner, new Uint8Array([...bytes, 0]))).toThrow(/server state file/);
      for (const other of learnerNames) {
        if (other !== learner) expect(() => parseLearnerState(other, bytes)).toThrow(/expected/);
      }
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
          const changed = bytes.slice();
          changed[at] = changed[at]! ^ flip;
          try {
            expect(encodeLearnerState(parseLearnerState(learner, changed))).toHaveLength(bytes.length);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        }),
      );
    }
  });

  test('[LS4] a phase that ends early goes on with what was said; one without end does not end', () => {
    if (learner === 'reconstruction') {
      expect(() => endPhaseLearned(first, policy, features)).toThrow(RangeError);
      return;
    }
    let learned: Learned = first;
    for (let phase = 0; phase < policy.phases.length; phase++) {
      const mean = noiseOf(lengthOf(learned), 0.1, phase);
      const said = stepLearned(learned, { policy, features, mean, noiseStdOfMean: 0.001, cohort: 24 });
      expect(said.model.header).toMatchObject({ epoch: 1, phase, phaseRounds: 1 });
      learned = endPhaseLearned(said, policy, features);
      expect(learned.model.header.version).toBe(said.model.header.version + 1);
      expect(learned.model.popularity).toEqual(said.model.popularity);
      parseModel(encodeModel(learned.model));
    }
    expect(learned.model.header).toMatchObject({ epoch: 2, phase: 0, phaseRounds: 0 });
  });

  test('[LS5] in another order and with a new item, everybody’s items are what they were; without a chosen one that part is said to be lost', () => {
    const from = { catalogue: smallCatalogue, features: features };
    const toCatalogue = (items: Catalogue['items']) => {
      const to = { ...smallCatalogue, items };
      return {
        catalogue: to,
        features: computeFeatures(items),
        catalogueHash: '12'.repeat(32),
        featuresHash: '34'.repeat(32),
      };
    };
    const { items } = smallCatalogue;
    const moved = migrateLearned(learnt, from, toCatalogue([smallItem(77), ...items.toReversed()]));
    expect(moved.lost).toBeNull();
    expect(moved.model.header).toMatchObject({
      epoch: learnt.model.header.epoch + 1,
      phase: 0,
      phaseRounds: 0,
      items: 41,
    });
    parseModel(encodeModel(moved.model));
    parseLearnerState(learner, encodeLearnerState(moved.state));
    const rowNow = (row: number) => items.length - row;
    const [most] = Array.from(items, (_, row) => row).sort(
      (a, b) => learnt.model.popularity[b]! - learnt.model.popularity[a]!,
    );
    const best = moved.model.popularity.indexOf(Math.max(...moved.model.popularity));
    expect(best).toBe(rowNow(most!));
    const { model } = learnt;
    const next = moved.model;
    if (model.learner !== 'reconstruction' && next.learner !== 'reconstruction') {
      expect(Array.from(next.chosen).sort((a, b) => a - b)).toEqual(
        Array.from(model.chosen, rowNow).sort((a, b) => a - b),
      );
      const gone = model.chosen[0]!;
      const without = migrateLearned(learnt, from, toCatalogue(items.filter((_, row) => row !== gone)));
      expect(without.lost).toMatch(/not in the catalogue any more/);
      expect(without.model).toMatchObject({ header: { chosenItems: 0 } });
      parseModel(encodeModel(without.model));
    }
    const small = { catalogue: { ...smallCatalogue, items: items.slice(1) }, features };
    expect(() => migrateLearned(learnt, small, toCatalogue(items))).toThrow(RangeError);
  });

  test('[LS6] the same policy changes nothing; one with other shapes begins an epoch and says what is lost; another learner’s is refused', () => {
    expect(fitLearned(first, policy, features)).toBeNull();
    expect(fitLearned(learnt, policy, features)).toBeNull();
    const other = learnerNames.find((name) => name !== learner)!;
    expect(() => fitLearned(learnt, smallFederation(other).policy, features)).toThrow(RangeError);
    // Another number of chosen items, or of offsets.
    const phases = policy.phases.map((phase) => {
      const [part] = phase.layout.parts;
      if (part!.name === 'triangle') {
        const rows = part!.rows - 1;
        const length = (rows * (rows + 1)) / 2;
        return { ...phase, layout: { parts: [{ ...part!, rows, length }], length } };
      }
      if (part!.name === 'centroids' || part!.name === 'likes') {
        const length = part!.length - part!.rows;
        return { ...phase, layout: { parts: [{ ...part!, length }], length } };
      }
      return phase.name === 'train' ? { ...phase, layout: everyPartLayout(features) } : phase;
    });
    const fitted = fitLearned(learnt, { ...policy, phases }, features)!;
    parseModel(encodeModel(fitted.model));
    if (learner === 'reconstruction') {
      expect(fitted.lost).toBeNull();
      expect(fitted.model.header).toMatchObject({ offsetRows: 5 });
      const back = fitLearned(fitted, policy, features)!;
      expect(back.lost).toMatch(/offsets of 5 items/);
    } else {
      expect(fitted.lost).toMatch(/the policy now asks for/);
      expect(fitted.model.header).toMatchObject({ epoch: 3, phase: 0, phaseRounds: 0, chosenItems: 0 });
    }
    expect(fitted.model.popularity).toEqual(learnt.model.popularity);
  });
});
