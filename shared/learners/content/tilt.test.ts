import { describe, expect, test } from 'vitest';
import { firstComponent } from '../../catalogue/features.ts';
import { gaussians } from '../../maths/gaussian.ts';
import { experimentRandom } from '../../maths/random.ts';
import { ContentTilt, componentPrecision } from './tilt.ts';

const items = 60;
const components = 4;
const columns = firstComponent + components;
const random = experimentRandom(11);
const values = Float32Array.from(gaussians(items * columns, 1, random));
const logPopularity = gaussians(items, 1.2, random);
const tilt = new ContentTilt({ items, columns, values }, logPopularity);

/** f_i: the standardised log popularity, then the components. */
const mean = logPopularity.reduce((sum, value) => sum + value, 0) / items;
const std = Math.sqrt(logPopularity.reduce((sum, value) => sum + (value - mean) ** 2, 0) / items);
const rows = Array.from({ length: items }, (_, item) => [
  (logPopularity[item]! - mean) / std,
  ...values.subarray(item * columns + firstComponent, (item + 1) * columns),
]);
const row = (item: number) => rows[item]!;
const precision = [0.7, ...Array.from({ length: components }, (_, k) => componentPrecision(k))];

/** The same maximum by many small steps along the gradient. */
function slowly(history: readonly number[]): number[] {
  const weight = history.length ** 0.8;
  const taste = precision.map(() => 0);
  const scoresOf = () =>
    Array.from(logPopularity, (value, item) => value + row(item).reduce((sum, f, k) => sum + f * taste[k]!, 0));
  for (let step = 0; step < 1500; step++) {
    const odds = scoresOf().map(Math.exp);
    const total = odds.reduce((sum, value) => sum + value, 0);
    taste.forEach((b, k) => {
      const expected = odds.reduce((sum, value, item) => sum + (value / total) * row(item)[k]!, 0);
      const liked = history.reduce((sum, item) => sum + row(item)[k]!, 0) / history.length;
      taste[k] = b + 0.01 * (weight * (liked - expected) - precision[k]! * b);
    });
  }
  return scoresOf();
}

describe('the tilted popularity', () => {
  test('[CT1] without a history it is the popularity; a history scores by the maximum a posteriori, whatever came before', () => {
    expect(tilt.score([])).toEqual(logPopularity);
    for (const history of [[3], [1, 5, 9, 13], Array.from({ length: 40 }, (_, item) => item)]) {
      const scores = Array.from(tilt.score(history));
      slowly(history).forEach((value, item) => {
        expect(Math.abs(value - scores[item]!)).toBeLessThan(0.01);
      });
      tilt.score([7, 8]);
      expect(Array.from(tilt.score(history))).toEqual(scores);
    }
  });

  test('[CT2] the likes of one extreme do not throw the search off, nor do equal items', () => {
    const extremes = Array.from({ length: items }, (_, item) => item)
      .sort((a, b) => row(b)[1]! - row(a)[1]!)
      .slice(0, 25);
    const scores = tilt.score(extremes);
    expect(scores.every(Number.isFinite)).toBe(true);
    const meanOf = (rows: readonly number[]) =>
      rows.reduce((sum, item) => sum + scores[item]! - logPopularity[item]!, 0);
    expect(meanOf(extremes)).toBeGreaterThan(0);
    const flat = new ContentTilt({ items: 5, columns, values: new Float32Array(5 * columns) }, new Float64Array(5));
    expect(Array.from(flat.score([0, 1]))).toEqual([0, 0, 0, 0, 0]);
  });
});
