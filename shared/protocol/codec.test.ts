import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyRing } from '../privacy/bits.ts';
import vectors from '../testing/vectors/pipeline.json';
import { toHex } from './canonical.ts';
import { FrameAssembler, packBits, packedBytes, unpackBits, uploadFrames } from './codec.ts';
import { ProtocolError } from './errors.ts';
import { maximumFrameBytes } from './limits.ts';

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'accepted';
};

describe('[N5] packing', () => {
  test.each(vectors.packing)('known answer for $bits bits', ({ bits, values, bytes }) => {
    const packed = packBits(Uint32Array.from(values), bits);
    expect(toHex(packed)).toBe(bytes);
    expect([...unpackBits(packed, values.length, bits)]).toEqual(values);
  });

  test('unpacking gives what was packed, reduced modulo 2^bits, for signed and unsigned', () => {
    fc.assert(
      fc.property(fc.constantFrom(...everyRing), fc.array(fc.integer()), (bits, numbers) => {
        const signed = Int32Array.from(numbers);
        const expected = numbers.map((value) => ((value % 2 ** bits) + 2 ** bits) % 2 ** bits);
        const packed = packBits(signed, bits);
        expect(packed.length).toBe(packedBytes(numbers.length, bits));
        expect([...unpackBits(packed, numbers.length, bits)]).toEqual(expected);
        expect(packBits(Uint32Array.from(numbers), bits)).toEqual(packed);
      }),
    );
  });

  test('[U1] another length or a set spare bit is a bad frame', () => {
    // 3 x 18 = 54 bits: 7 bytes, 2 bits to spare.
    const packed = packBits(Uint32Array.of(1, 2, 3), 18);
    expect(codeOf(() => unpackBits(packed.subarray(1), 3, 18))).toBe('bad-frame');
    expect(codeOf(() => unpackBits(new Uint8Array(8), 3, 18))).toBe('bad-frame');
    packed[6]! |= 0x80;
    expect(codeOf(() => unpackBits(packed, 3, 18))).toBe('bad-frame');
    expect(() => packBits(Uint32Array.of(1), 33)).toThrow(RangeError);
  });
});

describe('[U2] frames', () => {
  test('[N5] [U1] [U2] an upload has the bytes of its shape, in every ring: ceil(D b / 8), a hash, and three bytes a frame', () => {
    for (const bits of everyRing) {
      for (const length of [1, 7, 392, 70_001]) {
        const values = Uint32Array.from({ length }, (_, i) => Math.imul(i, 0x9e3779b1));
        const frames = uploadFrames(packBits(values, bits));
        const payload = Math.ceil((length * bits) / 8);
        expect(frames).toHaveLength(Math.ceil(payload / (maximumFrameBytes - 32)));
        expect(frames.reduce((sum, frame) => sum + frame.length, 0)).toBe(payload + 32 + 3 * frames.length);
      }
    }
  });

  test.each([1, 100, maximumFrameBytes - 32, maximumFrameBytes - 31, maximumFrameBytes, 3 * maximumFrameBytes + 7])(
    'a payload of %i bytes comes back',
    (length) => {
      const payload = Uint8Array.from({ length }, (_, i) => i * 31);
      const frames = uploadFrames(payload);
      const assembler = new FrameAssembler(length);
      frames.forEach((frame, i) => {
        expect(frame.length).toBeLessThanOrEqual(maximumFrameBytes + 3);
        const result = assembler.push(frame);
        if (i < frames.length - 1) expect(result).toBeNull();
        else expect(Buffer.compare(result!, payload)).toBe(0);
      });
      expect(codeOf(() => assembler.push(frames[0]!))).toBe('duplicate');
    },
  );

  test('any cut into frames is put together', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 500 }),
        fc.array(fc.integer({ min: 1, max: 200 })),
        (payload, cuts) => {
          const [single] = uploadFrames(payload);
          const content = single!.subarray(3);
          const assembler = new FrameAssembler(payload.length);
          let at = 0;
          for (let seq = 0; at < content.length; seq++) {
            const end = Math.min(content.length, at + (cuts[seq] ?? content.length));
            const frame = Uint8Array.of(seq, 0, end === content.length ? 1 : 0, ...content.subarray(at, end));
            const result = assembler.push(frame);
            if (end === content.length) expect(result).toEqual(payload);
            else expect(result).toBeNull();
            at = end;
          }
        },
      ),
    );
  });

  test('any flipped byte is refused', () => {
    const payload = Uint8Array.from({ length: 64 }, (_, i) => i);
    const [frame] = uploadFrames(payload);
    for (let i = 0; i < frame!.length; i++) {
      const broken = Uint8Array.from(frame!);
      broken[i]! ^= 0x40;
      expect(
        codeOf(() => new FrameAssembler(64).push(broken)),
        `byte ${i}`,
      ).toBe('bad-frame');
    }
  });

  test('order, length and endless uploads', () => {
    const frame = (seq: number, last: number, bytes: number) => {
      const made = new Uint8Array(3 + bytes);
      made[0] = seq;
      made[2] = last;
      return made;
    };
    expect(codeOf(() => new FrameAssembler(100).push(frame(1, 0, 10)))).toBe('bad-frame');
    expect(codeOf(() => new FrameAssembler(100).push(frame(0, 0, 0)))).toBe('bad-frame');
    expect(codeOf(() => new FrameAssembler(100).push(new Uint8Array(2)))).toBe('bad-frame');
    expect(codeOf(() => new FrameAssembler(100).push(frame(0, 2, 10)))).toBe('bad-frame');
    expect(codeOf(() => new FrameAssembler(100).push(frame(0, 1, 131)))).toBe('bad-frame');
    expect(codeOf(() => new FrameAssembler(100).push(frame(0, 0, 133)))).toBe('too-large');
    expect(codeOf(() => new FrameAssembler(1e7).push(frame(0, 0, maximumFrameBytes + 1)))).toBe('too-large');
    const endless = new FrameAssembler(100);
    for (let seq = 0; seq < 132; seq++) expect(endless.push(frame(seq, 0, 1))).toBeNull();
    expect(codeOf(() => endless.push(frame(132, 0, 1)))).toBe('too-large');
    // Closed by the fault: the right frame does not revive it.
    expect(codeOf(() => endless.push(frame(132, 0, 1)))).toBe('duplicate');
    expect(() => new FrameAssembler(0)).toThrow(RangeError);
    expect(() => uploadFrames(new Uint8Array(0))).toThrow(RangeError);
  });
});
