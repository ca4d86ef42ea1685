// `communities` on the device: in the phase popularity the likes over all items; in the phases centroids and likes a vector in the slot of the
// nearest community, which nobody sees behind the masks. No training, no randomness.
import { checkInteractions } from '../../model/interactions.ts';
import type { CommunitiesModel } from '../../model/model.ts';
import type { UpdateInput } from '../device.ts';
import { onlyPart } from '../layout.ts';
import { histogramOf } from '../popularity.ts';
import { embedderOf, writeCentroid, writeLikes } from './embedding.ts';

export async function communitiesUpdate(
  model: CommunitiesModel,
  { interactions, policy }: UpdateInput,
): Promise<Float64Array> {
  const { items, chosenItems } = model.header;
  const { liked } = interactions;
  checkInteractions(interactions, items);
  const part = onlyPart(policy.layout, model);
  if (part.name === 'histogram') return histogramOf(liked, items);
  const out = new Float64Array(part.length);
  // Somebody without likes belongs to no community.
  if (liked.length === 0) return out;
  const popularity = new Float64Array(items);
  model.chosen.forEach((row, place) => {
    popularity[row] = model.basis[place]!;
  });
  const embedding = embedderOf(popularity, model.chosen)(liked);
  if (part.name === 'centroids') writeCentroid(model.centroids, chosenItems, embedding, out);
  else writeLikes(model.centroids, chosenItems, embedding, liked.length, out);
  return out;
}
