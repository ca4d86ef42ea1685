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

  /** The model is one items x items matrix, inverted in place; from the people's side it is never larger. */
  memoryBytes(data: TrainingData): number {
    return inverseBytes(data.items.length);
  }

  *fit(data: TrainingData): Generator<Checkpoint, LearnerCost> {
    const { lambda } = this.#options;
    const fewPeople = data.people.length < 0.8 * data.items.length;
    yield { round: 0, score: fewPeople ? scorerByPeople(data, lambda) : scorerByItems(data, lambda) };
    return centralCost;
  }
}

function scorerByItems(data: TrainingData, lambda: number): Checkpoint['score'] {
  const items = data.items.length;
  const matrix = coLikes(data);
  for (let item = 0; item < items; item++) matrix[item * items + item] = matrix[item * items + item]! + lambda;
  invertPositiveDefinite(matrix, items);
  const scores = new Float64Array(items);
  return (history) => {
    scores.fill(0);
    for (const row of history) {
      const start = row * items;
      for (let item = 0; item < items; item++) scores[item] = scores[item]! - matrix[start + item]!;
    }
    for (let item = 0; item < items; item++) scores[item] = scores[item]! / matrix[item * items + item]!;
    return scores;
  };
}

/**
 * The same scores with a matrix of people x people, where there are fewer of them than items: lambda P = I - Xᵀ K X with K = (X Xᵀ + lambda I)⁻¹
 * (Woodbury 1950). An item of the history gets no meaningful score.
 */
function scorerByPeople(data: TrainingData, lambda: number): Checkpoint['score'] {
  const items = data.items.length;
  const people = data.people.length;
  const admirers = admirersOf(data);
  const matrix = new Float64Array(people * people);
  for (const list of admirers) {
    for (const person of list) {
      for (const other of list) matrix[person * people + other] = matrix[person * people + other]! + 1;
    }
  }
  for (let person = 0; person < people; person++) {
    matrix[person * people + person] = matrix[person * people + person]! + lambda;
  }
  invertPositiveDefinite(matrix, people);
  // lambda P_jj.
  const diagonal = Float64Array.from(admirers, (list) => {
    let sum = 0;
    for (const person of list) for (const other of list) sum += matrix[person * people + other]!;
    return 1 - sum;
  });
  const scores = new Float64Array(items);
  const common = new Float64Array(people);
  return (history) => {
    common.fill(0);
    for (const row of history) for (const person of admirers[row]!) common[person] = common[person]! + 1;
    const votes = new Float64Array(people);
    for (let person = 0; person < people; person++) {
      const count = common[person]!;
      if (count === 0) continue;
      const start = person * people;
      for (let other = 0; other < people; other++) votes[other] = votes[other]! + count * matrix[start + other]!;
    }
    admirers.forEach((list, item) => {
      let sum = 0;
      for (const person of list) sum += votes[person]!;
      scores[item] = sum / diagonal[item]!;
    });
    return scores;
  };
}

/** Which people like each item. */
export function admirersOf(data: TrainingData): Uint32Array[] {
  const lists: number[][] = data.items.map(() => []);
  data.people.forEach((liked, person) => {
    for (const row of liked) lists[row]!.push(person);
  });
  return lists.map((list) => Uint32Array.from(list));
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
