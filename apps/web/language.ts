// The language of the page: a choice of the person, kept in this browser, and `navigator.language` before there is one.
import { computed, signal } from '@preact/signals';
import type { CatalogueItem } from '#shared/catalogue/schema.ts';
import { type Dictionary, en } from './dictionary/en.ts';
import { zh } from './dictionary/zh.ts';
import { readSetting, writeSetting } from './settings.ts';

export type Language = 'en' | 'zh';

const DICTIONARIES: { readonly [language in Language]: Dictionary } = { en, zh };

/** The BCP 47 tag for `lang` and for Intl. */
export const LANGUAGE_TAGS: { readonly [language in Language]: string } = { en: 'en', zh: 'zh-CN' };

export const language = signal<Language>(firstLanguage());

/** The words of the current language. Reading it in a component follows the language. */
export const words = computed<Dictionary>(() => DICTIONARIES[language.value]);

export function switchLanguage(): void {
  language.value = language.value === 'en' ? 'zh' : 'en';
  writeSetting('language', language.value);
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
  const former = words.value.formerCountries[code];
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
