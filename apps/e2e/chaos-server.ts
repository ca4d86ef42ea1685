// The server of the chaos in a thread of its own, so that what it keeps can be weighed without the people. Tells what came out of each round.
import { parentPort, workerData } from 'node:worker_threads';
import { aggregate } from '../../server/aggregate.ts';
import { startServer } from '../../server/start.ts';
import { testCatalogue } from '../../server/testing/catalogue.ts';
import { patientClock } from '../../server/testing/patient-clock.ts';
import { retained } from './retained.ts';

export interface ChaosServerTask {
  readonly people: number;
  readonly noiseMultiplier: number;
  readonly dataDir: string;
}

export type FromChaosServer =
  | { readonly kind: 'ready'; readonly url: string }
  | {
      readonly kind: 'summed';
      readonly roundId: string;
      readonly cohort: number;
      readonly bits: number;
      /** Uint32Array[D]. */
      readonly sum: Uint32Array;
    }
  /** Bytes that are left on the heap and in buffers after a collection. */
  | { readonly kind: 'weighed'; readonly retainedBytes: number }
  | { readonly kind: 'closed' };

export type ToChaosServer = 'weigh' | 'close';

const port = parentPort!;
const { people, noiseMultiplier, dataDir } = workerData.task as ChaosServerTask;

const say = (message: FromChaosServer) => port.postMessage(message);

const server = await startServer(
  {
    catalogue: testCatalogue(),
    dataDir,
    expectedPresence: people,
    policy: { maxCohort: people, noiseMultiplier, cooldownMs: 0 },
    timings: { quietMs: 500 },
    logLevel: 'silent',
  },
  {
    // The people share one thread: the deadlines for devices of their own would be met by no more than its speed.
    clock: patientClock,
    aggregate: async (input) => {
      const { roundId, bits } = input.config;
      say({ kind: 'summed', roundId, cohort: input.cohort, bits, sum: input.sum });
      return aggregate(input);
    },
  },
);

port.on('message', async (order: ToChaosServer) => {
  if (order === 'weigh') {
    const { heapBytes, bufferBytes } = await retained();
    say({ kind: 'weighed', retainedBytes: heapBytes + bufferBytes });
    return;
  }
  await server.close();
  say({ kind: 'closed' });
  port.close();
});

say({ kind: 'ready', url: server.url });
