// Where tests find real data sets, which are not part of the project: the folder in TACIT_TEST_DATA, or `../shared/data` beside the checkout.
// A test that needs one is registered only when it is there.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The path of a data set such as `ml-100k`, or null where it is not there. */
export function testData(name: string): string | null {
  const folder = process.env.TACIT_TEST_DATA ?? resolve(import.meta.dirname, '../../../shared/data');
  const path = join(folder, name);
  return existsSync(path) ? path : null;
}
