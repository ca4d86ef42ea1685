// What an end-to-end test needs: a real Chromium with WebGPU, the real built server with its fleet in a data directory of its own,
// a page that remembers every error and every request, and one close() that ends all of it.
// Nothing here sleeps: tests wait for selectors, states and events.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { LearnerName } from '#shared/model/model.ts';
import { findBrowser } from '../../scripts/browser.mjs';

export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Flags that every browser of ours is started with. The resolver rule makes a request to any other origin fail loudly. */
const browserFlags = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The load of the machine that runs the tests must not pause the rounds.
  '--disable-blink-features=ComputePressure',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

/** The browser to test with; when there is none, tests are skipped with the one-line fix, and with CI=true they fail. */
export const browserPath = findBrowser();
export const noBrowser = browserPath === null && process.env.CI !== 'true';

export interface LaunchOptions {
  /** software: the same graphics processor on every machine. system: the machine's own, where the browser finds one. Default software. */
  readonly adapter?: 'software' | 'system';
  readonly flags?: readonly string[];
}

export async function launchBrowser({ adapter = 'software', flags = [] }: LaunchOptions = {}): Promise<Browser> {
  if (browserPath === null) throw new Error('expected a Chromium, found none; set TACIT_BROWSER=/path/to/chromium');
  const args = [...browserFlags, ...(adapter === 'software' ? ['--use-webgpu-adapter=swiftshader'] : []), ...flags];
  return chromium.launch({ executablePath: browserPath, args, timeout: 60_000 });
}

/** A page that remembers what went wrong on it, and all that was asked of any server. */
export interface WatchedPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Console errors and uncaught page errors, in words, workers included. */
  readonly errors: string[];
  /** Every URL requested, sockets included, in order. */
  readonly requests: string[];
  /** The requests that left `origin`. */
  foreignRequests(origin: string): string[];
  close(): Promise<void>;
}

/** Opens a blank page in a fresh context: no history, no storage. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 }, ...options });
  return watch(context, await context.newPage());
}

/** Watches one more page of a context: a second tab on the same storage. */
export async function openTab(context: BrowserContext): Promise<WatchedPage> {
  return watch(context, await context.newPage());
}

function watch(context: BrowserContext, page: Page): WatchedPage {
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => errors.push(`page: ${error.stack ?? error.message}`));
  page.on('crash', () => errors.push('page: crashed'));
  page.on('websocket', (socket) => requests.push(socket.url()));
  // Of the context, so that a worker's requests are seen too.
  context.on('request', (request) => requests.push(request.url()));
  return {
    context,
    page,
    errors,
    requests,
    foreignRequests(origin) {
      const host = new URL(origin).host;
      return requests.filter((url) => /^(https?|wss?):/.test(url) && new URL(url).host !== host);
    },
    close: () => context.close(),
  };
}

export interface ServerProcess {
  /** Origin without a trailing slash. */
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  /** Standard output and error so far, for a failing test's message. */
  log(): string;
  status(): Promise<ServiceStatus>;
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the milliseconds that it took to end. */
  stop(): Promise<number>;
}

/** The fields of GET /v1/status that the tests read. */
export interface ServiceStatus {
  readonly model: { readonly version: number; readonly hash: string; readonly items: number };
  readonly round: {
    readonly id: string;
    readonly state: string;
    readonly joined: number;
    readonly needed: number;
  } | null;
  readonly rounds: { readonly completed: number; readonly failed: number };
  readonly policy: Record<string, unknown>;
  readonly simulatedParticipants: number;
}

export interface ServerOptions {
  /** A new folder by default. */
  readonly dataDir?: string;
  /** A free one by default. */
  readonly port?: number;
  /** Simulated participants present at a time. */
  readonly fleet?: number;
  readonly catalogue?: string;
  /** The standard one by default. */
  readonly learner?: LearnerName;
  readonly extra?: readonly string[];
}

const startDeadlineMs = 90_000;

/** Starts the built server (dist-server/start.js) with its fleet; resolves when it has printed its page's address. */
export async function startServerProcess(options: ServerOptions = {}): Promise<ServerProcess> {
  const entry = join(repositoryRoot, 'dist-server', 'start.js');
  if (!existsSync(entry)) throw new Error(`expected the built server at ${entry}; run npm run build first`);
  const dataDir = options.dataDir ?? temporaryFolder();
  const port = options.port ?? (await freePort());
  const child = spawn(
    process.execPath,
    [
      entry,
      '--port',
      String(port),
      '--data-dir',
      dataDir,
      '--fleet',
      String(options.fleet ?? 36),
      ...(options.catalogue === undefined ? [] : ['--catalogue', options.catalogue]),
      ...(options.learner === undefined ? [] : ['--learner', options.learner]),
      ...(options.extra ?? []),
    ],
    { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'pipe'], env: serverEnvironment() },
  );
  running.add(child);
  let log = '';
  const exited = new Promise<void>((done) => child.once('close', () => done()));
  void exited.then(() => running.delete(child));
  const url = await new Promise<string>((found, failed) => {
    const timer = setTimeout(
      () => failed(new Error(`the server said no address in ${startDeadlineMs} ms:\n${log}`)),
      startDeadlineMs,
    );
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        log += `${line}\n`;
        const address = /^page: (\S+)/.exec(line)?.[1];
        if (address === undefined) return;
        clearTimeout(timer);
        found(new URL(address).origin);
      });
    }
    void exited.then(() => {
      clearTimeout(timer);
      failed(new Error(`the server ended before it was ready:\n${log}`));
    });
  });
  return {
    url,
    dataDir,
    pid: child.pid ?? 0,
    log: () => log,
    async status() {
      const response = await fetch(`${url}/v1/status`);
      if (!response.ok) throw new Error(`GET /v1/status: expected 200, got ${response.status}`);
      return (await response.json()) as ServiceStatus;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      const before = performance.now();
      child.kill('SIGTERM');
      await exited;
      return performance.now() - before;
    },
  };
}

/** Without the settings of whoever runs the tests. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TACIT_')));
}

/** Runs `tacit` (dist-server/tacit.js) to its end. */
export async function runTacit(
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(repositoryRoot, 'dist-server', 'tacit.js'), ...args], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: serverEnvironment(),
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const code = await new Promise<number | null>((done) => child.once('close', (value) => done(value)));
  running.delete(child);
  return { code, stdout, stderr };
}

const running = new Set<ChildProcess>();
const folders = new Set<string>();

/** A folder that is removed by `cleanUp`. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tacit-e2e-'));
  folders.add(folder);
  return folder;
}

/** Ends every server that is still running and removes the folders; for afterAll. */
export async function cleanUp(): Promise<void> {
  await Promise.all(
    [...running].map(
      (child) =>
        new Promise<void>((done) => {
          child.once('close', () => done());
          if (!child.kill('SIGKILL')) done();
        }),
    ),
  );
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

export async function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === 'object' ? found(address.port) : failed(new Error('no port')),
      );
    });
  });
}

/** Reads `read` again after each of the service's answers until `accept` says yes; the deadline is the test's own. */
export async function waitForStatus(
  server: Pick<ServerProcess, 'status' | 'log'>,
  accept: (status: ServiceStatus) => boolean,
  deadlineMs = 90_000,
): Promise<ServiceStatus> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const status = await server.status();
    if (accept(status)) return status;
    if (performance.now() > until) {
      throw new Error(
        `the status awaited did not come in ${deadlineMs} ms; last: ${JSON.stringify(status)}\n${server.log()}`,
      );
    }
    await new Promise((next) => setTimeout(next, 50));
  }
}
