// SHA256SUMS: the list by which a build of the page is compared with another. Its form is that of `sha256sum`:
// 64 hex characters, two spaces, the path below the page's folder; one file a line, sorted by path. It names every file but itself.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const sumsFile = 'SHA256SUMS';
/** The longest list that is read from anywhere. */
export const maxSumsBytes = 256 * 1024;

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Paths of all files below a folder, with `/`, sorted by code unit. */
export function filesBelow(folder: string): string[] {
  const walk = (path: string): string[] =>
    readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      return entry.isDirectory() ? walk(below) : [below];
    });
  return walk('').sort((a, b) => (a < b ? -1 : 1));
}

/** The list of what is in a folder now. */
export function sumsOf(folder: string): string {
  return filesBelow(folder)
    .filter((path) => path !== sumsFile)
    .map((path) => `${sha256Of(readFileSync(join(folder, path)))}  ${path}\n`)
    .join('');
}

/**
 * Path to SHA-256 in hex.
 * @throws {RangeError} when a line has another form, a path could lead out of the folder, or a path comes twice
 */
export function parseSums(text: string): Map<string, string> {
  if (text.length > maxSumsBytes) throw new RangeError(`${sumsFile}: expected at most ${maxSumsBytes} characters`);
  const sums = new Map<string, string>();
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new RangeError(`${sumsFile}: expected a line break at the end`);
  for (const [index, line] of lines.entries()) {
    const match = /^([0-9a-f]{64}) {2}([\w@.-]+(?:\/[\w@.-]+)*)$/.exec(line);
    const path = match?.[2] ?? '';
    if (match === null || path.split('/').some((part) => part === '.' || part === '..') || sums.has(path)) {
      throw new RangeError(
        `${sumsFile} line ${index + 1}: expected 64 hex characters, two spaces and a path that comes once`,
      );
    }
    sums.set(path, match[1] ?? '');
  }
  return sums;
}
