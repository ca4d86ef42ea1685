// `tacit import`: somebody's data becomes a catalogue that `npm start -- --catalogue NAME` runs on.
// Rows stream through to a file on the disk: memory does not grow with them. All or nothing: the work is done in a folder of its own,
// which takes the old one's place at the end.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CatalogueError, MAX_ITEMS, parseCatalogue } from '#shared/catalogue/parse.ts';
import type { Catalogue, CatalogueItem } from '#shared/catalogue/schema.ts';
import { parseArguments } from './arguments.ts';
import { catalogueNamePattern, importedFolder, recoverImported, replacedFolder } from './catalogue.ts';
import { UsageError } from './config.ts';
import { type ColumnMap, interactionFields, interactionOf, itemFields, itemOf } from './import/columns.ts';
import { type Format, formats, type ImportPlan, planImport } from './import/formats.ts';
import { InteractionsWriter, type StoreCounts } from './import/interactions-store.ts';
import { RejectedRows } from './import/rejected.ts';
import { openSource, SourceError } from './import/source.ts';
import { interactionTable, itemTable, readTable } from './import/tables.ts';

const usage = `Imports a catalogue, and the interactions of its people where there are any.

Usage: npm run -s tacit -- import movielens|csv|jsonl [PATH] --name NAME [flags]

  PATH                  movielens: a folder or ZIP file of any MovieLens data set.
                        csv: a file with a line of column names (user, item, and perhaps rating, timestamp, action).
                        jsonl: a file with one JSON object a line. Without PATH: items alone, from --items.
  --name NAME           Name of the catalogue: a-z, 0-9 and hyphen. An import under the same name replaces it.
  --data-dir DIR        The folder that npm start uses. Default .tacit, or TACIT_DATA_DIR.
  --items FILE          csv, jsonl: a table of the items (id, title, year, genres, directors, countries, titleZh, externalId).
                        Without it items are known by their id alone.
  --map FIELD=COLUMN,.. Which column holds a field, where its name does not say. Fields: ${[...new Set([...interactionFields, ...itemFields])].join(', ')}.
  --min-rating X        Ratings of X and more are likes, of X - 2 and less dislikes, those between 'seen'. Default 4. Without ratings every row is a like.
  --delimiter C         What stands between columns. Default: found from the first line.
  --licence TEXT        What the data may be used for, shown to visitors.
  --dry-run             Reads and checks everything, reports, changes nothing.
  --json                The report as one line of JSON.
  --help                Print this text.

The result is DIR/catalogues/NAME with catalogue.json, interactions.db, report.json and rejected.csv. Run it: npm start -- --catalogue NAME
Exit codes: 0 imported, 1 failed, 2 a flag or a value was not understood.
`;

const flagTable = {
  '--name': 'a name of a-z, 0-9 and hyphen',
  '--data-dir': 'a folder',
  '--items': 'the path of a file',
  '--map': 'FIELD=COLUMN, with commas between several',
  '--min-rating': 'a number',
  '--delimiter': 'a character',
  '--licence': 'a text',
  '--dry-run': null,
  '--json': null,
  '--help': null,
  '-h': null,
} as const;

interface Request {
  readonly format: Format;
  readonly path: string | null;
  readonly itemsPath: string | null;
  readonly name: string;
  readonly dataDir: string;
  readonly map: ColumnMap;
  readonly minRating: number;
  readonly delimiter: string | null;
  readonly licence: string | null;
  readonly isDryRun: boolean;
  readonly wantsJson: boolean;
}

/** What an import did; also DIR/catalogues/NAME/report.json. */
export interface ImportReport extends StoreCounts {
  readonly name: string;
  readonly format: Format;
  readonly recognised: string;
  readonly dryRun: boolean;
  readonly licence: string;
  readonly minRating: number;
  readonly items: number;
  /** Items that the catalogue's limit left out, the least popular. */
  readonly itemsLeftOut: number;
  /** Rows of interactions that were good; a person's rows for one item count once in `interactions`. */
  readonly rowsAccepted: number;
  readonly rejected: number;
  readonly rejectedByReason: Readonly<Record<string, number>>;
  readonly examples: readonly string[];
  /** Against the catalogue of that name that was there before; null where there was none. */
  readonly changes: { readonly added: number; readonly removed: number; readonly renamed: number } | null;
  readonly seconds: number;
  readonly peakMemoryMiB: number;
}

/** Runs `tacit import`. @returns the exit code */
export async function run(argv: string[]): Promise<number> {
  try {
    const request = readRequest(argv);
    if (request === 'help') {
      process.stdout.write(usage);
      return 0;
    }
    const report = await importCatalogue(request);
    process.stdout.write(request.wantsJson ? `${JSON.stringify(report)}\n` : inWords(report, request));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`import: ${error.message}\n`);
      return 2;
    }
    if (error instanceof SourceError || error instanceof CatalogueError || error instanceof RangeError) {
      process.stderr.write(`import: ${error.message}\n`);
    } else {
      process.stderr.write(`import: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    }
    return 1;
  }
}

function readRequest(argv: readonly string[]): Request | 'help' {
  const { words, flags } = parseArguments(argv, flagTable, 2);
  if (flags.has('--help') || flags.has('-h')) return 'help';
  const [word = '', path] = words;
  const format = formats.find((known) => known === word);
  if (format === undefined) {
    throw new UsageError(`expected one of ${formats.join(', ')}, but got ${JSON.stringify(word)}. Try --help.`);
  }
  const name = flags.get('--name');
  if (name === undefined || !catalogueNamePattern.test(name) || name === 'films') {
    throw new UsageError(
      `--name: expected 1 to 64 characters of a-z, 0-9 and hyphen, other than films, but got ${JSON.stringify(name ?? null)}. Add for example --name my-films`,
    );
  }
  const rating = flags.get('--min-rating') ?? '4';
  const minRating = Number(rating);
  if (rating.trim() === '' || !Number.isFinite(minRating)) {
    throw new UsageError(`--min-rating: expected a number such as 4 or 3.5, but got ${JSON.stringify(rating)}`);
  }
  const delimiter = flags.get('--delimiter')?.replace('\\t', '\t') ?? null;
  if (delimiter !== null && (delimiter === '' || delimiter.length > 4 || /["\r\n]/.test(delimiter))) {
    throw new UsageError(
      `--delimiter: expected 1 to 4 characters such as ; or \\t, but got ${JSON.stringify(delimiter)}`,
    );
  }
  return {
    format,
    path: path ?? null,
    itemsPath: flags.get('--items') ?? null,
    name,
    dataDir: flags.get('--data-dir') ?? (process.env.TACIT_DATA_DIR || '.tacit'),
    map: parseMap(flags.get('--map') ?? ''),
    minRating,
    delimiter,
    licence: flags.get('--licence') ?? null,
    isDryRun: flags.has('--dry-run'),
    wantsJson: flags.has('--json'),
  };
}

function parseMap(text: string): ColumnMap {
  const fields: readonly string[] = [...interactionFields, ...itemFields];
  const map = new Map<string, string>();
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const equals = pair.indexOf('=');
    const field = pair.slice(0, equals).trim();
    const column = pair.slice(equals + 1).trim();
    if (equals < 0 || column === '' || !fields.includes(field)) {
      throw new UsageError(
        `--map: expected FIELD=COLUMN with a field of ${fields.join(', ')}, but got ${JSON.stringify(pair)}`,
      );
    }
    map.set(field, column);
  }
  return map;
}

const progressEveryMs = 1_000;

/** Prints how far it is, at most once a second. */
function progressPrinter(): (text: () => string) => void {
  let last = performance.now();
  return (text) => {
    const now = performance.now();
    if (now - last < progressEveryMs) return;
    last = now;
    process.stderr.write(`import: ${text()}\n`);
  };
}

const grouped = (count: number) => count.toLocaleString('en-GB');

/** Does the import: reads, checks, writes into a new folder, and puts that in the old one's place. */
async function importCatalogue(request: Request): Promise<ImportReport> {
  const startedMs = performance.now();
  const source = request.path === null ? null : await openSource(request.path);
  const itemsSource = request.itemsPath === null ? null : await openSource(request.itemsPath);
  const plan = planImport(request.format, source, itemsSource, request.delimiter);
  const licence = request.licence ?? plan.licence ?? 'Imported by the operator of this site; no licence was stated.';
  process.stderr.write(`import: found ${plan.description}\n`);
  if (plan.licence !== null) process.stderr.write(`import: licence notice: ${plan.licence}\n`);

  const parent = join(request.dataDir, 'catalogues');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, '.import-'));
  try {
    const rejected = new RejectedRows(join(folder, 'rejected.csv'));
    const writer = new InteractionsWriter(join(folder, 'interactions.db'));
    let report: ImportReport;
    try {
      const items = await readItems(plan, request, writer, rejected);
      const rowsAccepted = await readInteractions(plan, request, items, writer, rejected);
      const kept = keepMostPopular(items, writer);
      const counts = writer.finish();
      const catalogue = parseCatalogue({ name: request.name, licence, items: kept });
      writeFileSync(join(folder, 'catalogue.json'), JSON.stringify(catalogue));
      report = {
        name: request.name,
        format: request.format,
        recognised: plan.description,
        dryRun: request.isDryRun,
        licence,
        minRating: request.minRating,
        items: kept.length,
        itemsLeftOut: items.size - kept.length,
        ...counts,
        rowsAccepted,
        rejected: rejected.count,
        rejectedByReason: rejected.reasons,
        examples: rejected.examples,
        changes: changesSince(importedFolder(request.dataDir, request.name), catalogue),
        seconds: Math.round((performance.now() - startedMs) / 100) / 10,
        // maxRSS is in KiB.
        peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
      };
    } finally {
      rejected.close();
      writer.close();
    }
    if (!request.isDryRun) {
      if (plan.interactions === null) rmSync(join(folder, 'interactions.db'));
      writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
      takePlace(folder, request);
    }
    return report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The new folder takes the old one's place; what a crash between the two renamings leaves is put right by `recoverImported`. */
function takePlace(folder: string, { dataDir, name }: Request): void {
  recoverImported(dataDir, name);
  const target = importedFolder(dataDir, name);
  const replaced = replacedFolder(dataDir, name);
  rmSync(replaced, { recursive: true, force: true });
  if (existsSync(target)) renameSync(target, replaced);
  renameSync(folder, target);
  rmSync(replaced, { recursive: true, force: true });
}

/** The items by id, in the file's order; empty where the plan has no table of items. */
async function readItems(
  plan: ImportPlan,
  request: Request,
  writer: InteractionsWriter,
  rejected: RejectedRows,
): Promise<Map<string, CatalogueItem>> {
  const items = new Map<string, CatalogueItem>();
  if (plan.items === null) return items;
  const { file, form, reshape } = plan.items;
  const print = progressPrinter();
  const fields: readonly string[] = form.kind === 'fixed' ? form.columns.filter((column) => column !== '') : itemFields;
  // With a table of items and one of interactions, --map speaks of both; each takes what is its own.
  const map = own(request.map, itemFields);
  await readTable<string>(file, form, { ...itemTable, fields }, map, {
    row: (values) => {
      const item = itemOf(reshape === undefined ? values : reshape(values));
      if (typeof item === 'string') return item;
      if (items.has(item.id)) return `id: expected each id once, got ${JSON.stringify(item.id)} again`;
      items.set(item.id, item);
      writer.addItem(item.id);
      return null;
    },
    reject: (line, reason, text) => rejected.add(file.name, line, reason, text),
    progress: (lines) => print(() => `${grouped(lines)} lines of ${file.name}, ${grouped(items.size)} items`),
  });
  if (items.size === 0)
    throw new UsageError(
      `${file.name}: expected items, but no row could be read (${rejected.examples[0] ?? 'it is empty'})`,
    );
  return items;
}

const own = (map: ColumnMap, fields: readonly string[]) =>
  new Map([...map].filter(([field]) => fields.includes(field)));

/** Streams the interactions to the disk. Adds items that are known by their ids alone. @returns rows that were good */
async function readInteractions(
  plan: ImportPlan,
  request: Request,
  items: Map<string, CatalogueItem>,
  writer: InteractionsWriter,
  rejected: RejectedRows,
): Promise<number> {
  if (plan.interactions === null) return 0;
  const { file, form } = plan.interactions;
  const hasTable = plan.items !== null;
  const print = progressPrinter();
  const map = own(request.map, interactionFields);
  let accepted = 0;
  await readTable(file, form, interactionTable, map, {
    row: (values) => {
      const row = interactionOf({ user: values.user, item: values.item, ...values }, request.minRating);
      if (typeof row === 'string') return row;
      if (!writer.hasItem(row.item)) {
        if (hasTable) return `item: expected an id of the items, got ${JSON.stringify(row.item)}`;
        const item = itemOf({ id: row.item });
        if (typeof item === 'string') return item;
        items.set(item.id, item);
      }
      writer.add(row);
      accepted += 1;
      return null;
    },
    reject: (line, reason, text) => rejected.add(file.name, line, reason, text),
    progress: (lines) => print(() => `${grouped(lines)} lines of ${file.name}, ${grouped(rejected.count)} rejected`),
  });
  if (accepted === 0) {
    throw new UsageError(
      `${file.name}: expected interactions, but no row could be read (${rejected.examples[0] ?? 'it is empty'})`,
    );
  }
  return accepted;
}

/** A catalogue has a limit; beyond it the items with the fewest interactions are left out. Keeps the order. */
function keepMostPopular(items: Map<string, CatalogueItem>, writer: InteractionsWriter): CatalogueItem[] {
  if (items.size <= MAX_ITEMS) return [...items.values()];
  const leftOut = writer.itemsByPopularity().slice(MAX_ITEMS);
  writer.removeItems(leftOut);
  const gone = new Set(leftOut);
  process.stderr.write(
    `import: a catalogue has at most ${grouped(MAX_ITEMS)} items; ${grouped(leftOut.length)} with the fewest interactions are left out\n`,
  );
  return [...items.values()].filter(({ id }) => !gone.has(id));
}

function changesSince(folder: string, catalogue: Catalogue): ImportReport['changes'] {
  let before: Catalogue;
  try {
    before = parseCatalogue(JSON.parse(readFileSync(join(folder, 'catalogue.json'), 'utf8')));
  } catch {
    // None was there, or one that could not be used anyway.
    return null;
  }
  const titles = new Map(before.items.map(({ id, title }) => [id, title]));
  const now = new Set(catalogue.items.map(({ id }) => id));
  return {
    added: catalogue.items.filter(({ id }) => !titles.has(id)).length,
    removed: before.items.filter(({ id }) => !now.has(id)).length,
    renamed: catalogue.items.filter(({ id, title }) => titles.has(id) && titles.get(id) !== title).length,
  };
}

function inWords(report: ImportReport, request: Request): string {
  const { changes } = report;
  const lines = [
    `${report.dryRun ? 'Dry run, nothing was changed' : 'Imported'}: ${report.name}, from ${report.recognised}`,
    `items          ${grouped(report.items)}${report.itemsLeftOut > 0 ? ` (${grouped(report.itemsLeftOut)} left out)` : ''}`,
    `people         ${grouped(report.people)}`,
    `interactions   ${grouped(report.interactions)} (${grouped(report.likes)} likes, ${grouped(report.dislikes)} dislikes, ${grouped(report.seen)} seen)`,
    `merged         ${grouped(report.rowsAccepted - report.interactions)} rows of the same person and item`,
    `rejected       ${grouped(report.rejected)} rows`,
    ...Object.entries(report.rejectedByReason).map(([reason, count]) => `  ${grouped(count)}  ${reason}`),
    ...report.examples.map((example) => `  for example ${example}`),
    ...(changes === null
      ? []
      : [`changes        ${changes.added} items added, ${changes.removed} removed, ${changes.renamed} renamed`]),
    `time, memory   ${report.seconds} s, ${report.peakMemoryMiB} MiB at most`,
    `licence        ${report.licence}`,
  ];
  if (report.dryRun) lines.push('Run the same command without --dry-run to import.');
  else {
    const folder = importedFolder(request.dataDir, request.name);
    if (report.rejected > 0) lines.push(`The rejected rows are in ${join(folder, 'rejected.csv')}`);
    lines.push(
      `Run it: npm start -- --catalogue ${report.name}${request.dataDir === '.tacit' ? '' : ` --data-dir ${request.dataDir}`}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
