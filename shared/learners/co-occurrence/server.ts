// `co-occurrence` on the server: item-based collaborative filtering from one session of each person, with public content. Steck 2019 (EASE) on
// the device; here the two releases of a session are added up over rounds and epochs, and what stands out of their noise is published.
//   phase popularity      p by empirical Bayes (popularity.ts); before the first co-occurrence it chooses the K items
//   phase co-occurrence   the tastes T of the K above the edge of the noise's spectrum (tastes.ts), and of the others by their content
// The K and the directions by which devices deflate stay fixed while their evidence is added up: they go with the popularity of the moment when
// they were chosen (`basis`). Only where no taste stands out yet and the popularity is much better known by now are they chosen anew, as next to
// nothing is lost then. Post-processing of releases: it costs no privacy.

import type { CoOccurrenceHeader, CoOccurrenceModel, Features } from '../../model/model.ts';
import type { Policy } from '../../protocol/policy.ts';
import { reordered } from '../carry.ts';
import { aged, differentPeople, type Evidence, meanOf, noEvidence, noiseStdOf, withRound } from '../evidence.ts';
import { afterPhase, afterRound, atNextEpoch, isPlaceOf } from '../place.ts';
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
import { mostFactors } from './ease.ts';
import { relativeSignal, ridgeOf, tiltWeightOf } from './rules.ts';
import type { Tastes } from './spread.ts';
import { Deflation } from './tastes.ts';

/** What the server keeps beside the published model. Immutable. */
export interface CoOccurrenceState extends SessionState {
  readonly learner: 'co-occurrence';
  /** Of the K chosen items. */
  readonly triangle: Evidence;
  /** The precision of the histogram when they were chosen. */
  readonly basisPrecision: number;
}

/** So many times better known is the popularity when the items are chosen anew. */
const betterKnown = 4;
/** T and p are the factors of a device's EASE. */
const mostTastes = mostFactors - 1;
/**
 * What a taste has to have beyond the edge of the noise, in standard deviations of a number's noise: the 99 % quantile of the Tracy-Widom law of
 * real symmetric matrices, whose unit is size^(-1/6) of them, so that noise alone publishes a taste in less than one model of a hundred.
 */
const edgeMargin = 2.02;
/**
 * Tastes are published from this part of the popularity's energy on, Σ T² / Σ p²: the first weak one alone does not rank better than content
 * (MovieLens 100K at epsilon 0.5 and the simulated world; at epsilon 1, with 0.27, tastes do).
 */
const leastTasteEnergy = 0.2;

/** The content model: nothing is known but the public popularity. */
export function initialCoOccurrence(beginning: Beginning): { model: CoOccurrenceModel; state: CoOccurrenceState } {
  const session = initialSession(beginning);
  const state: CoOccurrenceState = {
    learner: 'co-occurrence',
    ...session.state,
    triangle: noEvidence,
    basisPrecision: 0,
  };
  // What `published` makes of the state takes the place of the numbers.
  const header = { ...session.header, chosenItems: 0, tastes: 0, rootLikes: 1, ridge: 1, tiltWeight: 1 };
  return { model: published(header, state, beginning.features, 0), state };
}

/** One round's step. @throws RangeError when the mean does not fit the phase. */
export function stepCoOccurrence(
  model: CoOccurrenceModel,
  before: CoOccurrenceState,
  round: RoundOutcome,
): { model: CoOccurrenceModel; state: CoOccurrenceState } {
  const { policy, features } = round;
  const { phase, phaseRounds } = model.header;
  const said = policy.phases[phase]?.name;
  let state = before;
  if (said === 'popularity') state = withPopularity(state, round, phaseRounds);
  else if (said === 'co-occurrence') {
    state = { ...state, triangle: withRound(state.triangle, round, phaseRounds) };
  } else throw new RangeError(`phase ${phase} of this policy is none of co-occurrence: ${String(said)}`);
  return at(afterRound(model.header, policy), model, state, policy, features);
}

/** Ends the phase before all its rounds have come together. */
export function endCoOccurrencePhase(
  model: CoOccurrenceModel,
  state: CoOccurrenceState,
  policy: Policy,
  features: Features,
): { model: CoOccurrenceModel; state: CoOccurrenceState } {
  return at(afterPhase(model.header, policy), model, state, policy, features);
}

/** The model at its next place, with what a new epoch and a new phase begin with. */
function at(
  header: CoOccurrenceHeader,
  model: CoOccurrenceModel,
  before: CoOccurrenceState,
  policy: Policy,
  features: Features,
): { model: CoOccurrenceModel; state: CoOccurrenceState } {
  let state = before;
  if (header.epoch > model.header.epoch) {
    state = { ...state, histogram: aged(state.histogram), triangle: aged(state.triangle) };
  }
  const count = chosenAt(policy, header.phase);
  const begins = count !== null && header.phaseRounds === 0;
  if (begins && isChoiceDue(model, state)) state = withChoice(state);
  const chosenItems = state.basis.length === 0 ? 0 : (count ?? model.chosen.length);
  return { model: published(header, state, features, chosenItems), state };
}

/** K of a phase in which the items have to be chosen; null in the others. */
function chosenAt(policy: Policy, phase: number): number | null {
  const found = policy.phases[phase];
  return found?.name === 'co-occurrence' ? found.layout.parts[0]!.rows : null;
}

function isChoiceDue(model: CoOccurrenceModel, { basis, basisPrecision, histogram }: CoOccurrenceState): boolean {
  if (basis.length === 0) return true;
  return model.header.tastes === 0 && histogram.precision > betterKnown * basisPrecision;
}

/** The items of this moment's popularity; what was said of others is of no more use. */
function withChoice(state: CoOccurrenceState): CoOccurrenceState {
  return { ...state, basis: basisOf(state), basisPrecision: state.histogram.precision, triangle: noEvidence };
}

/** The model that a state makes. */
function published(
  header: CoOccurrenceHeader,
  state: CoOccurrenceState,
  features: Features,
  chosenItems: number,
): CoOccurrenceModel {
  const { popularity } = state;
  const rootLikes = popularity.reduce((sum, value) => sum + value, 0);
  const relative = relativeSignal(signalOf(state), features.items);
  const people = Math.max(1, ...[state.histogram, state.triangle].map(differentPeople));
  const common = {
    ...header,
    chosenItems,
    rootLikes,
    ridge: ridgeOf(relative, rootLikes, people),
    tiltWeight: tiltWeightOf(relative),
  };
  const none = new Float32Array(0);
  const shares = Float32Array.from(popularity, (value) => value / rootLikes);
  if (chosenItems === 0) {
    const header = { ...common, tastes: 0 };
    const empty = { chosen: new Uint32Array(0), basis: none, tastes: none, fill: none };
    return { learner: 'co-occurrence', header, popularity: shares, ...empty };
  }
  const deflation = new Deflation(state.basis, chosenItems);
  const tastes = tastesOf(deflation, state, features);
  const fill = tastes.count === 0 ? none : Float32Array.from(deflation.fillOf(tastes, features));
  const { items: chosen } = deflation;
  return {
    learner: 'co-occurrence',
    header: { ...common, tastes: tastes.count },
    popularity: shares,
    chosen,
    basis: Float32Array.from(chosen, (row) => state.basis[row]!),
    tastes: Float32Array.from(tastes.values),
    fill,
  };
}

/** The tastes of the K that are worth publishing. */
function tastesOf(deflation: Deflation, { triangle, popularity }: CoOccurrenceState, features: Features): Tastes {
  const none = { values: new Float64Array(0), count: 0 };
  const mean = meanOf(triangle);
  if (mean === null) return none;
  const tastes = deflation.chosenTastesOf(mean, noiseStdOf(triangle), mostTastes, features, edgeMargin);
  const energy = tastes.values.reduce((sum, value) => sum + value * value, 0);
  const ofPopularity = deflation.items.reduce((sum, row) => sum + popularity[row]! ** 2, 0);
  return energy < leastTasteEnergy * ofPopularity ? none : tastes;
}

/** nu of both releases together: precisions of independent noises add up. */
function signalOf({ histogram, triangle }: CoOccurrenceState): number {
  const precision = (evidence: Evidence) => (evidence.precision > 0 ? noiseStdOf(evidence) ** -2 : 0);
  return Math.sqrt(precision(histogram) + precision(triangle));
}

/** Under another policy: another K means other items, and the evidence of the old ones is of no use. null when nothing changes. */
export function fitCoOccurrence(
  model: CoOccurrenceModel,
  state: CoOccurrenceState,
  policy: Policy,
  features: Features,
): { model: CoOccurrenceModel; state: CoOccurrenceState; lost: string | null } | null {
  const wanted = policy.phases.map((_, phase) => chosenAt(policy, phase)).find((count) => count !== null) ?? 0;
  const { chosenItems } = model.header;
  if (isPlaceOf(policy, model.header) && (chosenItems === 0 || chosenItems === wanted)) return null;
  const header = atNextEpoch(model.header);
  if (chosenItems === 0 || chosenItems === wanted) {
    return { model: published(header, state, features, chosenItems), state, lost: null };
  }
  const bare = withoutChoice(state);
  const lost = `what was liked together of ${chosenItems} items: the policy now asks for ${wanted}`;
  return { model: published(header, bare, features, 0), state: bare, lost };
}

function withoutChoice(state: CoOccurrenceState): CoOccurrenceState {
  return { ...state, triangle: noEvidence, basis: new Float64Array(0), basisPrecision: 0 };
}

/** For another catalogue: session.ts, and what was liked together where its items are still there. */
export function migrateCoOccurrence(
  model: CoOccurrenceModel,
  before: CoOccurrenceState,
  migration: Migration,
): { model: CoOccurrenceModel; state: CoOccurrenceState; lost: string | null } {
  const { header, state: session, choice } = migratedSession(model, before, migration);
  const { features } = migration.to;
  if (choice === null) {
    const state = { ...withoutChoice(before), ...session };
    const lost =
      model.header.chosenItems > 0 ? 'what was liked together: an item of it is not in the catalogue any more' : null;
    return { model: published(header, state, features, 0), state, lost };
  }
  const triangle = reordered(before.triangle, trianglePlaces(choice.oldPlaces));
  const state = { ...before, ...session, triangle };
  return { model: published(header, state, features, choice.chosen.length), state, lost: null };
}

/** For each number of a triangle of reordered items its place in the old one. */
function trianglePlaces(oldPlaces: readonly number[]): number[] {
  const size = oldPlaces.length;
  const at = (i: number, j: number) => i * size - (i * (i - 1)) / 2 + (j - i);
  return oldPlaces.flatMap((first, i) =>
    oldPlaces.slice(i).map((second) => at(Math.min(first, second), Math.max(first, second))),
  );
}

const names = {
  learner: 'co-occurrence',
  numbers: ['basisPrecision'],
  arrays: ['prior', 'popularity', 'basis'],
  evidence: ['histogram', 'triangle'],
} as const satisfies SessionNames<string, string, string>;

export function encodeCoOccurrenceState(state: CoOccurrenceState): Uint8Array {
  return encodeSession(names, state);
}

/** @throws RangeError for a file that is not one. */
export function parseCoOccurrenceState(bytes: Uint8Array): CoOccurrenceState {
  return { learner: 'co-occurrence', ...parseSession(names, bytes) };
}
