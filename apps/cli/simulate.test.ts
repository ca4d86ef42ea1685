import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkpointPath } from '../simulate/checkpoint.ts';
import { beginningMs } from '../simulate/scenario.ts';
import { UsageError } from './config.ts';
import { readDataset } from './dataset.ts';
import { folderOf, run } from './simulate.ts';
import { optionsOf } from './simulate-options.ts';
import { peopleOf } from './simulate-people.ts';
import { ProgressBar } from './simulate-progress.ts';
import { captured } from './testing/captured.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-simulate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const output = (...argv: string[]) => captured(() => run(argv));

const parsed = (...argv: string[]) => {
  const options = optionsOf(argv);
  if (options === 'help') throw new TypeError('expected options, got help');
  return options;
};

test('[SM90] the help names every flag, with what it is unless said otherwise', async () => {
  const { code, out } = await output('--help');
  expect(code).toBe(0);
  for (const flag of ['--clients', '--cohort', '--noise-multiplier', '--rounds', '--seed', '--dataset', '--masks']) {
    expect(out).toContain(flag);
  }
  expect(out).toMatch(/--speed-spread X .*Default 100/);
  expect(out).toContain('wrong-shares: deal shares');
});

test('[SM91] bad usage ends with 2 and says what was expected', async () => {
  for (const [argv, message] of [
    [['--clients', '5'], '--clients: expected a whole number from 24 to 100000, got "5"'],
    [['--clients=many'], 'got "many"'],
    [['--epsilon', '9'], '--epsilon: expected a number from 0.01 to 8'],
    [['--epsilon', '2,2'], 'expected different values'],
    [['--noise-multiplier', '2', '--epsilon', '4'], 'not both'],
    [['--noise-multiplier', '0.6', '--delta', '1e-15'], 'allows no participation'],
    [['--masks', 'maybe'], '--masks: expected one of on, off'],
    [['--masks', 'off', '--malicious-kind', 'wrong-shares'], 'needs --masks on'],
    [['--malicious-kind', 'magic'], 'expected one of garbage, no-noise'],
    [['--clock', 'real', '--masks', 'off'], '--masks off needs --clock virtual'],
    [['--clock', 'real', '--resume'], '--resume means nothing with --clock real'],
    [['--lapse', '5'], '--lapse means nothing with --clock virtual'],
    [['--dataset', 'x', '--taste-spread', '2'], '--taste-spread means nothing with --dataset'],
    [['--taste-spread', '4'], 'expected a number from 0 to 3'],
    [['--learner', 'magic'], '--learner: expected one of reconstruction'],
    [['--clients', '100', '--cohort', '90'], '--cohort 90 needs about 75 people at a time'],
    [['--clients', '50'], 'a round needs about 24 people at a time'],
    [['--epsilon', '1,2,4,8', '--dropout', '0,0.1,0.2', '--repeats', '6'], 'at most 64 scenarios, got 72'],
    [['--catalogue', 'nowhere'], 'there is no "nowhere"'],
    [['--dataset', join(folder, 'nowhere')], 'nowhere'],
    [['--colour', 'red'], 'unknown flag "--colour"'],
    [['--resume', '--out', join(folder, 'none')], 'expected checkpoints in'],
  ] as const) {
    const { code, err, out } = await output(...argv);
    expect(err, argv.join(' ')).toContain(message);
    expect(code, argv.join(' ')).toBe(2);
    expect(out).toBe('');
  }
});

test('[SM91] a run that was not finished is not thrown away', async () => {
  const unfinished = join(folder, 'unfinished');
  mkdirSync(join(unfinished, 'checkpoints'), { recursive: true });
  const { code, err } = await output('--out', unfinished);
  expect(code).toBe(2);
  expect(err).toContain('Go on with it by --resume');
});

test('[SM91] a checkpoint that is damaged, or of other options, ends with 1 and says what to do', async () => {
  const out = join(folder, 'damaged');
  const path = checkpointPath(out, 0);
  mkdirSync(join(out, 'checkpoints'), { recursive: true });
  const other = JSON.stringify({ format: 1, simulated: true, run: 'ab'.repeat(32), sha256: '', state: '{}' });
  for (const [text, message] of [
    ['', 'it is no JSON object'],
    ['{"format":1,"simul', 'it is no JSON object'],
    ['{"format":0}', 'expected format 1, got 0'],
    [other, 'it belongs to a run with other options'],
  ] as const) {
    writeFileSync(path, text);
    const { code, out: printed, err } = await output('--out', out, '--resume');
    expect(err).toContain(`simulate: ${path} cannot be gone on from: ${message}`);
    expect(code, text).toBe(1);
    expect(printed).toBe('');
  }
});

test('[SM91] a run in real time goes beside the one in virtual time, unless a folder is named', () => {
  const run = '0123456789abcdef';
  const virtual = folderOf({ out: null, dataDir: 'data', clock: 'virtual' }, run);
  expect(virtual).toBe(join('data', 'simulations', '0123456789ab'));
  expect(folderOf({ out: null, dataDir: 'data', clock: 'real' }, run)).toBe(`${virtual}-real`);
  expect(folderOf({ out: 'x', dataDir: 'data', clock: 'real' }, run)).toBe('x');
});

test('[SM92] several values make a scenario of each combination, named by what varies; harm has a control', () => {
  const { scenarios } = parsed('--epsilon', '2,8', '--malicious', '0.05', '--repeats', '2', '--seed', '7');
  expect(scenarios).toHaveLength(2 * 2 * 2);
  expect(scenarios.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(scenarios[0]).toMatchObject({ label: 'epsilon 2, nobody malicious', seed: 7, epsilon: 2, malicious: 0 });
  expect(scenarios[1]).toMatchObject({ label: 'epsilon 2, nobody malicious', seed: 8 });
  expect(scenarios.at(-1)).toMatchObject({ label: 'epsilon 8, malicious 0.05', epsilon: 8, malicious: 0.05 });
  expect(scenarios[0]!.varies).toEqual({ epsilon: 'epsilon 2', malicious: 'nobody malicious' });
  // Eight participations fit into the epsilon that they were asked for, and into the devices' own cap.
  for (const { noiseMultiplier, epsilon } of scenarios)
    expect(noiseMultiplier).toBeGreaterThan(epsilon === 8 ? 1.9 : 6);
  const [only] = parsed().scenarios;
  expect(only).toMatchObject({ label: 'this federation', varies: {}, masked: true, clients: 500, cohort: null });
  expect(parsed('--noise-multiplier', '2,4').scenarios.map(({ noiseMultiplier }) => noiseMultiplier)).toEqual([2, 4]);
  expect(parsed('--cohort', '40,60').scenarios.map(({ cohort }) => cohort)).toEqual([40, 60]);
  expect(() => parsed('--cohort', '19')).toThrow(UsageError);
});

test('[SM93] the people of a data set: those with likes enough, in an order of the seed, their interactions in order of time', async () => {
  const rows = ['user,item,rating,timestamp'];
  for (let user = 0; user < 20; user += 1) {
    for (let item = 0; item < (user % 2 === 0 ? 8 : 3); item += 1) rows.push(`u${user},i${item},5,${100 - item}`);
  }
  rows.push('u0,i9,1,50');
  mkdirSync(join(folder, 'set'), { recursive: true });
  writeFileSync(join(folder, 'set', 'interactions.csv'), rows.join('\n'));
  writeFileSync(join(folder, 'set', 'items.csv'), 'id,title,year,genres\ni0,One,1999,Drama|Drama|Comedy\ni1,,1500,\n');
  const dataset = await readDataset(join(folder, 'set'));
  const people = peopleOf(dataset, 1);
  expect(people.starts.length - 1).toBe(10);
  expect(people.catalogue.items[0]).toEqual({ id: 'i0', title: 'One', year: 1999, genres: ['Drama', 'Comedy'] });
  expect(people.catalogue.items[1]).toEqual({ id: 'i1', title: 'i1', genres: [] });
  const first = [...people.rows.subarray(people.starts[0], people.starts[1])];
  expect(first.filter((row) => row < 8)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
  expect([...people.times.subarray(0, 3)].every((time, at, all) => at === 0 || time > all[at - 1]!)).toBe(true);
  expect(peopleOf(dataset, 1)).toEqual(people);
  writeFileSync(join(folder, 'poor.csv'), 'user,item,rating\na,b,5\n');
  const poor = await readDataset(join(folder, 'poor.csv'));
  expect(() => peopleOf(poor, 1)).toThrow(/somebody with 5 likes/);
});

test('[SM94] progress: a line that is drawn again on a terminal, a line now and then elsewhere', () => {
  const { scenarios } = parsed('--rounds', '10', '--epsilon', '2,8');
  const drawn: string[] = [];
  let nowMs = 0;
  const progress = (rounds: number, scenario = 0) => ({
    scenario,
    rounds,
    nowMs: beginningMs + 3_600_000,
    present: 12,
  });
  const terminal = new ProgressBar(
    scenarios,
    { isTTY: true, columns: 200, write: (text) => drawn.push(text) },
    () => nowMs,
  );
  terminal.tell(progress(0));
  nowMs = 10_000;
  terminal.tell(progress(5, 1));
  terminal.end();
  terminal.end();
  expect(drawn).toHaveLength(3);
  expect(drawn[1]).toContain(
    '\r[######..................] 5 of 20 rounds, scenario 2 of 2, 1.0 h of virtual time, 12 there, about 30 s left',
  );
  expect(drawn[2]).toBe('\n');
  const lines: string[] = [];
  const file = new ProgressBar(scenarios, { write: (text) => lines.push(text) }, () => nowMs);
  for (const ms of [0, 1_000, 2_000, 16_000]) {
    nowMs = 20_000 + ms;
    file.tell(progress(1));
  }
  file.end();
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^\[.*there\n$/);
});
