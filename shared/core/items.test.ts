// Both twins of the work over items against the references, on any shape: floats to 1e-4 relative, eight bits and their order bit for bit.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toleranceRelative } from '../../apps/engine/trainer/agreement.ts';
import { experimentRandom } from '../maths/random.ts';
import { foldIn } from '../model/objective.ts';
import { fitBySoftmaxPasses, meanOfRows, softmaxFit, softmaxPass, standardSoftmaxFit } from '../model/softmax-fit.ts';
import { gramMatrix } from '../model/table.ts';
import { builtCore, isBlank, WatchedCore } from '../testing/built-core.ts';
import { makeProblem } from '../testing/made-up-problem.ts';
import { type BestRows, type ItemCore, maximumCompactDimension, plainItems, userUnits } from './items.ts';
import { wasmItems } from './items-wasm.ts';

const wasm = wasmItems(builtCore());
const twins: readonly (readonly [string, ItemCore])[] = [
  ['plain', plainItems],
  ['wasm', wasm],
];
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** Numbers in [-size, size). */
function numbers(length: number, size: number, seed: number): Float32Array {
  const words = new Uint32Array(length);
  experimentRandom(seed).fillUint32(words);
  return Float32Array.from(words, (word) => size * (word / 2 ** 31 - 1));
}

/** The largest difference, relative to the largest magnitude of what is expected, or to `least`. */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>, least = 0): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let largest = least;
  for (let i = 0; i < expected.length; i++) {
    // NaN is no agreement.
    difference = Math.max(
      difference,
      Number.isNaN(actual[i]!) ? Number.POSITIVE_INFINITY : Math.abs(actual[i]! - expected[i]!),
    );
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return difference === 0 ? 0 : difference / largest;
}

function sameBits(actual: ArrayBufferView, expected: ArrayBufferView): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => Buffer.from(buffer, byteOffset, byteLength);
  return bytes(actual).equals(bytes(expected));
}

function exactScores(embeddings: Float32Array, dimension: number, u: ArrayLike<number>, bias: Float32Array | null) {
  return Float64Array.from({ length: embeddings.length / dimension }, (_, row) => {
    let score = bias?.[row] ?? 0;
    for (let k = 0; k < dimension; k++) score += embeddings[row * dimension + k]! * u[k]!;
    return score;
  });
}

const shapes = fc.record({
  items: fc.integer({ min: 1, max: 200 }),
  dimension: fc.integer({ min: 1, max: 70 }),
  hasBias: fc.boolean(),
  seed: seeds,
});

function tableOf({
  items,
  dimension,
  hasBias,
  seed,
}: {
  items: number;
  dimension: number;
  hasBias: boolean;
  seed: number;
}) {
  return {
    embeddings: numbers(items * dimension, 1, seed),
    bias: hasBias ? numbers(items, 0.5, seed + 1) : null,
    u: numbers(dimension, 1, seed + 2),
  };
}

describe.each(twins)('items, %s', (_, twin) => {
  test('scores agree with sums in float64', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { embeddings, bias, u } = tableOf(shape);
        const scores = twin.rows(embeddings, shape.dimension, bias).scores(u);
        expect(relativeError(scores, exactScores(embeddings, shape.dimension, u, bias))).toBeLessThan(1e-5);
      }),
    );
  });

  test('the best rows are those of its own scores, sorted, without those excluded', () => {
    fc.assert(
      fc.property(shapes, fc.nat(60), fc.array(fc.nat(199), { maxLength: 50 }), (shape, count, excluded) => {
        const { embeddings, bias, u } = tableOf(shape);
        const left = excluded.filter((row) => row < shape.items);
        const table = twin.rows(embeddings, shape.dimension, bias);
        const scores = table.scores(u);
        const order = Array.from(scores.keys()).filter((row) => !left.includes(row));
        order.sort((a, b) => scores[b]! - scores[a]! || a - b);
        const best = table.best(u, count, left);
        expect([...best.rows]).toEqual(order.slice(0, count));
        expect([...best.scores]).toEqual(order.slice(0, count).map((row) => scores[row]!));
      }),
    );
  });

  test('equal scores come by ascending row, however many there are and wherever they lie', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(40),
        (items, kinds, count) => {
          // A few kinds of rows, all of dimension 5.
          const embeddings = Float32Array.from({ length: 5 * items }, (_, i) => ((Math.floor(i / 5) * 7) % kinds) / 8);
          const expected = Array.from({ length: items }, (_, row) => row).sort(
            (a, b) => embeddings[5 * b]! - embeddings[5 * a]! || a - b,
          );
          const u = [1, 1, 1, 1, 1];
          expect([...twin.rows(embeddings, 5, null).best(u, count, []).rows]).toEqual(expected.slice(0, count));
          const compact = twin.compactRows(
            { ...twin.quantise(embeddings, 5), scales: new Float32Array(items).fill(1) },
            null,
          );
          expect(compact.best(u, items, []).rows.length).toBe(items);
        },
      ),
    );
  });

  test('a score that is no number is never among the best', () => {
    const bias = Float32Array.of(1, Number.NaN, 3, Number.NEGATIVE_INFINITY, 2);
    const table = twin.rows(new Float32Array(10), 2, bias);
    expect([...table.best([1, 1], 9, []).rows]).toEqual([2, 4, 0, 3]);
    expect([...table.best([1, 1], 2, [2]).rows]).toEqual([4, 0]);
  });

  test('what does not fit is refused', () => {
    const table = twin.rows(new Float32Array(12), 3, null);
    expect(() => table.best([1, 2], 1, [])).toThrow('expected 3 numbers');
    expect(() => table.scores([1])).toThrow(RangeError);
    expect(() => table.best([1, 2, 3], 1, [4])).toThrow('rows are 0 to 3');
    expect(() => table.best([1, 2, 3], -1, [])).toThrow(RangeError);
    expect(() => table.softmaxPass([1])).toThrow(RangeError);
    expect(() => twin.rows(new Float32Array(11), 3, null)).toThrow(RangeError);
    expect(() => twin.rows(new Float32Array(12), 3, new Float32Array(3))).toThrow(RangeError);
    const wide = maximumCompactDimension + 1;
    const rows = { items: 1, dimension: wide, values: new Int8Array(wide), scales: new Float32Array(1) };
    expect(() => twin.compactRows(rows, null)).toThrow(RangeError);
  });

  test('the Gram matrix agrees with the reference and is exactly symmetric', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 40 }),
        seeds,
        (items, dimension, seed) => {
          const embeddings = numbers(items * dimension, 1, seed);
          const gram = twin.gramMatrix(embeddings, items, dimension);
          expect(relativeError(gram, gramMatrix(embeddings, items, dimension))).toBeLessThan(1e-6);
          const mirrored = gram.map((_, at) => gram[(at % dimension) * dimension + Math.floor(at / dimension)]!);
          expect(relativeError(mirrored, gram)).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a pass of the softmax fit agrees with the reference, whatever the sizes of rows and scores', () => {
    fc.assert(
      fc.property(shapes, fc.double({ min: 0.1, max: 20, noNaN: true }), (shape, size) => {
        const { embeddings, bias, u } = tableOf(shape);
        const large = u.map((value) => size * value);
        const pass = twin.rows(embeddings, shape.dimension, bias).softmaxPass(large);
        const expected = softmaxPass(embeddings, shape.dimension, large);
        expect(relativeError(pass.mean, expected.mean)).toBeLessThan(toleranceRelative);
        expect(relativeError([pass.logSum], [expected.logSum], 1)).toBeLessThan(1e-5);
      }),
    );
  });

  test('the whole softmax fit agrees with the reference', () => {
    const history = fc.uniqueArray(fc.nat(99), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 300 }), fc.integer({ min: 2, max: 64 }), history, seeds, (...drawn) => {
        const [items, dimension, liked, seed] = drawn;
        const embeddings = numbers(items * dimension, 1, seed);
        const rows = twin.rows(embeddings, dimension, null);
        const likedMean = meanOfRows(embeddings, dimension, liked);
        const fit = fitBySoftmaxPasses((u) => rows.softmaxPass(u), likedMean, standardSoftmaxFit);
        const expected = softmaxFit(embeddings, dimension, liked);
        expect(expected.lossAfter).toBeLessThan(expected.lossBefore);
        expect(relativeError(fit.userEmbedding, expected.userEmbedding)).toBeLessThan(toleranceRelative);
        const [actual, wanted] = [fit, expected].map(({ lossBefore, lossAfter }) => [lossBefore, lossAfter]);
        expect(relativeError(actual!, wanted!)).toBeLessThan(toleranceRelative);
      }),
      { numRuns: 25 },
    );
  });
});

describe('rows in eight bits', () => {
  test('are the same numbers and scales in both twins, and so are the best rows and their scores', () => {
    fc.assert(
      fc.property(shapes, fc.nat(60), fc.array(fc.nat(199), { maxLength: 20 }), (shape, count, excluded) => {
        const { embeddings, bias, u } = tableOf(shape);
        const left = excluded.filter((row) => row < shape.items);
        const [one, other] = twins.map(([, twin]) => twin.quantise(embeddings, shape.dimension));
        expect(sameBits(other!.values, one!.values)).toBe(true);
        expect(sameBits(other!.scales, one!.scales)).toBe(true);
        const [best, same] = twins.map(([, twin]) => twin.compactRows(one!, bias).best(u, count, left));
        expect(same).toEqual(best);
      }),
      { numRuns: 50 },
    );
  });

  test('lie within half a step of the row, with its largest magnitude at 127; halves go to the even number', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { embeddings } = tableOf(shape);
        const { values, scales } = wasm.quantise(embeddings, shape.dimension);
        for (let row = 0; row < shape.items; row++) {
          const [start, end] = [row * shape.dimension, (row + 1) * shape.dimension];
          const part = values.subarray(start, end);
          const back = Float64Array.from(part, (value) => value * scales[row]!);
          const isRight =
            part.some((value) => Math.abs(value) === 127) &&
            relativeError(back, embeddings.subarray(start, end)) <= 0.5001 / 127;
          expect(isRight, `row ${row}`).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
    for (const [, twin] of twins) {
      const { values, scales } = twin.quantise(Float32Array.of(127, 0.5, 1.5, -0.5, -1.5, 2.5, 0, -127), 4);
      expect([...values]).toEqual([127, 0, 2, 0, -2, 2, 0, -127]);
      expect([...scales]).toEqual([1, 1]);
      expect([...twin.quantise(new Float32Array(3), 3).values]).toEqual([0, 0, 0]);
    }
  });

  test('a user embedding keeps fourteen bits and its sign', () => {
    const { values, unit } = userUnits([0.5, -1, 0.25, 0]);
    expect([...values]).toEqual([8192, -16_383, 4096, 0]);
    expect(unit).toBeCloseTo(1 / 16_383, 12);
    expect([...userUnits([0, 0]).values]).toEqual([0, 0]);
  });

  /** The part of the best 50 that rows in eight bits find too. */
  function recall(embeddings: Float32Array, dimension: number, u: Float32Array): number {
    const bestOf = (rows: BestRows) => new Set(rows.rows);
    const exact = bestOf(wasm.rows(embeddings, dimension, null).best(u, 50, []));
    const compact = bestOf(wasm.compactRows(wasm.quantise(embeddings, dimension), null).best(u, 50, []));
    return [...exact].filter((row) => compact.has(row)).length / 50;
  }

  test('find at least 45 of the best 50 of 10,000 on random tables, and 48 on average', () => {
    const found = [1, 2, 3].map((seed) => recall(numbers(10_000 * 32, 1, seed), 32, numbers(32, 1, seed + 100)));
    expect(Math.min(...found)).toBeGreaterThanOrEqual(0.9);
    expect(found.reduce((sum, value) => sum + value, 0) / found.length).toBeGreaterThanOrEqual(0.96);
  });

  test('and on a table as training leaves it: features times a projection, a fold-in of its own likes', () => {
    const shape = { items: 5000, dimension: 30, featureColumns: 60, offsetRows: 400, liked: 40, disliked: 5, seen: 5 };
    for (const seed of [1, 2]) {
      const { table, interactions } = makeProblem({ ...shape, seed });
      expect(recall(table.embeddings, 30, foldIn(table, interactions))).toBeGreaterThanOrEqual(0.94);
    }
  });
});

test('nothing of a person is left in a memory: no user embedding, no excluded rows', () => {
  const core = new WatchedCore();
  const kept = wasmItems(core).rows(numbers(900 * 7, 1, 4), 7, null);
  const u = numbers(7, 1, 1);
  const memory = core.memories.at(-1)!;
  const behind = 4 * 7 * (900 + 3) + 200;
  kept.best(u, 50, [1, 2, 3, 899]);
  kept.scores(u);
  kept.softmaxPass(u);
  expect(isBlank(core.memories[0]!, 60_000)).toBe(true);
  expect(memory.bytes(behind, 20_000).every((byte) => byte === 0)).toBe(true);
});
