// Checkpoints on disk: what a stretch of a scenario came to, written whole or not at all. A file says which run it belongs to and carries the hash
// of what is in it; one of another run, another version or a damaged one is refused and never half read.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeWhole } from '../../server/whole-file.ts';
import type { ScenarioState } from './scenario.ts';

const format = 1;

/** A checkpoint that is there and cannot be gone on from; the message says what to do. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

export function checkpointPath(folder: string, scenario: number): string {
  return join(folder, 'checkpoints', `scenario-${scenario}.json`);
}

/** As `writeWhole`: a reader sees the file before or the whole new one. @param run hash of all that the run depends on. */
export function writeCheckpoint(path: string, run: string, state: ScenarioState): void {
  const text = JSON.stringify(state);
  const whole = JSON.stringify({ format, simulated: true, run, sha256: hashOf(text), state: text });
  mkdirSync(dirname(path), { recursive: true });
  writeWhole(path, whole);
}

/** null when there is none. Throws CheckpointError. */
export function readCheckpoint(path: string, run: string): ScenarioState | null {
  if (!existsSync(path)) return null;
  const { format: written, run: writtenRun, sha256: hash, state } = parsed(path);
  if (written !== format) throw refused(path, `expected format ${format}, got ${String(written)}`);
  if (writtenRun !== run) {
    throw refused(path, 'it belongs to a run with other options, other people or another version of Tacit');
  }
  if (typeof state !== 'string' || hashOf(state) !== hash) throw refused(path, 'its content does not have its hash');
  // Written by this very version, by the hash of the run: nobody else's.
  return JSON.parse(state) as ScenarioState;
}

function parsed(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw refused(path, 'it is no JSON object');
}

function refused(path: string, why: string): CheckpointError {
  return new CheckpointError(
    `${path} cannot be gone on from: ${why}. Give the options that it was made with, or remove its folder to begin anew.`,
  );
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
