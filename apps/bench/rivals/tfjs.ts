// tfjs as its documentation has people load it: the whole package, and a backend chosen by name.
import * as tf from '@tensorflow/tfjs';
import type { Surroundings } from '../task.ts';

export type RivalBackend = 'webgpu' | 'wasm' | 'cpu';

export async function tfjsOn(backend: RivalBackend, { tfjsWasmPaths }: Surroundings): Promise<typeof tf> {
  switch (backend) {
    case 'webgpu':
      await import('@tensorflow/tfjs-backend-webgpu');
      break;
    case 'wasm': {
      const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
      setWasmPaths(tfjsWasmPaths as string | Record<string, string>);
      // One thread, as on a page that is not isolated from other origins: ours has one too.
      setThreadsCount(1);
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      break;
    }
    case 'cpu':
  }
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs has no backend ${backend} here`);
  await tf.ready();
  return tf;
}
