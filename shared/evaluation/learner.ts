// What the evaluation asks of a learner, whatever it is: learn from the training people, then score all items for somebody's history.
// The protocols (p1, p2, time) know nothing else of learners, and learners nothing of protocols. The registry is learners.ts.
import type { RoundCore } from '../core/rounds.ts';
import type { Features } from '../model/model.ts';

export interface TrainingData {
  /** Names of the items, by row. */
  readonly items: readonly string[];
  /** The item rows that each training person likes, ascending. */
  readonly people: readonly Uint32Array[];
  /** Public content of the items; null where the data set describes none. */
  readonly features: Features | null;
}

/** A learner's state at some point of its training. */
export interface Checkpoint {
  /** Rounds (or sweeps) so far; 0 for a learner that has none. */
  readonly round: number;
  /** Scores of all items for a person with this history. The array is the learner's and holds until the next call. */
  readonly score: (history: readonly number[]) => Float64Array;
}

/** What one person pays for a whole training. All 0 (epsilon: null) for a central learner, which sees everybody's history as it is. */
export interface LearnerCost {
  readonly rounds: number;
  /** The most often that one person took part. */
  readonly participationsPerUser: number;
  /** What the ledger of that person charges at `delta`; null where there is no noise. */
  readonly epsilon: number | null;
  /** How the noise came about, see co-occurrence-release.ts; null without noise. */
  readonly noisePath: 'each-person' | 'summed' | null;
  /** Of one participation. */
  readonly uploadBytesPerClient: number;
  readonly downloadBytesPerClient: number;
}

export const centralCost: LearnerCost = {
  rounds: 0,
  participationsPerUser: 0,
  epsilon: null,
  noisePath: null,
  uploadBytesPerClient: 0,
  downloadBytesPerClient: 0,
};

export interface FitOptions {
  /** Of the training's own randomness: start, cohorts, noise. */
  readonly seed: number;
  /** Rounds at which a checkpoint is wanted; the last one is always yielded. */
  readonly checkpoints: readonly number[];
  /** What encodes and sums where there is noise: plain JavaScript unless said otherwise, with the same results. */
  readonly rounds?: RoundCore;
}

export interface Learner {
  /** Bytes of the largest thing that fitting holds: beyond what the machine has, there is no point in beginning. */
  memoryBytes(data: TrainingData): number;
  /**
   * Learns. A checkpoint may be asked for scores until the next one is taken.
   * @throws RangeError when the data does not suffice, such as for content without features.
   */
  fit(data: TrainingData, options: FitOptions): Generator<Checkpoint, LearnerCost>;
}

/** How often each item is liked by the training people: Float64Array[items]. */
export function histogramOf(data: TrainingData): Float64Array {
  const histogram = new Float64Array(data.items.length);
  for (const liked of data.people) for (const row of liked) histogram[row] = histogram[row]! + 1;
  return histogram;
}
