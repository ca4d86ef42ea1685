// Rounds over sockets in a thread of their own, so that what the server keeps can be weighed without its clients.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import type { Policy } from '#shared/protocol/policy.ts';
import { bareRounds } from '../../server/testing/bare-rounds.ts';

export type FromWeighedServer =
  | { readonly kind: 'ready'; readonly url: string }
  /** Bytes in buffers after a collection, and how many rounds came to a sum. */
  | { readonly kind: 'weighed'; readonly bufferBytes: number; readonly sums: number };

const port = parentPort!;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Buffers are given back some turns after their collection. */
async function collected(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    collect();
    await new Promise((next) => setImmediate(next));
  }
}
const rounds = await bareRounds(workerData.task as Policy, { quietMs: 60_000 });

port.on('message', async (order: 'weigh' | 'close') => {
  if (order === 'close') {
    await rounds.close();
    port.close();
    return;
  }
  await collected();
  const { arrayBuffers } = process.memoryUsage();
  port.postMessage({
    kind: 'weighed',
    bufferBytes: arrayBuffers,
    sums: rounds.arrived.length,
  } satisfies FromWeighedServer);
});

port.postMessage({ kind: 'ready', url: rounds.url } satisfies FromWeighedServer);
