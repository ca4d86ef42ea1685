// The self-test's problem: small, the same everywhere, and odd-sized, so that a kernel that is wrong at its edges is caught.
import type { Features, Interactions, ItemTable, ReconstructionModel } from '#shared/model/model.ts';
import { materialise } from '#shared/model/table.ts';

/** The numbers of a row, in F and in V. A kernel is compiled for them, so the self-test takes those that the fits will have. */
export interface GoldenShape {
  readonly featureColumns: number;
  readonly dimension: number;
  /** Default: few. */
  readonly items?: number;
}

const fewItems = 131;
const smallShape: GoldenShape = { featureColumns: 7, dimension: 13 };
const offsetItems = Uint32Array.from([0, 3, 17, 64, 130]);

export const goldenInteractions: Interactions = {
  liked: [0, 5, 17, 42, 99, 130],
  disliked: [3, 64, 77],
  seen: [8, 120],
};

/** The golden model's item table. The model is not a published one: its hashes are zeros. */
export function goldenTable({ featureColumns, dimension, items = fewItems }: GoldenShape = smallShape): ItemTable {
  // As long rows as short ones, however many numbers they have.
  const size = 0.8 / Math.sqrt(featureColumns);
  const features: Features = { items, columns: featureColumns, values: wave(items * featureColumns, 0.7, size) };
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
      offsetRows: offsetItems.length,
      unobservedWeight: 0.5,
      lambda: 0.01,
      popularityWeight: 0,
    },
    projection: wave(featureColumns * dimension, 0.31, 0.2),
    offsets: wave(offsetItems.length * dimension, 1.3, 0.1),
    offsetItems,
    popularity: new Float32Array(items).fill(1 / items),
  };
  return materialise(model, features);
}

/** Numbers in [-size, size] without a pattern that rows or columns share. Not random: the same on every device. */
function wave(length: number, step: number, size: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => size * Math.sin(step * i + 0.001 * i * i));
}
