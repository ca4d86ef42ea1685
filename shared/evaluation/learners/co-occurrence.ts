// `co-occurrence`: item-based collaborative filtering from one session of the crowd, with public content.
// With noise a session is two releases, charged together: the popularity p (x / sqrt n of each person, shrunken by empirical Bayes with the
// content), which chooses the K items, and the deflated co-occurrence of those (tastes.ts). Without noise it is one: the triangle of
// x xᵀ / n^(1/4), whose diagonal is the popularity. Under noise what a device uploads, what the server makes of the co-occurrence and how a device
// scores are the product's (shared/learners/co-occurrence); the product estimates the popularity otherwise (shared/learners/popularity.ts), for
// weaker signals, and leaves out tastes that hardly stand out.
import { mostFactors } from '../../learners/co-occurrence/ease.ts';
import { leadingEigenpairsOf } from '../../learners/co-occurrence/eigenpairs.ts';
import {
  effectiveItems,
  itemsFor,
  openTiltWeight,
  relativeSignal,
  ridgeOf,
  shareOfPopularity,
  tiltWeightOf,
} from '../../learners/co-occurrence/rules.ts';
import { CoOccurrenceScorer, type LearnedTastes, withPopularity } from '../../learners/co-occurrence/scorer.ts';
import { Deflation, mostPopular, triangleLength } from '../../learners/co-occurrence/tastes.ts';
import { histogramOf } from '../../learners/popularity.ts';
import { quickRandomOfLabel } from '../../maths/random.ts';
import { epsilonOfRho, rhoOfEpsilon } from '../../privacy/accountant.ts';
import { noiseOfPolicy, type RoundPolicy } from '../../protocol/policy.ts';
import type { Checkpoint, FitOptions, Learner, LearnerCost, TrainingData } from '../learner.ts';
import { type PrivacyDemand, sumsOf } from '../private-mean.ts';
import { mergedPath, type NoisePath, noisePathOf, policyOfRelease, release } from './co-occurrence-release.ts';
import { shrunkenPopularity } from './shrunken-popularity.ts';

/** Without noise: items at most, the ridge in likes as a central EASE has it, and likes that every item has beforehand. */
const mostOpenItems = 2000;
const openRidge = 250;
const openPseudoLikes = 0.05;
/** Bits of a number in the ring of the uploads without noise. */
const openBits = 16;

export interface CoOccurrenceOptions {
  /** K; null: by the rule, and without noise all items up to `mostOpenItems`. */
  readonly itemsK: number | null;
  /** null: without noise. */
  readonly privacy: PrivacyDemand | null;
  /** How often each training person is repeated: as much information, less noise. */
  readonly population: number;
  /** People in one sum at most, under noise. Default `mostInOneSum`: fewer are several sums, whose noise adds up. */
  readonly cohort?: number;
}

export class CoOccurrence implements Learner {
  readonly #options: CoOccurrenceOptions;

  constructor(options: CoOccurrenceOptions) {
    this.#options = options;
  }

  /** The co-occurrence and its eigenvectors, the factors and what the device makes of them. */
  memoryBytes(data: TrainingData): number {
    const items = data.items.length;
    const chosen = Math.min(items, this.#options.itemsK ?? mostOpenItems);
    return 8 * (2 * chosen * chosen + 4 * chosen * mostFactors + 3 * items * mostFactors);
  }

  *fit(data: TrainingData, fitOptions: FitOptions): Generator<Checkpoint, LearnerCost> {
    const { privacy } = this.#options;
    const learned =
      privacy === null ? openSession(data, this.#options) : privateSession(data, this.#options, privacy, fitOptions);
    const scorer = new CoOccurrenceScorer(learned, data.features);
    yield { round: 1, score: (history) => scorer.score(history) };
    // The factors, the popularity and the content, as 32-bit floats.
    const numbers = learned.factors.values.length + data.items.length + (data.features?.values.length ?? 0);
    return {
      rounds: 1,
      participationsPerUser: 1,
      epsilon: learned.epsilon,
      noisePath: learned.noisePath,
      uploadBytesPerClient: learned.uploadBytes,
      downloadBytesPerClient: 4 * numbers,
    };
  }
}

/** What the crowd's session published, and what it cost. */
interface Learned extends LearnedTastes {
  readonly epsilon: number | null;
  readonly noisePath: NoisePath | null;
  readonly uploadBytes: number;
}

/** One release of a session without noise. */
function openSession(data: TrainingData, { itemsK }: CoOccurrenceOptions): Learned {
  const items = data.items.length;
  const people = data.people.length;
  const popularity = new Float64Array(items).fill(openPseudoLikes / people);
  let likes = 0;
  for (const liked of data.people) {
    likes += liked.length;
    for (const row of liked) popularity[row] = popularity[row]! + openWeight(liked) / people;
  }
  const count = Math.min(items, itemsK ?? mostOpenItems);
  const chosen = mostPopular(popularity, count);
  const placeOf = new Int32Array(items).fill(-1);
  chosen.forEach((row, place) => {
    placeOf[row] = place;
  });
  const places = data.people.map((liked) =>
    Uint32Array.from(Array.from(liked, (row) => placeOf[row]!).filter((place) => place >= 0)),
  );
  const weights = data.people.map((liked) => openWeight(liked) / people);
  // The sum of the triangles times a vector, person by person: they are never written out.
  const times = (vector: Float64Array, out: Float64Array) => {
    out.fill(0);
    places.forEach((own, person) => {
      let along = 0;
      for (const place of own) along += vector[place]!;
      along *= weights[person]!;
      for (const place of own) out[place] = out[place]! + along;
    });
  };
  const { values, vectors } = leadingEigenpairsOf(times, count, mostFactors);
  const kept = values.filter((value) => value > 1e-9 * values[0]!).length;
  const factors = new Float64Array(items * kept);
  const rest = new Float64Array(items);
  chosen.forEach((row, place) => {
    let squares = 0;
    for (let t = 0; t < kept; t++) {
      const value = Math.sqrt(values[t]!) * vectors[t * count + place]!;
      factors[row * kept + t] = value;
      squares += value * value;
    }
    rest[row] = Math.max(0, popularity[row]! - squares);
  });
  // With all items the diagonal tells the popularity; otherwise a histogram goes up first.
  const numbers = triangleLength(count) + (count < items ? items : 0);
  return {
    popularity,
    factors: { values: factors, count: kept },
    rest,
    tastes: { values: new Float64Array(0), count: 0 },
    // A like weighs as much in the ridge as in the matrix.
    ridge: (openRidge * sum(popularity)) / likes,
    tiltWeight: openTiltWeight,
    epsilon: null,
    noisePath: null,
    uploadBytes: Math.ceil((numbers * openBits) / 8),
  };
}

/** Of one person in the sum: somebody who likes more says more, but not in proportion to the pairs. */
function openWeight(liked: Uint32Array): number {
  return liked.length ** -0.25;
}

/** Both releases of a session under noise. */
function privateSession(
  data: TrainingData,
  { itemsK, population, cohort }: CoOccurrenceOptions,
  { epsilon, delta }: PrivacyDemand,
  { seed, rounds }: FitOptions,
): Learned {
  const items = data.items.length;
  const distinct = data.people.length;
  const people = distinct * population;
  const random = quickRandomOfLabel(`co-occurrence ${seed}`);
  const rho = rhoOfEpsilon(epsilon, delta);
  const histogramPart = { name: 'histogram', rows: items, length: items } as const;
  const signal = signalOf(rho, people, policyOfRelease(rho, delta, people, histogramPart, cohort));
  const relative = relativeSignal(signal, items);
  const share = shareOfPopularity(relative);

  const histogramPolicy = policyOfRelease(share * rho, delta, people, histogramPart, cohort);
  const histogram = release(() => histograms(data), distinct, population, histogramPolicy, random, rounds);
  const popularity = shrunkenPopularity(histogram.mean, histogram.noiseStdOfMean, data.features);

  const count = Math.min(items, itemsK ?? itemsFor((1 - share) * signal, effectiveItems(popularity)));
  const deflation = new Deflation(popularity, count);
  const triangles = function* () {
    for (const liked of data.people) yield deflation.triangleOf(liked);
  };
  const gramPart = { name: 'triangle', rows: count, length: triangleLength(count) } as const;
  const gramPolicy = policyOfRelease((1 - share) * rho, delta, people, gramPart, cohort);
  const gram = release(triangles, distinct, population, gramPolicy, random, rounds);
  const tastes = deflation.tastesOf(gram.mean, gram.noiseStdOfMean, mostFactors - 1, data.features);

  const charged = noiseOfPolicy(histogramPolicy).rhoPerParticipation + noiseOfPolicy(gramPolicy).rhoPerParticipation;
  return {
    popularity,
    factors: withPopularity(tastes, popularity),
    rest: null,
    tastes,
    // Somebody who is there several times says no more about what goes with what.
    ridge: ridgeOf(relative, sum(popularity), distinct),
    tiltWeight: tiltWeightOf(relative),
    epsilon: epsilonOfRho(charged, delta),
    noisePath: mergedPath(
      [histogramPolicy, gramPolicy].map(({ layout }) => noisePathOf(people, layout.length, population)),
    ),
    uploadBytes: uploadBytes(histogramPolicy) + uploadBytes(gramPolicy),
  };
}

/** x / sqrt n of each person. */
function* histograms(data: TrainingData): Generator<Float64Array, void> {
  for (const liked of data.people) yield histogramOf(liked, data.items.length);
}

/** nu: the norm of one person over the noise of the mean, if the whole budget were one release. */
function signalOf(rho: number, people: number, policy: RoundPolicy): number {
  const margin = Math.sqrt(policy.maxCohort / policy.honestNoiseShares);
  return people / (margin * Math.sqrt(1 / (2 * rho)) * Math.sqrt(sumsOf(people, policy.maxCohort).sums));
}

function uploadBytes(policy: RoundPolicy): number {
  return Math.ceil((policy.layout.length * policy.bits) / 8);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
