// The Privacy page's words in the current language. Comes with that page's code, not with the entry.
import { computed } from '@preact/signals';
import { type Language, language } from '../language.ts';
import { type PrivacyDictionary, privacyEn } from './privacy-en.ts';
import { privacyZh } from './privacy-zh.ts';

const DICTIONARIES: { readonly [language in Language]: PrivacyDictionary } = { en: privacyEn, zh: privacyZh };

export const privacyWords = computed<PrivacyDictionary>(() => DICTIONARIES[language.value]);
