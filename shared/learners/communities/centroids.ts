// The centroids on the server: where they begin, and where a noised sum moves them. A sum of noise alone moves nothing: what lies across the old
// centroid is shrunk by the energy that it has beyond the noise's (James and Stein 1961).
import { firstComponent } from '../../catalogue/features.ts';
import { gaussians } from '../../maths/gaussian.ts';
import type { RandomSource } from '../../maths/random.ts';
import type { Features } from '../../model/model.ts';
import { rarity } from './embedding.ts';

/** Standard deviation of the content directions from which the communities begin, and components that they have. */
const startStd = 0.7;
const startComponents = 20;
const largestTilt = 3;
/** Standard deviations of the noise that a sum has to show. */
const evidenceThreshold = 3;

/**
 * The first centroids, communities x K: the popularity tilted along random directions of the content (of the items themselves without content).
 * @param popularity by row. @param chosen the K rows. @param random the same for everybody: the directions are public.
 */
export function startCentroids(
  features: Features | null,
  popularity: ArrayLike<number>,
  chosen: Uint32Array,
  communities: number,
  random: RandomSource,
): Float64Array {
  const components = features === null ? 0 : Math.min(startComponents, features.columns - firstComponent);
  const centroids = new Float64Array(communities * chosen.length);
  for (let c = 0; c < communities; c++) {
    const taste = gaussians(components || chosen.length, startStd, random);
    chosen.forEach((row, place) => {
      let tilt = components === 0 ? taste[place]! : 0;
      for (let k = 0; k < components; k++) {
        tilt += taste[k]! * features!.values[row * features!.columns + firstComponent + k]!;
      }
      centroids[c * chosen.length + place] =
        popularity[row]! ** (1 - rarity) * Math.exp(Math.max(-largestTilt, Math.min(largestTilt, tilt)));
    });
    normalise(centroids, c * chosen.length, chosen.length);
  }
  return centroids;
}

/**
 * The centroids of the means, in place; a community that next to nobody chose stays where it is, and so does one of which the sum says nothing.
 * @param mean communities x (K + 1). @param noiseStd of its numbers; 0: the mean as it is.
 */
export function moveCentroids(centroids: Float64Array, count: number, mean: ArrayLike<number>, noiseStd: number): void {
  for (let community = 0; community * count < centroids.length; community++) {
    const from = community * (count + 1);
    const start = community * count;
    if (!(mean[from + count]! > evidenceThreshold * noiseStd)) continue;
    let along = 0;
    for (let k = 0; k < count; k++) along += mean[from + k]! * centroids[start + k]!;
    let across = 0;
    for (let k = 0; k < count; k++) across += (mean[from + k]! - along * centroids[start + k]!) ** 2;
    const variance = noiseStd * noiseStd;
    const beyond = across - variance * (count - 1 + evidenceThreshold * Math.sqrt(2 * count));
    const kept = noiseStd === 0 ? 1 : Math.max(0, beyond / across);
    if (noiseStd > 0 && !(along > evidenceThreshold * noiseStd)) continue;
    for (let k = 0; k < count; k++) {
      const old = centroids[start + k]!;
      centroids[start + k] = Math.max(0, kept * mean[from + k]! + (1 - kept) * along * old);
    }
    normalise(centroids, start, count);
  }
}

function normalise(values: Float64Array, start: number, length: number): void {
  let squares = 0;
  for (let at = start; at < start + length; at++) squares += values[at]! ** 2;
  if (squares > 0) for (let at = start; at < start + length; at++) values[at] = values[at]! / Math.sqrt(squares);
}
