// Made-up models and histories of any shape, for tests of what computes on them.
import type { Features, Interactions, ItemTable, ReconstructionModel } from '../model/model.ts';
import { materialise } from '../model/table.ts';

/** A made-up model and history. Everything in it follows from the numbers here. */
export interface Problem {
  readonly items: number;
  readonly dimension: number;
  readonly featureColumns: number;
  readonly offsetRows: number;
  readonly liked: number;
  readonly disliked: number;
  readonly seen: number;
  readonly seed: number;
}

/** The made-up model and history of a problem: rows distinct, numbers from a small generator of its own. */
export function makeProblem(problem: Problem): { table: ItemTable; interactions: Interactions } {
  const { items, dimension, featureColumns, offsetRows } = problem;
  const next = generator(problem.seed);
  const numbers = (length: number, size: number) => Float32Array.from({ length }, () => size * (2 * next() - 1));
  const order = Array.from({ length: items }, (_, row) => row);
  for (let i = items - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const features: Features = { items, columns: featureColumns, values: numbers(items * featureColumns, 0.3) };
  const model: ReconstructionModel = {
    learner: 'reconstruction',
    header: {
      format: 2,
      version: 1,
      federation: '0'.repeat(32),
      epoch: 1,
      phase: 0,
      phaseRounds: 0,
      catalogueHash: '0'.repeat(64),
      featuresHash: '0'.repeat(64),
      items,
      dimension,
      featureColumns,
      offsetRows,
      unobservedWeight: 0.5,
      lambda: 0.01,
      popularityWeight: 0,
    },
    projection: numbers(featureColumns * dimension, 0.5),
    offsets: numbers(offsetRows * dimension, 0.2),
    offsetItems: Uint32Array.from(order.slice(0, offsetRows).sort((a, b) => a - b)),
    popularity: new Float32Array(items).fill(1 / items),
  };
  // Taken from the other end of the order and wrapped around, so that some interactions are offset items and some are not.
  const rows = order.slice().reverse();
  const { liked, disliked } = problem;
  return {
    table: materialise(model, features),
    interactions: {
      liked: rows.slice(0, liked),
      disliked: rows.slice(liked, liked + disliked),
      seen: rows.slice(liked + disliked, liked + disliked + problem.seen),
    },
  };
}

/** The murmur3 finaliser over a counter: numbers in [0, 1). For test problems only. */
function generator(seed: number): () => number {
  let counter = seed >>> 0;
  return () => {
    counter = (counter + 0x9e3779b9) >>> 0;
    let h = counter;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
  };
}
