// `npm run quality`: QUALITY.md and its plots, from every learner and baseline on the data sets that are given. It may take an hour; stopped at any
// time, the same command goes on where it was.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatasetError } from '../apps/cli/dataset.ts';
import { UsageError } from '../apps/cli/usage-error.ts';
import { experiments } from './quality/grid.ts';
import { listOf, makeQuality } from './quality/make.ts';
import { builtEvaluate } from './quality/measure.ts';
import { optionsOf, usage } from './quality/options.ts';
import { codeVersion } from './quality/versions.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stoppedCode = 130;
const note = (text: string): void => {
  process.stderr.write(`quality: ${text}\n`);
};

async function run(argv: readonly string[]): Promise<number> {
  let options: ReturnType<typeof optionsOf>;
  try {
    options = optionsOf(argv);
  } catch (error) {
    note(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  if (options.isList) {
    process.stdout.write(`${listOf(options, experiments)}\n`);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    await makeQuality(options, {
      grid: experiments,
      evaluate: builtEvaluate(root),
      code: await codeVersion(root),
      note,
      nowMs: () => performance.now(),
      signal: stop.signal,
    });
    return 0;
  } catch (error) {
    if (stop.signal.aborted) {
      note('stopped; the same command goes on where it was');
      return stoppedCode;
    }
    if (!(error instanceof UsageError) && !(error instanceof DatasetError)) throw error;
    note(error.message);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await run(process.argv.slice(2));
