// Text in a report: escaped for HTML and SVG, and numbers as people read them.

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attributes in double quotes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Three significant digits; whole numbers from a thousand on with separators. */
export function inDigits(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  if (size >= 100) return String(Math.round(value));
  if (size < 1e-3) return value.toExponential(2).replace(/\.?0+e/, 'e');
  return String(Number(value.toPrecision(3)));
}

/** Such as 512 B, 14.2 kB, 3 MB: powers of a thousand. */
export function inBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${inDigits(value)} ${units[unit]}`;
}

/** Such as 0.4 s, 12 s, 3.5 min, 2 h. */
export function inTime(seconds: number): string {
  if (seconds < 90) return `${inDigits(seconds)} s`;
  if (seconds < 90 * 60) return `${inDigits(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${inDigits(seconds / 3600)} h`;
  return `${inDigits(seconds / 86_400)} days`;
}

export function inPercent(part: number): string {
  return `${inDigits(100 * part)} %`;
}
