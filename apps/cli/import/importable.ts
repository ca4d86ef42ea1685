// Whether `tacit import` reads a source without further flags, and as what: for commands that tell somebody how to import it.
import { UsageError } from '../usage-error.ts';
import { type Format, planImport, type TablePlan } from './formats.ts';
import { openSource, type Source, SourceError } from './source.ts';
import { interactionTable, readTable } from './tables.ts';

const tried = ['movielens', 'csv'] as const satisfies readonly Format[];

/** @returns the first format under which it can be imported; null: none, without --map or another file. */
export async function formatOfImport(path: string): Promise<Format | null> {
  try {
    const source = await openSource(path);
    for (const format of tried) if (await isReadAs(format, source)) return format;
    return null;
  } catch (error) {
    if (error instanceof SourceError) return null;
    throw error;
  }
}

async function isReadAs(format: Format, source: Source): Promise<boolean> {
  try {
    const { interactions } = planImport(format, source, null, null);
    return interactions !== null && (await hasColumns(interactions));
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

/** Ends the reading of a table whose columns are known. */
class Enough extends Error {}

/** @throws UsageError where a column is missing. @returns whether there is any row. */
async function hasColumns({ file, form }: TablePlan): Promise<boolean> {
  try {
    await readTable(file, form, interactionTable, new Map(), {
      row: () => {
        throw new Enough();
      },
      reject: () => {},
      progress: () => {},
    });
    return false;
  } catch (error) {
    if (error instanceof Enough) return true;
    throw error;
  }
}
