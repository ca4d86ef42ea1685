// The main job in a stock Firefox, in short: the page opens, its list follows the visitor, the history stays, and a masked round completes on the cpu.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addOneByte,
  copyOfPage,
  entryOf,
  laterModuleCases,
  pageWithLaterModule,
  removeHashes,
  servePage,
} from './changed-page.ts';
import { type FirefoxPage, launchFirefox, noFirefox } from './firefox.ts';
import { cleanUp, type ServerProcess, startServerProcess, waitForStatus } from './harness.ts';
import { readStoredRows } from './visitor.ts';

const likes = 5;
const genre = 'Western';
/** The fleet's round and one of the visitor's, on a machine that does other things too. */
const roundDeadlineMs = 120_000;

describe.skipIf(noFirefox)('a visitor with Firefox', () => {
  let server: ServerProcess;
  let page: FirefoxPage;
  let liked: string[];

  beforeAll(async () => {
    // In this order: the fleet takes the processor.
    page = await launchFirefox();
    server = await startServerProcess();
  }, 120_000);
  afterAll(async () => {
    await page?.close();
    await server?.stop();
    await cleanUp();
  });

  const id = (name: string) => `[data-testid=${name}]`;
  const shows = (selector: string) =>
    page.waitUntil((wanted) => document.querySelector(wanted) !== null, selector, selector);
  /** Item ids of the elements that match, in the page's order. */
  const itemsOf = (selector: string) =>
    page.call(
      (wanted) => [...document.querySelectorAll(wanted)].map((element) => element.getAttribute('data-item-id') ?? ''),
      selector,
    );
  const forYou = () => itemsOf(id('for-you-item'));
  /** Waits until a number that the page shows is at least `least`. */
  const showsNumber = (testId: string, least: number, timeoutMs = 60_000) =>
    page.waitUntil(
      ([wanted, bound]) => {
        const text = document.querySelector(`[data-testid=${wanted}]`)?.textContent ?? '';
        return Number(/-?\d+(\.\d+)?/.exec(text)?.[0] ?? Number.NaN) >= bound;
      },
      [testId, least] as const,
      `${testId} of at least ${least}`,
      timeoutMs,
    );

  test('sees recommendations at once, without having agreed to anything', async () => {
    await page.goto(`${server.url}/?backend=cpu`);
    await shows(id('for-you-item'));
    await shows(`${id('status')}[data-state=off]`);
    expect((await forYou()).length).toBeGreaterThanOrEqual(6);
  });

  test('likes films of one kind, and the list follows', async () => {
    const before = await forYou();
    // The catalogue's own part of the page comes after the first list.
    await shows(id('filter-genre'));
    await page.call(
      ([selector, value]) => {
        const select = document.querySelector(selector) as HTMLSelectElement;
        select.value = value;
        select.dispatchEvent(new Event('change', { bubbles: true }));
      },
      [id('filter-genre'), genre] as const,
    );
    await page.waitUntil(
      ([selector, wanted]) => {
        const cards = [...document.querySelectorAll(selector)];
        return cards.length > 0 && cards.every((card) => card.getAttribute('data-genres')?.includes(wanted));
      },
      [id('item-card'), genre] as const,
      `cards of ${genre} alone`,
    );
    liked = (await itemsOf(id('item-card'))).slice(0, likes);
    for (const itemId of liked) {
      const button = `${id('item-card')}[data-item-id="${itemId}"] ${id('like')}`;
      await page.click(button);
      await shows(`${button}[aria-pressed=true]`);
      await page.waitUntil(
        (selector) => document.querySelector(selector) === null,
        `${id('for-you-item')}[data-item-id="${itemId}"]`,
        'a list without what was liked',
      );
    }
    await page.waitUntil(
      ([selector, wanted]) => {
        const rows = [...document.querySelectorAll(selector)];
        const ofGenre = rows.filter((row) => row.getAttribute('data-genres')?.includes(wanted));
        return rows.length > 0 && ofGenre.length >= rows.length / 2;
      },
      [id('for-you-item'), genre] as const,
      `a list of which half is ${genre}`,
    );
    expect(await forYou()).not.toEqual(before);
  });

  test('finds the history again after a reload', async () => {
    // By way of another page: between two routes alone there is no load.
    await page.goto('about:blank');
    await page.goto(`${server.url}/?backend=cpu#/data`);
    await page.waitUntil(
      ([selector, rows]) => document.querySelectorAll(selector).length === rows,
      [id('history-row'), likes] as const,
      `${likes} rows of history`,
    );
    expect((await itemsOf(id('history-row'))).sort()).toEqual([...liked].sort());
  });

  test(
    'opts in and takes part in a masked round, trained on the cpu',
    async () => {
      expect((await server.status()).policy.mode).toBe(1);
      await page.click(id('nav-part'));
      for (const name of ['train', 'send']) {
        await shows(id(`switch-${name}`));
        await page.click(id(`switch-${name}`));
        await shows(`${id(`switch-${name}`)}[aria-checked=true]`);
      }
      await showsNumber('rounds-taken-part', 1, roundDeadlineMs);
      await showsNumber('model-version', 2, roundDeadlineMs);
      await waitForStatus(server, (status) => status.rounds.completed >= 1 && status.model.version >= 2);
      await expect
        .poll(async () => (await page.call(readStoredRows, undefined)).ledger, { timeout: 30_000 })
        .toContainEqual(expect.objectContaining({ status: 'published', mode: 1 }));
      await page.click(id('nav-privacy'));
      await shows(id('backend'));
      expect(await page.call((selector) => document.querySelector(selector)?.textContent, id('backend'))).toMatch(
        /cpu/i,
      );
    },
    2 * roundDeadlineMs,
  );

  test('never asked another origin for anything, and no error came up', () => {
    const host = new URL(server.url).host;
    expect(page.requests.filter((url) => /^(https?|wss?):/.test(url) && new URL(url).host !== host)).toEqual([]);
    expect(page.errors).toEqual([]);
  });

  test('[B9] runs the entry, and refuses one with another byte', async () => {
    // The entry draws the page before it counts as loaded.
    const isDrawn = async (folder: string) => {
      const copy = await servePage(folder);
      await page.goto(copy.url);
      const drawn = await page.call(() => document.querySelector('#app > :not(noscript)') !== null, null);
      await copy.close();
      return drawn;
    };
    const folder = copyOfPage();
    expect(await isDrawn(folder)).toBe(true);
    addOneByte(entryOf(folder));
    expect(await isDrawn(folder)).toBe(false);
    removeHashes(folder);
    expect(await isDrawn(folder)).toBe(true);
  });

  test.each(laterModuleCases)('[B10] a module that is imported later: %o', async ({ isMapped, isChanged, title }) => {
    const { folder, later } = pageWithLaterModule(isMapped);
    if (isChanged) addOneByte(later);
    const changed = await servePage(folder);
    await page.goto(changed.url);
    await page.waitUntil(() => document.title !== '', null, 'a title');
    expect(await page.call(() => document.title, null)).toBe(title);
    await changed.close();
  });
});
