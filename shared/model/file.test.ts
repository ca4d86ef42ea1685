import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyPartLayout, smallModel } from '../testing/small-model.ts';
import { encodeFeatures, encodeModel, parseFeatures, parseModel } from './file.ts';
import { encodeServerState, parseServerState } from './server-step.ts';

const plain = smallModel();
const { model, features, state } = smallModel(6, everyPartLayout(plain.features));

describe('model file', () => {
  test('[MF1] what is written is read back, and written again to the same bytes', () => {
    const bytes = encodeModel(model);
    expect(parseModel(bytes)).toEqual(model);
    expect(encodeModel(parseModel(bytes))).toEqual(bytes);
    const featureBytes = encodeFeatures(features);
    expect(parseFeatures(featureBytes)).toEqual(features);
  });

  test('[MF1] a file inside a larger buffer at an odd offset is read as well', () => {
    const bytes = encodeModel(model);
    const buffer = new Uint8Array(bytes.length + 7);
    buffer.set(bytes, 3);
    expect(parseModel(buffer.subarray(3, 3 + bytes.length))).toEqual(model);
  });

  test('[MF2] a shorter or longer file, or one with any byte of its head changed, is refused or is another model', () => {
    const bytes = encodeModel(model);
    expect(() => parseModel(bytes.subarray(0, bytes.length - 1))).toThrow(/download it again/);
    expect(() => parseModel(new Uint8Array([...bytes, 0]))).toThrow(/download it again/);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = bytes.slice();
        changed[at] = changed[at]! ^ flip;
        let parsed: ReturnType<typeof parseModel>;
        try {
          parsed = parseModel(changed);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ProtocolError', code: 'bad-model' });
          return;
        }
        expect(encodeModel(parsed)).toEqual(changed);
      }),
    );
  });

  test('[MF2] random bytes and hostile headers are refused with bad-model', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => parseModel(bytes)).toThrow(expect.objectContaining({ code: 'bad-model' }));
        expect(() => parseFeatures(bytes)).toThrow(expect.objectContaining({ code: 'bad-model' }));
      }),
    );
    const huge = encodeFeatures(features);
    new DataView(huge.buffer).setUint32(4, 4_000_000_000, true);
    expect(() => parseFeatures(huge)).toThrow(/4000000000 items/);
  });

  test('[MF3] numbers that are not finite, offset items out of order and popularity that is none are refused', () => {
    const bad = (change: Partial<typeof model>) => () => parseModel(encodeModel({ ...model, ...change }));
    expect(bad({ projection: model.projection.map(() => Number.NaN) })).toThrow(/projection\[0\] is NaN/);
    expect(bad({ popularity: model.popularity.map(() => Number.POSITIVE_INFINITY) })).toThrow(/popularity/);
    expect(bad({ popularity: model.popularity.map(() => 1) })).toThrow(/sums to 40/);
    expect(bad({ offsetItems: model.offsetItems.slice().reverse() })).toThrow(/offset item/);
    expect(() => encodeModel({ ...model, offsets: new Float32Array(1) })).toThrow(RangeError);
  });

  test('[MF4] the server state is read back bit for bit, and a damaged one is refused', () => {
    const bytes = encodeServerState(state);
    expect(parseServerState(bytes)).toEqual(state);
    expect(encodeServerState(parseServerState(bytes))).toEqual(bytes);
    expect(() => parseServerState(bytes.subarray(0, 100))).toThrow(RangeError);
    expect(() => parseServerState(new Uint8Array(9))).toThrow(/TCS1/);
  });
});
