import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addModulo, liftSigned, ringMask } from './ring.ts';

const bits = fc.integer({ min: 2, max: 32 });

test('adding then lifting is adding integers, as long as the sum stays in the ring', () => {
  fc.assert(
    fc.property(
      bits.chain((b) =>
        fc.tuple(
          fc.constant(b),
          // Two terms of at most a quarter of the ring: their sum does not wrap.
          fc.array(
            fc.tuple(
              fc.integer({ min: -(2 ** (b - 2)), max: 2 ** (b - 2) - 1 }),
              fc.integer({ min: -(2 ** (b - 2)), max: 2 ** (b - 2) - 1 }),
            ),
          ),
        ),
      ),
      ([b, pairs]) => {
        const mask = ringMask(b);
        const total = Uint32Array.from(pairs, ([x]) => (x & mask) >>> 0);
        addModulo(
          total,
          Uint32Array.from(pairs, ([, y]) => (y & mask) >>> 0),
          b,
        );
        expect([...liftSigned(total, b)]).toEqual(pairs.map(([x, y]) => x + y));
      },
    ),
  );
});

test('the ends of the ring', () => {
  expect([...liftSigned(Uint32Array.of(0x7fff, 0x8000, 0xffff), 16)]).toEqual([32767, -32768, -1]);
  expect([...liftSigned(Uint32Array.of(0x7fffffff, 0x80000000), 32)]).toEqual([2147483647, -2147483648]);
  expect(() => ringMask(33)).toThrow(RangeError);
  expect(() => addModulo(new Uint32Array(2), new Uint32Array(3), 16)).toThrow(RangeError);
});
