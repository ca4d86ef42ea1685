// Whether a policy and a crowd can be worth it, without simulating: by the signal, the norm of one person's vector over the noise of the crowd's
// mean (in the units of the rules of co-occurrence, per sqrt of the catalogue's size), against the levels between which the adviser saw the shared
// model pass content alone. It knows the noise and nothing of the catalogue's content or the crowd's tastes: it is a reason to ask `tacit plan`,
// which measures, and not a measurement. The levels come from
//   npm run -s tacit -- plan --catalogue DATA --dataset DATA --learner L --crowd N --epsilon E --json      (crossover.measured[].relativeSignal)
// for MovieLens 100K and the films; DECISIONS.md has what each said.
import { relativeSignal } from '../learners/co-occurrence/rules.ts';
import { sessionsWithinCap } from '../model/crowd.ts';
import type { LearnerName } from '../model/model.ts';
import { type Policy, rhoOfSession } from '../protocol/policy.ts';
import { gatheringTarget } from '../secagg/parameters.ts';
import type { Verdict } from './gain.ts';

export interface Judged {
  readonly policy: Policy;
  /** Different people who are expected to take part. */
  readonly crowd: number;
  /** M. */
  readonly items: number;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly crowd: number;
  /** The relative signal of this policy and crowd. */
  readonly signal: number;
  /** The level below which it was clearly harmful, and that from which on it clearly helped; null: none was found. */
  readonly harmfulBelow: number;
  readonly helpsFrom: number | null;
  /** The crowd at which this policy reaches `harmfulBelow`: the least that is not judged harmful. */
  readonly leastCrowd: number;
  /** In words, for operators and visitors. */
  readonly why: string;
}

interface Levels {
  readonly harmfulBelow: number;
  readonly helpsFrom: number | null;
}

/** Below the one every calibration was clearly worse; from the other on real interactions were clearly better and nothing was clearly worse. */
const levels: Readonly<Record<LearnerName, Levels>> = {
  'co-occurrence': { harmfulBelow: 100, helpsFrom: 1000 },
  communities: { harmfulBelow: 500, helpsFrom: null },
  reconstruction: { harmfulBelow: 200, helpsFrom: null },
};

/** A policy's crowd in the law's words. @throws RangeError for a crowd or a catalogue that is not a whole number above 0. */
export function judge({ policy, crowd, items }: Judged): Judgement {
  for (const [name, value] of Object.entries({ crowd, items })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${name} is ${value}, expected a whole number above 0`);
    }
  }
  const { harmfulBelow, helpsFrom } = levels[policy.learner];
  const signal = signalOf(policy, crowd, items);
  const leastCrowd = leastCrowdFor(harmfulBelow, policy, items);
  const verdict = verdictAt(signal, levels[policy.learner], policy, crowd);
  const judgement = { verdict, crowd, signal, harmfulBelow, helpsFrom, leastCrowd };
  return { ...judgement, why: whyOf(judgement, policy) };
}

/** The people whom a policy plans for: as many as fill the rounds of an epoch, or one round where there is no end of them. */
export function plannedCrowd(policy: Policy): number {
  const rounds = Math.max(...policy.phases.map((phase) => phase.rounds));
  return rounds === 0 ? policy.maxCohort : rounds * gatheringTarget(policy.minCohort, policy.maxCohort);
}

function verdictAt(signal: number, { harmfulBelow, helpsFrom }: Levels, { minCohort }: Policy, crowd: number): Verdict {
  if (crowd < minCohort || signal < harmfulBelow) return 'harmful';
  return helpsFrom !== null && signal >= helpsFrom ? 'helps' : 'unclear';
}

/**
 * People in sums of a round each: sqrt(people gathered) / (z margin), z of all that one person sends. A learner with phases is judged by one
 * session, one without by all that the cap allows.
 */
function signalOf(policy: Policy, crowd: number, items: number): number {
  const { gathered, noise } = noiseOf(policy);
  const together = Math.min(gathered, crowd);
  return relativeSignal(Math.sqrt(crowd * together) / noise, items);
}

/** @returns people of a round, and z times the margin for those who vanish or collude. */
function noiseOf(policy: Policy): { readonly gathered: number; readonly noise: number } {
  const gathered = gatheringTarget(policy.minCohort, policy.maxCohort);
  const sessions = policy.phases.length > 1 ? 1 : Math.max(1, sessionsWithinCap(policy));
  const noiseMultiplier = 1 / Math.sqrt(2 * sessions * rhoOfSession(policy));
  return { gathered, noise: noiseMultiplier * Math.sqrt(gathered / policy.honestNoiseShares) };
}

function leastCrowdFor(level: number, policy: Policy, items: number): number {
  const { gathered, noise } = noiseOf(policy);
  const wanted = (level * noise) / relativeSignal(1, items);
  // Up to the size of a round the signal goes with the crowd, beyond it with its square root.
  const crowd = wanted <= gathered ? wanted : wanted ** 2 / gathered;
  return Math.max(policy.minCohort, Math.ceil(crowd));
}

function whyOf(judgement: Omit<Judgement, 'why'>, { learner, minCohort }: Policy): string {
  const { verdict, crowd, signal, harmfulBelow, leastCrowd } = judgement;
  if (crowd < minCohort) {
    return `A round needs ${minCohort} people and the crowd has ${crowd}: none would take place.`;
  }
  const beside = 'content alone that knows how popular every item is';
  const level = `The sums of ${crowd} people have a signal of ${figure(signal)}`;
  switch (verdict) {
    case 'harmful':
      return `${level}; below ${figure(harmfulBelow)}, which takes about ${leastCrowd} people here, ${learner} served people worse than ${beside} wherever it was simulated.`;
    case 'unclear':
      return `${level}, at which ${learner} served people better than ${beside} in some simulations and worse in others.`;
    case 'helps':
      return `${level}, at which ${learner} served people better than ${beside} on real interactions, and nowhere clearly worse.`;
  }
}

function figure(value: number): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toString();
}
