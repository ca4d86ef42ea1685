// What server/whole-file.ts does, for the scripts that run before anything is built: whole or not at all, as others may be reading the file.
import { renameSync, writeFileSync } from 'node:fs';

export function writeWhole(path, contents) {
  const beside = `${path}.${process.pid}.new`;
  writeFileSync(beside, contents);
  renameSync(beside, path);
}
