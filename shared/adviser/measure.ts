// One measurement of the adviser: what a panel of strangers gets from a learner that a crowd has taught, by the evaluation's own learners and
// ranking, under the product's noise.
import type { RoundCore } from '../core/rounds.ts';
import type { Learner, LearnerCost } from '../evaluation/learner.ts';
import { Content } from '../evaluation/learners/content.ts';
import { type GivenSettings, type LearnerEntry, learners, type Settings, settingsOf } from '../evaluation/learners.ts';
import { runTrial } from '../evaluation/trial.ts';
import { type Candidate, type CrowdDemand, type SharedLearner, settingsOfCandidate } from './candidates.ts';
import { Crowd, type CrowdSource, expectedRepeats, knownBeforehand, type Run } from './crowd.ts';

/**
 * Yardsticks beside the learners: `content` is public content with the popularity of the whole crowd, exactly; `public-content` the same with
 * the catalogue's prominence alone, which is what a page shows where nobody shares anything.
 */
export const yardsticks = ['content', 'public-content'] as const;
export type Yardstick = (typeof yardsticks)[number];

/** In words, for the progress. */
export function jobInWords({ learner, settings, people, run }: Job, kind: CrowdSource['kind']): string {
  const sizes = [
    ...(settings.itemsK == null ? [] : [`K ${settings.itemsK}`]),
    ...(settings.dim == null ? [] : [`d ${settings.dim}, ${settings.rounds} rounds`]),
  ].join(', ');
  const what = learner === 'content' || learner === 'public-content' ? yardstickWords[learner] : learner;
  const where = kind === 'world' ? 'made-up world' : 'fold';
  return `${what}${sizes === '' ? '' : ` (${sizes})`}, ${people} people, ${where} ${run.panel}, seed ${run.seed}`;
}

const yardstickWords: Readonly<Record<Yardstick, string>> = {
  content: 'content alone',
  'public-content': "content with the catalogue's prominence",
};

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

/** A thread with the program, its WebAssembly and what the collector leaves lying about. */
const threadBytes = 128 * 2 ** 20;
/** An item with its texts, a person's place in lists and the view of what they like. */
const itemBytes = 1024;
const personBytes = 256;

/** Bytes that a thread needs at most to measure any of the candidates with a crowd of `demand.people`. */
export function memoryOfMeasuring(
  source: CrowdSource,
  candidates: readonly Candidate[],
  demand: CrowdDemand,
  runs: number,
): number {
  const { items, features } = source;
  const { population, count } = expectedRepeats(source, demand.people);
  const data = {
    items: items.map(({ id }) => id),
    people: Array.from({ length: count }, () => new Uint32Array(0)),
    features,
  };
  const learners = candidates.map((candidate) => {
    const held = learnerOf(candidate.learner, settingsOfCandidate(candidate, demand), population).memoryBytes(data);
    // The order in which a learner without phases draws its cohorts.
    return held + (candidate.learner === 'reconstruction' ? 4 * demand.people : 0);
  });
  const texts = itemBytes * items.length + features.values.byteLength;
  const people =
    source.kind === 'set' ? source.set.rows.byteLength + runs * personBytes * source.set.userIds.length : 0;
  return threadBytes + texts + people + personBytes * count + Math.max(...learners);
}

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
