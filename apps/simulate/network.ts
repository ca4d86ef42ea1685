// Sockets without sockets: messages between the engines and the coordinator of one process, through the same encoders and parsers as the
// gateway's and the device's, arriving when the device's link and virtual time say. In order, as over TCP. A break of the connection is told to
// both sides; a device that vanishes is told to nobody, and the server notices when its heartbeat stays away.
import { ProtocolError } from '#shared/protocol/errors.ts';
import type { ServerMessage } from '#shared/protocol/messages.ts';
import { encodeMessage, parseClientMessage, parseServerMessage } from '#shared/protocol/parse.ts';
import type { Sockets } from '../../server/coordinator.ts';
import type { Receiver } from '../../server/gateway.ts';
import { pingIntervalMs, pingTimeoutMs } from '../../server/limits.ts';
import type { Connection, Transport, TransportHandlers } from '../engine/environment.ts';
import type { VirtualClock } from './clock.ts';
import type { Device } from './device.ts';
import { wireBytes } from './wire-bytes.ts';

/** Ways from a call to `connect` to the server's knowing of the socket: TCP, the upgrade, and socket.io's own hello. */
const waysToConnect = 5;

/** The open end of a device that is simulated beyond its own code: what breaks it. */
export interface Line {
  /** The connection ends; both sides hear of it. Does nothing where there is none. */
  cut(): void;
  /** The device is gone without a word. */
  vanish(): void;
}

interface Socket {
  readonly client: string;
  readonly link: Link;
  readonly handlers: TransportHandlers;
  state: 'opening' | 'open' | 'closed';
}

/** A device's way to the server. What it sends and what it receives each take their turn. */
export class Link {
  readonly device: Pick<Device, 'latencyMs' | 'upBytesPerS' | 'downBytesPerS'>;
  #upFreeAtMs = 0;
  #downFreeAtMs = 0;

  constructor(device: Pick<Device, 'latencyMs' | 'upBytesPerS' | 'downBytesPerS'>) {
    this.device = device;
  }

  /** When the last byte of a message that is sent now has left the device, and when it has arrived. Unix ms. */
  up(nowMs: number, bytes: number): { readonly sentMs: number; readonly arrivedMs: number } {
    this.#upFreeAtMs = Math.max(nowMs, this.#upFreeAtMs) + (1000 * bytes) / this.device.upBytesPerS;
    return { sentMs: this.#upFreeAtMs, arrivedMs: this.#upFreeAtMs + this.device.latencyMs };
  }

  /** When a message that the server sends now has arrived. */
  down(nowMs: number, bytes: number): number {
    this.#downFreeAtMs = Math.max(nowMs, this.#downFreeAtMs) + (1000 * bytes) / this.device.downBytesPerS;
    return this.#downFreeAtMs + this.device.latencyMs;
  }

  /** When all that was handed to it has left. */
  get upFreeAtMs(): number {
    return this.#upFreeAtMs;
  }
}

export class VirtualNetwork implements Sockets {
  readonly #clock: VirtualClock;
  readonly #sockets = new Map<string, Socket>();
  /** By client, in order: what has arrived and is not read. */
  readonly #unread = new Map<string, (() => void)[]>();
  readonly #held = new Set<string>();
  #receiver: Receiver | null = null;
  #opened = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Who gets what the sockets bring: a coordinator. */
  attach(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  /** A device's transport, and what can happen to its line. */
  transport(link: Link): Transport & Line {
    let socket: Socket | null = null;
    return {
      secure: true,
      connect: (handlers) => {
        socket = this.#connect(link, handlers);
        return this.#connection(socket);
      },
      cut: () => {
        if (socket === null || socket.state === 'closed') return;
        this.#close(socket, link.device.latencyMs);
        socket.handlers.onClose();
      },
      vanish: () => {
        if (socket === null || socket.state === 'closed') return;
        // A heartbeat goes out every interval; the server waits for its answer.
        this.#close(socket, pingIntervalMs / 2 + pingTimeoutMs);
      },
    };
  }

  send(client: string, message: ServerMessage): void {
    const socket = this.#sockets.get(client);
    if (socket !== undefined) this.#deliver(socket, message);
  }

  broadcast(message: ServerMessage): void {
    for (const socket of this.#sockets.values()) this.#deliver(socket, message);
  }

  cut(client: string): void {
    const socket = this.#sockets.get(client);
    if (socket === undefined) return;
    this.#clock.after(socket.link.device.latencyMs, `cut ${client}`, () => {
      if (socket.state === 'closed') return;
      this.#close(socket, 0);
      socket.handlers.onClose();
    });
  }

  /** What arrives lies unread. The device goes on sending: how much the server's machine takes in for it is not simulated. */
  hold(client: string): void {
    if (this.#sockets.has(client)) this.#held.add(client);
  }

  release(client: string): void {
    if (this.#held.delete(client)) this.#clock.after(0, `release ${client}`, () => this.#read(client));
  }

  #connect(link: Link, handlers: TransportHandlers): Socket {
    this.#opened += 1;
    const socket: Socket = { client: `c${this.#opened}`, link, handlers, state: 'opening' };
    const { client } = socket;
    const { latencyMs } = link.device;
    this.#clock.after(waysToConnect * latencyMs, `connect ${client}`, () => {
      if (socket.state === 'closed') return;
      this.#sockets.set(client, socket);
      this.#clock.after(latencyMs, `open ${client}`, () => {
        if (socket.state === 'closed') return;
        socket.state = 'open';
        handlers.onOpen();
      });
      this.#receiver?.connected(client);
    });
    return socket;
  }

  #connection(socket: Socket): Connection {
    const { client, link } = socket;
    return {
      send: (message) => {
        if (socket.state === 'closed') return;
        const [kind, fields, ...binary] = encodeMessage(message);
        // A device overwrites its frames when a round goes on.
        const copies = binary.map((bytes) => bytes.slice());
        const { arrivedMs } = link.up(this.#clock.nowMs, wireBytes(message, 'client'));
        this.#clock.at(arrivedMs, `${client} ${kind}`, () => {
          if (!this.#sockets.has(client)) return;
          const unread = this.#unread.get(client) ?? [];
          this.#unread.set(client, unread);
          unread.push(() => this.#receive(client, kind, [fields, ...copies]));
          this.#read(client);
        });
      },
      drained: () =>
        new Promise((resolve) => {
          if (socket.state === 'closed') resolve();
          else this.#clock.at(link.upFreeAtMs, `${client} drained`, resolve);
        }),
      close: () => {
        if (socket.state !== 'closed') this.#close(socket, link.device.latencyMs);
      },
    };
  }

  /** All that has arrived from a client, unless it is held. */
  #read(client: string): void {
    const unread = this.#unread.get(client);
    while (unread !== undefined && !this.#held.has(client)) {
      const next = unread.shift();
      if (next === undefined) return;
      next();
    }
  }

  /** One message of a client, as the gateway takes it. */
  #receive(client: string, kind: string, args: readonly unknown[]): void {
    const receiver = this.#receiver;
    if (receiver === null) return;
    let message: ReturnType<typeof parseClientMessage>;
    try {
      message = parseClientMessage(kind, args);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      receiver.refuse(client, 'bad-message', error.message, null);
      return;
    }
    receiver.receive(client, message);
  }

  /** One message to a client, as its transport takes it. The server does not change what it sent. */
  #deliver(socket: Socket, message: ServerMessage): void {
    const [kind, ...args] = encodeMessage(message);
    const arrivesMs = socket.link.down(this.#clock.nowMs, wireBytes(message, 'server'));
    this.#clock.at(arrivesMs, `${kind} ${socket.client}`, () => {
      if (socket.state !== 'open') return;
      let parsed: ServerMessage;
      try {
        parsed = parseServerMessage(kind, args);
      } catch (error) {
        socket.handlers.onFault(error);
        return;
      }
      socket.handlers.onMessage(parsed);
    });
  }

  /** For the device at once, for the server after `heardAfterMs`. */
  #close(socket: Socket, heardAfterMs: number): void {
    socket.state = 'closed';
    const { client, link } = socket;
    // What was sent before is still under way, and arrives first.
    const arrivesMs = Math.max(this.#clock.nowMs + heardAfterMs, link.upFreeAtMs + link.device.latencyMs);
    this.#clock.at(arrivesMs, `${client} gone`, () => {
      this.#unread.delete(client);
      this.#held.delete(client);
      if (this.#sockets.delete(client)) this.#receiver?.disconnected(client);
    });
  }
}
