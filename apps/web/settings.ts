// Small choices of the person that hold nothing about items: language, colours, and when the question about taking part was put off.
// localStorage may be missing or refused (private windows, blocked storage): then a choice lasts as long as the page.

type SettingName = 'language' | 'theme' | 'asked-at';

const PREFIX = 'tacit.';
const kept = new Map<string, string>();

export function readSetting(name: SettingName): string | null {
  try {
    return localStorage.getItem(PREFIX + name) ?? kept.get(name) ?? null;
  } catch {
    return kept.get(name) ?? null;
  }
}

export function writeSetting(name: SettingName, value: string): void {
  kept.set(name, value);
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Kept for this page only.
  }
}
