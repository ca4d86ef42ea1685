// What the learners that sum a vector of each person in each phase have in common on the server: the phase `popularity` with which an epoch begins,
// what the items are chosen by, and what another catalogue makes of both.
import type { CommonHeader, CommunitiesModel, CoOccurrenceModel } from '../model/model.ts';
import { type CarriedChoice, carriedChoice, carriedPrior } from './carry.ts';
import { type Evidence, noEvidence, withRound } from './evidence.ts';
import { atNextEpoch, firstPlace } from './place.ts';
import { publicPopularity, releasedPopularity } from './popularity.ts';
import type { Beginning, Migration, RoundOutcome } from './server.ts';

export interface SessionState {
  /** The public popularity, sums to 1. */
  readonly prior: Float64Array;
  readonly histogram: Evidence;
  /** p as last released: all above 0, the sum is the mean of sqrt(likes). */
  readonly popularity: Float64Array;
  /** The released popularity of all items when the K were chosen, to 32 bits as the model has it; empty before. Items that came later have 0. */
  readonly basis: Float64Array;
}

export function initialSession(beginning: Beginning): { readonly header: CommonHeader; readonly state: SessionState } {
  const { catalogue, features, catalogueHash, featuresHash, federation } = beginning;
  const prior = publicPopularity(catalogue);
  const popularity = releasedPopularity(prior, noEvidence, features);
  return {
    header: {
      format: 2,
      version: 1,
      federation,
      ...firstPlace,
      catalogueHash,
      featuresHash,
      items: features.items,
      featureColumns: features.columns,
    },
    state: { prior, histogram: noEvidence, popularity, basis: new Float64Array(0) },
  };
}

/** One more round of the phase `popularity`. @param phaseRounds rounds of it in this epoch before. */
export function withPopularity<State extends SessionState>(
  state: State,
  round: RoundOutcome,
  phaseRounds: number,
): State {
  const histogram = withRound(state.histogram, round, phaseRounds);
  return { ...state, histogram, popularity: releasedPopularity(state.prior, histogram, round.features) };
}

/** What items are chosen by at this moment, as the model can carry it. */
export function basisOf({ popularity }: SessionState): Float64Array {
  return Float64Array.from(Float32Array.from(popularity));
}

/**
 * For another catalogue, at the next epoch. The released popularity is the prior from now on; its own evidence starts again.
 * @returns the choice as it goes on; null when nothing was chosen, or an item of it is gone.
 */
export function migratedSession<Header extends CommonHeader>(
  model: (CoOccurrenceModel | CommunitiesModel) & { readonly header: Header },
  { popularity, basis }: SessionState,
  { change, to }: Migration,
): { readonly header: Header; readonly state: SessionState; readonly choice: CarriedChoice | null } {
  const { features, catalogue, catalogueHash, featuresHash } = to;
  const prior = carriedPrior(model.popularity, change, catalogue);
  const rootLikes = popularity.reduce((sum, value) => sum + value, 0);
  const choice = carriedChoice(model, basis, change);
  return {
    header: {
      ...atNextEpoch(model.header),
      catalogueHash,
      featuresHash,
      items: features.items,
      featureColumns: features.columns,
    },
    state: {
      prior,
      histogram: noEvidence,
      popularity: prior.map((share) => rootLikes * share),
      basis: choice?.basisOfRow ?? new Float64Array(0),
    },
    choice,
  };
}
