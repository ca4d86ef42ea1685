// The numbers of masked rounds: k, the threshold t, how many to gather, deadlines, and the floors of masking that no server can lower.
// PROTOCOL.md 10, [M1]. Privacy of a graph with these numbers: Bell et al. 2020, theorem 3.10 and the tails given there.
import { ProtocolError } from '../protocol/errors.ts';
import { maximumMaskedCohort, maximumRingBits, maximumUpdateLength, minimumRingBits } from '../protocol/limits.ts';
import { leastMinCohort, mostHonestNoiseShares } from '../protocol/policy.ts';

/** k of a graph that is not complete. Up to `completeGraphCohort` clients everybody is everybody's neighbour. */
export const sparseNeighbours = 128;
export const completeGraphCohort = sparseNeighbours + 1;
/** t in thousandths of k. */
export const standardThresholdPermille = 650;
export const minimumThresholdPermille = 650;
export const maximumThresholdPermille = 800;
/** A share for each neighbour costs t products in the field: more neighbours than this are minutes of a visitor's processor. */
export const maximumNeighbours = 1024;
/** Part of the cohort that is expected to stay, in thousandths: gathering aims at nMin / 0.85. */
const expectedToStayPermille = 850;
/** A closed socket is a dropout after this time, unless the client resumes within it. */
export const dropoutGraceMs = 2000;

const advertiseDeadlineS = 10;
const sharesDeadlineS = 10;
const unmaskDeadlineS = 10;
const maskedBaseDeadlineS = 30;
const maximumMaskedDeadlineS = 120;
/** Slowest uplink that an upload is timed for. */
export const slowestUploadBytesPerS = 125_000;

/** What masking takes from a RoundConfig. */
export interface MaskNumbers {
  /** D: numbers in an update. */
  readonly length: number;
  /** b: bits of the ring. */
  readonly bits: number;
  /** nMin: fewest clients in the roster, in U2 and in U3. */
  readonly minCohort: number;
  /** nMax: most clients in the roster. */
  readonly maxCohort: number;
  /** k before it is known how many came: the graph has min(k, n - 1). */
  readonly neighbours: number;
  /** t in thousandths of k. */
  readonly thresholdPermille: number;
}

declare const checked: unique symbol;

/** Numbers that passed the floors. Only `checkMaskParameters` makes them. */
export interface MaskParameters extends MaskNumbers {
  readonly [checked]: true;
}

/**
 * [M1] The floors of masking, whatever policy and config say. Throws ProtocolError 'below-floor'. It does not look at the noise: that is
 * `checkRoundConfig`, and a client needs both.
 */
export function checkMaskParameters(config: MaskNumbers & { readonly honestNoiseShares: number }): MaskParameters {
  const { length, bits, minCohort, maxCohort, honestNoiseShares, neighbours, thresholdPermille } = config;
  within('nMax', maxCohort, 1, maximumMaskedCohort);
  within('nMin', minCohort, leastMinCohort(maxCohort), maxCohort);
  within('nEff', honestNoiseShares, 1, mostHonestNoiseShares(minCohort, maxCohort));
  within('D', length, 1, maximumUpdateLength);
  within('bits', bits, minimumRingBits, maximumRingBits);
  within('k', neighbours, Math.min(maxCohort - 1, sparseNeighbours), maximumNeighbours);
  // A ring needs the same number of neighbours on both sides; an odd k is right only where every graph that can come about is complete.
  if (neighbours % 2 !== 0 && neighbours < maxCohort - 1) {
    throw belowFloor('k', `an even number, or at least nMax - 1 = ${maxCohort - 1}`, neighbours);
  }
  within('tPermille', thresholdPermille, minimumThresholdPermille, maximumThresholdPermille);
  // The brand exists in types alone; this is the one place outside of tests that grants it.
  return { length, bits, minCohort, maxCohort, neighbours, thresholdPermille } as MaskParameters;
}

/** k for a cohort of at most `maxCohort`: complete up to 129, else 128. */
export function neighboursForCohort(maxCohort: number): number {
  return Math.min(maxCohort - 1, sparseNeighbours);
}

/** k of the graph of n clients. */
export function actualNeighbours(parameters: MaskNumbers, n: number): number {
  return Math.min(parameters.neighbours, n - 1);
}

/** t = ceil(tPermille k / 1000) of the k + 1 shares of a secret, the own one included. */
export function thresholdOf(thresholdPermille: number, neighbours: number): number {
  return Math.floor((thresholdPermille * neighbours + 999) / 1000);
}

/** How many to gather: min(nMax, ceil(nMin / 0.85)). */
export function gatheringTarget(minCohort: number, maxCohort: number): number {
  return Math.min(maxCohort, Math.ceil((1000 * minCohort) / expectedToStayPermille));
}

/** Upper bounds of the stages in whole seconds, as in a RoundConfig. A stage ends earlier when all that remain have answered. */
export function stageDeadlines(length: number, bits: number) {
  const uploadBytes = Math.ceil((length * bits) / 8);
  return {
    advertiseS: advertiseDeadlineS,
    sharesS: sharesDeadlineS,
    maskedS: Math.min(maximumMaskedDeadlineS, maskedBaseDeadlineS + Math.ceil(uploadBytes / slowestUploadBytesPerS)),
    unmaskS: unmaskDeadlineS,
  };
}

function within(field: string, value: number, least: number, most: number): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw belowFloor(field, `${least} to ${most}`, value);
  }
}

function belowFloor(field: string, expected: string, got: number): ProtocolError {
  return new ProtocolError('below-floor', `masks, ${field}: expected ${expected}, got ${got}`);
}
