// The scorer of content alone: no model of the crowd's but the popularity. Always there beside the shared model's, and better than it where the
// crowd is small; each device finds out which of the two serves it (shared/ranking/choice.ts).
import { firstComponent } from '../../catalogue/features.ts';
import { checkInteractions, weightsOf } from '../../model/interactions.ts';
import type { Features, Interactions } from '../../model/model.ts';
import { dislikedObservation, likedObservation, seenObservation } from '../../model/objective.ts';
import { logPopularity } from '../../model/popularity.ts';
import type { Contribution, Scorer } from '../scorer.ts';
import { mostSimilar, UnitVectors } from '../unit-vectors.ts';
import { ContentTilt, componentPrecision, type WeightedRows } from './tilt.ts';

/** What a 'seen' and a dislike count beside a like: their pulls in the local objective beside a like's. */
const likedPull = likedObservation.weight * likedObservation.target;
const seenShare = (seenObservation.weight * seenObservation.target) / likedPull;
const dislikedShare = Math.abs(dislikedObservation.weight * dislikedObservation.target) / likedPull;

/**
 * Here people like what a page shows them, and it shows the well known first. So a history of well-known items says little of a taste for them:
 * with the precision of the evaluation eight liked westerns would be explained by their fame, and the list would be of other famous films.
 */
export const shownPopularityPrecision = 20;

export class ContentScorer implements Scorer {
  readonly items: number;
  /** Made when it is first asked for: a device that only takes part never scores. */
  #made: ContentTilt | null = null;
  readonly #features: Features;
  readonly #logPopularity: Float64Array;
  #units: UnitVectors | null;
  /** Lives as long as the caller's own object: a list asks for the contributions to many items of one history. */
  readonly #fits = new WeakMap<Interactions, Fit>();

  /** @param popularity any positive unit, items numbers. @param units of the same features; null: made when they are first asked for. */
  constructor(features: Features, popularity: ArrayLike<number>, units: UnitVectors | null = null) {
    this.items = features.items;
    this.#features = features;
    this.#logPopularity = logPopularity(popularity);
    this.#units = units;
  }

  scores(interactions: Interactions): Float64Array {
    return this.#tilt.scoresOf(this.#fit(interactions).taste).slice();
  }

  contributions(interactions: Interactions, row: number): Contribution[] {
    const fit = this.#fit(interactions);
    fit.parts ??= this.#tilt.partsOf(fit.taste, fit.likes, fit.dislikes);
    const { parts, rows } = fit;
    const count = fit.taste.length;
    const found = rows.map((observed, index) => ({
      row: observed,
      contribution: this.#tilt.tiltOf(parts.subarray(index * count, (index + 1) * count), row),
    }));
    return found.sort((a, b) => b.contribution - a.contribution || a.row - b.row);
  }

  similar(row: number, count: number): { row: number; score: number }[] {
    this.#units ??= contentUnits(this.#features);
    return mostSimilar(this.#units, row, count);
  }

  get #tilt(): ContentTilt {
    this.#made ??= new ContentTilt(this.#features, this.#logPopularity, shownPopularityPrecision);
    return this.#made;
  }

  #fit(interactions: Interactions): Fit {
    const known = this.#fits.get(interactions);
    if (known !== undefined) return known;
    checkInteractions(interactions, this.items);
    const { likes, dislikes } = weighedInteractions(interactions);
    const taste = this.#tilt.fit(likes, dislikes);
    const fit = { likes, dislikes, taste, rows: [...likes.rows, ...dislikes.rows], parts: null };
    this.#fits.set(interactions, fit);
    return fit;
  }
}

interface Fit extends WeighedInteractions {
  readonly taste: Float64Array;
  /** The likes' rows, then the dislikes'. */
  readonly rows: readonly number[];
  parts: Float64Array | null;
}

interface WeighedInteractions {
  /** What was liked, and then what was seen. */
  readonly likes: WeightedRows & { readonly rows: readonly number[]; readonly weights: readonly number[] };
  readonly dislikes: WeightedRows & { readonly rows: readonly number[]; readonly weights: readonly number[] };
}

/** A history as evidence for and against items, for whatever learns from likes. */
export function weighedInteractions(interactions: Interactions): WeighedInteractions {
  const { liked, disliked, seen } = interactions;
  return {
    likes: {
      rows: [...liked, ...seen],
      weights: [
        ...weightsOf(interactions, 'liked'),
        ...weightsOf(interactions, 'seen').map((weight) => seenShare * weight),
      ],
    },
    dislikes: {
      rows: disliked,
      weights: weightsOf(interactions, 'disliked').map((weight) => dislikedShare * weight),
    },
  };
}

/** Each component as long as tastes differ in it, so that the cosine is the correlation of two items' scores over people (without popularity). */
export function contentUnits({ items, columns, values }: Features): UnitVectors {
  const components = Math.max(0, columns - firstComponent);
  const vectors = new Float64Array(items * components);
  for (let k = 0; k < components; k++) {
    const length = 1 / Math.sqrt(componentPrecision(k));
    for (let row = 0; row < items; row++) {
      vectors[row * components + k] = length * values[row * columns + firstComponent + k]!;
    }
  }
  return new UnitVectors(vectors, items, components);
}
