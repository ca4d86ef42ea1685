// What a model is worth beside another: the mean difference of the same people's NDCG@10, with the uncertainty of people and of worlds.

import { meanOf, standardErrorOf } from '../maths/statistics.ts';

export interface Gain {
  readonly mean: number;
  /** The larger of the standard error over people and that over seeds. */
  readonly standardError: number;
  /** `boundErrors` standard errors below and above the mean. */
  readonly lower: number;
  readonly upper: number;
  /** Over all seeds. */
  readonly people: number;
  readonly seeds: number;
}

/** Standard errors between a mean and its bounds. */
export const boundErrors = 2;

/**
 * Paired by person; seeds have people of their own.
 * @param pairs for each seed, NDCG@10 under the model and under the yardstick, of the same people in the same order.
 * @throws RangeError for no seed, lists of different lengths, or fewer than two people.
 */
export function gainOf(pairs: readonly (readonly [model: Float64Array, yardstick: Float64Array])[]): Gain {
  const bySeed = pairs.map(([model, yardstick]) => {
    if (model.length !== yardstick.length) {
      throw new RangeError(`expected the same people, got ${model.length} and ${yardstick.length}`);
    }
    return model.map((value, person) => value - yardstick[person]!);
  });
  const all = bySeed.flatMap((differences) => [...differences]);
  if (all.length < 2) throw new RangeError(`expected two people or more to compare, got ${all.length}`);
  const mean = meanOf(all);
  const seedMeans = bySeed.map(meanOf);
  const overSeeds = seedMeans.length < 2 ? 0 : standardErrorOf(seedMeans);
  const standardError = Math.max(standardErrorOf(all), overSeeds);
  return {
    mean,
    standardError,
    lower: mean - boundErrors * standardError,
    upper: mean + boundErrors * standardError,
    people: all.length,
    seeds: pairs.length,
  };
}

export const verdicts = ['helps', 'unclear', 'harmful'] as const;
export type Verdict = (typeof verdicts)[number];

/** helps and harmful are said where the bounds agree. */
export function verdictOf({ lower, upper }: Pick<Gain, 'lower' | 'upper'>): Verdict {
  if (lower > 0) return 'helps';
  return upper < 0 ? 'harmful' : 'unclear';
}
