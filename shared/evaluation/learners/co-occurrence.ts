// `co-occurrence`: item-based collaborative filtering from one session of the crowd, with public content.
// With noise a session is two releases, charged together: the popularity p (x / sqrt n of each person, shrunken by empirical Bayes with the
// content), which chooses the K items, and the deflated co-occurrence of those (tastes.ts). Without noise it is one: the triangle of
// x xᵀ / n^(1/4), whose diagonal is the popularity. A device scores with EASE by Woodbury from at most `mostFactors` factors, and adds what the
// tilted popularity (content.ts) expects of n likes, its content extended by the learned tastes: if E[x xᵀ / n] = p pᵀ + T Tᵀ, then
// P(i) ∝ p_i exp(τ_iᵀ c) with τ_i = T_i / p_i and c ~ N(0, I) has these moments to first order.
import { firstComponent } from '../../catalogue/features.ts';
import { FactorEase, mostFactors } from '../../learners/co-occurrence/ease.ts';
import { leadingEigenpairsOf } from '../../learners/co-occurrence/eigenpairs.ts';
import { shrunkenPopularity } from '../../learners/co-occurrence/popularity.ts';
import {
  effectiveItems,
  itemsFor,
  openTiltWeight,
  relativeSignal,
  ridgeOf,
  shareOfPopularity,
  tiltWeightOf,
} from '../../learners/co-occurrence/rules.ts';
import { Deflation, mostPopular, type Tastes, triangleLength } from '../../learners/co-occurrence/tastes.ts';
import { ContentTilt, componentPrecision } from '../../learners/content/tilt.ts';
import { quickRandomOfLabel } from '../../maths/random.ts';
import type { Features } from '../../model/model.ts';
import { epsilonOfRho, rhoOfEpsilon } from '../../privacy/accountant.ts';
import { noiseOfPolicy, type Policy } from '../../protocol/policy.ts';
import type { Checkpoint, FitOptions, Learner, LearnerCost, TrainingData } from '../learner.ts';
import { type PrivacyDemand, sumsOf } from '../private-mean.ts';
import { mergedPath, type NoisePath, noisePathOf, policyOfRelease, release } from './co-occurrence-release.ts';

/** |τ| at most: a taste of an item that hardly anybody likes is uncertain. */
const largestTaste = 4;

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

  *fit(data: TrainingData, { seed }: FitOptions): Generator<Checkpoint, LearnerCost> {
    const { privacy } = this.#options;
    const learned =
      privacy === null ? openSession(data, this.#options) : privateSession(data, this.#options, privacy, seed);
    yield { round: 1, score: scorerOf(learned, data.features) };
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

/** What the crowd's session published, and the public rules for the device. */
interface Learned {
  /** Float64Array[items], all above 0. */
  readonly popularity: Float64Array;
  /** E[x xᵀ / n] up to a factor is about L Lᵀ. */
  readonly factors: Tastes;
  /** What the factors leave of the matrix's diagonal, and EASE adds to its ridge; by item, 0 under noise. */
  readonly rest: Float64Array;
  /** Columns of the tilt beside the content; of no count where EASE alone uses them. */
  readonly tastes: Tastes;
  /** In the units of L Lᵀ. */
  readonly ridge: number;
  readonly tiltWeight: number;
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
  { itemsK, population }: CoOccurrenceOptions,
  { epsilon, delta }: PrivacyDemand,
  seed: number,
): Learned {
  const items = data.items.length;
  const distinct = data.people.length;
  const people = distinct * population;
  const random = quickRandomOfLabel(`co-occurrence ${seed}`);
  const rho = rhoOfEpsilon(epsilon, delta);
  const histogramPart = { name: 'popularity', rows: items, length: items } as const;
  const signal = signalOf(rho, people, policyOfRelease(rho, delta, people, histogramPart));
  const relative = relativeSignal(signal, items);
  const share = shareOfPopularity(relative);

  const histogramPolicy = policyOfRelease(share * rho, delta, people, histogramPart);
  const histogram = release(() => histograms(data), distinct, population, histogramPolicy, random);
  const popularity = shrunkenPopularity(histogram.mean, histogram.noiseStdOfMean, data.features);

  const count = Math.min(items, itemsK ?? itemsFor((1 - share) * signal, effectiveItems(popularity)));
  const deflation = new Deflation(popularity, count);
  const triangles = function* () {
    for (const liked of data.people) yield deflation.triangleOf(liked);
  };
  const gramPart = { name: 'gram', rows: count, length: triangleLength(count) } as const;
  const gramPolicy = policyOfRelease((1 - share) * rho, delta, people, gramPart);
  const gram = release(triangles, distinct, population, gramPolicy, random);
  const tastes = deflation.tastesOf(gram.mean, gram.noiseStdOfMean, mostFactors - 1, data.features);

  const charged = noiseOfPolicy(histogramPolicy).rhoPerParticipation + noiseOfPolicy(gramPolicy).rhoPerParticipation;
  return {
    popularity,
    factors: withPopularity(tastes, popularity),
    rest: new Float64Array(items),
    tastes,
    ridge: ridgeOf(relative, sum(popularity), people),
    tiltWeight: tiltWeightOf(relative),
    epsilon: epsilonOfRho(charged, delta),
    noisePath: mergedPath(
      [histogramPolicy, gramPolicy].map(({ layout }) => noisePathOf(people, layout.length, population)),
    ),
    uploadBytes: uploadBytes(histogramPolicy) + uploadBytes(gramPolicy),
  };
}

/** x / sqrt n of each person, of norm 1. */
function* histograms(data: TrainingData): Generator<Float64Array, void> {
  for (const liked of data.people) {
    const vector = new Float64Array(data.items.length);
    for (const row of liked) vector[row] = 1 / Math.sqrt(liked.length);
    yield vector;
  }
}

/** nu: the norm of one person over the noise of the mean, if the whole budget were one release. */
function signalOf(rho: number, people: number, policy: Policy): number {
  const margin = Math.sqrt(policy.maxCohort / policy.honestNoiseShares);
  return people / (margin * Math.sqrt(1 / (2 * rho)) * Math.sqrt(sumsOf(people).sums));
}

/** [T, p]: the factors of p pᵀ + T Tᵀ. */
function withPopularity({ values, count }: Tastes, popularity: Float64Array): Tastes {
  const wide = new Float64Array(popularity.length * (count + 1));
  popularity.forEach((value, row) => {
    wide.set(values.subarray(row * count, (row + 1) * count), row * (count + 1));
    wide[row * (count + 1) + count] = value;
  });
  return { values: wide, count: count + 1 };
}

function uploadBytes(policy: Policy): number {
  return Math.ceil((policy.layout.length * policy.bits) / 8);
}

/** As a device scores. */
function scorerOf(learned: Learned, features: Features | null): Checkpoint['score'] {
  const { popularity, factors, tastes, tiltWeight } = learned;
  const ease = new FactorEase(
    factors.values,
    factors.count,
    learned.rest.map((value) => learned.ridge + value),
  );
  const tilt = new ContentTilt(
    withTastes(features, tastes, popularity),
    popularity.map((value) => Math.log(value)),
  );
  return (history) => {
    const scores = ease.score(history);
    const logs = tilt.score(history);
    let most = Number.NEGATIVE_INFINITY;
    for (const log of logs) most = Math.max(most, log);
    let total = 0;
    for (const log of logs) total += Math.exp(log - most);
    const weight = (tiltWeight * history.length) / total;
    for (let row = 0; row < scores.length; row++) {
      scores[row] = scores[row]! + weight * Math.exp(logs[row]! - most);
    }
    return scores;
  };
}

/** The content with the tastes as further columns, each scaled so that its coefficient's prior, N(0, 1 / precision), means N(0, 1) of τ. */
function withTastes(features: Features | null, { values, count }: Tastes, popularity: Float64Array): Features {
  const known = features?.columns ?? firstComponent;
  const columns = known + count;
  const wide = new Float32Array(popularity.length * columns);
  for (let row = 0; row < popularity.length; row++) {
    if (features !== null) wide.set(features.values.subarray(row * known, (row + 1) * known), row * columns);
    for (let t = 0; t < count; t++) {
      const taste = clamp(values[row * count + t]! / popularity[row]!, [-largestTaste, largestTaste]);
      wide[row * columns + known + t] = taste * Math.sqrt(componentPrecision(known - firstComponent + t));
    }
  }
  return { items: popularity.length, columns, values: wide };
}

function clamp(value: number, [least, most]: readonly [number, number]): number {
  return Math.min(most, Math.max(least, value));
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
