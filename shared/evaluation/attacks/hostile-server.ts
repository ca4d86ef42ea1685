// A round whose server is the attacker: real clients on one side (the step functions of secagg/client.ts), and on the other whatever the
// attack says. Left alone it relays everything as the real server does. What it recovers it recovers with the real server's own functions.

import type { RandomSource } from '../../maths/random.ts';
import { liftSigned, ringMask } from '../../maths/ring.ts';
import { RingSum } from '../../privacy/aggregate.ts';
import { FrameAssembler, packedBytes } from '../../protocol/codec.ts';
import { encodeRoundConfig, maskParametersOf, type RoundConfig } from '../../protocol/round-config.ts';
import { randomBytes } from '../../secagg/bytes.ts';
import {
  type ClientEvent,
  type ClientSend,
  type ClientState,
  type ClientStep,
  type ClientTools,
  startClient,
  stepClient,
} from '../../secagg/client.ts';
import type { MaskCrypto } from '../../secagg/crypto.ts';
import { compareBytes, maskGraph } from '../../secagg/graph.ts';
import { IndexSet } from '../../secagg/index-set.ts';
import { configHash, type PublicKeys, rosterHash } from '../../secagg/keys.ts';
import { maskApplier, type SignedMask } from '../../secagg/masks.ts';
import { actualNeighbours, type MaskParameters, thresholdOf } from '../../secagg/parameters.ts';
import { recoverMasks } from '../../secagg/recovery.ts';
import {
  encodeConfirmations,
  encodeInbox,
  encodeRoster,
  parseAdvertise,
  parseConfirm,
  parseShares,
  parseUnmask,
  type SharesMessage,
} from '../../secagg/wire.ts';

export interface HostileRound {
  readonly config: RoundConfig;
  /** The device's own floors unless said otherwise; a control has lower ones. */
  readonly parameters?: MaskParameters;
  /** By seat: x, clipped, rotated, rounded and noised. */
  readonly values: readonly Int32Array[];
  readonly crypto: MaskCrypto;
  /** By seat. */
  readonly randomOf: (seat: number) => RandomSource;
}

/** A share by owner. */
export type Shares = ReadonlyMap<number, Uint8Array>;

interface Seat {
  readonly seat: number;
  readonly values: Int32Array;
  readonly keys: PublicKeys;
  readonly tools: ClientTools;
  state: ClientState;
  /** All that this client has said, in order. */
  readonly said: ClientSend[];
}

/** Clients are known by their index in the roster. */
export class HostileServer {
  readonly config: RoundConfig;
  readonly parameters: MaskParameters;
  readonly crypto: MaskCrypto;
  readonly clients: readonly Seat[];
  readonly configHash: Uint8Array;
  readonly rosterHash: Uint8Array;
  readonly graph: readonly (readonly number[])[];
  /** t. */
  readonly threshold: number;
  /** By index: what each has dealt, and the payload that it has sent. */
  readonly dealt = new Map<number, SharesMessage>();
  readonly payloads = new Map<number, Uint8Array>();
  /** From index to index. */
  readonly #confirmations = new Map<number, ReadonlyMap<number, Uint8Array>>();

  private constructor(round: HostileRound, parameters: MaskParameters, clients: readonly Seat[]) {
    this.config = round.config;
    this.parameters = parameters;
    this.crypto = round.crypto;
    this.clients = clients;
    this.configHash = configHash(encodeRoundConfig(round.config));
    const keys = clients.map((client) => client.keys);
    this.rosterHash = rosterHash(this.configHash, keys);
    const k = actualNeighbours(parameters, clients.length);
    this.graph = maskGraph(this.rosterHash, clients.length, k);
    this.threshold = thresholdOf(parameters.thresholdPermille, k);
  }

  /** Every client has the config and has advertised its keys. */
  static async gather(round: HostileRound): Promise<HostileServer> {
    const parameters = round.parameters ?? maskParametersOf(round.config);
    const config = encodeRoundConfig(round.config);
    const clients = await Promise.all(
      round.values.map(async (values, seat): Promise<Seat> => {
        const random = round.randomOf(seat);
        const tools = { crypto: round.crypto, random };
        const step = await startClient({ config, parameters, values, resume: randomBytes(random, 16) }, tools);
        const [send] = step.send;
        if (send?.kind !== 'advertise') throw new RangeError('hostile server: expected a client to advertise');
        return { seat, values, keys: parseAdvertise(send.bytes).keys, tools, state: step.state, said: [send] };
      }),
    );
    clients.sort((a, b) => compareBytes(a.keys.channel, b.keys.channel));
    return new HostileServer(round, parameters, clients);
  }

  get size(): number {
    return this.clients.length;
  }

  get everyone(): IndexSet {
    return this.setOf(this.clients.keys());
  }

  setOf(members: Iterable<number>): IndexSet {
    return IndexSet.of(this.size, members);
  }

  /** Everyone but some. */
  without(...left: readonly number[]): IndexSet {
    return this.setOf([...this.clients.keys()].filter((index) => !left.includes(index)));
  }

  /** Remembers all clients and uploads; what it returns puts them back as they are now, as often as wanted. No real client does that. */
  snapshot(): () => void {
    const states = this.clients.map((client) => copyOf(client.state));
    const payloads = [...this.payloads];
    const confirmations = [...this.#confirmations];
    return () => {
      for (const [index, client] of this.clients.entries()) client.state = copyOf(states[index]!);
      restoreInto(this.payloads, payloads);
      restoreInto(this.#confirmations, confirmations);
    };
  }

  /** One event for one client; it keeps the state that comes of it, and what it says. @param crypto another one for a control. */
  async tell(index: number, event: ClientEvent, crypto = this.crypto): Promise<ClientStep> {
    const client = this.clients[index]!;
    const step = await stepClient(client.state, event, { ...client.tools, crypto });
    client.state = step.state;
    // A copy: the client overwrites the frames of its upload when the round goes on.
    client.said.push(...step.send.map(keptSend));
    return step;
  }

  /** The honest roster to everyone; they deal their shares. */
  async deal(): Promise<void> {
    const bytes = encodeRoster(this.clients.map((client) => client.keys));
    for (const index of this.clients.keys()) {
      const [send] = (await this.tell(index, { kind: 'roster', bytes })).send;
      if (send?.kind === 'shares') this.dealt.set(index, parseShares(send.bytes, this.graph[index]!));
    }
  }

  /** The inbox of one client when U2 is this; those of U2 must have dealt. */
  inbox(index: number, u2: IndexSet): Uint8Array {
    const neighbours = this.graph[index]!;
    const sealed = neighbours
      .filter((v) => u2.has(v))
      .map((v) => this.dealt.get(v)!.sealed[this.graph[v]!.indexOf(index)]!);
    return encodeInbox({ u2, sealed }, neighbours);
  }

  /** An inbox to everyone, and their uploads; a client that refuses has none. @param u2Of by index; everyone unless said otherwise. */
  async collect(u2Of: (index: number) => IndexSet = () => this.everyone): Promise<void> {
    for (const index of this.clients.keys()) await this.upload(index, this.inbox(index, u2Of(index)));
  }

  async upload(index: number, inbox: Uint8Array): Promise<void> {
    const step = await this.tell(index, { kind: 'inbox', bytes: inbox });
    if (!step.charge) return;
    const [send] = (await this.tell(index, { kind: 'charged' })).send;
    if (send?.kind === 'masked') this.payloads.set(index, payloadOf(send.frames, this.parameters));
  }

  /** An unmask request to everyone who is not told `null`; keeps their confirmations. */
  async request(u3Of: (index: number) => IndexSet | null): Promise<void> {
    for (const index of this.clients.keys()) {
      const u3 = u3Of(index);
      if (u3 === null) continue;
      const [send] = (await this.tell(index, { kind: 'unmask_req', bytes: u3.bytes })).send;
      if (send?.kind !== 'confirm') continue;
      const peers = this.graph[index]!.filter((v) => u3.has(v));
      this.#confirmations.set(index, parseConfirm(send.bytes, peers));
    }
  }

  /** Relays every confirmation that it has; the shares that each client then gives, by index. @param u3Of as in `request`. */
  async release(u3Of: (index: number) => IndexSet | null): Promise<Map<number, Shares>> {
    const released = new Map<number, Shares>();
    for (const index of this.clients.keys()) {
      const u3 = u3Of(index);
      if (u3 === null) continue;
      const bytes = encodeConfirmations(this.confirmationsFor(index, u3));
      const [send] = (await this.tell(index, { kind: 'confirmations', bytes })).send;
      if (send?.kind === 'unmask') released.set(index, parseUnmask(send.bytes, [...this.clients.keys()]));
    }
    return released;
  }

  /** The confirmations of `u3` that are addressed to one client, by sender. */
  confirmationsFor(index: number, u3: IndexSet): Map<number, Uint8Array> {
    const known = new Map<number, Uint8Array>();
    for (const [from, macs] of this.#confirmations) {
      const mac = macs.get(index);
      if (mac !== undefined && u3.has(from)) known.set(from, mac);
    }
    return known;
  }

  /** What a client without `confirm` gives out at once: the shares that it holds after the unmask request. */
  sharesBeforeConfirm(index: number): Shares {
    const { state } = this.clients[index]!;
    if (state.kind !== 'confirming') throw new RangeError(`hostile server: ${index} is ${state.kind}, not confirming`);
    return new Map([...state.shares].map(([v, share]) => [v, share.slice()]));
  }

  /**
   * The signed sum of the uploads of `u3`, read by the real server's recovery; null when the shares do not suffice.
   * @param u2 whose pairwise masks are in those uploads. @param shares by holder.
   */
  async read(u2: IndexSet, u3: IndexSet, shares: ReadonlyMap<number, Shares>): Promise<Int32Array | null> {
    const recovered = await recoverMasks(
      {
        configHash: this.configHash,
        rosterHash: this.rosterHash,
        roster: this.clients.map((client) => client.keys),
        graph: this.graph,
        threshold: this.threshold,
        u2,
        u3,
        commitments: this.clients.map((_, index) => this.dealt.get(index)?.commitment ?? null),
        shares,
      },
      this.crypto,
    );
    return recovered.kind === 'masks' ? this.unmasked(u3, recovered.masks) : null;
  }

  /** The signed sum of the uploads of `u3` with some masks applied. */
  async unmasked(u3: IndexSet, masks: readonly SignedMask[]): Promise<Int32Array> {
    const { length, bits } = this.parameters;
    const sum = new RingSum(length, bits);
    for (const index of u3.members) sum.add(this.payloads.get(index)!);
    const total = sum.values();
    await maskApplier(this.crypto)(total, bits, masks);
    const mask = ringMask(bits);
    return liftSigned(
      total.map((value) => value & mask),
      bits,
    );
  }

  /** Whether a vector is exactly the sum of the values of some clients. */
  isSumOf(read: Int32Array | null, members: readonly number[]): boolean {
    if (read === null) return false;
    const { length, bits } = this.parameters;
    const mask = ringMask(bits);
    const sum = new Uint32Array(length);
    for (const index of members) {
      const { values } = this.clients[index]!;
      for (let i = 0; i < length; i++) sum[i] = (sum[i]! + values[i]!) & mask;
    }
    return liftSigned(sum, bits).every((value, i) => value === read[i]);
  }

  /** How many clients gave up. */
  get aborted(): number {
    return this.clients.filter((client) => client.state.kind === 'aborted').length;
  }
}

function restoreInto<Value>(map: Map<number, Value>, entries: readonly (readonly [number, Value])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

/** The state of a client once more: byte strings and maps are copied, so the one can go on and the other stay. A real client never does this. */
export function copyOf<State extends ClientState>(state: State): State {
  return copied(state) as State;
}

function copied(value: unknown): unknown {
  if (value instanceof Uint8Array || value instanceof Uint32Array) return value.slice();
  if (value instanceof Map) return new Map([...value].map(([key, entry]) => [key, copied(entry)]));
  if (Array.isArray(value)) return value.map(copied);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  // Keys of the platform cannot be copied and are not changed either.
  if ('agree' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, copied(entry)]));
}

function payloadOf(frames: readonly Uint8Array[], { length, bits }: MaskParameters): Uint8Array {
  const assembler = new FrameAssembler(packedBytes(length, bits));
  for (const frame of frames) {
    const payload = assembler.push(frame);
    if (payload !== null) return payload;
  }
  throw new RangeError('hostile server: expected a last frame');
}

function keptSend(send: ClientSend): ClientSend {
  return send.kind === 'masked' ? { ...send, frames: send.frames.map((frame) => frame.slice()) } : send;
}
