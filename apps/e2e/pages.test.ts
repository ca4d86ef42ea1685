// Every page in both languages and both themes, on a desktop and on a phone: axe finds nothing serious, nothing scrolls sideways,
// no console error comes up. Leaves a picture of each in test-results/, and those of the README in docs/ when TACIT_SCREENSHOTS=1.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  cleanUp,
  launchBrowser,
  noBrowser,
  openPage,
  repositoryRoot,
  type ServerProcess,
  startServerProcess,
} from './harness.ts';
import { chooseGenre, likeOfGenre, loadRoute, openBrowse } from './visitor.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const picturesFolder = join(repositoryRoot, 'test-results');
const writesDocs = process.env.TACIT_SCREENSHOTS === '1';

const languages = [
  { name: 'en', locale: 'en-GB' },
  { name: 'zh', locale: 'zh-CN' },
] as const;
const themes = ['light', 'dark'] as const;
const screens = [
  { name: 'desktop', viewport: { width: 1280, height: 900 } },
  { name: 'phone', viewport: { width: 390, height: 844 } },
] as const;
/** Each language with each theme, each with each screen, in four of the eight combinations; all eight where the pictures are looked at. */
const variants = languages
  .flatMap((language, l) =>
    themes.flatMap((theme, t) =>
      screens.map((screen, s) => ({
        title: `${language.name} ${theme} ${screen.name}`,
        isPair: (l + t + s) % 2 === 0,
        language,
        theme,
        screen,
      })),
    ),
  )
  .filter(({ isPair }) => isPair || writesDocs);

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

describe.skipIf(noBrowser)('the pages', () => {
  let server: ServerProcess;
  let browser: Browser;

  beforeAll(async () => {
    // Without the fleet the pages stand still; what they say of simulated participants is on them in the other tests.
    server = await startServerProcess({ fleet: writesDocs ? 36 : 0 });
    browser = await launchBrowser();
    mkdirSync(picturesFolder, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await cleanUp();
  });

  test.each(variants)('$title: nothing serious on any page', async ({ language, theme, screen }) => {
    const visitor = await openPage(browser, {
      locale: language.locale,
      colorScheme: theme,
      viewport: screen.viewport,
      reducedMotion: 'reduce',
      hasTouch: screen.name === 'phone',
    });
    const { page } = visitor;
    try {
      await openBrowse(page, server.url, 'cpu');
      expect(await page.evaluate(() => document.documentElement.lang)).toMatch(language.name === 'zh' ? /^zh/ : /^en/);
      const liked = await likeOfGenre(page, await chooseGenre(page, ['Adventure', 'Drama']), 6);
      await page.getByTestId('undo').waitFor();
      const listed = (await page.getByTestId('for-you-item').first().getAttribute('data-item-id')) ?? '';
      const found: string[] = [];
      const routes = [
        '/',
        ...[liked[0] ?? '', listed].map((id) => `/item/${encodeURIComponent(id)}`),
        '/part',
        '/data',
        '/privacy',
      ];
      for (const route of routes) {
        await loadRoute(page, server.url, route);
        await waitForPage(page, route);
        await openUp(page, route);
        found.push(...(await seriousViolations(page)).map((violation) => `${route}: ${violation}`));
        const sideways = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (sideways > 0) found.push(`${route}: scrolls sideways by ${sideways} px`);
        const about = route === '/' ? 'browse' : route === routes[2] ? 'listed' : route.split('/')[1];
        const name = `${about}-${language.name}-${theme}-${screen.name}.png`;
        await page.screenshot({ path: join(picturesFolder, name) });
        if (writesDocs) await pictureForDocs(page, name);
      }
      expect(found).toEqual([]);
      expect(visitor.errors).toEqual([]);
      expect(visitor.foreignRequests(server.url)).toEqual([]);
      // A reload of an item's page asks for the same as one of any other page.
      const asked = visitor.requests.filter((url) => /^https?:/.test(url)).map((url) => new URL(url));
      const told = asked.filter(({ pathname }) => !pathname.startsWith('/assets/'));
      expect(told.filter(({ pathname, search }) => /item/.test(pathname) || search.includes('genre'))).toEqual([]);
    } finally {
      await visitor.close();
    }
  });

  test('language and theme can be switched, and stay after a reload', async () => {
    const visitor = await openPage(browser, { colorScheme: 'light' });
    const { page } = visitor;
    try {
      await openBrowse(page, server.url, 'cpu');
      const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = await background();
      await page.getByTestId('theme').selectOption('dark');
      await expect.poll(background).not.toBe(light);
      await page.getByTestId('language').click();
      await expect.poll(() => page.evaluate(() => document.documentElement.lang)).toMatch(/^zh/);
      await page.reload();
      await page.getByTestId('for-you-item').first().waitFor();
      expect(await page.evaluate(() => document.documentElement.lang)).toMatch(/^zh/);
      expect(await background()).not.toBe(light);
    } finally {
      await visitor.close();
    }
  });

  test('a like can be given and taken back with the keyboard alone', async () => {
    const visitor = await openPage(browser);
    const { page } = visitor;
    try {
      await openBrowse(page, server.url, 'cpu');
      const like = page.getByTestId('item-card').first().getByTestId('like');
      await like.focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => like.getAttribute('aria-pressed')).toBe('true');
      const undo = page.getByTestId('undo');
      await undo.focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => like.getAttribute('aria-pressed')).toBe('false');
    } finally {
      await visitor.close();
    }
  });
});

/** Waits until a page shows what it is about. */
async function waitForPage(page: Page, route: string): Promise<void> {
  await page.getByTestId('status').waitFor();
  if (route === '/') await page.getByTestId('for-you-item').first().waitFor();
  else if (route.startsWith('/item/')) await page.getByTestId('similar-item').first().waitFor();
  else if (route === '/part') await page.getByTestId('switch-send').waitFor();
  else if (route === '/data') await page.getByTestId('history-row').first().waitFor();
  else await page.getByRole('meter').waitFor();
}

/** Opens what is closed at first, so that it is looked at too: the tuning, a reason, what a deletion did. */
async function openUp(page: Page, route: string): Promise<void> {
  if (route === '/' && !writesDocs) {
    await page.getByTestId('tuning').locator('summary').click();
    await page.getByTestId('tuning-novelty').press('ArrowLeft');
    await page.getByTestId('genre-more').first().click();
    await page.getByTestId('reason').locator('button').first().click();
    await page.getByTestId('without').filter({ hasText: /\d/ }).first().waitFor();
  } else if (route === '/data') {
    await page.getByTestId('history-delete').first().click();
    await page.getByTestId('row-change').locator('.callout').waitFor();
  } else if (route === '/privacy') {
    await page.getByTestId('choice').waitFor();
  }
}

/** What axe finds with an impact of serious or critical, in words. Evaluated from outside, so the page's CSP stays as it is. */
async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(context: Document): Promise<{ violations: Violation[] }> } };
    return (await axe.run(document)).violations;
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id} (${nodes.length}x) ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary ?? ''}`,
    );
}

/** The pictures of the READMEs, by the picture that each is made with. */
const docsPictures: Readonly<Record<string, string>> = {
  'browse-en-light-desktop.png': 'screenshot-browse.png',
  'browse-zh-light-desktop.png': 'screenshot-browse-zh.png',
};

async function pictureForDocs(page: Page, name: string): Promise<void> {
  const file = docsPictures[name];
  if (file === undefined) return;
  mkdirSync(join(repositoryRoot, 'docs'), { recursive: true });
  const picture = await page.screenshot({ path: join(repositoryRoot, 'docs', file) });
  expect(picture.length).toBeLessThan(300_000);
}
