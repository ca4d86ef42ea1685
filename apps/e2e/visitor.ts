// What a visitor does on the page, as the tests do it: by the page's test ids, waiting for what the page shows.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Locator, Page } from 'playwright-core';
import { repositoryRoot } from './harness.ts';

/** Opens the browse page and waits for its first recommendations. @param backend asked for by name; not given: the engine chooses. */
export async function openBrowse(page: Page, url: string, backend?: string): Promise<void> {
  await page.goto(`${url}/${backend === undefined ? '' : `?backend=${backend}`}`);
  await page.getByTestId('for-you-item').first().waitFor();
  await page.getByTestId('item-card').first().waitFor();
}

/** Loads the page anew at a route, `/data` or `/item/...`: between two routes alone there is no load. */
export async function loadRoute(page: Page, url: string, route: string, backend?: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${url}/${backend === undefined ? '' : `?backend=${backend}`}#${route}`);
}

export interface ForYouRow {
  readonly itemId: string;
  readonly genres: readonly string[];
  readonly source: string;
  readonly reason: string;
}

/** The For you list as it is shown now. */
export async function forYou(page: Page): Promise<ForYouRow[]> {
  return page.getByTestId('for-you-item').evaluateAll((cards) =>
    cards.map((card) => ({
      itemId: card.getAttribute('data-item-id') ?? '',
      genres: (card.getAttribute('data-genres') ?? '').split(/[|,]/),
      source: card.querySelector('[data-testid=source]')?.textContent?.trim() ?? '',
      reason: card.querySelector('[data-testid=reason]')?.textContent?.trim() ?? '',
    })),
  );
}

export function shareOf(rows: readonly ForYouRow[], genre: string): number {
  return rows.filter((row) => row.genres.includes(genre)).length / Math.max(1, rows.length);
}

/** The first of the wanted genres that the filter offers. */
export async function chooseGenre(page: Page, wanted: readonly string[]): Promise<string> {
  const offered = await page
    .getByTestId('filter-genre')
    .locator('option')
    .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
  const genre = wanted.find((name) => offered.includes(name));
  if (genre === undefined)
    throw new Error(`expected one of ${wanted.join(', ')} in the filter, got ${offered.join(', ')}`);
  return genre;
}

/** Filters by the genre and likes the first `count` items shown; `afterEach` runs after each like has been recorded. */
export async function likeOfGenre(
  page: Page,
  genre: string,
  count: number,
  afterEach: (liked: string) => Promise<void> = async () => {},
): Promise<string[]> {
  await page.getByTestId('filter-genre').selectOption(genre);
  const cards = page.locator(`[data-testid=item-card][data-genres*="${genre}"]`);
  await cards.nth(count - 1).waitFor();
  const liked: string[] = [];
  for (let i = 0; i < count; i++) {
    const card = cards.nth(i);
    const itemId = (await card.getAttribute('data-item-id')) ?? '';
    await press(page.locator(`[data-testid=item-card][data-item-id="${itemId}"]`).getByTestId('like'));
    liked.push(itemId);
    await afterEach(itemId);
  }
  return liked;
}

/** Clicks a button and waits until it is shown as pressed. */
async function press(button: Locator): Promise<void> {
  await button.click();
  await button.and(button.page().locator('[aria-pressed=true]')).waitFor();
}

/** Opens Taking part and sets a switch; waits until it is shown so. */
export async function setSwitch(page: Page, name: 'keep' | 'train' | 'send' | 'alone', on: boolean): Promise<void> {
  await page.getByTestId('nav-part').click();
  const control = page.getByTestId(`switch-${name}`);
  await control.waitFor();
  if ((await control.getAttribute('aria-checked')) !== String(on)) await control.click();
  await page.locator(`[data-testid=switch-${name}][aria-checked=${on}]`).waitFor();
}

/** Agrees to train and to send. */
export async function optIn(page: Page): Promise<void> {
  await setSwitch(page, 'train', true);
  await setSwitch(page, 'send', true);
}

/** A number that the page shows. */
export async function shownNumber(page: Page, testId: string): Promise<number> {
  const text = await page.getByTestId(testId).first().innerText();
  const number = Number(/-?\d+(\.\d+)?/.exec(text)?.[0]);
  if (!Number.isFinite(number)) throw new Error(`${testId}: expected a number, got ${JSON.stringify(text)}`);
  return number;
}

/** Waits until a number that the page shows is at least `least`. */
export async function waitForNumber(page: Page, testId: string, least: number, timeoutMs: number): Promise<void> {
  await page.waitForFunction(
    ([id, bound]) => {
      const text = document.querySelector(`[data-testid=${id}]`)?.textContent ?? '';
      return Number(/-?\d+(\.\d+)?/.exec(text)?.[0] ?? Number.NaN) >= (bound as number);
    },
    [testId, least] as const,
    { timeout: timeoutMs },
  );
}

/** Waits until the status pill shows one of the states (and one of the reasons, where given). */
export async function waitForStatusPill(
  page: Page,
  states: readonly string[],
  reasons: readonly string[] | null,
  timeoutMs: number,
): Promise<void> {
  await page.waitForFunction(
    ([wantedStates, wantedReasons]) => {
      const pill = document.querySelector('[data-testid=status]');
      const state = pill?.getAttribute('data-state') ?? '';
      const reason = pill?.getAttribute('data-reason') ?? '';
      return wantedStates.includes(state) && (wantedReasons === null || wantedReasons.includes(reason));
    },
    [states, reasons] as const,
    { timeout: timeoutMs },
  );
}

/** Remembers, from the page's first moment on, every state that the status pill shows. To be called before the page is opened. */
export async function rememberStates(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { statesSeen: seen });
    const look = () => {
      const pill = document.querySelector('[data-testid=status]');
      const now = `${pill?.getAttribute('data-state')}:${pill?.getAttribute('data-reason')}`;
      if (pill !== null && seen.at(-1) !== now) seen.push(now);
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  });
}

/** What `rememberStates` has seen: `state:reason`, in order. */
export async function statesSeen(page: Page): Promise<string[]> {
  return page.evaluate(() => (globalThis as unknown as { statesSeen: string[] }).statesSeen);
}

/** The kinds of the messages that the page's socket sends, in order, as they go. To be called before the page is opened. */
export function messagesSent(page: Page): readonly string[] {
  const kinds: string[] = [];
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      // socket.io: 42["kind",{}], or 451-["kind",{},{"_placeholder":true,"num":0}] before a frame of bytes.
      const kind = /^4(?:2|5\d+-)\["(\w+)"/.exec(payload.toString())?.[1];
      if (kind !== undefined) kinds.push(kind);
    });
  });
  return kinds;
}

export interface StoredRows {
  /** Rows in each object store of each database of the page's origin. */
  readonly counts: Record<string, number>;
  /** The ledger's rows themselves. */
  readonly ledger: readonly unknown[];
}

/** What the page has stored; runs in the page, so it stands on its own. */
export async function readStoredRows(): Promise<StoredRows> {
  const promised = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const counts: Record<string, number> = {};
  let ledger: unknown[] = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await promised(indexedDB.open(name ?? ''));
    for (const store of database.objectStoreNames) {
      const rows: unknown[] = await promised(database.transaction(store).objectStore(store).getAll());
      counts[store] = (counts[store] ?? 0) + rows.length;
      if (store === 'ledger') ledger = rows;
    }
    database.close();
  }
  return { counts, ledger };
}

export async function storedRows(page: Page): Promise<StoredRows> {
  return page.evaluate(readStoredRows);
}

/** Names of the built files that hold tfjs, by what only tfjs says. */
export function tfjsChunks(): string[] {
  return chunksThatSay(/WEBGPU_CPU_FORWARD|WEBGL_VERSION|_tfengine|not found in registry/);
}

/** Names of the built files that hold the mask machine, by the labels of its keys. */
export function maskingChunks(): string[] {
  return chunksThatSay(/tacit\/secagg\/1 pair-mask/);
}

/** The built file of the WASM core. */
export function coreFiles(): string[] {
  return readdirSync(join(repositoryRoot, 'dist', 'assets')).filter((name) => /^core-.*\.wasm$/.test(name));
}

function chunksThatSay(words: RegExp): string[] {
  const assets = join(repositoryRoot, 'dist', 'assets');
  return readdirSync(assets).filter(
    (name) => name.endsWith('.js') && words.test(readFileSync(join(assets, name), 'utf8')),
  );
}

/** Built files that come after opting in alone. */
export function lazyChunks(): string[] {
  return readdirSync(join(repositoryRoot, 'dist', 'assets')).filter((name) => name.startsWith('lazy-'));
}

/** Bytes of built files, each compressed as a server sends it. */
export function compressedBytes(files: readonly string[]): number {
  const assets = join(repositoryRoot, 'dist', 'assets');
  return files.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name)), { level: 9 }).length, 0);
}

/** Which of the files were requested. */
export function requestedOf(requests: readonly string[], files: readonly string[]): string[] {
  return files.filter((file) => requests.some((url) => new URL(url).pathname.endsWith(`/${file}`)));
}
