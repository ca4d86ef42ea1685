import fc from 'fast-check';
import { expect, test } from 'vitest';
import { experimentRandom } from '../maths/random.ts';
import { softmaxFit, softmaxPass } from './softmax-fit.ts';

function numbers(length: number, seed: number): Float32Array {
  const words = new Uint32Array(length);
  experimentRandom(seed).fillUint32(words);
  return Float32Array.from(words, (word) => word / 2 ** 31 - 1);
}

const shapes = fc.record({
  items: fc.integer({ min: 2, max: 60 }),
  dimension: fc.integer({ min: 1, max: 12 }),
  seed: fc.nat(),
});

test('the mean row is the gradient of the logarithm of the sum: central differences', () => {
  fc.assert(
    fc.property(shapes, ({ items, dimension, seed }) => {
      const embeddings = numbers(items * dimension, seed);
      const u = Float64Array.from(numbers(dimension, seed + 1));
      const { mean } = softmaxPass(embeddings, dimension, u);
      const step = 1e-5;
      for (let k = 0; k < dimension; k++) {
        const [up, down] = [step, -step].map((change) => {
          const moved = u.slice();
          moved[k] = moved[k]! + change;
          return softmaxPass(embeddings, dimension, moved).logSum;
        });
        expect((up! - down!) / (2 * step)).toBeCloseTo(mean[k]!, 6);
      }
    }),
    { numRuns: 30 },
  );
});

test('scores of hundreds neither overflow nor vanish', () => {
  const { mean, logSum } = softmaxPass(Float32Array.of(-1000, 1000, 1000, 0), 1, [1]);
  expect(logSum).toBeCloseTo(1000 + Math.log(2), 9);
  expect(mean[0]).toBe(1000);
});

test('the fit makes the likes more likely, and goes towards them', () => {
  fc.assert(
    fc.property(shapes, ({ items, dimension, seed }) => {
      const embeddings = numbers(items * dimension, seed);
      const { userEmbedding, lossBefore, lossAfter } = softmaxFit(embeddings, dimension, [0]);
      expect(lossBefore).toBeCloseTo(Math.log(items), 9);
      expect(lossAfter).toBeLessThan(lossBefore);
      const score = embeddings.subarray(0, dimension).reduce((sum, value, k) => sum + value * userEmbedding[k]!, 0);
      expect(score).toBeGreaterThan(0);
    }),
    { numRuns: 30 },
  );
});

test('without likes, or with rows that there are not, it is refused', () => {
  expect(() => softmaxFit(new Float32Array(8), 2, [])).toThrow('one like or more');
  expect(() => softmaxFit(new Float32Array(8), 2, [4])).toThrow('rows are 0 to 3');
});
