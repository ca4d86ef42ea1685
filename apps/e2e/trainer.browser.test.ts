// The browser's trainer in a real Chromium, in a module worker: WebGPU (in software), WebGL, the WASM core and the processor against the plain-array
// reference, for both workloads; what is asked of a device, counted; devices that are lost, lie or hang; and the choice among all of them.
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problems } from '#shared/testing/arbitrary-problems.ts';
import type { Problem } from '#shared/testing/made-up-problem.ts';
import type { MadeUpRows } from '#shared/testing/made-up-rows.ts';
import type { Backend } from '../engine/api.ts';
import { toleranceRelative } from '../engine/trainer/agreement.ts';
import { cleanUp, launchBrowser, noBrowser } from './harness.ts';
import type { Chosen, Counted, Fastest, FittedRows, LabCall, Rounds, Trained } from './lab/calls.ts';
import { type Lab, openLab } from './lab.ts';

const withDevice = ['webgpu', 'webgl', 'cpu'] as const;

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

/** Shapes at the ends of what there may be, several in one tile of 64 rows or just beyond. */
const extremes: readonly (readonly [string, Problem])[] = [
  [
    'one number a row',
    {
      items: 64,
      dimension: 1,
      featureColumns: 1,
      offsetRows: 0,
      liked: 3,
      disliked: 0,
      seen: 0,
      seed: 1,
    },
  ],
  [
    'no history',
    { ...problem, items: 65, dimension: 3, featureColumns: 4, offsetRows: 65, liked: 0, disliked: 0, seen: 0 },
  ],
  ['the longest rows', { ...problem, items: 500, dimension: 256, featureColumns: 256 }],
  [
    'a history and offsets of thousands',
    { ...problem, items: 5000, liked: 2500, disliked: 300, seen: 200, offsetRows: 3000 },
  ],
];

const rows: MadeUpRows = { kind: 'float', items: 4096, dimension: 32, liked: 100, size: 1, seed: 3 };

const shapes: fc.Arbitrary<MadeUpRows> = fc.record({
  kind: fc.constantFrom('float', 'compact'),
  items: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 201, max: 3000 })),
  dimension: fc.oneof(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 33, max: 256 })),
  liked: fc.integer({ min: 1, max: 300 }),
  size: fc.constantFrom(0.1, 1, 3),
  seed: fc.nat(),
});

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

  const agree = (forced: Backend, several: readonly Problem[]) =>
    lab.call<Trained[]>({ kind: 'agree', forced, problems: several });

  function expectAgreement(trained: readonly Trained[], forced: Backend): void {
    for (const { backend, reasons, error } of trained) {
      expect(backend, JSON.stringify(reasons)).toBe(forced);
      expect(error).toBeLessThanOrEqual(toleranceRelative);
    }
  }

  async function expectSoftmaxAgreement(call: Omit<LabCall & { kind: 'softmax' }, 'kind'>): Promise<void> {
    const { errors } = await lab.call<FittedRows>({ kind: 'softmax', ...call });
    expect(errors).toHaveLength(3);
    for (const error of errors) expect(error).toBeLessThanOrEqual(toleranceRelative);
  }

  describe.each([...withDevice, 'wasm'] as const)('on %s', (forced) => {
    test('the fit agrees with the reference to 1e-4 relative, whatever the shapes', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(problems, { minLength: 4, maxLength: 4 }), async (several) => {
          expectAgreement(await agree(forced, several), forced);
        }),
        // WebGL compiles for seconds.
        { numRuns: forced === 'webgl' ? 1 : 2 },
      );
    });

    test('and on a catalogue of 20,000 items', async () => {
      expectAgreement(await agree(forced, [{ ...problem, items: 20_000, dimension: 32 }]), forced);
    });

    test('the softmax fit agrees too, whatever the shapes, in float32 and in eight bits', async () => {
      await fc.assert(
        fc.asyncProperty(shapes, async (shape) => {
          await expectSoftmaxAgreement({ backend: forced, rows: shape, steps: 5 });
        }),
        { numRuns: 5 },
      );
    });
  });

  describe('on WebGPU', () => {
    test.each(extremes)('%s', async (_, extreme) => {
      expectAgreement(await agree('webgpu', [extreme]), 'webgpu');
    });

    test.each(['float', 'compact'] as const)('a table in several tiles is one table (%s)', async (kind) => {
      const table = { ...rows, kind, items: 1500, dimension: 9 };
      await expectSoftmaxAgreement({ backend: 'webgpu', rows: table, steps: 3, tileBytes: 10_000 });
    });

    test('scores of hundreds neither overflow nor vanish', async () => {
      await expectSoftmaxAgreement({ backend: 'webgpu', rows: { ...rows, items: 700, size: 60 }, steps: 4 });
    });

    // One step and the pass for the loss: two walks over 64 MB, and the reference's.
    test('a million items in eight bits', async () => {
      const table: MadeUpRows = { ...rows, kind: 'compact', items: 1_000_000, dimension: 64 };
      await expectSoftmaxAgreement({ backend: 'webgpu', rows: table, steps: 1 });
    });

    test('a fit is one submit and one readback; two dispatches a step; few pipelines; the least of limits', async () => {
      const counted = await lab.call<Counted>({ kind: 'count', problem, rows });
      // Three steps, and one pair more for Fᵀe and the loss.
      expect(counted.implicitNext).toMatchObject({ dispatches: 8, submits: 1, readbacks: 1, pipelines: 0 });
      // The self-test is a fit as well, and compiles what the fits use.
      expect(counted.implicitFirst).toMatchObject({ dispatches: 16, submits: 2, readbacks: 2, pipelines: 2 });
      expect(counted.softmaxNext).toMatchObject({ dispatches: 40, submits: 1, readbacks: 1, pipelines: 0 });
      expect(counted.softmaxFirst).toMatchObject({ dispatches: 40, submits: 1, readbacks: 1, pipelines: 2 });
      // A new model and a fit leave no new buffer behind, nor does a fit alone.
      expect(counted.implicitNext.buffers).toBe(0);
      expect(counted.softmaxNext.buffers).toBe(0);
      // Asks for no limit and no feature, and so works on the least of devices.
      const { device } = counted;
      expect(device.requiredLimits).toEqual([]);
      expect(device.requiredFeatures).toEqual([]);
      // The least that the specification allows: whatever the adapter could do, nothing beyond it passes validation.
      expect(device.limits).toMatchObject({
        maxStorageBuffersPerShaderStage: 8,
        maxStorageBufferBindingSize: 128 * 1024 * 1024,
        maxBufferSize: 256 * 1024 * 1024,
        maxComputeWorkgroupStorageSize: 16_384,
        maxComputeInvocationsPerWorkgroup: 256,
        maxComputeWorkgroupSizeX: 256,
        maxComputeWorkgroupsPerDimension: 65_535,
      });
    });
  });

  describe.each(withDevice)('on %s', (forced) => {
    test('200 rounds leave no tensor and no buffer behind', async () => {
      const counted = await lab.call<Rounds>({ kind: 'rounds', forced, problem: smallProblem, rounds: 200 });
      expectAgreement([counted], forced);
      // WebGPU: F in one tile, and its extent. Else V, F and V at the offset items.
      const resident = forced === 'webgpu' ? 2 : 3;
      expect(counted.tensorsAfterFirst).toBe(resident);
      expect(counted.tensorsAfterLast).toBe(resident);
      expect(counted.bytesAfterLast).toBe(counted.bytesAfterFirst);
      expect(counted.buffersAdded).toBe(0);
      expect(counted.bufferBytesAdded).toBe(0);
      expect(counted.tensorsAfterClose).toBe(0);
    });
  });

  test.each([
    ['webgpu', 'zeros', 'wrong', /relative error/],
    ['webgpu', 'invalid', 'wrong', /shader was refused/],
    ['webgpu', 'fault', 'fault', /usage/i],
    ['webgpu', 'throws', 'fault', /sabotaged/],
    ['webgpu', 'silent', 'late', /no answer/],
    ['webgl', 'zeros', 'wrong', /relative error/],
    ['webgl', 'throws', 'fault', /sabotaged/],
    ['cpu', 'zeros', 'wrong', /relative error/],
  ] as const)('%s is left when it is spoilt (%s), and the core trains', async (forced, how, why, detail) => {
    const trained = await lab.call<Trained>({ kind: 'sabotage', forced, how, problem });
    expectAgreement([trained], 'wasm');
    expect(trained.reasons).toMatchObject([
      { code: 'asked-for', backend: forced },
      { code: 'unusable', backend: forced, why, detail: expect.stringMatching(detail) },
      { code: 'passed', backend: 'wasm' },
    ]);
  });

  describe.each(['webgpu', 'webgl'] as const)('losing the device of %s', (forced) => {
    test.each(['before', 'during'] as const)(
      '%s a fit: the core does the fit with an equal result, and the next one has a new device',
      async (when) => {
        const trained = await lab.call<Trained[]>({ kind: 'lose', forced, problem, times: 1, when });
        expect(trained.map(({ backend }) => backend)).toEqual([forced, 'wasm', forced]);
        for (const { error } of trained) expect(error).toBeLessThanOrEqual(toleranceRelative);
        expect(trained[2]!.reasons).toContainEqual({ code: 'lost', backend: forced, times: 1, last: false });
      },
    );
  });

  test('a device that is lost a third time is left alone', async () => {
    const trained = await lab.call<Trained[]>({ kind: 'lose', forced: 'webgpu', problem, times: 3, when: 'during' });
    const backends = trained.map(({ backend }) => backend);
    expect(backends).toEqual(['webgpu', 'wasm', 'webgpu', 'wasm', 'webgpu', 'wasm', 'wasm']);
    for (const { error } of trained) expect(error).toBeLessThanOrEqual(toleranceRelative);
    expect(trained.at(-1)!.reasons).toContainEqual({ code: 'lost', backend: 'webgpu', times: 3, last: true });
  });

  describe('the choice', () => {
    const small = { items: 4000, dimension: 30 };
    const large = { items: 17_000, dimension: 30 };
    const choose = (call: Omit<LabCall & { kind: 'choose' }, 'kind'>) =>
      lab.call<Chosen[]>({ kind: 'choose', ...call });

    test('a small model is the processor’s, and no device is looked for', async () => {
      const [chosen] = await choose({ sizes: [small], adapter: 'taken for hardware', clock: null });
      expect(chosen).toMatchObject({ backend: 'wasm', devices: 0, reasons: [{ code: 'small' }, { code: 'passed' }] });
    });

    test('a larger one too, where its processor is done in the time of a readback', async () => {
      const clock = { webgpuMs: 6, processorMs: 1 };
      const [chosen] = await choose({ sizes: [large], adapter: 'taken for hardware', clock });
      expect(chosen).toMatchObject({ backend: 'wasm', devices: 0, reasons: [{ code: 'quick' }, { code: 'passed' }] });
    });

    test('an adapter that the processor plays is not taken, and no device of it is opened', async () => {
      const clock = { webgpuMs: 6, processorMs: 7 };
      const [chosen] = await choose({ sizes: [large], adapter: 'honest', clock });
      expect(chosen).toMatchObject({ backend: 'wasm', devices: 0 });
      expect(chosen!.reasons[0]).toMatchObject({ code: 'unusable', backend: 'webgpu', why: 'software' });
    });

    test('WebGPU that is slower is measured once and not opened again for that size', async () => {
      const sizes = [large, { ...large, items: 17_001 }];
      const clock = { webgpuMs: 8, processorMs: 7 };
      const [first, second] = await choose({ sizes, adapter: 'taken for hardware', clock });
      expect(first).toMatchObject({ backend: 'wasm', devices: 1 });
      expect(first!.reasons.map(({ code }) => code)).toEqual(['passed', 'timed', 'passed']);
      expect(second).toMatchObject({ backend: 'wasm', devices: 0 });
      expect(second!.reasons[0]).toMatchObject({ code: 'timed', faster: 'processor', remembered: true });
    });

    test('WebGPU that is faster is taken, for the next model of that size without measuring, and for no small one', async () => {
      const sizes = [large, { ...large, items: 17_001 }, small];
      const clock = { webgpuMs: 6, processorMs: 7 };
      const chosen = await choose({ sizes, adapter: 'taken for hardware', clock });
      expect(chosen).toMatchObject([
        {
          backend: 'webgpu',
          devices: 1,
          reasons: [{ code: 'passed' }, { webgpuMs: 6, processorMs: 7, remembered: false }],
        },
        { backend: 'webgpu', devices: 0, reasons: [{ code: 'passed' }, { code: 'timed', remembered: true }] },
        { backend: 'wasm', devices: 0, reasons: [{ code: 'small' }, { code: 'passed' }] },
      ]);
    });

    test.each([
      ['a small one', { items: 4096, dimension: 32 }, 'taken for hardware', 'wasm', false],
      ['faster on WebGPU', { items: 16_384, dimension: 32 }, 'taken for hardware', 'webgpu', true],
      ['a software adapter', { items: 16_384, dimension: 32 }, 'honest', 'wasm', false],
    ] as const)('the softmax fit has the same rules: %s', async (_, size, adapter, backend, isTimed) => {
      const clock = { webgpuMs: 1, processorMs: 2 };
      const fastest = await lab.call<Fastest>({ kind: 'fastest', rows: { ...rows, ...size }, adapter, clock });
      expect(fastest).toEqual({ backend, processorMs: 2, webgpuMs: isTimed ? 1 : null });
    });

    test('the reference can be asked for by name', async () => {
      const [trained] = await agree('reference', [problem]);
      expect(trained).toMatchObject({ backend: 'reference', error: 0 });
    });
  });

  test('no console error came up', () => {
    expect(lab.errors).toEqual([]);
  });
});
