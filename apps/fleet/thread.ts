// Starting a worker thread of ours from wherever we run: built, or as a source under a TypeScript loader.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * The thread finds `{ task }` in its workerData.
 * @param source path of its TypeScript file below apps/, such as fleet/worker.ts. The build calls it fleet-worker.js and puts it beside its entries
 * (vite.server.config.ts).
 */
export function startThread(source: string, task: unknown, options: Omit<WorkerOptions, 'workerData'> = {}): Worker {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.ts')) {
    const entry = pathToFileURL(join(dirname(here), '..', source)).href;
    return new Worker(join(dirname(here), 'ts-worker.mjs'), { ...options, workerData: { entry, task } });
  }
  const built = source.replaceAll('/', '-').replace(/\.ts$/, '.js');
  const beside = join(dirname(here), built);
  const above = join(dirname(here), '..', built);
  return new Worker(existsSync(beside) ? beside : above, { ...options, workerData: { task } });
}
