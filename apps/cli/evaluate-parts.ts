// The parts of an evaluation: one fold of a protocol with one seed of the training. They know nothing of each other, so they run on as many worker
// threads as there are cores and memory for. A part's result depends on its fold and seed alone: the numbers are the same whatever the threads.
import { freemem } from 'node:os';
import type { RoundCore } from '#shared/core/rounds.ts';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import {
  type GivenSettings,
  type LearnerEntry,
  type LearnerName,
  learners,
  type Settings,
} from '#shared/evaluation/learners.ts';
import { trialOfFold } from '#shared/evaluation/protocol-p1.ts';
import { leaveOneOut } from '#shared/evaluation/protocol-p2.ts';
import { timeSplit } from '#shared/evaluation/protocol-time.ts';
import type { PositiveSet } from '#shared/evaluation/split.ts';
import { type RankedPerson, runTrial, type Trial, type TrialResult } from '#shared/evaluation/trial.ts';
import type { Features } from '#shared/model/model.ts';
import { readCore } from '../../server/core-file.ts';
import { DatasetError } from './dataset.ts';
import { Threads } from './threads.ts';

/** What all parts have in common; plain data, so that a thread can be told it. */
export interface Work {
  readonly set: PositiveSet;
  readonly features: Features | null;
  readonly protocol: 'p1' | 'p2' | 'time';
  /** Of the split. */
  readonly seed: number;
  readonly learner: LearnerName;
  /** All settings of the learner. */
  readonly settings: GivenSettings;
}

export interface Part {
  /** null in the protocols that have no folds. */
  readonly fold: number | null;
  /** Of the training. */
  readonly seed: number;
}

export interface RoundOfPart {
  /** Place among the parts. */
  readonly part: number;
  readonly round: number;
  readonly people: readonly RankedPerson[];
}

export function trialOfPart({ set, features, protocol, seed }: Work, fold: number | null): Trial {
  if (protocol === 'p2') return leaveOneOut(set, seed, features);
  if (protocol === 'time') return timeSplit(set, seed, features);
  if (fold === null) throw new RangeError('protocol p1: expected a fold, got none');
  return trialOfFold(set, fold, seed, features);
}

/**
 * The folds that have people to train on and people to test; one null for a protocol without folds.
 * @throws DatasetError or RangeError when there are none.
 */
export function testedFolds(work: Work, folds: readonly number[]): (number | null)[] {
  if (work.protocol === 'time' && work.set.times === null) {
    throw new DatasetError('--protocol time needs a timestamp column, and the data set has none');
  }
  const wanted = work.protocol === 'p1' ? folds : [null];
  const tested = wanted.filter((fold) => {
    const { data, test } = trialOfPart(work, fold);
    return test.length > 0 && data.people.length > 0;
  });
  for (const fold of wanted) {
    if (fold !== null && !tested.includes(fold)) {
      process.stderr.write(`fold ${fold}: nobody to train on or nobody to test, skipped\n`);
    }
  }
  if (tested.length > 0) return tested;
  throw new RangeError(
    work.protocol === 'time'
      ? 'no time divides the likes into a past to train on and a future to test'
      : 'no fold has both people to train on and people to test',
  );
}

/** Arrays beyond this are out of reach for one process, however much memory there is. */
const mostArrayBytes = 2 ** 34;

/** How many parts fit into the memory at a time. @throws RangeError that names the bytes when not even one does. */
export function threadsInMemory(work: Work, tested: readonly (number | null)[]): number {
  const learner = create(work);
  const needed = Math.max(...tested.map((fold) => learner.memoryBytes(trialOfPart(work, fold).data)));
  const free = freemem();
  const available = Math.min(mostArrayBytes, free);
  if (needed > available) {
    throw new RangeError(
      `${work.learner} on ${work.set.items.length} items needs ${needed} bytes of memory, and ${available} are available. ` +
        'Take a smaller data set, or another learner.',
    );
  }
  return Math.max(1, Math.floor(free / Math.max(1, needed)));
}

function create({ learner, settings }: Work) {
  const entry: LearnerEntry = learners[learner];
  return entry.create(settings as Settings);
}

/** One a thread, made when the first part needs it. */
let core: RoundCore | null = null;

/** Runs one part here. */
export function runPart(
  work: Work,
  { fold, seed }: Part,
  onRound: (round: number, people: readonly RankedPerson[]) => void,
): TrialResult {
  const checkpoints = curveRounds(work.settings.rounds ?? 0);
  core ??= roundCore(readCore((reason) => process.stderr.write(`${reason}\n`)));
  return runTrial(trialOfPart(work, fold), create(work), { seed, checkpoints, rounds: core }, onRound);
}

/** Rounds of the curve: 1, 2, 5, 10, 20, 40, 80 and so on, and the last. */
function curveRounds(rounds: number): number[] {
  const points = [1, 2, 5];
  for (let round = 10; round < rounds; round *= 2) points.push(round);
  return [...points.filter((round) => round < rounds), rounds];
}

/** From a thread to us, at a checkpoint. */
export interface RoundNotice {
  readonly round: number;
  readonly people: readonly RankedPerson[];
}

/** Runs all parts, `threads` at a time; the results in the order of the parts. With one thread everything runs here. */
export async function runParts(
  work: Work,
  parts: readonly Part[],
  threads: number,
  onRound: (round: RoundOfPart) => void,
): Promise<TrialResult[]> {
  if (threads <= 1) {
    return parts.map((part, index) => runPart(work, part, (round, people) => onRound({ part: index, round, people })));
  }
  const pool = new Threads<Part, RoundNotice, TrialResult>('evaluate-worker', work, threads);
  try {
    return await pool.run(parts, (part, notice) => onRound({ part, ...notice }));
  } finally {
    await pool.close();
  }
}
