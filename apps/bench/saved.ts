// What a run has measured so far, on the disk: another one can go on from it.
import { existsSync, readFileSync } from 'node:fs';
import { writeWhole } from '../../server/whole-file.ts';
import type { Machine, Measurement } from './result.ts';

export interface Saved {
  readonly machine: Machine;
  readonly isQuick: boolean;
  /** Names of the cases that are done. */
  readonly done: readonly string[];
  readonly results: readonly Measurement[];
}

export function save(path: string, saved: Saved): void {
  writeWhole(path, `${JSON.stringify(saved)}\n`);
}

/**
 * What may be gone on with: of the same machine and versions, and as thorough. The browser may not have been opened yet: what is compared of it
 * is left out where either has none.
 * @returns null where there is nothing of that kind
 */
export function readSaved(path: string, machine: Machine, isQuick: boolean): Saved | null {
  if (!existsSync(path)) return null;
  const saved = parseSaved(readFileSync(path, 'utf8'));
  if (saved === null || saved.isQuick !== isQuick) return null;
  const isSame = (['processor', 'cores', 'system', 'node', 'tfjs', 'tacit'] as const).every(
    (name) => saved.machine[name] === machine[name],
  );
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
  const { machine, isQuick, done, results } = value as Record<string, unknown>;
  const isFitting =
    typeof machine === 'object' &&
    machine !== null &&
    typeof isQuick === 'boolean' &&
    Array.isArray(done) &&
    done.every((name) => typeof name === 'string') &&
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
