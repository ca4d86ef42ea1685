// Carries out what the grid asks for and is not measured yet: some processes at a time, each result kept as soon as it is there.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Cache, CacheKey } from './cache.ts';
import { argumentsOf, partsOf, type Task } from './grid.ts';
import { type Measured, parseMeasured } from './measured.ts';

/** Data or memory do not suffice for a run; the message says which, and nothing of it is kept. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Runs `tacit evaluate` with these arguments. @throws Refused, or what else went wrong */
export type Evaluate = (argv: readonly string[], signal: AbortSignal) => Promise<Measured>;

export interface Measurement {
  readonly tasks: readonly Task[];
  /** Of the data sets, as given. */
  readonly paths: readonly string[];
  readonly keyOf: (task: Task) => CacheKey;
  readonly cache: Cache;
  readonly evaluate: Evaluate;
  readonly threads: number;
  readonly note: (text: string) => void;
  /** Of this machine, for the time that is left. */
  readonly nowMs: () => number;
  /** Ends the runs that are under way; what is done is kept. */
  readonly signal: AbortSignal;
}

/** Measures all tasks that the cache does not have; a refused one says so and stays unmeasured. @throws what else `evaluate` throws, also when it is stopped */
export async function measureAll(measurement: Measurement): Promise<void> {
  const { cache, keyOf, note, nowMs } = measurement;
  const seen = new Set<string>();
  const todo = measurement.tasks.filter((task) => {
    const path = cache.pathOf(keyOf(task));
    if (seen.has(path)) return false;
    seen.add(path);
    return cache.read(keyOf(task)) === null;
  });
  note(`${seen.size} runs, ${seen.size - todo.length} of them measured already`);
  const weights = todo.map(({ row }) => partsOf(row));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const startedMs = nowMs();
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, measurement.signal]);
  let next = 0;
  let done = 0;
  let doneWeight = 0;
  const measuredOrRefused = async (argv: readonly string[]): Promise<Measured | Refused> => {
    try {
      return await measurement.evaluate(argv, signal);
    } catch (error) {
      if (error instanceof Refused) return error;
      throw error;
    }
  };
  const work = async (): Promise<void> => {
    while (next < todo.length && !signal.aborted) {
      const at = next++;
      const task = todo[at]!;
      const argv = [
        '--dataset',
        measurement.paths[task.dataset]!,
        ...argumentsOf(task.row),
        '--json',
        '--people',
        '--threads',
        '1',
      ];
      // Another process may have measured it meanwhile.
      const found = cache.read(keyOf(task)) ?? (await measuredOrRefused(argv));
      if (!(found instanceof Refused)) cache.write(keyOf(task), found);
      done += 1;
      doneWeight += weights[at]!;
      const leftMs = ((nowMs() - startedMs) / doneWeight) * (whole - doneWeight);
      const inShort = found instanceof Refused ? `refused: ${found.message}` : `NDCG@10 ${found.ndcg10.toFixed(4)}`;
      note(
        `${done} of ${todo.length}, about ${inWords(leftMs)} left: ${task.experiment}, ${task.row.label}: ${inShort}`,
      );
    }
  };
  const workers = Array.from({ length: Math.min(measurement.threads, todo.length) }, async () => {
    try {
      await work();
    } catch (error) {
      // The others have nothing to do then.
      failure.abort();
      throw error;
    }
  });
  const settled = await Promise.allSettled(workers);
  // The first that failed says why; that others were stopped for it is no news.
  const failed = settled.filter((each) => each.status === 'rejected').map(({ reason }) => reason as unknown);
  const cause = failed.find((reason) => !(reason instanceof Error && reason.name === 'AbortError')) ?? failed[0];
  if (cause !== undefined) throw cause;
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

/** The built command in a process of its own, as anybody would call it. */
export function builtEvaluate(root: string): Evaluate {
  return (argv, signal) =>
    new Promise((resolve, reject) => {
      const entry = join(root, 'dist-server', 'tacit.js');
      const child = spawn(process.execPath, [entry, 'evaluate', ...argv], {
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
      });
      const out: Buffer[] = [];
      let err = '';
      child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
      child.stderr.on('data', (bytes: Buffer) => {
        // Progress comes there too; the end is what matters.
        err = (err + bytes.toString('utf8')).slice(-4000);
      });
      child.on('error', reject);
      child.on('close', (code) => {
        const reason = /(?:^|\n)evaluate: ([^\n]+)\n?$/.exec(err)?.[1];
        if (code === 1 && reason !== undefined) reject(new Refused(reason));
        else if (code !== 0) reject(new Error(`evaluate ${argv.join(' ')} ended with ${code}: ${err.trimEnd()}`));
        else {
          try {
            const line = Buffer.concat(out).toString('utf8').trimEnd().split('\n').at(-1) ?? '';
            resolve(parseMeasured(JSON.parse(line)));
          } catch (error) {
            reject(error);
          }
        }
      });
    });
}
