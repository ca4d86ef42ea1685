// A run: its scenarios over worker threads, side by side, each on one thread from its beginning to its end. Which thread and when changes nothing
// of what comes out.
import { createHash } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import { canonicalJson } from '#shared/protocol/canonical.ts';
import { productVersion } from '../../server/start.ts';
import { startThread } from '../fleet/thread.ts';
import { checkpointPath, readCheckpoint } from './checkpoint.ts';
import type { FromSimulator, SimulationTask, ToSimulator } from './messages.ts';
import type { PeopleSource } from './people.ts';
import type { Progress, ScenarioState } from './scenario.ts';
import type { Scenario } from './spec.ts';

export interface Plan {
  readonly people: PeopleSource;
  readonly scenarios: readonly Scenario[];
}

export interface RunOptions {
  readonly folder: string;
  readonly workers: number;
  readonly onProgress: (progress: Progress) => void;
  /** Ends the threads; what was done since their last checkpoints is lost. */
  readonly stop: AbortSignal;
}

/** The run was stopped; its checkpoints are there to go on from. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

/** A scenario could not be run; the message says which, and why. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/** Names a run by all that its result depends on. */
export function runHash({ people, scenarios }: Plan): string {
  const hash = createHash('sha256');
  hash.update(canonicalJson({ version: productVersion(), scenarios, catalogue: people.catalogue }));
  if (people.kind === 'world') hash.update(canonicalJson({ seed: people.seed, tasteSpread: people.tasteSpread }));
  else {
    for (const numbers of [people.starts, people.rows, people.ratings, people.times]) {
      hash.update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    }
  }
  return hash.digest('hex');
}

/** Runs, or goes on with, every scenario; resolves with their last states in order. Rejects with StoppedError, or with ScenarioError. */
export async function runPlan(plan: Plan, options: RunOptions): Promise<ScenarioState[]> {
  const { scenarios, people } = plan;
  const run = runHash(plan);
  const waiting = scenarios.filter(({ id }) => readCheckpoint(checkpointPath(options.folder, id), run)?.ended == null);
  const task: SimulationTask = { people, folder: options.folder, run };
  const crew = Array.from({ length: Math.min(options.workers, waiting.length) }, () =>
    startThread('simulate/worker.ts', task),
  );
  try {
    await Promise.race([
      stopped(options.stop),
      Promise.all(crew.map((worker) => work(worker, waiting, options.onProgress))),
    ]);
  } finally {
    await Promise.all(crew.map((worker) => worker.terminate()));
  }
  return scenarios.map(({ id }) => {
    const path = checkpointPath(options.folder, id);
    const state = readCheckpoint(path, run);
    if (state === null) throw new Error(`${path} is gone; was its folder removed while the run went on?`);
    return state;
  });
}

/** One thread takes scenarios until none is left. */
function work(worker: Worker, waiting: Scenario[], onProgress: (progress: Progress) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const scenario = waiting.shift();
      const message: ToSimulator = scenario === undefined ? { kind: 'close' } : { kind: 'run', scenario };
      worker.postMessage(message);
    };
    worker.on('message', (message: FromSimulator) => {
      if (message.kind === 'progress') onProgress(message);
      else if (message.kind === 'done') next();
      else reject(new ScenarioError(`scenario ${message.scenario + 1} failed: ${message.message}`));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with code ${code}`))));
    next();
  });
}

function stopped(stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(new StoppedError('the run was stopped'));
    if (stop.aborted) end();
    else stop.addEventListener('abort', end, { once: true });
  });
}
