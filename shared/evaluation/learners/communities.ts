// `communities`: user-based collaborative filtering in which no neighbour exists anywhere. Federated k-means (Lloyd 1982; under noise as Su et al.
// 2016, Differentially private k-means) finds communities of people with tastes like one's own; in a last round each community's members sum up
// what they like. A person's device alone knows to which communities they belong.
// The user embedding is the history over the K most popular items, rarer items weighing more, of norm 1. In a round a device finds the nearest
// centroid and uploads a vector of C (K + 1) numbers, zero but for its community's slot: the embedding and a count. Under masks nobody sees
// which slot. The device scores by the mixture of communities that explains its history best: P(i) = Σ_c w_c P_c(i), w by expectation and
// maximisation with a prior.

import { shrunkenPopularity } from '../../learners/co-occurrence/popularity.ts';
import { mostPopular } from '../../learners/co-occurrence/tastes.ts';
import { moveCentroids, startCentroids } from '../../learners/communities/centroids.ts';
import { countSize, embedderOf, vectorSize, writeCentroid, writeLikes } from '../../learners/communities/embedding.ts';
import { mixtureOf, writeMixture } from '../../learners/communities/mixture.ts';
import { privateCommunities, privateItems, privateIterations, sharesOf } from '../../learners/communities/rules.ts';
import { experimentRandomOfLabel, type RandomSource } from '../../maths/random.ts';
import type { LayoutPart } from '../../model/model.ts';
import { epsilonOfRho, rhoOfEpsilon } from '../../privacy/accountant.ts';
import { noiseOfPolicy, type RoundPolicy } from '../../protocol/policy.ts';
import type { Checkpoint, FitOptions, Learner, LearnerCost, TrainingData } from '../learner.ts';
import type { NoisyMean, PrivacyDemand } from '../private-mean.ts';
import { policyOfRelease, release } from './co-occurrence-release.ts';

/** Likes that the popularity adds to each community's, in people: so that nothing is impossible and small communities are cautious. */
const priorPeople = 2;
/** Without noise. */
const openCommunities = 40;
const openRounds = 12;
const openBits = 16;
const openPseudoLikes = 0.05;

export interface CommunitiesOptions {
  /** K; null: all items, and `privateItems` under noise. */
  readonly itemsK: number | null;
  /** null: without noise. */
  readonly privacy: PrivacyDemand | null;
  /** How often each training person is repeated: as much information, less noise. */
  readonly population: number;
}

export class Communities implements Learner {
  readonly #options: CommunitiesOptions;

  constructor(options: CommunitiesOptions) {
    this.#options = options;
  }

  /** Centroids, a sum and a vector of one person; and what the communities like. */
  memoryBytes(data: TrainingData): number {
    return 8 * (data.items.length + 1) * openCommunities * 5;
  }

  *fit(data: TrainingData, { seed }: FitOptions): Generator<Checkpoint, LearnerCost> {
    const { privacy, itemsK } = this.#options;
    const items = data.items.length;
    const isPrivate = privacy !== null;
    const count = Math.min(items, itemsK ?? (isPrivate ? privateItems : items));
    const communities = isPrivate ? privateCommunities : openCommunities;
    const rounds = isPrivate ? privateIterations : openRounds;
    const session = new Session(data, this.#options, seed);
    const length = communities * (count + 1);
    const shares = sharesOf(rounds);

    const popularity = session.popularity(shares.popularity);
    const chosen = mostPopular(popularity, count);
    const embed = embedderOf(popularity, chosen);
    const random = experimentRandomOfLabel(`communities start ${seed}`);
    const centroids = startCentroids(data.features, popularity, chosen, communities, random);
    for (let round = 0; round < rounds; round++) {
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
      uploadBytesPerClient: session.mostUploadBytes,
      downloadBytesPerClient: 4 * communities * Math.max(count, items),
    };
  }
}

/** The rounds of one training and what they cost. Everybody takes part in all of them. */
class Session {
  readonly people: number;
  readonly #data: TrainingData;
  readonly #options: CommunitiesOptions;
  readonly #random: RandomSource;
  #charged = 0;
  releases = 0;
  mostUploadBytes = 0;

  constructor(data: TrainingData, options: CommunitiesOptions, seed: number) {
    this.#data = data;
    this.#options = options;
    this.people = data.people.length * options.population;
    this.#random = experimentRandomOfLabel(`communities ${seed}`);
  }

  epsilon(): number | null {
    const { privacy } = this.#options;
    return privacy === null ? null : epsilonOfRho(this.#charged, privacy.delta);
  }

  popularity(share: number): Float64Array {
    const items = this.#data.items.length;
    const { mean, noiseStdOfMean } = this.sum(share, 'histogram', items, (liked, out) => {
      for (const row of liked) out[row] = 1 / Math.sqrt(liked.length);
    });
    return noiseStdOfMean > 0
      ? shrunkenPopularity(mean, noiseStdOfMean, this.#data.features)
      : mean.map((value) => value + openPseudoLikes / this.people);
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
    const { privacy, population } = this.#options;
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
    if (privacy === null) {
      this.mostUploadBytes = Math.max(this.mostUploadBytes, Math.ceil((length * openBits) / 8));
      const mean = new Float64Array(length);
      for (const vector of vectors()) for (let at = 0; at < length; at++) mean[at] = mean[at]! + vector[at]! / distinct;
      return { mean, noiseStdOfMean: 0 };
    }
    const rho = share * rhoOfEpsilon(privacy.epsilon, privacy.delta);
    const part: Pick<LayoutPart, 'name' | 'rows' | 'length'> = { name, rows: length, length };
    const policy: RoundPolicy = policyOfRelease(rho, privacy.delta, this.people, part);
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
