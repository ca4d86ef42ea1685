// What the hashes in the page hold in a real Chromium, under the server's own content security policy: a file with one other byte is not run.
// Each refusal has its control, the same changed file without its hash, which runs.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sumsFile } from '../../apps/cli/page-sums.ts';
import { withIntegrity } from '../../scripts/page-integrity.ts';
import { type RunningServer, startServer } from '../../server/start.ts';
import { testCatalogue } from '../../server/testing/catalogue.ts';
import { cleanUp, launchBrowser, noBrowser, openPage, repositoryRoot, runTacit, temporaryFolder } from './harness.ts';

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

  async function serve(staticDir: string): Promise<string> {
    const server = await startServer({
      catalogue: testCatalogue(),
      dataDir: temporaryFolder(),
      staticDir,
      simulatedParticipants: () => 0,
      logLevel: 'silent',
    });
    servers.push(server);
    return server.url;
  }

  /** A copy of the built page. */
  function copy(): string {
    const folder = join(temporaryFolder(), 'page');
    cpSync(join(repositoryRoot, 'dist'), folder, { recursive: true });
    return folder;
  }

  const change = (path: string, edit: (text: string) => string) => {
    const before = readFileSync(path, 'utf8');
    const after = edit(before);
    expect(after).not.toBe(before);
    writeFileSync(path, after);
  };
  /** One space at the end: the same program, other bytes. */
  const oneByte = (text: string) => `${text} `;
  const withoutHashes = (text: string) => text.replaceAll(/ integrity="[^"]*"/g, '');
  const asset = (folder: string, form: RegExp) => {
    const name = readdirSync(join(folder, 'assets')).find((file) => form.test(file)) ?? '';
    expect(name).toMatch(form);
    return join(folder, 'assets', name);
  };
  const entryOf = (folder: string) => {
    const source = /<script type="module"[^>]*src="\/([^"]+)"/.exec(readFileSync(join(folder, 'index.html'), 'utf8'));
    return join(folder, source?.[1] ?? '');
  };

  /** Opens the page; without a service worker, so that only the page's own hashes are at work. */
  async function open(url: string) {
    const watched = await openPage(browser, { serviceWorkers: 'block' });
    await watched.page.goto(url);
    return watched;
  }
  const noDigest = /Failed to find a valid digest in the 'integrity' attribute/;

  test('[B9] the built page runs, and the policy lets all of it through', async () => {
    const { page, errors, close } = await open(await serve(copy()));
    await page.getByTestId('item-card').first().waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('[B9] an entry with one other byte is not run; without its hash it is', async () => {
    const folder = copy();
    change(entryOf(folder), oneByte);
    const url = await serve(folder);
    const refused = await open(url);
    await expect.poll(() => refused.errors.join()).toMatch(noDigest);
    expect(await refused.page.locator('#app > :not(noscript)').count()).toBe(0);
    await refused.close();
    change(join(folder, 'index.html'), withoutHashes);
    const control = await open(url);
    await control.page.getByTestId('item-card').first().waitFor();
    await control.close();
  });

  test('[B9] a stylesheet with one other byte is not used', async () => {
    const folder = copy();
    change(asset(folder, /^index-.*\.css$/), oneByte);
    const { page, errors, close } = await open(await serve(folder));
    await expect.poll(() => errors.join()).toMatch(noDigest);
    expect(await page.evaluate(() => document.styleSheets.length)).toBe(0);
    await close();
  });

  test('[B9] `tacit verify` finds the byte, and finds nothing in an untouched copy', async () => {
    const url = await serve(copy());
    const same = await runTacit(['verify', url, '--json']);
    expect(same.code, same.stdout + same.stderr).toBe(0);
    const folder = copy();
    change(asset(folder, /^worker-.*\.js$/), oneByte);
    const other = await runTacit(['verify', await serve(folder), '--json']);
    expect(other.code).toBe(1);
    const { differences } = JSON.parse(other.stdout) as { differences: { path: string; kind: string }[] };
    expect(differences).toHaveLength(1);
    expect(differences[0]?.path).toMatch(/^assets\/worker-/);
    expect((await fetch(`${url}/${sumsFile}`)).status).toBe(200);
  });

  /** A page whose entry imports one module later, built as the real one is. */
  function pageWithLaterModule(isMapped: boolean): { folder: string; later: string } {
    const folder = join(temporaryFolder(), 'page');
    mkdirSync(join(folder, 'assets'), { recursive: true });
    const later = join(folder, 'assets', 'later.js');
    writeFileSync(later, 'export const text = "came";\n');
    writeFileSync(
      join(folder, 'assets', 'entry.js'),
      'import("./later.js").then(({ text }) => { document.title = text; }, () => { document.title = "refused"; });\n',
    );
    const html = '<!doctype html><head><script type="module" crossorigin src="/assets/entry.js"></script></head>';
    const modules = isMapped ? ['assets/later.js'] : [];
    writeFileSync(
      join(folder, 'index.html'),
      withIntegrity(html, (path) => readFileSync(join(folder, path)), modules),
    );
    return { folder, later };
  }

  test.each([
    { isMapped: true, isChanged: false, title: 'came' },
    { isMapped: true, isChanged: true, title: 'refused' },
    { isMapped: false, isChanged: true, title: 'came' },
  ])('[B10] a module that is imported later: %o', async ({ isMapped, isChanged, title }) => {
    const { folder, later } = pageWithLaterModule(isMapped);
    if (isChanged) change(later, oneByte);
    const { page, errors, close } = await openPage(browser);
    await page.goto(await serve(folder));
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
    const folder = copy();
    const good = await openPage(browser);
    await good.page.goto(`${await serve(folder)}/healthz`);
    expect(await good.page.evaluate(install)).toBe('activated');
    await good.close();
    change(asset(folder, /^worker-.*\.js$/), oneByte);
    const bad = await openPage(browser);
    await bad.page.goto(`${await serve(folder)}/healthz`);
    expect(await bad.page.evaluate(install)).toBe('redundant');
    await bad.close();
  });

  test('[B11] an installed service worker hands out no training code that differs by one byte', async () => {
    const folder = copy();
    const changed = asset(folder, /^lazy-cpu-.*\.js$/);
    const whole = asset(folder, /^lazy-webgl-.*\.js$/);
    change(changed, oneByte);
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
