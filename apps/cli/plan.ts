// `tacit plan`: the adviser. Which learner, how large, with what noise, for a crowd; what to expect of it; and from which crowd on it pays.
// A table, sentences and the command that applies the advice, or with --json the result as the last line, go to standard output; progress to
// standard error.
import { existsSync, statSync } from 'node:fs';
import { freemem } from 'node:os';
import { resolve } from 'node:path';
import { type Advice, advise, type Measure } from '#shared/adviser/advise.ts';
import { type CrowdDemand, candidatesFor } from '#shared/adviser/candidates.ts';
import { type CrowdSource, knownBeforehand, onCatalogue, runsOf } from '#shared/adviser/crowd.ts';
import { type Job, type Measured, Measurer, memoryOfCandidates } from '#shared/adviser/measure.ts';
import { computeFeatures } from '#shared/catalogue/features.ts';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import { effectiveItems } from '#shared/learners/co-occurrence/rules.ts';
import { likedRating } from '#shared/population/population.ts';
import { readCore } from '../../server/core-file.ts';
import { CatalogueFileError, chooseCatalogue } from './catalogue.ts';
import { UsageError } from './config.ts';
import { DatasetError, positivesOf, readDataset } from './dataset.ts';
import { optionsOf, type PlanOptions, usage } from './plan-options.ts';
import { type PlanResult, planInWords, planResult } from './plan-words.ts';
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
  const catalogue = await catalogueFor(options);
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
  const threads = Math.min(options.threads, threadsInMemory(source, demand));
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
        largestCrowd: options.search,
      },
      measuring.measure,
    );
  } finally {
    await measuring.close();
  }
  return planResult(advice, demand, { catalogue: options.catalogue, people, seed: options.seed });
}

/** As `npm start` reads one, or the items of a data set. */
async function catalogueFor({ catalogue, dataDir }: PlanOptions): Promise<Catalogue> {
  const isDataset = existsSync(catalogue) && (statSync(catalogue).isDirectory() || !catalogue.endsWith('.json'));
  if (isDataset && catalogue !== 'films') return catalogueOf(await readDataset(catalogue));
  return (await chooseCatalogue(catalogue, resolve(dataDir))).catalogue;
}

/** @throws DatasetError when hardly anybody in the data set likes anything of the catalogue. */
async function sourceOf(
  catalogue: Catalogue,
  path: string | null,
  splitSeed: number,
): Promise<{ source: CrowdSource; people: PlanResult['people'] }> {
  const { items } = catalogue;
  const features = computeFeatures(items);
  if (path === null) return { source: { kind: 'world', items, features }, people: { kind: 'simulated' } };
  const dataset = await readDataset(path);
  const rows = new Map(items.map(({ id }, row) => [id, row]));
  try {
    const set = positivesOf(dataset, dataset.rated ? likedRating : null, (item) => rows.has(dataset.items[item]!));
    const rowOf = Uint32Array.from(set.items, (id) => rows.get(id)!);
    return {
      source: { kind: 'set', items, features, set: onCatalogue(set, rowOf, items), splitSeed },
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

/** How many measurements fit into the memory at a time. @throws RangeError that names the bytes when not even one does. */
function threadsInMemory(source: CrowdSource, demand: CrowdDemand): number {
  const needed = memoryOfCandidates(source, candidatesFor(demand), demand);
  const free = freemem();
  if (needed > free) {
    throw new RangeError(
      `a catalogue of ${demand.items} items needs ${needed} bytes of memory, and ${free} are available. Close other programs, or take a smaller catalogue.`,
    );
  }
  return Math.max(1, Math.floor(free / Math.max(1, needed)));
}

async function measureOn(
  source: CrowdSource,
  threads: number,
): Promise<{ measure: Measure; close: () => Promise<void> }> {
  const tell = (why: string, done: number, all: number) => {
    if (all > 0) process.stderr.write(`plan: ${why}: ${done} of ${all} measurements\n`);
  };
  if (threads <= 1) {
    const measurer = new Measurer(source, roundCore(readCore((reason) => process.stderr.write(`${reason}\n`))));
    const measure: Measure = async (jobs, why) => {
      const results = jobs.map((job) => measurer.measure(job));
      tell(why, jobs.length, jobs.length);
      return results;
    };
    return { measure, close: async () => {} };
  }
  const pool = new Threads<Job, never, Measured>('plan-worker', source, threads);
  const measure: Measure = async (jobs, why) => {
    const results = await pool.run(jobs);
    tell(why, jobs.length, jobs.length);
    return results;
  };
  return { measure, close: () => pool.close() };
}
