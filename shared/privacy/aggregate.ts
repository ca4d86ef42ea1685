// The server's half of the pipeline: the ring sum as uploads arrive, then lift, rotate back, average. PROTOCOL.md 7.
import { plainRounds, type RingVector, type RoundCore } from '../core/rounds.ts';
import { liftSigned } from '../maths/ring.ts';
import type { RoundConfig } from '../protocol/round-config.ts';

/** The sum of uploads in Z_2^b. Each is added as it arrives and not kept, so memory is 4 D bytes. */
export class RingSum {
  readonly #vector: RingVector;
  #count = 0;

  /** @param length D, 1 or more. @param rounds what adds. Throws RangeError for a length or bits that cannot be. */
  constructor(length: number, bits: number, rounds: RoundCore = plainRounds) {
    this.#vector = rounds.ringVector(length, bits);
  }

  /** Adds one payload. Throws ProtocolError 'bad-frame' for a wrong length and leaves the sum as it was. */
  add(payload: Uint8Array): void {
    this.#vector.addPacked(payload);
    this.#count++;
  }

  /** Uploads in the sum. */
  get count(): number {
    return this.#count;
  }

  /** Uint32Array[D], each below 2^b; a copy, the caller's. */
  values(): Uint32Array {
    return this.#vector.values();
  }
}

export interface DecodedSum {
  /** Float64Array[D]: the mean update of the cohort, real units, with its noise. */
  readonly mean: Float64Array;
  /** Standard deviation of the noise in each number of `mean`, real units, from the noise received: sqrt(cohort sigma²) / (scale cohort). */
  readonly noiseStdOfMean: number;
  /** Int32Array[D]: the lifted sum, still rotated, integer units. Together with the config it gives `mean` again, bit for bit. */
  readonly sumIntegers: Int32Array;
}

/**
 * Decodes a ring sum. Deterministic: the same sum, cohort and config give the same bits everywhere.
 * @param sum Uint32Array[D] from `RingSum.values`. @param cohort uploads in it, 1 or more. Throws RangeError otherwise.
 * @param rounds what rotates back; each gives the same bits.
 */
export function decodeSum(
  sum: Uint32Array,
  cohort: number,
  config: RoundConfig,
  rounds: RoundCore = plainRounds,
): DecodedSum {
  if (sum.length !== config.length)
    throw new RangeError(`decodeSum: expected ${config.length} elements, got ${sum.length}`);
  if (!Number.isInteger(cohort) || cohort < 1)
    throw new RangeError(`decodeSum: expected a cohort of 1 or more, got ${cohort}`);
  const sumIntegers = liftSigned(sum, config.bits);
  const mean = Float64Array.from(sumIntegers);
  rounds.unrotate(mean, config.rotationSeed);
  const divisor = config.scale * cohort;
  for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! / divisor;
  return { mean, noiseStdOfMean: Math.sqrt(cohort * (config.sigma2num / config.sigma2den)) / divisor, sumIntegers };
}
