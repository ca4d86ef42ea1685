// The arena in a thread of Node.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { readCore } from '../../server/core-file.ts';
import { Arena, after, answerTo, type Order } from './arena.ts';

const port = parentPort!;
const tfjsWasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'));
const arena = new Arena({
  core: readCore(),
  after,
  ticksMs: () => performance.now(),
  tfjsWasmPaths: join(tfjsWasm, 'dist', '/'),
});

port.on('message', async ({ id, order }: { id: number; order: Order }) => {
  port.postMessage(await answerTo(arena, id, order));
});
