// The language of the page: a choice of the person, kept in this browser, and `navigator.language` before there is one.
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { CatalogueItem } from '#shared/catalogue/schema.ts';
import type { Reason } from '../engine/api.ts';
import { type Dictionary, en } from './dictionary/en.ts';
import type { PagesDictionary } from './dictionary/pages-en.ts';
import { readSetting, writeSetting } from './settings.ts';

export type Language = 'en' | 'zh';

/** The BCP 47 tag for `lang` and for Intl. */
export const LANGUAGE_TAGS: { readonly [language in Language]: string } = { en: 'en', zh: 'zh-CN' };

export const language = signal<Language>(firstLanguage());

/** Words that were loaded once: those of another language have to be there before it is shown. */
const inUse = new Set<Words<unknown>>();

/** Words of a part of the page. Those of a language are loaded when they are first needed, and stay. */
export class Words<Texts> {
  readonly #get: { readonly [language in Language]: () => Promise<Texts> };
  readonly #loaded = signal<ReadonlyMap<Language, Texts>>(new Map());
  readonly #current: ReadonlySignal<Texts>;

  /** @param first texts that are there already. */
  constructor(
    get: { readonly [language in Language]: () => Promise<Texts> },
    first: readonly (readonly [Language, Texts])[] = [],
  ) {
    this.#get = get;
    this.#loaded.value = new Map(first);
    this.#current = computed(() => {
      const texts = this.#loaded.value.get(language.value) ?? [...this.#loaded.value.values()][0];
      if (texts === undefined) throw new TypeError('words: expected load() to have resolved before a word is shown');
      return texts;
    });
    if (first.length > 0) inUse.add(this);
  }

  /** In the current language; in one that is there where that one could not be had. Reading it in a component follows the language. */
  get value(): Texts {
    return this.#current.value;
  }

  /** Whether there is a text to show. */
  get isLoaded(): boolean {
    return this.#loaded.value.size > 0;
  }

  /** Gets the texts of a language. Rejects where they cannot be had. */
  async load(wanted: Language = language.value): Promise<void> {
    inUse.add(this);
    if (this.#loaded.value.has(wanted)) return;
    const texts = await this.#get[wanted]();
    this.#loaded.value = new Map([...this.#loaded.value, [wanted, texts]]);
  }
}

/** The words of the first screen. */
export const words = new Words<Dictionary>(
  { en: async () => en, zh: async () => (await import('./dictionary/zh.ts')).zh },
  [['en', en]],
);

/** The words of the other pages and of the tuning panel: there once one of those was loaded. */
export const pagesWords = new Words<PagesDictionary>({
  en: async () => (await import('./dictionary/pages-en.ts')).pagesEn,
  zh: async () => (await import('./dictionary/pages-zh.ts')).pagesZh,
});

/** Why a device does not take part, or how far it is; nothing where the words for it are still on their way. @param now unix ms. */
export function reasonText(reason: Reason, now: number): string {
  if (reason.code === 'not-opted-in') {
    return words.value.notOptedIn;
  }
  return pagesWords.isLoaded ? pagesWords.value.reason(reason, now) : '';
}

/** Gets what is on screen in a language. Rejects where it cannot be had. */
export async function loadWords(wanted: Language): Promise<void> {
  await Promise.all([...inUse].map((each) => each.load(wanted)));
}

/** The page follows when the other language's words are there. Rejects where they cannot be had, and nothing changes. */
export async function switchLanguage(): Promise<void> {
  const other = language.value === 'en' ? 'zh' : 'en';
  await loadWords(other);
  language.value = other;
  writeSetting('language', other);
}

function firstLanguage(): Language {
  const stored = readSetting('language');
  if (stored === 'en' || stored === 'zh') {
    return stored;
  }
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export function titleOf(item: CatalogueItem): string {
  return (language.value === 'zh' ? item.titleZh : undefined) ?? item.title;
}

/** The title in the other language, where it differs. */
export function otherTitleOf(item: CatalogueItem): string | undefined {
  const other = language.value === 'zh' ? item.title : item.titleZh;
  return other === titleOf(item) ? undefined : other;
}

/** Genres of other catalogues are shown as they came. */
export function genreName(genre: string): string {
  return words.value.genres[genre] ?? genre;
}

export function countryName(code: string): string {
  const former = pagesWords.value.formerCountries[code];
  if (former !== undefined) {
    return former;
  }
  try {
    return new Intl.DisplayNames([LANGUAGE_TAGS[language.value]], { type: 'region' }).of(code) ?? code;
  } catch {
    // RangeError: two letters that are not a region.
    return code;
  }
}

/** A date and time as a person reads it, in local time. */
export function whenText(atMs: number): string {
  return new Intl.DateTimeFormat(LANGUAGE_TAGS[language.value], { dateStyle: 'medium', timeStyle: 'short' }).format(
    atMs,
  );
}

/** A date as a person reads it, in local time. */
export function dayText(atMs: number): string {
  return new Intl.DateTimeFormat(LANGUAGE_TAGS[language.value], { dateStyle: 'long' }).format(atMs);
}
