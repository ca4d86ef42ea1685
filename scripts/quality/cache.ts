// Results on the disk, a file each: what was measured once is not measured again. That a run was refused is no result: it may have been for want of
// memory on that day, and is tried again. A file's name is the hash of everything that the numbers depend
// on, so a result of other options, data, code or Node is simply another file; nothing has to be thrown away by hand.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../server/whole-file.ts';
import { type Measured, parseMeasured } from './measured.ts';

export interface CacheKey {
  /** Of `tacit evaluate`, without the data set. */
  readonly arguments: readonly string[];
  /** Hash of what the data set says. */
  readonly data: string;
  /** Hash of the evaluation's code. */
  readonly code: string;
  /** Of Node: another engine may round a logarithm otherwise. */
  readonly node: string;
}

/** Of the file; a change of what `Measured` has makes all older ones useless. */
const format = 2;

export class Cache {
  readonly #folder: string;
  readonly #note: (text: string) => void;

  constructor(folder: string, note: (text: string) => void) {
    this.#folder = folder;
    this.#note = note;
  }

  /** null when it is not there, or is damaged: then it says so, and it is to be measured again. */
  read(key: CacheKey): Measured | null {
    const path = this.pathOf(key);
    if (!existsSync(path)) return null;
    try {
      const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
      if (typeof value !== 'object' || value === null || !('measured' in value)) {
        throw new RangeError('expected a result, got none');
      }
      return parseMeasured(value.measured);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#note(`${path} is damaged (${why}): it is measured again`);
      return null;
    }
  }

  /** Whole or not at all, whenever the process ends. */
  write(key: CacheKey, measured: Measured): void {
    mkdirSync(this.#folder, { recursive: true });
    writeWhole(this.pathOf(key), JSON.stringify({ key, measured }));
  }

  pathOf(key: CacheKey): string {
    const text = JSON.stringify([format, key.arguments, key.data, key.code, key.node]);
    return join(this.#folder, `${createHash('sha256').update(text).digest('hex').slice(0, 32)}.json`);
  }
}
