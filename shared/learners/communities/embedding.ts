// `communities` on the device: the user embedding, the nearest centroid, and the two uploads. The embedding is the likes among the K chosen items,
// rarer ones weighing more, of norm 1. An upload has C (K + 1) numbers, zero but for the own community's slot: a vector and a count, of norm 1
// together. Under masks nobody sees which slot. Lloyd 1982; Su et al. 2016, Differentially private k-means.

/** Weight of an item in the embedding: p^-rarity. */
export const rarity = 0.25;
/** Sizes of the count and of the rest in an upload. */
export const countSize = 0.3;
export const vectorSize = Math.sqrt(1 - countSize ** 2);

export interface Embedding {
  /** Places among the K. */
  readonly places: readonly number[];
  /** Parallel; of norm 1, or none. */
  readonly values: readonly number[];
}

/** What a device makes of its likes. @param popularity by row: of the chosen, above 0. @param chosen the K rows. */
export function embedderOf(
  popularity: ArrayLike<number>,
  chosen: Uint32Array,
): (liked: ArrayLike<number>) => Embedding {
  const placeOf = new Map<number, number>();
  const weights = new Float64Array(chosen.length);
  chosen.forEach((row, place) => {
    placeOf.set(row, place);
    weights[place] = popularity[row]! ** -rarity;
  });
  return (liked) => {
    const places = Array.from(liked).flatMap((row) => placeOf.get(row) ?? []);
    const norm = Math.sqrt(places.reduce((squares, place) => squares + weights[place]! ** 2, 0));
    return { places, values: places.map((place) => weights[place]! / norm) };
  };
}

/** Of an embedding with each centroid: Float64Array[communities]. @param centroids communities x count. */
export function cosinesOf(centroids: ArrayLike<number>, count: number, { places, values }: Embedding): Float64Array {
  return Float64Array.from({ length: centroids.length / count }, (_, community) => {
    let cosine = 0;
    for (let k = 0; k < places.length; k++) cosine += centroids[community * count + places[k]!]! * values[k]!;
    return cosine;
  });
}

/** The community whose centroid has the largest cosine; the first of equals. @param centroids communities x count. */
export function nearest(centroids: ArrayLike<number>, count: number, embedding: Embedding): number {
  const cosines = cosinesOf(centroids, count, embedding);
  return cosines.reduce((best, value, community) => (value > cosines[best]! ? community : best), 0);
}

/** The upload of a centroid's iteration, written into zeros. @param out Float64Array[C (K + 1)]. */
export function writeCentroid(
  centroids: ArrayLike<number>,
  count: number,
  embedding: Embedding,
  out: Float64Array,
): void {
  const start = nearest(centroids, count, embedding) * (count + 1);
  embedding.places.forEach((place, index) => {
    out[start + place] = vectorSize * embedding.values[index]!;
  });
  out[start + count] = countSize;
}

/** The upload of what a community likes, written into zeros. @param likes how many the person has, also those that were not chosen. */
export function writeLikes(
  centroids: ArrayLike<number>,
  count: number,
  embedding: Embedding,
  likes: number,
  out: Float64Array,
): void {
  const start = nearest(centroids, count, embedding) * (count + 1);
  for (const place of embedding.places) out[start + place] = vectorSize / Math.sqrt(likes);
  out[start + count] = countSize;
}
