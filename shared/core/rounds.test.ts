// Both twins of a round's work give the same bits, on any shape; the WASM twin leaves nothing of a person in its memory.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { experimentRandom, type RandomSource } from '../maths/random.ts';
import { ringMask } from '../maths/ring.ts';
import { everyRing } from '../privacy/bits.ts';
import { discreteGaussian } from '../privacy/discrete-gaussian.ts';
import { sha256Hex, toHex } from '../protocol/canonical.ts';
import { packBits, unpackBits } from '../protocol/codec.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { builtCore, isBlank, WatchedCore } from '../testing/built-core.ts';
import { exampleConfig, examplePolicy } from '../testing/example-policy.ts';
import vectors from '../testing/vectors/pipeline.json';
import { maskWordBytes, plainRounds, type RoundCore } from './rounds.ts';
import { wasmRounds } from './rounds-wasm.ts';

const wasm = wasmRounds(builtCore());
const twins: readonly RoundCore[] = [plainRounds, wasm];
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** Counts what it hands out. */
function counted(source: RandomSource): RandomSource & { readonly words: number } {
  let words = 0;
  return {
    kind: source.kind,
    fillUint32(out) {
      words += out.length;
      source.fillUint32(out);
    },
    get words() {
      return words;
    },
  };
}

const words = (length: number, seed: number): Uint32Array => {
  const out = new Uint32Array(length);
  experimentRandom(seed).fillUint32(out);
  return out;
};

/** Numbers of several sizes, and now and then one that is none. */
function madeUp(length: number, size: number, seed: number): Float64Array {
  return Float64Array.from(words(length, seed), (word) => {
    if (word % 97 === 0) return [Number.NaN, Number.POSITIVE_INFINITY, -0, 1e308, 5e-324][word % 5]!;
    return size * (word / 2 ** 31 - 1);
  });
}

function sameBits(actual: ArrayBufferView, expected: ArrayBufferView): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => Buffer.from(buffer, byteOffset, byteLength);
  return bytes(actual).equals(bytes(expected));
}

/** Encodes with both twins from one stream of words; the results and the numbers of words that were drawn. */
function encodeTwice(update: Float64Array, config: ReturnType<typeof exampleConfig>, source: () => RandomSource) {
  return twins.map((twin) => {
    const random = counted(source());
    const encoded = twin.encodeUpdate(update, config, random);
    const { words } = random;
    const noised = new Int32Array(update.length);
    twin.noisedUpdate(update, config, source(), noised);
    expect(sameBits(noised, encoded.noised), 'noised alone').toBe(true);
    return { encoded, words };
  });
}

function expectSame([one, other]: ReturnType<typeof encodeTwice>): void {
  expect(other!.words).toBe(one!.words);
  for (const part of ['clipped', 'rotated', 'rounded', 'noised'] as const) {
    expect(sameBits(other!.encoded[part], one!.encoded[part]), part).toBe(true);
  }
}

describe('encoding', () => {
  test('[N1] to [N5] both twins give the same bits of every step, and draw the same words', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.double({ min: 1e-3, max: 100, noNaN: true }),
        fc.constantFrom(9, 40.25, 4096, 33_489),
        seeds,
        (length, size, variance, seed) => {
          const config = exampleConfig(examplePolicy(length), { sigma2num: 4 * variance, sigma2den: 4 });
          expectSame(encodeTwice(madeUp(length, size, seed), config, () => experimentRandom(seed)));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('[N2] [N4] and for lengths around those of blocks and batches', () => {
    for (const length of [1, 2, 3, 4, 2047, 2048, 4095, 4096, 4097, 8193, 16_384, 16_385, 40_001]) {
      const config = exampleConfig(examplePolicy(length));
      expectSame(encodeTwice(madeUp(length, 1, length), config, () => experimentRandom(length)));
    }
  });

  test('[N4] draws that tie with a threshold are decided by the same further words', () => {
    const length = 9000;
    const config = exampleConfig(examplePolicy(length), { sigma2num: 33_489, sigma2den: 1 });
    const { topWords } = discreteGaussian({ numerator: 33_489, denominator: 1 });
    // About every tenth word is one of a threshold's.
    const source = () => {
      const random = experimentRandom(3);
      return {
        kind: 'experiment' as const,
        fillUint32(out: Uint32Array) {
          random.fillUint32(out);
          for (let i = 0; i < out.length; i++) if (out[i]! % 10 === 0) out[i] = topWords[out[i]! % topWords.length]!;
        },
      };
    };
    const both = encodeTwice(madeUp(length, 1, 1), config, source);
    expectSame(both);
    // Three words more for each tie.
    expect((both[0]!.words % length) / 3).toBeGreaterThan(700);
  });

  test('[N3] rounding that never keeps the bound ends in truncation, after 32 tries, in both', () => {
    const length = 500;
    const config = exampleConfig(examplePolicy(length));
    const update = madeUp(length, 1, 8);
    const { rotated } = plainRounds.encodeUpdate(update, config, experimentRandom(1));
    // Words that round every number away from zero; then words that tie with no threshold.
    const away = (): RandomSource => {
      let drawn = 0;
      return {
        kind: 'experiment',
        fillUint32(out) {
          for (let i = 0; i < out.length; i++) {
            out[i] = drawn + i >= 32 * length ? 0x4000_1234 : rotated[(drawn + i) % length]! > 0 ? 0 : 0xffff_ffff;
          }
          drawn += out.length;
        },
      };
    };
    const both = encodeTwice(update, config, away);
    expectSame(both);
    expect(both[0]!.words).toBe(33 * length);
    expect([...both[1]!.encoded.rounded]).toEqual(Array.from(rotated, (value) => Math.trunc(value) + 0));
  });

  test('[N6] what is refused draws nothing', () => {
    const config = exampleConfig();
    for (const twin of twins) {
      const random = counted(experimentRandom(1));
      expect(() => twin.encodeUpdate(new Float64Array(95), config, random)).toThrow('expected 96 numbers');
      const tampered = { ...config, boundSq: 5_000_000 };
      expect(() => twin.encodeUpdate(new Float64Array(96), tampered, random)).toThrow('boundSq');
      expect(random.words).toBe(0);
    }
  });

  test('[N6] nothing of an update, its rounding or its noise is left in the memory, also when the source fails', () => {
    const core = new WatchedCore();
    const rounds = wasmRounds(core);
    const length = 20_000;
    const config = exampleConfig(examplePolicy(length));
    const update = madeUp(length, 1, 5);
    const used = 25 * length;
    rounds.encodeUpdate(update, config, experimentRandom(1));
    expect(isBlank(core.memories[0]!, used)).toBe(true);
    let calls = 0;
    const failing: RandomSource = {
      kind: 'experiment',
      fillUint32(out) {
        if (++calls > 2) throw new Error('no more');
        out.fill(7);
      },
    };
    expect(() => rounds.encodeUpdate(update, config, failing)).toThrow('no more');
    expect(isBlank(core.memories[0]!, used)).toBe(true);
    rounds.packBits(new Uint32Array(length).fill(0xabcdef), 20);
    expect(isBlank(core.memories[0]!, used)).toBe(true);
  });
});

describe('known answers', () => {
  test('[N1] to [N5] an update from seeded randomness, in both twins', () => {
    const update = Float64Array.from({ length: 96 }, (_, i) => (((i * 37 + 44) % 101) - 50) / (29 * Math.sqrt(96)));
    for (const twin of twins) {
      const { noised } = twin.encodeUpdate(update, exampleConfig(), experimentRandom(42));
      expect(sha256Hex(twin.packBits(noised, 16)), twin.kind).toBe(
        '6a5c1d76d7246e2d9cd2279488e4a4fd35d75799ac0d1b13edaaef3db12a822d',
      );
    }
  });

  test.each(vectors.packing)('[N5] packing of $bits bits, in both twins', ({ bits, values, bytes }) => {
    for (const twin of twins) {
      const packed = twin.packBits(Uint32Array.from(values), bits);
      expect(toHex(packed), twin.kind).toBe(bytes);
      const vector = twin.ringVector(values.length, bits);
      vector.addPacked(packed);
      expect([...vector.values()], twin.kind).toEqual(values);
    }
  });
});

describe('the rotation', () => {
  test('[N2] [S2] there and back are the same bits in both twins', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), seeds, (length, seed) => {
        const values = Float64Array.from(words(length, seed), (word) => word / 2 ** 16 - 2 ** 15);
        const key = new Uint8Array(words(4, seed + 1).buffer);
        for (const way of ['rotate', 'unrotate'] as const) {
          const [one, other] = twins.map((twin) => {
            const turned = values.slice();
            twin[way](turned, key);
            return turned;
          });
          expect(sameBits(other!, one!), way).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe.each(twins.map((twin) => [twin.kind, twin] as const))('the ring, %s', (_, twin) => {
  const everyBits = fc.integer({ min: 1, max: 32 });

  test('[N5] packs to the same bytes as the plain packing, for any bits', () => {
    fc.assert(
      fc.property(everyBits, fc.integer({ min: 0, max: 200 }), seeds, (bits, length, seed) => {
        const values = words(length, seed);
        expect(twin.packBits(values, bits)).toEqual(packBits(values, bits));
        expect(twin.packBits(Int32Array.from(values), bits)).toEqual(packBits(values, bits));
      }),
    );
    expect(() => twin.packBits(new Uint32Array(1), 33)).toThrow(RangeError);
  });

  test('[S1] the sum of payloads is that of the elements, whatever their order', () => {
    fc.assert(
      fc.property(everyBits, fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 5 }), seeds, (...drawn) => {
        const [bits, length, count, seed] = drawn;
        const uploads = Array.from({ length: count }, (_, i) => words(length, seed + i));
        const vector = twin.ringVector(length, bits);
        for (const upload of uploads.toReversed()) vector.addPacked(packBits(upload, bits));
        const mask = ringMask(bits);
        const expected = Uint32Array.from({ length }, (_, at) => {
          let sum = 0;
          for (const upload of uploads) sum = (sum + upload[at]!) >>> 0;
          return (sum & mask) >>> 0;
        });
        expect(vector.values()).toEqual(expected);
      }),
    );
  });

  test('[R7] a payload of another length, or with a set spare bit, changes nothing', () => {
    const vector = twin.ringVector(3, 18);
    const payload = packBits(Uint32Array.of(1, 2, 3), 18);
    vector.addPacked(payload);
    const spare = payload.slice();
    spare[6]! |= 0x80;
    for (const bad of [payload.subarray(1), new Uint8Array(8), spare]) {
      expect(() => vector.addPacked(bad)).toThrow(ProtocolError);
    }
    expect(vector.values()).toEqual(Uint32Array.of(1, 2, 3));
    expect(() => vector.add(new Uint32Array(2))).toThrow(RangeError);
    expect(() => vector.addStream(new Uint8Array(6), 1)).toThrow(RangeError);
    expect(() => twin.ringVector(0, 16)).toThrow(RangeError);
    expect(() => twin.ringVector(4, 33)).toThrow(RangeError);
  });

  test('[M7] a keystream is added and taken off as words of two or four bytes, modulo 2^32 on the way', () => {
    fc.assert(
      fc.property(fc.constantFrom(...everyRing), fc.integer({ min: 1, max: 100 }), seeds, (bits, length, seed) => {
        const start = words(length, seed);
        const wordBytes = maskWordBytes(bits);
        // A multiple of four bytes, cut to the length.
        const stream = new Uint8Array(words(length, seed + 1).buffer, 0, length * wordBytes);
        const view = new DataView(stream.buffer);
        const wordAt = (i: number) => (wordBytes === 2 ? view.getUint16(2 * i, true) : view.getUint32(4 * i, true));
        const vector = twin.ringVector(length, bits);
        const out = new Uint32Array(length);
        vector.add(start);
        vector.addStream(stream, 1);
        vector.read(out);
        expect(out).toEqual(Uint32Array.from(start, (value, i) => value + wordAt(i)));
        vector.addStream(stream, -1);
        vector.addStream(stream, -1);
        vector.read(out);
        expect(out).toEqual(Uint32Array.from(start, (value, i) => value - wordAt(i)));
        expect(vector.values()).toEqual(out.map((value) => value & ringMask(bits)));
      }),
    );
  });

  test('what was added is gone after a wipe, and vectors do not know of each other', () => {
    const [one, other] = [twin.ringVector(5, 20), twin.ringVector(5, 20)];
    one.add(Uint32Array.of(1, 2, 3, 4, 5));
    expect(other.values()).toEqual(new Uint32Array(5));
    one.wipe();
    expect(one.values()).toEqual(new Uint32Array(5));
  });
});

test('[M12] no keystream and no sum is left in the memory of a vector that was wiped', () => {
  const core = new WatchedCore();
  const vector = wasmRounds(core).ringVector(1000, 20);
  vector.add(words(1000, 1));
  vector.addStream(new Uint8Array(words(1000, 2).buffer), 1);
  vector.addPacked(packBits(words(1000, 3), 20));
  vector.wipe();
  expect(core.memories).toHaveLength(2);
  for (const memory of core.memories) expect(isBlank(memory, 12_000)).toBe(true);
});

test('unpacked elements survive a sum of one', () => {
  const payload = packBits(words(77, 9), 24);
  const vector = wasm.ringVector(77, 24);
  vector.addPacked(payload);
  expect(vector.values()).toEqual(unpackBits(payload, 77, 24));
});
