// `tacit plan`: the adviser. Which learner, how large, with what noise, for a crowd; what to expect of it; and from which crowd on it pays.
// A table, sentences and the commands that apply the advice, or with --json the result as the last line, go to standard output; progress to
// standard error.
import { existsSync, statSync } from 'node:fs';
import { freemem } from 'node:os';
import { basename, resolve } from 'node:path';
import { type Advice, advise, type Measure } from '#shared/adviser/advise.ts';
import { type CrowdDemand, candidatesFor } from '#shared/adviser/candidates.ts';
import { type CrowdSource, knownBeforehand, onCatalogue, runsOf } from '#shared/adviser/crowd.ts';
import { type Job, jobInWords, type Measured, Measurer, memoryOfMeasuring } from '#shared/adviser/measure.ts';
import { computeFeatures } from '#shared/catalogue/features.ts';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import { effectiveItems } from '#shared/learners/co-occurrence/rules.ts';
import { likedRating } from '#shared/population/population.ts';
import { readCore } from '../../server/core-file.ts';
import { CatalogueFileError, catalogueNamePattern, chooseCatalogue, importedFolder } from './catalogue.ts';
import { UsageError } from './config.ts';
import { DatasetError, positivesOf, readDataset } from './dataset.ts';
import { formatOfImport } from './import/importable.ts';
import { optionsOf, type PlanOptions, usage } from './plan-options.ts';
import { type CatalogueFlags, type PlanResult, planInWords, planResult } from './plan-words.ts';
import { catalogueOf } from './simulate-people.ts';
import { Threads } from './threads.ts';

/** Runs the command. @returns the exit code: 0, 1 when catalogue or data set cannot be used, 2 for bad usage. */
export async function run(argv: string[]): Promise<number> {
  let options: PlanOptions | 'help';
  try {
    options = optionsOf(argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`plan: ${error.message}\n\n${usage}`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  try {
    const result = await plan(options);
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : planInWords(result));
    return 0;
  } catch (error) {
    const isBadUsage = error instanceof UsageError;
    const isExpected = [DatasetError, CatalogueFileError, RangeError].some((kind) => error instanceof kind);
    if (!isBadUsage && !isExpected) throw error;
    process.stderr.write(`plan: ${(error as Error).message}\n`);
    return isBadUsage ? 2 : 1;
  }
}

/** For the first choice among all candidates, and for the search of the crowd at which it pays. */
const choosingRuns = 2;
const crossingRuns = 3;

async function plan(options: PlanOptions): Promise<PlanResult> {
  const { catalogue, flags } = await catalogueFor(options);
  const { source, people } = await sourceOf(catalogue, options.dataset, options.seed);
  const demand: CrowdDemand = {
    people: options.crowd,
    cohort: options.cohort,
    items: catalogue.items.length,
    effectiveItems: effectiveItems(knownBeforehand(source)),
    epsilon: options.epsilon,
    delta: options.delta,
    participations: options.participations,
    learner: options.learner,
  };
  const { threads, largestCrowd } = roomFor(source, demand, options, availableMemory());
  const measuring = await measureOn(source, threads);
  let advice: Advice;
  try {
    advice = await advise(
      {
        ...demand,
        runs: runsOf(source, {
          seed: options.seed,
          choosing: choosingRuns,
          judging: options.seeds,
          crossing: crossingRuns,
        }),
        largestCrowd,
      },
      measuring.measure,
    );
  } finally {
    await measuring.close();
  }
  return planResult(advice, demand, {
    catalogue: options.catalogue,
    flags,
    featureColumns: source.features.columns,
    people,
    seed: options.seed,
    searched: largestCrowd,
  });
}

/** As `npm start` reads one, or the items of a data set, which has to be imported before it can be started. */
async function catalogueFor({
  catalogue: choice,
  dataDir,
}: PlanOptions): Promise<{ catalogue: Catalogue; flags: CatalogueFlags }> {
  const isImported = catalogueNamePattern.test(choice) && existsSync(importedFolder(dataDir, choice));
  const isDataset = existsSync(choice) && (statSync(choice).isDirectory() || !choice.endsWith('.json'));
  if (isDataset && choice !== 'films' && !isImported) {
    const catalogue = catalogueOf(await readDataset(choice));
    const toImport = { path: choice, format: await formatOfImport(choice) };
    return { catalogue, flags: { catalogue: freeName(choice, dataDir), dataDir, toImport } };
  }
  const { catalogue } = await chooseCatalogue(choice, resolve(dataDir));
  return { catalogue, flags: { catalogue: choice, dataDir, toImport: null } };
}

/** A name for the catalogue of a data set that is no imported one's, which the import would replace. */
function freeName(path: string, dataDir: string): string {
  const plain = basename(resolve(path))
    .toLowerCase()
    .replace(/\.[a-z0-9]+$/, '');
  const name =
    plain
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 50) || 'catalogue';
  const isFree = (tried: string) => tried !== 'films' && !existsSync(importedFolder(dataDir, tried));
  let free = name;
  for (let number = 2; !isFree(free); number++) free = `${name}-${number}`;
  return free;
}

/** @throws DatasetError when hardly anybody in the data set likes anything of the catalogue. */
async function sourceOf(
  catalogue: Catalogue,
  path: string | null,
  splitSeed: number,
): Promise<{ source: CrowdSource; people: PlanResult['people'] }> {
  const { items } = catalogue;
  if (path === null) {
    return { source: { kind: 'world', items, features: computeFeatures(items) }, people: { kind: 'simulated' } };
  }
  const dataset = await readDataset(path);
  const rows = new Map(items.map(({ id }, row) => [id, row]));
  try {
    const set = positivesOf(dataset, dataset.rated ? likedRating : null, (item) => rows.has(dataset.items[item]!));
    const rowOf = Uint32Array.from(set.items, (id) => rows.get(id)!);
    return {
      source: {
        kind: 'set',
        items,
        features: computeFeatures(items),
        set: onCatalogue(set, rowOf, items),
        splitSeed,
      },
      people: { kind: 'dataset', path, users: set.users.length },
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const known = dataset.items.filter((id) => rows.has(id)).length;
    throw new DatasetError(
      `${path}: ${known} of its ${dataset.items.length} items are in the catalogue ${catalogue.name}, and ${error.message}. ` +
        'Give the catalogue that was imported from the same data, or no --dataset.',
    );
  }
}

interface Room {
  /** Measurements at a time. */
  readonly threads: number;
  /** The largest crowd that is tried. */
  readonly largestCrowd: number;
}

/**
 * What fits into the memory: the asked crowd at least; larger crowds are searched as far as one measurement fits.
 * @throws RangeError that names the bytes when not even the crowd itself does.
 */
export function roomFor(
  source: CrowdSource,
  demand: CrowdDemand,
  { seeds, search, threads }: Pick<PlanOptions, 'seeds' | 'search' | 'threads'>,
  availableBytes: number,
): Room {
  const neededAt = (people: number) => {
    const larger = { ...demand, people };
    return memoryOfMeasuring(source, candidatesFor(larger), larger, choosingRuns + seeds);
  };
  const needed = neededAt(demand.people);
  if (needed > availableBytes) {
    throw new RangeError(
      `a crowd of ${demand.people} over a catalogue of ${demand.items} items needs ${mib(needed)} of memory to be measured, and ${mib(availableBytes)} are available. ` +
        'Close other programs, give a smaller --crowd, or one --learner alone.',
    );
  }
  let largestCrowd = demand.people;
  let most = needed;
  while (2 * largestCrowd <= search) {
    const more = neededAt(2 * largestCrowd);
    if (more > availableBytes) {
      process.stderr.write(
        `plan: crowds of ${2 * largestCrowd} and more are not tried: ${mib(more)} of memory are needed for one, and ${mib(availableBytes)} are available\n`,
      );
      break;
    }
    largestCrowd *= 2;
    most = Math.max(most, more);
  }
  return { threads: Math.max(1, Math.min(threads, Math.floor(availableBytes / most))), largestCrowd };
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

/** Within what a container may use, where this Node tells. */
function availableMemory(): number {
  return process.availableMemory?.() ?? freemem();
}

/** Tells what begins to be measured, a line each. */
async function measureOn(
  source: CrowdSource,
  threads: number,
): Promise<{ measure: Measure; close: () => Promise<void> }> {
  const telling = (jobs: readonly Job[], why: string) => (index: number) => {
    process.stderr.write(`plan: ${why}, ${index + 1} of ${jobs.length}: ${jobInWords(jobs[index]!, source.kind)}\n`);
  };
  if (threads === 1) {
    const measurer = new Measurer(source, roundCore(readCore((reason) => process.stderr.write(`${reason}\n`))));
    const measure: Measure = async (jobs, why) => {
      const tell = telling(jobs, why);
      return jobs.map((job, index) => {
        tell(index);
        return measurer.measure(job);
      });
    };
    return { measure, close: async () => {} };
  }
  const pool = new Threads<Job, null, Measured>('plan-worker', source, threads);
  return { measure: (jobs, why) => pool.run(jobs, telling(jobs, why)), close: () => pool.close() };
}
