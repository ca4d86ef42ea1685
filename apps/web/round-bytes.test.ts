// The bytes that the page promises, against those that the protocol's own encoders make.
import { describe, expect, test } from 'vitest';
import { packBits, uploadFrames } from '#shared/protocol/codec.ts';
import {
  encodeAdvertise,
  encodeConfirmations,
  encodeShares,
  encodeUnmask,
  resumeBytes,
  sealedSharesBytes,
} from '#shared/secagg/wire.ts';
import { type RoundShape, roundBytes } from './round-bytes.ts';

/** Upload of one device, frames and hash included. */
function uploadOf({ trainable, bits }: RoundShape): number {
  return uploadFrames(packBits(new Uint32Array(trainable), bits)).reduce((sum, frame) => sum + frame.length, 0);
}

function maskedRoundOf(shape: RoundShape, k: number): number {
  const neighbours = Array.from({ length: k }, (_, i) => i);
  const entries = (count: number) => new Map(Array.from({ length: count }, (_, i) => [i, new Uint8Array(32)]));
  const sealed = neighbours.map(() => new Uint8Array(sealedSharesBytes));
  const keys = { channel: new Uint8Array(32), mask: new Uint8Array(32) };
  return (
    encodeAdvertise({ keys, resume: new Uint8Array(resumeBytes) }).length +
    encodeShares({ commitment: new Uint8Array(32), sealed }, neighbours).length +
    uploadOf(shape) +
    encodeConfirmations(entries(k)).length +
    encodeUnmask(entries(k + 1)).length
  );
}

describe('the bytes of a round', () => {
  test.each([
    { mode: 1, maxCohort: 28, trainable: 104, bits: 16, k: 27 },
    { mode: 1, maxCohort: 200, trainable: 20_001, bits: 18, k: 128 },
    // More than one frame of 256 KiB.
    { mode: 1, maxCohort: 1000, trainable: 300_000, bits: 16, k: 128 },
  ])('masked: $maxCohort people, D = $trainable', ({ k, ...shape }) => {
    expect(roundBytes(shape)).toBe(maskedRoundOf(shape, k));
  });

  test('alone: the upload and nothing else', () => {
    const shape = { mode: 4, maxCohort: 28, trainable: 104, bits: 20 };
    expect(roundBytes(shape)).toBe(uploadOf(shape));
    expect(roundBytes(shape)).toBe(260 + 35);
  });
});
