// `tacit verify`: whether a running server hands out the page that this checkout builds, byte for byte. SECURITY.md says what that shows.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArguments } from './arguments.ts';
import { UsageError } from './config.ts';
import { maxSumsBytes, parseSums, sha256Of, sumsFile, sumsOf } from './page-sums.ts';
import { projectFolder } from './project-folder.ts';

const usage = `Compares the page that a server hands out with the page that this checkout builds, file by file.

Usage: npm run -s tacit -- verify URL

  URL          Where the server is: https://films.example or http://127.0.0.1:8080.
  --page DIR   The built page to compare with. Default: dist of this checkout, which is built first where needed.
  --json       The result as one line of JSON.
  --help       Print this text.

Check out the version that the server runs (GET /v1/status names it); another version has another page.
Exit codes: 0 the same, 1 another page or no answer, 2 a flag or a value was not understood.
`;

const flagTable = { '--page': 'a folder', '--json': null, '--help': null, '-h': null } as const;

/** Addresses that answer with index.html. */
const pageAddresses = ['/', '/item/1', '/part', '/data', '/privacy'];
const answerTimeoutMs = 30_000;

export interface Difference {
  /** The file in the build, or the address where it should have come from. */
  readonly path: string;
  /** changed: other bytes; missing: no 200 with a body; unlisted: only the server's own list names it. */
  readonly kind: 'changed' | 'missing' | 'unlisted';
  readonly detail: string;
}

export interface Verification {
  readonly url: string;
  /** SHA-256 of this build's SHA256SUMS: one number for the whole page. */
  readonly page: string;
  readonly compared: number;
  readonly differences: readonly Difference[];
}

/** What ends with exit code 1 and a sentence. */
class VerifyError extends Error {}

/** @returns the exit code: 0 the same page, 1 another one or no answer, 2 for what was not understood */
export async function run(argv: string[]): Promise<number> {
  try {
    const { words, flags } = parseArguments(argv, flagTable, 1);
    if (flags.has('--help') || flags.has('-h')) {
      process.stdout.write(usage);
      return 0;
    }
    const result = await verify(originOf(words[0]), flags.get('--page') ?? join(projectFolder(), 'dist'));
    process.stdout.write(flags.has('--json') ? `${JSON.stringify(result)}\n` : inWords(result));
    return result.differences.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof VerifyError)) throw error;
    process.stderr.write(`tacit verify: ${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Fetches every file of the page in `folder` from `url` and compares. */
async function verify(url: string, folder: string): Promise<Verification> {
  const list = ownList(folder);
  const differences: Difference[] = [];
  const theirs = await answer(url, `/${sumsFile}`, maxSumsBytes);
  const sums = parseSums(list);
  if (typeof theirs === 'string') {
    differences.push({ path: sumsFile, kind: 'missing', detail: theirs });
  } else {
    differences.push(...compared(sumsFile, theirs, sha256Of(Buffer.from(list))));
    differences.push(...unlisted(theirs, sums));
  }
  const addresses = [
    ...[...sums.keys()].map((path) => ({ address: `/${path}`, path })),
    ...pageAddresses.map((address) => ({ address, path: 'index.html' })),
  ];
  for (const { address, path } of addresses) {
    const name = address === `/${path}` ? path : address;
    // One byte more than expected is enough to know that it is another file.
    const bytes = await answer(url, address, readFileSync(join(folder, path)).length + 1);
    if (typeof bytes === 'string') differences.push({ path: name, kind: 'missing', detail: bytes });
    else differences.push(...compared(name, bytes, sums.get(path) ?? ''));
  }
  return { url, page: sha256Of(Buffer.from(list)), compared: addresses.length + 1, differences };
}

/** The list of the build, after a look whether the build still is what its list says. */
function ownList(folder: string): string {
  if (!existsSync(join(folder, sumsFile))) {
    throw new VerifyError(`expected a built page with its ${sumsFile} in ${folder}, found none. Run npm run build.`);
  }
  const list = readFileSync(join(folder, sumsFile), 'utf8');
  if (list !== sumsOf(folder)) {
    throw new VerifyError(`the files in ${folder} are not those that its ${sumsFile} names. Run npm run build.`);
  }
  return list;
}

function compared(path: string, bytes: Uint8Array, expected: string): Difference[] {
  const sum = sha256Of(bytes);
  return sum === expected ? [] : [{ path, kind: 'changed', detail: `expected SHA-256 ${expected}, got ${sum}` }];
}

/** What the server's list names and this build does not have. */
function unlisted(theirList: Uint8Array, ours: ReadonlyMap<string, string>): Difference[] {
  try {
    return [...parseSums(Buffer.from(theirList).toString()).keys()]
      .filter((path) => !ours.has(path))
      .map((path) => ({ path, kind: 'unlisted', detail: "named by the server's list, not in this build" }));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ path: sumsFile, kind: 'changed', detail: error.message }];
  }
}

/**
 * At most `mostBytes` of what an address answers, or in words why it is not a file.
 * @throws {VerifyError} when nobody answers
 */
async function answer(url: string, address: string, mostBytes: number): Promise<Uint8Array | string> {
  const signal = AbortSignal.timeout(answerTimeoutMs);
  const options = { signal, redirect: 'manual', headers: { 'cache-control': 'no-cache' } } as const;
  const response = await fetch(url + address, options).catch((error: unknown) => {
    throw new VerifyError(`could not reach ${url}${address} (${reasonOf(error)}). Is the server up?`);
  });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    return `expected status 200 with a body, got ${response.status}`;
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of response.body) {
      parts.push(part);
      length += part.length;
      if (length >= mostBytes) break;
    }
  } catch (error) {
    return `the answer broke off (${reasonOf(error)})`;
  }
  return Buffer.concat(parts).subarray(0, mostBytes);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function originOf(text: string | undefined): string {
  if (text === undefined) throw new UsageError('expected the URL of a server. Try --help.');
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new UsageError(`expected an address like https://films.example, got ${JSON.stringify(text)}`);
  }
  return url.origin;
}

function inWords({ url, page, compared, differences }: Verification): string {
  const lines = differences.map(({ path, kind, detail }) => `${kind.padEnd(8)}  ${path}: ${detail}`);
  lines.push(
    differences.length === 0
      ? `${url} hands out this build: ${compared} addresses, byte for byte`
      : `${url} hands out another page: ${differences.length} of ${compared} addresses differ`,
    `this build: SHA-256 of its ${sumsFile} ${page}`,
    '',
  );
  return lines.join('\n');
}
