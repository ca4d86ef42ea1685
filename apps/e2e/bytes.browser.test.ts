// The fleet runs in Node and the visitor in a browser: from the same randomness both say the same in a round, byte for byte, and so does a
// browser that lacks WebCrypto's primitives and takes noble's, or WebAssembly and takes plain JavaScript.
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainRounds } from '#shared/core/rounds.ts';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import { encodeRoundConfig } from '#shared/protocol/round-config.ts';
import { builtCore } from '#shared/testing/built-core.ts';
import { exampleConfig, examplePolicy } from '#shared/testing/example-policy.ts';
import { cleanUp, launchBrowser, noBrowser } from './harness.ts';
import { encodeWithSeed, type PartWithSeed, type SaidWithSeed, takePartWithSeed } from './lab/encode.ts';
import { type Lab, openLab } from './lab.ts';

const wasmRounds = roundCore(builtCore());
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const configOf = (...policy: Parameters<typeof examplePolicy>) => [
  ...encodeRoundConfig(exampleConfig(examplePolicy(...policy))),
];

describe.skipIf(noBrowser)('from seeded randomness', () => {
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

  test('[U1] an encoded update is the same bytes in Node and in Chromium, by WebAssembly and in plain JavaScript', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 3000 }), seeds, async (length, seed) => {
        const config = configOf(length);
        const inNode = encodeWithSeed(seed, Uint8Array.from(config), plainRounds);
        expect(inNode).toHaveLength(2 * Math.ceil((length * examplePolicy(length).bits) / 8));
        expect(encodeWithSeed(seed, Uint8Array.from(config), wasmRounds)).toBe(inNode);
        for (const twin of ['wasm', 'plain'] as const) {
          expect(await lab.call<string>({ kind: 'encode', seed, config, twin }), twin).toBe(inNode);
        }
      }),
      { numRuns: 15 },
    );
  });

  /** The same part in Node and Chromium, each with WebCrypto and with noble, and each twin of the core with both. */
  async function everywhere(part: Omit<PartWithSeed, 'implementation'>): Promise<SaidWithSeed[]> {
    const all: SaidWithSeed[] = [];
    for (const implementation of ['webcrypto', 'noble'] as const) {
      const isPlatform = implementation === 'webcrypto';
      const twin = isPlatform ? 'wasm' : 'plain';
      all.push(await takePartWithSeed({ ...part, implementation }, isPlatform ? plainRounds : wasmRounds));
      all.push(await lab.call<SaidWithSeed>({ kind: 'take-part', part: { ...part, implementation }, twin }));
    }
    return all;
  }

  test('[M2] to [M10] a whole part in a round is the same bytes in Node and in Chromium, by WebCrypto and by noble', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          length: fc.integer({ min: 1, max: 2000 }),
          bits: fc.integer({ min: 8, max: 32 }),
          clients: fc.integer({ min: 24, max: 28 }),
          shares: fc.integer({ min: 0, max: 2 }),
          masked: fc.integer({ min: 0, max: 2 }),
          seed: seeds,
        }),
        async ({ length, bits, clients, shares, masked, seed }) => {
          const config = configOf(length, { bits });
          const [first, ...others] = await everywhere({ seed, config, clients, dropouts: { shares, masked } });
          for (const other of others) expect(other.said).toEqual(first!.said);
          expect(first!.said.shares).toHaveLength(2 * (32 + 82 * (clients - 1)));
          expect(first!.said.confirm).toHaveLength(2 * 34 * (clients - 1 - shares - masked));
          expect(first!.said.unmask).toHaveLength(2 * 34 * (clients - shares));
        },
      ),
      { numRuns: 5 },
    );
  });

  test('[M4] [M7] and with 128 neighbours and an upload of several frames', async () => {
    const config = configOf(135_000, { minCohort: 140, maxCohort: 200, honestNoiseShares: 120 });
    const part = { seed: 7, config, clients: 200, dropouts: { shares: 10, masked: 20 } };
    const [first, ...others] = await everywhere(part);
    for (const other of others) expect(other.said).toEqual(first!.said);
    expect(first!.uploadBytes).toBe(2 * 135_000 + 2 * 3 + 32);
    expect(first!.said.shares).toHaveLength(2 * (32 + 82 * 128));
  });

  test('what is said differs with the seed, so that equality says something', async () => {
    const config = configOf();
    const [first, second] = [1, 2].map((seed) => encodeWithSeed(seed, Uint8Array.from(config), wasmRounds));
    expect(first).not.toBe(second);
    const part = { config, clients: 24, dropouts: { shares: 0, masked: 1 }, implementation: 'webcrypto' } as const;
    const one = await takePartWithSeed({ ...part, seed: 1 }, wasmRounds);
    const two = await takePartWithSeed({ ...part, seed: 2 }, wasmRounds);
    for (const kind of ['advertise', 'shares', 'masked', 'confirm', 'unmask'] as const) {
      expect(one.said[kind], kind).not.toBe(two.said[kind]);
    }
  });
});
