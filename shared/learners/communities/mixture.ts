// To which communities a history belongs: the mixture Σ_c w_c P_c(i) that explains it best, w by expectation and maximisation with the communities'
// sizes as a prior. The device alone knows w.

/** Of the communities' sizes as a prior of the mixture, in likes. */
const mixtureWeight = 1;
const mixtureSteps = 30;

/**
 * w, one number a community, summing to 1.
 * @param chance P_c(i), communities x items. @param sizes of the communities, summing to 1.
 * @param counts parallel to the history: how much each row counts. Absent: 1 each.
 */
export function mixtureOf(
  chance: Float64Array,
  sizes: Float64Array,
  history: readonly number[],
  counts?: readonly number[],
): Float64Array {
  const items = chance.length / sizes.length;
  const sum = (counts?.reduce((total, count) => total + count, 0) ?? history.length) + mixtureWeight;
  let weights = sizes.slice();
  for (let step = 0; step < mixtureSteps; step++) {
    const next = sizes.map((size) => mixtureWeight * size);
    history.forEach((row, place) => {
      const count = counts?.[place] ?? 1;
      let total = 0;
      for (let c = 0; c < sizes.length; c++) total += weights[c]! * chance[c * items + row]!;
      for (let c = 0; c < sizes.length; c++)
        next[c] = next[c]! + (count * weights[c]! * chance[c * items + row]!) / total;
    });
    weights = next.map((value) => value / sum);
  }
  return weights;
}

/** Σ_c w_c P_c(i) of all items, into `scores`. */
export function writeMixture(chance: Float64Array, weights: Float64Array, scores: Float64Array): void {
  const items = scores.length;
  scores.fill(0);
  weights.forEach((weight, c) => {
    for (let row = 0; row < items; row++) scores[row] = scores[row]! + weight * chance[c * items + row]!;
  });
}
