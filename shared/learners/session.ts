// What the learners that sum a vector of each person in each phase have in common on the server: the phase `popularity` with which an epoch begins,
// what the items are chosen by, what another catalogue makes of both, and the file of their states, which are made of evidence.
import type { CommonHeader, CommunitiesModel, CoOccurrenceModel, LearnerName } from '../model/model.ts';
import { type CarriedChoice, carriedChoice, carriedPrior } from './carry.ts';
import { type Evidence, noEvidence, withRound } from './evidence.ts';
import { atNextEpoch, firstPlace } from './place.ts';
import { publicPopularity, releasedPopularity } from './popularity.ts';
import type { Beginning, Migration, RoundOutcome } from './server.ts';
import { encodeState, parseState, type StateNames, type StateParts } from './state-file.ts';

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

/** What a state is made of, in the order of its file. */
export interface SessionNames<NumberName extends string, ArrayName extends string, EvidenceName extends string> {
  readonly learner: LearnerName;
  readonly numbers: readonly NumberName[];
  readonly arrays: readonly ArrayName[];
  readonly evidence: readonly EvidenceName[];
}

export type SessionParts<NumberName extends string, ArrayName extends string, EvidenceName extends string> = StateParts<
  NumberName,
  ArrayName
> &
  Readonly<Record<EvidenceName, Evidence>>;

/** The numbers of evidence, `name.number` in the file; its sum is an array of its name. */
const evidenceNumbers = ['precision', 'noise', 'people', 'epochs'] as const;

function flatNames({
  learner,
  numbers,
  arrays,
  evidence,
}: SessionNames<string, string, string>): StateNames<string, string> {
  const ofEvidence = evidence.flatMap((name) => evidenceNumbers.map((number) => `${name}.${number}`));
  return { learner, numbers: [...numbers, ...ofEvidence], arrays: [...arrays, ...evidence] };
}

/** The state's file; a pure function of the state. */
export function encodeSession<NumberName extends string, ArrayName extends string, EvidenceName extends string>(
  names: SessionNames<NumberName, ArrayName, EvidenceName>,
  state: SessionParts<NumberName, ArrayName, EvidenceName>,
): Uint8Array {
  const parts: Record<string, unknown> = { ...state };
  for (const name of names.evidence) {
    parts[name] = state[name].sum;
    for (const number of evidenceNumbers) parts[`${name}.${number}`] = state[name][number];
  }
  // Each flat name is there.
  return encodeState(flatNames(names), parts as StateParts<string, string>);
}

/** Reads a state's file. @throws RangeError naming what is wrong. */
export function parseSession<NumberName extends string, ArrayName extends string, EvidenceName extends string>(
  names: SessionNames<NumberName, ArrayName, EvidenceName>,
  bytes: Uint8Array,
): SessionParts<NumberName, ArrayName, EvidenceName> {
  const flat: Readonly<Record<string, unknown>> = parseState(flatNames(names), bytes);
  const plain = [...names.numbers, ...names.arrays].map((name) => [name, flat[name]] as const);
  const evidence = names.evidence.map((name) => {
    const numbers = evidenceNumbers.map((number) => [number, flat[`${name}.${number}`]] as const);
    return [name, { sum: flat[name], ...Object.fromEntries(numbers) }] as const;
  });
  // Each name of the three lists is there.
  return Object.fromEntries([...plain, ...evidence]) as SessionParts<NumberName, ArrayName, EvidenceName>;
}
