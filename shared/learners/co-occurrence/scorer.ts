// How a device scores with `co-occurrence`: EASE by Woodbury from the factors [T, p], and beside it what the tilted popularity (content/tilt.ts)
// expects of n likes, its content extended by the learned tastes: if E[x xᵀ / n] = p pᵀ + T Tᵀ, then P(i) ∝ p_i exp(τ_iᵀ c) with τ_i = T_i / p_i
// and c ~ N(0, I) has these moments to first order. Without tastes the tilted popularity ranks alone: that is the content model.
import { firstComponent } from '../../catalogue/features.ts';
import { checkInteractions, interactionCount } from '../../model/interactions.ts';
import type { CoOccurrenceModel, Features, Interactions } from '../../model/model.ts';
import { logPopularity } from '../../model/popularity.ts';
import { ContentScorer, contentUnits, shownPopularityPrecision, weighedInteractions } from '../content/scorer.ts';
import { ContentTilt, componentPrecision, type WeightedRows } from '../content/tilt.ts';
import type { Contribution, Scorer } from '../scorer.ts';
import { mostSimilar, type UnitVectors } from '../unit-vectors.ts';
import { FactorEase } from './ease.ts';
import { spreadTastes, type Tastes } from './spread.ts';

/** |τ| at most: a taste of an item that hardly anybody likes is uncertain. */
const largestTaste = 4;
/** Below every popularity that counts; keeps its logarithm finite. */
const leastPopularity = 1e-12;

/** What the crowd's session published, and the public rules for the device. */
export interface LearnedTastes {
  /** Float64Array[items], all above 0: p = E[x / sqrt n]. */
  readonly popularity: Float64Array;
  /** E[x xᵀ / n] up to a factor is about L Lᵀ; of no count: the tilt scores alone. */
  readonly factors: Tastes;
  /** What the factors leave of the matrix's diagonal, by item, which EASE adds to its ridge; null where the rest of it is noise. */
  readonly rest: Float64Array | null;
  /** Columns of the tilt beside the content; of no count where EASE alone uses them. */
  readonly tastes: Tastes;
  /** In the units of L Lᵀ. */
  readonly ridge: number;
  readonly tiltWeight: number;
}

export class CoOccurrenceScorer implements Scorer {
  readonly items: number;
  readonly #learned: LearnedTastes;
  /** null without tastes. */
  readonly #ease: FactorEase | null;
  readonly #tilt: ContentTilt;
  readonly #tilted: Features;
  /** Made when it is first asked for. */
  #units: UnitVectors | null = null;

  /**
   * @param features null: the tastes alone. @param popularityPrecision of the tilt, where it is not the tilt's own.
   * @throws RangeError when the numbers are not finite.
   */
  constructor(learned: LearnedTastes, features: Features | null, popularityPrecision?: number) {
    const { popularity, factors, rest, tastes, ridge } = learned;
    this.items = popularity.length;
    this.#learned = learned;
    this.#ease =
      factors.count === 0
        ? null
        : new FactorEase(
            factors.values,
            factors.count,
            popularity.map((_, row) => ridge + (rest?.[row] ?? 0)),
          );
    this.#tilted = withTastes(features, tastes, popularity);
    this.#tilt = new ContentTilt(
      this.#tilted,
      popularity.map((value) => Math.log(value)),
      popularityPrecision,
    );
  }

  /** Scores by likes alone. Float64Array[items]; holds until the next call. */
  score(history: readonly number[]): Float64Array {
    return this.#score({ rows: history, weights: history.map(() => 1) });
  }

  #score(
    likes: WeightedRows & Readonly<Record<'rows' | 'weights', readonly number[]>>,
    dislikes?: WeightedRows,
  ): Float64Array {
    const logs = this.#tilt.scoresOf(this.#tilt.fit(likes, dislikes));
    if (this.#ease === null || likes.rows.length === 0) return logs;
    const scores = this.#ease.score(likes.rows, likes.weights);
    let most = Number.NEGATIVE_INFINITY;
    for (const log of logs) most = Math.max(most, log);
    let total = 0;
    for (const log of logs) total += Math.exp(log - most);
    const likeCount = likes.weights.reduce((sum, weight) => sum + weight, 0);
    const weight = (this.#learned.tiltWeight * likeCount) / total;
    for (let row = 0; row < scores.length; row++) {
      scores[row] = scores[row]! + weight * Math.exp(logs[row]! - most);
    }
    return scores;
  }

  scores(interactions: Interactions): Float64Array {
    checkInteractions(interactions, this.items);
    if (interactionCount(interactions) === 0) return logPopularity(this.#learned.popularity);
    const { likes, dislikes } = weighedInteractions(interactions);
    return this.#score(likes, dislikes).slice();
  }

  /** EASE is a sum over the likes; the tilted popularity beside it is not. */
  contributions(): readonly Contribution[] | null {
    return null;
  }

  similar(row: number, count: number): readonly { readonly row: number; readonly score: number }[] {
    // The tastes are columns of the tilt as the content is.
    this.#units ??= contentUnits(this.#tilted);
    return mostSimilar(this.#units, row, count);
  }
}

/** The scorer of a published model. Without tastes it is the content's, taken apart exactly. */
export function coOccurrenceScorer(model: CoOccurrenceModel, features: Features): Scorer {
  const { rootLikes, ridge, tiltWeight, tastes: count } = model.header;
  if (count === 0) return new ContentScorer(features, model.popularity);
  const popularity = Float64Array.from(model.popularity, (share) => Math.max(leastPopularity, rootLikes * share));
  const tastes = spreadTastes({ values: model.tastes, count }, model.chosen, model.fill, popularity, features);
  const factors = withPopularity(tastes, popularity, trustIn(tastes, popularity));
  return new CoOccurrenceScorer(
    { popularity, factors, rest: null, tastes, ridge, tiltWeight },
    features,
    shownPopularityPrecision,
  );
}

/**
 * How much of the popularity EASE takes in. Where tastes hardly stand out of the noise, EASE beside the tilted popularity would only count the
 * popularity twice; with no tastes it says nothing, so that a model without tastes is the content model.
 */
function trustIn(tastes: Tastes, popularity: Float64Array): number {
  const squares = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
  return Math.min(1, squares(tastes.values) / squares(popularity));
}

/** [T, w p]: the factors of w² p pᵀ + T Tᵀ. */
export function withPopularity({ values, count }: Tastes, popularity: Float64Array, weight = 1): Tastes {
  const wide = new Float64Array(popularity.length * (count + 1));
  popularity.forEach((value, row) => {
    wide.set(values.subarray(row * count, (row + 1) * count), row * (count + 1));
    wide[row * (count + 1) + count] = weight * value;
  });
  return { values: wide, count: count + 1 };
}

/** The content with the tastes as further columns, each scaled so that its coefficient's prior, N(0, 1 / precision), means N(0, 1) of τ. */
function withTastes(features: Features | null, { values, count }: Tastes, popularity: Float64Array): Features {
  const known = features?.columns ?? firstComponent;
  const columns = known + count;
  const wide = new Float32Array(popularity.length * columns);
  for (let row = 0; row < popularity.length; row++) {
    if (features !== null) wide.set(features.values.subarray(row * known, (row + 1) * known), row * columns);
    for (let t = 0; t < count; t++) {
      const taste = Math.min(largestTaste, Math.max(-largestTaste, values[row * count + t]! / popularity[row]!));
      wide[row * columns + known + t] = taste * Math.sqrt(componentPrecision(known - firstComponent + t));
    }
  }
  return { items: popularity.length, columns, values: wide };
}
