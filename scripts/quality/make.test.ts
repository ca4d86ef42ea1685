import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from '../../apps/cli/evaluate.ts';
import { captured } from '../../apps/cli/testing/captured.ts';
import type { Experiment, Row } from './grid.ts';
import { listOf, makeQuality } from './make.ts';
import { type Evaluate, Refused } from './measure.ts';
import { type Measured, parseMeasured } from './measured.ts';
import { optionsOf } from './options.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-quality-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const row = (id: string, options: string): Row => ({ id, label: id, options: options.split(' ') });
const grid: readonly Experiment[] = [
  {
    name: 'learners',
    summary: '',
    place: 'all',
    rows: [
      row('popularity', '--learner popularity'),
      row('content', '--learner content'),
      row('co-occurrence', '--learner co-occurrence'),
    ],
  },
  {
    name: 'rounds',
    summary: '',
    place: 'first',
    rows: [row('again', '--learner popularity'), row('user-knn', '--learner user-knn')],
  },
];

/** 60 people of two tastes over 40 items, without content. */
function writeTwoTastes(): string {
  const rows = ['user,item'];
  for (let person = 0; person < 60; person++) {
    for (let k = 0; k < 8; k++)
      rows.push(`${person},${person % 2 === 0 ? 'left' : 'right'}-${(person * 7 + k * 3) % 20}`);
  }
  const path = join(folder, 'two-tastes.csv');
  writeFileSync(path, rows.join('\n'));
  return path;
}

/** The command itself, in this process. */
async function evaluateHere(argv: readonly string[]): Promise<Measured> {
  const { code, out, err } = await captured(() => run([...argv]));
  const last = (text: string) => text.trimEnd().split('\n').at(-1)!;
  if (code !== 0) throw new Refused(last(err));
  return parseMeasured(JSON.parse(last(out)));
}

test('[QL11] a whole run over a small set: it stops, goes on where it was, measures what is damaged or was refused again, and writes the same bytes', async () => {
  const path = writeTwoTastes();
  const out = join(folder, 'QUALITY.md');
  const options = optionsOf(['--dataset', path, '--out', out, '--cache', join(folder, 'kept'), '--threads', '1']);
  if (options === 'help') throw new Error('expected options');
  const asked: string[] = [];
  const notes: string[] = [];
  const make = (evaluate: Evaluate, code = 'code', signal = new AbortController().signal) =>
    makeQuality(options, { grid, evaluate, code, note: (text) => notes.push(text), nowMs: () => 0, signal });
  const counted: Evaluate = (argv) => {
    asked.push(argv[argv.indexOf('--learner') + 1]!);
    return evaluateHere(argv);
  };

  const stop = new AbortController();
  const stopped: Evaluate = (argv, signal) => {
    if (asked.length === 2) stop.abort();
    signal.throwIfAborted();
    return counted(argv, signal);
  };
  await expect(make(stopped, 'code', stop.signal)).rejects.toThrow('aborted');
  expect(asked).toEqual(['popularity', 'content']);
  expect(existsSync(out)).toBe(false);

  await make(counted);
  // Popularity is asked for by two rows, and measured once.
  expect(asked.slice(2)).toEqual(['content', 'co-occurrence', 'user-knn']);
  expect(notes).toContain('4 runs, 1 of them measured already');
  expect(notes.some((note) => note.includes('refused: evaluate: content needs genres or years'))).toBe(true);
  expect(notes.at(-1)).toContain('1 rows are not measured: refused, or left out');
  const text = readFileSync(out, 'utf8');
  // Why a run was refused may depend on the memory of the day: the document does not say it.
  expect(text).toContain('| content | not measured |');
  expect(text).not.toContain('needs genres');
  expect(text).toContain('two-tastes: 480 interactions of 60 people with 40 items');
  expect(text).toMatch(/\| co-occurrence \| 0\.\d{4} ± 0\.\d{4} \|/);
  const plots = readdirSync(join(folder, 'docs', 'quality'));
  expect(plots).toContain('learners.svg');
  for (const plot of plots) expect(text).toContain(`(docs/quality/${plot})`);

  const kept = readdirSync(join(folder, 'kept'));
  const damaged = join(
    folder,
    'kept',
    kept.find((name) => readFileSync(join(folder, 'kept', name), 'utf8').includes('co-occurrence'))!,
  );
  writeFileSync(damaged, '{"measured":');
  await make(counted);
  expect(asked.slice(5)).toEqual(['content', 'co-occurrence']);
  expect(notes.some((note) => note.includes('damaged'))).toBe(true);
  expect(readFileSync(out, 'utf8')).toBe(text);

  // Other code: everything anew.
  await make(counted, 'other code');
  expect(asked.slice(7)).toEqual(['popularity', 'content', 'co-occurrence', 'user-knn']);
});

test('[QL11] a run that fails ends the others, and says why', async () => {
  const options = optionsOf([
    '--dataset',
    writeTwoTastes(),
    '--out',
    join(folder, 'none.md'),
    '--cache',
    join(folder, 'failed'),
    '--threads',
    '2',
  ]);
  if (options === 'help') throw new Error('expected options');
  const ended: string[] = [];
  const evaluate: Evaluate = (argv, signal) =>
    argv.includes('content')
      ? Promise.reject(new Error('a fault'))
      : new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            ended.push(argv.join(' '));
            reject(signal.reason as Error);
          });
        });
  const made = makeQuality(options, {
    grid,
    evaluate,
    code: 'c',
    note: () => {},
    nowMs: () => 0,
    signal: new AbortController().signal,
  });
  await expect(made).rejects.toThrow('a fault');
  expect(ended).toHaveLength(1);
});

test('[QL11] the list has each command with its data set by name', () => {
  const options = optionsOf(['--dataset', writeTwoTastes(), '--only', 'rounds', '--list']);
  if (options === 'help') throw new Error('expected options');
  expect(listOf(options, grid).split('\n')).toEqual([
    'npm run -s tacit -- evaluate --dataset two-tastes --learner popularity --seed 1 --json   # rounds: again',
    'npm run -s tacit -- evaluate --dataset two-tastes --learner user-knn --seed 1 --json   # rounds: user-knn',
  ]);
});
