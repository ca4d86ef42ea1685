// Rounds over real sockets under any policy: coordinator and gateway without HTTP routes. Nothing is published: a round ends with its sum,
// and its people hear `server-error`.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { endlessPolicy, policyHash, type RoundPolicy } from '#shared/protocol/policy.ts';
import { platformCrypto } from '#shared/secagg/crypto.ts';
import type { AggregateInput } from '../aggregate.ts';
import { defaultTimings, socketLimitsFor, type Timings } from '../config.ts';
import { Coordinator } from '../coordinator.ts';
import { Gateway } from '../gateway.ts';
import { openPublication } from '../publication.ts';
import { memoryStore } from '../store/memory.ts';
import { Telemetry } from '../telemetry.ts';
import { testCatalogue } from './catalogue.ts';
import { patientClock } from './patient-clock.ts';

export interface BareRounds {
  readonly url: string;
  /** What came out of each round. */
  readonly arrived: readonly AggregateInput[];
  close(): Promise<void>;
}

export async function bareRounds(rules: RoundPolicy, timings: Partial<Timings> = {}): Promise<BareRounds> {
  const store = memoryStore();
  const policy = endlessPolicy(rules);
  const publication = await openPublication(store, {
    catalogue: testCatalogue(),
    learner: 'reconstruction',
    expectedPresence: 36,
    expectedPeople: null,
    policy: {},
    dimension: null,
    nowMs: patientClock.nowMs(),
  });
  const telemetry = new Telemetry('silent');
  const http = createServer();
  const arrived: AggregateInput[] = [];
  const coordinator = new Coordinator({
    ...publication,
    policy,
    policyHash: policyHash(policy),
    store,
    clock: patientClock,
    telemetry,
    crypto: platformCrypto(crypto.subtle),
    timings: { ...defaultTimings, quietMs: 20, ...timings },
    stopped: false,
    counts: { completed: 0, failed: 0 },
    // The policy's layout is no model's, so there is nothing to publish.
    aggregate: async (input) => {
      arrived.push(input);
      throw new RangeError('not to be published');
    },
    onPublish: () => undefined,
  });
  const limits = socketLimitsFor(policy.maxCohort);
  const gateway = new Gateway(http, { isLocal: true, limits, clock: patientClock, telemetry });
  gateway.attach(coordinator);
  coordinator.attach(gateway);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    arrived,
    async close() {
      await gateway.close();
      await coordinator.close();
      await store.close();
      http.close();
    },
  };
}
