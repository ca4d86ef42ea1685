// A masked round in which the engine under test is one of twenty: the others are honest, and the server's side is the real state machine.
// The test says when it goes on, and may change what the device is told.
import { experimentRandom } from '#shared/maths/random.ts';
import { toHex } from '#shared/protocol/canonical.ts';
import { FrameAssembler, packedBytes } from '#shared/protocol/codec.ts';
import type { ClientMessage, ServerMessage } from '#shared/protocol/messages.ts';
import { maskParametersOf, type RoundConfig } from '#shared/protocol/round-config.ts';
import { type ClientSend, type ClientState, type ClientTools, startClient, stepClient } from '#shared/secagg/client.ts';
import type { MaskParameters } from '#shared/secagg/parameters.ts';
import { type ServerEvent, type ServerSend, type ServerState, startServer, stepServer } from '#shared/secagg/server.ts';
import { resumeBytes } from '#shared/secagg/wire.ts';
import { settled } from './aggregator.ts';
import { nodeMaskCrypto } from './node-crypto.ts';

/** The engine under test. */
const deviceSeat = 0;
/** nMin of the policy: everybody has to stay. */
const others = 19;

/** What the round needs of the aggregator that it is at. */
export interface RoundHost {
  /** All that the device ever sent, on whatever connection. */
  readonly heard: () => readonly ClientMessage[];
  /** On the newest connection. */
  readonly tell: (message: ServerMessage) => void;
}

export class MaskedRound {
  readonly roundId: string;
  /** The 184 bytes. */
  readonly bytes: Uint8Array;
  /** What the others add up to: values[i] = -i for each of them. */
  readonly otherValues: Int32Array;
  readonly #host: RoundHost;
  readonly #parameters: MaskParameters;
  readonly #peers = new Map<number, { state: ClientState; readonly tools: ClientTools }>();
  #resume = '';
  #assembler: FrameAssembler;
  #server: ServerState;
  #waiting: ServerSend[];
  #read: number;

  constructor(host: RoundHost, config: RoundConfig, bytes: Uint8Array) {
    this.roundId = config.roundId;
    this.bytes = bytes;
    this.#host = host;
    this.#parameters = maskParametersOf(config);
    this.#assembler = this.#newAssembler();
    this.#read = host.heard().length;
    const value = Int32Array.from({ length: config.length }, (_, i) => -i);
    this.otherValues = value.map((one) => one * others);
    const seats = Array.from({ length: others + 1 }, (_, seat) => seat);
    const step = startServer({ config: bytes, parameters: this.#parameters, seats, leastRoster: seats.length });
    this.#server = step.state;
    this.#waiting = [...step.send];
  }

  /** Which message the device is told next; null when none waits. */
  get next(): ServerSend | null {
    return this.#waiting.find(({ seat }) => seat === deviceSeat) ?? null;
  }

  get outcome(): ServerState['kind'] {
    return this.#server.kind;
  }

  /** The decoded sum, once the round is done. */
  get sum(): Uint32Array {
    if (this.#server.kind !== 'done') throw new RangeError(`sum: the round is at ${this.#server.kind}`);
    return this.#server.sum;
  }

  /** Goes on until the device is about to be told this, or, without a kind, until the server has its sum. */
  async until(kind: ServerSend['kind'] | null): Promise<this> {
    while (kind === null ? this.#server.kind !== 'done' : this.next?.kind !== kind) {
      if (this.#waiting.length === 0) throw new RangeError(`until: the round stands still at ${this.#server.kind}`);
      await this.exchange();
    }
    return this;
  }

  /** Delivers what waits and takes the answers. @param change what the device is told instead; nothing for null. */
  async exchange(change: (bytes: Uint8Array) => Uint8Array | null = (bytes) => bytes): Promise<void> {
    const sends = this.#waiting;
    this.#waiting = [];
    const answers: { readonly seat: number; readonly send: ClientSend }[] = [];
    for (const { seat, kind, bytes } of sends) {
      if (seat !== deviceSeat) {
        for (const send of await this.#peer(seat, kind, bytes)) answers.push({ seat, send });
        continue;
      }
      const told = change(bytes);
      if (told !== null) this.tell(kind, told);
    }
    await this.listen();
    for (const { seat, send } of answers) await this.#answer(seat, send);
  }

  /** Says something to the device alone. */
  tell(kind: ServerSend['kind'], bytes: Uint8Array): void {
    if (kind === 'config') this.#host.tell({ kind, config: bytes });
    else this.#host.tell({ kind, roundId: this.roundId, bytes });
  }

  /** Takes what the device has said since. */
  async listen(): Promise<void> {
    await settled();
    const heard = this.#host.heard();
    for (; this.#read < heard.length; this.#read++) await this.#fromDevice(heard[this.#read]!);
  }

  /** The outcome, told to the device: the result, or the abort of a round that did not come to one. */
  async publish(modelVersion: number, modelHash: string): Promise<void> {
    const { roundId } = this;
    if (this.#server.kind === 'done') {
      this.#host.tell({ kind: 'result', roundId, cohort: this.#server.cohort, modelVersion, modelHash });
    } else {
      this.#host.tell({ kind: 'abort', roundId, code: 'too-few' });
    }
    await settled();
  }

  async #fromDevice(message: ClientMessage): Promise<void> {
    switch (message.kind) {
      case 'advertise':
        this.#resume = toHex(message.bytes.subarray(-resumeBytes));
        return this.#event({ kind: message.kind, seat: deviceSeat, bytes: message.bytes });
      case 'shares':
      case 'confirm':
      case 'unmask':
        return this.#event({ kind: message.kind, seat: deviceSeat, bytes: message.bytes });
      case 'masked': {
        if (message.frame[0] === 0 && message.frame[1] === 0) this.#assembler = this.#newAssembler();
        const payload = this.#assembler.push(message.frame);
        if (payload !== null) await this.#event({ kind: 'masked', seat: deviceSeat, payload });
        return;
      }
      case 'resume':
        if (message.roundId !== this.roundId || message.resume !== this.#resume) {
          throw new RangeError('resume: expected the bytes of advertise, got others');
        }
        return this.#event({ kind: 'resumed', seat: deviceSeat });
      case 'leave':
        return this.#event({ kind: 'dropped', seat: deviceSeat });
      case 'join':
      case 'local':
    }
  }

  async #peer(seat: number, kind: ServerSend['kind'], bytes: Uint8Array): Promise<readonly ClientSend[]> {
    let peer = this.#peers.get(seat);
    if (peer === undefined) {
      const tools = { crypto: nodeMaskCrypto, random: experimentRandom(1000 + seat) };
      const values = this.otherValues.map((sum) => sum / others);
      const resume = new Uint8Array(16).fill(seat);
      const step = await startClient({ config: bytes, parameters: this.#parameters, values, resume }, tools);
      peer = { state: step.state, tools };
      this.#peers.set(seat, peer);
      return step.send;
    }
    let step = await stepClient(peer.state, { kind, bytes }, peer.tools);
    if (step.charge) step = await stepClient(step.state, { kind: 'charged' }, peer.tools);
    peer.state = step.state;
    return step.send;
  }

  async #answer(seat: number, send: ClientSend): Promise<void> {
    if (send.kind !== 'masked') return this.#event({ kind: send.kind, seat, bytes: send.bytes });
    const assembler = this.#newAssembler();
    for (const frame of send.frames) {
      const payload = assembler.push(frame);
      if (payload !== null) await this.#event({ kind: 'masked', seat, payload });
    }
  }

  async #event(event: ServerEvent): Promise<void> {
    const step = await stepServer(this.#server, event, { crypto: nodeMaskCrypto });
    this.#server = step.state;
    this.#waiting.push(...step.send);
    for (const { seat, code, message } of step.refused) {
      if (seat !== deviceSeat) throw new RangeError(`an honest client was refused: ${code}, ${message}`);
      // What a parser refuses is a message that is none.
      const known = (['late', 'duplicate', 'not-in-round', 'out-of-order', 'bad-key'] as const).find(
        (one) => one === code,
      );
      this.#host.tell({ kind: 'refused', code: known ?? 'bad-message', message, retryAfterMs: null });
    }
  }

  #newAssembler(): FrameAssembler {
    return new FrameAssembler(packedBytes(this.#parameters.length, this.#parameters.bits));
  }
}
