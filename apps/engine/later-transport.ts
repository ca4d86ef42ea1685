// The transport of who may never need one: the code of the socket is downloaded with the first connection.
import type { Connection, Transport, TransportHandlers } from './environment.ts';

/** A Transport that is there when it is first connected with. */
export class LaterTransport implements Transport {
  readonly secure: boolean;
  readonly #load: () => Promise<Transport>;

  constructor(secure: boolean, load: () => Promise<Transport>) {
    this.secure = secure;
    this.#load = load;
  }

  /** Code that cannot be had is a connection that failed. */
  connect(handlers: TransportHandlers): Connection {
    let connection: Connection | null = null;
    let closed = false;
    this.#load().then(
      (transport) => {
        if (!closed) connection = transport.connect(handlers);
      },
      () => {
        if (!closed) handlers.onClose();
      },
    );
    return {
      // Nobody has anything to send before onOpen, which the connection calls.
      send: (message) => connection?.send(message),
      drained: async () => connection?.drained?.(),
      close: () => {
        closed = true;
        connection?.close();
      },
    };
  }
}
