// A masked round in one process: the server's and all clients' state machines, with a script of who leaves when and hooks for whoever
// wants to change a message on its way. For tests, the soak and the attacks; no sockets, no clock, no sleep.
import type { RandomSource } from '../../maths/random.ts';
import { FrameAssembler, packedBytes } from '../../protocol/codec.ts';
import {
  type ClientAbort,
  type ClientEvent,
  type ClientSend,
  type ClientState,
  type ClientStep,
  type ClientTools,
  startClient,
  stepClient,
} from '../client.ts';
import type { MaskCrypto } from '../crypto.ts';
import type { ApplyMasks } from '../masks.ts';
import type { MaskNumbers, MaskParameters } from '../parameters.ts';
import {
  type ServerRefusal,
  type ServerSend,
  type ServerStage,
  type ServerState,
  startServer,
  stepServer,
} from '../server.ts';

export interface RoundScript {
  readonly parameters: MaskParameters;
  /** What stands for the 184 bytes. */
  readonly config: Uint8Array;
  /** values[seat]: Uint32Array[D] or Int32Array[D]. */
  readonly values: readonly (Uint32Array | Int32Array)[];
  readonly crypto: MaskCrypto;
  readonly randomOf: (seat: number) => RandomSource;
  /** leaves.get(seat): the stage whose answer it no longer gives. */
  readonly leaves?: ReadonlyMap<number, ServerStage>;
  /** nMin unless said otherwise. */
  readonly leastRoster?: number;
  /** What reaches a client instead; an empty list swallows the message. */
  readonly toClient?: (send: ServerSend) => readonly ServerSend[];
  /** What reaches the server instead. */
  readonly toServer?: (seat: number, send: ClientSend) => readonly ClientSend[];
  /** Which of the clients with something waiting goes next; the first unless said otherwise. */
  readonly pick?: (waiting: number) => number;
  /** How the server takes masks off; on this thread unless said otherwise. */
  readonly applyMasks?: ApplyMasks;
  /** Runs each piece of work of a client or the server, so that whoever measures can look at a clock before and after. */
  readonly meter?: Meter;
}

/** @param stage whose answer is being made (client) or taken (server). Runs `work` once and returns what it returns. */
export type Meter = <T>(side: 'client' | 'server', stage: ServerStage, work: () => Promise<T>) => Promise<T>;

export interface PlayedRound {
  readonly outcome: Extract<ServerState, { kind: 'done' } | { kind: 'aborted' }>;
  /** clients[seat]: its last state. */
  readonly clients: readonly ClientState[];
  readonly aborts: ReadonlyMap<number, ClientAbort>;
  readonly refusals: readonly ServerRefusal[];
  /** Seats that charged their ledger. */
  readonly charged: ReadonlySet<number>;
  /** Every message in the order in which it left its sender. */
  readonly sent: readonly SentMessage[];
}

export interface SentMessage {
  readonly from: number | 'server';
  readonly to: number | 'server';
  readonly kind: ServerSend['kind'] | ClientSend['kind'];
  readonly bytes: number;
}

/** Numbers below the floors, for small rounds. Nothing outside of tests may use it: a client that does has no protection. */
export function uncheckedMaskParameters(numbers: MaskNumbers): MaskParameters {
  return numbers as MaskParameters;
}

/** What a client answers to each message of the server. */
export const answerTo = {
  config: 'advertise',
  roster: 'shares',
  inbox: 'masked',
  unmask_req: 'confirm',
  confirmations: 'unmask',
} as const satisfies Record<ServerSend['kind'], ServerStage>;

/** Plays a round to its end. */
export async function playRound(script: RoundScript): Promise<PlayedRound> {
  return new Players(script).play();
}

class Players {
  readonly #script: RoundScript;
  readonly #clients = new Map<number, ClientState>();
  /** By seat: a client's random source goes on from message to message. */
  readonly #tools = new Map<number, ClientTools>();
  readonly #aborts = new Map<number, ClientAbort>();
  readonly #refusals: ServerRefusal[] = [];
  readonly #charged = new Set<number>();
  readonly #sent: SentMessage[] = [];
  /** By seat, in order; the order between seats is `pick`'s. */
  readonly #waiting = new Map<number, ServerSend[]>();
  #server: ServerState;

  constructor(script: RoundScript) {
    this.#script = script;
    const { config, parameters, values } = script;
    const seats = values.map((_, seat) => seat);
    const step = startServer({ config, parameters, seats, leastRoster: script.leastRoster ?? parameters.minCohort });
    this.#server = step.state;
    this.#post(step.send);
  }

  async play(): Promise<PlayedRound> {
    for (;;) {
      const waiting = [...this.#waiting.keys()];
      if (waiting.length > 0) {
        await this.#deliver(waiting[this.#script.pick?.(waiting.length) ?? 0]!);
      } else if (this.#server.kind === 'done' || this.#server.kind === 'aborted') {
        return this.#finished(this.#server);
      } else {
        await this.#toServer({ kind: 'deadline', stage: this.#server.kind });
      }
    }
  }

  #post(sends: readonly ServerSend[]): void {
    for (const original of sends) {
      for (const send of this.#script.toClient?.(original) ?? [original]) {
        this.#sent.push({ from: 'server', to: send.seat, kind: send.kind, bytes: send.bytes.length });
        const queue = this.#waiting.get(send.seat);
        if (queue === undefined) this.#waiting.set(send.seat, [send]);
        else queue.push(send);
      }
    }
  }

  async #deliver(seat: number): Promise<void> {
    const queue = this.#waiting.get(seat)!;
    const { kind, bytes } = queue.shift()!;
    if (queue.length === 0) this.#waiting.delete(seat);
    const { crypto, randomOf, config, parameters, values } = this.#script;
    const before = this.#clients.get(seat);
    if (before === undefined) {
      if (this.#script.leaves?.get(seat) === 'advertise') {
        await this.#toServer({ kind: 'dropped', seat });
        return;
      }
      const resume = Uint8Array.from({ length: 16 }, (_, i) => (seat >> (8 * (i & 1))) ^ i);
      this.#tools.set(seat, { crypto, random: randomOf(seat) });
      const start = { config, parameters, values: values[seat]!, resume };
      await this.#stepped(
        seat,
        await this.#metered('client', 'advertise', () => startClient(start, this.#tools.get(seat)!)),
      );
      return;
    }
    await this.#toClient(seat, { kind, bytes }, answerTo[kind]);
  }

  async #toClient(seat: number, event: ClientEvent, stage: ServerStage): Promise<void> {
    const before = this.#clients.get(seat)!;
    await this.#stepped(
      seat,
      await this.#metered('client', stage, () => stepClient(before, event, this.#tools.get(seat)!)),
    );
  }

  #metered<T>(side: 'client' | 'server', stage: ServerStage, work: () => Promise<T>): Promise<T> {
    return this.#script.meter === undefined ? work() : this.#script.meter(side, stage, work);
  }

  async #stepped(seat: number, step: ClientStep): Promise<void> {
    this.#clients.set(seat, step.state);
    if (step.abort !== null) {
      this.#aborts.set(seat, step.abort);
      await this.#toServer({ kind: 'dropped', seat });
      return;
    }
    if (step.charge) {
      if (this.#script.leaves?.get(seat) === 'masked') {
        await this.#toClient(seat, { kind: 'cancel', reason: 'leaves' }, 'masked');
        return;
      }
      this.#charged.add(seat);
      await this.#toClient(seat, { kind: 'charged' }, 'masked');
      return;
    }
    for (const original of step.send) {
      if (this.#script.leaves?.get(seat) === original.kind) {
        await this.#toClient(seat, { kind: 'cancel', reason: 'leaves' }, original.kind);
        return;
      }
      for (const send of this.#script.toServer?.(seat, original) ?? [original]) await this.#receive(seat, send);
    }
  }

  async #receive(seat: number, send: ClientSend): Promise<void> {
    if (send.kind !== 'masked') {
      this.#sent.push({ from: seat, to: 'server', kind: send.kind, bytes: send.bytes.length });
      await this.#toServer({ kind: send.kind, seat, bytes: send.bytes });
      return;
    }
    const { length, bits } = this.#script.parameters;
    const assembler = new FrameAssembler(packedBytes(length, bits));
    for (const frame of send.frames) {
      this.#sent.push({ from: seat, to: 'server', kind: send.kind, bytes: frame.length });
      const payload = await this.#metered('server', 'masked', async () => assembler.push(frame));
      if (payload !== null) await this.#toServer({ kind: 'masked', seat, payload });
    }
  }

  async #toServer(event: Parameters<typeof stepServer>[1]): Promise<void> {
    const before = this.#server;
    const stage = before.kind === 'done' || before.kind === 'aborted' ? 'unmask' : before.kind;
    const { crypto, applyMasks } = this.#script;
    const tools = applyMasks === undefined ? { crypto } : { crypto, applyMasks };
    const step = await this.#metered('server', stage, () => stepServer(before, event, tools));
    this.#server = step.state;
    this.#refusals.push(...step.refused);
    this.#post(step.send);
  }

  async #finished(outcome: PlayedRound['outcome']): Promise<PlayedRound> {
    for (const [seat, state] of this.#clients) {
      if (state.kind === 'done' || state.kind === 'aborted') continue;
      const told = outcome.kind === 'done' && outcome.seats.includes(seat);
      const step = await stepClient(
        state,
        told ? { kind: 'result' } : { kind: 'abort', code: outcome.kind === 'done' ? 'late' : outcome.code },
        this.#tools.get(seat)!,
      );
      this.#clients.set(seat, step.state);
    }
    return {
      outcome,
      clients: this.#script.values.map(
        (_, seat) => this.#clients.get(seat) ?? { kind: 'aborted', code: 'cancelled', message: 'never came' },
      ),
      aborts: this.#aborts,
      refusals: this.#refusals,
      charged: this.#charged,
      sent: this.#sent,
    };
  }
}
