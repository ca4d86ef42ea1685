// User-based collaborative filtering (Resnick et al. 1994, for likes): the nearest training people by cosine of histories vote for what they
// like, each with the similarity. Central: it needs everybody's history at ranking time, too.
import { type Checkpoint, centralCost, type Learner, type LearnerCost, type TrainingData } from '../learner.ts';
import { keepLargest } from './item-knn.ts';

/** People who vote. */
const neighbours = 80;

export class UserKnn implements Learner {
  memoryBytes(data: TrainingData): number {
    return 8 * (data.items.length + data.people.length);
  }

  *fit(data: TrainingData): Generator<Checkpoint, LearnerCost> {
    const scores = new Float64Array(data.items.length);
    const likes = new Uint8Array(data.items.length);
    const similarity = new Float64Array(data.people.length);
    const score = (history: readonly number[]) => {
      likes.fill(0);
      for (const row of history) likes[row] = 1;
      data.people.forEach((liked, person) => {
        let common = 0;
        for (const row of liked) common += likes[row]!;
        similarity[person] = common === 0 ? 0 : common / Math.sqrt(liked.length * history.length);
      });
      keepLargest(similarity, neighbours);
      scores.fill(0);
      data.people.forEach((liked, person) => {
        const weight = similarity[person]!;
        if (weight > 0) for (const row of liked) scores[row] = scores[row]! + weight;
      });
      return scores;
    };
    yield { round: 0, score };
    return centralCost;
  }
}
