// `tacit simulate`: a whole federation in one process tree, with simulated people. The table, or with --json the summary as its last line, goes to
// standard output; progress and where the files are to standard error.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { productVersion } from '../../server/start.ts';
import { writeWhole } from '../../server/whole-file.ts';
import { CheckpointError, checkpointPath } from '../simulate/checkpoint.ts';
import { devicesCsv, roundsCsv } from '../simulate/csv.ts';
import { runReal } from '../simulate/real.ts';
import { reportPage } from '../simulate/report/page.ts';
import { resultOf, type ScenarioResult } from '../simulate/result.ts';
import { type Plan, runHash, runPlan, ScenarioError, StoppedError } from '../simulate/run.ts';
import type { Progress, ScenarioState } from '../simulate/scenario.ts';
import { quoted } from './arguments.ts';
import { CatalogueFileError } from './catalogue.ts';
import { UsageError } from './config.ts';
import { DatasetError } from './dataset.ts';
import { optionsOf, type SimulateOptions, usage } from './simulate-options.ts';
import { choosePeople } from './simulate-people.ts';
import { ProgressBar } from './simulate-progress.ts';

const stoppedCode = 130;
const say = (text: string) => process.stderr.write(`simulate: ${text}\n`);

/** Runs the command. @returns the exit code: 0, 1 when a scenario failed or a checkpoint cannot be gone on from, 2 for bad usage, 130 when it was stopped. */
export async function run(argv: string[]): Promise<number> {
  try {
    const options = optionsOf(argv);
    if (options === 'help') {
      process.stdout.write(usage);
      return 0;
    }
    return await simulate(options, argv);
  } catch (error) {
    if (error instanceof UsageError) {
      say(error.message);
      return 2;
    }
    const isExpected = [DatasetError, CatalogueFileError, CheckpointError, ScenarioError, RangeError].some(
      (kind) => error instanceof kind,
    );
    if (!isExpected) throw error;
    say((error as Error).message);
    return 1;
  }
}

async function simulate(options: SimulateOptions, argv: readonly string[]): Promise<number> {
  const { source, inWords } = await choosePeople(options);
  const plan: Plan = { people: source, scenarios: options.scenarios };
  const folder = folderOf(options, runHash(plan));
  checkFolder(folder, options);
  mkdirSync(folder, { recursive: true });
  const command = commandOf(argv);
  const bar = new ProgressBar(options.scenarios, process.stderr);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  let states: ScenarioState[];
  try {
    const running = {
      folder,
      workers: options.workers ?? availableParallelism(),
      onProgress: (progress: Progress) => bar.tell(progress),
      stop: stop.signal,
    };
    states =
      options.clock === 'virtual'
        ? await runPlan(plan, running)
        : await runReal(plan, { ...running, lapse: options.lapse });
  } catch (error) {
    bar.end();
    if (!(error instanceof StoppedError)) throw error;
    if (options.clock === 'real') {
      say('stopped. A run in real time cannot be gone on with.');
      return stoppedCode;
    }
    say(
      `stopped. What was done up to the last checkpoints is in ${folder}; go on with\n  ${command}${options.resume ? '' : ' --resume'}`,
    );
    return stoppedCode;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
  bar.end();
  const results = states.map((state, index) => resultOf(options.scenarios[index]!, state));
  const summary = summaryOf(results, inWords);
  const rounds = states.map(({ tally }) => tally.rounds);
  const labelled = results.map(({ scenario }, index) => ({ label: scenario.label, rounds: rounds[index]! }));
  const report = { people: inWords, version: productVersion(), command, clock: options.clock, results, rounds };
  writeWhole(join(folder, 'rounds.csv'), roundsCsv(labelled));
  writeWhole(join(folder, 'devices.csv'), devicesCsv(results));
  writeWhole(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  writeWhole(join(folder, 'report.html'), reportPage(report));
  say(`report: ${join(folder, 'report.html')}`);
  for (const { scenario, rounds: ended } of results) {
    if (ended.published === 0) say(`${scenario.label}, seed ${scenario.seed}: no round was published; see the report.`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else process.stdout.write(table(results));
  return 0;
}

/** Where the results go. A run in real time gives other numbers than one in virtual time, and does not take its place. */
export function folderOf(
  { out, dataDir, clock }: Pick<SimulateOptions, 'out' | 'dataDir' | 'clock'>,
  run: string,
): string {
  return out ?? join(dataDir, 'simulations', `${run.slice(0, 12)}${clock === 'real' ? '-real' : ''}`);
}

/** An unfinished run is not thrown away by accident, and a finished one is not mixed with another. */
function checkFolder(folder: string, { resume, scenarios }: SimulateOptions): void {
  const checkpoints = join(folder, 'checkpoints');
  if (resume) {
    const begun = scenarios.some(({ id }) => existsSync(checkpointPath(folder, id)));
    if (!begun) {
      throw new UsageError(
        `--resume: expected checkpoints in ${checkpoints}, and there are none. Give the same options and the same --out as before, or leave --resume out.`,
      );
    }
    return;
  }
  if (!existsSync(checkpoints)) return;
  if (!existsSync(join(folder, 'report.html'))) {
    throw new UsageError(
      `${folder} has a run that was not finished. Go on with it by --resume, give another --out, or remove the folder.`,
    );
  }
  rmSync(join(folder, 'report.html'), { force: true });
  rmSync(checkpoints, { recursive: true, force: true });
}

function commandOf(argv: readonly string[]): string {
  const kept = argv.filter((argument) => argument !== '--resume');
  return ['npm run -s tacit -- simulate', ...kept.map(quoted)].join(' ');
}

export interface SimulationSummary {
  readonly simulated: true;
  readonly version: string;
  readonly people: string;
  readonly scenarios: readonly ScenarioResult[];
}

function summaryOf(scenarios: readonly ScenarioResult[], people: string): SimulationSummary {
  return { simulated: true, version: productVersion(), people, scenarios };
}

const headings = [
  'scenario',
  'seed',
  'rounds',
  'given up',
  'cohort',
  'shared',
  's.e.',
  'content',
  'popular',
  'shown',
  'epsilon',
  'kB up',
];

function table(results: readonly ScenarioResult[]): string {
  const rows = results.map((result) => [
    result.scenario.label,
    String(result.scenario.seed),
    String(result.rounds.published),
    String(result.rounds.aborted),
    result.rounds.meanCohort?.toFixed(1) ?? '-',
    result.last?.shared.mean.toFixed(4) ?? '-',
    result.last?.shared.se.toFixed(4) ?? '-',
    result.last?.content.mean.toFixed(4) ?? '-',
    result.last?.popular.mean.toFixed(4) ?? '-',
    result.last?.shown?.mean.toFixed(4) ?? '-',
    result.epsilon.max.toFixed(2),
    result.bytes.upPerUpdate === null ? '-' : (result.bytes.upPerUpdate / 1000).toFixed(1),
  ]);
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ');
  return `${[line(headings), ...rows.map(line)].join('\n')}\nSimulated people. NDCG@10 of held-out likes; shown: of the page’s list, which takes crowd or content, whichever serves a person better; epsilon: the most that anybody spent.\n`;
}
