// Protocol P1: strong generalisation with full ranking, for the learners `popularity` and `reconstruction`.
// `reconstruction` here is the federation without noise: each cohort member's update comes from the objective and the update code that devices
// run, and the model from the server step that the server runs. Layout: offsets for all items (the whole V) and the Gram part.
import type { Catalogue, CatalogueItem } from '../catalogue/schema.ts';
import { experimentRandom, type RandomSource } from '../maths/random.ts';
import type { Features, Layout, Model } from '../model/model.ts';
import { foldIn, trainReference } from '../model/objective.ts';
import { type InitialModelOptions, initialModel, serverStep } from '../model/server-step.ts';
import { materialise } from '../model/table.ts';
import { clientUpdate } from '../model/update.ts';
import { metricDepth, rankingMetrics, topRows, type UserMetrics } from './metrics.ts';
import type { Fold, HeldOutUser, PositiveSet } from './split.ts';

/** L2 clip of the item update and of the Gram part without noise: above nearly every norm (C = 3 costs nothing). */
export const evaluationClippingBoundL2 = 3;
/** Bits of a number in the upload, for the count of bytes. */
export const evaluationBits = 16;

export interface ReconstructionOptions {
  readonly cohort: number;
  readonly dimension: number;
  readonly lambda: number;
  readonly unobservedWeight: number;
  readonly rounds: number;
  readonly seed: number;
  /** Rounds after which to rank; the last round is always among them. */
  readonly evaluateAt: readonly number[];
  /** Content features to start from; null: a random start. */
  readonly features: Features | null;
  readonly onRound?: (round: number) => void;
}

export interface EvaluatedRound {
  readonly round: number;
  readonly users: readonly UserMetrics[];
}

/** How often each item was liked in the training folds, length items. */
export function trainingHistogram(set: PositiveSet, fold: Fold): Float64Array {
  const histogram = new Float64Array(set.items.length);
  for (const user of fold.train) {
    for (const row of set.rows.subarray(set.starts[user]!, set.starts[user + 1]!)) histogram[row] = histogram[row]! + 1;
  }
  return histogram;
}

/** Ranks by the training histogram. */
export function evaluatePopularity(set: PositiveSet, fold: Fold): UserMetrics[] {
  const histogram = trainingHistogram(set, fold);
  return fold.test.map((user) => rankHeldOut(user, histogram));
}

/** D of the whole V with its Gram part. */
export function fullLayout(items: number, dimension: number): Layout {
  const offsets = items * dimension;
  const gram = (dimension * (dimension + 1)) / 2;
  return {
    parts: [
      { name: 'offsets', rows: items, length: offsets, clippingBoundL2: evaluationClippingBoundL2 },
      { name: 'gram', rows: dimension, length: gram, clippingBoundL2: evaluationClippingBoundL2 },
    ],
    length: offsets + gram,
  };
}

/** Runs the federation on the training users and ranks for the held-out users. */
export function evaluateReconstruction(set: PositiveSet, fold: Fold, options: ReconstructionOptions): EvaluatedRound[] {
  const items = set.items.length;
  const layout = fullLayout(items, options.dimension);
  const features = constantFeatures(items);
  const catalogue = { items: set.items.map((id): CatalogueItem => ({ id, title: id, genres: [] })) };
  const histogram = trainingHistogram(set, fold);
  const pairs = histogram.reduce((sum, count) => sum + count, 0);
  const shape = {
    dimension: options.dimension,
    unobservedWeight: options.unobservedWeight,
    lambda: options.lambda,
    popularityWeight: 0,
  };
  let { model, state } = initialModel(catalogue, features, noHash, noHash, {
    ...shape,
    layout,
    embeddings: options.features
      ? contentEmbeddings(catalogue, options.features, shape)
      : randomEmbeddings(items, options.dimension, options.seed),
    popularity: histogram,
    likesPerPerson: pairs / fold.train.length,
  });
  const cohorts = new CohortDraw(fold.train, options.cohort, experimentRandom(options.seed));
  const evaluated: EvaluatedRound[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const cohort = cohorts.next();
    const table = materialise(model, features);
    const mean = new Float64Array(layout.length);
    for (const user of cohort) {
      const liked = Array.from(set.rows.subarray(set.starts[user]!, set.starts[user + 1]!));
      const update = clientUpdate(trainReference(table, { liked, disliked: [], seen: [] }), model, layout);
      for (let index = 0; index < mean.length; index++) mean[index] = mean[index]! + update[index]! / cohort.length;
    }
    ({ model, state } = serverStep({ model, state, features, layout, mean, noiseStdOfMean: 0, cohort: cohort.length }));
    if (round === options.rounds || options.evaluateAt.includes(round)) {
      evaluated.push({ round, users: rankAll(model, features, fold.test) });
    }
    options.onRound?.(round);
  }
  return evaluated;
}

const noHash = '0'.repeat(64);

/** V = F W₀ of the content start, as the offsets of a model without features: the federation then trains all of V. */
function contentEmbeddings(
  catalogue: Pick<Catalogue, 'items'>,
  features: Features,
  shape: InitialModelOptions,
): Float32Array {
  const { model } = initialModel(catalogue, features, noHash, noHash, shape);
  return materialise(model, features).embeddings;
}

/** V ~ N(0, 0.1 / sqrt d), by Box and Muller from a seeded source. */
function randomEmbeddings(items: number, dimension: number, seed: number): Float64Array {
  const random = experimentRandom(seed);
  const words = new Uint32Array(2);
  const embeddings = new Float64Array(items * dimension);
  for (let index = 0; index < embeddings.length; index += 2) {
    random.fillUint32(words);
    const radius = (0.1 / Math.sqrt(dimension)) * Math.sqrt(-2 * Math.log((words[0]! + 1) / 2 ** 32));
    const angle = (2 * Math.PI * words[1]!) / 2 ** 32;
    embeddings[index] = radius * Math.cos(angle);
    if (index + 1 < embeddings.length) embeddings[index + 1] = radius * Math.sin(angle);
  }
  return embeddings;
}

/** Features of a catalogue without content: the constant column alone. */
export function constantFeatures(items: number): Features {
  return { items, columns: 1, values: new Float32Array(items).fill(1) };
}

function rankAll(model: Model, features: Features, users: readonly HeldOutUser[]): UserMetrics[] {
  const table = materialise(model, features);
  const { items, dimension } = model.header;
  const scores = new Float64Array(items);
  return users.map((user) => {
    const u = foldIn(table, { liked: user.history, disliked: [], seen: [] });
    for (let row = 0; row < items; row++) {
      let score = 0;
      for (let k = 0; k < dimension; k++) score += table.embeddings[row * dimension + k]! * u[k]!;
      scores[row] = score;
    }
    return rankHeldOut(user, scores);
  });
}

function rankHeldOut(user: HeldOutUser, scores: Float64Array): UserMetrics {
  return rankingMetrics(topRows(scores, user.history, metricDepth), new Set(user.targets));
}

/** Cohorts in seeded passes: everybody takes part once before anybody does twice. */
class CohortDraw {
  readonly #people: number[];
  readonly #size: number;
  readonly #random: RandomSource;
  #next: number;

  constructor(people: readonly number[], size: number, random: RandomSource) {
    this.#people = [...people];
    this.#size = Math.min(size, people.length);
    this.#random = random;
    this.#next = people.length;
  }

  next(): number[] {
    const cohort: number[] = [];
    while (cohort.length < this.#size) {
      if (this.#next >= this.#people.length) this.#shuffle();
      const person = this.#people[this.#next++]!;
      if (!cohort.includes(person)) cohort.push(person);
    }
    return cohort;
  }

  /** Fisher and Yates. */
  #shuffle(): void {
    const word = new Uint32Array(1);
    for (let at = this.#people.length - 1; at > 0; at--) {
      this.#random.fillUint32(word);
      const other = word[0]! % (at + 1);
      const person = this.#people[at]!;
      this.#people[at] = this.#people[other]!;
      this.#people[other] = person;
    }
    this.#next = 0;
  }
}
