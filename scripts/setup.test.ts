import { expect, test } from 'vitest';
import { findBrowser, findFirefox } from './browser.mjs';
import { nodeIsSupported } from './setup.mjs';

test.each([
  ['v20.18.3', false],
  ['v20.19.0', true],
  ['v20.20.2', true],
  ['v21.7.0', false],
  ['v22.11.0', false],
  ['v22.12.0', true],
  ['v18.20.0', false],
  ['v24.0.0', true],
])('Node %s is supported: %s', (version, isSupported) => {
  expect(nodeIsSupported(version)).toBe(isSupported);
});

test('a browser that is named and not there is an error, not a silent other browser', () => {
  expect(() => findBrowser({ TACIT_BROWSER: '/nowhere/chromium' })).toThrow(/TACIT_BROWSER names \/nowhere\/chromium/);
  expect(() => findFirefox({ TACIT_FIREFOX: '/nowhere/firefox' })).toThrow(/TACIT_FIREFOX names \/nowhere\/firefox/);
});

test('a browser that is named is used', () => {
  expect(findBrowser({ TACIT_BROWSER: process.execPath, PATH: '' })).toBe(process.execPath);
  expect(findFirefox({ TACIT_FIREFOX: process.execPath, PATH: '' })).toBe(process.execPath);
});
