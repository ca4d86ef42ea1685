// Server optimisers for `reconstruction` beside the preconditioned step: SGD, momentum, Adagrad, Adam and Yogi on the mean update as a gradient
// (Reddi et al. 2021, Adaptive Federated Optimization, algorithm 2). They know the item side alone; everything else of a round (Gram matrix,
// popularity, the served average) is the product's step. Under noise their gradient is the one that the product's evidence shows (`denoisedGradient`),
// and no number goes beyond where that evidence puts it: noise alone moves nothing, and a bold rate cannot leave the evidence behind.
import type { ServerOptimizer } from '../protocol/policy.ts';
import { blockCount, blockOf, blocksOf, forEachInBlock } from './blocks.ts';
import type { Layout, LayoutPart, ReconstructionModel } from './model.ts';
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

/** Moments of the gradients, each as long as the item side that a layout's rounds move: all blocks of the offsets, one after another. Immutable. */
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

/** Before the first round. */
export function initialOptimizerState(layout: Layout, dimension: number): OptimizerState {
  const length = layout.parts.reduce((sum, part) => sum + momentsOf(part, dimension), 0);
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
  const denoised = isNoised ? denoisedGradient(state, next.state, input) : null;
  const rate = input.rate ?? standardRates[input.optimizer];
  const arrays = { projection: state.projection.slice(), offsets: state.offsets.slice() };
  const { rounds } = input.optimizerState;
  const moments = { first: input.optimizerState.first.slice(), second: input.optimizerState.second.slice() };
  let at = 0;
  let moment = 0;
  let moved = 0;
  for (const part of layout.parts) {
    const { array, places } = placesOf(part, model);
    const gradient = Float64Array.from(places, (place, position) => {
      if (denoised) return denoised[moved + position]!;
      const { index } = place;
      const value = mean[at + place.at]!;
      // The ridge pulls W to the content model, as in the preconditioned step.
      if (array === 'projection') return value + lambda * (state.projection[index]! - state.contentProjection[index]!);
      const item = model.offsetItems[Math.floor(index / dimension)]!;
      const weight = next.model.popularity[item]! * state.likesPerPerson + unobservedWeight;
      let embedding = state.offsets[index]!;
      for (let column = 0; column < featureColumns; column++) {
        const factor = state.projection[column * dimension + (index % dimension)]!;
        embedding += features.values[item * featureColumns + column]! * factor;
      }
      return value + lambda * weight * embedding;
    });
    const of = (values: Float64Array) => Float64Array.from(places, (place) => values[moment + place.moment]!);
    // A block is visited once in as many rounds as there are blocks.
    const { change, state: after } = optimizerStep(input.optimizer, rate, gradient, {
      rounds: Math.floor(rounds / blockCount(blocksOf(part))),
      first: of(moments.first),
      second: of(moments.second),
    });
    places.forEach((place, position) => {
      moments.first[moment + place.moment] = after.first[position]!;
      moments.second[moment + place.moment] = after.second[position]!;
      const from = arrays[array][place.index]!;
      const to = from - change[position]!;
      const shown = next.state[array][place.index]!;
      arrays[array][place.index] = isNoised ? Math.min(Math.max(to, Math.min(from, shown)), Math.max(from, shown)) : to;
    });
    at += part.length;
    moment += momentsOf(part, dimension);
    moved += places.length;
  }
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
    optimizerState: { rounds: rounds + 1, ...moments },
  };
}

/** Moments that are kept for a part: 0 for one that is not the item side's. */
function momentsOf(part: LayoutPart, dimension: number): number {
  if (part.name === 'offsets') return part.rows * dimension;
  return part.name === 'projection' ? part.length : 0;
}

interface Places {
  readonly array: 'projection' | 'offsets';
  /** Of each number that a round moves: its place in the part, in the model's array and among the part's moments. */
  readonly places: readonly { readonly at: number; readonly index: number; readonly moment: number }[];
}

function placesOf(part: LayoutPart, model: ReconstructionModel): Places {
  const { dimension, featureColumns } = model.header;
  const places: { at: number; index: number; moment: number }[] = [];
  if (part.name === 'offsets') {
    forEachInBlock(blockOf(part, model.header), dimension, (at, index) => {
      places.push({ at, index, moment: index });
    });
    return { array: 'offsets', places };
  }
  if (part.name === 'projection') {
    const columns = projectionColumns(part);
    for (let at = 0; at < part.length; at++) {
      const row = featureColumns - part.rows + Math.floor(at / columns);
      places.push({ at, index: row * dimension + (at % columns), moment: at });
    }
  }
  return { array: 'projection', places };
}
