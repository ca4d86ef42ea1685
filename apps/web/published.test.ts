import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verdicts } from '#shared/adviser/gain.ts';
import { MalformedError, parseStatus } from './published.ts';

const status = {
  version: '0.1.0',
  catalogue: { hash: 'ab'.repeat(32) },
  model: { version: 3 },
  rounds: { completed: 2 },
  simulatedParticipants: 36,
};

describe('the advice of a status', () => {
  test('[AV4] each verdict with its crowd; none from a server that says nothing of it', () => {
    for (const verdict of verdicts) {
      expect(parseStatus({ ...status, advice: { verdict, crowd: 288, inWords: 'x' } }).advice).toEqual({
        verdict,
        crowd: 288,
      });
    }
    expect(parseStatus(status).advice).toBeNull();
  });

  test('[AV5] anything else is malformed, and is never shown', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const isAdvice =
          typeof value === 'object' &&
          value !== null &&
          'verdict' in value &&
          verdicts.some((known) => known === value.verdict);
        fc.pre(!isAdvice);
        expect(() => parseStatus({ ...status, advice: value })).toThrow(MalformedError);
      }),
    );
    for (const crowd of [-1, Number.NaN, '288', null]) {
      expect(() => parseStatus({ ...status, advice: { verdict: 'helps', crowd } })).toThrow(MalformedError);
    }
  });
});
