// Writing a file whole or not at all, wherever the process ends: a reader finds what was there before, or all of the new.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * By a neighbour that takes the file's place when its contents are durable. That it took it is not: after a power cut the file before may be there.
 * @param mode of the file. @throws the file system's errors
 */
export function writeWhole(path: string, contents: string | Uint8Array, mode = 0o666): void {
  const beside = `${path}.${process.pid}.new`;
  // One that an ended process of the same number left would keep its mode.
  rmSync(beside, { force: true });
  try {
    const file = openSync(beside, 'wx', mode);
    try {
      writeFileSync(file, contents);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
