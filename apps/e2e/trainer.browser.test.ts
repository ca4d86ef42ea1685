// The browser's trainer in a real Chromium, in a module worker: WebGPU (in software), WebGL, the WASM core and the processor against the
// plain-array reference.
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problems } from '#shared/testing/arbitrary-problems.ts';
import type { Problem } from '#shared/testing/made-up-problem.ts';
import { toleranceRelative } from '../engine/trainer/agreement.ts';
import { cleanUp, launchBrowser, noBrowser } from './harness.ts';
import type { Rounds, Trained } from './lab/calls.ts';
import { type Lab, openLab } from './lab.ts';

const onTfjs = ['webgpu', 'webgl', 'cpu'] as const;

const problem: Problem = {
  items: 1000,
  dimension: 16,
  featureColumns: 60,
  offsetRows: 50,
  liked: 40,
  disliked: 10,
  seen: 5,
  seed: 7,
};

/** For counting: 200 fits on a graphics adapter in software. */
const smallProblem: Problem = {
  items: 80,
  dimension: 4,
  featureColumns: 5,
  offsetRows: 6,
  liked: 12,
  disliked: 2,
  seen: 1,
  seed: 11,
};

describe.skipIf(noBrowser)('the trainer in a browser', () => {
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

  describe.each([...onTfjs, 'wasm'] as const)('on %s', (forced) => {
    test('agrees with the reference to 1e-4 relative, whatever the shapes', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(problems, { minLength: 4, maxLength: 4 }), async (several) => {
          for (const trained of await lab.call<Trained[]>({ kind: 'agree', forced, problems: several })) {
            expect(trained.backend, trained.reason).toBe(forced);
            expect(trained.error).toBeLessThanOrEqual(toleranceRelative);
          }
        }),
        { numRuns: 3 },
      );
    });

    test('agrees on a catalogue of 20,000 items', async () => {
      const large = { ...problem, items: 20_000, dimension: 32 };
      const [trained] = await lab.call<Trained[]>({ kind: 'agree', forced, problems: [large] });
      expect(trained?.backend, trained?.reason).toBe(forced);
      expect(trained?.error).toBeLessThanOrEqual(toleranceRelative);
    });
  });

  describe.each(onTfjs)('on %s', (forced) => {
    test('makes no tensor that it does not dispose, over 200 rounds', async () => {
      const counted = await lab.call<Rounds>({
        kind: 'rounds',
        forced,
        problem: smallProblem,
        rounds: 200,
      });
      expect(counted.backend, counted.reason).toBe(forced);
      expect(counted.error).toBeLessThanOrEqual(toleranceRelative);
      // V, F and V at the offset items stay on the device; nothing else does.
      expect(counted.tensorsAfterFirst).toBe(3);
      expect(counted.tensorsAfterLast).toBe(3);
      expect(counted.bytesAfterLast).toBe(counted.bytesAfterFirst);
      expect(counted.tensorsAfterClose).toBe(0);
    });

    test.each(['zeros', 'throws'] as const)('is left when its self-test is wrong (%s)', async (how) => {
      const trained = await lab.call<Trained>({ kind: 'sabotage', forced, how, problem });
      expect(trained.backend).not.toBe(forced);
      expect(trained.reason).toMatch(how === 'zeros' ? /self-test was wrong/ : /sabotaged/);
      expect(trained.error).toBeLessThanOrEqual(toleranceRelative);
    });
  });

  describe.each(['webgpu', 'webgl'] as const)('losing the device of %s', (forced) => {
    test.each(['before', 'during'] as const)('%s a fit repeats the fit with an equal result', async (when) => {
      const trained = await lab.call<Trained[]>({ kind: 'lose', forced, problem, times: 1, when });
      expect(trained.map((one) => one.backend)).toEqual([forced, forced]);
      for (const one of trained) expect(one.error).toBeLessThanOrEqual(toleranceRelative);
      expect(trained[1]!.reason).toMatch(/opened again \(1 of 2\)/);
    });

    test('a third time ends in the next backend', async () => {
      const trained = await lab.call<Trained[]>({ kind: 'lose', forced, problem, times: 3, when: 'during' });
      expect(trained.slice(0, 3).map((one) => one.backend)).toEqual([forced, forced, forced]);
      expect(trained[3]!.backend).toBe('cpu');
      for (const one of trained) expect(one.error).toBeLessThanOrEqual(toleranceRelative);
    });
  });

  test('unless asked for by name, a software adapter is not taken', async () => {
    const chosen = await lab.call<Trained>({ kind: 'choose', forced: null });
    expect(chosen.backend).toBe('cpu');
    expect(chosen.reason).toMatch(/WebGPU not used: .*software/);
  });

  test('the reference can be asked for by name', async () => {
    const [trained] = await lab.call<Trained[]>({ kind: 'agree', forced: 'reference', problems: [problem] });
    expect(trained).toMatchObject({ backend: 'reference', error: 0 });
  });

  test('no console error came up', () => {
    expect(lab.errors).toEqual([]);
  });
});
