// Content alone, as a learner: the tilted popularity of shared/learners/content with the popularity of the training people, which is clean, an upper
// line for one that is released with noise; or with a popularity that is known beforehand, which is what a device has where nobody shares anything.
import { firstComponent, maxComponents } from '../../catalogue/features.ts';
import { ContentTilt } from '../../learners/content/tilt.ts';
import {
  type Checkpoint,
  centralCost,
  histogramOf,
  type Learner,
  type LearnerCost,
  type TrainingData,
} from '../learner.ts';

/** Likes that every item has beforehand. */
const pseudoLikes = 0.5;

export class Content implements Learner {
  readonly #known: Float64Array | null;

  /** @param known popularity of the items, all above 0, in any unit; null: how many training people like each. */
  constructor(known: Float64Array | null = null) {
    this.#known = known;
  }

  memoryBytes(data: TrainingData): number {
    return 8 * data.items.length * (firstComponent + maxComponents);
  }

  *fit(data: TrainingData): Generator<Checkpoint, LearnerCost> {
    const { features } = data;
    if (features === null)
      throw new RangeError('content needs genres or years of the items, and the data set has none (items.csv)');
    const tilt = new ContentTilt(
      features,
      this.#known?.map(Math.log) ?? histogramOf(data).map((likes) => Math.log(likes + pseudoLikes)),
    );
    yield { round: 0, score: (history) => tilt.score(history) };
    // The features and the popularity, as 32-bit floats; nothing goes up.
    return { ...centralCost, downloadBytesPerClient: 4 * (features.values.length + features.items) };
  }
}
