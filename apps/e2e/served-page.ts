// Builds a page of ours out of a folder and serves it to this computer: for what needs code of ours in a browser.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { build } from 'vite';
import { temporaryFolder } from './harness.ts';

export interface ServedPage {
  /** Ends with a slash. */
  readonly url: string;
  close(): Promise<void>;
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** @param root the folder of index.html. @param headers of every answer. */
export async function servePage(
  root: string,
  { minify = false, headers = {} }: { minify?: boolean; headers?: Readonly<Record<string, string>> } = {},
): Promise<ServedPage> {
  const folder = temporaryFolder();
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    worker: { format: 'es' },
    build: {
      target: 'es2022',
      outDir: folder,
      emptyOutDir: true,
      minify,
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 4000,
    },
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    readFile(join(folder, path === '/' ? 'index.html' : path)).then(
      (body) =>
        response.writeHead(200, { 'content-type': contentTypes[extname(path)] ?? 'text/html', ...headers }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
