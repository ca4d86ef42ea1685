// What is not on the first screen, and comes when it is opened, or before that where there is time: the other pages, the inside of the tuning panel,
// the drawing of posters.
import { signal } from '@preact/signals';
import type { posterSvg } from '#shared/catalogue/poster.ts';
import { pagesWords } from './language.ts';
import { lazyPart } from './parts/lazy.tsx';

/** One file, with its words beside it: who opens one of the pages soon opens another. */
async function others() {
  const [pages] = await Promise.all([import('./pages/others.ts'), pagesWords.load()]);
  return pages;
}

export const itemPage = lazyPart(async () => (await others()).Item);
export const partPage = lazyPart(async () => (await others()).Part);
export const dataPage = lazyPart(async () => (await others()).Data);
export const ask = lazyPart(async () => (await others()).Ask);
export const updateNotice = lazyPart(async () => (await others()).UpdateNotice);
export const tuningBody = lazyPart(async () => (await others()).TuningBody);
export const allTitles = lazyPart(async () => (await import('./pages/all-titles.tsx')).AllTitles);
export const privacyBody = lazyPart(async () => {
  const { privacyWords } = await import('./dictionary/privacy.ts');
  const [{ PrivacyBody }] = await Promise.all([import('./privacy/body.tsx'), privacyWords.load(), pagesWords.load()]);
  return PrivacyBody;
});

/** What draws posters; null until it is there. */
export const posterDrawing = signal<typeof posterSvg | null>(null);

/** Never rejects: without its code the posters stay blank. */
export async function drawPosters(): Promise<void> {
  const drawing = await import('#shared/catalogue/poster.ts').catch(() => null);
  posterDrawing.value = drawing?.posterSvg ?? null;
}

/** All that there is no need to ask consent for, so that a click waits for nothing. Never rejects. */
export async function loadOthers(): Promise<void> {
  await Promise.all(
    [allTitles, ask, updateNotice, itemPage, partPage, dataPage, tuningBody].map((part) => part.load()),
  );
}
