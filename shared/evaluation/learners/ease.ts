// EASE (Steck 2019, Embarrassingly Shallow Autoencoders): the item-to-item weights B with zero diagonal that minimise
// |X - X B|² + lambda |B|². With P = (XᵀX + lambda I)⁻¹: B_ij = -P_ij / P_jj. Central: it needs everybody's history.
import { inverseBytes, invertPositiveDefinite } from '../../maths/inverse.ts';
import { type Checkpoint, centralCost, type Learner, type LearnerCost, type TrainingData } from '../learner.ts';

export interface EaseOptions {
  readonly lambda: number;
}

export class Ease implements Learner {
  readonly #options: EaseOptions;

  constructor(options: EaseOptions) {
    this.#options = options;
  }

  /** One items x items matrix, inverted in place. */
  memoryBytes(data: TrainingData): number {
    return inverseBytes(data.items.length);
  }

  *fit(data: TrainingData): Generator<Checkpoint, LearnerCost> {
    const items = data.items.length;
    const matrix = coLikes(data);
    for (let item = 0; item < items; item++)
      matrix[item * items + item] = matrix[item * items + item]! + this.#options.lambda;
    invertPositiveDefinite(matrix, items);
    const scores = new Float64Array(items);
    const score = (history: readonly number[]) => {
      scores.fill(0);
      for (const row of history) {
        const start = row * items;
        for (let item = 0; item < items; item++) scores[item] = scores[item]! - matrix[start + item]!;
      }
      for (let item = 0; item < items; item++) scores[item] = scores[item]! / matrix[item * items + item]!;
      return scores;
    };
    yield { round: 0, score };
    return centralCost;
  }
}

/** XᵀX: how many people like both items; items x items. */
export function coLikes(data: TrainingData): Float64Array {
  const items = data.items.length;
  const counts = new Float64Array(items * items);
  for (const liked of data.people) {
    for (const row of liked) {
      const start = row * items;
      for (const other of liked) counts[start + other] = counts[start + other]! + 1;
    }
  }
  return counts;
}
