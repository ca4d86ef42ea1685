// `tacit doctor`: the first thing to run on a machine. Whether the service can run here with these settings, and on what a browser here would train.
import { crossoverWork } from '../engine/trainer/timing.ts';
import { backendEn } from '../web/dictionary/backend-en.ts';
import { readSettings, UsageError } from './config.ts';
import { type BrowserReport, BrowserUnusable, examineBrowser } from './doctor/browser.ts';
import {
  type Check,
  checkBrowsers,
  checkCatalogue,
  checkCore,
  checkDataDirectory,
  checkNode,
  checkPackages,
  checkPage,
  checkPort,
} from './doctor/checks.ts';
import type { AdapterFacts, Size } from './doctor/page/examination.ts';
import { projectFolder } from './project-folder.ts';

const usage = `Looks whether this machine can run the service, and on what a browser here would train. Changes nothing, asks nobody, sends nothing.

Usage: npm run -s tacit -- doctor [flags] [the flags of npm start]

  --sizes LIST   Models to look at, items x dimension: 4000x30,100000x64. Default: the catalogue's, and two larger ones.
  --no-browser   Open no browser.
  --json         The result as one line of JSON. It holds no path and no name of yours.
  --help         Print this text.

With the flags, the environment and the file of npm start (--port, --data-dir, --catalogue, ...) it looks at what that would use.
Exit codes: 0 all is well, 1 something has to be mended, 2 a flag or a value was not understood.
`;

/** What the server gives to a model of a catalogue. */
const usualDimension = 30;
const largerSizes: readonly Size[] = [
  { items: 20_000, dimension: 32 },
  { items: 100_000, dimension: 64 },
];
const mostSizes = 8;
const mostItems = 200_000;
const mostDimension = 256;

interface Diagnosis {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  /** Below this many numbers (items x dimension) the processor trains, and no graphics processor is looked for. */
  readonly crossoverWork: number;
  /** Empty where no browser was opened; then a check says why. */
  readonly browsers: readonly BrowserReport[];
}

const say = (text: string) => process.stderr.write(`tacit doctor: ${text}\n`);

/** @returns the exit code: 0 all is well, 1 something has to be mended, 2 for what was not understood */
export async function run(argv: string[]): Promise<number> {
  try {
    const { own, others } = splitArguments(argv);
    const request = readSettings(others, process.env);
    if (request.kind !== 'start' || own.has('--help')) {
      process.stdout.write(usage);
      return 0;
    }
    const sizes = own.get('--sizes');
    const diagnosis = await diagnose(request.settings, {
      sizes: sizes === undefined ? null : sizesFrom(sizes),
      withBrowser: !own.has('--no-browser'),
    });
    process.stdout.write(own.has('--json') ? `${JSON.stringify(diagnosis)}\n` : inWords(diagnosis));
    return diagnosis.ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`tacit doctor: ${error.message}\n`);
    return 2;
  }
}

/** The doctor's own flags, and those that are of `npm start`. */
function splitArguments(argv: readonly string[]): { own: ReadonlyMap<string, string>; others: string[] } {
  const own = new Map<string, string>();
  const others: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index]!;
    if (argument === '--json' || argument === '--no-browser') own.set(argument, '');
    else if (argument === '--help' || argument === '-h') own.set('--help', '');
    else if (argument === '--sizes') {
      index += 1;
      own.set(argument, argv[index] ?? '');
    } else if (argument.startsWith('--sizes=')) own.set('--sizes', argument.slice('--sizes='.length));
    else others.push(argument);
  }
  return { own, others };
}

function sizesFrom(text: string): readonly Size[] {
  const sizes = text.split(',').map((part) => {
    const [, items = '', dimension = ''] = /^(\d{1,7})x(\d{1,4})$/.exec(part.trim()) ?? [];
    return { items: Number(items), dimension: Number(dimension) };
  });
  const isSize = ({ items, dimension }: Size) =>
    items >= 131 && items <= mostItems && dimension >= 1 && dimension <= mostDimension;
  if (!sizes.every(isSize) || sizes.length > mostSizes) {
    const expected = `expected up to ${mostSizes} sizes like 4000x30: items from 131 to ${mostItems}, a dimension from 1 to ${mostDimension}`;
    throw new UsageError(`--sizes: ${expected}; got ${JSON.stringify(text)}`);
  }
  return sizes;
}

interface DiagnosisOptions {
  readonly sizes: readonly Size[] | null;
  readonly withBrowser: boolean;
}

type Settings = Parameters<typeof checkPort>[0];

async function diagnose(settings: Settings, { sizes, withBrowser }: DiagnosisOptions): Promise<Diagnosis> {
  const project = projectFolder();
  const catalogue = await checkCatalogue(settings);
  const { check: browserCheck, chromiumPath } = checkBrowsers(process.env);
  const checks: Check[] = [
    checkNode(),
    checkPackages(project),
    checkPage(project),
    checkCore(),
    checkDataDirectory(settings.dataDir),
    await checkPort(settings),
    catalogue.check,
    browserCheck,
  ];
  const browsers: BrowserReport[] = [];
  if (withBrowser && chromiumPath !== null) {
    say('opening a browser, a minute at most ...');
    const catalogueSize = { items: catalogue.items ?? 0, dimension: usualDimension };
    const usual = [catalogueSize, ...largerSizes].filter(({ items }) => items >= 131 && items <= mostItems);
    try {
      browsers.push(...(await examineBrowser(chromiumPath, sizes ?? usual)));
    } catch (error) {
      if (!(error instanceof BrowserUnusable)) throw error;
      checks.push({ name: 'training', state: 'note', said: `The browser was not examined: ${error.message}.` });
    }
  } else {
    const why = withBrowser ? 'no Chromium was found' : '--no-browser was given';
    checks.push({ name: 'training', state: 'note', said: `No browser was examined: ${why}.` });
  }
  return { ok: checks.every(({ state }) => state !== 'failed'), checks, crossoverWork, browsers };
}

const count = new Intl.NumberFormat('en');
const marks: Record<Check['state'], string> = { ok: 'ok', note: 'note', failed: 'FAILED' };

function inWords({ ok, checks, browsers }: Diagnosis): string {
  const lines = checks.map(({ name, state, said }) => `${marks[state].padEnd(8)}${name.padEnd(11)}${said}`);
  for (const { browser, flags, adapter } of browsers) {
    lines.push('', `${browser}${flags.length === 0 ? '' : ` with ${flags.join(' ')}`}: ${adapterInWords(adapter)}`);
  }
  const [examined] = browsers;
  if (examined !== undefined) lines.push(...sizesInWords(examined));
  lines.push('', ok ? 'All is well: npm start.' : 'Mend what has FAILED, then run this again.', '');
  return lines.join('\n');
}

function adapterInWords(adapter: AdapterFacts): string {
  if (!adapter.found) return `no graphics adapter for WebGPU${adapter.why === '' ? '' : ` (${adapter.why})`}.`;
  const binding = adapter.limits.maxStorageBufferBindingSize;
  const limit = binding === undefined ? '' : `, ${count.format(Math.floor(binding / 2 ** 20))} MiB a binding`;
  return `${adapter.device}${limit}. No more than the least limits of WebGPU is used.`;
}

/** The table of sizes, and the reasons below it, each once. */
function sizesInWords({ sizes }: BrowserReport): string[] {
  const reasons = new Map<string, number>();
  const numberOf = (sentence: string) => {
    const known = reasons.get(sentence) ?? reasons.size + 1;
    reasons.set(sentence, known);
    return known;
  };
  const ms = (value: number | null) =>
    value === null ? '-' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
  const rows = sizes.map(({ items, dimension, backend, reasons: why, round, softmax }) => [
    `${count.format(items)} x ${dimension}`,
    count.format(items * dimension),
    backend ?? '-',
    `${ms(round.processorMs)} / ${ms(round.webgpuMs)}`,
    `${ms(softmax.processorMs)} / ${ms(softmax.webgpuMs)}`,
    why.map((reason) => `[${numberOf(backendEn.reason(reason))}]`).join(' '),
  ]);
  const head = ['model', 'numbers', 'trains on', 'one round', 'softmax fit', 'why'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd();
  return [
    '',
    'What its visitors would train on (processor / WebGPU; - where it would not be tried):',
    line(head),
    ...rows.map(line),
    ...[...reasons].map(([sentence, number]) => `  [${number}] ${sentence}`),
    `  Below ${count.format(crossoverWork)} numbers no graphics processor is looked for. Another browser decides by the same rules; its Privacy page says how.`,
  ];
}
