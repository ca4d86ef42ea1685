// What the hashes in the page hold in a real Chromium, under the server's own content security policy: a file with one other byte is not run.
// Each refusal has its control, the same changed file without its hash, which runs.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '../../server/start.ts';
import {
  addOneByte,
  assetOf,
  copyOfPage,
  entryOf,
  laterModuleCases,
  pageWithLaterModule,
  removeHashes,
  servePage,
} from './changed-page.ts';
import { cleanUp, launchBrowser, noBrowser, openPage, runTacit } from './harness.ts';

describe.skipIf(noBrowser)('the hashes in the page', () => {
  let browser: Browser;
  const servers: RunningServer[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    for (const server of servers) await server.close();
    await cleanUp();
  });

  async function serve(folder: string): Promise<string> {
    const server = await servePage(folder);
    servers.push(server);
    return server.url;
  }

  /** Opens the page; without a service worker, so that only the page's own hashes are at work. */
  async function open(url: string) {
    const watched = await openPage(browser, { serviceWorkers: 'block' });
    await watched.page.goto(url);
    return watched;
  }
  const noDigest = /Failed to find a valid digest in the 'integrity' attribute/;

  test('[B9] the built page runs, and the policy lets all of it through', async () => {
    const { page, errors, close } = await open(await serve(copyOfPage()));
    await page.getByTestId('item-card').first().waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('[B9] an entry with one other byte is not run; without its hash it is', async () => {
    const folder = copyOfPage();
    addOneByte(entryOf(folder));
    const url = await serve(folder);
    const refused = await open(url);
    await expect.poll(() => refused.errors.join()).toMatch(noDigest);
    expect(await refused.page.locator('#app > :not(noscript)').count()).toBe(0);
    await refused.close();
    removeHashes(folder);
    const control = await open(url);
    await control.page.getByTestId('item-card').first().waitFor();
    await control.close();
  });

  test('[B9] a stylesheet with one other byte is not used', async () => {
    const folder = copyOfPage();
    addOneByte(assetOf(folder, /^index-.*\.css$/));
    const { page, errors, close } = await open(await serve(folder));
    await expect.poll(() => errors.join()).toMatch(noDigest);
    expect(await page.evaluate(() => document.styleSheets.length)).toBe(0);
    await close();
  });

  test('[B9] `tacit verify` finds the byte, and finds nothing in an untouched copy', async () => {
    const same = await runTacit(['verify', await serve(copyOfPage()), '--json']);
    expect(same.code, same.stdout + same.stderr).toBe(0);
    const folder = copyOfPage();
    addOneByte(assetOf(folder, /^worker-.*\.js$/));
    const other = await runTacit(['verify', await serve(folder), '--json']);
    expect(other.code).toBe(1);
    const { differences } = JSON.parse(other.stdout) as { differences: { path: string; kind: string }[] };
    expect(differences).toHaveLength(1);
    expect(differences[0]?.path).toMatch(/^assets\/worker-/);
  });

  test.each(laterModuleCases)('[B10] a module that is imported later: %o', async ({ isMapped, isChanged, title }) => {
    const { folder, later } = pageWithLaterModule(isMapped);
    if (isChanged) addOneByte(later);
    const { page, errors, close } = await open(await serve(folder));
    await page.waitForFunction(() => document.title !== '');
    expect(await page.title()).toBe(title);
    expect(errors.filter((text) => /Content Security Policy/.test(text))).toEqual([]);
    await close();
  });

  /** Installs the service worker from an address without the page's program; the state that it reaches. */
  const install = () =>
    navigator.serviceWorker.register('/sw.js').then(
      ({ installing }) =>
        new Promise<string>((reached) => {
          const look = () => {
            if (installing?.state === 'activated' || installing?.state === 'redundant') reached(installing.state);
          };
          installing?.addEventListener('statechange', look);
          look();
        }),
    );

  test('[B11] the service worker is not installed when the engine differs by one byte', async () => {
    const folder = copyOfPage();
    const good = await openPage(browser);
    await good.page.goto(`${await serve(folder)}/healthz`);
    expect(await good.page.evaluate(install)).toBe('activated');
    await good.close();
    addOneByte(assetOf(folder, /^worker-.*\.js$/));
    const bad = await openPage(browser);
    await bad.page.goto(`${await serve(folder)}/healthz`);
    expect(await bad.page.evaluate(install)).toBe('redundant');
    await bad.close();
  });

  test('[B11] an installed service worker hands out no training code that differs by one byte', async () => {
    const folder = copyOfPage();
    const changed = assetOf(folder, /^lazy-cpu-.*\.js$/);
    const whole = assetOf(folder, /^lazy-webgl-.*\.js$/);
    addOneByte(changed);
    const { page, close } = await openPage(browser);
    await page.goto(`${await serve(folder)}/healthz`);
    const load = (path: string) =>
      page.evaluate(
        (address) => fetch(address).then(({ status }) => String(status), String),
        path.slice(folder.length).replaceAll('\\', '/'),
      );
    // Before it is there, nothing checks this file.
    expect(await load(changed)).toBe('200');
    expect(await page.evaluate(install)).toBe('activated');
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    expect(await load(whole)).toBe('200');
    expect(await load(changed)).toMatch(/^TypeError/);
    await close();
  });
});
