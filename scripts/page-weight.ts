// What a built page weighs: which files a visit needs, and how many bytes they are when compressed as `gzip -9` does. `npm run weigh` prints it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * Of the page, the engine and its worker, before the first recommendation; and what comes after opting in, with all of tfjs and WebGPU.
 * JavaScript and WebAssembly, gzip -9.
 */
export const mostBytesFirst = 45_000;
export const mostBytesAfterOptIn = 85_000;

/** Files of the opt-in set that a device needs only where it lacks something, or is asked for a backend by name. */
const seldom = /^lazy-(noble-crypto|plain-digest|webgl|cpu|tfjs)-/;

/** `device.ts` of a learner. */
const learnerOnDevice = /^lazy-device-/;

export interface PageFiles {
  /**
   * Before the first list of a first visit in English: the page's entry and the worker, with all that they import at once. In Chinese the words come
   * before it too, and with likes in the history what ranks by them.
   */
  readonly first: readonly string[];
  /** After opting in, where training runs on WebGPU; a device without downloads less. */
  readonly afterOptIn: readonly string[];
  /** Anything else that is code. */
  readonly others: readonly string[];
  readonly styles: readonly string[];
}

/** Looks at the folder `dist` of a build. */
export function pageFiles(dist: string): PageFiles {
  const names = readdirSync(join(dist, 'assets')).sort();
  const text = (name: string) => readFileSync(join(dist, 'assets', name), 'utf8');
  const code = names.filter((name) => /\.(js|wasm)$/.test(name));
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const entries = [...html.matchAll(/<script\b[^>]*\ssrc="\/assets\/([^"]+)"/g)].map((match) => match[1] ?? '');
  const workers = entries.flatMap((name) => [...text(name).matchAll(/\bworker-[\w-]+\.js\b/g)].map(([file]) => file));
  const first = new Set<string>();
  const follow = (name: string): void => {
    if (first.has(name)) return;
    first.add(name);
    for (const [, imported] of text(name).matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([\w.-]+\.js)["']/g))
      follow(imported ?? '');
  };
  for (const name of [...entries, ...workers]) follow(name);
  // Each learner has its own code for the device, and a federation has one learner: the largest counts.
  const [, ...otherLearners] = code
    .filter((name) => learnerOnDevice.test(name))
    .sort((a, b) => compressedBytes(dist, [b]) - compressedBytes(dist, [a]));
  const afterOptIn = code.filter(
    (name) => name.startsWith('lazy-') && !seldom.test(name) && !otherLearners.includes(name),
  );
  return {
    first: [...first].sort(),
    afterOptIn,
    others: code.filter((name) => !first.has(name) && !afterOptIn.includes(name)),
    styles: names.filter((name) => name.endsWith('.css')),
  };
}

/** As `gzip -9 < FILE | wc -c` counts them, but for the file's name and date, which a pipe has not. */
export function compressedBytes(dist: string, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, 'assets', name)), { level: 9 }).length, 0);
}

function weigh(dist: string): void {
  const { first, afterOptIn, others, styles } = pageFiles(dist);
  const line = (name: string, bytes: number) => console.log(`${String(bytes).padStart(8)}  ${name}`);
  const list = (title: string, names: readonly string[], most?: number) => {
    line(most === undefined ? title : `${title} (at most ${most})`, compressedBytes(dist, names));
    for (const name of names) line(`  ${name}`, compressedBytes(dist, [name]));
  };
  list('before the first recommendation', first, mostBytesFirst);
  list('more after opting in, on WebGPU', afterOptIn, mostBytesAfterOptIn);
  list('after the first list, for everybody, or seldom', others);
  list('styles', styles);
}

if (process.argv[1]?.endsWith('page-weight.ts')) weigh(join(import.meta.dirname, '..', 'dist'));
