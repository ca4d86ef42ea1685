// What a run has measured so far, on the disk: another one can go on from it.
import { existsSync, readFileSync } from 'node:fs';
import { writeWhole } from '../../server/whole-file.ts';
import type { Machine, Measurement } from './result.ts';

export interface Saved {
  readonly machine: Machine;
  /** Hash of the bench's code and of what it runs, see code-version.ts. */
  readonly code: string;
  readonly browserFlags: readonly string[];
  readonly isQuick: boolean;
  /** Names of the cases that are done. */
  readonly done: readonly string[];
  readonly results: readonly Measurement[];
}

export function save(path: string, saved: Saved): void {
  writeWhole(path, `${JSON.stringify(saved)}\n`);
}

/**
 * What may be gone on with: of the same machine, browser, versions and code, and as thorough.
 * @param machineNow is asked with whether a browser took part before; one that did not is not opened for the comparison
 * @returns null where there is nothing of that kind
 */
export async function readSaved(
  path: string,
  wanted: Pick<Saved, 'code' | 'browserFlags' | 'isQuick'>,
  machineNow: (withBrowser: boolean) => Promise<Machine>,
): Promise<Saved | null> {
  if (!existsSync(path)) return null;
  const saved = parseSaved(readFileSync(path, 'utf8'));
  if (saved === null || saved.code !== wanted.code || saved.isQuick !== wanted.isQuick) return null;
  const hadBrowser = saved.machine.chromium !== null;
  if (hadBrowser && saved.browserFlags.join(' ') !== wanted.browserFlags.join(' ')) return null;
  const machine = await machineNow(hadBrowser);
  const isSame = (Object.keys(machine) as (keyof Machine)[]).every((name) => saved.machine[name] === machine[name]);
  return isSame ? saved : null;
}

/** null for what is no file of ours. */
export function parseSaved(text: string): Saved | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { machine, code, browserFlags, isQuick, done, results } = value as Record<string, unknown>;
  const isFitting =
    typeof machine === 'object' &&
    machine !== null &&
    typeof code === 'string' &&
    typeof isQuick === 'boolean' &&
    [browserFlags, done].every((list) => Array.isArray(list) && list.every((each) => typeof each === 'string')) &&
    Array.isArray(results) &&
    results.every(isMeasurement);
  // Checked above, field by field, but for the machine's, of which each is compared with this machine's.
  return isFitting ? (value as Saved) : null;
}

function isMeasurement(value: unknown): value is Measurement {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return (
    ['case', 'place', 'code', 'size', 'measure', 'unit'].every((name) => typeof fields[name] === 'string') &&
    ['value', 'low', 'high', 'runs'].every((name) => typeof fields[name] === 'number')
  );
}
