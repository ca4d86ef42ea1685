// A thread of the evaluation: it is told the work when it starts and then one part after another, and answers with rounds and results.
import { parentPort, workerData } from 'node:worker_threads';
import { type FromThread, type Part, runPart, type Work } from './evaluate-parts.ts';

const { task } = workerData as { readonly task: Work };
const tell = (message: FromThread) => parentPort!.postMessage(message);

parentPort!.on('message', (part: Part) => {
  try {
    const result = runPart(task, part, (round, people) => tell({ kind: 'round', round, people }));
    tell({ kind: 'done', result });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tell({ kind: 'failed', message, isRange: error instanceof RangeError });
  }
});
