// Uploads on their way to the sum. What is incomplete cannot be taken out of a sum again without its bytes, so it is not put in: its bytes are
// held until its hash is right, and then added at once. That is why only so many uploads are open at a time, whatever the cohort: who would be
// one more is not read from until there is room, and an upload that takes too long for others who wait is cut off; it may come back with
// `resume`. So the memory is O(D): the sum, the open uploads, and of each sender who waits the one frame that its socket had in hand.
import { createHash } from 'node:crypto';
import { FrameAssembler } from '#shared/protocol/codec.ts';
import { ProtocolError } from '#shared/protocol/errors.ts';
import { frameHeaderBytes, hashBytes } from '#shared/protocol/limits.ts';
import { slowestUploadBytesPerS } from '#shared/secagg/parameters.ts';
import type { Clock } from './clock.ts';
import { leastOpenUploads, maxOpenUploadBytes, uploadTurnMs } from './limits.ts';

export interface UploadsOptions {
  /** Of each upload in this round: ceil(D b / 8). */
  readonly payloadBytes: number;
  /** Of incomplete uploads, in all. Default: the limit. */
  readonly maxOpenBytes?: number;
  readonly clock: Clock;
  /** All frames are here and the hash is right. */
  readonly onComplete: (client: string, payload: Uint8Array) => void;
  /** What came cannot be a part of an upload; nothing of it is held any more. */
  readonly onFault: (client: string, fault: ProtocolError) => void;
  /** It had its turn and others wait: its connection is to be closed. */
  readonly onSlow: (client: string) => void;
  /** Reads nothing more from a client, and reads on. */
  readonly hold: (client: string) => void;
  readonly release: (client: string) => void;
}

interface OpenUpload {
  readonly assembler: FrameAssembler;
  readonly sinceMs: number;
}

export class Uploads {
  readonly #options: UploadsOptions;
  /** In the order in which they began. */
  readonly #open = new Map<string, OpenUpload>();
  /** In the order in which they came; with what was in hand. */
  readonly #waiting = new Map<string, Uint8Array[]>();
  readonly #turnMs: number;
  readonly #mostOpen: number;
  #cancelTurn: (() => void) | null = null;
  #isSeating = false;

  constructor(options: UploadsOptions) {
    this.#options = options;
    const { maxOpenBytes = maxOpenUploadBytes } = options;
    this.#mostOpen = Math.max(leastOpenUploads, Math.floor(maxOpenBytes / options.payloadBytes));
    this.#turnMs = uploadTurnMs + Math.ceil((1000 * options.payloadBytes) / slowestUploadBytesPerS);
  }

  /** Uploads of which something is held, and senders that are not read from. */
  get counts(): { readonly open: number; readonly waiting: number } {
    return { open: this.#open.size, waiting: this.#waiting.size };
  }

  /** The next frame of a client that may upload now. */
  frame(client: string, frame: Uint8Array): void {
    const waiting = this.#waiting.get(client);
    if (waiting !== undefined) {
      // What a socket had in hand when it was told to stop. It does not come to more than an upload.
      const held = waiting.reduce(
        (sum, { length }) => sum + length - frameHeaderBytes,
        frame.length - frameHeaderBytes,
      );
      if (held <= this.#options.payloadBytes + hashBytes) waiting.push(frame);
      else
        this.#fault(client, new ProtocolError('too-large', 'upload: expected fewer bytes while it waits for its turn'));
      return;
    }
    const isOpen = this.#open.has(client);
    if (isOpen || this.#open.size < this.#mostOpen) {
      if (!isOpen) this.#begin(client);
      this.#push(client, frame);
      return;
    }
    this.#waiting.set(client, [frame]);
    this.#options.hold(client);
    this.#watchTurn();
  }

  /** The client is gone, or out: what is held of its upload is forgotten, and the sum never knew of it. */
  forget(client: string): void {
    const wasThere = this.#open.delete(client) || this.#waiting.delete(client);
    if (wasThere) this.#seat();
  }

  /** The round takes no uploads any more: everybody is read from again. */
  close(): void {
    this.#open.clear();
    const held = [...this.#waiting.keys()];
    this.#waiting.clear();
    this.#watchTurn();
    for (const client of held) this.#options.release(client);
  }

  #begin(client: string): void {
    const { payloadBytes, clock } = this.#options;
    const assembler = new FrameAssembler(payloadBytes, createHash('sha256'));
    this.#open.set(client, { assembler, sinceMs: clock.nowMs() });
  }

  #push(client: string, frame: Uint8Array): void {
    const upload = this.#open.get(client);
    if (upload === undefined) return;
    let payload: Uint8Array | null;
    try {
      payload = upload.assembler.push(frame);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fault(client, error);
      return;
    }
    if (payload === null) return;
    this.#open.delete(client);
    this.#options.onComplete(client, payload);
    this.#seat();
  }

  #fault(client: string, fault: ProtocolError): void {
    const wasHeld = this.#waiting.delete(client);
    this.#open.delete(client);
    if (wasHeld) this.#options.release(client);
    this.#options.onFault(client, fault);
    this.#seat();
  }

  /** Lets those who wait begin, in their order, as long as there is room. */
  #seat(): void {
    // Completing one of them leads here again.
    if (this.#isSeating) return;
    this.#isSeating = true;
    try {
      while (this.#open.size < this.#mostOpen) {
        const [next] = this.#waiting;
        if (next === undefined) break;
        const [client, frames] = next;
        this.#waiting.delete(client);
        this.#begin(client);
        this.#options.release(client);
        for (const frame of frames) this.#push(client, frame);
      }
    } finally {
      this.#isSeating = false;
    }
    this.#watchTurn();
  }

  /** While somebody waits, the oldest open upload has its turn and no longer. */
  #watchTurn(): void {
    this.#cancelTurn?.();
    this.#cancelTurn = null;
    const [oldest] = this.#open;
    if (oldest === undefined || this.#waiting.size === 0) return;
    const [client, { sinceMs }] = oldest;
    const leftMs = Math.max(0, sinceMs + this.#turnMs - this.#options.clock.nowMs());
    this.#cancelTurn = this.#options.clock.setTimer(() => {
      this.#cancelTurn = null;
      this.#open.delete(client);
      this.#options.onSlow(client);
      this.#seat();
    }, leftMs);
  }
}
