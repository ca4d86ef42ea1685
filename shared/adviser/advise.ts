// The adviser: which federation a crowd can afford, by measuring. What is chosen is chosen on some people and judged on others, so that the number
// that is reported is not the luckiest of many. How measurements come about (threads, order) is the caller's; this is a function of their results.
import { relativeSignal } from '../learners/co-occurrence/rules.ts';
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
import type { Run, Runs } from './crowd.ts';
import { difference, type Gain, gainOf, meanOverPeople, type Verdict, verdictOf } from './gain.ts';
import type { Job, Measured, Yardstick } from './measure.ts';

export interface AdviceRequest extends CrowdDemand {
  readonly runs: Runs;
  /** Crowds larger than this are not tried. */
  readonly largestCrowd: number;
}

/** Results in the order of the jobs. @param why in words, for the progress. */
export type Measure = (jobs: readonly Job[], why: string) => Promise<Measured[]>;

export interface Tried {
  readonly candidate: Candidate;
  /** Over content with the crowd's own popularity, on the people on whom was chosen. */
  readonly gain: Gain;
}

export interface Advice {
  /** The best candidate, whether or not it is worth running. */
  readonly best: Candidate;
  /** By the judging runs. `helps`: run `best`. Otherwise: content alone. */
  readonly verdict: Verdict;
  /** NDCG@10, means over the judging runs. */
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

/** Where the shared model passes content: at the crowd itself the best candidate, at others the better learner sized by its rules. */
export interface Crossover {
  /** The largest crowd measured at which it is worse, both bounds below 0; null: at none, down to the fewest in a sum. */
  readonly above: number | null;
  /** The crowd from which on it is better, both bounds above 0, at every crowd measured; null: not even at the largest. */
  readonly below: number | null;
  /** The smallest and the largest crowd measured between those that are neither; null: there is none. */
  readonly unclear: { readonly from: number; readonly to: number } | null;
  /** By crowd, ascending. */
  readonly measured: readonly Crossing[];
}

export interface Crossing {
  readonly people: number;
  readonly learner: SharedLearner;
  readonly gain: Gain;
  readonly verdict: Verdict;
  /** By which harm.ts judges: the norm of one person over the noise of the crowd's mean, in the units of the rules of co-occurrence. */
  readonly relativeSignal: number;
}

/** How often each end of what is unclear is narrowed down. */
const divisions = 2;

/** @throws RangeError for a crowd that no round can be made of, and what measuring throws. */
export async function advise(request: AdviceRequest, measure: Measure): Promise<Advice> {
  const { choosing, judging } = request.runs;
  const choosers = new Set(choosing.map(({ panel }) => panel));
  if (judging.some(({ panel }) => choosers.has(panel))) {
    throw new RangeError('expected nobody to be judged by on whom was chosen');
  }
  const book = new Book(request, measure);
  const tried = await choose(candidatesFor(request), request, book);
  const { candidate: best } = bestOf(tried.filter(({ gain }) => gain.runs === choosing.length));

  const { people } = request;
  const [shared, content, publicContent] = await book.beside(best, people, judging, 'judging the best');
  const gain = gainOver(shared, content, judging);
  const { cost } = shared[0]!;
  return {
    best,
    verdict: verdictOf(gain),
    ndcg10: {
      shared: meanOfRuns(shared, judging),
      content: meanOfRuns(content, judging),
      publicContent: meanOfRuns(publicContent, judging),
    },
    gain,
    gainOverPublic: gainOver(shared, publicContent, judging),
    epsilon: Math.max(...shared.map((each) => each.cost.epsilon ?? 0)),
    uploadBytes: cost.participationsPerUser * cost.uploadBytesPerClient,
    downloadBytes: cost.downloadBytesPerClient,
    tried,
    crossover: await crossoverOf(request, { candidate: best, gain }, book),
  };
}

/** One run after another; what is clearly worse than the best so far is not tried further. */
async function choose(candidates: readonly Candidate[], request: AdviceRequest, book: Book): Promise<Tried[]> {
  const { choosing } = request.runs;
  let left: readonly Candidate[] = candidates;
  let tried: Tried[] = [];
  for (let count = 1; count <= choosing.length; count++) {
    const some = choosing.slice(0, count);
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

/** A geometric grid outwards from the crowd, then both ends of what is not clear are divided. @param judged of the crowd itself. */
async function crossoverOf(request: AdviceRequest, judged: Tried, book: Book): Promise<Crossover> {
  const { choosing, crossing } = request.runs;
  const { candidate: best } = judged;
  const isOnly = request.learner !== null || best.learner === 'co-occurrence';
  const learners = isOnly ? [best.learner] : [best.learner, 'co-occurrence' as const];
  const measured = new Map<number, Crossing>();
  const note = (people: number, { candidate: { learner, cohort }, gain }: Tried): Verdict => {
    const signal = relativeSignal(signalOf({ ...request, people }, cohort), request.items);
    const verdict = verdictOf(gain);
    measured.set(people, { people, learner, gain, verdict, relativeSignal: signal });
    return verdict;
  };
  const verdictAt = async (people: number): Promise<Verdict> => {
    const known = measured.get(people);
    if (known !== undefined) return known.verdict;
    const why = `a crowd of ${people}`;
    const candidates = learners.map((learner) => standardCandidate(learner, { ...request, people }));
    const chosen =
      candidates.length === 1 ? candidates[0]! : bestOf(await book.gains(candidates, people, choosing, why)).candidate;
    return note(people, (await book.gains([chosen], people, crossing, why))[0]!);
  };
  note(request.people, judged);
  let people = request.people;
  while ((await verdictAt(people)) !== 'helps' && 2 * people <= request.largestCrowd) people *= 2;
  people = request.people;
  while ((await verdictAt(people)) !== 'harmful' && people > smallestCrowd) {
    people = Math.max(smallestCrowd, Math.floor(people / 2));
  }
  for (let division = 0; division < divisions; division++) {
    const known = inOrder(measured);
    const places = [lastHarm, lastNotHelped].flatMap((find) => middleAfter(known, find(known)) ?? []);
    for (const middle of new Set(places)) await verdictAt(middle);
  }
  return crossoverAmong(inOrder(measured));
}

function inOrder(measured: ReadonlyMap<number, Crossing>): Crossing[] {
  return [...measured.values()].sort((a, b) => a.people - b.people);
}

/** @param measured by crowd, ascending. */
function crossoverAmong(measured: readonly Crossing[]): Crossover {
  const above = measured[lastHarm(measured)]?.people ?? null;
  const lastDoubt = lastNotHelped(measured);
  const below = measured[lastDoubt + 1]?.people ?? null;
  const doubts = measured.slice(0, lastDoubt + 1).filter(({ people }) => people > (above ?? 0));
  const unclear = doubts.length === 0 ? null : { from: doubts[0]!.people, to: doubts.at(-1)!.people };
  return { above, below, unclear, measured };
}

/** Its index; -1: there is none. */
function lastHarm(measured: readonly Crossing[]): number {
  return measured.map(({ verdict }) => verdict === 'harmful').lastIndexOf(true);
}

/** Its index, of those that are harmed or unclear; -1: there is none. */
function lastNotHelped(measured: readonly Crossing[]): number {
  return measured.map(({ verdict }) => verdict === 'helps').lastIndexOf(false);
}

/** A crowd between one and the next larger one that was measured; null: there is none. */
function middleAfter(measured: readonly Crossing[], index: number): number | null {
  const [least, most] = [measured[index]?.people, measured[index + 1]?.people];
  if (least === undefined || most === undefined) return null;
  const middle = Math.round(Math.sqrt(least * most));
  return middle > least && middle < most ? middle : null;
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

  /** Of one candidate and of both yardsticks, by run. */
  async beside(candidate: Candidate, people: number, runs: readonly Run[], why: string) {
    const lists = [
      this.#jobsOf(candidate, people, runs),
      jobsOfYardstick('content', people, runs),
      jobsOfYardstick('public-content', people, runs),
    ] as const;
    const all = await this.#ask(lists.flat(), why);
    const list = (index: number) => all.slice(index * runs.length, (index + 1) * runs.length);
    return [list(0), list(1), list(2)] as const;
  }

  /** Of each candidate over content with the crowd's popularity. */
  async gains(candidates: readonly Candidate[], people: number, runs: readonly Run[], why: string): Promise<Tried[]> {
    const yardstick = jobsOfYardstick('content', people, runs);
    const jobs = candidates.map((candidate) => this.#jobsOf(candidate, people, runs));
    // In one call, so that no thread waits for another list.
    await this.#ask([...yardstick, ...jobs.flat()], why);
    const content = await this.#ask(yardstick, why);
    return Promise.all(
      candidates.map(async (candidate, index) => {
        const measured = await this.#ask(jobs[index]!, why);
        return { candidate, gain: gainOver(measured, content, runs) };
      }),
    );
  }

  async #ask(jobs: readonly Job[], why: string): Promise<Measured[]> {
    const missing = jobs.filter((job) => !this.#known.has(keyOf(job)));
    const results = missing.length === 0 ? [] : await this.#measure(missing, why);
    missing.forEach((job, index) => {
      this.#known.set(keyOf(job), results[index]!);
    });
    return jobs.map((job) => this.#known.get(keyOf(job))!);
  }

  #jobsOf(candidate: Candidate, people: number, runs: readonly Run[]): Job[] {
    const settings = settingsOfCandidate(candidate, this.#request);
    return runs.map((run) => ({ learner: candidate.learner, settings, people, run }));
  }
}

function jobsOfYardstick(learner: Yardstick, people: number, runs: readonly Run[]): Job[] {
  return runs.map((run) => ({ learner, settings: {}, people, run }));
}

function keyOf(job: Job): string {
  return JSON.stringify(job);
}

function gainOver(model: readonly Measured[], yardstick: readonly Measured[], runs: readonly Run[]): Gain {
  return gainOf(
    runs.map(({ panel }, index) => ({ panel, values: difference(model[index]!.ndcg10, yardstick[index]!.ndcg10) })),
  );
}

function meanOfRuns(results: readonly Measured[], runs: readonly Run[]): number {
  return meanOverPeople(runs.map(({ panel }, index) => ({ panel, values: results[index]!.ndcg10 })));
}
