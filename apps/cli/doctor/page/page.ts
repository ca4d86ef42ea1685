// The page that `tacit doctor` opens in a browser: hands the sizes to the worker, and its answer back.
import type { Size } from './examination.ts';

function examine(sizes: readonly Size[]): Promise<unknown> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<{ value: unknown; error: string | null }>) => {
      worker.terminate();
      if (data.error === null) resolve(data.value);
      else reject(new Error(data.error));
    });
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.postMessage(sizes);
  });
}

Object.assign(globalThis, { examine });
