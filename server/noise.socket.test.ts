// The noise that arrives: 24 clients send updates of zeros over real sockets, so that the decoded sum is their noise and nothing else.
import { expect, test } from 'vitest';
import { decodeSum } from '#shared/privacy/aggregate.ts';
import { examplePolicy } from '#shared/testing/example-policy.ts';
import { bareRounds } from './testing/bare-rounds.ts';
import { RawClient } from './testing/raw-client.ts';

const people = 24;
/** An estimate of a variance from D numbers has the relative standard error sqrt(2 / D) = 0.41 %: 2 % are 4.9 of them. No power of two. */
const length = 120_000;

test.each([0.7, 5])(
  '[N4][S2] z = %f: the decoded sum has the variance |cohort| sigma_loc², to 2 percent',
  async (z) => {
    const rounds = await bareRounds(examplePolicy(length, { noiseMultiplier: z, bits: 18 }));
    const clients = Array.from({ length: people }, () => new RawClient(rounds.url));
    try {
      await Promise.all(clients.map((client) => client.join()));
      await Promise.all(clients.map((client, index) => client.takePart({ seed: 1_000 * z + index })));
      const [input] = rounds.arrived;
      if (input === undefined) throw new Error('No sum has arrived.');
      const { sum, cohort, config } = input;
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
      await rounds.close();
    }
  },
  60_000,
);
