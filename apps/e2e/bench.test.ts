// The bench on its smallest case: what is counted comes out, as numbers, as goals and in the report. No time is looked at.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Goal } from '../bench/goals.ts';
import type { Machine, Measurement } from '../bench/result.ts';
import { cleanUp, noBrowser, repositoryRoot, temporaryFolder } from './harness.ts';

afterAll(cleanUp);

async function runBench(argv: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const entry = join(repositoryRoot, 'apps', 'bench', 'bench.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', entry, ...argv], { cwd: repositoryRoot });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    said.stderr += String(chunk);
  });
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, ...said };
}

test('a name that there is no case of is refused, and the names that there are are said', async () => {
  const { code, stdout, stderr } = await runBench(['--only', 'everything']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/--only: expected names among counts, .*; got "everything"/);
});

describe.skipIf(noBrowser)('the counts of a fit on WebGPU', () => {
  test('are what the goals ask for, beside rivals that are run here too', async () => {
    const folder = temporaryFolder();
    const { code, stdout, stderr } = await runBench(['--only', 'counts', '--quick', '--json', '--out', folder]);
    expect(code, stderr).toBe(0);
    const { machine, results, goals } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as {
      machine: Machine;
      results: Measurement[];
      goals: Goal[];
    };
    expect(machine.chromium).toMatch(/^\d+\./);
    const count = (contender: string, measure: string) =>
      results.find((result) => result.code === contender && result.measure === measure)?.value;
    // 5 steps of two dispatches; one submit and one readback; a pass and a step.
    expect(count('fit-webgpu', 'dispatches')).toBe(10);
    expect(count('fit-webgpu', 'submits')).toBe(1);
    expect(count('fit-webgpu', 'readbacks')).toBe(1);
    expect(count('fit-webgpu', 'pipelines cold')).toBe(2);
    expect(count('fit-webgpu', 'buffers added a fit')).toBe(0);
    for (const rival of ['careful-webgpu', 'user-webgpu', 'joint-webgpu', 'layers-webgpu']) {
      expect(count(rival, 'dispatches'), rival).toBeGreaterThan(10 * 10);
    }
    const goal = (name: string) => goals.find((one) => one.name === name);
    for (const name of ['dispatches a fit against minimize on u', 'readbacks a fit', 'pipelines compiled cold']) {
      expect(goal(name), name).toMatchObject({ met: true });
    }
    expect(goal('encode against exact rejection sampling in JS, a coordinate')).toMatchObject({ met: null });
    const report = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(report).toContain('optimizer.minimize(loss, true, [user])');
    expect(readFileSync(join(folder, 'results.json'), 'utf8')).toContain('"done":["counts"]');
  });
});
