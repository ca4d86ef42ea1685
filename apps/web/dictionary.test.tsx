// Both languages: the same keys, no empty text, no promise beyond the mathematics.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BackendReason, Reason } from '../engine/api.ts';
import { backendEn } from './dictionary/backend-en.ts';
import { backendZh } from './dictionary/backend-zh.ts';
import { en } from './dictionary/en.ts';
import { pagesEn } from './dictionary/pages-en.ts';
import { pagesZh } from './dictionary/pages-zh.ts';
import { privacyEn } from './dictionary/privacy-en.ts';
import { privacyZh } from './dictionary/privacy-zh.ts';
import { zh } from './dictionary/zh.ts';

/** One of each; the type of the list makes a missing code an error. */
const reasons: { readonly [code in Reason['code']]: Reason } = {
  'not-opted-in': { code: 'not-opted-in' },
  'training-only': { code: 'training-only' },
  people: { code: 'people', joined: 17, needed: 24 },
  connecting: { code: 'connecting' },
  progress: { code: 'progress', fraction: 0.4 },
  others: { code: 'others', received: 3, expected: 24 },
  'phase-done': { code: 'phase-done' },
  cooldown: { code: 'cooldown', untilMs: 25_000 },
  'budget-spent': { code: 'budget-spent' },
  'not-secure': { code: 'not-secure' },
  'alone-not-allowed': { code: 'alone-not-allowed' },
  'terms-changed': { code: 'terms-changed' },
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

const unusable = { code: 'unusable', backend: 'webgpu', detail: 'a vendor' } as const;
/** One of each; the types of the lists make a missing one an error. */
const whyUnusable: { readonly [why in Extract<BackendReason, { code: 'unusable' }>['why']]: BackendReason } = {
  missing: { ...unusable, why: 'missing' },
  software: { ...unusable, why: 'software' },
  wrong: { ...unusable, why: 'wrong' },
  fault: { ...unusable, why: 'fault' },
  late: { ...unusable, why: 'late' },
};
const backendReasons: { readonly [code in Exclude<BackendReason['code'], 'unusable'>]: BackendReason } = {
  'asked-for': { code: 'asked-for', backend: 'wasm' },
  small: { code: 'small', work: 47_040, crossover: 500_000 },
  quick: { code: 'quick', processorMs: 0.72 },
  passed: { code: 'passed', backend: 'webgpu', device: 'nvidia ada', relativeError: 2.4e-7 },
  timed: { code: 'timed', faster: 'webgpu', webgpuMs: 3.14, processorMs: 41.2, remembered: false },
  lost: { code: 'lost', backend: 'webgpu', times: 1, last: false },
};

describe('the dictionaries', () => {
  test('have the same keys of the same kinds', () => {
    expect(shapeOf(zh)).toEqual(shapeOf(en));
    expect(shapeOf(pagesZh)).toEqual(shapeOf(pagesEn));
    expect(shapeOf(privacyZh)).toEqual(shapeOf(privacyEn));
  });

  test('leave nothing empty', () => {
    for (const words of [en, zh, pagesEn, pagesZh, privacyEn, privacyZh]) {
      for (const [path, text] of textsOf(words)) expect(text.trim(), path).not.toBe('');
    }
  });

  test('never promise what no mathematics gives', () => {
    const folder = join(import.meta.dirname, 'dictionary');
    const files = readdirSync(folder);
    expect(files).toEqual(
      expect.arrayContaining(['en.ts', 'zh.ts', 'pages-en.ts', 'pages-zh.ts', 'privacy-en.ts', 'privacy-zh.ts']),
    );
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      for (const banned of [/anonym/i, /cannot|can’t|can't|\bcan not\b/i, /匿名/])
        expect(text, file).not.toMatch(banned);
      // Of modes that are no more.
      expect(text, file).not.toMatch(/loopback|localhost|mode 0|not masked|没有掩码：/i);
    }
  });

  test('the three sentences of an update, to the letter', () => {
    expect(pagesEn.updateWaiting).toBe('Waiting for more people; no part of your update has left this browser.');
    expect(privacyEn.updateAmongOthers(19, '2.40', '8')).toBe(
      'Your update was added to at least 19 others before the server could read it. ' +
        'Guarantee if the server follows the protocol: epsilon = 2.40 of your 8 used in this browser.',
    );
    expect(privacyEn.updateAlone('2.40')).toBe('Sent alone, protected only by noise added here (epsilon = 2.40).');
    expect(pagesZh.updateWaiting).toMatch(/等待更多人.*没有任何部分离开/);
    expect(privacyZh.updateAmongOthers(19, '2.40', '8')).toMatch(/19.*遵守协议.*epsilon = 2\.40.*8/);
    expect(privacyZh.updateAlone('2.40')).toMatch(/单独发送.*epsilon = 2\.40/);
  });

  test('large numbers are grouped', () => {
    expect(privacyEn.panelNumbers(104_000, pagesEn.bytes(832_000))).toBe('104,000 numbers, 832 KB');
    expect(privacyZh.exactBytes(204_800)).toBe('204,800 字节');
    expect(privacyEn.crowdNeeded('2', 1_234, 366)).toContain('about 1,234 people in a round instead of 366');
  });

  test('every reason is a sentence of its own, in both languages', () => {
    for (const words of [pagesEn, pagesZh]) {
      const sentences = Object.values(reasons).map((reason) => words.reason(reason, 0));
      expect(new Set(sentences).size).toBe(sentences.length);
      for (const sentence of sentences) {
        expect(sentence.length).toBeGreaterThan(3);
        expect(sentence).not.toMatch(/undefined|NaN|null/);
      }
    }
  });

  test('the figures of a reason are in its sentence', () => {
    expect(pagesEn.reason(reasons.people, 0)).toBe('17 of 24 people here');
    expect(pagesEn.reason({ code: 'people', joined: 26, needed: 24 }, 0)).not.toContain('of 24');
    expect(pagesZh.reason(reasons.people, 0)).toMatch(/24.*17/);
    expect(pagesEn.reason(reasons.progress, 0)).toContain('40 %');
    expect(pagesEn.reason(reasons.cooldown, 0)).toContain('25 s');
    expect(pagesZh.reason(reasons['policy-refused'], 0)).toContain('z is 0.1');
  });

  test('every reason of a backend is a sentence of its own, with its figures, in both languages', () => {
    const variants: BackendReason[] = [
      { code: 'timed', faster: 'processor', webgpuMs: 30, processorMs: 4, remembered: true },
      { code: 'lost', backend: 'webgpu', times: 3, last: true },
      { code: 'passed', backend: 'wasm', device: '', relativeError: 0 },
    ];
    const all = [...Object.values(whyUnusable), ...Object.values(backendReasons), ...variants];
    for (const words of [backendEn, backendZh]) {
      const sentences = all.map(words.reason);
      expect(new Set(sentences).size).toBe(sentences.length);
      for (const sentence of sentences) {
        expect(sentence).toMatch(/[.。]$/);
        expect(sentence).not.toMatch(/undefined|NaN|null|\(\)|（）/);
      }
      expect(words.reason(backendReasons.small)).toMatch(/47,040.*500,000/);
      expect(words.reason(backendReasons.timed)).toMatch(/3\.1 .*41 /);
      expect(words.reason(backendReasons.passed)).toMatch(/nvidia ada.*2e-7/);
      expect(words.reason(whyUnusable.software)).toContain('a vendor');
    }
  });

  test('sizes have a unit', () => {
    expect(pagesEn.bytes(208)).toBe('208 bytes');
    expect(pagesEn.bytes(1500)).toBe('1.5 KB');
    expect(pagesZh.bytes(2_500_000)).toBe('2.5 MB');
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
