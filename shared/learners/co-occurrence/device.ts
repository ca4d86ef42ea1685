// `co-occurrence` on the device: in the phase popularity the likes over all items, in the phase co-occurrence the deflated triangle over the K.
// No training, no randomness; both have norm 1 for everybody who has likes there.
import { checkInteractions } from '../../model/interactions.ts';
import type { CoOccurrenceModel } from '../../model/model.ts';
import type { UpdateInput } from '../device.ts';
import { onlyPart } from '../layout.ts';
import { histogramOf } from '../popularity.ts';
import { Deflation } from './tastes.ts';

export async function coOccurrenceUpdate(
  model: CoOccurrenceModel,
  { interactions, policy }: UpdateInput,
): Promise<Float64Array> {
  const { items } = model.header;
  const { liked } = interactions;
  checkInteractions(interactions, items);
  const part = onlyPart(policy.layout, model);
  return part.name === 'histogram' ? histogramOf(liked, items) : deflationOf(model).triangleOf(liked).slice();
}

/** As the server made it: only the K and their popularity then count. */
function deflationOf({ header, chosen, basis }: CoOccurrenceModel): Deflation {
  const popularity = new Float64Array(header.items);
  chosen.forEach((row, place) => {
    popularity[row] = basis[place]!;
  });
  return new Deflation(popularity, chosen.length);
}
