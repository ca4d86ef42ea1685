import { expect, test } from 'vitest';
import { ProtocolError } from '../protocol/errors.ts';
import {
  actualNeighbours,
  checkMaskParameters,
  gatheringTarget,
  neighboursForCohort,
  stageDeadlines,
  thresholdOf,
} from './parameters.ts';

const demo = {
  length: 96,
  bits: 16,
  minCohort: 20,
  maxCohort: 28,
  honestNoiseShares: 18,
  neighbours: 27,
  thresholdPermille: 650,
};

test('[M1] the numbers of the protocol', () => {
  expect(thresholdOf(650, 128)).toBe(84);
  // n = 20, 24, 28 of the demo: t = 13, 15, 18.
  const parameters = checkMaskParameters(demo);
  expect([20, 24, 28].map((n) => thresholdOf(650, actualNeighbours(parameters, n)))).toEqual([13, 15, 18]);
  expect([gatheringTarget(20, 28), gatheringTarget(35, 50), gatheringTarget(20, 20)]).toEqual([24, 42, 20]);
  expect([neighboursForCohort(28), neighboursForCohort(129), neighboursForCohort(1000)]).toEqual([27, 128, 128]);
  expect(stageDeadlines(96, 16)).toEqual({ advertiseS: 10, sharesS: 10, maskedS: 31, unmaskS: 10 });
  expect(stageDeadlines(1_000_000, 16).maskedS).toBe(46);
  expect(stageDeadlines(2 ** 22, 32).maskedS).toBe(120);
});

test('[M1] large cohorts: k = 128 is enough, and must be even', () => {
  const large = { ...demo, minCohort: 700, maxCohort: 1000, honestNoiseShares: 600, neighbours: 128 };
  expect(() => checkMaskParameters(large)).not.toThrow();
  expect(() => checkMaskParameters({ ...large, neighbours: 130, thresholdPermille: 750 })).not.toThrow();
  expect(() => checkMaskParameters({ ...large, neighbours: 129 })).toThrow('k: expected an even number');
  expect(() => checkMaskParameters({ ...large, neighbours: 126 })).toThrow('k: expected 128 to 1024');
});

test.each([
  ['19 survivors', { minCohort: 19, maxCohort: 27, honestNoiseShares: 17 }],
  ['nMin below 0.7 nMax', { maxCohort: 29, neighbours: 28 }],
  ['nMin above nMax', { minCohort: 29 }],
  ['no honest share', { honestNoiseShares: 0 }],
  ['too many honest shares', { honestNoiseShares: 19 }],
  ['a graph that is not complete', { neighbours: 26 }],
  ['no graph', { neighbours: 0 }],
  ['more neighbours than the limit', { neighbours: 1025 }],
  ['a low threshold', { thresholdPermille: 649 }],
  ['a high threshold', { thresholdPermille: 801 }],
  ['no threshold', { thresholdPermille: Number.NaN }],
  ['a ring that is too small', { bits: 7 }],
  ['one that is too large', { bits: 33 }],
  ['no numbers', { length: 0 }],
  ['too many numbers', { length: 2 ** 22 + 1 }],
  ['a cohort that no roster message holds', { maxCohort: 16_001, minCohort: 12_000, neighbours: 128 }],
])('[M1] below the floors: %s', (_, change) => {
  expect(() => checkMaskParameters({ ...demo, ...change })).toThrow(ProtocolError);
});
