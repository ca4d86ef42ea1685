// Rounds over sockets in a thread of their own, so that what the server keeps can be weighed without its clients.
import { parentPort, workerData } from 'node:worker_threads';
import type { RoundPolicy } from '#shared/protocol/policy.ts';
import { bareRounds } from '../../server/testing/bare-rounds.ts';
import { retained } from './retained.ts';

export type FromWeighedServer =
  | { readonly kind: 'ready'; readonly url: string }
  /** Bytes in buffers after a collection, and how many rounds came to a sum. */
  | { readonly kind: 'weighed'; readonly bufferBytes: number; readonly sums: number };

const port = parentPort!;
const rounds = await bareRounds(workerData.task as RoundPolicy, { quietMs: 60_000 });

port.on('message', async (order: 'weigh' | 'close') => {
  if (order === 'close') {
    await rounds.close();
    port.close();
    return;
  }
  const { bufferBytes } = await retained();
  port.postMessage({
    kind: 'weighed',
    bufferBytes,
    sums: rounds.arrived.length,
  } satisfies FromWeighedServer);
});

port.postMessage({ kind: 'ready', url: rounds.url } satisfies FromWeighedServer);
