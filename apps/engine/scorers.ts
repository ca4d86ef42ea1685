// The two ways in which this device can score: by what the crowd taught the published model, and by public content beside it.
// Made once for each published model.
import { ContentScorer } from '#shared/learners/content/scorer.ts';
import { ReconstructionScorer } from '#shared/learners/reconstruction/scorer.ts';
import type { Scorer } from '#shared/learners/scorer.ts';
import type { RankedSource } from '#shared/ranking/list.ts';
import type { Published } from './published.ts';

export interface Scorers {
  readonly shared: Scorer;
  /** What the shared scorer's lists say of where they come from: the first model is content alone, nobody has taught it anything. */
  readonly sharedSource: RankedSource;
  readonly content: Scorer;
  /** Of each item, by row, any unit. */
  readonly popularity: ArrayLike<number>;
}

const made = new WeakMap<Published, Scorers>();

export function scorersOf(published: Published): Scorers {
  let scorers = made.get(published);
  if (scorers === undefined) {
    const { table, info } = published;
    const { popularity } = table.model;
    let content: Scorer | null = null;
    scorers = {
      shared: new ReconstructionScorer(table),
      sharedSource: info.version === 1 ? 'on-device' : 'shared',
      // When it is first asked for: it takes a moment, and memory.
      get content() {
        content ??= new ContentScorer(table.features, popularity);
        return content;
      },
      popularity,
    };
    made.set(published, scorers);
  }
  return scorers;
}
