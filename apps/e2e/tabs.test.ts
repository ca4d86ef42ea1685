// Two tabs of one visitor: one trains, the other says so and follows; when the one that trains is closed, the other takes over.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  cleanUp,
  launchBrowser,
  noBrowser,
  openPage,
  openTab,
  type ServerProcess,
  startServerProcess,
  type WatchedPage,
} from './harness.ts';
import {
  chooseGenre,
  likeOfGenre,
  loadRoute,
  openBrowse,
  optIn,
  shownNumber,
  waitForNumber,
  waitForStatusPill,
} from './visitor.ts';

const roundDeadlineMs = 150_000;
const anyState = ['off', 'waiting', 'training', 'sending', 'pending', 'paused'];

describe.skipIf(noBrowser)('two tabs', () => {
  let server: ServerProcess;
  let browser: Browser;
  let first: WatchedPage;
  let second: WatchedPage;

  beforeAll(async () => {
    server = await startServerProcess();
    browser = await launchBrowser();
    first = await openPage(browser);
    await openBrowse(first.page, server.url, 'cpu');
    await likeOfGenre(first.page, await chooseGenre(first.page, ['Drama', 'Comedy']), 6);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await cleanUp();
  });

  const saysOtherTab = async (page: Page) =>
    (await page.getByTestId('status').getAttribute('data-reason')) === 'other-tab';

  /** Training, waiting for people, or in a round. */
  const isWorking = async (page: Page) => {
    const status = page.getByTestId('status');
    const reason = await status.getAttribute('data-reason');
    return ['people', 'progress', 'others'].includes(reason ?? '');
  };

  test('a second tab shows the history and the consent of the first, and follows a change', async () => {
    await optIn(first.page);
    second = await openTab(first.context);
    await loadRoute(second.page, server.url, '/data', 'cpu');
    await expect.poll(() => second.page.getByTestId('history-row').count()).toBe(6);
    await first.page.getByTestId('nav-browse').click();
    await likeOfGenre(first.page, await chooseGenre(first.page, ['Western', 'Horror', 'Animation']), 1);
    await expect.poll(() => second.page.getByTestId('history-row').count()).toBe(7);
    await second.page.getByTestId('nav-part').click();
    await second.page.locator('[data-testid=switch-train][aria-checked=true]').waitFor();
    await second.page.locator('[data-testid=switch-send][aria-checked=true]').waitFor();
  });

  test(
    'one trains, the other says that another tab does',
    async () => {
      await expect
        .poll(async () => [await isWorking(first.page), await isWorking(second.page)].filter(Boolean).length, {
          timeout: roundDeadlineMs,
        })
        .toBe(1);
      // The other one waits for the tab, or rests after the last round: each tab draws its own length of the rest.
      const other = (await isWorking(first.page)) ? second.page : first.page;
      expect(['other-tab', 'cooldown', 'connecting']).toContain(
        await other.getByTestId('status').getAttribute('data-reason'),
      );
      // Both count the same rounds, and the budget is spent once.
      await waitForNumber(first.page, 'rounds-taken-part', 1, roundDeadlineMs);
      await waitForNumber(second.page, 'rounds-taken-part', 1, 30_000);
      await expect
        .poll(
          async () =>
            (await shownNumber(first.page, 'epsilon-spent')) === (await shownNumber(second.page, 'epsilon-spent')),
        )
        .toBe(true);
    },
    2 * roundDeadlineMs,
  );

  test(
    'when the tab that trains is closed, the other takes over',
    async () => {
      const [training, following] = (await saysOtherTab(first.page)) ? [second, first] : [first, second];
      const rounds = await shownNumber(following.page, 'rounds-taken-part');
      await training.page.close();
      await waitForStatusPill(
        following.page,
        anyState,
        ['people', 'cooldown', 'connecting', 'progress', 'others'],
        60_000,
      );
      await waitForNumber(following.page, 'rounds-taken-part', rounds + 1, roundDeadlineMs);
    },
    2 * roundDeadlineMs,
  );

  test('no console error came up', () => {
    expect([...first.errors, ...second.errors]).toEqual([]);
  });
});
