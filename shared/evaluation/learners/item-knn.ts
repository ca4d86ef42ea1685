// Item-based collaborative filtering (Deshpande and Karypis 2004): cosine between the items' columns, shrunk where few people like either;
// an item's score is the sum of its similarity to the history, over its own nearest neighbours alone. Central.
import { type Checkpoint, centralCost, type Learner, type LearnerCost, type TrainingData } from '../learner.ts';
import { coLikes } from './ease.ts';

/** Neighbours of an item that count. */
const neighbours = 100;
/** Added to the product of norms: two items that few people know are not alike because one person likes both. */
const shrinkage = 10;

export class ItemKnn implements Learner {
  memoryBytes(data: TrainingData): number {
    return 8 * data.items.length ** 2;
  }

  *fit(data: TrainingData): Generator<Checkpoint, LearnerCost> {
    const items = data.items.length;
    const similarity = coLikes(data);
    const norms = Float64Array.from({ length: items }, (_, item) => Math.sqrt(similarity[item * items + item]!));
    for (let item = 0; item < items; item++) {
      const row = similarity.subarray(item * items, (item + 1) * items);
      for (let other = 0; other < items; other++) {
        row[other] = other === item ? 0 : row[other]! / (norms[item]! * norms[other]! + shrinkage);
      }
      keepLargest(row, neighbours);
    }
    const scores = new Float64Array(items);
    const inHistory = new Uint8Array(items);
    const score = (history: readonly number[]) => {
      inHistory.fill(0);
      for (const row of history) inHistory[row] = 1;
      for (let item = 0; item < items; item++) {
        let sum = 0;
        for (const row of history) sum += similarity[item * items + row]!;
        scores[item] = sum;
      }
      return scores;
    };
    yield { round: 0, score };
    return centralCost;
  }
}

/** Zeros all but the `count` largest numbers; among equals the first stay. */
export function keepLargest(row: Float64Array, count: number): void {
  if (row.length <= count) return;
  const sorted = row.slice().sort();
  const least = sorted[row.length - count]!;
  let equals = count;
  for (const value of row) if (value > least) equals--;
  for (let index = 0; index < row.length; index++) {
    if (row[index]! > least || (row[index] === least && equals-- > 0)) continue;
    row[index] = 0;
  }
}
