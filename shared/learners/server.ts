// The learners on the server, each behind the same four questions: how a federation begins, what a round makes of model and state, how the state
// is kept, and what another catalogue or policy makes of both. Pure and deterministic: a published model can be computed again, bit for bit,
// from its predecessor and the decoded sum [R10].
import type { Catalogue } from '../catalogue/schema.ts';
import type { NewCatalogue } from '../model/migrate.ts';
import type { CommunitiesModel, CoOccurrenceModel, Features, Model, ReconstructionModel } from '../model/model.ts';
import type { Policy } from '../protocol/policy.ts';
import { type CatalogueChange, catalogueChange } from './carry.ts';
import {
  type CoOccurrenceState,
  encodeCoOccurrenceState,
  endCoOccurrencePhase,
  fitCoOccurrence,
  initialCoOccurrence,
  migrateCoOccurrence,
  parseCoOccurrenceState,
  stepCoOccurrence,
} from './co-occurrence/server.ts';
import {
  type CommunitiesState,
  encodeCommunitiesState,
  endCommunitiesPhase,
  fitCommunities,
  initialCommunities,
  migrateCommunities,
  parseCommunitiesState,
  stepCommunities,
} from './communities/server.ts';
import {
  encodeReconstructionState,
  fitReconstruction,
  initialReconstruction,
  migrateReconstruction,
  parseReconstructionState,
  type ReconstructionState,
  stepReconstruction,
} from './reconstruction/server.ts';

/** What a federation begins with. */
export interface Beginning {
  readonly policy: Policy;
  readonly catalogue: Pick<Catalogue, 'items'>;
  readonly features: Features;
  readonly catalogueHash: string;
  readonly featuresHash: string;
  /** 32 hex characters. */
  readonly federation: string;
  /** d of `reconstruction`; null: its standard. */
  readonly dimension: number | null;
}

/** A decoded round, and what it was held to. */
export interface RoundOutcome {
  readonly policy: Policy;
  readonly features: Features;
  /** Decoded sum divided by the cohort: as long as the phase's layout, real units. */
  readonly mean: ArrayLike<number>;
  /** Standard deviation of the noise on each number of `mean`, from the noise that was received; 0 without noise. */
  readonly noiseStdOfMean: number;
  readonly cohort: number;
}

/** Another catalogue for what a federation learned under the old one. */
export interface Migration {
  readonly from: { readonly catalogue: Pick<Catalogue, 'items'>; readonly features: Features };
  readonly to: NewCatalogue;
  readonly change: CatalogueChange;
}

export type LearnerState = ReconstructionState | CoOccurrenceState | CommunitiesState;

/** A published model with what its server keeps beside it. */
export interface Learned {
  readonly model: Model;
  readonly state: LearnerState;
}

/** The first model of the policy's learner: content alone. @throws RangeError for numbers that do not fit each other. */
export function initialLearned(beginning: Beginning): Learned {
  switch (beginning.policy.learner) {
    case 'reconstruction':
      return initialReconstruction(beginning);
    case 'co-occurrence':
      return initialCoOccurrence(beginning);
    case 'communities':
      return initialCommunities(beginning);
  }
}

/**
 * One round's step: the next model (version + 1, at the next place) and state; the input is not changed.
 * @throws RangeError when the round does not fit the model's phase, or a number is not finite.
 */
export function stepLearned(learned: Learned, round: RoundOutcome): Learned {
  checkOutcome(learned.model, round);
  const pair = pairOf(learned);
  switch (pair.learner) {
    case 'reconstruction':
      return stepReconstruction(pair.model, pair.state, round);
    case 'co-occurrence':
      return stepCoOccurrence(pair.model, pair.state, round);
    case 'communities':
      return stepCommunities(pair.model, pair.state, round);
  }
}

/**
 * The version with which a phase ends before all its rounds have come together: at the next place, and with what was said so far.
 * @throws RangeError for a phase without end.
 */
export function endPhaseLearned(learned: Learned, policy: Policy, features: Features): Learned {
  const pair = pairOf(learned);
  switch (pair.learner) {
    case 'reconstruction':
      throw new RangeError('reconstruction trains without end');
    case 'co-occurrence':
      return endCoOccurrencePhase(pair.model, pair.state, policy, features);
    case 'communities':
      return endCommunitiesPhase(pair.model, pair.state, policy, features);
  }
}

/** What was adapted, and in words what of it could not be kept; null when all was. The version is the old one still. */
export interface Adapted extends Learned {
  readonly lost: string | null;
}

/**
 * Model and state under another policy of the same learner, for the same catalogue: a place that the policy does not have begins the next epoch.
 * null when they fit as they are. @throws RangeError for a policy of another learner.
 */
export function fitLearned(learned: Learned, policy: Policy, features: Features): Adapted | null {
  const pair = pairOf(learned);
  if (policy.learner !== pair.learner)
    throw new RangeError(`a policy of ${policy.learner}, a model of ${pair.learner}`);
  switch (pair.learner) {
    case 'reconstruction':
      return fitReconstruction(pair.model, pair.state, policy);
    case 'co-occurrence':
      return fitCoOccurrence(pair.model, pair.state, policy, features);
    case 'communities':
      return fitCommunities(pair.model, pair.state, policy, features);
  }
}

/** Model and state for another catalogue, at the next epoch. @throws RangeError when features and catalogues do not fit each other. */
export function migrateLearned(learned: Learned, from: Migration['from'], to: NewCatalogue): Adapted {
  const { items } = learned.model.header;
  if (from.features.items !== items || from.catalogue.items.length !== items) {
    throw new RangeError(`the old catalogue has ${from.catalogue.items.length} items, the model ${items}`);
  }
  const migration = { from, to, change: catalogueChange(from.catalogue, to.catalogue) };
  const pair = pairOf(learned);
  switch (pair.learner) {
    case 'reconstruction':
      return migrateReconstruction(pair.model, pair.state, migration);
    case 'co-occurrence':
      return migrateCoOccurrence(pair.model, pair.state, migration);
    case 'communities':
      return migrateCommunities(pair.model, pair.state, migration);
  }
}

/** The state's file. */
export function encodeLearnerState(state: LearnerState): Uint8Array {
  switch (state.learner) {
    case 'reconstruction':
      return encodeReconstructionState(state);
    case 'co-occurrence':
      return encodeCoOccurrenceState(state);
    case 'communities':
      return encodeCommunitiesState(state);
  }
}

/** @throws RangeError for a file that is no state of that learner. */
export function parseLearnerState(learner: Model['learner'], bytes: Uint8Array): LearnerState {
  switch (learner) {
    case 'reconstruction':
      return parseReconstructionState(bytes);
    case 'co-occurrence':
      return parseCoOccurrenceState(bytes);
    case 'communities':
      return parseCommunitiesState(bytes);
  }
}

/** Model and state of one learner. */
type Pair =
  | { readonly learner: 'reconstruction'; readonly model: ReconstructionModel; readonly state: ReconstructionState }
  | { readonly learner: 'co-occurrence'; readonly model: CoOccurrenceModel; readonly state: CoOccurrenceState }
  | { readonly learner: 'communities'; readonly model: CommunitiesModel; readonly state: CommunitiesState };

function pairOf({ model, state }: Learned): Pair {
  if (model.learner === 'reconstruction' && state.learner === 'reconstruction') {
    return { learner: model.learner, model, state };
  }
  if (model.learner === 'co-occurrence' && state.learner === 'co-occurrence') {
    return { learner: model.learner, model, state };
  }
  if (model.learner === 'communities' && state.learner === 'communities') {
    return { learner: model.learner, model, state };
  }
  throw new RangeError(`a model of ${model.learner} with a state of ${state.learner}`);
}

function checkOutcome(model: Model, { policy, mean, noiseStdOfMean, cohort }: RoundOutcome): void {
  if (policy.learner !== model.learner) {
    throw new RangeError(`a round of ${policy.learner} with a model of ${model.learner}`);
  }
  const length = policy.phases[model.header.phase]?.layout.length;
  if (mean.length !== length) throw new RangeError(`mean of ${mean.length} numbers, expected D = ${String(length)}`);
  if (!(cohort >= 1)) throw new RangeError(`cohort ${cohort}, expected 1 or more`);
  if (!(noiseStdOfMean >= 0)) throw new RangeError(`noise standard deviation ${noiseStdOfMean}, expected 0 or more`);
  for (let index = 0; index < mean.length; index++) {
    if (!Number.isFinite(mean[index]))
      throw new RangeError(`mean[${index}] is ${mean[index]}, expected a finite number`);
  }
}
