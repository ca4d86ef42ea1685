// What the Privacy page shows of an upload: each step of the pipeline on this device, and what was said with it. In memory alone, and
// overwritten when it is forgotten. The last upload that left is shown until the next one leaves; one that never leaves is not shown after.
import type { EncodedUpdate } from '#shared/privacy/pipeline.ts';
import { FrameAssembler, packedBytes, unpackBits } from '#shared/protocol/codec.ts';
import { noiseMultiplierOfConfig, type RoundConfig, rhoOfConfig } from '#shared/protocol/round-config.ts';
import type { UploadInspection } from './api.ts';
import type { Fate, Said } from './federation-client.ts';

export class Inspections {
  readonly #keepsVectors: boolean;
  /** Of the upload that has not left yet, and of the last one that has. */
  #waiting: UploadInspection | null = null;
  #last: UploadInspection | null = null;

  /** @param keepsVectors false where nobody looks: then only what was said is noted. */
  constructor(keepsVectors = true) {
    this.#keepsVectors = keepsVectors;
  }

  get current(): UploadInspection | null {
    return this.#waiting ?? this.#last;
  }

  /** An update was encoded for a round. Takes a copy of `raw`, and `encoded` as it is. @param raw Float64Array[D]. */
  begin(raw: Float64Array, encoded: EncodedUpdate, config: RoundConfig): void {
    wipe(this.#waiting);
    const noiseMultiplier = noiseMultiplierOfConfig(config);
    this.#waiting = {
      roundId: config.roundId,
      mode: config.mode,
      sent: 'waiting',
      minCohort: config.minCohort,
      ...(this.#keepsVectors ? { ...encoded, raw: raw.slice() } : noVectors),
      masked: null,
      bits: config.bits,
      uploadBytes: packedBytes(config.length, config.bits),
      messages: [],
      noiseStd: Math.sqrt(config.sigma2num / config.sigma2den),
      scale: config.scale,
      noiseMultiplier,
      noiseMultiplierAlone: noiseMultiplier / Math.sqrt(config.honestNoiseShares),
      rho: rhoOfConfig(config),
    };
  }

  /** A message of a round was handed to the socket; again, where a connection was lost. */
  said(roundId: string, kind: Said, bytes: number): void {
    const noted = (inspection: UploadInspection | null): UploadInspection | null =>
      inspection?.roundId !== roundId
        ? inspection
        : { ...inspection, messages: [...inspection.messages, { kind, bytes }] };
    this.#waiting = noted(this.#waiting);
    this.#last = noted(this.#last);
  }

  /** The first frame of the upload is with the socket. False where it was before: then it is sent again after a lost connection. */
  left(config: RoundConfig, kind: 'masked' | 'local', frames: readonly Uint8Array[]): boolean {
    if (this.#waiting?.roundId !== config.roundId) return false;
    wipe(this.#last);
    const sent = kind === 'local' ? 'alone' : 'on-its-way';
    this.#last = {
      ...this.#waiting,
      masked: kind === 'masked' && this.#keepsVectors ? vectorOf(frames, config) : null,
      sent,
    };
    this.#waiting = null;
    return true;
  }

  /** The round is over for this device. Of an update that left alone, that says nothing new. */
  ended(roundId: string, fate: Fate): void {
    if (this.#last?.roundId !== roundId || this.#last.sent !== 'on-its-way') return;
    this.#last = { ...this.#last, sent: fate };
  }

  /** The round is over: what has not left by now never does. */
  discardWaiting(): void {
    wipe(this.#waiting);
    this.#waiting = null;
  }

  forget(): void {
    this.discardWaiting();
    wipe(this.#last);
    this.#last = null;
  }
}

const noVectors = {
  raw: new Float64Array(0),
  clipped: new Float64Array(0),
  rotated: new Float64Array(0),
  rounded: new Int32Array(0),
  noised: new Int32Array(0),
};

/** Uint32Array[D] of what was masked, as the server gets it. */
function vectorOf(frames: readonly Uint8Array[], { length, bits }: RoundConfig): Uint32Array {
  const assembler = new FrameAssembler(packedBytes(length, bits));
  for (const frame of frames) {
    const payload = assembler.push(frame);
    if (payload !== null) return unpackBits(payload, length, bits);
  }
  throw new RangeError('vectorOf: expected a last frame');
}

function wipe(inspection: UploadInspection | null): void {
  if (inspection === null) return;
  const { raw, clipped, rotated, rounded, noised, masked } = inspection;
  for (const values of [raw, clipped, rotated, rounded, noised, masked]) values?.fill(0);
}
