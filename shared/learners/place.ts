// Where a federation goes after a round: through the rounds of a phase, through the phases of an epoch, and on to the next epoch.
import type { CommonHeader, Place } from '../model/model.ts';
import type { Policy } from '../protocol/policy.ts';

export const firstPlace: Place = { epoch: 1, phase: 0, phaseRounds: 0 };

/** Whether nobody has taught a model anything: it is content alone. */
export function isFirstPlace({ epoch, phase, phaseRounds }: Place): boolean {
  return epoch === firstPlace.epoch && phase === firstPlace.phase && phaseRounds === firstPlace.phaseRounds;
}

/** The place after one more published round. A phase without end stays where it is. */
export function placeAfter(policy: Policy, { epoch, phase, phaseRounds }: Place): Place {
  const rounds = policy.phases[phase]?.rounds;
  if (rounds === undefined) throw new RangeError(`phase ${phase}: the policy has ${policy.phases.length}`);
  const done = phaseRounds + 1;
  return rounds === 0 || done < rounds
    ? { epoch, phase, phaseRounds: done }
    : placeAfterPhase(policy, { epoch, phase });
}

/** The place after a phase, whether or not all its rounds came together. */
export function placeAfterPhase(policy: Policy, { epoch, phase }: Pick<Place, 'epoch' | 'phase'>): Place {
  if (policy.phases[phase]?.rounds === 0) throw new RangeError(`phase ${phase} has no end`);
  if (phase + 1 < policy.phases.length) return { epoch, phase: phase + 1, phaseRounds: 0 };
  return { epoch: epoch + 1, phase: 0, phaseRounds: 0 };
}

/** Rounds that are still to be published in the phase; null where it has no end. */
export function roundsLeft(policy: Policy, { phase, phaseRounds }: Place): number | null {
  const rounds = policy.phases[phase]?.rounds ?? 0;
  return rounds === 0 ? null : rounds - phaseRounds;
}

/** Whether the policy has that phase and rounds left in it: not after the operator changed the crowd in the middle of an epoch. */
export function isPlaceOf(policy: Policy, { phase, phaseRounds }: Place): boolean {
  const rounds = policy.phases[phase]?.rounds;
  return rounds !== undefined && (rounds === 0 || phaseRounds < rounds);
}

/** A header that goes on to the next epoch. */
export function atNextEpoch<Header extends CommonHeader>(header: Header): Header {
  return { ...header, epoch: header.epoch + 1, phase: 0, phaseRounds: 0 };
}

/** A header after one more published round. */
export function afterRound<Header extends CommonHeader>(header: Header, policy: Policy): Header {
  return { ...header, version: header.version + 1, ...placeAfter(policy, header) };
}

/** The header of the version with which a phase ends before all its rounds have come together. */
export function afterPhase<Header extends CommonHeader>(header: Header, policy: Policy): Header {
  return { ...header, version: header.version + 1, ...placeAfterPhase(policy, header) };
}
