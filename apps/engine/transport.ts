// The transport: socket.io over a WebSocket to the aggregator. The only file that knows socket.io on the device.
// Every message from the server is parsed with limits before anybody sees it. Reconnecting is the federation client's work, not socket.io's.
import { io, type Socket } from 'socket.io-client';
import type { ClientMessage } from '#shared/protocol/messages.ts';
import { encodeMessage, parseServerMessage } from '#shared/protocol/parse.ts';
import type { Connection, Transport, TransportHandlers } from './environment.ts';
import { isPrivateWay } from './private-way.ts';

export const socketPath = '/v1/socket';
const connectTimeoutMs = 10_000;
/** How often a socket that holds something is looked at: no event tells when it has let go of it. */
const lookEveryMs = 5;

/** Opens sockets to the origin `url`, such as `http://localhost:8080`. */
export class SocketTransport implements Transport {
  readonly secure: boolean;
  readonly #url: string;

  constructor(url: string) {
    this.#url = new URL(url).origin;
    this.secure = isPrivateWay(url);
  }

  connect(handlers: TransportHandlers): Connection {
    const socket: Socket = io(this.#url, {
      path: socketPath,
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      timeout: connectTimeoutMs,
    });
    let closed = false;
    const ended = (): void => {
      if (closed) return;
      closed = true;
      socket.disconnect();
      handlers.onClose();
    };
    socket.on('connect', () => {
      if (!closed) handlers.onOpen();
    });
    socket.on('disconnect', ended);
    socket.on('connect_error', ended);
    socket.onAny((kind: string, ...args: unknown[]) => {
      if (closed) return;
      let message: ReturnType<typeof parseServerMessage>;
      try {
        message = parseServerMessage(kind, args.map(ownBytes));
      } catch (error) {
        handlers.onFault(error);
        return;
      }
      handlers.onMessage(message);
    });
    return {
      send: (message: ClientMessage): void => {
        if (closed) return;
        const [kind, ...args] = encodeMessage(message);
        socket.emit(kind, ...args);
      },
      drained: async (): Promise<void> => {
        while (!closed && isHolding(socket)) await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      },
      close: (): void => {
        closed = true;
        socket.disconnect();
      },
    };
  }
}

/** Whether something that was sent is still on this device. engine.io calls its own buffer empty as soon as the WebSocket has it all. */
function isHolding({ io: { engine } }: Socket): boolean {
  const { ws } = engine.transport as unknown as { readonly ws?: { readonly bufferedAmount?: number } };
  return engine.writeBuffer.length > 0 || (ws?.bufferedAmount ?? 0) > 0;
}

/** An attachment as bytes of its own: a browser gives an ArrayBuffer, Node a view into a pool. */
function ownBytes(argument: unknown): unknown {
  if (argument instanceof ArrayBuffer) return new Uint8Array(argument);
  return argument instanceof Uint8Array ? new Uint8Array(argument) : argument;
}
