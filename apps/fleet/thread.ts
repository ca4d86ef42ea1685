// Starting a worker thread of ours from wherever we run: built, or as a source under a TypeScript loader.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * The thread finds `{ task }` in its workerData.
 * @param source path of its TypeScript file below apps/. @param built name of its file in the build, which stands beside the built entries.
 */
export function startThread(source: string, built: string, task: unknown): Worker {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.ts')) {
    const entry = pathToFileURL(join(dirname(here), '..', source)).href;
    return new Worker(join(dirname(here), 'ts-worker.mjs'), { workerData: { entry, task } });
  }
  const beside = join(dirname(here), built);
  const above = join(dirname(here), '..', built);
  return new Worker(existsSync(beside) ? beside : above, { workerData: { task } });
}
