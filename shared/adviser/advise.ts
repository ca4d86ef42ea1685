// The adviser: which federation a crowd can afford, by measuring. What is chosen is chosen on some seeds and judged on others, so that the number
// that is reported is not the luckiest of many. How measurements come about (threads, order) is the caller's; this is a function of their results.

import { relativeSignal } from '../learners/co-occurrence/rules.ts';
import { meanOf } from '../maths/statistics.ts';
import {
  type Candidate,
  type CrowdDemand,
  candidatesFor,
  type SharedLearner,
  settingsOfCandidate,
  signalOf,
  smallestCrowd,
  standardCandidate,
} from './candidates.ts';
import { type Gain, gainOf, type Verdict, verdictOf } from './gain.ts';
import type { Job, Measured, Yardstick } from './measure.ts';

export interface AdviceRequest extends CrowdDemand {
  readonly seed: number;
  /** Seeds on which is chosen, on which the choice is judged, and on which the crowd at which it pays is sought. */
  readonly choosingSeeds: number;
  readonly judgingSeeds: number;
  readonly crossingSeeds: number;
  /** Crowds larger than this are not tried. */
  readonly largestCrowd: number;
}

/** Results in the order of the jobs. @param why in words, for the progress. */
export type Measure = (jobs: readonly Job[], why: string) => Promise<Measured[]>;

export interface Tried {
  readonly candidate: Candidate;
  /** Over content with the crowd's own popularity, on the seeds on which was chosen. */
  readonly gain: Gain;
}

export interface Advice {
  /** The best candidate, whether or not it is worth running. */
  readonly best: Candidate;
  /** By the judging seeds. `helps`: run `best`. Otherwise: content alone. */
  readonly verdict: Verdict;
  /** NDCG@10, means over the panel, on the judging seeds. */
  readonly ndcg10: { readonly shared: number; readonly content: number; readonly publicContent: number };
  /** Over content with the crowd's own popularity, and over content that knows the catalogue's prominence alone. */
  readonly gain: Gain;
  readonly gainOverPublic: Gain;
  /** Epsilon of one person for everything, as the ledger charges it. */
  readonly epsilon: number;
  /** Of one person, for everything. */
  readonly uploadBytes: number;
  /** Of the published model, once. */
  readonly downloadBytes: number;
  readonly tried: readonly Tried[];
  readonly crossover: Crossover;
}

/** Between which crowds the best learner, sized by its rules, passes content. */
export interface Crossover {
  /** The largest crowd measured at which it is worse, both bounds below 0; null: at none, down to the fewest in a sum. */
  readonly above: number | null;
  /** The smallest crowd measured from which on it is better, both bounds above 0; null: at none up to the largest that was tried. */
  readonly below: number | null;
  readonly measured: readonly Crossing[];
}

export interface Crossing {
  readonly people: number;
  readonly learner: SharedLearner;
  readonly gain: Gain;
  /** By which harm.ts judges: the norm of one person over the noise of the crowd's mean, in the units of the rules of co-occurrence. */
  readonly relativeSignal: number;
}

/** How often the interval of the crossover is divided. */
const divisions = 3;

/** @throws RangeError for a crowd that no round can be made of, and what measuring throws. */
export async function advise(request: AdviceRequest, measure: Measure): Promise<Advice> {
  const book = new Book(request, measure);
  const tried = await choose(candidatesFor(request), request, book);
  const { candidate: best } = bestOf(tried.filter(({ gain }) => gain.seeds === request.choosingSeeds));

  const judging = seedsOf(request.seed, request.choosingSeeds, request.judgingSeeds);
  const shared = await book.results(best, request.people, judging, 'judging');
  const content = await book.yardstick('content', request.people, judging);
  const publicContent = await book.yardstick('public-content', request.people, judging);
  const gain = gainOf(judging.map((_, index) => [shared[index]!.ndcg10, content[index]!]));
  const { cost } = shared[0]!;
  return {
    best,
    verdict: verdictOf(gain),
    ndcg10: {
      shared: meanOfAll(shared.map(({ ndcg10 }) => ndcg10)),
      content: meanOfAll(content),
      publicContent: meanOfAll(publicContent),
    },
    gain,
    gainOverPublic: gainOf(judging.map((_, index) => [shared[index]!.ndcg10, publicContent[index]!])),
    epsilon: Math.max(...shared.map((each) => each.cost.epsilon ?? 0)),
    uploadBytes: cost.participationsPerUser * cost.uploadBytesPerClient,
    downloadBytes: cost.downloadBytesPerClient,
    tried,
    crossover: await crossoverOf(request, best, book),
  };
}

/** One seed after another; what is clearly worse than the best so far is not tried further. */
async function choose(candidates: readonly Candidate[], request: AdviceRequest, book: Book): Promise<Tried[]> {
  const seeds = seedsOf(request.seed, 0, request.choosingSeeds);
  let left: readonly Candidate[] = candidates;
  let tried: Tried[] = [];
  for (let count = 1; count <= seeds.length; count++) {
    const some = seeds.slice(0, count);
    const found = await book.gains(left, request.people, some, `choosing among ${left.length}`);
    tried = [...tried.filter(({ candidate }) => !left.includes(candidate)), ...found];
    const { gain: best } = bestOf(found);
    left = found.filter(({ gain }) => gain.upper >= best.lower).map(({ candidate }) => candidate);
  }
  return candidates.map((candidate) => tried.find((entry) => entry.candidate === candidate)!);
}

/** By the lower bound of the gain. */
function bestOf(tried: readonly Tried[]): Tried {
  return tried.reduce((a, b) => (b.gain.lower > a.gain.lower ? b : a));
}

/** A geometric grid outwards from the crowd, then division of the interval. */
async function crossoverOf(request: AdviceRequest, best: Candidate, book: Book): Promise<Crossover> {
  const seeds = seedsOf(request.seed, request.choosingSeeds + request.judgingSeeds, request.crossingSeeds);
  const isOnly = request.learner !== null || best.learner === 'co-occurrence';
  const learners = isOnly ? [best.learner] : [best.learner, 'co-occurrence' as const];
  const measured: (Crossing & { readonly verdict: Verdict })[] = [];
  const verdictAt = async (people: number): Promise<Verdict> => {
    const known = measured.find((entry) => entry.people === people);
    if (known !== undefined) return known.verdict;
    const candidates = learners.map((learner) => standardCandidate(learner, { ...request, people }));
    const gains = await book.gains(candidates, people, seeds, `a crowd of ${people}`);
    const found = bestOf(gains);
    const verdict = verdictOf(found.gain);
    const { learner, cohort } = found.candidate;
    const signal = relativeSignal(signalOf({ ...request, people }, cohort), request.items);
    measured.push({ people, learner, gain: found.gain, relativeSignal: signal, verdict });
    return verdict;
  };
  let below: number | null = null;
  for (let people = request.people; people <= request.largestCrowd; people *= 2) {
    if ((await verdictAt(people)) === 'helps') {
      below = people;
      break;
    }
  }
  let above: number | null = null;
  for (let people = request.people; ; people = Math.max(smallestCrowd, Math.floor(people / 2))) {
    const verdict = await verdictAt(people);
    if (verdict === 'helps') below = Math.min(below ?? people, people);
    if (verdict === 'harmful') {
      above = people;
      break;
    }
    if (people === smallestCrowd) break;
  }
  // Above the crowd itself there may be larger ones at which it is still worse.
  const worse = measured.filter(
    ({ verdict, people }) => verdict === 'harmful' && people < (below ?? Number.POSITIVE_INFINITY),
  );
  if (worse.length > 0) above = Math.max(...worse.map(({ people }) => people));
  for (let division = 0; division < divisions && above !== null && below !== null; division++) {
    const middle: number = Math.round(Math.sqrt(above * below));
    if (middle <= above || middle >= below) break;
    const verdict = await verdictAt(middle);
    if (verdict === 'helps') below = middle;
    else if (verdict === 'harmful') above = middle;
    else break;
  }
  const inOrder = [...measured].sort((a, b) => a.people - b.people);
  return { above, below, measured: inOrder.map(({ verdict: _, ...crossing }) => crossing) };
}

/** Asks for each measurement once. */
class Book {
  readonly #request: AdviceRequest;
  readonly #measure: Measure;
  readonly #known = new Map<string, Measured>();

  constructor(request: AdviceRequest, measure: Measure) {
    this.#request = request;
    this.#measure = measure;
  }

  /** Of one candidate, by seed. */
  results(candidate: Candidate, people: number, seeds: readonly number[], why: string): Promise<Measured[]> {
    return this.#ask(this.#jobsOf(candidate, people, seeds), why);
  }

  /** Of each candidate over content with the crowd's popularity. */
  async gains(
    candidates: readonly Candidate[],
    people: number,
    seeds: readonly number[],
    why: string,
  ): Promise<Tried[]> {
    const yardstick = jobsOfYardstick('content', people, seeds);
    const jobs = candidates.map((candidate) => this.#jobsOf(candidate, people, seeds));
    // In one call, so that no thread waits for another list.
    await this.#ask([...yardstick, ...jobs.flat()], why);
    const content = await this.#ask(yardstick, why);
    return Promise.all(
      candidates.map(async (candidate, index) => {
        const measured = await this.#ask(jobs[index]!, why);
        return { candidate, gain: gainOf(measured.map(({ ndcg10 }, at) => [ndcg10, content[at]!.ndcg10])) };
      }),
    );
  }

  /** NDCG@10 by seed. */
  async yardstick(name: Yardstick, people: number, seeds: readonly number[]): Promise<Float64Array[]> {
    const results = await this.#ask(jobsOfYardstick(name, people, seeds), name);
    return results.map(({ ndcg10 }) => ndcg10);
  }

  async #ask(jobs: readonly Job[], why: string): Promise<Measured[]> {
    const missing = jobs.filter((job) => !this.#known.has(keyOf(job)));
    const results = missing.length === 0 ? [] : await this.#measure(missing, why);
    missing.forEach((job, index) => {
      this.#known.set(keyOf(job), results[index]!);
    });
    return jobs.map((job) => this.#known.get(keyOf(job))!);
  }

  #jobsOf(candidate: Candidate, people: number, seeds: readonly number[]): Job[] {
    const settings = settingsOfCandidate(candidate, this.#request);
    return seeds.map((seed) => ({ learner: candidate.learner, settings, people, seed }));
  }
}

function jobsOfYardstick(learner: Yardstick, people: number, seeds: readonly number[]): Job[] {
  return seeds.map((seed) => ({ learner, settings: {}, people, seed }));
}

function keyOf(job: Job): string {
  return JSON.stringify(job);
}

function seedsOf(seed: number, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => seed + from + index);
}

function meanOfAll(lists: readonly Float64Array[]): number {
  return meanOf(lists.flatMap((list) => [...list]));
}
