// A federation whose operator chose to have updates sent alone (mode 4), in a real Chromium: nothing is sent before the visitor chose it too.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  cleanUp,
  launchBrowser,
  noBrowser,
  openPage,
  type ServerProcess,
  startServerProcess,
  type WatchedPage,
  waitForStatus,
} from './harness.ts';
import {
  chooseGenre,
  likeOfGenre,
  messagesSent,
  openBrowse,
  optIn,
  requestedOf,
  setSwitch,
  shownNumber,
  storedRows,
  tfjsChunks,
  waitForNumber,
  waitForStatusPill,
} from './visitor.ts';

const roundDeadlineMs = 150_000;

describe.skipIf(noBrowser)('a federation that sends updates alone', () => {
  let server: ServerProcess;
  let browser: Browser;
  let visitor: WatchedPage;
  let told: readonly string[];

  beforeAll(async () => {
    server = await startServerProcess({ extra: ['--mode', 'local'] });
    browser = await launchBrowser();
    visitor = await openPage(browser);
    told = messagesSent(visitor.page);
    await openBrowse(visitor.page, server.url);
    await likeOfGenre(visitor.page, await chooseGenre(visitor.page, ['Drama', 'Comedy']), 6);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await cleanUp();
  });

  test('[P4] opting in without that choice sends nothing, however many rounds the others have', async () => {
    const { page } = visitor;
    await optIn(page);
    await waitForStatusPill(page, ['paused'], ['alone-not-allowed'], 60_000);
    expect(await page.getByTestId('switch-alone').getAttribute('aria-checked')).toBe('false');
    const { rounds } = await server.status();
    await waitForStatus(server, (status) => status.rounds.completed >= rounds.completed + 1, roundDeadlineMs);
    expect(told).toEqual([]);
    expect(await shownNumber(page, 'epsilon-spent')).toBe(0);
  });

  test(
    '[P4] after that choice: sent alone, said so, and charged to the same account',
    async () => {
      const { page } = visitor;
      await setSwitch(page, 'alone', true);
      await waitForNumber(page, 'rounds-taken-part', 1, roundDeadlineMs);
      expect(told.filter((kind) => kind !== 'join' && kind !== 'leave')).toContain('local');
      expect(new Set(told)).toEqual(new Set(['join', 'local', ...(told.includes('leave') ? ['leave'] : [])]));
      expect(await shownNumber(page, 'epsilon-spent')).toBeGreaterThan(0);
      const { ledger } = await storedRows(page);
      const paid = (ledger as { mode?: number; rho?: number }[]).filter((row) => (row.rho ?? 0) > 0);
      expect(paid.length).toBeGreaterThan(0);
      for (const row of paid) expect(row.mode).toBe(4);
      await page.getByTestId('nav-privacy').click();
      await page.locator('[data-testid=update-sentence][data-sent=alone]').waitFor();
      await page.locator('[data-testid=stage][data-stage=noised][data-place=left]').waitFor();
      expect(await page.locator('[data-testid=stage][data-stage=masked]').count()).toBe(0);
    },
    2 * roundDeadlineMs,
  );

  test('trained on the core, because the model is small, and never downloaded tfjs', async () => {
    const { page } = visitor;
    expect(await page.getByTestId('backend').first().innerText()).toBe('wasm');
    expect(await page.getByTestId('backend-reasons').innerText()).toMatch(/below 500,000.*WebAssembly passed/s);
    expect(tfjsChunks().length).toBeGreaterThan(0);
    expect(requestedOf(visitor.requests, tfjsChunks())).toEqual([]);
  });

  test('no console error came up', () => {
    expect(visitor.errors).toEqual([]);
  });
});
