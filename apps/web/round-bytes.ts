// What a participation sends, in bytes, before there was one. PROTOCOL.md 6 and 10.
import { packedBytes } from '#shared/protocol/codec.ts';
import { frameHeaderBytes, hashBytes, maximumFrameBytes } from '#shared/protocol/limits.ts';
import { neighboursForCohort } from '#shared/secagg/parameters.ts';

const keyBytes = 32;
const resumeBytes = 16;
const indexBytes = 2;
const shareBytes = 32;
/** Two shares, sealed. */
const sealedBytes = 2 * shareBytes + 16;

export interface RoundShape {
  readonly mode: number;
  readonly maxCohort: number;
  /** D. */
  readonly trainable: number;
  /** b. */
  readonly bits: number;
}

/** Most bytes of all that a device sends in a round: exact where `maxCohort` people come and all stay. */
export function roundBytes({ mode, maxCohort, trainable, bits }: RoundShape): number {
  const payload = packedBytes(trainable, bits);
  const frames = Math.ceil(payload / (maximumFrameBytes - hashBytes));
  const upload = payload + hashBytes + frames * frameHeaderBytes;
  if (mode === 4) {
    return upload;
  }
  const k = neighboursForCohort(maxCohort);
  const advertise = 2 * keyBytes + resumeBytes;
  const shares = hashBytes + k * (indexBytes + sealedBytes);
  const confirm = k * (indexBytes + hashBytes);
  const unmask = (k + 1) * (indexBytes + shareBytes);
  return advertise + shares + upload + confirm + unmask;
}
