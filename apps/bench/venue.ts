// A venue opens arenas: in a browser on the bench page, or in this process's threads. The command's half of arena.ts.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage, repositoryRoot } from '../e2e/harness.ts';
import { servePage } from '../e2e/served-page.ts';
import { startThread } from '../fleet/thread.ts';
import type { Answer, Entered, Facts, Order, Run } from './arena.ts';
import type { ContenderName } from './contenders.ts';
import type { Place } from './result.ts';
import type { Task } from './task.ts';

/** One contestant, ready. */
export interface Ready extends Entered {
  run(times: number): Promise<Run>;
  facts(): Promise<Facts>;
  close(): Promise<void>;
}

export interface Venue {
  readonly place: Place;
  enter(contender: ContenderName, task: Task): Promise<Ready>;
  /** Processor time so far, ms: of all its processes and threads. */
  processorMs(): Promise<number>;
  close(): Promise<void>;
}

interface Line {
  order(order: Order): Promise<unknown>;
  close(): Promise<void>;
}

async function readyOn(line: Line, contender: ContenderName, task: Task): Promise<Ready> {
  try {
    const { first } = (await line.order({ kind: 'enter', contender, task })) as Entered;
    return {
      first,
      run: async (times) => (await line.order({ kind: 'run', times })) as Run,
      facts: async () => (await line.order({ kind: 'facts' })) as Facts,
      close: () => line.close(),
    };
  } catch (error) {
    await line.close();
    throw error;
  }
}

export interface BrowserVenue extends Venue {
  readonly browser: Browser;
  readonly page: Page;
  readonly version: string;
  readonly adapter: { readonly name: string; readonly isSoftware: boolean } | null;
  /** Of JavaScript in the page and all of its workers, after a collection. */
  heapBytes(): Promise<number>;
}

/** What the bench page puts on its window. */
interface BenchPage {
  openWorker(): number;
  order(order: { number: number; what: unknown }): Promise<unknown>;
  closeWorker(number: number): void;
  describeAdapter(): Promise<BrowserVenue['adapter']>;
}

/** Isolated from other origins, so that the clock has steps of 5 µs instead of 100. */
const isolation = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** Opens the machine's own graphics adapter where the browser finds one, and the software one otherwise. @param flags of the browser, more */
export async function openBrowserVenue(flags: readonly string[] = []): Promise<BrowserVenue> {
  const served = await servePage(join(repositoryRoot, 'apps', 'bench', 'page'), { minify: true, headers: isolation });
  const open = async (adapter: 'system' | 'software') => {
    const browser = await launchBrowser({ adapter, flags });
    const { page, errors } = await openPage(browser);
    page.setDefaultTimeout(600_000);
    await page.goto(served.url);
    await page.waitForFunction(() => 'bench' in globalThis);
    const found = await page.evaluate(() => (globalThis as unknown as { bench: BenchPage }).bench.describeAdapter());
    return { browser, page, errors, found };
  };
  let opened = await open('system');
  if (opened.found === null) {
    await opened.browser.close();
    opened = await open('software');
  }
  const { browser, page, found } = opened;
  return {
    place: 'chromium',
    browser,
    page,
    version: browser.version(),
    adapter: found,
    async enter(contender, task) {
      const number = await page.evaluate(() => (globalThis as unknown as { bench: BenchPage }).bench.openWorker());
      const line: Line = {
        order: (what) =>
          page.evaluate((argument) => (globalThis as unknown as { bench: BenchPage }).bench.order(argument), {
            number,
            what: what as unknown as Record<string, unknown>,
          }),
        close: () =>
          page.evaluate(
            (argument) => (globalThis as unknown as { bench: BenchPage }).bench.closeWorker(argument),
            number,
          ),
      };
      return readyOn(line, contender, task);
    },
    heapBytes: () => heapBytesOf(page),
    async processorMs() {
      const session = await browser.newBrowserCDPSession();
      try {
        const { processInfo } = await session.send('SystemInfo.getProcessInfo');
        return 1000 * processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
      } finally {
        await session.detach();
      }
    },
    async close() {
      await browser.close();
      await served.close();
    },
  };
}

export function openNodeVenue(): Venue {
  return {
    place: 'node',
    async enter(contender, task) {
      // What tfjs has to say about Node is no news of this run; errors come as answers.
      const worker = startThread('bench/node-thread.ts', null, { stderr: true });
      const waiting = new Map<number, (answer: Answer) => void>();
      const failAll = (error: Error) => {
        for (const [id, answer] of waiting) answer({ id, value: null, error: error.message });
        waiting.clear();
      };
      worker.on('message', (answer: Answer) => {
        waiting.get(answer.id)?.(answer);
        waiting.delete(answer.id);
      });
      worker.on('error', failAll);
      worker.on('exit', () => failAll(new Error('the thread ended')));
      let lastId = 0;
      const line: Line = {
        order: (order) =>
          new Promise((resolve, reject) => {
            lastId++;
            waiting.set(lastId, ({ value, error }) => (error === null ? resolve(value) : reject(new Error(error))));
            worker.postMessage({ id: lastId, order });
          }),
        close: async () => {
          await worker.terminate();
        },
      };
      return readyOn(line, contender, task);
    },
    processorMs: async () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    async close() {},
  };
}

/** Asks the page's workers over the debugging protocol, one by one. */
async function heapBytesOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  let lastId = 0;
  const waiting = new Map<number, (result: { usedSize?: number }) => void>();
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message) as { id?: number; result?: { usedSize?: number } };
    if (id === undefined) return;
    waiting.get(id)?.(result ?? {});
    waiting.delete(id);
  });
  const workers: string[] = [];
  session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    if (targetInfo.type === 'worker') workers.push(sessionId);
  });
  const ask = (sessionId: string, method: string) =>
    new Promise<{ usedSize?: number }>((resolve, reject) => {
      lastId++;
      waiting.set(lastId, resolve);
      const message = JSON.stringify({ id: lastId, method });
      session.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject);
    });
  try {
    // Attaches to those that are there before it answers.
    await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
    await session.send('HeapProfiler.collectGarbage');
    let total = (await session.send('Runtime.getHeapUsage')).usedSize;
    for (const worker of workers) {
      await ask(worker, 'HeapProfiler.collectGarbage');
      total += (await ask(worker, 'Runtime.getHeapUsage')).usedSize ?? Number.NaN;
    }
    return total;
  } finally {
    await session.detach();
  }
}
