// The page's transport: the aggregator's socket.io over one WebSocket, in the few packets that PROTOCOL.md 1 needs of it: Socket.IO protocol 5 in
// Engine.IO protocol 4, one namespace, an event with at most one attachment, no acknowledgements, no other way than WebSocket. A seventh of
// the bytes of socket.io-client, which Node's participants use (transport.ts): the same tests run on both.
// Every message from the server is parsed with limits before anybody sees it.
import type { ClientMessage } from '#shared/protocol/messages.ts';
import { encodeMessage, parseServerMessage } from '#shared/protocol/parse.ts';
import type { Connection, Transport, TransportHandlers } from './environment.ts';
import { isPrivateWay } from './private-way.ts';
import { connectTimeoutMs, lookEveryMs, socketPath } from './socket-path.ts';

/** Engine.IO packet types; Socket.IO's follow a `message`. */
const engine = { open: '0', close: '1', ping: '2', pong: '3', message: '4' } as const;
const socket = { connect: '0', disconnect: '1', event: '2', connectError: '4', binaryEvent: '5' } as const;
/** Longest time between two pings that a server may ask for, with the wait for one that is late. */
const mostSilenceMs = 120_000;

type Sockets = new (url: string) => WebSocket;

/** Opens sockets to the origin `url`, such as `http://localhost:8080`. */
export class PageTransport implements Transport {
  readonly secure: boolean;
  readonly #url: string;
  readonly #sockets: Sockets;

  constructor(url: string, sockets: Sockets = WebSocket) {
    const address = new URL(`${socketPath}/?EIO=4&transport=websocket`, url);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#url = address.href;
    this.#sockets = sockets;
    this.secure = isPrivateWay(url);
  }

  connect(handlers: TransportHandlers): Connection {
    return new PageConnection(new this.#sockets(this.#url), handlers);
  }
}

class PageConnection implements Connection {
  readonly #socket: WebSocket;
  readonly #handlers: TransportHandlers;
  #timer: ReturnType<typeof setTimeout>;
  #silenceMs = connectTimeoutMs;
  #closed = false;
  #isOpen = false;
  /** An event whose attachment is the next frame. */
  #waiting: readonly unknown[] | null = null;

  constructor(webSocket: WebSocket, handlers: TransportHandlers) {
    this.#socket = webSocket;
    this.#handlers = handlers;
    webSocket.binaryType = 'arraybuffer';
    webSocket.addEventListener('message', ({ data }) => this.#heard(data));
    webSocket.addEventListener('close', () => this.#end());
    webSocket.addEventListener('error', () => this.#end());
    this.#timer = setTimeout(() => this.#end(), connectTimeoutMs);
  }

  send(message: ClientMessage): void {
    if (this.#closed || !this.#isOpen) return;
    const [kind, fields, attachment] = encodeMessage(message);
    if (attachment === undefined) {
      this.#socket.send(`${engine.message}${socket.event}${JSON.stringify([kind, fields])}`);
      return;
    }
    const place = { _placeholder: true, num: 0 };
    this.#socket.send(`${engine.message}${socket.binaryEvent}1-${JSON.stringify([kind, fields, place])}`);
    // WebSocket takes no shared memory; a message has none.
    this.#socket.send(attachment as Uint8Array<ArrayBuffer>);
  }

  async drained(): Promise<void> {
    while (!this.#closed && this.#socket.bufferedAmount > 0)
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket.close();
  }

  #end(): void {
    if (this.#closed) return;
    this.close();
    this.#handlers.onClose();
  }

  /** A server that says nothing for longer than its pings are apart is gone. */
  #heardFrom(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), this.#silenceMs);
  }

  #heard(data: unknown): void {
    if (this.#closed) return;
    if (this.#isOpen) this.#heardFrom();
    if (typeof data !== 'string') {
      this.#attached(data);
      return;
    }
    const packet = data.slice(1);
    switch (data[0]) {
      case engine.open:
        this.#silenceMs = silenceOf(packet);
        this.#socket.send(`${engine.message}${socket.connect}`);
        return;
      case engine.ping:
        this.#socket.send(engine.pong);
        return;
      case engine.message:
        this.#packet(packet);
        return;
      case engine.close:
        this.#end();
        return;
      default:
        this.#handlers.onFault(new RangeError('a packet of a kind that there is not'));
    }
  }

  #packet(packet: string): void {
    switch (packet[0]) {
      case socket.connect:
        if (this.#isOpen) return;
        this.#isOpen = true;
        this.#heardFrom();
        this.#handlers.onOpen();
        return;
      case socket.event:
        this.#event(packet.slice(1), false);
        return;
      case socket.binaryEvent:
        if (packet.startsWith(`${socket.binaryEvent}1-`)) this.#event(packet.slice(3), true);
        else this.#handlers.onFault(new RangeError('expected at most one attachment'));
        return;
      case socket.disconnect:
      case socket.connectError:
        this.#end();
        return;
      default:
        this.#handlers.onFault(new RangeError('a packet of a kind that there is not'));
    }
  }

  #event(json: string, isWaiting: boolean): void {
    let event: unknown;
    try {
      event = JSON.parse(json);
    } catch (error) {
      this.#handlers.onFault(error);
      return;
    }
    if (!Array.isArray(event)) this.#handlers.onFault(new TypeError('an event that is no list'));
    else if (isWaiting) this.#waiting = event;
    else this.#tell(event);
  }

  #attached(data: unknown): void {
    const event = this.#waiting;
    this.#waiting = null;
    if (event === null || !(data instanceof ArrayBuffer)) {
      this.#handlers.onFault(new TypeError('bytes that no event asked for'));
      return;
    }
    const bytes = new Uint8Array(data);
    this.#tell(event.map((argument) => (isPlaceholder(argument) ? bytes : argument)));
  }

  #tell([kind, ...args]: readonly unknown[]): void {
    let message: ReturnType<typeof parseServerMessage>;
    try {
      message = parseServerMessage(String(kind), args);
    } catch (error) {
      this.#handlers.onFault(error);
      return;
    }
    this.#handlers.onMessage(message);
  }
}

function isPlaceholder(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { _placeholder?: unknown })._placeholder === true;
}

/** From what a server says when it opens. */
function silenceOf(json: string): number {
  try {
    const { pingInterval, pingTimeout } = JSON.parse(json) as Record<string, unknown>;
    const asked = Number(pingInterval) + Number(pingTimeout);
    return asked > 0 && asked < mostSilenceMs ? asked : mostSilenceMs;
  } catch {
    return mostSilenceMs;
  }
}
