// How a device scores with `communities`: log P(i) of the content tilt, and to it the logarithm of how many times more the person's communities like
// the item than everybody does, Σ_c w_c lift_c(i). Where nothing is known of communities every lift is 1, and that is the content model.
import { firstComponent } from '../../catalogue/features.ts';
import type { CommunitiesModel, Features, Interactions } from '../../model/model.ts';
import { ContentScorer, weighedInteractions } from '../content/scorer.ts';
import { componentPrecision } from '../content/tilt.ts';
import type { Contribution, Scorer } from '../scorer.ts';
import { mostSimilar, UnitVectors } from '../unit-vectors.ts';
import { mixtureOf, writeMixture } from './mixture.ts';

/** Below every popularity that counts; keeps its logarithm finite. */
const leastPopularity = 1e-12;

export class CommunitiesScorer implements Scorer {
  readonly items: number;
  readonly #popularity: Float64Array;
  readonly #content: ContentScorer;
  readonly #sizes: Float64Array;
  /** P_c(i): communities x items, rows summing to 1. */
  readonly #chance: Float64Array;
  readonly #mixture: Float64Array;
  readonly #features: Features;
  /** Made when it is first asked for. */
  #units: UnitVectors | null = null;

  constructor(model: CommunitiesModel, features: Features) {
    this.items = model.header.items;
    this.#features = features;
    this.#popularity = Float64Array.from(model.popularity, (share) => Math.max(leastPopularity, share));
    this.#content = new ContentScorer(features, this.#popularity);
    this.#sizes = Float64Array.from(model.sizes);
    this.#chance = chanceOf(model, this.#popularity);
    this.#mixture = new Float64Array(this.items);
  }

  scores(interactions: Interactions): Float64Array {
    const scores = this.#content.scores(interactions);
    this.lifts(interactions).forEach((lift, row) => {
      scores[row] = scores[row]! + Math.log(lift);
    });
    return scores;
  }

  lifts(interactions: Interactions): Float64Array {
    const { likes } = weighedInteractions(interactions);
    if (likes.rows.length === 0 || this.#sizes.length === 0) return new Float64Array(this.items).fill(1);
    const total = this.#popularity.reduce((sum, share) => sum + share, 0);
    writeMixture(this.#chance, mixtureOf(this.#chance, this.#sizes, likes.rows, likes.weights), this.#mixture);
    return this.#mixture.map((chance, row) => (chance * total) / this.#popularity[row]!);
  }

  /** To which communities a history belongs is said by all of it together. */
  contributions(interactions: Interactions, row: number): readonly Contribution[] | null {
    return this.#sizes.length === 0 ? this.#content.contributions(interactions, row) : null;
  }

  similar(row: number, count: number): readonly { readonly row: number; readonly score: number }[] {
    this.#units ??= this.#similarity();
    return mostSimilar(this.#units, row, count);
  }

  /** Two items are alike as their scores vary together over people: by content, and by who likes them more than others do. */
  #similarity(): UnitVectors {
    const components = this.#features.columns - firstComponent;
    const columns = components + this.#sizes.length;
    const vectors = new Float64Array(this.items * columns);
    for (let row = 0; row < this.items; row++) {
      for (let k = 0; k < components; k++) {
        const value = this.#features.values[row * this.#features.columns + firstComponent + k]!;
        vectors[row * columns + k] = value / Math.sqrt(componentPrecision(k));
      }
      this.#sizes.forEach((size, c) => {
        const lift = this.#chance[c * this.items + row]! / this.#popularity[row]!;
        vectors[row * columns + components + c] = Math.sqrt(size) * Math.log(lift);
      });
    }
    return new UnitVectors(vectors, this.items, columns);
  }
}

/** P_c(i) ∝ p_i lift_c(i); what was not chosen is liked as everybody likes it. */
function chanceOf({ header, chosen, lift }: CommunitiesModel, popularity: Float64Array): Float64Array {
  const { items, communities, chosenItems } = header;
  const chance = new Float64Array(communities * items);
  for (let c = 0; c < communities; c++) {
    const own = chance.subarray(c * items, (c + 1) * items);
    own.set(popularity);
    chosen.forEach((row, place) => {
      own[row] = popularity[row]! * lift[c * chosenItems + place]!;
    });
    const total = own.reduce((sum, value) => sum + value, 0);
    for (let row = 0; row < items; row++) own[row] = own[row]! / total;
  }
  return chance;
}
