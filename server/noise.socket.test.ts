// The noise that arrives: 24 clients send updates of zeros over real sockets, so that the decoded sum is their noise and nothing else.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { decodeSum } from '#shared/privacy/aggregate.ts';
import { policyHash } from '#shared/protocol/policy.ts';
import { examplePolicy } from '#shared/testing/example-policy.ts';
import type { AggregateInput } from './aggregate.ts';
import { systemClock } from './clock.ts';
import { defaultTimings, socketLimitsFor } from './config.ts';
import { Coordinator } from './coordinator.ts';
import { Gateway } from './gateway.ts';
import { openPublication } from './publication.ts';
import { memoryStore } from './store/memory.ts';
import { Telemetry } from './telemetry.ts';
import { testCatalogue } from './testing/catalogue.ts';
import { RawClient } from './testing/raw-client.ts';

const people = 24;
/** An estimate of a variance from D numbers has the relative standard error sqrt(2 / D) = 0.41 %: 2 % are 4.9 of them. No power of two. */
const length = 120_000;

test.each([0.7, 2, 5])(
  '[N4][S2] z = %f: the decoded sum has the variance |cohort| sigma_loc², to 2 percent',
  async (z) => {
    const policy = examplePolicy(length, { noiseMultiplier: z, bits: 18 });
    const store = memoryStore();
    const publication = await openPublication(store, {
      catalogue: testCatalogue(),
      expectedPresence: 36,
      policy: {},
      dimension: null,
      nowMs: systemClock.nowMs(),
    });
    const telemetry = new Telemetry('silent');
    const http = createServer();
    let arrived: AggregateInput | null = null;
    const coordinator = new Coordinator({
      ...publication,
      policy,
      policyHash: policyHash(policy),
      store,
      clock: systemClock,
      telemetry,
      timings: { ...defaultTimings, quietMs: 20 },
      stopped: false,
      counts: { completed: 0, failed: 0 },
      // The test ends here: this policy's layout is no model's, so there is nothing to publish.
      aggregate: async (input) => {
        arrived = input;
        throw new RangeError('not to be published');
      },
      onPublish: () => undefined,
    });
    const gateway = new Gateway(http, { limits: socketLimitsFor(people), clock: systemClock, telemetry });
    gateway.attach(coordinator);
    coordinator.attach(gateway);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const clients = Array.from({ length: people }, () => new RawClient(url));
    try {
      await Promise.all(clients.map((client) => client.join()));
      for (const [index, client] of clients.entries()) {
        client.upload(await client.config(), undefined, 1_000 * z + index);
      }
      await Promise.all(clients.map((client) => client.next('abort')));
      const { sum, cohort, config } = arrived! as AggregateInput;
      expect(cohort).toBe(people);
      const { sumIntegers } = decodeSum(sum, cohort, config);
      const mean = sumIntegers.reduce((total, value) => total + value, 0) / length;
      const variance = sumIntegers.reduce((total, value) => total + (value - mean) ** 2, 0) / (length - 1);
      const expected = (cohort * config.sigma2num) / config.sigma2den;
      expect(Math.abs(variance / expected - 1)).toBeLessThan(0.02);
      // Four standard errors of a mean of D numbers.
      expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(expected / length));
    } finally {
      for (const client of clients) client.close();
      await gateway.close();
      await coordinator.close();
      await store.close();
      http.close();
    }
  },
  60_000,
);
