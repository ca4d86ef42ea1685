import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyPartLayout, learntFederation, smallFederation, smallModel } from '../testing/small-model.ts';
import { encodeFeatures, encodeModel, isOlderModel, parseFeatures, parseModel } from './file.ts';
import type { Model } from './model.ts';

const plain = smallModel();
const { model, features } = smallModel(6, everyPartLayout(plain.features));
/** One of each learner, and those of the phases before anything is chosen. */
const models: readonly (readonly [string, Model])[] = [
  ['reconstruction', model],
  ['co-occurrence, first', smallFederation('co-occurrence').model],
  ['co-occurrence', learntFederation('co-occurrence').model],
  ['communities, first', smallFederation('communities').model],
  ['communities', learntFederation('communities').model],
];

describe('model file', () => {
  test.each(models)('[MF1] %s: what is written is read back, and written again to the same bytes', (_, written) => {
    const bytes = encodeModel(written);
    expect(parseModel(bytes)).toEqual(written);
    expect(encodeModel(parseModel(bytes))).toEqual(bytes);
  });

  test('[MF1] features are read back', () => {
    const featureBytes = encodeFeatures(features);
    expect(parseFeatures(featureBytes)).toEqual(features);
  });

  test('[MF1] a file inside a larger buffer at an odd offset is read as well', () => {
    const bytes = encodeModel(model);
    const buffer = new Uint8Array(bytes.length + 7);
    buffer.set(bytes, 3);
    expect(parseModel(buffer.subarray(3, 3 + bytes.length))).toEqual(model);
  });

  test.each(models)(
    '[MF2] %s: a file of another length, or with a byte of its head changed, is refused or is another model',
    (_, written) => {
      const bytes = encodeModel(written);
      expect(() => parseModel(bytes.subarray(0, bytes.length - 1))).toThrow(/download it again/);
      expect(() => parseModel(new Uint8Array([...bytes, 0]))).toThrow(/download it again/);
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
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
    },
  );

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

  test('[MF5] chosen items twice, outside of the catalogue or not in the order of their basis, and shares that are none, are refused', () => {
    const { model: coOccurrence } = learntFederation('co-occurrence');
    const { model: communities } = learntFederation('communities');
    if (coOccurrence.learner !== 'co-occurrence' || communities.learner !== 'communities')
      throw new TypeError('learners');
    const { chosen, basis } = coOccurrence;
    const bad = (change: Partial<typeof coOccurrence>) => () => parseModel(encodeModel({ ...coOccurrence, ...change }));
    expect(bad({ chosen: chosen.map(() => chosen[0]!) })).toThrow(/twice/);
    expect(bad({ chosen: chosen.map((row) => row + 40) })).toThrow(/of 40 items/);
    expect(bad({ chosen: chosen.slice().reverse(), basis: basis.slice().reverse() })).toThrow(/order/);
    expect(bad({ basis: basis.map(() => 0) })).toThrow(/above 0/);
    expect(() => encodeModel({ ...coOccurrence, header: { ...coOccurrence.header, tastes: 3 } })).toThrow(RangeError);
    const wrong = (change: Partial<typeof communities>) => () => parseModel(encodeModel({ ...communities, ...change }));
    expect(wrong({ lift: communities.lift.map(() => 0) })).toThrow(/lift/);
    expect(wrong({ centroids: communities.centroids.map(() => -1) })).toThrow(/centroid/);
    expect(wrong({ sizes: communities.sizes.map(() => 1) })).toThrow(/sizes sums to 4/);
  });

  test('[MF6] a file of the format before learners is known as one, and is not read', () => {
    const older = Uint8Array.from('TCM1....', (character) => character.charCodeAt(0));
    expect(isOlderModel(older)).toBe(true);
    expect(isOlderModel(encodeModel(model))).toBe(false);
    expect(() => parseModel(older)).toThrow(/TCM2/);
  });
});
