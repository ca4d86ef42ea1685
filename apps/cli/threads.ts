// Parts of a computation on worker threads. They know nothing of each other, so what a part gives does not depend on how many threads there are.
// A thread is told the task when it starts, and then one part after another.
import { parentPort, type Worker, workerData } from 'node:worker_threads';
import { startThread } from '../fleet/thread.ts';

type FromThread<Notice, Result> =
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly message: string; readonly isRange: boolean };

/** Threads that stay until they are closed. Parts, notices and results are plain data. */
export class Threads<Part, Notice, Result> {
  readonly #workers: readonly Worker[];

  /** @param entry file beside this one that calls `answerParts`, without its ending. @param count of threads, 1 or more. */
  constructor(entry: string, task: unknown, count: number) {
    this.#workers = Array.from({ length: count }, () => startThread(`cli/${entry}.ts`, task));
  }

  /**
   * The results in the order of the parts.
   * @throws RangeError or Error with the message of the first part that failed.
   */
  async run(
    parts: readonly Part[],
    onNotice: (part: number, notice: Notice) => void = () => {},
    onDone: (part: number) => void = () => {},
  ): Promise<Result[]> {
    const results: Result[] = [];
    let next = 0;
    await Promise.all(
      this.#workers.map(async (worker) => {
        while (next < parts.length) {
          const index = next++;
          results[index] = await resultOf<Notice, Result>(worker, parts[index]!, (notice) => onNotice(index, notice));
          onDone(index);
        }
      }),
    );
    return results;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** The thread's side. @param run computes a part; a RangeError of it is one on the other side too. */
export function answerParts<Task, Part, Notice, Result>(
  run: (task: Task, part: Part, tell: (notice: Notice) => void) => Result,
): void {
  // Only `Threads` starts these threads.
  const { task } = workerData as { readonly task: Task };
  const say = (message: FromThread<Notice, Result>) => parentPort!.postMessage(message);
  parentPort!.on('message', (part: Part) => {
    try {
      say({ kind: 'done', result: run(task, part, (notice) => say({ kind: 'notice', notice })) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      say({ kind: 'failed', message, isRange: error instanceof RangeError });
    }
  });
}

function resultOf<Notice, Result>(worker: Worker, part: unknown, onNotice: (notice: Notice) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    const settled = () => worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    const onMessage = (message: FromThread<Notice, Result>) => {
      if (message.kind === 'notice') {
        onNotice(message.notice);
        return;
      }
      settled();
      if (message.kind === 'done') resolve(message.result);
      else reject(message.isRange ? new RangeError(message.message) : new Error(message.message));
    };
    const onError = (error: unknown) => {
      settled();
      reject(error);
    };
    const onExit = (code: number) => onError(new Error(`a thread ended with ${code} before its part was done`));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(part);
  });
}
