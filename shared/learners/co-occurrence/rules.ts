// The rules of `co-occurrence`: how a session's budget is divided between its two releases, how many items take part one by one, and with what
// ridge and weight a device scores. All follow from the signal: the norm of one person over the noise of the mean, if the whole budget were one
// release. First found on MovieLens 100K; the shares and K again on MovieLens latest-small, Last.fm and splits of the training people alone, where
// they are flat: see DECISIONS.md.

/** The data set in whose units the rules were found: MovieLens 100K, where a training set has so many people and so many items. */
const referencePeople = 754;
const referenceItems = 1447;

/** Part of the session's budget (in mu²) for the popularity: `popularityShare` / signal, within the limits. */
const popularityShare = 98;
const shareLimits = [0.15, 0.7] as const;
/** K = itemsFactor sqrt((1 - share) signal Meff). */
const itemsFactor = 0.28;
const fewestItems = 60;
/** Ridge of EASE in likes, divided by the mean history: ridgeScale sqrt(1000 / signal), within the limits. */
const ridgeScale = 600;
const ridgeLimits = [300, 800] as const;
/** Weight of the tilted popularity beside EASE: tiltScale sqrt(1000 / signal), within the limits. */
const tiltScale = 0.6;
const tiltLimits = [0.15, 1.5] as const;

/** Without noise. */
export const openTiltWeight = tiltLimits[0];

/** The signal in units of the reference: where there are more items, each has less of it. */
export function relativeSignal(signal: number, items: number): number {
  return signal * Math.sqrt(referenceItems / items);
}

/** Part of the budget, in mu² and so in rho, that the popularity takes. @param relative the relative signal. */
export function shareOfPopularity(relative: number): number {
  return clamp(popularityShare / relative, shareLimits);
}

/** K. @param signal of the co-occurrence alone. @param effectiveItems Meff of the popularity. */
export function itemsFor(signal: number, effectiveItems: number): number {
  return Math.max(fewestItems, Math.round(itemsFactor * Math.sqrt(signal * effectiveItems)));
}

/** Meff: how many items, if all were equally popular, would leave as much to each. */
export function effectiveItems(popularity: ArrayLike<number>): number {
  let sum = 0;
  let squares = 0;
  for (let row = 0; row < popularity.length; row++) {
    sum += popularity[row]!;
    squares += popularity[row]! ** 2;
  }
  return sum ** 2 / squares;
}

/** The ridge of EASE in the units of p pᵀ + T Tᵀ. @param rootLikes mean of sqrt(likes). @param people different ones whose likes were summed. */
export function ridgeOf(relative: number, rootLikes: number, people: number): number {
  const likes = clamp(ridgeScale * Math.sqrt(1000 / relative), ridgeLimits);
  return likes / rootLikes ** 2 / Math.sqrt(referencePeople * people);
}

export function tiltWeightOf(relative: number): number {
  return clamp(tiltScale * Math.sqrt(1000 / relative), tiltLimits);
}

function clamp(value: number, [least, most]: readonly [number, number]): number {
  return Math.min(most, Math.max(least, value));
}
