// A participant written from PROTOCOL.md on a bare socket.io client: what the server's tests speak with. It keeps every message that came and
// every one that it sent. It takes part honestly when asked to (`takePart`), and does whatever else a test makes it do.
import { randomBytes } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { cryptographicRandom, experimentRandom } from '#shared/maths/random.ts';
import { encodeUpdate } from '#shared/privacy/pipeline.ts';
import { fromHex } from '#shared/protocol/canonical.ts';
import { packBits, uploadFrames } from '#shared/protocol/codec.ts';
import { type ClientMessage, protocolVersion, type ServerMessage } from '#shared/protocol/messages.ts';
import { encodeMessage, parseServerMessage } from '#shared/protocol/parse.ts';
import { maskParametersOf, parseRoundConfig, type RoundConfig } from '#shared/protocol/round-config.ts';
import {
  type ClientEvent,
  type ClientState,
  type ClientStep,
  type ClientTools,
  startClient,
  stepClient,
} from '#shared/secagg/client.ts';
import { platformCrypto } from '#shared/secagg/crypto.ts';
import { Machine } from '#shared/secagg/machine.ts';

type Kind = ServerMessage['kind'];
type MessageOf<K extends Kind> = Extract<ServerMessage, { kind: K }>;
export type Outcome = MessageOf<'result' | 'abort' | 'refused'>;

/** What an honest client would do, and how a test makes it stray. */
export interface Part {
  /** Float64Array[D]; zeros unless said otherwise. */
  readonly update?: (config: RoundConfig) => Float64Array;
  /** Of the noise and the rounding; the round's keys come from the system. */
  readonly seed?: number;
  /** Asked before each message: false keeps it back. By then the test may have dropped the connection. */
  readonly before?: (message: ClientMessage) => boolean;
  /** Goes on although it was refused, as an honest client does not. */
  readonly isStubborn?: boolean;
}

/** The integers of these people, added modulo 2^b: what the server should find. */
export function sumOf(people: readonly RawClient[], bits: number): Uint32Array {
  const sum = new Uint32Array(people[0]?.integers?.length ?? 0);
  for (const { integers } of people) {
    integers?.forEach((value, i) => {
      sum[i] = (sum[i] ?? 0) + value;
    });
  }
  return bits === 32 ? sum : sum.map((value) => value & (2 ** bits - 1));
}

const crypto_ = platformCrypto(crypto.subtle);
const systemRandom = cryptographicRandom();

export class RawClient {
  readonly messages: ServerMessage[] = [];
  readonly sent: ClientMessage[] = [];
  /** 16 bytes, hex: what `advertise` carries and `resume` repeats. */
  readonly resume: string;
  /** The integers of the last part that was taken, Int32Array[D], noise included. */
  integers: Int32Array | null = null;
  socket: Socket;
  closed = false;
  readonly #url: string;
  readonly #waiters = new Set<() => void>();
  #read = 0;
  #part: Part = {};
  #roundId = '';
  #machine: Machine<ClientState, ClientEvent, ClientStep> | null = null;

  constructor(url: string, resume: string = randomBytes(16).toString('hex')) {
    this.#url = url;
    this.resume = resume;
    this.socket = this.#connect();
  }

  send(message: ClientMessage): void {
    // A copy: a client overwrites its frames when a round goes on.
    this.sent.push('frame' in message ? { ...message, frame: message.frame.slice() } : message);
    const [kind, ...args] = encodeMessage(message);
    this.socket.emit(kind, ...args);
  }

  /** The next message of one of these kinds that was not yet taken; those before it are passed over. */
  async next<K extends Kind>(...kinds: readonly K[]): Promise<MessageOf<K>> {
    for (;;) {
      while (this.#read < this.messages.length) {
        const message = this.messages[this.#read] as ServerMessage;
        this.#read += 1;
        if (kinds.some((kind) => kind === message.kind)) return message as MessageOf<K>;
      }
      if (this.closed) throw new Error(`The socket closed while a ${kinds.join(' or ')} was awaited.`);
      await this.#something();
    }
  }

  async untilClosed(): Promise<void> {
    while (!this.closed) await this.#something();
  }

  /** Waits for the announcement and asks for a seat. */
  async join(simulated = false): Promise<MessageOf<'model'>> {
    const announced = await this.next('model');
    const { hash: modelHash, policyHash } = announced;
    this.send({ kind: 'join', protocol: protocolVersion, modelHash, policyHash, simulated });
    return announced;
  }

  async config(): Promise<RoundConfig> {
    return parseRoundConfig((await this.next('config')).config);
  }

  /** Takes part in the round whose config comes next; resolves with how it ended for this client. Rejects when the socket closes first. */
  async takePart(part: Part = {}): Promise<Outcome> {
    this.#part = part;
    const { config: bytes } = await this.next('config');
    const config = parseRoundConfig(bytes);
    this.#roundId = config.roundId;
    const update = part.update?.(config) ?? new Float64Array(config.length);
    this.integers = encodeUpdate(update, config, experimentRandom(part.seed ?? 1)).noised;
    if (config.mode === 1) await this.#start(config, bytes, this.integers);
    else this.#sendFrames('local', uploadFrames(packBits(this.integers, config.bits)));
    return this.goOn();
  }

  /** Answers what comes until the round has ended for this client: after `takePart` was cut short by a lost connection. */
  async goOn(): Promise<Outcome> {
    for (;;) {
      const message = await this.next(
        'roster',
        'inbox',
        'unmask_req',
        'confirmations',
        'config',
        'result',
        'abort',
        'refused',
      );
      switch (message.kind) {
        case 'roster':
        case 'inbox':
        case 'unmask_req':
        case 'confirmations':
          await this.#handle({ kind: message.kind, bytes: message.bytes });
          break;
        case 'config':
          await this.#handle({ kind: 'config', bytes: message.config });
          break;
        case 'refused':
          // What was said again after a lost connection may have arrived the first time.
          if (message.code === 'duplicate' || this.#part.isStubborn) break;
          this.send({ kind: 'leave' });
          return message;
        case 'result':
          await this.#handle({ kind: 'result' });
          return message;
        case 'abort':
          await this.#handle({ kind: 'abort', code: message.code });
          return message;
        default:
          message satisfies never;
      }
    }
  }

  /** On a new connection: asks for the seat back and says again what it said last. */
  async comeBack(): Promise<void> {
    this.reconnect();
    await this.next('model');
    this.send({ kind: 'resume', roundId: this.#roundId, resume: this.resume });
    await this.#handle({ kind: 'resumed' });
  }

  /** Where the mask machine is; null before it has started. */
  get state(): ClientState['kind'] | null {
    return this.#machine?.state.kind ?? null;
  }

  uploadPayload(form: 'masked' | 'local', roundId: string, payload: Uint8Array): void {
    for (const frame of uploadFrames(payload)) this.send({ kind: form, roundId, frame });
  }

  close(): void {
    this.socket.disconnect();
  }

  /** Drops the connection without a word, as a lost network does. */
  drop(): void {
    this.socket.io.engine.close();
  }

  reconnect(): void {
    this.closed = false;
    this.socket = this.#connect();
  }

  #connect(): Socket {
    const socket = io(this.#url, {
      path: '/v1/socket',
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    const ended = () => {
      if (this.socket !== socket) return;
      this.closed = true;
      this.#wake();
    };
    socket.onAny((kind: string, ...args: unknown[]) => {
      this.messages.push(parseServerMessage(kind, args));
      this.#wake();
    });
    socket.on('disconnect', ended);
    socket.on('connect_error', ended);
    return socket;
  }

  async #start(config: RoundConfig, bytes: Uint8Array, values: Int32Array): Promise<void> {
    const tools: ClientTools = { crypto: crypto_, random: systemRandom };
    const parameters = maskParametersOf(config);
    const step = await startClient({ config: bytes, parameters, values, resume: fromHex(this.resume) }, tools);
    this.#machine = new Machine(step.state, (state, event) => stepClient(state, event, tools));
    this.#say(step);
  }

  async #handle(event: ClientEvent): Promise<void> {
    if (this.#machine === null) return;
    const step = await this.#machine.handle(event);
    this.#say(step);
    if (step.charge) await this.#handle({ kind: 'charged' });
    if (step.abort !== null && event.kind !== 'abort' && event.kind !== 'cancel') this.send({ kind: 'leave' });
  }

  #say(step: ClientStep): void {
    for (const send of step.send) {
      if (send.kind === 'masked') this.#sendFrames('masked', send.frames);
      else this.#sendIfAllowed({ kind: send.kind, roundId: this.#roundId, bytes: send.bytes });
    }
  }

  #sendFrames(kind: 'masked' | 'local', frames: readonly Uint8Array[]): void {
    for (const frame of frames) this.#sendIfAllowed({ kind, roundId: this.#roundId, frame });
  }

  #sendIfAllowed(message: ClientMessage): void {
    if (this.#part.before?.(message) ?? true) this.send(message);
  }

  #something(): Promise<void> {
    return new Promise((resolve) => this.#waiters.add(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }
}
