// `communities`: user-based collaborative filtering in which no neighbour exists anywhere. Federated k-means (Lloyd 1982; under noise as Su et al.
// 2016, Differentially private k-means) finds communities of people with tastes like one's own; in a last round each community's members sum up
// what they like. A person's device alone knows to which communities they belong.
// The user embedding is the history over the K most popular items, rarer items weighing more, of norm 1. In a round a device finds the nearest
// centroid and uploads a vector of C (K + 1) numbers, zero but for its community's slot: the embedding and a count. Under masks nobody sees
// which slot.
// Without noise there are many communities, and everybody belongs a little to several: phi_c is by how much the cosine with centroid c is above
// the mean cosine (0 below), phi of norm 1, and a constant. The last round sums phi phiᵀ and phi xᵀ / sqrt n, and a device scores by the ridge
// regression of likes on memberships, phiᵀ (Σ phi phiᵀ + lambda I)⁻¹ Σ phi xᵀ: neighbours vote through the communities that they share.
// Under noise, as in the product, there are few, each person belongs to one, and the device finds the mixture of communities that explains its
// history best: P(i) = Σ_c w_c P_c(i), w by expectation and maximisation with a prior. Here it scores by that alone, without content; the product's
// device adds to the content what the mixture says beyond everybody's popularity (shared/learners/communities/scorer.ts).

import { mostPopular, triangleLength } from '../../learners/co-occurrence/tastes.ts';
import { moveCentroids, startCentroids } from '../../learners/communities/centroids.ts';
import {
  cosinesOf,
  countSize,
  embedderOf,
  nearest,
  vectorSize,
  writeCentroid,
  writeLikes,
} from '../../learners/communities/embedding.ts';
import { mixtureOf, writeMixture } from '../../learners/communities/mixture.ts';
import { privateCommunities, privateItems, privateIterations, sharesOf } from '../../learners/communities/rules.ts';
import { experimentRandomOfLabel, quickRandomOfLabel, type RandomSource } from '../../maths/random.ts';
import { meanOf } from '../../maths/statistics.ts';
import type { LayoutPart } from '../../model/model.ts';
import { cholesky, choleskyInverse } from '../../model/symmetric.ts';
import { epsilonOfRho, rhoOfEpsilon } from '../../privacy/accountant.ts';
import { noiseOfPolicy, type RoundPolicy } from '../../protocol/policy.ts';
import type { Checkpoint, FitOptions, Learner, LearnerCost, TrainingData } from '../learner.ts';
import type { NoisyMean, PrivacyDemand } from '../private-mean.ts';
import { mergedPath, type NoisePath, noisePathOf, policyOfRelease, release } from './co-occurrence-release.ts';
import { shrunkenPopularity } from './shrunken-popularity.ts';

/** Likes that the popularity adds to each community's, in people: so that nothing is impossible and small communities are cautious. */
const priorPeople = 2;
/** Without noise; and the ridge of the regression, in people. */
const openCommunities = 100;
const openRounds = 4;
const openRidge = 4;
const openBits = 16;
const openPseudoLikes = 0.05;

export interface CommunitiesOptions {
  /** K; null: all items, and `privateItems` under noise. */
  readonly itemsK: number | null;
  /** null: without noise. */
  readonly privacy: PrivacyDemand | null;
  /** How often each training person is repeated: as much information, less noise. */
  readonly population: number;
  /** People in one sum at most, under noise. Default `mostInOneSum`: fewer are several sums, whose noise adds up. */
  readonly cohort?: number;
}

export class Communities implements Learner {
  readonly #options: CommunitiesOptions;

  constructor(options: CommunitiesOptions) {
    this.#options = options;
  }

  /** Centroids, their sums, and the regression's two sides. */
  memoryBytes(data: TrainingData): number {
    return 8 * (data.items.length + 1) * (openCommunities + 1) * 4;
  }

  *fit(data: TrainingData, { seed }: FitOptions): Generator<Checkpoint, LearnerCost> {
    const { privacy, itemsK } = this.#options;
    const items = data.items.length;
    if (privacy === null) return yield* fitOpenly(data, Math.min(items, itemsK ?? items), seed);
    const count = Math.min(items, itemsK ?? privateItems);
    const communities = privateCommunities;
    const session = new Session(data, { ...this.#options, privacy }, seed);
    const length = communities * (count + 1);
    const shares = sharesOf(privateIterations);

    const popularity = session.popularity(shares.popularity);
    const chosen = mostPopular(popularity, count);
    const embed = embedderOf(popularity, chosen);
    const random = experimentRandomOfLabel(`communities start ${seed}`);
    const centroids = startCentroids(data.features, popularity, chosen, communities, random);
    for (let round = 0; round < privateIterations; round++) {
      const { mean, noiseStdOfMean } = session.sum(shares.each, 'centroids', length, (liked, out) =>
        writeCentroid(centroids, count, embed(liked), out),
      );
      moveCentroids(centroids, count, mean, noiseStdOfMean);
    }
    const { mean } = session.sum(shares.each, 'likes', length, (liked, out) =>
      writeLikes(centroids, count, embed(liked), liked.length, out),
    );
    const likes = likesOf(mean, communities, chosen, popularity, session.people);
    yield { round: session.releases, score: scorerOf(likes, items) };
    return {
      rounds: session.releases,
      participationsPerUser: session.releases,
      epsilon: session.epsilon(),
      noisePath: session.noisePath,
      uploadBytesPerClient: session.mostUploadBytes,
      downloadBytesPerClient: 4 * communities * Math.max(count, items),
    };
  }
}

/** All rounds without noise, and so without a policy. */
function* fitOpenly(data: TrainingData, count: number, seed: number): Generator<Checkpoint, LearnerCost> {
  const items = data.items.length;
  const people = data.people.length;
  const communities = openCommunities;
  const popularity = new Float64Array(items).fill(openPseudoLikes / people);
  for (const liked of data.people) {
    for (const row of liked) popularity[row] = popularity[row]! + 1 / Math.sqrt(liked.length) / people;
  }
  const chosen = mostPopular(popularity, count);
  const embed = embedderOf(popularity, chosen);
  const random = experimentRandomOfLabel(`communities start ${seed}`);
  const centroids = startCentroids(data.features, popularity, chosen, communities, random);
  for (let round = 0; round < openRounds; round++) {
    const sum = new Float64Array(communities * (count + 1));
    for (const liked of data.people) {
      const embedding = embed(liked);
      const { places, values } = embedding;
      const start = nearest(centroids, count, embedding) * (count + 1);
      places.forEach((place, index) => {
        sum[start + place] = sum[start + place]! + values[index]!;
      });
      sum[start + count] = sum[start + count]! + 1;
    }
    moveCentroids(centroids, count, sum, 0);
  }
  const memberships = (liked: ArrayLike<number>) => membershipsOf(cosinesOf(centroids, count, embed(liked)));
  const regression = regressionOf(data, chosen, communities + 1, memberships);
  const scores = new Float64Array(items);
  yield {
    round: openRounds + 2,
    score: (history) => {
      const phi = memberships(history);
      scores.fill(0);
      for (let c = 0; c < phi.length; c++) {
        const weight = phi[c]!;
        if (weight === 0) continue;
        for (let row = 0; row < items; row++) scores[row] = scores[row]! + weight * regression[c * items + row]!;
      }
      return scores;
    },
  };
  const numbers = triangleLength(communities + 1) + (communities + 1) * count;
  return {
    rounds: openRounds + 2,
    participationsPerUser: openRounds + 2,
    epsilon: null,
    noisePath: null,
    uploadBytesPerClient: Math.ceil((numbers * openBits) / 8),
    downloadBytesPerClient: 4 * (communities * count + (communities + 1) * items),
  };
}

/** phi: by how much each cosine is above their mean, of norm 1, and the constant 1. */
function membershipsOf(cosines: Float64Array): Float64Array {
  const mean = meanOf(cosines);
  const phi = new Float64Array(cosines.length + 1);
  let squares = 0;
  cosines.forEach((value, c) => {
    phi[c] = Math.max(0, value - mean);
    squares += phi[c]! ** 2;
  });
  for (let c = 0; c < cosines.length; c++) phi[c] = squares > 0 ? phi[c]! / Math.sqrt(squares) : 0;
  phi[cosines.length] = 1;
  return phi;
}

/** (Σ phi phiᵀ + lambda I)⁻¹ Σ phi xᵀ / sqrt n over the chosen items: size x items. */
function regressionOf(
  data: TrainingData,
  chosen: Uint32Array,
  size: number,
  memberships: (liked: Uint32Array) => Float64Array,
): Float64Array {
  const items = data.items.length;
  const isChosen = new Uint8Array(items);
  for (const row of chosen) isChosen[row] = 1;
  const normal = new Float64Array(size * size);
  const right = new Float64Array(size * items);
  for (const liked of data.people) {
    const phi = memberships(liked);
    for (let c = 0; c < size; c++) {
      const weight = phi[c]!;
      if (weight === 0) continue;
      for (let other = 0; other <= c; other++) {
        normal[c * size + other] = normal[c * size + other]! + weight * phi[other]!;
      }
      for (const row of liked) {
        if (isChosen[row] === 1) right[c * items + row] = right[c * items + row]! + weight / Math.sqrt(liked.length);
      }
    }
  }
  for (let c = 0; c < size; c++) normal[c * size + c] = normal[c * size + c]! + openRidge;
  const inverse = choleskyInverse(cholesky(normal, size), size);
  const regression = new Float64Array(size * items);
  for (let c = 0; c < size; c++) {
    for (let other = 0; other < size; other++) {
      const weight = inverse[c * size + other]!;
      for (let row = 0; row < items; row++) {
        regression[c * items + row] = regression[c * items + row]! + weight * right[other * items + row]!;
      }
    }
  }
  return regression;
}

/** The rounds of one training under noise and what they cost. Everybody takes part in all of them. */
class Session {
  readonly people: number;
  readonly #data: TrainingData;
  readonly #options: CommunitiesOptions & { readonly privacy: PrivacyDemand };
  readonly #random: RandomSource;
  #charged = 0;
  releases = 0;
  mostUploadBytes = 0;
  noisePath: NoisePath | null = null;

  constructor(data: TrainingData, options: CommunitiesOptions & { readonly privacy: PrivacyDemand }, seed: number) {
    this.#data = data;
    this.#options = options;
    this.people = data.people.length * options.population;
    this.#random = quickRandomOfLabel(`communities ${seed}`);
  }

  epsilon(): number {
    return epsilonOfRho(this.#charged, this.#options.privacy.delta);
  }

  popularity(share: number): Float64Array {
    const items = this.#data.items.length;
    const { mean, noiseStdOfMean } = this.sum(share, 'histogram', items, (liked, out) => {
      for (const row of liked) out[row] = 1 / Math.sqrt(liked.length);
    });
    return shrunkenPopularity(mean, noiseStdOfMean, this.#data.features);
  }

  /**
   * The mean of everybody's vector of norm 1, or shorter after clipping.
   * @param share of the whole budget. @param write fills a vector of zeros.
   */
  sum(
    share: number,
    name: LayoutPart['name'],
    length: number,
    write: (liked: Uint32Array, out: Float64Array) => void,
  ): NoisyMean {
    const { privacy, population, cohort } = this.#options;
    const distinct = this.#data.people.length;
    const { people } = this.#data;
    const vectors = function* () {
      const vector = new Float64Array(length);
      for (const liked of people) {
        vector.fill(0);
        write(liked, vector);
        yield vector;
      }
    };
    this.releases++;
    const rho = share * rhoOfEpsilon(privacy.epsilon, privacy.delta);
    const part: Pick<LayoutPart, 'name' | 'rows' | 'length'> = { name, rows: length, length };
    const policy: RoundPolicy = policyOfRelease(rho, privacy.delta, this.people, part, cohort);
    const path = noisePathOf(this.people, length, population);
    this.noisePath = mergedPath([this.noisePath ?? path, path]);
    this.#charged += noiseOfPolicy(policy).rhoPerParticipation;
    this.mostUploadBytes = Math.max(this.mostUploadBytes, Math.ceil((length * policy.bits) / 8));
    return release(vectors, distinct, population, policy, this.#random);
  }
}

/** P_c(i), communities x items, each summing to 1, and the communities' sizes behind them. */
function likesOf(
  mean: Float64Array,
  communities: number,
  chosen: Uint32Array,
  popularity: Float64Array,
  people: number,
) {
  const items = popularity.length;
  const count = chosen.length;
  const chance = new Float64Array(communities * items);
  const sizes = new Float64Array(communities);
  for (let c = 0; c < communities; c++) {
    const start = c * (count + 1);
    const part = Math.max(0, mean[start + count]! / countSize);
    sizes[c] = part;
    const prior = priorPeople / people;
    for (let row = 0; row < items; row++) chance[c * items + row] = prior * popularity[row]! + part * popularity[row]!;
    chosen.forEach((row, place) => {
      chance[c * items + row] = prior * popularity[row]! + Math.max(0, mean[start + place]! / vectorSize);
    });
    let total = 0;
    for (let row = 0; row < items; row++) total += chance[c * items + row]!;
    for (let row = 0; row < items; row++) chance[c * items + row] = chance[c * items + row]! / total;
  }
  const whole = sizes.reduce((sum, value) => sum + value, 0) || 1;
  return { chance, sizes: sizes.map((size) => size / whole) };
}

function scorerOf(
  { chance, sizes }: { chance: Float64Array; sizes: Float64Array },
  items: number,
): Checkpoint['score'] {
  const scores = new Float64Array(items);
  return (history) => {
    writeMixture(chance, mixtureOf(chance, sizes, history), scores);
    return scores;
  };
}
