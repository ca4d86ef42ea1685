// The fleet runs in Node and the visitor in a browser: from the same randomness both make the same upload, byte for byte.
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeRoundConfig } from '#shared/protocol/round-config.ts';
import { exampleConfig, examplePolicy } from '#shared/testing/example-policy.ts';
import { cleanUp, launchBrowser, noBrowser } from './harness.ts';
import { encodeWithSeed } from './lab/encode.ts';
import { type Lab, openLab } from './lab.ts';

describe.skipIf(noBrowser)('an upload from seeded randomness', () => {
  let browser: Browser;
  let lab: Lab;

  beforeAll(async () => {
    browser = await launchBrowser();
    lab = await openLab(browser);
  });
  afterAll(async () => {
    await lab?.close();
    await browser?.close();
    await cleanUp();
  });

  test('[U1] is the same bytes in Node and in Chromium', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 3000 }),
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        async (length, seed) => {
          const policy = examplePolicy(length);
          const config = encodeRoundConfig(exampleConfig(policy));
          const inNode = encodeWithSeed(seed, length, config);
          expect(inNode).toHaveLength(2 * Math.ceil((length * policy.bits) / 8));
          expect(await lab.call<string>({ kind: 'encode', seed, length, config: [...config] })).toBe(inNode);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('differs with the seed, so that equality says something', () => {
    const config = encodeRoundConfig(exampleConfig());
    const length = examplePolicy().layout.length;
    expect(encodeWithSeed(1, length, config)).not.toBe(encodeWithSeed(2, length, config));
  });
});
