// What rounds have said so far about one vector: their noised means, added up with the inverse of their variances as weights. People give
// vectors of norm 1, so those of one round differ among each other by at most 1 / D a number, and that adds to the noise.

/** Immutable. `mean` of so many people is sum / precision. */
export interface Evidence {
  /** Σ weight x mean. Empty before the first round. */
  readonly sum: Float64Array;
  /** Σ weight. */
  readonly precision: number;
  /** Σ weight² x noise variance. */
  readonly noise: number;
  /** Contributions in it, as they count by now. */
  readonly people: number;
  /** Epochs in which they were made, as they count by now. */
  readonly epochs: number;
}

export const noEvidence: Evidence = { sum: new Float64Array(0), precision: 0, noise: 0, people: 0, epochs: 0 };

/**
 * What an epoch's evidence counts in the next: tastes and catalogues change, so what was said ten epochs ago counts a third.
 */
export const epochMemory = 0.9;

/** A decoded round, as far as evidence goes by it. */
export interface SaidRound {
  readonly mean: ArrayLike<number>;
  /** Standard deviation of the noise on each number of `mean`. */
  readonly noiseStdOfMean: number;
  readonly cohort: number;
}

/**
 * One more round. @param phaseRounds rounds of the same phase and epoch before it.
 * @throws RangeError when the mean has another length than the rounds before.
 */
export function withRound(
  evidence: Evidence,
  { mean, noiseStdOfMean, cohort }: SaidRound,
  phaseRounds: number,
): Evidence {
  if (evidence.precision > 0 && evidence.sum.length !== mean.length) {
    throw new RangeError(`mean of ${mean.length} numbers, the rounds before have ${evidence.sum.length}`);
  }
  const variance = noiseStdOfMean ** 2 + 1 / (mean.length * cohort);
  const weight = 1 / variance;
  return {
    sum: Float64Array.from(mean, (value, index) => (evidence.sum[index] ?? 0) + weight * value),
    precision: evidence.precision + weight,
    noise: evidence.noise + (weight * noiseStdOfMean) ** 2,
    people: evidence.people + cohort,
    epochs: evidence.epochs + (phaseRounds === 0 ? 1 : 0),
  };
}

/** As it counts after an epoch has ended. */
export function aged({ sum, precision, noise, people, epochs }: Evidence, memory = epochMemory): Evidence {
  return {
    sum: sum.map((value) => memory * value),
    precision: memory * precision,
    noise: memory ** 2 * noise,
    people: memory * people,
    epochs: memory * epochs,
  };
}

/** Different people behind it: each takes part once an epoch, and in the next it is mostly the same ones again. As many as an epoch had. */
export function differentPeople({ people, epochs }: Evidence): number {
  return epochs > 0 ? people / epochs : 0;
}

/** The mean over all that was said; null before the first round. */
export function meanOf({ sum, precision }: Evidence): Float64Array | null {
  return precision > 0 ? sum.map((value) => value / precision) : null;
}

/** Standard deviation of the noise in each number of that mean. */
export function noiseStdOf({ noise, precision }: Evidence): number {
  return Math.sqrt(noise) / precision;
}
