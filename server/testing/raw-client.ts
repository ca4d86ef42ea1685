// A participant written from PROTOCOL.md on a bare socket.io client: what the server's tests speak with. It keeps every message that came.
import { io, type Socket } from 'socket.io-client';
import { experimentRandom } from '#shared/maths/random.ts';
import { encodeUpdate } from '#shared/privacy/pipeline.ts';
import { uploadFrames } from '#shared/protocol/codec.ts';
import type { ClientMessage, ServerMessage } from '#shared/protocol/messages.ts';
import { encodeMessage, parseServerMessage } from '#shared/protocol/parse.ts';
import { parseRoundConfig, type RoundConfig } from '#shared/protocol/round-config.ts';

type Kind = ServerMessage['kind'];
type MessageOf<K extends Kind> = Extract<ServerMessage, { kind: K }>;

export class RawClient {
  readonly socket: Socket;
  readonly messages: ServerMessage[] = [];
  readonly resume: string;
  closed = false;
  readonly #waiters = new Set<() => void>();
  #read = 0;

  constructor(url: string, resume: string = randomToken()) {
    this.resume = resume;
    this.socket = io(url, { path: '/v1/socket', transports: ['websocket'], reconnection: false, forceNew: true });
    this.socket.onAny((kind: string, ...args: unknown[]) => {
      this.messages.push(parseServerMessage(kind, args));
      this.#wake();
    });
    this.socket.on('disconnect', () => {
      this.closed = true;
      this.#wake();
    });
    this.socket.on('connect_error', () => {
      this.closed = true;
      this.#wake();
    });
  }

  send(message: ClientMessage): void {
    const [kind, ...args] = encodeMessage(message);
    this.socket.emit(kind, ...args);
  }

  /** The next message of this kind that was not yet taken; those before it are passed over. */
  async next<K extends Kind>(kind: K): Promise<MessageOf<K>> {
    for (;;) {
      while (this.#read < this.messages.length) {
        const message = this.messages[this.#read];
        this.#read += 1;
        if (message?.kind === kind) return message as MessageOf<K>;
      }
      if (this.closed) throw new Error(`The socket closed while a ${kind} was awaited.`);
      await this.#something();
    }
  }

  async untilClosed(): Promise<void> {
    while (!this.closed) await this.#something();
  }

  /** Waits for the announcement and asks for a seat. */
  async join(simulated = false): Promise<MessageOf<'model'>> {
    const announced = await this.next('model');
    this.send({
      kind: 'join',
      protocol: 1,
      modelHash: announced.hash,
      policyHash: announced.policyHash,
      resume: this.resume,
      simulated,
    });
    return announced;
  }

  async config(): Promise<RoundConfig> {
    return parseRoundConfig((await this.next('config')).config);
  }

  /** Sends an update of zeros with its noise; returns the payload. */
  upload(config: RoundConfig, update = new Float64Array(config.length), seed = 1): Uint8Array {
    const { payload } = encodeUpdate(update, config, experimentRandom(seed));
    this.uploadPayload(config.roundId, payload);
    return payload;
  }

  uploadPayload(roundId: string, payload: Uint8Array): void {
    for (const frame of uploadFrames(payload)) this.send({ kind: 'update', roundId, frame });
  }

  close(): void {
    this.socket.disconnect();
  }

  /** Drops the connection without a word, as a lost network does. */
  drop(): void {
    this.socket.io.engine.close();
  }

  #something(): Promise<void> {
    return new Promise((resolve) => this.#waiters.add(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }
}

let tokens = 0;
function randomToken(): string {
  tokens += 1;
  return (process.pid * 1_000_000 + tokens).toString(16).padStart(32, '0');
}
