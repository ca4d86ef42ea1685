// The sockets: the only file of the server that knows socket.io. It lets connections in, counts what they send, parses every message and
// hands it on; it holds no state of rounds.
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { ProtocolError } from '#shared/protocol/errors.ts';
import { maximumMessageBytes } from '#shared/protocol/limits.ts';
import type { ClientMessage, RefusalCode, ServerMessage } from '#shared/protocol/messages.ts';
import { encodeMessage, parseClientMessage } from '#shared/protocol/parse.ts';
import type { Clock } from './clock.ts';
import { isLoopbackAuthority, isLoopbackHost, type SocketLimits } from './config.ts';
import type { Sockets } from './coordinator.ts';
import {
  connectTimeoutMs,
  maxUnsentBytes,
  maxUnsentPackets,
  messageBurst,
  messagesPerSecond,
  pingIntervalMs,
  pingTimeoutMs,
} from './limits.ts';
import type { Telemetry } from './telemetry.ts';

export const socketPath = '/v1/socket';

/** Who gets what the sockets bring. */
export interface Receiver {
  connected(client: string): void;
  receive(client: string, message: ClientMessage): void;
  refuse(client: string, code: RefusalCode, message: string, retryAfterMs: number | null): void;
  disconnected(client: string): void;
}

export interface GatewayOptions {
  /** It listens on a loopback address: no other name may lead to it, as over HTTP. */
  readonly isLocal: boolean;
  readonly limits: SocketLimits;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** After the last word to a socket that is closed: time for it to be sent. */
const partingMs = 250;
const retryAfterRateMs = 5_000;

/** What of engine.io's connection is used beyond its typed surface: how much is unsent, its heartbeat, and the WebSocket itself. */
interface Connection {
  readonly writeBuffer?: readonly unknown[];
  readonly pingTimeoutTimer?: { refresh?(): void } | null;
  readonly transport?: {
    readonly socket?: {
      readonly bufferedAmount?: number;
      terminate?(): void;
      pause?(): void;
      resume?(): void;
      on?(event: 'ping', listener: () => void): void;
    };
  };
  close(discard: boolean): void;
  on(event: 'packet' | 'close', listener: () => void): void;
}

export class Gateway implements Sockets {
  readonly #io: Server;
  readonly #options: GatewayOptions;
  readonly #sockets = new Map<string, Socket>();
  readonly #connections = new Set<Connection>();
  /** Clients that are not read from, with what ends the watch over their heartbeat. */
  readonly #held = new Map<string, () => void>();
  /** Open connections by address. */
  readonly #byAddress = new Map<string, number>();
  #receiver: Receiver | null = null;

  constructor(http: HttpServer, options: GatewayOptions) {
    this.#options = options;
    this.#io = new Server(http, {
      path: socketPath,
      transports: ['websocket'],
      serveClient: false,
      perMessageDeflate: false,
      httpCompression: false,
      maxHttpBufferSize: maximumMessageBytes,
      pingInterval: pingIntervalMs,
      pingTimeout: pingTimeoutMs,
      connectTimeout: connectTimeoutMs,
      allowRequest: (request, answer) => {
        const refusal = this.#admit(request);
        answer(refusal, refusal === null);
      },
    });
    this.#io.engine.on('connection', (connection: Connection) => this.#watch(connection));
    this.#io.on('connection', (socket) => this.#open(socket));
  }

  /** Starts handing on. Messages that came before are not lost: nobody can connect before the server listens. */
  attach(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  get count(): number {
    return this.#sockets.size;
  }

  send(client: string, message: ServerMessage): void {
    const socket = this.#sockets.get(client);
    if (socket === undefined || this.#cutUnread(socket)) return;
    const [kind, ...args] = encodeMessage(message);
    socket.emit(kind, ...args);
  }

  broadcast(message: ServerMessage): void {
    for (const socket of this.#sockets.values()) this.#cutUnread(socket);
    const [kind, ...args] = encodeMessage(message);
    this.#io.emit(kind, ...args);
  }

  cut(client: string, reason: 'too-large' | 'slow'): void {
    const socket = this.#sockets.get(client);
    if (socket === undefined) return;
    this.#options.telemetry.socketCut(reason);
    this.#part(socket.conn as unknown as Connection);
  }

  hold(client: string): void {
    const socket = this.#sockets.get(client);
    if (socket === undefined || this.#held.has(client)) return;
    const connection = socket.conn as unknown as Connection;
    connection.transport?.socket?.pause?.();
    // Its answers to pings lie unread: whoever is held is not taken for gone.
    const refresh = () => {
      connection.pingTimeoutTimer?.refresh?.();
      this.#held.set(client, this.#options.clock.setTimer(refresh, pingTimeoutMs / 2));
    };
    refresh();
  }

  release(client: string): void {
    const cancel = this.#held.get(client);
    if (cancel === undefined) return;
    cancel();
    this.#held.delete(client);
    const socket = this.#sockets.get(client);
    if (socket !== undefined) (socket.conn as unknown as Connection).transport?.socket?.resume?.();
  }

  /** Closes every socket; those that do not answer are cut off. Safe twice. */
  async close(): Promise<void> {
    this.#io.disconnectSockets(true);
    this.#io.engine.close();
    if (this.#connections.size > 0) {
      await new Promise<void>((resolve) => {
        this.#options.clock.setTimer(resolve, partingMs);
        this.#io.engine.once('drained', resolve);
      });
    }
    for (const connection of this.#connections) terminate(connection);
  }

  /** null to let it in, or why not. */
  #admit(request: IncomingMessage): string | null {
    const { limits, telemetry } = this.#options;
    const { host, origin } = request.headers;
    if (this.#options.isLocal && !isLoopbackAuthority(host)) {
      telemetry.socketCut('host');
      return 'Expected localhost, 127.0.0.1 or [::1] as the host, got another name. Open the address that the server printed.';
    }
    if (origin !== undefined && !isOwnOrigin(origin, host)) {
      telemetry.socketCut('origin');
      return 'Expected a page of this server, got another origin.';
    }
    if (this.#connections.size >= limits.maxSockets) {
      telemetry.socketCut('total');
      return `Expected at most ${limits.maxSockets} sockets. Try again later.`;
    }
    const address = addressKey(request.socket.remoteAddress);
    const open = this.#byAddress.get(address) ?? 0;
    if (open >= limits.maxSocketsPerAddress) {
      telemetry.socketCut('per-address');
      return `Expected at most ${limits.maxSocketsPerAddress} sockets from one address. Close some first.`;
    }
    this.#byAddress.set(address, open + 1);
    request.socket.once('close', () => {
      const left = (this.#byAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#byAddress.set(address, left);
      else this.#byAddress.delete(address);
    });
    return null;
  }

  /** Counts every packet of a connection, also those that never become a message. */
  #watch(connection: Connection): void {
    this.#connections.add(connection);
    connection.on('close', () => {
      this.#connections.delete(connection);
      if (this.#connections.size === 0) this.#io.engine.emit('drained');
    });
    const bucket = new TokenBucket(this.#options.clock, messageBurst, messagesPerSecond);
    let flooded = false;
    const count = () => {
      if (flooded || bucket.take()) return;
      flooded = true;
      this.#options.telemetry.socketCut('rate');
      for (const [client, socket] of this.#sockets) {
        if ((socket.conn as unknown) !== connection) continue;
        const expected = `Expected at most ${messagesPerSecond} messages a second, got more; the connection is closed.`;
        this.#receiver?.refuse(client, 'rate', expected, retryAfterRateMs);
      }
      this.#part(connection);
    };
    connection.on('packet', count);
    // A WebSocket ping is answered below engine.io and costs as much as a message.
    connection.transport?.socket?.on?.('ping', count);
  }

  #open(socket: Socket): void {
    const client = socket.id;
    this.#sockets.set(client, socket);
    this.#options.telemetry.sockets(this.#sockets.size);
    socket.on('disconnect', () => {
      this.#held.get(client)?.();
      this.#held.delete(client);
      this.#sockets.delete(client);
      this.#options.telemetry.sockets(this.#sockets.size);
      this.#receiver?.disconnected(client);
    });
    socket.onAny((kind: unknown, ...args: readonly unknown[]) => {
      let message: ClientMessage;
      try {
        message = parseClientMessage(String(kind), args);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.#receiver?.refuse(client, 'bad-message', error.message, null);
        return;
      }
      this.#receiver?.receive(client, message);
    });
    this.#receiver?.connected(client);
  }

  /** True when the client has stopped reading: what it has not taken is thrown away with its connection. */
  #cutUnread(socket: Socket): boolean {
    const connection = socket.conn as unknown as Connection;
    const unsentPackets = connection.writeBuffer?.length ?? 0;
    const unsentBytes = connection.transport?.socket?.bufferedAmount ?? 0;
    if (unsentPackets <= maxUnsentPackets && unsentBytes <= maxUnsentBytes) return false;
    this.#options.telemetry.socketCut('unread');
    terminate(connection);
    return true;
  }

  /** Lets the last message go out, then closes whatever the other side does. */
  #part(connection: Connection): void {
    connection.close(false);
    this.#options.clock.setTimer(() => terminate(connection), partingMs);
  }
}

class TokenBucket {
  readonly #clock: Clock;
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #atMs: number;

  constructor(clock: Clock, burst: number, perSecond: number) {
    this.#clock = clock;
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
    this.#atMs = clock.nowMs();
  }

  take(): boolean {
    const nowMs = this.#clock.nowMs();
    // A clock that was set back refills nothing.
    const refill = (Math.max(0, nowMs - this.#atMs) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens + refill);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

function terminate(connection: Connection): void {
  const socket = connection.transport?.socket;
  if (socket?.terminate !== undefined) socket.terminate();
  else connection.close(true);
}

/** A page of this server, or one on loopback when the server is on loopback (a page served by a development server). */
function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin) || host === undefined) return false;
  const page = new URL(origin);
  if (page.host === host) return true;
  return isLoopbackAuthority(host) && isLoopbackHost(page.hostname);
}

/** One key for an IPv4 address and its form in IPv6; the /64 of an IPv6 address, which is one household. */
function addressKey(address: string | undefined): string {
  if (address === undefined) return '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const full = [...groups, ...Array.from({ length: missing }, () => '0'), ...(tail ? tail.split(':') : [])];
  return full.slice(0, 4).join(':');
}
