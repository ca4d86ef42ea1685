// From an update to noised integers: clip, rotate, round, noise. PROTOCOL.md 6, in exactly that order. Masking (or, in mode 4, packing) comes
// after. All four steps come before the device advertises its keys, so that no timing after that depends on the data.
import { rotate } from '../maths/hadamard.ts';
import type { RandomSource } from '../maths/random.ts';
import type { RoundConfig } from '../protocol/round-config.ts';
import { clipToIntegerUnits } from './clipping.ts';
import { discreteGaussian } from './discrete-gaussian.ts';
import { roundConditionally } from './quantization.ts';
import { sensitivitySquared } from './sensitivity.ts';

export interface EncodedUpdate {
  /** Float64Array[D], real units, before the rotation. Never sent. */
  readonly clipped: Float64Array;
  /** Float64Array[D], integer units, after the rotation and before rounding. Never sent. */
  readonly rotated: Float64Array;
  /** Int32Array[D], rotated, integer units, without noise: Σ of squares <= boundSq. Never sent, never used again. */
  readonly rounded: Int32Array;
  /** `rounded` plus the discrete Gaussian share, before masks and reduction modulo 2^b. For one round alone. */
  readonly noised: Int32Array;
}

/**
 * Encodes one update for one round. Each participation calls it once with fresh randomness; a resumed upload sends the same bytes again.
 * @param update Float64Array[D], real units; not changed; may hold anything, NaN and infinities count as 0.
 * @param config a config that passed `checkRoundConfig`. @param random cryptographic for every real participation.
 * Throws RangeError when the update has another length than the config, or the config's bound is not ours: nothing is sent then.
 */
export function encodeUpdate(update: Float64Array, config: RoundConfig, random: RandomSource): EncodedUpdate {
  checkEncodable(update, config);
  const values = clipToIntegerUnits(update, config.scale, config.clippingBoundInt);
  const clipped = values.map((value) => value / config.scale);
  rotate(values, config.rotationSeed);
  const rounded = roundConditionally(values, config.boundSq, random);
  const noised = new Int32Array(rounded.length);
  discreteGaussian({ numerator: config.sigma2num, denominator: config.sigma2den }).sample(noised, random);
  for (let i = 0; i < noised.length; i++) noised[i] = noised[i]! + rounded[i]!;
  return { clipped, rotated: values, rounded, noised };
}

/** Throws RangeError when the update has another length than the config, or the config's bound is not ours. */
export function checkEncodable(update: Float64Array, config: RoundConfig): void {
  if (update.length !== config.length) {
    throw new RangeError(`encodeUpdate: expected ${config.length} numbers, got ${update.length}`);
  }
  const boundSq = sensitivitySquared(config.clippingBoundInt, config.length);
  if (config.boundSq !== boundSq) {
    throw new RangeError(`encodeUpdate: expected a boundSq of ${boundSq}, got ${config.boundSq}`);
  }
}
