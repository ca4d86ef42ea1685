// From the command line to the files: reads the data sets, measures what is missing, writes the document and its plots.
import { mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { pictureOf } from '../../apps/charts/picture.ts';
import { readDataset } from '../../apps/cli/dataset.ts';
import { writeWhole } from '../../server/whole-file.ts';
import { Cache } from './cache.ts';
import { documentOf, type Made, plotFolder } from './document.ts';
import { argumentsOf, type Experiment, type Task, tasksOf } from './grid.ts';
import { type Evaluate, measureAll } from './measure.ts';
import { nameOf, type Options } from './options.ts';
import { type DatasetFacts, Results } from './results.ts';
import { commandOf } from './tables.ts';
import { dataVersion } from './versions.ts';

export interface Surroundings {
  readonly grid: readonly Experiment[];
  readonly evaluate: Evaluate;
  /** Of the evaluation, see versions.ts. */
  readonly code: string;
  readonly note: (text: string) => void;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** The commands of a grid, one a line. */
export function listOf({ datasets, only }: Options, grid: readonly Experiment[]): string {
  return tasksOf(grid, datasets.length, only)
    .map(
      ({ experiment, row, dataset }) => `${commandOf(row, nameOf(datasets[dataset]!))}   # ${experiment}: ${row.label}`,
    )
    .join('\n');
}

/**
 * Measures and writes.
 * @throws UsageError or DatasetError for a data set that is not there or not readable, and an AbortError when it is stopped
 */
export async function makeQuality(options: Options, surroundings: Surroundings): Promise<void> {
  const { grid, code, note } = surroundings;
  const facts: DatasetFacts[] = [];
  const hashes: string[] = [];
  for (const path of options.datasets) {
    const dataset = await readDataset(path);
    const { users, items, userOf } = dataset;
    facts.push({ name: nameOf(path), users: users.length, items: items.length, interactions: userOf.length });
    hashes.push(dataVersion(dataset));
  }
  const cache = new Cache(options.cacheFolder, note);
  const keyOf = ({ row, dataset }: Task) => ({
    arguments: argumentsOf(row),
    data: hashes[dataset]!,
    code,
    node: process.version,
  });
  await measureAll({
    ...surroundings,
    cache,
    keyOf,
    tasks: tasksOf(grid, options.datasets.length, options.only),
    paths: options.datasets,
    threads: options.threads,
  });
  surroundings.signal.throwIfAborted();
  const results = new Results(facts);
  let missing = 0;
  for (const task of tasksOf(grid, options.datasets.length, null)) {
    const measured = cache.read(keyOf(task));
    if (measured === null) missing += 1;
    else results.add(task.dataset, task.row.id, measured);
  }
  const { text, figures } = documentOf(results, madeHere(facts, code));
  const folder = join(dirname(options.out), plotFolder);
  mkdirSync(folder, { recursive: true });
  writeWhole(options.out, text);
  for (const { name, chart } of figures) writeWhole(join(folder, `${name}.svg`), pictureOf(chart));
  const rest = missing === 0 ? '' : `; ${missing} rows are not measured: refused, or left out by --only`;
  note(`wrote ${options.out} and ${figures.length} plots in ${folder}${rest}`);
}

function madeHere(facts: readonly DatasetFacts[], code: string): Made {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const model = cpus()[0]?.model.trim() ?? process.arch;
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return {
    machine: `${availableParallelism()} cores of ${model}, ${gibibytes} GiB`,
    node: process.version.slice(1),
    version,
    code,
    command: `npm run quality -- ${facts.map(({ name }) => `--dataset ${name}`).join(' ')}`,
  };
}
