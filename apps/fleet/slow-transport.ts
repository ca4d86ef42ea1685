// A person's own pace on the network: what they send goes out later, in order. Around any transport; the messages stay as they are.
import type { ClientMessage } from '#shared/protocol/messages.ts';
import type { Clock, Connection, Transport, TransportHandlers } from '../engine/environment.ts';

/** Messages of a round before which somebody may vanish: then the device is gone without a word, as under a closed lid. */
export const vanishingMoments = ['advertise', 'shares', 'masked', 'confirm', 'unmask'] as const;
export type VanishingMoment = (typeof vanishingMoments)[number];

/** Keys, shares and confirmations are small beside a join, which comes after training, and an upload. */
const smallStep = 0.2;

export interface SlowTransportOptions {
  readonly inner: Transport;
  readonly clock: Clock;
  /** Time before a join, and before the first frame of an upload; other messages of a round take a fifth of it. */
  readonly stepMs: number;
  /** `run` is called in place of sending the message; nothing is sent any more then. null: the person stays. */
  readonly vanish: { readonly at: VanishingMoment; readonly run: () => void } | null;
}

export class SlowTransport implements Transport {
  readonly #options: SlowTransportOptions;

  constructor(options: SlowTransportOptions) {
    this.#options = options;
  }

  get secure(): boolean {
    return this.#options.inner.secure;
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
    /** Sends what waits, up to the next message that takes time of its own. @param isDue the first one has had its time. */
    const drain = (isDue: boolean) => {
      let hasTime = isDue;
      for (;;) {
        const message = waiting[0];
        if (message === undefined) return;
        const delayMs = stepMs * stepsOf(message);
        if (!hasTime && delayMs > 0) {
          cancel = clock.after(delayMs, () => {
            cancel = null;
            drain(true);
          });
          return;
        }
        hasTime = false;
        if (vanish !== null && isMoment(message, vanish.at)) {
          stop();
          vanish.run();
          return;
        }
        waiting.shift();
        connection.send(message);
      }
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
        if (cancel === null) drain(false);
      },
      close() {
        stop();
        connection.close();
      },
    };
  }
}

/** A frame starts with its number, u16 little-endian (PROTOCOL.md U2). */
function isFirstFrame(message: ClientMessage): boolean {
  return (message.kind === 'masked' || message.kind === 'local') && message.frame[0] === 0 && message.frame[1] === 0;
}

/** Steps of a person that a message takes. */
function stepsOf(message: ClientMessage): number {
  if (message.kind === 'join' || isFirstFrame(message)) return 1;
  return message.kind === 'masked' || message.kind === 'local' ? 0 : smallStep;
}

/** Where updates are sent alone, the upload is the only moment. */
function isMoment(message: ClientMessage, at: VanishingMoment): boolean {
  return message.kind === at || message.kind === 'local';
}
