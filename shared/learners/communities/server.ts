// `communities` on the server: user-based collaborative filtering in which no neighbour exists anywhere. Federated k-means (Lloyd 1982; under noise
// as Su et al. 2016) over the devices' embeddings, and then what each community's members like.
//   phase popularity    p by empirical Bayes (../popularity.ts); before the first centroids it chooses the K items
//   phase centroids     one Lloyd iteration: devices go by the published centroids, which move when the phase ends
//   phase likes         how many times more than everybody a community likes each item, by empirical Bayes: 1 where nothing stands out
// Post-processing of releases: it costs no privacy.
import { experimentRandomOfLabel } from '../../maths/random.ts';
import type { CommonHeader, CommunitiesHeader, CommunitiesModel, Features } from '../../model/model.ts';
import type { Phase, Policy } from '../../protocol/policy.ts';
import { reordered } from '../carry.ts';
import { mostPopular } from '../co-occurrence/tastes.ts';
import { aged, type Evidence, meanOf, noEvidence, noiseStdOf, withRound } from '../evidence.ts';
import { afterPhase, afterRound, atNextEpoch, isPlaceOf } from '../place.ts';
import { contentOf, shrunkenTo } from '../popularity.ts';
import type { Beginning, Migration, RoundOutcome } from '../server.ts';
import {
  basisOf,
  encodeSession,
  initialSession,
  migratedSession,
  parseSession,
  type SessionNames,
  type SessionState,
  withPopularity,
} from '../session.ts';
import { moveCentroids, startCentroids } from './centroids.ts';
import { countSize, vectorSize } from './embedding.ts';

/** What the server keeps beside the published model. Immutable. */
export interface CommunitiesState extends SessionState {
  readonly learner: 'communities';
  /** Of the centroids that devices go by now, and of the ones before them as far as they still count. */
  readonly slots: Evidence;
  readonly likes: Evidence;
  /** communities x K; empty before the items are chosen. */
  readonly centroids: Float64Array;
}

/** What the sum of an iteration counts in the next: people go over to other communities, most of them do not. */
const iterationMemory = 0.8;
/** Spread of the communities' sizes beforehand, of the mean size; and the least size that is assumed, of it. */
const sizeSpread = 0.5;
const leastSize = 0.1;

/** The content model: nothing is known but the public popularity. */
export function initialCommunities(beginning: Beginning): { model: CommunitiesModel; state: CommunitiesState } {
  const session = initialSession(beginning);
  const state: CommunitiesState = {
    learner: 'communities',
    ...session.state,
    slots: noEvidence,
    likes: noEvidence,
    centroids: new Float64Array(0),
  };
  return { model: published(withShape(session.header, noShape), state, beginning.features), state };
}

/** One round's step. @throws RangeError when the mean does not fit the phase. */
export function stepCommunities(
  model: CommunitiesModel,
  before: CommunitiesState,
  round: RoundOutcome,
): { model: CommunitiesModel; state: CommunitiesState } {
  const { policy, features } = round;
  const { phase, phaseRounds } = model.header;
  const state = added(before, policy.phases[phase]?.name, round, phaseRounds);
  return at(afterRound(model.header, policy), model, state, policy, features);
}

/** Ends the phase before all its rounds have come together. */
export function endCommunitiesPhase(
  model: CommunitiesModel,
  state: CommunitiesState,
  policy: Policy,
  features: Features,
): { model: CommunitiesModel; state: CommunitiesState } {
  return at(afterPhase(model.header, policy), model, state, policy, features);
}

/** The model at its next place, with what a new epoch and a new phase begin with. */
function at(
  header: CommunitiesHeader,
  model: CommunitiesModel,
  before: CommunitiesState,
  policy: Policy,
  features: Features,
): { model: CommunitiesModel; state: CommunitiesState } {
  const { phase } = model.header;
  let state = before;
  const isPhaseOver = header.phase !== phase || header.epoch > model.header.epoch;
  if (isPhaseOver && policy.phases[phase]?.name === 'centroids') state = moved(state, model.header);
  if (header.epoch > model.header.epoch) {
    state = { ...state, histogram: aged(state.histogram), likes: aged(state.likes) };
  }
  if (state.basis.length > 0) return { model: published(withShape(header, model.header), state, features), state };
  const chosen = shapeOf(policy, header.phase);
  if (chosen !== null) state = begun(state, features, chosen);
  return { model: published(withShape(header, chosen ?? model.header), state, features), state };
}

/** The shape of what devices compare themselves with. */
type Shape = Pick<CommunitiesHeader, 'chosenItems' | 'communities'>;

function withShape(header: CommonHeader, { chosenItems, communities }: Shape): CommunitiesHeader {
  return { ...header, chosenItems, communities };
}

/** The shape that a phase's layout asks for; null in a phase that has no communities. */
export function shapeOf(policy: Policy, phase: number): Shape | null {
  const found = policy.phases[phase];
  if (found === undefined || (found.name !== 'centroids' && found.name !== 'likes')) return null;
  const { rows, length } = found.layout.parts[0]!;
  return { communities: rows, chosenItems: length / rows - 1 };
}

function added(
  state: CommunitiesState,
  name: Phase['name'] | undefined,
  round: RoundOutcome,
  phaseRounds: number,
): CommunitiesState {
  switch (name) {
    case 'popularity':
      return withPopularity(state, round, phaseRounds);
    case 'centroids':
      return { ...state, slots: withRound(state.slots, round, phaseRounds) };
    case 'likes':
      return { ...state, likes: withRound(state.likes, round, phaseRounds) };
    default:
      throw new RangeError(`this policy's phase is none of communities: ${String(name)}`);
  }
}

/** Chooses the items and begins with communities that are far apart in content. */
function begun(state: CommunitiesState, features: Features, shape: Shape): CommunitiesState {
  const basis = basisOf(state);
  const chosen = mostPopular(basis, shape.chosenItems);
  const random = experimentRandomOfLabel('communities start');
  return { ...state, basis, centroids: startCentroids(features, basis, chosen, shape.communities, random) };
}

/** An iteration is over: the centroids go where the people are who chose them. */
function moved(state: CommunitiesState, { chosenItems }: Shape): CommunitiesState {
  const mean = meanOf(state.slots);
  if (mean === null) return state;
  const centroids = state.centroids.slice();
  moveCentroids(centroids, chosenItems, mean, noiseStdOf(state.slots));
  return { ...state, centroids, slots: aged(state.slots, iterationMemory) };
}

/** The model that a state makes. */
function published(header: CommunitiesHeader, state: CommunitiesState, features: Features): CommunitiesModel {
  const { popularity } = state;
  const total = popularity.reduce((sum, value) => sum + value, 0);
  const shares = Float32Array.from(popularity, (value) => value / total);
  const { communities, chosenItems } = header;
  const chosen = mostPopular(state.basis, chosenItems);
  const mean = meanOf(state.likes);
  const sizes =
    mean === null
      ? new Float64Array(communities).fill(1 / Math.max(1, communities))
      : sizesOf(mean, noiseStdOf(state.likes), communities, chosenItems);
  const lift = new Float32Array(communities * chosenItems).fill(1);
  if (mean !== null) {
    const own = Float64Array.from(chosen, (row) => popularity[row]!);
    const content = contentOf(features, chosen);
    sizes.forEach((size, c) => {
      const start = c * (chosenItems + 1);
      const expected = own.map((value) => size * value);
      const observed = Float64Array.from({ length: chosenItems }, (_, place) => mean[start + place]! / vectorSize);
      const liked = shrunkenTo(
        expected,
        observed,
        noiseStdOf(state.likes) / vectorSize,
        content,
        Math.max(1, state.likes.people * size),
      );
      // How much the members like in all is another matter.
      const whole = liked.reduce((sum, value) => sum + value, 0) / expected.reduce((sum, value) => sum + value, 0);
      liked.forEach((value, place) => {
        lift[c * chosenItems + place] = value / expected[place]! / whole;
      });
    });
  }
  return {
    learner: 'communities',
    header,
    popularity: shares,
    chosen,
    basis: Float32Array.from(chosen, (row) => state.basis[row]!),
    centroids: Float32Array.from(state.centroids),
    lift,
    sizes: Float32Array.from(sizes),
  };
}

/** Parts of the people: what was counted, between its noise and equal parts. */
function sizesOf(mean: Float64Array, noiseStd: number, communities: number, chosenItems: number): Float64Array {
  const equal = 1 / communities;
  const prior = (sizeSpread * equal) ** 2;
  const noise = (noiseStd / countSize) ** 2;
  const sizes = Float64Array.from({ length: communities }, (_, c) => {
    const counted = mean[c * (chosenItems + 1) + chosenItems]! / countSize;
    return Math.max(leastSize * equal, (counted * prior + equal * noise) / (prior + noise));
  });
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size) => size / total);
}

/** Under another policy: other numbers of items or communities begin anew. null when nothing changes. */
export function fitCommunities(
  model: CommunitiesModel,
  state: CommunitiesState,
  policy: Policy,
  features: Features,
): { model: CommunitiesModel; state: CommunitiesState; lost: string | null } | null {
  const wanted = policy.phases.map((_, phase) => shapeOf(policy, phase)).find((shape) => shape !== null) ?? noShape;
  const { chosenItems, communities } = model.header;
  const isSame = chosenItems === wanted.chosenItems && communities === wanted.communities;
  const hasRoom = chosenItems === 0 || isSame;
  if (isPlaceOf(policy, model.header) && hasRoom) return null;
  const header = atNextEpoch(model.header);
  if (hasRoom) return { model: published(header, state, features), state, lost: null };
  const bare = withoutChoice(state);
  const lost = `${communities} communities over ${chosenItems} items: the policy now asks for ${wanted.communities} over ${wanted.chosenItems}`;
  return { model: published(withShape(header, noShape), bare, features), state: bare, lost };
}

const noShape: Shape = { chosenItems: 0, communities: 0 };

function withoutChoice(state: CommunitiesState): CommunitiesState {
  const empty = new Float64Array(0);
  return { ...state, slots: noEvidence, likes: noEvidence, basis: empty, centroids: empty };
}

/** For another catalogue: session.ts, and the communities where their items are still there. */
export function migrateCommunities(
  model: CommunitiesModel,
  before: CommunitiesState,
  migration: Migration,
): { model: CommunitiesModel; state: CommunitiesState; lost: string | null } {
  const { header, state: session, choice } = migratedSession(model, before, migration);
  const { features } = migration.to;
  const { chosenItems, communities } = model.header;
  if (choice === null) {
    const state = { ...withoutChoice(before), ...session };
    const lost = chosenItems > 0 ? 'the communities: an item of theirs is not in the catalogue any more' : null;
    return { model: published(withShape(header, noShape), state, features), state, lost };
  }
  /** Places of communities x stride numbers. */
  const placesOf = (stride: number, own: readonly number[]) =>
    Array.from({ length: communities }, (_, c) => own.map((place) => c * stride + place)).flat();
  const slots = placesOf(chosenItems + 1, [...choice.oldPlaces, chosenItems]);
  const state: CommunitiesState = {
    ...before,
    ...session,
    slots: reordered(before.slots, slots),
    likes: reordered(before.likes, slots),
    centroids: Float64Array.from(placesOf(chosenItems, choice.oldPlaces), (at) => before.centroids[at]!),
  };
  return { model: published(header, state, features), state, lost: null };
}

const names = {
  learner: 'communities',
  numbers: [],
  arrays: ['prior', 'popularity', 'basis', 'centroids'],
  evidence: ['histogram', 'slots', 'likes'],
} as const satisfies SessionNames<string, string, string>;

export function encodeCommunitiesState(state: CommunitiesState): Uint8Array {
  return encodeSession(names, state);
}

/** @throws RangeError for a file that is not one. */
export function parseCommunitiesState(bytes: Uint8Array): CommunitiesState {
  return { learner: 'communities', ...parseSession(names, bytes) };
}
