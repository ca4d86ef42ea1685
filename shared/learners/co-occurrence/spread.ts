// The tastes of all items from those of the K popular ones: what a device scores with. How the server comes by them is in tastes.ts, whose code a
// device that only ranks has no use for.
import { firstComponent } from '../../catalogue/features.ts';
import type { Features } from '../../model/model.ts';

/** Tastes of the items: E[x xᵀ / n] ≈ p pᵀ + T Tᵀ, with p = E[x / sqrt n]. */
export interface Tastes {
  /** T: items x count, row-major. */
  readonly values: Float64Array;
  readonly count: number;
}

/**
 * The tastes of all items from those of the K: K's own, and p_j times what the content says of the others.
 * @param chosen K x count. @param rows of the K. @param fill null: the others have none.
 */
export function spreadTastes(
  chosen: { readonly values: ArrayLike<number>; readonly count: number },
  rows: Uint32Array,
  fill: ArrayLike<number> | null,
  popularity: Float64Array,
  features: Features | null,
): Tastes {
  const { count } = chosen;
  const tastes = new Float64Array(popularity.length * count);
  const isChosen = new Uint8Array(popularity.length);
  rows.forEach((row, place) => {
    isChosen[row] = 1;
    for (let t = 0; t < count; t++) tastes[row * count + t] = chosen.values[place * count + t]!;
  });
  if (fill === null || features === null || count === 0) return { values: tastes, count };
  const columns = contentColumns(features);
  for (let row = 0; row < popularity.length; row++) {
    if (isChosen[row] === 1) continue;
    const content = contentRow(features, row);
    for (let t = 0; t < count; t++) {
      let value = 0;
      for (let i = 0; i < columns; i++) value += content[i]! * fill[i * count + t]!;
      tastes[row * count + t] = popularity[row]! * value;
    }
  }
  return { values: tastes, count };
}

/** Numbers of a content row: the constant and the components. */
export function contentColumns(features: Features): number {
  return features.columns - firstComponent + 1;
}

/** The constant 1 and the content components of one item. */
export function contentRow(features: Features, row: number): Float64Array {
  const content = new Float64Array(contentColumns(features));
  content[0] = 1;
  const start = row * features.columns + firstComponent;
  for (let k = 1; k < content.length; k++) content[k] = features.values[start + k - 1]!;
  return content;
}
