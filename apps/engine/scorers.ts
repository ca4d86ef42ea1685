// The two ways in which this device can score, and which of them serves this person: what the crowd taught the published model, and public
// content beside it. Made once for each published model.
import { ContentScorer, contentUnits } from '#shared/learners/content/scorer.ts';
import { isFirstPlace } from '#shared/learners/place.ts';
import type { Scorer } from '#shared/learners/scorer.ts';
import type { UnitVectors } from '#shared/learners/unit-vectors.ts';
import type { DatedRow } from '#shared/model/recency.ts';
import { chooseModel, comparedPart, type ModelChoice } from '#shared/ranking/choice.ts';
import type { KeyOf } from '#shared/ranking/held-out.ts';
import type { RankedSource } from '#shared/ranking/list.ts';
import { keysOf } from './first-list.ts';
import { once } from './once.ts';
import type { ScoredModel } from './scoring.ts';

export interface Scorers {
  readonly shared: Scorer;
  /** What the shared scorer's lists say of where they come from: the first model is content alone, nobody has taught it anything. */
  readonly sharedSource: RankedSource;
  readonly content: Scorer;
  /** What 'alike' means in a list, whatever model ranks. */
  readonly units: UnitVectors;
  /** Of each item, by row, any unit. */
  readonly popularity: ArrayLike<number>;
  /** Mixes the catalogue: by row the oldest films would come first. */
  readonly keyOf: KeyOf;
  /** Which model serves a history. The same answer for the same history, and the same work only once. */
  choice(history: readonly DatedRow[]): ModelChoice;
}

/** Choices that are remembered for a model: the history's, and those without one of its rows. */
const rememberedChoices = 64;

const made = new WeakMap<ScoredModel, Scorers>();

export function scorersOf(published: ScoredModel): Scorers {
  const known = made.get(published);
  if (known !== undefined) return known;
  const { model, features, catalogue, scorer } = published;
  const { popularity } = model;
  const keys = keysOf(catalogue);
  // When they are first asked for: each takes a moment, and memory.
  const units = once(() => contentUnits(features));
  const content = once(() => new ContentScorer(features, popularity, units()));
  const choices = new Map<string, ModelChoice>();
  const scorers: Scorers = {
    shared: scorer,
    sharedSource: isFirstPlace(model.header) ? 'on-device' : 'shared',
    get content() {
      return content();
    },
    get units() {
      return units();
    },
    popularity,
    keyOf: (row) => keys[row]!,
    choice(history) {
      const part = comparedPart(history, scorers.keyOf);
      const name = JSON.stringify(
        part.map(({ row, kind, at }) => [row, kind, at]).sort((a, b) => Number(a[0]) - Number(b[0])),
      );
      const choice = choices.get(name) ?? chooseModel(scorers.shared, scorers.content, part, scorers.keyOf, popularity);
      choices.delete(name);
      choices.set(name, choice);
      if (choices.size > rememberedChoices) choices.delete(choices.keys().next().value!);
      return choice;
    },
  };
  made.set(published, scorers);
  return scorers;
}
