// Where a federation goes: [PL1] every round of every phase of an epoch once, [PL2] an ended phase goes on where its last round would have.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exampleFederation, phasedFederation } from '../testing/example-policy.ts';
import { firstPlace, isPlaceOf, placeAfter, placeAfterPhase, roundsLeft } from './place.ts';

const policy = phasedFederation();
const roundsOfEpoch = policy.phases.reduce((sum, { rounds }) => sum + rounds, 0);

test('[PL1] an epoch goes through every round of every phase in order, and then the next begins', () => {
  let place = firstPlace;
  for (let round = 0; round < 3 * roundsOfEpoch; round++) {
    const inEpoch = round % roundsOfEpoch;
    let phase = 0;
    let before = 0;
    while (inEpoch >= before + policy.phases[phase]!.rounds) before += policy.phases[phase++]!.rounds;
    const expected = { epoch: 1 + Math.floor(round / roundsOfEpoch), phase, phaseRounds: inEpoch - before };
    expect(place).toEqual(expected);
    expect(isPlaceOf(policy, place)).toBe(true);
    expect(roundsLeft(policy, place)).toBe(policy.phases[phase]!.rounds - place.phaseRounds);
    place = placeAfter(policy, place);
  }
});

test('[PL2] a phase that ends early goes on where its last round would have led', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 0, max: policy.phases.length - 1 }),
      (epoch, phase) => {
        const last = { epoch, phase, phaseRounds: policy.phases[phase]!.rounds - 1 };
        expect(placeAfterPhase(policy, { epoch, phase })).toEqual(placeAfter(policy, last));
      },
    ),
  );
});

test('[PL3] a phase without end counts its rounds and goes nowhere', () => {
  const endless = exampleFederation();
  expect(placeAfter(endless, { epoch: 1, phase: 0, phaseRounds: 999 })).toEqual({
    epoch: 1,
    phase: 0,
    phaseRounds: 1000,
  });
  expect(roundsLeft(endless, { ...firstPlace, phaseRounds: 7 })).toBeNull();
  expect(isPlaceOf(endless, { ...firstPlace, phaseRounds: 1e6 })).toBe(true);
  expect(() => placeAfterPhase(endless, firstPlace)).toThrow(RangeError);
});

test('a place that the policy does not have is none', () => {
  expect(isPlaceOf(policy, { epoch: 1, phase: policy.phases.length, phaseRounds: 0 })).toBe(false);
  expect(isPlaceOf(policy, { epoch: 1, phase: 0, phaseRounds: policy.phases[0]!.rounds })).toBe(false);
  expect(() => placeAfter(policy, { epoch: 1, phase: policy.phases.length, phaseRounds: 0 })).toThrow(RangeError);
});
