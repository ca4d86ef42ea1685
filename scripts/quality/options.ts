// The command line of `npm run quality`.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { numberOf } from '../../apps/cli/arguments.ts';
import { UsageError } from '../../apps/cli/usage-error.ts';
import { experiments } from './grid.ts';

export interface Options {
  /** Paths; the first gets the whole grid. */
  readonly datasets: readonly string[];
  /** Names of experiments; null: all. */
  readonly only: readonly string[] | null;
  /** The document; its plots lie beside it, in docs/quality. */
  readonly out: string;
  readonly cacheFolder: string;
  /** Runs at a time. */
  readonly threads: number;
}

export const usage = `Measures every learner against every baseline and writes QUALITY.md with its plots.

Usage: npm run quality -- --dataset PATH [--dataset PATH2 ...] [options]

  --dataset PATH   a folder or zip as \`tacit evaluate\` takes it; the first gets the whole grid, the others a small one
  --only NAMES     measure these experiments alone; the document has the others as far as they are measured already:
${experiments.map(({ name, summary }) => `                     ${name.padEnd(10)} ${summary}`).join('\n')}
  --out PATH       default QUALITY.md; plots go to docs/quality beside it
  --cache FOLDER   where results are kept, default .tacit/quality
  --threads N      runs at a time, default as many as there are cores; the numbers do not depend on it
  --list           print the commands that it would run, and run nothing

Every result is kept as soon as it is there: stopped at any time, the same command goes on where it was. A result is measured again when its
options, the data, the evaluation's code or Node have changed.
`;

/** @throws UsageError (or parseArgs' TypeError) that says what was expected */
export function optionsOf(argv: readonly string[]): (Options & { readonly isList: boolean }) | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...argv],
    strict: true,
    allowPositionals: false,
    options: {
      dataset: { type: 'string', multiple: true },
      only: text,
      out: text,
      cache: text,
      threads: text,
      list: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  const datasets = values.dataset ?? [];
  if (datasets.length === 0) {
    throw new UsageError('--dataset is missing: give a folder with interactions.csv, or a MovieLens folder or zip');
  }
  const missing = datasets.find((path) => !existsSync(path));
  if (missing !== undefined) throw new UsageError(`--dataset: there is nothing at ${missing}`);
  const names = datasets.map(nameOf);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`--dataset: two are called ${twice}; rename one`);
  return {
    datasets,
    only: onlyOf(values.only),
    out: values.out ?? 'QUALITY.md',
    cacheFolder: values.cache ?? join('.tacit', 'quality'),
    threads:
      values.threads === undefined
        ? availableParallelism()
        : numberOf('--threads', values.threads, { least: 1, most: 256, whole: true }),
    isList: values.list === true,
  };
}

/** As the document calls a data set. */
export function nameOf(path: string): string {
  return basename(path).replace(/\.(zip|csv)$/i, '');
}

function onlyOf(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const known = experiments.map(({ name }) => name);
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!known.includes(name)) {
      throw new UsageError(`--only: expected some of ${known.join(', ')}, got ${JSON.stringify(name)}`);
    }
  }
  return names;
}
