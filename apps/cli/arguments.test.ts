import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberOf, oneOf, quoted } from './arguments.ts';
import { UsageError } from './usage-error.ts';

test('a number is a decimal one within its range, ends included', () => {
  const range = { least: -2, most: 1e3 };
  for (const [text, value] of [
    ['-2', -2],
    ['1e3', 1000],
    ['.5', 0.5],
    ['+7.', 7],
  ] as const) {
    expect(numberOf('--x', text, range), text).toBe(value);
  }
  for (const text of ['', ' ', '0x10', 'Infinity', 'NaN', '1,5', '-2.001', '1e3.5', '--5', '7 8']) {
    expect(() => numberOf('--x', text, range), text).toThrow(UsageError);
  }
  expect(() => numberOf('--x', '2.5', { ...range, whole: true })).toThrow(
    '--x: expected a whole number from -2 to 1000, got "2.5"',
  );
  expect(() => numberOf('--x', 'a"b', { ...range, inWords: 'a part' })).toThrow('--x: expected a part, got "a\\"b"');
});

test('a word is one of those that there are', () => {
  expect(oneOf('--x', 'on', ['on', 'off'])).toBe('on');
  expect(() => oneOf('--x', 'On', ['on', 'off'])).toThrow('--x: expected one of on, off, got "On"');
});

test('a quoted argument is what the shell gives back', () => {
  expect(quoted('--epsilon=2,4')).toBe('--epsilon=2,4');
  const words = fc
    .sample(fc.string({ unit: 'binary' }), 30)
    .map((text) => text.replaceAll('\0', '').replaceAll('\n', ' '));
  const back = execFileSync('sh', ['-c', `printf '%s\\n' ${[...words, "it's $HOME `x`"].map(quoted).join(' ')}`]);
  expect(back.toString('utf8').split('\n').slice(0, -1)).toEqual([...words, "it's $HOME `x`"]);
});
