// A masked round that stops where a test wants to look: all clients and the server in one process, one exchange at a time.
import { experimentRandom } from '../../maths/random.ts';
import { FrameAssembler, packedBytes } from '../../protocol/codec.ts';
import {
  type ClientEvent,
  type ClientSend,
  type ClientState,
  type ClientStep,
  type ClientTools,
  startClient,
  stepClient,
} from '../client.ts';
import type { MaskCrypto } from '../crypto.ts';
import type { MaskNumbers, MaskParameters } from '../parameters.ts';
import {
  type ServerEvent,
  type ServerSend,
  type ServerState,
  type ServerStep,
  startServer,
  stepServer,
} from '../server.ts';
import { uncheckedMaskParameters } from './run.ts';

export class Scene {
  readonly parameters: MaskParameters;
  readonly config: Uint8Array;
  readonly crypto: MaskCrypto;
  /** By seat. */
  readonly tools: readonly ClientTools[];
  readonly values: readonly Int32Array[];
  readonly clients: ClientState[] = [];
  server: ServerState;
  /** By seat: what the server said last and the client has not got yet. */
  readonly waiting = new Map<number, ServerSend>();

  /** @param seed of everything random in it. */
  constructor(crypto: MaskCrypto, n: number, seed: number, numbers: Partial<MaskNumbers> = {}) {
    this.crypto = crypto;
    this.parameters = uncheckedMaskParameters({
      length: 6,
      bits: 16,
      minCohort: Math.max(2, Math.ceil(0.6 * n)),
      maxCohort: n,
      neighbours: n - 1,
      thresholdPermille: 650,
      ...numbers,
    });
    this.config = Uint8Array.from({ length: 184 }, (_, i) => (i * seed) & 0xff);
    const seats = Array.from({ length: n }, (_, seat) => seat);
    this.tools = seats.map((seat) => ({ crypto, random: experimentRandom(1000 * seed + seat) }));
    this.values = seats.map((seat) => Int32Array.from({ length: this.parameters.length }, (_, i) => seat * 10 - i));
    const step = startServer({
      config: this.config,
      parameters: this.parameters,
      seats,
      leastRoster: this.parameters.minCohort,
    });
    this.server = step.state;
    this.#keep(step.send);
  }

  /** Delivers and answers until the server's messages of this kind wait to be delivered. */
  async until(kind: ServerSend['kind']): Promise<this> {
    while ([...this.waiting.values()][0]?.kind !== kind) {
      if (this.waiting.size === 0) throw new RangeError(`scene: the round ended before ${kind}`);
      await this.exchange();
    }
    return this;
  }

  /** Delivers what waits, and gives the answers to the server. */
  async exchange(): Promise<void> {
    const sends = [...this.waiting.values()];
    this.waiting.clear();
    for (const send of sends) {
      for (const answer of await this.deliver(send)) await this.tell(send.seat, answer);
    }
  }

  /** Delivers one message and charges when asked; what the client has to say comes back and is not given to the server. */
  async deliver(send: ServerSend): Promise<readonly ClientSend[]> {
    const step = await this.client(send.seat, { kind: send.kind, bytes: send.bytes });
    return step.charge ? (await this.client(send.seat, { kind: 'charged' })).send : step.send;
  }

  /** One event for one client; the first one, the config, starts it. */
  async client(seat: number, event: ClientEvent): Promise<ClientStep> {
    const before = this.clients[seat];
    const tools = this.tools[seat]!;
    const { config, parameters, values } = this;
    const step =
      before === undefined
        ? await startClient({ config, parameters, values: values[seat]!, resume: resumeOf(seat) }, tools)
        : await stepClient(before, event, tools);
    this.clients[seat] = step.state;
    return step;
  }

  /** Gives a client's message to the server. */
  async tell(seat: number, send: ClientSend): Promise<ServerStep> {
    if (send.kind !== 'masked') return this.event({ kind: send.kind, seat, bytes: send.bytes });
    return this.event({ kind: 'masked', seat, payload: payloadOf(send, this.parameters) });
  }

  async event(event: ServerEvent): Promise<ServerStep> {
    const step = await stepServer(this.server, event, { crypto: this.crypto });
    this.server = step.state;
    this.#keep(step.send);
    return step;
  }

  /** The client of a state that has a place in the roster. */
  indexOf(seat: number): number {
    const state = this.clients[seat];
    if (state === undefined || !('place' in state)) throw new RangeError(`scene: ${seat} has no place`);
    return state.place.index;
  }

  seatOf(index: number): number {
    return this.clients.findIndex((state) => 'place' in state && state.place.index === index);
  }

  #keep(sends: readonly ServerSend[]): void {
    for (const send of sends) this.waiting.set(send.seat, send);
  }
}

export function resumeOf(seat: number): Uint8Array {
  return new Uint8Array(16).fill(seat + 1);
}

/** The payload of an upload, from its frames. */
export function payloadOf(send: ClientSend, parameters: MaskParameters): Uint8Array {
  if (send.kind !== 'masked') throw new RangeError(`payloadOf: expected an upload, got ${send.kind}`);
  const assembler = new FrameAssembler(packedBytes(parameters.length, parameters.bits));
  for (const frame of send.frames) {
    const payload = assembler.push(frame);
    if (payload !== null) return payload;
  }
  throw new RangeError('payloadOf: expected a last frame');
}

/** Signed sum of the values of some seats, modulo 2^b, as the server gets it. */
export function expectedSum(
  values: readonly (Int32Array | Uint32Array)[],
  seats: readonly number[],
  bits: number,
): Uint32Array {
  const sum = new Uint32Array(values[0]!.length);
  for (const seat of seats) for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + values[seat]![i]!;
  return sum.map((value) => (bits === 32 ? value : value & (2 ** bits - 1)));
}
