// Light or dark: as the system says, unless the person chose.
import { effect, signal } from '@preact/signals';
import { readSetting, writeSetting } from './settings.ts';

export type Theme = 'auto' | 'light' | 'dark';

export const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

export const theme = signal<Theme>(firstTheme());

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  writeSetting('theme', chosen);
}

/** Keeps `data-theme` of the document in step. Returns the stop function. */
export function followTheme(): () => void {
  return effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}

function firstTheme(): Theme {
  const stored = readSetting('theme');
  return THEMES.find((known) => known === stored) ?? 'auto';
}
