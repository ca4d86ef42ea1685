// Which catalogue `npm start` runs with: the bundled films, one that was imported into the data directory, or a JSON file.
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseCatalogue } from '#shared/catalogue/parse.ts';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { UsageError } from './config.ts';

/** A catalogue of 100,000 items is some 30 MB of JSON. */
const catalogueLimitBytes = 256 * 1_048_576;

export const catalogueNamePattern = /^[a-z0-9-]{1,64}$/;

/** The folder of an imported catalogue: `catalogue.json`, `interactions.db`, `report.json`. */
export const importedFolder = (dataDir: string, name: string) => join(dataDir, 'catalogues', name);

/** Where the folder of an imported catalogue stands for the moment in which an import takes its place. */
export const replacedFolder = (dataDir: string, name: string) => join(dataDir, 'catalogues', `.${name}.replaced`);

/** Puts a catalogue back that an import was about to replace when it was killed. */
export function recoverImported(dataDir: string, name: string): void {
  const target = importedFolder(dataDir, name);
  const replaced = replacedFolder(dataDir, name);
  if (!existsSync(target) && existsSync(replaced)) renameSync(replaced, target);
}

export interface ChosenCatalogue {
  readonly catalogue: Catalogue;
  /** The database of the real people's interactions, of an imported catalogue that has one. */
  readonly interactionsPath: string | null;
}

/** Names under which catalogues were imported into `dataDir`. */
function importedNames(dataDir: string): string[] {
  const folder = join(dataDir, 'catalogues');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(join(importedFolder(dataDir, name), 'catalogue.json')));
}

/** A catalogue file that is there and cannot be used. The message names the file, and the row and field at fault. */
export class CatalogueFileError extends Error {
  override readonly name = 'CatalogueFileError';
}

/** @throws {CatalogueFileError} */
function readCatalogue(path: string): Catalogue {
  const { size } = statSync(path);
  if (size > catalogueLimitBytes) {
    throw new CatalogueFileError(
      `catalogue ${path}: expected at most ${catalogueLimitBytes} bytes, but it has ${size}`,
    );
  }
  try {
    return parseCatalogue(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new CatalogueFileError(`catalogue ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Finds and reads a catalogue. `films` always means the bundled one.
 * @param choice `films`, a name given at import, or the path of a catalogue JSON file
 * @throws {UsageError} when there is no such catalogue, {CatalogueFileError} when it is there and not valid
 */
export async function chooseCatalogue(choice: string, dataDir: string): Promise<ChosenCatalogue> {
  if (choice === 'films') {
    const { films } = await import('#shared/catalogue/films/index.ts');
    return { catalogue: films, interactionsPath: null };
  }
  if (catalogueNamePattern.test(choice)) recoverImported(dataDir, choice);
  const imported = join(importedFolder(dataDir, choice), 'catalogue.json');
  if (catalogueNamePattern.test(choice) && existsSync(imported)) {
    const interactions = join(importedFolder(dataDir, choice), 'interactions.db');
    return {
      catalogue: readCatalogue(imported),
      interactionsPath: existsSync(interactions) ? interactions : null,
    };
  }
  if (existsSync(choice) && statSync(choice).isFile()) {
    return { catalogue: readCatalogue(resolve(choice)), interactionsPath: null };
  }
  const names = ['films', ...importedNames(dataDir)].join(', ');
  throw new UsageError(
    `--catalogue: expected films, an imported name or a file, but there is no "${choice}". Here: ${names}. ` +
      `To import one: npm run -s tacit -- import --help`,
  );
}
