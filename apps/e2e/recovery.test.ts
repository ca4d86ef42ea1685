// The server is killed (-9) while a round gathers, collects uploads and rests, and started again on the same data: no model is lost,
// and a page that was open comes back by itself and takes part again.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  cleanUp,
  freePort,
  launchBrowser,
  noBrowser,
  openPage,
  type ServerProcess,
  type ServiceStatus,
  startServerProcess,
  temporaryFolder,
  type WatchedPage,
  waitForStatus,
} from './harness.ts';
import {
  chooseGenre,
  likeOfGenre,
  openBrowse,
  optIn,
  shownNumber,
  storedRows,
  waitForNumber,
  waitForStatusPill,
} from './visitor.ts';

const roundDeadlineMs = 150_000;
const takingPart = ['people', 'cooldown', 'progress', 'others'];

/** Each a moment that can be seen from outside; the states that pass within a millisecond are tested with the server's own clock. */
const moments: readonly { readonly name: string; readonly reached: (status: ServiceStatus) => boolean }[] = [
  { name: 'gathers', reached: ({ round }) => round?.state === 'gather' && round.joined > 0 },
  { name: 'collects uploads', reached: ({ round }) => round?.state === 'masked' },
  { name: 'has published', reached: ({ rounds }) => rounds.completed > 0 },
];

describe.skipIf(noBrowser)('a server that is killed', () => {
  let dataDir: string;
  let port: number;
  let server: ServerProcess;
  let browser: Browser;
  let visitor: WatchedPage;
  let participations = 0;

  beforeAll(async () => {
    dataDir = temporaryFolder();
    port = await freePort();
    server = await startServerProcess({ dataDir, port });
    browser = await launchBrowser();
    visitor = await openPage(browser);
    await openBrowse(visitor.page, server.url, 'cpu');
    await likeOfGenre(visitor.page, await chooseGenre(visitor.page, ['Drama', 'Comedy']), 6);
    await optIn(visitor.page);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await server?.kill();
    await cleanUp();
  });

  test.each(moments)(
    'while a round $name serves its last model again, and the page comes back',
    async ({ reached }) => {
      const { page } = visitor;
      const before = await waitForStatus(server, reached, roundDeadlineMs);
      await server.kill();
      await waitForStatusPill(page, ['waiting', 'paused'], ['connecting', 'offline'], 60_000);

      server = await startServerProcess({ dataDir, port });
      const after = await server.status();
      expect(after.model.version).toBeGreaterThanOrEqual(before.model.version);
      if (after.model.version === before.model.version) expect(after.model.hash).toBe(before.model.hash);
      await waitForStatusPill(page, ['waiting', 'training', 'sending', 'pending'], takingPart, 60_000);
      await expect.poll(() => shownNumber(page, 'model-version')).toBeGreaterThanOrEqual(after.model.version);
    },
    2 * roundDeadlineMs,
  );

  test(
    'takes the visitor into a round again, and what was charged stays charged',
    async () => {
      const { page } = visitor;
      participations = await shownNumber(page, 'rounds-taken-part');
      await waitForNumber(page, 'rounds-taken-part', participations + 1, roundDeadlineMs);
      const { ledger } = await storedRows(page);
      expect(ledger.length).toBeGreaterThanOrEqual(participations + 1);
      expect(visitor.foreignRequests(server.url)).toEqual([]);
    },
    2 * roundDeadlineMs,
  );

  test('stops within 5 s when it is asked to', async () => {
    expect(await server.stop()).toBeLessThan(5_000);
  });
});
