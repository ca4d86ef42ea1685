// A person's own pace on the network: what they send goes out later, in order. Around any transport; the messages stay as they are.
import type { ClientMessage } from '#shared/protocol/messages.ts';
import type { Clock, Connection, Transport, TransportHandlers } from '../engine/environment.ts';

export interface SlowTransportOptions {
  readonly inner: Transport;
  readonly clock: Clock;
  /** Time before a join, and before the first frame of an upload. */
  readonly stepMs: number;
  /** Called in place of sending the first frame of an upload; nothing is sent any more then. null: the person stays. */
  readonly vanish: (() => void) | null;
}

export class SlowTransport implements Transport {
  readonly #options: SlowTransportOptions;

  constructor(options: SlowTransportOptions) {
    this.#options = options;
  }

  get hostname(): string {
    return this.#options.inner.hostname;
  }

  connect(handlers: TransportHandlers): Connection {
    const { inner, clock, stepMs, vanish } = this.#options;
    const connection = inner.connect(handlers);
    let waiting: ClientMessage[] = [];
    let cancel: (() => void) | null = null;
    const stop = () => {
      waiting = [];
      cancel?.();
      cancel = null;
    };
    const drain = () => {
      cancel = null;
      let isFirst = true;
      for (;;) {
        const message = waiting[0];
        if (message === undefined) return;
        // The message that was waited for goes out; a later one that takes time of its own is waited for anew.
        if (!isFirst && takesTime(message)) break;
        isFirst = false;
        if (vanish !== null && isFirstFrame(message)) {
          stop();
          vanish();
          return;
        }
        waiting.shift();
        connection.send(message);
      }
      cancel = clock.after(stepMs, drain);
    };
    return {
      send(message) {
        if (message.kind === 'leave') {
          // Leaving waits for nothing, and takes back what has not gone out.
          stop();
          connection.send(message);
          return;
        }
        waiting.push(message);
        if (waiting.length > 1) return;
        if (takesTime(message)) cancel = clock.after(stepMs, drain);
        else drain();
      },
      close() {
        stop();
        connection.close();
      },
    };
  }
}

/** A frame starts with its number, u16 little-endian (PROTOCOL.md U2). */
const isFirstFrame = (message: ClientMessage) =>
  message.kind === 'update' && message.frame[0] === 0 && message.frame[1] === 0;

const takesTime = (message: ClientMessage) => message.kind === 'join' || isFirstFrame(message);
