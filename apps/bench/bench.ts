// `npm run bench`: Tacit measured beside the code that people write today, in one run. Tables go to standard output, with --json one object as its last
// line; progress goes to standard error; report.html and results.json into a folder.
import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { writeWhole } from '../../server/whole-file.ts';
import { UsageError } from '../cli/config.ts';
import { cleanUp, repositoryRoot } from '../e2e/harness.ts';
import { type Asked, parseAsked, usageOf } from './asked.ts';
import type { Bench } from './case.ts';
import { cases } from './cases/all.ts';
import { benchCodeVersion } from './code-version.ts';
import { fullEffort, quickEffort } from './contest.ts';
import { goalsOf } from './goals.ts';
import { machineOf } from './machine.ts';
import { reportPage } from './report/page.ts';
import { shownRivals } from './report/rivals.ts';
import type { Machine, Measurement } from './result.ts';
import { readSaved, save } from './saved.ts';
import { goalsTable, machineInWords, resultsTable } from './text.ts';
import { type BrowserVenue, openBrowserVenue, openNodeVenue } from './venue.ts';

const stoppedCode = 130;
const say = (text: string) => process.stderr.write(`bench: ${text}\n`);

/** @returns the exit code */
async function run(argv: readonly string[]): Promise<number> {
  let asked: Asked | 'help';
  try {
    asked = parseAsked(
      argv,
      cases.map(({ name }) => name),
    );
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    return 2;
  }
  if (asked === 'help') {
    process.stdout.write(usageOf(cases));
    return 0;
  }
  const folder = resolve(asked.out ?? join(repositoryRoot, 'build', 'bench'));
  mkdirSync(folder, { recursive: true });
  const { results, machine, failed, isStopped } = await measure(asked, join(folder, 'results.json'));
  if (isStopped) {
    say('stopped. What was measured is kept; the same command with --resume goes on.');
    return stoppedCode;
  }
  const goals = goalsOf(results);
  const command = ['npm run bench --', ...argv].join(' ');
  writeWhole(join(folder, 'report.html'), reportPage({ machine, command, results, goals, rivals: shownRivals() }));
  say(`the report is ${relative(process.cwd(), join(folder, 'report.html'))}`);
  const tables = [machineInWords(machine), resultsTable(results), goalsTable(goals)];
  process.stdout.write(`${tables.join('\n\n')}\n`);
  if (asked.json) process.stdout.write(`${JSON.stringify({ machine, results, goals })}\n`);
  return failed.length === 0 ? 0 : 1;
}

interface Outcome {
  readonly results: readonly Measurement[];
  readonly machine: Machine;
  /** Names of cases. */
  readonly failed: readonly string[];
  /** By a signal. */
  readonly isStopped: boolean;
}

/** Runs the cases that were asked for, one after the other, and writes down what each has brought. */
async function measure({ only, isQuick, resume, browserFlags }: Asked, path: string): Promise<Outcome> {
  let machine = machineOf(null);
  let opened: BrowserVenue | null = null;
  const browser = async (): Promise<BrowserVenue> => {
    opened ??= await openBrowserVenue(browserFlags);
    machine = machineOf(opened);
    return opened;
  };
  const wanted = { code: benchCodeVersion(repositoryRoot), browserFlags, isQuick };
  let isStopped = false;
  const stop = () => {
    isStopped = true;
  };
  // The browser goes with the same signal, and the case under way with the browser.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const earlier = resume
    ? await readSaved(path, wanted, async (withBrowser) => machineOf(withBrowser ? await browser() : null))
    : null;
  if (resume) {
    say(
      earlier === null
        ? 'nothing to go on from: no results of this machine, browser, code and effort. Everything is measured.'
        : `going on after ${earlier.done.join(', ')}`,
    );
  }
  const isLeft = (name: string) => (only === null ? !(earlier?.done ?? []).includes(name) : only.includes(name));
  const done = (earlier?.done ?? []).filter((name) => !isLeft(name));
  const results = (earlier?.results ?? []).filter((result) => !isLeft(result.case));
  const failed: string[] = [];
  const node = openNodeVenue();
  const bench: Bench = {
    browser,
    node,
    effort: isQuick ? quickEffort : fullEffort,
    isQuick,
    say,
  };
  try {
    const left = cases.filter(({ name }) => isLeft(name));
    for (const [index, one] of left.entries()) {
      if (isStopped) break;
      say(`${index + 1} of ${left.length}: ${one.name}, ${one.about}`);
      const begun = performance.now();
      try {
        results.push(...(await one.run(bench)));
        done.push(one.name);
        save(path, { ...wanted, machine, done, results });
        say(`${one.name}: ${Math.round((performance.now() - begun) / 1000)} s`);
      } catch (error) {
        if (isStopped) break;
        failed.push(one.name);
        say(`${one.name} FAILED: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await (opened as BrowserVenue | null)?.close();
    await node.close();
    await cleanUp();
  }
  return { results, machine, failed, isStopped };
}

process.exitCode = await run(process.argv.slice(2));
