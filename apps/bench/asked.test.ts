import { describe, expect, test } from 'vitest';
import { UsageError } from '../cli/config.ts';
import { parseAsked, usageOf } from './asked.ts';

const known = ['counts', 'fit', 'best'];

describe('what the command line asks for', () => {
  test('nothing: every case, in full', () => {
    expect(parseAsked([], known)).toEqual({
      only: null,
      isQuick: false,
      json: false,
      resume: false,
      out: null,
      browserFlags: [],
    });
  });

  test.each([
    [['--only', 'best,counts']],
    [['--only', 'best', '--only', 'counts']],
    [['--only=best', '--only=counts']],
  ])('%j: those cases, in their own order', (argv) => {
    expect(parseAsked(argv, known)).toMatchObject({ only: ['counts', 'best'] });
  });

  test.each([
    [['--only', 'best,worst'], /expected names among counts, fit, best; got "worst"/],
    [['--only'], /expected names of cases/],
    [['--only', '--json'], /expected names of cases/],
    [['--fast'], /unknown flag "--fast"/],
    [['fit'], /unexpected argument "fit"/],
    [['--quick=1'], /takes no value/],
  ])('%j is not understood, and it is said why', (argv, message) => {
    expect(() => parseAsked(argv, known)).toThrow(UsageError);
    expect(() => parseAsked(argv, known)).toThrow(message);
  });

  test('flags of the browser come after an equals sign', () => {
    expect(parseAsked(['--browser-flags=--one=1 --two'], known)).toMatchObject({ browserFlags: ['--one=1', '--two'] });
  });

  test('help names every case with what it measures', () => {
    expect(parseAsked(['--help'], known)).toBe('help');
    expect(usageOf([{ name: 'fit', about: 'the fit' }])).toMatch(/fit +the fit/);
  });
});
