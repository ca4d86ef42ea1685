// Builds and serves the lab page (apps/e2e/lab) for the tests that need code of ours in a browser, and calls into it.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { openPage, repositoryRoot, temporaryFolder, type WatchedPage } from './harness.ts';
import type { LabCall } from './lab/calls.ts';

export interface Lab extends WatchedPage {
  call<T>(call: LabCall): Promise<T>;
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Opens the lab in the browser. Its `close` also ends its web server. */
export async function openLab(browser: Browser): Promise<Lab> {
  const folder = temporaryFolder();
  await build({
    configFile: false,
    root: join(repositoryRoot, 'apps', 'e2e', 'lab'),
    logLevel: 'error',
    worker: { format: 'es' },
    build: { target: 'es2022', outDir: folder, emptyOutDir: true, minify: false, assetsInlineLimit: 0 },
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    readFile(join(folder, path === '/' ? 'index.html' : path)).then(
      (body) => response.writeHead(200, { 'content-type': contentTypes[extname(path)] ?? 'text/html' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const opened = await openPage(browser);
  await opened.page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await opened.page.waitForFunction(() => 'callLab' in globalThis);
  return {
    ...opened,
    call: <T>(call: LabCall) =>
      opened.page.evaluate(
        (argument) => (globalThis as unknown as { callLab(call: unknown): Promise<unknown> }).callLab(argument),
        call as unknown as Record<string, unknown>,
      ) as Promise<T>,
    async close() {
      await opened.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
