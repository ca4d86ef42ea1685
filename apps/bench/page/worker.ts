// The arena in a module worker of a browser.
import plainAddress from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdAddress from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedAddress from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { fetchCore } from '../../engine/core-file.ts';
import { Arena, after, answerTo, type Order } from '../arena.ts';

const arena = fetchCore().then(
  (core) =>
    new Arena({
      core,
      after,
      ticksMs: () => performance.now(),
      tfjsWasmPaths: {
        'tfjs-backend-wasm.wasm': plainAddress,
        'tfjs-backend-wasm-simd.wasm': simdAddress,
        'tfjs-backend-wasm-threaded-simd.wasm': threadedAddress,
      },
    }),
);

addEventListener('message', async (event: MessageEvent<{ id: number; order: Order }>) => {
  postMessage(await answerTo(await arena, event.data.id, event.data.order));
});
