// One measurement of the adviser: what a panel of strangers gets from a learner that a crowd has taught, by the evaluation's own learners and
// ranking, under the product's noise.
import type { RoundCore } from '../core/rounds.ts';
import type { Learner, LearnerCost } from '../evaluation/learner.ts';
import { Content } from '../evaluation/learners/content.ts';
import { type GivenSettings, type LearnerEntry, learners, type Settings, settingsOf } from '../evaluation/learners.ts';
import { mostInOneSum } from '../evaluation/private-mean.ts';
import { runTrial } from '../evaluation/trial.ts';
import { type Candidate, type CrowdDemand, type SharedLearner, settingsOfCandidate } from './candidates.ts';
import { Crowd, type CrowdSource, knownBeforehand, type Run } from './crowd.ts';

/**
 * Yardsticks beside the learners: `content` is public content with the popularity of the whole crowd, exactly; `public-content` the same with
 * the catalogue's prominence alone, which is what a page shows where nobody shares anything.
 */
export const yardsticks = ['content', 'public-content'] as const;
export type Yardstick = (typeof yardsticks)[number];

/** Plain data, so that a thread can be told it. */
export interface Job {
  readonly learner: SharedLearner | Yardstick;
  readonly settings: GivenSettings;
  readonly people: number;
  readonly run: Run;
}

export interface Measured {
  /** NDCG@10 of each person of the panel. */
  readonly ndcg10: Float64Array;
  readonly cost: LearnerCost;
}

/** Bytes of the largest thing that measuring any of the candidates holds. */
export function memoryOfCandidates(
  { items, features }: CrowdSource,
  candidates: readonly Candidate[],
  demand: CrowdDemand,
): number {
  const ids = items.map(({ id }) => id);
  const people = Array.from({ length: Math.min(demand.people, mostInOneSum) }, () => new Uint32Array(0));
  const needed = candidates.map((candidate) => {
    const learner = learnerOf(candidate.learner, settingsOfCandidate(candidate, demand), repeatedForMemory);
    return learner.memoryBytes({ items: ids, people, features });
  });
  return Math.max(...needed);
}

/** A learner keeps more where people are repeated. */
const repeatedForMemory = 2;

/** Measures one job after another; keeps the people of each run. */
export class Measurer {
  readonly #source: CrowdSource;
  readonly #rounds: RoundCore;
  readonly #crowds = new Map<string, Crowd>();

  constructor(source: CrowdSource, rounds: RoundCore) {
    this.#source = source;
    this.#rounds = rounds;
  }

  /** @throws RangeError when the learner cannot learn from such a crowd. */
  measure({ learner, settings, people, run }: Job): Measured {
    const { trial, population } = this.#crowd(run).trial(people);
    const made = this.#learner(learner, settings, population);
    const { cost, rounds } = runTrial(trial, made, { seed: run.seed, checkpoints: [], rounds: this.#rounds });
    return { ndcg10: Float64Array.from(rounds.at(-1)!.people, ({ ndcg10 }) => ndcg10), cost };
  }

  #learner(name: Job['learner'], given: GivenSettings, population: number): Learner {
    if (name === 'content') return new Content();
    if (name === 'public-content') return new Content(knownBeforehand(this.#source));
    return learnerOf(name, given, population);
  }

  #crowd(run: Run): Crowd {
    const key = `${run.panel} ${run.seed}`;
    let crowd = this.#crowds.get(key);
    if (crowd === undefined) {
      crowd = new Crowd(this.#source, run);
      this.#crowds.set(key, crowd);
    }
    return crowd;
  }
}

function learnerOf(name: SharedLearner, given: GivenSettings, population: number): Learner {
  const entry: LearnerEntry = learners[name];
  // `settingsOf` fills in every setting that means something for the learner.
  return entry.create(settingsOf(name, { ...given, population }, (setting) => setting) as Settings);
}
