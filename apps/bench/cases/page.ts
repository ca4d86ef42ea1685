// Tacit's own page in Chromium, with its processor slowed down four times: long tasks of the page's thread at the start and while a device takes part,
// the delay from a press to what is seen of it, and the bytes that were fetched before the first recommendation and after opting in.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { quantileOf } from '#shared/maths/statistics.ts';
import { openPage, repositoryRoot, startServerProcess, type WatchedPage } from '../../e2e/harness.ts';
import { chooseGenre, likeOfGenre, openBrowse, optIn, shownNumber } from '../../e2e/visitor.ts';
import type { Case } from '../case.ts';
import { counted, type Measurement, type Unit } from '../result.ts';
import type { BrowserVenue } from '../venue.ts';

const slowdown = 4;
const participationDeadlineMs = 240_000;
/** Presses between two looks at whether the round is over. */
const restMs = 400;

/** What the page has seen of itself. */
interface Seen {
  /** Tasks of more than 50 ms, ms. */
  readonly longTasks: readonly number[];
  /** From a press to the next picture, ms: the longest of each press. */
  readonly presses: readonly number[];
}

export const page: Case = {
  name: 'page',
  about: 'the page with a slowed-down processor: long tasks, presses, bytes fetched',
  async run({ browser, isQuick, say }) {
    const venue = await browser();
    const found: Measurement[] = [];
    const backends = venue.adapter === null || isQuick ? [undefined] : [undefined, 'webgpu'];
    for (const backend of backends) found.push(...(await visit(venue, backend, say)));
    return found;
  },
};

async function visit(
  { browser }: BrowserVenue,
  backend: string | undefined,
  say: (text: string) => void,
): Promise<Measurement[]> {
  const code = backend === undefined ? 'the page' : `the page, ?backend=${backend}`;
  say(`page: ${code}: a server with simulated people, and a visitor`);
  const server = await startServerProcess();
  const visitor = await openPage(browser);
  try {
    // What was asked for when the first list was there: what comes after it is nobody's waiting.
    let before: readonly string[] | null = null;
    await visitor.page.exposeFunction('benchFirstList', () => {
      before ??= [...visitor.requests];
    });
    await watchTasks(visitor.page);
    const session = await visitor.context.newCDPSession(visitor.page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    await openBrowse(visitor.page, server.url, backend);
    const atStart = await seen(visitor.page);
    await likeOfGenre(visitor.page, await chooseGenre(visitor.page, ['Drama', 'Comedy']), 6);
    const beforeOptIn = [...visitor.requests];
    await optIn(visitor.page);
    await forget(visitor.page);
    say(`page: ${code}: a round, and nobody touches the page`);
    await untilTakenPart(visitor.page, 1, async () => {});
    const resting = await seen(visitor.page);
    await forget(visitor.page);
    say(`page: ${code}: the next round, and the page is used meanwhile`);
    await untilTakenPart(visitor.page, 2, (turn) => walk(visitor.page, turn));
    const used = await seen(visitor.page);
    if (before === null) throw new TypeError('expected a first list to be seen');
    const fetched = bytesOf(before);
    const more = bytesOf(visitor.requests.filter((url) => !beforeOptIn.includes(url)));
    const add = (measure: string, unit: Unit, value: number): Measurement =>
      counted({ case: 'page', place: 'page', code, size: `processor ${slowdown} times slower`, measure, unit }, value);
    const longest = (tasks: readonly number[]) => Math.max(0, ...tasks);
    return [
      add('tasks over 100 ms at the start', '', atStart.longTasks.filter((ms) => ms > 100).length),
      add('longest task at the start', 'ms', longest(atStart.longTasks)),
      add('tasks over 50 ms while taking part', '', resting.longTasks.length),
      add('longest task while taking part', 'ms', longest(resting.longTasks)),
      add('tasks over 50 ms while taking part and in use', '', used.longTasks.length),
      add('longest task while taking part and in use', 'ms', longest(used.longTasks)),
      add('presses', '', used.presses.length),
      add('INP', 'ms', used.presses.length === 0 ? 0 : quantileOf(used.presses, 0.98)),
      add('script before the first recommendation', 'B', fetched.script),
      add('all before the first recommendation', 'B', fetched.all),
      add('script more after opting in', 'B', more.script),
    ];
  } finally {
    await visitor.close();
    await server.stop();
  }
}

async function watchTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const tasks: number[] = [];
    const presses = new Map<number, number>();
    Object.assign(globalThis, { benchSeen: { tasks, presses } });
    const watcher = new MutationObserver(() => {
      if (document.querySelector('[data-testid=for-you-item]') === null) return;
      watcher.disconnect();
      (globalThis as unknown as { benchFirstList(): void }).benchFirstList();
    });
    watcher.observe(document, { childList: true, subtree: true });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    }).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { interactionId = 0 } = entry as PerformanceEventTiming & { interactionId?: number };
        if (interactionId === 0) continue;
        presses.set(interactionId, Math.max(presses.get(interactionId) ?? 0, entry.duration));
      }
    }).observe({ type: 'event', buffered: true, durationThreshold: 16 } as PerformanceObserverInit);
  });
}

interface OnWindow {
  readonly benchSeen: { readonly tasks: number[]; readonly presses: Map<number, number> };
}

function seen(page: Page): Promise<Seen> {
  return page.evaluate(() => {
    const { tasks, presses } = (globalThis as unknown as OnWindow).benchSeen;
    return { longTasks: [...tasks], presses: [...presses.values()] };
  });
}

function forget(page: Page): Promise<void> {
  return page.evaluate(() => {
    const { tasks, presses } = (globalThis as unknown as OnWindow).benchSeen;
    tasks.length = 0;
    presses.clear();
  });
}

/** Does something on the page, again and again, until this device has taken part in so many rounds; ends on Taking part. */
async function untilTakenPart(page: Page, rounds: number, act: (turn: number) => Promise<void>): Promise<void> {
  const until = performance.now() + participationDeadlineMs;
  for (let turn = 0; performance.now() < until; turn++) {
    await act(turn);
    if ((await shownNumber(page, 'rounds-taken-part')) >= rounds) return;
    await new Promise((next) => setTimeout(next, restMs));
  }
  throw new Error(`the page took part in fewer than ${rounds} rounds within ${participationDeadlineMs / 1000} s`);
}

/** Browses, likes, and looks around. */
async function walk(page: Page, turn: number): Promise<void> {
  await page.getByTestId('nav-browse').click();
  await page.getByTestId('item-card').first().waitFor();
  await page
    .getByTestId('item-card')
    .nth(8 + (turn % 4))
    .getByTestId('like')
    .click();
  await page.getByTestId('nav-privacy').click();
  await page.getByTestId('nav-part').click();
  await page.getByTestId('rounds-taken-part').first().waitFor();
}

/** Of what was fetched from the build: compressed as a server sends it. script: JavaScript and WASM. */
function bytesOf(requests: WatchedPage['requests']): { script: number; all: number } {
  const paths = new Set(
    requests.filter((url) => url.startsWith('http')).map((url) => new URL(url).pathname.replace(/^\/$/, '/index.html')),
  );
  let script = 0;
  let all = 0;
  for (const path of paths) {
    if (!/\.(js|wasm|css|html)$/.test(path)) continue;
    const bytes = gzipSync(readFileSync(join(repositoryRoot, 'dist', path)), { level: 9 }).length;
    all += bytes;
    if (/\.(js|wasm)$/.test(path)) script += bytes;
  }
  return { script, all };
}
