// The built command: a small run, the same again from where it was stopped, and one in real time over real sockets.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkpointPath } from './checkpoint.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'tacit-simulate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = ['report.html', 'rounds.csv', 'devices.csv', 'summary.json'] as const;

function begun(argv: readonly string[]): {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; out: string; err: string }>;
} {
  const child = spawn(process.execPath, ['dist-server/tacit.js', 'simulate', ...argv], { cwd: root });
  let out = '';
  let err = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    out += bytes.toString();
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    err += bytes.toString();
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, out, err }));
  });
  return { child, ended };
}

const small = ['--clients', '60', '--present', '0.6', '--stay-minutes', '60', '--cohort', '28', '--panel', '20'];
const plain = [
  ...small,
  '--masks',
  'off',
  '--rounds',
  '2',
  '--checkpoint-every',
  '1',
  '--cooldown-hours',
  '0.2',
  '--dropout',
  '0',
];

test('[SM95] a stopped run goes on to the same files, byte for byte, as one that was not; and says what it is', async () => {
  const whole = join(folder, 'whole');
  const { code, out, err } = await begun([...plain, '--out', whole, '--json']).ended;
  expect(err).toContain('report:');
  expect(code).toBe(0);
  const summary = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '');
  expect(summary).toMatchObject({ simulated: true, scenarios: [{ ended: 'rounds', rounds: { published: 2 } }] });
  expect(readFileSync(join(whole, 'report.html'), 'utf8')).toContain('>Simulated<');

  const halves = join(folder, 'halves');
  const first = begun([...plain, '--out', halves]);
  while (!existsSync(checkpointPath(halves, 0))) await new Promise((resolve) => setTimeout(resolve, 20));
  first.child.kill('SIGINT');
  const stopped = await first.ended;
  expect(stopped.code).toBe(130);
  expect(stopped.err).toContain('--resume');
  expect(existsSync(join(halves, 'report.html'))).toBe(false);
  const again = await begun([...plain, '--out', halves]).ended;
  expect(again).toMatchObject({ code: 2, out: '' });
  const resumed = await begun([...plain, '--out', halves, '--resume']).ended;
  expect(resumed.code).toBe(0);
  expect(resumed.out).toContain('Simulated people');
  for (const file of files) {
    const of = (which: string) =>
      readFileSync(join(which, file), 'utf8').replaceAll(which, 'OUT').replace(' --json', '');
    expect(of(halves), file).toBe(of(whole));
  }
});

test('[SM96] in real time, over real sockets, against the server as it is', async () => {
  const out = join(folder, 'real');
  const quick = ['--clock', 'real', '--speed-spread', '1', '--breaks', '0', '--dropout', '0', '--rounds', '1'];
  const ended = await begun([...small, ...quick, '--out', out, '--json']).ended;
  expect(ended.err).toContain('report:');
  const summary = JSON.parse(ended.out.trimEnd().split('\n').at(-1) ?? '');
  expect(summary.scenarios[0]).toMatchObject({ ended: 'rounds', rounds: { published: 1, aborted: 0 } });
  expect(summary.scenarios[0].participation.updates).toBeGreaterThanOrEqual(20);
  expect(summary.scenarios[0].last.shared.mean).toBeGreaterThan(0);
  for (const file of files) expect(existsSync(join(out, file))).toBe(true);
});
