// The Privacy page's words in the current language. Comes with that page's code, not with the entry.
import { Words } from '../language.ts';
import type { PrivacyDictionary } from './privacy-en.ts';

export const privacyWords = new Words<PrivacyDictionary>({
  en: async () => (await import('./privacy-en.ts')).privacyEn,
  zh: async () => (await import('./privacy-zh.ts')).privacyZh,
});
