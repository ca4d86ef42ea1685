// The uploads of a made-up cohort: packed as Tacit sends them, and as the floats that others send.
import { packBits } from '#shared/protocol/codec.ts';
import type { TaskOf } from './task.ts';

type Cohort = Pick<TaskOf<'aggregate'>, 'length' | 'clients'>;

/** Different people's: a few, used again and again. */
const differentUploads = 4;

export function packedUploads({ length, clients }: Cohort, bits: number): Uint8Array[] {
  const values = (which: number) =>
    Uint32Array.from({ length }, (_, i) => Math.imul(i + which, 0x9e3779b1) >>> (32 - bits));
  const uploads = Array.from({ length: differentUploads }, (_, which) => packBits(values(which), bits));
  return Array.from({ length: clients }, (_, client) => uploads[client % differentUploads]!);
}

export function floatUploads({ length, clients }: Cohort): ArrayBuffer[] {
  const uploads = Array.from(
    { length: differentUploads },
    (_, which) => Float32Array.from({ length }, (_, i) => Math.sin(i + which)).buffer,
  );
  return Array.from({ length: clients }, (_, client) => uploads[client % differentUploads]!);
}
