// What `tacit doctor` looks at on this machine, one function a thing. None of them changes anything that stays, and none says who uses the machine.
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { findBrowser, findFirefox } from '../../../scripts/browser.mjs';
import { installedAgreesWithLock, nodeIsSupported } from '../../../scripts/setup.mjs';
import { readCore } from '../../../server/core-file.ts';
import { openProcessorTrainer } from '../../engine/trainer/wasm.ts';
import { CatalogueFileError, chooseCatalogue } from '../catalogue.ts';
import type { Settings } from '../config.ts';

/** ok; note: works, and something is worth knowing; failed: has to be mended before the service works. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'note' | 'failed';
  /** One sentence. */
  readonly said: string;
}

export function checkNode(version = process.version): Check {
  const name = 'node';
  if (nodeIsSupported(version))
    return { name, state: 'ok', said: `${version} on ${process.platform}-${process.arch}.` };
  const said = `${version} is not supported: install Node 20.19 or a newer 20, or 22.12 or newer.`;
  return { name, state: 'failed', said };
}

export function checkPackages(project: string): Check {
  const name = 'packages';
  if (!existsSync(join(project, 'package-lock.json'))) {
    return {
      name,
      state: 'note',
      said: 'No lock file is here, so there is nothing to compare with: a deployed build?',
    };
  }
  if (installedAgreesWithLock(project))
    return { name, state: 'ok', said: 'node_modules holds what the lock file says.' };
  return { name, state: 'failed', said: 'node_modules is not what the lock file says: run npm ci.' };
}

export function checkPage(project: string): Check {
  const name = 'page';
  if (existsSync(join(project, 'dist', 'index.html'))) return { name, state: 'ok', said: 'Built.' };
  return { name, state: 'failed', said: 'Not built: run npm run build, or npm start, which builds what is missing.' };
}

/** The WASM core: there, compiled with SIMD, and right in its self-test. */
export function checkCore(): Check {
  const name = 'core';
  let why = '';
  const core = readCore((reason) => {
    why = reason;
  });
  if (core === null)
    return { name, state: 'failed', said: `${why}: run npm run build. Plain JavaScript serves meanwhile.` };
  const [reason] = openProcessorTrainer(core).reasons;
  if (reason?.code === 'passed') {
    const error = reason.relativeError.toExponential(0);
    return { name, state: 'ok', said: `WebAssembly with SIMD; its self-test came out right, to ${error}.` };
  }
  const detail = reason?.code === 'unusable' ? reason.detail : 'unknown';
  return { name, state: 'failed', said: `Its self-test came out wrong (${detail}): please report this.` };
}

export function checkDataDirectory(dataDir: string): Check {
  const name = 'data';
  const path = resolve(dataDir);
  let existing = path;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
    // What the file system really does, whatever the rights say: a disk may be full or read-only.
    rmdirSync(mkdtempSync(join(existing, '.tacit-doctor-')));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const said = `${dataDir} is not writable (${code}): change its rights, or choose another with --data-dir.`;
    return { name, state: 'failed', said };
  }
  const running = runningServer(path);
  if (running !== null)
    return { name, state: 'note', said: `${dataDir} is in use: a server says that it is at ${running}.` };
  const said = existing === path ? `${dataDir} is there and writable.` : `${dataDir} can be created.`;
  return { name, state: 'ok', said };
}

/** The address that a server left in the directory; null where there is none. */
function runningServer(path: string): string | null {
  try {
    const { url } = JSON.parse(readFileSync(join(path, 'server.json'), 'utf8')) as { url?: unknown };
    return typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : null;
  } catch {
    return null;
  }
}

export async function checkPort({ host, port, portIsExplicit }: Settings): Promise<Check> {
  const name = 'port';
  const code = await new Promise<string | null>((answer) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => answer(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => answer(null)));
  });
  if (code === null) return { name, state: 'ok', said: port === 0 ? 'Any free one.' : `${port} on ${host} is free.` };
  const taken = code === 'EADDRINUSE';
  if (taken && !portIsExplicit) {
    return { name, state: 'note', said: `${port} on ${host} is taken; npm start takes the next free one.` };
  }
  const why = taken ? 'is taken: by a server that runs already?' : `is refused (${code}).`;
  return { name, state: 'failed', said: `${port} on ${host} ${why} Choose another with --port.` };
}

/** The catalogue, and how many items it has; null where it is not to be read. */
export async function checkCatalogue({
  catalogue,
  dataDir,
}: Settings): Promise<{ check: Check; items: number | null }> {
  const name = 'catalogue';
  try {
    const { items } = (await chooseCatalogue(catalogue, resolve(dataDir))).catalogue;
    const count = new Intl.NumberFormat('en').format(items.length);
    return { check: { name, state: 'ok', said: `${catalogue}, ${count} items.` }, items: items.length };
  } catch (error) {
    if (!(error instanceof CatalogueFileError)) throw error;
    return { check: { name, state: 'failed', said: error.message }, items: null };
  }
}

export interface FoundBrowsers {
  readonly check: Check;
  /** Of a Chromium, Chrome or Edge; null where there is none. */
  readonly chromiumPath: string | null;
}

/** Browsers for the tests and for the rest of this examination. A path says who uses the machine, so it is not said. */
export function checkBrowsers(environment: NodeJS.ProcessEnv): FoundBrowsers {
  const name = 'browsers';
  try {
    const chromiumPath = findBrowser(environment);
    const found = [chromiumPath !== null && 'a Chromium', findFirefox(environment) !== null && 'a Firefox'].filter(
      (browser) => browser !== false,
    );
    if (found.length === 2) return { check: { name, state: 'ok', said: `${found.join(' and ')}.` }, chromiumPath };
    const has = found.length === 0 ? 'None was found' : `Only ${found[0]} was found`;
    const said = `${has}: npm test skips what needs another. TACIT_BROWSER and TACIT_FIREFOX name one; TACIT_INSTALL=1 npm test installs it.`;
    return { check: { name, state: 'note', said }, chromiumPath };
  } catch (error) {
    return { check: { name, state: 'note', said: (error as Error).message }, chromiumPath: null };
  }
}
