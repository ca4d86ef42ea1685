// `tacit doctor` as an operator runs it, with the browser that is here: its facts, and what it would train on at given sizes.
import { afterAll, describe, expect, test } from 'vitest';
import type { BrowserReport } from '../cli/doctor/browser.ts';
import { cleanUp, noBrowser, runTacit, temporaryFolder } from './harness.ts';

afterAll(cleanUp);

describe.skipIf(noBrowser)('tacit doctor', () => {
  test('examines the browser, and says for each size what trains and why', async () => {
    const flags = ['--json', '--port', '0', '--data-dir', temporaryFolder(), '--sizes', '4000x30,20000x32'];
    const { code, stdout, stderr } = await runTacit(['doctor', ...flags]);
    expect(code, stdout + stderr).toBe(0);
    const { browsers } = JSON.parse(stdout) as { browsers: BrowserReport[] };
    const [plain, switchedOn] = browsers;
    expect(plain).toMatchObject({ browser: expect.stringMatching(/^Chromium \d/), flags: [] });
    const [small, large] = plain!.sizes;
    // Numbers that describe the items: below the crossover nothing is looked for.
    expect(small).toMatchObject({ backend: 'wasm', reasons: [{ code: 'small', work: 120_000 }, { code: 'passed' }] });
    expect(small!.round.processorMs).toBeGreaterThanOrEqual(0);
    expect(large!.reasons.map(({ code: reason }) => reason)).not.toContain('small');
    if (plain!.adapter.found && !plain!.adapter.isSoftware) {
      expect(['quick', 'passed', 'timed']).toContain(large!.reasons[0]!.code);
    } else {
      expect(large).toMatchObject({ backend: 'wasm', round: { webgpuMs: null }, softmax: { webgpuMs: null } });
      // Done in the time of a readback, or else there is no such adapter here.
      expect(['quick', 'unusable']).toContain(large!.reasons[0]!.code);
    }
    // Where the browser shows no adapter by itself, what it shows when it is told to.
    if (!plain!.adapter.found) {
      expect(switchedOn).toMatchObject({ flags: ['--enable-unsafe-webgpu'], sizes: [] });
      const { adapter } = switchedOn!;
      if (adapter.found) expect(adapter.limits.maxComputeInvocationsPerWorkgroup).toBeGreaterThanOrEqual(256);
    }
  });
});
