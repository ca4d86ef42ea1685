// Builds and serves the lab page (apps/e2e/lab) for the tests that need code of ours in a browser, and calls into it.
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openPage, repositoryRoot, type WatchedPage } from './harness.ts';
import type { LabCall } from './lab/calls.ts';
import { servePage } from './served-page.ts';

export interface Lab extends WatchedPage {
  call<T>(call: LabCall): Promise<T>;
}

/** Opens the lab in the browser. Its `close` also ends its web server. */
export async function openLab(browser: Browser): Promise<Lab> {
  const served = await servePage(join(repositoryRoot, 'apps', 'e2e', 'lab'));
  const opened = await openPage(browser);
  await opened.page.goto(served.url);
  await opened.page.waitForFunction(() => 'callLab' in globalThis);
  return {
    ...opened,
    call: <T>(call: LabCall) =>
      opened.page.evaluate(
        (argument) => (globalThis as unknown as { callLab(call: unknown): Promise<unknown> }).callLab(argument),
        call as unknown as Record<string, unknown>,
      ) as Promise<T>,
    async close() {
      await opened.close();
      await served.close();
    },
  };
}
