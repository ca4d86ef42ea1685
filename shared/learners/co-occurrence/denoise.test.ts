import { describe, expect, test } from 'vitest';
import { gaussians } from '../../maths/gaussian.ts';
import { experimentRandom } from '../../maths/random.ts';
import { denoisedEigenpairs } from './denoise.ts';

const size = 30;
const random = experimentRandom(3);
const weights = Float64Array.from({ length: size }, (_, at) => 0.6 + 0.8 * (at / size));
const directions = Array.from({ length: 3 }, () => gaussians(size, 1, random));

/** Symmetric, of noise of standard deviation s off the diagonal. */
function noise(n: number, s: number): Float64Array {
  const draws = gaussians(n * n, s, random);
  return draws.map((_, at) => draws[Math.min((at % n) * n + Math.floor(at / n), at)]!);
}

/** vᵀ s² Ω v, from its definition, for orthonormal directions q. */
function penalty(v: ArrayLike<number>, s: number, q: readonly Float64Array[]): number {
  const inside = q.map((column) => column.reduce((sum, value, at) => sum + value * v[at]!, 0));
  let along = 0;
  for (const value of inside) along += value * value;
  let off = 0;
  for (let at = 0; at < size; at++) {
    const rest = v[at]! - inside.reduce((sum, value, k) => sum + value * q[k]![at]!, 0);
    off += (rest * rest) / weights[at]!;
  }
  return 2 * s * Math.sqrt(q.length) * along + 2 * s * Math.sqrt(size) * off;
}

describe('denoising with a prior that knows the content', () => {
  const orthonormal = [0, 1, 2].map((k) =>
    Float64Array.from({ length: size }, (_, at) => (at % 3 === k ? 1 / Math.sqrt(size / 3) : 0)),
  );

  test('[DN1] the factors are a minimum of the loss, and no other direction is missing', () => {
    const s = 0.02;
    const spikes = gaussians(size * 3, 0.35, random);
    const draws = noise(size, s);
    const matrix = draws.map((value, at) => {
      const [i, j] = [Math.floor(at / size), at % size];
      return value + [0, 1, 2].reduce((sum, k) => sum + spikes[k * size + i]! * spikes[k * size + j]!, 0);
    });
    const { values, vectors } = denoisedEigenpairs(matrix.slice(), size, s, { weights, directions: orthonormal }, size);
    expect(values.length).toBeGreaterThanOrEqual(3);
    const factors = Array.from(values, (value, k) =>
      vectors.subarray(k * size, (k + 1) * size).map((entry) => Math.sqrt(value) * entry),
    );
    const loss = (of: readonly Float64Array[]) => {
      let fit = 0;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          fit += (matrix[i * size + j]! - of.reduce((sum, t) => sum + t[i]! * t[j]!, 0)) ** 2;
        }
      }
      return fit / 4 + of.reduce((sum, t) => sum + penalty(t, s, orthonormal), 0) / 2;
    };
    const least = loss(factors);
    for (let trial = 0; trial < 40; trial++) {
      const step = gaussians(size, 1e-3, random);
      const which = trial % factors.length;
      expect(loss(factors.map((t, k) => (k === which ? t.map((v, at) => v + step[at]!) : t)))).toBeGreaterThan(least);
      expect(loss([...factors, step])).toBeGreaterThan(least);
    }
  });

  test('[DN2] hardly anything of noise alone passes, and a direction of the content passes where another of the same strength does not', () => {
    const s = 0.05;
    const prior = { weights: new Float64Array(size).fill(1), directions: orthonormal };
    // Without a prior half of the 30 would be above 0.
    expect(denoisedEigenpairs(noise(size, s), size, s, prior, size).values.length).toBeLessThanOrEqual(3);
    // Between the two edges: 2 s sqrt 3 = 0.17 and 2 s sqrt 30 = 0.55.
    const other = Float64Array.from({ length: size }, (_, at) => (at === 0 ? 1 : at === 3 ? -1 : 0) / Math.SQRT2);
    const spike = (v: Float64Array) =>
      Float64Array.from({ length: size * size }, (_, at) => 0.4 * v[Math.floor(at / size)]! * v[at % size]!);
    expect(denoisedEigenpairs(spike(orthonormal[0]!), size, s, prior, size).values.length).toBe(1);
    expect(denoisedEigenpairs(spike(other), size, s, prior, size).values.length).toBe(0);
  });

  test('[DN3] directions that are no news are left out, and there may be none', () => {
    const s = 0.05;
    const of = (columns: readonly Float64Array[]) =>
      denoisedEigenpairs(noise0.slice(), size, s, { weights, directions: columns }, 4).values;
    const noise0 = noise(size, 0.3);
    const twice = of([...directions, directions[0]!.map((value) => 2 * value), new Float64Array(size)]);
    of(directions).forEach((value, k) => {
      expect(twice[k]).toBeCloseTo(value, 10);
    });
    expect(of([]).length).toBeGreaterThan(0);
  });
});
