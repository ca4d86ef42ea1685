// Opens a headless Chromium on the doctor's page and lets it examine itself. Both the browser's driver and the builder of the page are development
// packages: where they are missing, that is said and nothing else fails.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { projectFolder } from '../project-folder.ts';
import type { Examination, Size } from './page/examination.ts';

export interface BrowserReport extends Examination {
  /** Name and version. */
  readonly browser: string;
  /** With which flags beside those of every headless browser. */
  readonly flags: readonly string[];
}

/** The examination did not come about; the message says why. */
export class BrowserUnusable extends Error {
  override readonly name = 'BrowserUnusable';
}

const examinationTimeoutMs = 120_000;
const contentTypes: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/**
 * Examines the browser as its users have it; where it has no adapter then, once more with WebGPU switched on by hand, which some systems need.
 * @returns one or two reports. @throws BrowserUnusable
 */
export async function examineBrowser(executablePath: string, sizes: readonly Size[]): Promise<BrowserReport[]> {
  const page = await servedPage();
  try {
    const plain = await examineWith([], executablePath, page.url, sizes);
    if (plain.adapter.found) return [plain];
    return [plain, await examineWith(['--enable-unsafe-webgpu'], executablePath, page.url, [])];
  } catch (error) {
    if (error instanceof BrowserUnusable) throw error;
    throw new BrowserUnusable(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  } finally {
    page.close();
  }
}

async function examineWith(
  flags: readonly string[],
  executablePath: string,
  url: string,
  sizes: readonly Size[],
): Promise<BrowserReport> {
  const { chromium } = await developmentPackage(() => import('playwright-core'), 'playwright-core');
  // Root has no sandbox to go into.
  const own = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, args: [...own, ...flags] });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(examinationTimeoutMs);
    await page.goto(url);
    await page.waitForFunction(() => 'examine' in globalThis);
    const examination = (await page.evaluate(
      (argument) => (globalThis as unknown as { examine(sizes: unknown): Promise<unknown> }).examine(argument),
      [...sizes],
    )) as Examination;
    return { browser: `Chromium ${browser.version()}`, flags, ...examination };
  } finally {
    await browser.close();
  }
}

/** Builds the page and serves it to this computer: WebGPU is there for secure addresses, which a loopback address is. */
async function servedPage(): Promise<{ url: string; close(): void }> {
  const root = join(projectFolder(), 'apps', 'cli', 'doctor', 'page');
  if (!existsSync(root)) throw new BrowserUnusable('the sources of its page are not here');
  const { build } = await developmentPackage(() => import('vite'), 'vite');
  const folder = mkdtempSync(join(tmpdir(), 'tacit-doctor-'));
  await build({
    configFile: false,
    root,
    logLevel: 'silent',
    worker: { format: 'es' },
    build: { target: 'es2022', outDir: folder, emptyOutDir: true, assetsInlineLimit: 0 },
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    readFile(join(folder, path === '/' ? 'index.html' : path)).then(
      (body) => response.writeHead(200, { 'content-type': contentTypes[extname(path)] ?? 'text/html' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function developmentPackage<T>(load: () => Promise<T>, name: string): Promise<T> {
  return load().catch(() => {
    throw new BrowserUnusable(`the package ${name} is not installed here: npm ci --include=dev`);
  });
}
