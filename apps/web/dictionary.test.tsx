import { describe, expect, test } from 'vitest';
import type { Reason } from '../engine/api.ts';
import { en } from './dictionary/en.ts';
import { zh } from './dictionary/zh.ts';

/** One of each; the type of the list makes a missing code an error. */
const reasons: { readonly [code in Reason['code']]: Reason } = {
  'not-opted-in': { code: 'not-opted-in' },
  'training-only': { code: 'training-only' },
  people: { code: 'people', joined: 17, needed: 24 },
  connecting: { code: 'connecting' },
  progress: { code: 'progress', fraction: 0.4 },
  others: { code: 'others', received: 3, expected: 24 },
  cooldown: { code: 'cooldown', untilMs: 25_000 },
  'budget-spent': { code: 'budget-spent' },
  'not-loopback': { code: 'not-loopback' },
  'policy-refused': { code: 'policy-refused', detail: 'z is 0.1' },
  'no-history': { code: 'no-history' },
  'other-tab': { code: 'other-tab' },
  offline: { code: 'offline' },
  'stopped-by-operator': { code: 'stopped-by-operator' },
  hidden: { code: 'hidden' },
  battery: { code: 'battery' },
  'save-data': { code: 'save-data' },
  metered: { code: 'metered' },
  pressure: { code: 'pressure' },
  storage: { code: 'storage' },
};

describe('the dictionaries', () => {
  test('have the same keys of the same kinds', () => {
    expect(shapeOf(zh)).toEqual(shapeOf(en));
  });

  test('leave nothing empty', () => {
    for (const [path, text] of textsOf(en)) expect(text.trim(), path).not.toBe('');
    for (const [path, text] of textsOf(zh)) expect(text.trim(), path).not.toBe('');
  });

  test('every reason is a sentence of its own, in both languages', () => {
    for (const words of [en, zh]) {
      const sentences = Object.values(reasons).map((reason) => words.reason(reason, 0));
      expect(new Set(sentences).size).toBe(sentences.length);
      for (const sentence of sentences) {
        expect(sentence.length).toBeGreaterThan(3);
        expect(sentence).not.toMatch(/undefined|NaN|null/);
      }
    }
  });

  test('the figures of a reason are in its sentence', () => {
    expect(en.reason(reasons.people, 0)).toBe('17 of 24 people here');
    expect(en.reason({ code: 'people', joined: 26, needed: 24 }, 0)).not.toContain('of 24');
    expect(zh.reason(reasons.people, 0)).toMatch(/24.*17/);
    expect(en.reason(reasons.progress, 0)).toContain('40 %');
    expect(en.reason(reasons.cooldown, 0)).toContain('25 s');
    expect(zh.reason(reasons['policy-refused'], 0)).toContain('z is 0.1');
  });

  test('sizes have a unit', () => {
    expect(en.bytes(208)).toBe('208 bytes');
    expect(en.bytes(1500)).toBe('1.5 KB');
    expect(zh.bytes(2_500_000)).toBe('2.5 MB');
  });
});

/** Keys and kinds; the open tables of genres and countries may differ. */
function shapeOf(value: unknown, key = ''): unknown {
  if (key === 'genres' && typeof value === 'object' && !Array.isArray(value)) return 'table';
  if (Array.isArray(value)) return value.map((part) => shapeOf(part));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, part]) => [name, shapeOf(part, name)]),
    );
  }
  return typeof value;
}

function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, part]) => textsOf(part, `${path}.${name}`));
  }
  return [];
}
