// The registry of learners: what each is called, which settings mean something for it and what they are when nothing is said, and how it is made.
// A new learner is a module in learners/ and an entry here; the command line, the protocols and the tables then know it.

import { defaultLocalRate } from '../model/local-steps.ts';
import { type ServerOptimizer, serverOptimizers } from '../model/server-optimizer.ts';
import { defaultDimension, defaultLambda, defaultUnobservedWeight } from '../model/server-step.ts';
import { minimumCohortFloor } from '../protocol/limits.ts';
import type { Learner } from './learner.ts';
import { CoOccurrence } from './learners/co-occurrence.ts';
import { Communities } from './learners/communities.ts';
import { Content } from './learners/content.ts';
import { Ease } from './learners/ease.ts';
import { Ials } from './learners/ials.ts';
import { ItemKnn } from './learners/item-knn.ts';
import { Popularity } from './learners/popularity.ts';
import { Reconstruction } from './learners/reconstruction.ts';
import { UserKnn } from './learners/user-knn.ts';
import { mostInOneSum } from './private-mean.ts';

/** Every setting of every learner; null: not given, and the learner does without. */
export interface Settings {
  readonly dim: number;
  readonly lambda: number;
  readonly alpha0: number;
  readonly cohort: number;
  readonly rounds: number;
  readonly localSteps: number;
  readonly localRate: number;
  readonly proxMu: number;
  readonly weights: 'none' | 'size';
  readonly serverOptimizer: ServerOptimizer;
  readonly serverRate: number | null;
  readonly itemBlocks: number | null;
  readonly offsetItems: number | null;
  readonly rank: number | null;
  readonly speedSpread: number;
  readonly partialWork: 'accept' | 'drop';
  readonly bits: number | null;
  readonly itemsK: number | null;
  readonly epsilon: number | null;
  readonly delta: number;
  readonly population: number;
  readonly noiseSeeds: number;
}

export type Setting = keyof Settings;
export type GivenSettings = Partial<Settings>;

export interface LearnerEntry {
  readonly summary: string;
  /** True for a baseline that needs everybody's history in one place. */
  readonly central: boolean;
  /** The settings that mean something for it and their standards, which may depend on what was given. */
  readonly defaults: (given: GivenSettings) => GivenSettings;
  /** What about the given settings does not go together, in words for the command line; null when all is well. */
  readonly conflict?: (given: GivenSettings) => string | null;
  /** @param settings has all keys of `defaults`. */
  readonly create: (settings: Settings) => Learner;
}

/** delta of the product's accounting. */
const standardDelta = 1e-6;

/** Of the learners whose people give one session; how many are in a sum is a question of noise alone. */
const sessionDefaults = ({ epsilon }: GivenSettings): GivenSettings => ({
  itemsK: null,
  epsilon: null,
  delta: standardDelta,
  population: 1,
  noiseSeeds: 1,
  ...(epsilon == null ? {} : { cohort: mostInOneSum }),
});

function cohortConflict({ epsilon, cohort }: GivenSettings): string | null {
  if (epsilon == null || (cohort ?? minimumCohortFloor) >= minimumCohortFloor) return null;
  return `--epsilon needs a --cohort of ${minimumCohortFloor} or more, the fewest that secure aggregation sums`;
}

export const learners = {
  popularity: {
    summary: 'how many training people like an item; the same list for everybody',
    central: true,
    defaults: () => ({}),
    create: () => new Popularity(),
  },
  content: {
    summary: "popularity tilted by the person's own history over public content; nothing is shared",
    central: false,
    defaults: () => ({}),
    create: () => new Content(),
  },
  'item-knn': {
    summary: 'item-based collaborative filtering',
    central: true,
    defaults: () => ({}),
    create: () => new ItemKnn(),
  },
  'user-knn': {
    summary: 'user-based collaborative filtering',
    central: true,
    defaults: () => ({}),
    create: () => new UserKnn(),
  },
  ease: {
    summary: 'EASE, a linear autoencoder in closed form',
    central: true,
    defaults: () => ({ lambda: 250 }),
    create: ({ lambda }) => new Ease({ lambda }),
  },
  ials: {
    summary: 'iALS, matrix factorisation by alternating least squares',
    central: true,
    defaults: () => ({ dim: 32, lambda: 0.01, alpha0: 0.5, rounds: 12, noiseSeeds: 1 }),
    create: ({ dim, lambda, alpha0, rounds }) => new Ials({ dimension: dim, lambda, unobservedWeight: alpha0, rounds }),
  },
  reconstruction: {
    summary: 'the federation: private user embeddings, the item side learned in rounds',
    central: false,
    defaults: ({ epsilon }) => ({
      ...(epsilon == null
        ? { dim: 32, lambda: 0.01, alpha0: 0.5, bits: null }
        : {
            dim: defaultDimension,
            lambda: defaultLambda,
            alpha0: defaultUnobservedWeight,
            delta: standardDelta,
            offsetItems: null,
          }),
      epsilon: null,
      cohort: 100,
      rounds: 40,
      localSteps: 1,
      localRate: defaultLocalRate,
      proxMu: 0,
      weights: 'none',
      serverOptimizer: 'preconditioned',
      serverRate: null,
      itemBlocks: null,
      rank: null,
      speedSpread: 1,
      partialWork: 'accept',
      population: 1,
      noiseSeeds: 1,
    }),
    conflict: (given) => {
      if (given.epsilon != null && given.bits != null)
        return "--bits means nothing with --epsilon: the policy's ring decides";
      if (given.epsilon != null && given.partialWork === 'drop')
        return '--partial-work drop means nothing with --epsilon';
      const tooFew = cohortConflict(given);
      if (tooFew !== null) return tooFew;
      if (given.serverRate != null && (given.serverOptimizer ?? 'preconditioned') === 'preconditioned') {
        return `--server-rate needs --server-optimizer ${serverOptimizers.slice(1).join(', ')}`;
      }
      return null;
    },
    create: (settings) =>
      new Reconstruction({
        cohort: settings.cohort,
        dimension: settings.dim,
        lambda: settings.lambda,
        unobservedWeight: settings.alpha0,
        rounds: settings.rounds,
        localSteps: settings.localSteps,
        localRate: settings.localRate,
        proxMu: settings.proxMu,
        weights: settings.weights,
        serverOptimizer: settings.serverOptimizer,
        serverRate: settings.serverRate,
        itemBlocks: settings.itemBlocks,
        offsetItems: settings.offsetItems ?? null,
        rank: settings.rank,
        bits: settings.bits,
        privacy: settings.epsilon === null ? null : { epsilon: settings.epsilon, delta: settings.delta },
        population: settings.population,
        speedSpread: settings.speedSpread,
        partialWork: settings.partialWork,
      }),
  },
  'co-occurrence': {
    summary: 'item-based collaborative filtering from one session of the crowd, with public content',
    central: false,
    defaults: sessionDefaults,
    conflict: cohortConflict,
    create: ({ itemsK, epsilon, delta, population, cohort }) =>
      new CoOccurrence({ itemsK, privacy: epsilon === null ? null : { epsilon, delta }, population, cohort }),
  },
  communities: {
    summary: 'user-based collaborative filtering: people with tastes like yours, and no neighbour anywhere',
    central: false,
    defaults: sessionDefaults,
    conflict: cohortConflict,
    create: ({ itemsK, epsilon, delta, population, cohort }) =>
      new Communities({ itemsK, privacy: epsilon === null ? null : { epsilon, delta }, population, cohort }),
  },
} as const satisfies Record<string, LearnerEntry>;

export type LearnerName = keyof typeof learners;

export const learnerNames = Object.keys(learners) as LearnerName[];

/**
 * The settings of a learner: its standards, overridden by what was given.
 * @throws RangeError for a setting that means nothing for the learner, or that does not go with the others.
 */
export function settingsOf(
  name: LearnerName,
  given: GivenSettings,
  nameOf: (setting: Setting) => string,
): GivenSettings {
  const entry: LearnerEntry = learners[name];
  const defaults = entry.defaults(given);
  const unknown = (Object.keys(given) as Setting[]).find((setting) => !(setting in defaults));
  const problem = entry.conflict?.(given) ?? null;
  if (problem !== null) throw new RangeError(problem);
  if (unknown !== undefined) {
    const known = (Object.keys(defaults) as Setting[]).map(nameOf).sort();
    throw new RangeError(
      `${nameOf(unknown)} means nothing for ${name}${known.length === 0 ? ', which takes no settings' : `; it takes ${known.join(', ')}`}`,
    );
  }
  return { ...defaults, ...given };
}
