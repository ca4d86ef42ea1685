// A file that came as a delta is the file, byte for byte, and what is no delta is refused before anything is made of it.
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { experimentRandom } from '../maths/random.ts';
import { applyDelta, encodeDelta } from './delta.ts';
import { onGrid } from './grid.ts';

const limit = 1 << 20;
const bytes = fc.uint8Array({ maxLength: 400 });
const wholeWords = fc
  .array(fc.nat(0xffff_ffff), { maxLength: 120 })
  .map((words) => new Uint8Array(Uint32Array.from(words).buffer));

describe('delta', () => {
  test('any file from any other, byte for byte', () => {
    fc.assert(
      fc.property(bytes, wholeWords, (base, target) => {
        const delta = encodeDelta(base, target);
        const blocks = Math.ceil(target.length / 256);
        expect(delta.length).toBe(8 + blocks + target.length);
        expect(applyDelta(base, delta, limit)).toEqual(target);
        expect(
          encodeDelta(target, target)
            .subarray(8)
            .every((byte) => byte === 0),
        ).toBe(true);
      }),
    );
  });

  test('from a view into a larger buffer as from bytes of their own', () => {
    fc.assert(
      fc.property(wholeWords, wholeWords, fc.integer({ min: 1, max: 7 }), (base, target, offset) => {
        const within = (part: Uint8Array) => {
          const larger = new Uint8Array(part.length + 2 * offset).fill(0xaa);
          larger.set(part, offset);
          return larger.subarray(offset, offset + part.length);
        };
        const delta = encodeDelta(within(base), within(target));
        expect(delta).toEqual(encodeDelta(base, target));
        expect(applyDelta(within(base), within(delta), limit)).toEqual(target);
      }),
    );
  });

  test('what is not a delta is refused', () => {
    const delta = encodeDelta(new Uint8Array(8), new Uint8Array(16));
    const longer = new Uint8Array(delta.length + 4);
    longer.set(delta);
    const other = Uint8Array.from(delta);
    other[0] = 0;
    for (const wrong of [delta.subarray(0, 7), delta.subarray(0, 20), longer, other, new Uint8Array(0)])
      expect(() => applyDelta(new Uint8Array(8), wrong, limit)).toThrow('delta');
    expect(() => applyDelta(new Uint8Array(8), delta, 12)).toThrow('at most 12');
    expect(() => encodeDelta(new Uint8Array(0), new Uint8Array(5))).toThrow(RangeError);
  });

  test('floats of every kind, on grids of any size or on none, byte for byte', () => {
    const onSomeGrid = fc
      .record({ exponent: fc.integer({ min: -160, max: 130 }), steps: fc.array(fc.integer({ min: -300, max: 300 })) })
      .map(({ exponent, steps }) => steps.map((step) => step * 2 ** exponent));
    const floats = fc
      .array(
        fc.oneof(
          onSomeGrid,
          fc.array(fc.float()),
          fc.array(fc.constantFrom(0, -0, 1, Number.NaN, 2 ** -149, 2 ** 127)),
        ),
        { maxLength: 5 },
      )
      .map((parts) => new Uint8Array(Float32Array.from(parts.flat()).buffer));
    fc.assert(
      fc.property(floats, floats, (base, target) => {
        expect(applyDelta(base, encodeDelta(base, target), limit)).toEqual(target);
      }),
    );
  });

  test('published numbers that move by a few steps of their grid cost a byte each', () => {
    const random = experimentRandom(4);
    const draw = new Uint32Array(8000);
    random.fillUint32(draw);
    const before = Float32Array.from(draw.subarray(0, 4000), (word) => word / 2 ** 32 - 0.5);
    const after = before.map((value, index) => value + 0.2 * (draw[4000 + index]! / 2 ** 32 - 0.5));
    const packed = ([first, second]: Float32Array[]) =>
      gzipSync(encodeDelta(new Uint8Array(first!.buffer), new Uint8Array(second!.buffer))).length;
    const coarse = packed([onGrid(before), onGrid(after)]);
    expect(coarse).toBeLessThan(4000);
    expect(packed([before, after])).toBeGreaterThan(3 * coarse);
  });

  test('numbers of which most stay and some move a little cost a fraction of the file', () => {
    const random = experimentRandom(3);
    const draw = new Uint32Array(4000);
    random.fillUint32(draw);
    const before = Float32Array.from(draw, (word) => word / 2 ** 32 - 0.5);
    const after = before.map((value, index) => (index < 1000 ? value * (1 + 1e-5 * (draw[index]! % 7)) : value));
    const [base, target] = [before, after].map((values) => new Uint8Array(values.buffer)) as [Uint8Array, Uint8Array];
    expect(gzipSync(encodeDelta(base, target)).length).toBeLessThan(gzipSync(target).length / 5);
  });
});
