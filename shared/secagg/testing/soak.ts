// Random rounds with dropouts at every stage: sizes log-uniform, graphs complete and sparse, rings of every width, messages in random order.
// Everything follows from a seed and a number, so a round that fails can be played again by itself.
import { experimentRandomOfLabel, fmix32 } from '../../maths/random.ts';
import { ringMask } from '../../maths/ring.ts';
import { everyRing } from '../../privacy/bits.ts';
import { leastMinCohort, mostHonestNoiseShares } from '../../protocol/policy.ts';
import type { MaskCrypto } from '../crypto.ts';
import {
  checkMaskParameters,
  type MaskParameters,
  neighboursForCohort,
  standardThresholdPermille,
} from '../parameters.ts';
import type { ServerStage } from '../server.ts';
import { type JudgedRound, judgedRound, stages } from './judge.ts';
import { type RoundScript, uncheckedMaskParameters } from './run.ts';

export interface SoakLimits {
  /** Most clients in a round, 3 or more. */
  readonly maximumCohort: number;
  /** Largest D, 1 or more. */
  readonly maximumLength: number;
}

/** Below it no parameters pass the floors, so smaller rounds have parameters of their own. */
const leastFlooredCohort = 24;
/** Part of the clients that leaves somewhere on the way; one of these a round. */
const leavingPermille = [0, 50, 100, 150, 250, 400];

/** Round `number` of a soak. */
export function soakScript(seed: number, number: number, limits: SoakLimits, crypto: MaskCrypto): RoundScript {
  const label = `tacit soak ${seed} ${number}`;
  const draw = drawsOf(label);
  const n = logUniform(draw, 3, limits.maximumCohort);
  const length = logUniform(draw, 1, limits.maximumLength);
  const parameters =
    n >= leastFlooredCohort && draw() < 0.5 ? flooredParameters(draw, n, length) : freeParameters(draw, n, length);
  const leaving = leavingPermille[Math.floor(draw() * leavingPermille.length)]! / 1000;
  const leaves = new Map<number, ServerStage>();
  for (let seat = 0; seat < n; seat++) {
    const stage = stages[Math.floor(draw() * stages.length)]!;
    if (draw() < leaving) leaves.set(seat, stage);
  }
  const salt = Math.floor(draw() * 2 ** 32);
  const mask = ringMask(parameters.bits);
  return {
    parameters,
    config: Uint8Array.from({ length: 184 }, (_, i) => fmix32(salt + i)),
    values: Array.from({ length: n }, (_, seat) =>
      Uint32Array.from({ length }, (_, i) => fmix32(fmix32(salt + seat) + i) & mask),
    ),
    crypto,
    randomOf: (seat) => experimentRandomOfLabel(`${label} ${seat}`),
    leaves,
    pick: (waiting) => Math.floor(draw() * waiting),
  };
}

export function soakRound(seed: number, number: number, limits: SoakLimits, crypto: MaskCrypto): Promise<JudgedRound> {
  return judgedRound(soakScript(seed, number, limits, crypto));
}

/** Numbers that a policy may have, for cohorts of up to a bit more than n. */
function flooredParameters(draw: () => number, n: number, length: number): MaskParameters {
  const maxCohort = n + Math.floor(draw() * 0.2 * n);
  const minCohort = leastMinCohort(maxCohort);
  return checkMaskParameters({
    length,
    bits: oneOf(draw, everyRing),
    minCohort,
    maxCohort,
    honestNoiseShares: mostHonestNoiseShares(minCohort, maxCohort),
    neighbours: neighboursForCohort(maxCohort),
    thresholdPermille: standardThresholdPermille + Math.floor(draw() * 100),
  });
}

/** Numbers below the floors: sparse graphs of few clients, low thresholds. */
function freeParameters(draw: () => number, n: number, length: number): MaskParameters {
  const halves = Math.max(1, Math.floor((n - 1) / 2));
  const complete = draw() < 0.5;
  return uncheckedMaskParameters({
    length,
    bits: oneOf(draw, everyRing),
    minCohort: Math.max(2, Math.ceil(n * (0.5 + 0.2 * draw()))),
    maxCohort: n,
    neighbours: complete ? n - 1 : Math.min(n - 1, 2 * (1 + Math.floor(draw() * halves))),
    thresholdPermille: 350 + Math.floor(draw() * 450),
  });
}

function logUniform(draw: () => number, least: number, most: number): number {
  return Math.min(most, Math.floor(Math.exp(Math.log(least) + draw() * Math.log((most + 1) / least))));
}

function oneOf<T>(draw: () => number, choices: readonly T[]): T {
  return choices[Math.floor(draw() * choices.length)]!;
}

/** Uniform numbers in [0, 1). */
function drawsOf(label: string): () => number {
  const random = experimentRandomOfLabel(label);
  const word = new Uint32Array(1);
  return () => {
    random.fillUint32(word);
    return word[0]! / 2 ** 32;
  };
}
