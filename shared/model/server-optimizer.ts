// Server optimisers for `reconstruction` beside the preconditioned step: SGD, momentum, Adagrad, Adam and Yogi on the mean update as a gradient
// (Reddi et al. 2021, Adaptive Federated Optimization, algorithm 2). They know the item side alone; everything else of a round (Gram matrix,
// popularity, the served average) is the product's step. Under noise their gradient is the one that the product's evidence shows (`denoisedGradient`),
// and no number goes beyond where that evidence puts it: noise alone moves nothing, and a bold rate cannot leave the evidence behind.
import type { ServerOptimizer } from '../protocol/policy.ts';
import type { Layout, ReconstructionModel } from './model.ts';
import type { ServerState } from './server-state.ts';
import {
  coarse,
  denoisedGradient,
  perUnitOfWeight,
  type ServerStepInput,
  servedAverage,
  serverStep,
} from './server-step.ts';
import { projectionColumns } from './update.ts';

export { type ServerOptimizer, serverOptimizers } from '../protocol/policy.ts';
export type GradientOptimizer = Exclude<ServerOptimizer, 'preconditioned'>;

/** Moments of the gradients, each as long as the part of the update that is the item side's. Immutable. */
export interface OptimizerState {
  readonly rounds: number;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Rates that worked on MovieLens 100K with cohorts of 100; `tacit evaluate --server-optimizer` runs them. */
export const standardRates: Readonly<Record<GradientOptimizer, number>> = {
  sgd: 20,
  momentum: 2,
  adagrad: 0.2,
  adam: 0.06,
  yogi: 0.06,
};

const firstMomentMemory = 0.9;
const secondMomentMemory = 0.99;
/** tau of the paper: the adaptivity's floor. */
const leastRoot = 1e-3;

/** Before the first round. @param numbers of the item side in the update. */
export function initialOptimizerState(layout: Layout): OptimizerState {
  const length = itemSideLength(layout);
  return { rounds: 0, first: new Float64Array(length), second: new Float64Array(length) };
}

/**
 * One step of an optimiser.
 * @returns the change to be subtracted, and the next state; the input is not changed.
 */
export function optimizerStep(
  kind: GradientOptimizer,
  rate: number,
  gradient: Float64Array,
  state: OptimizerState,
): { change: Float64Array; state: OptimizerState } {
  const rounds = state.rounds + 1;
  if (kind === 'sgd') return { change: gradient.map((value) => rate * value), state: { ...state, rounds } };
  if (kind === 'momentum') {
    const first = gradient.map((value, index) => firstMomentMemory * state.first[index]! + value);
    return { change: first.map((value) => rate * value), state: { ...state, rounds, first } };
  }
  const memory = kind === 'adagrad' ? 0 : firstMomentMemory;
  const first = gradient.map((value, index) => memory * state.first[index]! + (1 - memory) * value);
  const second = gradient.map((value, index) => {
    const square = value * value;
    const before = state.second[index]!;
    if (kind === 'adagrad') return before + square;
    if (kind === 'adam') return secondMomentMemory * before + (1 - secondMomentMemory) * square;
    return before - (1 - secondMomentMemory) * square * Math.sign(before - square);
  });
  // Both moments start at 0 and are short of their means at first (Kingma and Ba 2015).
  const firstBias = 1 - memory ** rounds;
  const secondBias = kind === 'adagrad' ? 1 : 1 - secondMomentMemory ** rounds;
  const change = first.map(
    (value, index) => (rate * (value / firstBias)) / (Math.sqrt(second[index]! / secondBias) + leastRoot),
  );
  return { change, state: { rounds, first, second } };
}

export interface OptimizedStepInput extends ServerStepInput {
  readonly optimizer: GradientOptimizer;
  readonly optimizerState: OptimizerState;
  /** Default: the optimiser's in `standardRates`. */
  readonly rate?: number;
}

/**
 * A round's step with one of these optimisers on the item side.
 * @throws RangeError as `serverStep` does.
 */
export function optimizedServerStep(input: OptimizedStepInput): {
  model: ReconstructionModel;
  state: ServerState;
  optimizerState: OptimizerState;
} {
  const { model, state, features, layout, cohort, noiseStdOfMean } = input;
  const next = serverStep(input);
  const { mean } = perUnitOfWeight(layout, input);
  const { dimension, featureColumns, lambda, unobservedWeight } = model.header;
  const isNoised = noiseStdOfMean > 0;
  const gradient = isNoised ? denoisedGradient(state, next.state, input) : new Float64Array(itemSideLength(layout));
  const places: { array: 'projection' | 'offsets'; index: number }[] = [];
  let at = 0;
  for (const part of layout.parts) {
    for (let index = 0; index < part.length; index++) {
      if (part.name === 'offsets') {
        if (!isNoised) {
          const row = Math.floor(index / dimension);
          const k = index % dimension;
          const item = model.offsetItems[row]!;
          const weight = next.model.popularity[item]! * state.likesPerPerson + unobservedWeight;
          let embedding = state.offsets[index]!;
          for (let column = 0; column < featureColumns; column++) {
            embedding += features.values[item * featureColumns + column]! * state.projection[column * dimension + k]!;
          }
          gradient[places.length] = mean[at + index]! + lambda * weight * embedding;
        }
        places.push({ array: 'offsets', index });
      } else if (part.name === 'projection') {
        const columns = projectionColumns(part);
        const row = featureColumns - part.rows + Math.floor(index / columns);
        const place = row * dimension + (index % columns);
        // The ridge pulls W to the content model, as in the preconditioned step.
        if (!isNoised) {
          gradient[places.length] =
            mean[at + index]! + lambda * (state.projection[place]! - state.contentProjection[place]!);
        }
        places.push({ array: 'projection', index: place });
      }
    }
    at += part.length;
  }
  const rate = input.rate ?? standardRates[input.optimizer];
  const { change, state: optimizerState } = optimizerStep(input.optimizer, rate, gradient, input.optimizerState);
  const arrays = { projection: state.projection.slice(), offsets: state.offsets.slice() };
  places.forEach(({ array, index }, position) => {
    const from = arrays[array][index]!;
    const to = from - change[position]!;
    const shown = next.state[array][index]!;
    arrays[array][index] = isNoised ? Math.min(Math.max(to, Math.min(from, shown)), Math.max(from, shown)) : to;
  });
  const keep = isNoised ? 0 : Math.min(servedAverage(cohort), state.rounds / (state.rounds + 1));
  const served = (previous: Float32Array, values: Float64Array) =>
    Float32Array.from(values, (value, index) => keep * previous[index]! + (1 - keep) * value);
  const stepped = {
    ...next.model,
    projection: served(model.projection, arrays.projection),
    offsets: served(model.offsets, arrays.offsets),
  };
  return {
    model: isNoised ? coarse(stepped) : stepped,
    state: { ...next.state, ...arrays },
    optimizerState,
  };
}

function itemSideLength(layout: Layout): number {
  return layout.parts.reduce(
    (sum, part) => sum + (part.name === 'offsets' || part.name === 'projection' ? part.length : 0),
    0,
  );
}
