// How a device scores with a published model, whatever learner made it. The learner's code is loaded when a model of it is first met.

import type { Features, Model } from '../model/model.ts';
import { checkFeatures, materialise } from '../model/table.ts';
import { ReconstructionScorer } from './reconstruction/scorer.ts';
import type { Scorer } from './scorer.ts';

/** @throws RangeError when model and features are of different shape. */
export async function scorerOf(model: Model, features: Features): Promise<Scorer> {
  checkFeatures(model, features);
  switch (model.learner) {
    case 'reconstruction':
      return new ReconstructionScorer(materialise(model, features));
    case 'co-occurrence':
      return (await import('./co-occurrence/scorer.ts')).coOccurrenceScorer(model, features);
    case 'communities':
      return new (await import('./communities/scorer.ts')).CommunitiesScorer(model, features);
  }
}
