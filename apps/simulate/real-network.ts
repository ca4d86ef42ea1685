// A device's link in real time: around real sockets, messages go out and come in when a link of this device's latency and bandwidth would have them.
import { encodeMessage } from '#shared/protocol/parse.ts';
import type { Clock, Connection, Transport, TransportHandlers } from '../engine/environment.ts';
import type { Line, Link } from './network.ts';
import { wireBytes } from './wire-bytes.ts';

/** A transport with delays. Beyond the link's the real network's own come on top. */
export class DelayedTransport implements Transport, Line {
  readonly #inner: Transport;
  readonly #link: Link;
  readonly #clock: Clock;
  #open: { readonly connection: Connection; readonly handlers: TransportHandlers; isClosed: boolean } | null = null;

  constructor(inner: Transport, link: Link, clock: Clock) {
    this.#inner = inner;
    this.#link = link;
    this.#clock = clock;
  }

  get secure(): boolean {
    return this.#inner.secure;
  }

  connect(handlers: TransportHandlers): Connection {
    const link = this.#link;
    const clock = this.#clock;
    const connection = this.#inner.connect({
      ...handlers,
      onMessage: (message) => {
        const arrivesMs = link.down(clock.now(), wireBytes(message, 'server'));
        clock.after(arrivesMs - clock.now(), () => {
          if (!open.isClosed) handlers.onMessage(message);
        });
      },
      onClose: () => {
        if (open.isClosed) return;
        open.isClosed = true;
        handlers.onClose();
      },
    });
    const open = { connection, handlers, isClosed: false };
    this.#open = open;
    return {
      send: (message) => {
        if (open.isClosed) return;
        // A device overwrites its frames when a round goes on.
        const copy = copied(message);
        const { arrivedMs } = link.up(clock.now(), wireBytes(message, 'client'));
        clock.after(arrivedMs - clock.now(), () => {
          if (!open.isClosed) connection.send(copy);
        });
      },
      drained: () =>
        new Promise((resolve) => {
          clock.after(Math.max(0, link.upFreeAtMs - clock.now()), resolve);
        }),
      close: () => {
        open.isClosed = true;
        connection.close();
      },
    };
  }

  cut(): void {
    const open = this.#open;
    if (open === null || open.isClosed) return;
    open.isClosed = true;
    open.connection.close();
    open.handlers.onClose();
  }

  vanish(): void {
    const open = this.#open;
    if (open === null || open.isClosed) return;
    open.isClosed = true;
    open.connection.close();
  }
}

function copied<Message extends Parameters<Connection['send']>[0]>(message: Message): Message {
  return encodeMessage(message).length > 2 && 'frame' in message
    ? { ...message, frame: message.frame.slice() }
    : message;
}
