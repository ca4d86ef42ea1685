// The main job, end to end, in a real Chromium with WebGPU: a visitor's clicks become a better list, through a round of a real federation.
// Once on the bundled films, and once on an imported catalogue with real people's histories where that data is present.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LearnerName } from '#shared/model/model.ts';
import { testData } from '#shared/testing/data.ts';
import { mostBytesAfterOptIn } from '../../scripts/page-weight.ts';
import {
  cleanUp,
  launchBrowser,
  noBrowser,
  openPage,
  repositoryRoot,
  runTacit,
  type ServerProcess,
  startServerProcess,
  temporaryFolder,
  type WatchedPage,
  waitForStatus,
} from './harness.ts';
import {
  chooseGenre,
  compressedBytes,
  coreFiles,
  type ForYouRow,
  forYou,
  lazyChunks,
  likeOfGenre,
  loadRoute,
  maskingChunks,
  messagesSent,
  openBrowse,
  optIn,
  rememberStates,
  requestedOf,
  shareOf,
  shownNumber,
  statesSeen,
  storedRows,
  tfjsChunks,
  waitForNumber,
} from './visitor.ts';

/** A few rounds of the fleet's, each with its cooldown, on a machine that does other things too. */
const roundDeadlineMs = 150_000;

/** What a round goes through on the device, in order. */
const steps = [
  'trained',
  'joined',
  'config',
  'noised',
  'keys',
  'shares',
  'charged',
  'sent',
  'confirmed',
  'unmasked',
  'aggregating',
  'published',
];

describe.skipIf(noBrowser)('a visitor on the bundled films', () => visit('reconstruction', async () => ({})));

const movieLens = testData('ml-latest-small.zip');
if (movieLens !== null) {
  describe.skipIf(noBrowser)('a visitor on the imported MovieLens latest-small, under co-occurrence', () =>
    visit('co-occurrence', async () => {
      const dataDir = temporaryFolder();
      const imported = await runTacit([
        'import',
        'movielens',
        movieLens,
        '--name',
        'ml-latest-small',
        '--data-dir',
        dataDir,
      ]);
      expect(imported.code, imported.stderr).toBe(0);
      return { dataDir, catalogue: 'ml-latest-small' };
    }),
  );
}

function visit(learner: LearnerName, prepare: () => Promise<{ dataDir?: string; catalogue?: string }>): void {
  const trains = learner === 'reconstruction';
  let server: ServerProcess;
  let browser: Browser;
  let visitor: WatchedPage;
  let told: readonly string[];
  let genre: string;
  let liked: string[];
  let firstList: ForYouRow[];

  beforeAll(async () => {
    server = await startServerProcess({ ...(await prepare()), learner });
    browser = await launchBrowser();
    visitor = await openPage(browser);
    told = messagesSent(visitor.page);
    await rememberStates(visitor.page);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await cleanUp();
  });

  test('sees recommendations at once, without having agreed to anything', async () => {
    const { page } = visitor;
    await openBrowse(page, server.url, 'webgpu');
    firstList = await forYou(page);
    expect(firstList.length).toBeGreaterThanOrEqual(6);
    expect(new Set(firstList.map((row) => row.source)).size).toBe(1);
    await expect.poll(() => page.getByTestId('status').getAttribute('data-state')).toBe('off');
    await page.getByTestId('nav-part').click();
    expect(await page.getByTestId('switch-keep').getAttribute('aria-checked')).toBe('true');
    expect(await page.getByTestId('switch-train').getAttribute('aria-checked')).toBe('false');
    expect(await page.getByTestId('switch-send').getAttribute('aria-checked')).toBe('false');
    await page.getByTestId('nav-browse').click();
  });

  test('likes 8 films of one kind, and the list follows each click', async () => {
    const { page } = visitor;
    genre = await chooseGenre(page, ['Horror', 'Animation', 'Western', 'Documentary']);
    let before = (await forYou(page)).map((row) => row.itemId).join();
    liked = await likeOfGenre(page, genre, 8, async (itemId) => {
      // At the latest after the next look: the liked film is not recommended, and what is shown has changed.
      await expect.poll(async () => (await forYou(page)).some((row) => row.itemId === itemId)).toBe(false);
      if (before !== '')
        await expect.poll(async () => (await forYou(page)).map((row) => row.itemId).join()).not.toBe(before);
      before = '';
    });
    await expect.poll(async () => shareOf(await forYou(page), genre)).toBeGreaterThan(shareOf(firstList, genre));
    const list = await forYou(page);
    expect(shareOf(list, genre)).toBeGreaterThanOrEqual(0.5);
    for (const row of list) expect(row.reason).not.toBe('');
    expect(list.some((row) => row.source !== firstList[0]?.source)).toBe(true);
  });

  test('was scored by the WASM core, which came after the first list', () => {
    expect(coreFiles()).toHaveLength(1);
    expect(requestedOf(visitor.requests, coreFiles())).toEqual(coreFiles());
  });

  test.each([
    ['tfjs', tfjsChunks],
    ['the masks', maskingChunks],
  ])('did not load %s before opting in', (_what, chunksOf) => {
    const chunks = chunksOf();
    expect(chunks.length).toBeGreaterThan(0);
    expect(requestedOf(visitor.requests, chunks)).toEqual([]);
    const serviceWorker = readFileSync(join(repositoryRoot, 'dist', 'sw.js'), 'utf8');
    expect(chunks.filter((chunk) => serviceWorker.includes(chunk))).toEqual([]);
  });

  test(
    'opts in and takes part in a round; the model version rises',
    async () => {
      const { page } = visitor;
      const versionBefore = await shownNumber(page, 'model-version');
      await optIn(page);
      await waitForNumber(page, 'rounds-taken-part', 1, roundDeadlineMs);
      await waitForNumber(page, 'model-version', versionBefore + 1, roundDeadlineMs);
      expect(await shownNumber(page, 'epsilon-spent')).toBeGreaterThan(0);
      expect((await server.status()).model.version).toBeGreaterThan(versionBefore);
      for (const step of steps) await page.locator(`[data-testid=step][data-step=${step}][data-stage=done]`).waitFor();
    },
    2 * roundDeadlineMs,
  );

  test('told the server its keys, shares, one masked upload, confirmations and shares again, and nothing else', () => {
    // The federation is the default one: without masks nothing leaves.
    const inRounds = told.filter((kind) => kind !== 'join' && kind !== 'leave');
    const whole = ['advertise', 'shares', 'masked', 'confirm', 'unmask'];
    expect(inRounds.slice(-whole.length)).toEqual(whole);
    expect(inRounds.filter((kind) => !whole.includes(kind))).toEqual([]);
  });

  test('sees each step of its update, and which of them left', async () => {
    const { page } = visitor;
    await page.getByTestId('nav-privacy').click();
    await page.locator('[data-testid=update-sentence][data-sent=among-others]').waitFor();
    for (const [stage, place] of [
      ['raw', 'stays'],
      ['clipped', 'stays'],
      ['rotated', 'stays'],
      ['noised', 'underMask'],
      ['masked', 'left'],
    ])
      await page.locator(`[data-testid=stage][data-stage=${stage}][data-place=${place}]`).waitFor();
    await page.locator('[data-testid=ledger-row]').first().waitFor();
  });

  test('loaded the masks for it', () => {
    expect(requestedOf(visitor.requests, maskingChunks()).length).toBeGreaterThan(0);
  });

  if (!trains) {
    test('trained nothing, and loaded no tfjs for it', () => {
      expect(requestedOf(visitor.requests, tfjsChunks())).toEqual([]);
    });
  } else
    test('trained on WebGPU', async () => {
      const { page } = visitor;
      await page.getByTestId('nav-privacy').click();
      expect(await page.getByTestId('backend').first().innerText()).toMatch(/webgpu/i);
      expect(requestedOf(visitor.requests, tfjsChunks()).length).toBeGreaterThan(0);
      const reasons = page.getByTestId('backend-reasons').locator('li');
      expect(await reasons.evaluateAll((items) => items.map((item) => item.getAttribute('data-code')))).toEqual([
        'asked-for',
        'passed',
      ]);
    });

  test('loaded at most 85 kB more, compressed, after opting in: tfjs, the fits, the socket and the masks', () => {
    const loaded = requestedOf(visitor.requests, lazyChunks());
    expect(loaded.length).toBeGreaterThan(3);
    expect(compressedBytes(loaded)).toBeLessThanOrEqual(mostBytesAfterOptIn);
  });

  test('saw each real step of the round', async () => {
    const seen = await statesSeen(visitor.page);
    const states = seen.map((text) => text.split(':')[0]);
    const first = (state: string) => states.indexOf(state);
    for (const state of ['off', 'training', 'waiting', 'sending', 'pending'])
      expect(states, seen.join(' ')).toContain(state);
    expect(first('off')).toBeLessThan(first('training'));
    expect(first('training')).toBeLessThan(seen.indexOf('waiting:people'));
    expect(seen.indexOf('waiting:people')).toBeLessThan(first('sending'));
    expect(states[first('pending') - 1]).toBe('sending');
    // Between rounds it rests, and says so.
    const rest = trains ? 'paused:cooldown' : 'paused:phase-done';
    await expect.poll(() => statesSeen(visitor.page)).toContain(rest);
  });

  test('finds everything again after a reload', async () => {
    const { page } = visitor;
    const rounds = await shownNumber(page, 'rounds-taken-part');
    const epsilon = await shownNumber(page, 'epsilon-spent');
    await loadRoute(page, server.url, '/data', 'webgpu');
    await expect.poll(() => page.getByTestId('history-row').count()).toBe(8);
    const ids = await page
      .getByTestId('history-row')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-item-id')));
    expect(ids.sort()).toEqual([...liked].sort());
    await waitForNumber(page, 'rounds-taken-part', rounds, 30_000);
    expect(await shownNumber(page, 'epsilon-spent')).toBeGreaterThanOrEqual(epsilon);
    await page.getByTestId('nav-part').click();
    for (const name of ['keep', 'train', 'send']) {
      await page.locator(`[data-testid=switch-${name}][aria-checked=true]`).waitFor();
    }
  });

  test('erases everything but the ledger', async () => {
    const { page } = visitor;
    // There when the service worker served the training code, which a first visit may not have waited for.
    await page.evaluate(() => caches.open('tacit-trainer'));
    await page.getByTestId('nav-data').click();
    await page.getByTestId('erase').click();
    await page.getByTestId('erase-confirm').click();
    await expect.poll(() => page.getByTestId('history-row').count()).toBe(0);
    const outsideLedger = async () => {
      const { counts } = await storedRows(page);
      return Object.entries(counts).filter(([store, rows]) => store !== 'ledger' && rows > 0);
    };
    await expect.poll(outsideLedger).toEqual([]);
    // The offline copy of the training code would say that somebody opted in here.
    await expect.poll(() => page.evaluate(() => caches.has('tacit-trainer'))).toBe(false);
    // The undo lives in memory, and goes by itself; then there is still nothing.
    await page.getByTestId('undo').waitFor({ state: 'detached', timeout: 30_000 });
    expect(await outsideLedger()).toEqual([]);
    const { counts, ledger } = await storedRows(page);
    expect(counts.ledger).toBeGreaterThan(0);
    const text = JSON.stringify(ledger);
    for (const itemId of liked) expect(text).not.toContain(JSON.stringify(itemId));
    expect(await shownNumber(page, 'epsilon-spent')).toBeGreaterThan(0);
  });

  test('never asked another origin for anything, and no console error came up', async () => {
    expect(visitor.foreignRequests(server.url)).toEqual([]);
    expect(visitor.errors).toEqual([]);
    await waitForStatus(server, (status) => status.rounds.completed >= 1);
  });
}
