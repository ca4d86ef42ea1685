// Pages for the tests of hashes: copies of the built one, and a small one whose entry imports a module later; any file of them can be changed.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withIntegrity } from '../../scripts/page-integrity.ts';
import { type RunningServer, startServer } from '../../server/start.ts';
import { testCatalogue } from '../../server/testing/catalogue.ts';
import { repositoryRoot, temporaryFolder } from './harness.ts';

/** A server of the tests' own process, without participants. */
export function servePage(staticDir: string): Promise<RunningServer> {
  return startServer({
    catalogue: testCatalogue(),
    dataDir: temporaryFolder(),
    staticDir,
    simulatedParticipants: () => 0,
    logLevel: 'silent',
  });
}

export function copyOfPage(): string {
  const folder = join(temporaryFolder(), 'page');
  cpSync(join(repositoryRoot, 'dist'), folder, { recursive: true });
  return folder;
}

/** The path of the one built file whose name has this form. */
export function assetOf(folder: string, form: RegExp): string {
  const names = readdirSync(join(folder, 'assets')).filter((name) => form.test(name));
  if (names.length !== 1) throw new Error(`expected one file of the form ${form}, got ${names.join(', ') || 'none'}`);
  return join(folder, 'assets', names[0] ?? '');
}

/** The path of the script that index.html starts. */
export function entryOf(folder: string): string {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const source = /<script type="module"[^>]*src="\/([^"]+)"/.exec(html)?.[1];
  if (source === undefined) throw new Error('index.html: expected a module script');
  return join(folder, source);
}

/** One space at the end: the same program, other bytes. */
export function addOneByte(path: string): void {
  writeFileSync(path, `${readFileSync(path, 'utf8')} `);
}

export function removeHashes(folder: string): void {
  const index = join(folder, 'index.html');
  const html = readFileSync(index, 'utf8');
  const without = html.replaceAll(/ integrity="[^"]*"/g, '');
  if (without === html) throw new Error('index.html: expected hashes');
  writeFileSync(index, without);
}

/** A page that says in its title whether a module that it imports later `came` or was `refused`; with hashes as the build writes them. */
export function pageWithLaterModule(isMapped: boolean): { folder: string; later: string } {
  const folder = join(temporaryFolder(), 'page');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  const later = join(folder, 'assets', 'later.js');
  writeFileSync(later, 'export const text = "came";\n');
  writeFileSync(
    join(folder, 'assets', 'entry.js'),
    'import("./later.js").then(({ text }) => { document.title = text; }, () => { document.title = "refused"; });\n',
  );
  const html =
    '<!doctype html><head><script type="module" crossorigin src="/assets/entry.js"></script></head><body></body>';
  const modules = isMapped ? ['assets/later.js'] : [];
  writeFileSync(
    join(folder, 'index.html'),
    withIntegrity(html, (path) => readFileSync(join(folder, path)), modules),
  );
  return { folder, later };
}

/** What becomes of the later module: with and without its hash in the import map, with and without a change. */
export const laterModuleCases = [
  { isMapped: true, isChanged: false, title: 'came' },
  { isMapped: true, isChanged: true, title: 'refused' },
  { isMapped: false, isChanged: true, title: 'came' },
] as const;
