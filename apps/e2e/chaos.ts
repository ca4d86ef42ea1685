// Many people over real sockets of whom some vanish at any moment and some lose their connection and come back: the engine of the page with its
// ledger, the server as it is. Every round must end, in the exact sum or in an abort, and nobody may have paid without an upload.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { cryptographicRandom, experimentRandomOfLabel } from '#shared/maths/random.ts';
import type { ClientMessage, ServerMessage } from '#shared/protocol/messages.ts';
import { testCatalogue } from '../../server/testing/catalogue.ts';
import type { HistoryRow } from '../engine/api.ts';
import type { LocalEngine } from '../engine/engine.ts';
import type { Connection, RoundOutcome, Transport, TransportHandlers } from '../engine/environment.ts';
import type { LedgerStore } from '../engine/ledger-store.ts';
import { MemoryCacheStore, MemoryLedgerStore } from '../engine/memory.ts';
import { createSimulatedParticipant } from '../engine/simulated.ts';
import { SocketTransport } from '../engine/transport.ts';
import { startThread } from '../fleet/thread.ts';
import type { ChaosServerTask, FromChaosServer, ToChaosServer } from './chaos-server.ts';

export interface ChaosOptions {
  readonly people: number;
  /** Rounds that end, one way or the other. */
  readonly rounds: number;
  readonly seed: number;
  /** Parts of the people, in each round. */
  readonly vanishing: number;
  readonly losing: number;
  readonly onRound?: (ended: number, report: ChaosReport) => void;
}

export interface ChaosReport {
  /** Rounds with a sum, by cohort. */
  readonly cohorts: readonly number[];
  /** Rounds without, by code. */
  readonly aborts: readonly string[];
  /** In words; empty when all is as it must be. */
  readonly faults: readonly string[];
  readonly charged: number;
  readonly uploadsBegun: number;
  readonly vanished: number;
  readonly lost: number;
  /** Of the server after a collection, at the end of each round with a sum. */
  readonly retainedBytes: readonly number[];
  /** Bytes that the people sent in rounds. */
  readonly sentBytes: number;
}

/** Moments of a round: before or after the device says something, or when it hears something. */
const moments = [
  'hears waiting',
  'hears config',
  'before advertise',
  'after advertise',
  'hears roster',
  'before shares',
  'after shares',
  'hears inbox',
  'before masked',
  'after masked',
  'hears unmask_req',
  'before confirm',
  'after confirm',
  'hears confirmations',
  'before unmask',
  'after unmask',
] as const;
type Moment = (typeof moments)[number];

interface Fate {
  readonly at: Moment | null;
  readonly how: 'vanishes' | 'loses its connection';
}

/** What is known of one person in one round. */
interface Part {
  integers: Int32Array | null;
  /** The last frame was handed to the socket. */
  isSent: boolean;
  /** It was asked for its confirmation, or told the result: its update is in the sum. */
  isCounted: boolean;
}

/** A round that says nothing for so long has stalled. Well above every deadline of the patient clock. */
const stallMs = 600_000;

/** Runs the chaos to its end. Everything that goes wrong is a fault in the report. */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const run = new Chaos(options);
  try {
    await run.start();
    await run.ended;
  } finally {
    await run.close();
  }
  return run.report;
}

class Chaos {
  readonly report = {
    cohorts: [] as number[],
    aborts: [] as string[],
    faults: [] as string[],
    charged: 0,
    uploadsBegun: 0,
    vanished: 0,
    lost: 0,
    retainedBytes: [] as number[],
    sentBytes: 0,
  };
  readonly ended: Promise<void>;
  readonly #options: ChaosOptions;
  readonly #people: Person[] = [];
  readonly #parts = new Map<string, Map<number, Part>>();
  readonly #over = new Set<string>();
  readonly #draw: () => number;
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'tacit-chaos-'));
  #server: Worker | null = null;
  #end: () => void = () => {};
  #cancelStall = () => {};
  url = '';

  constructor(options: ChaosOptions) {
    this.#options = options;
    const random = experimentRandomOfLabel(`tacit chaos ${options.seed}`);
    const word = new Uint32Array(1);
    this.#draw = () => {
      random.fillUint32(word);
      return word[0]! / 2 ** 32;
    };
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  async start(): Promise<void> {
    const { people, rounds } = this.#options;
    // Enough budget for every person in every round: rho is 1 / (2 z²), and 1.05 the most of a life.
    const noiseMultiplier = Math.max(2, Math.ceil(Math.sqrt(rounds + 2)));
    const task: ChaosServerTask = { people, noiseMultiplier, dataDir: this.#dataDir };
    const server = startThread('e2e/chaos-server.ts', task);
    this.#server = server;
    this.url = await new Promise<string>((found, failed) => {
      server.on('error', failed);
      server.on('message', (message: FromChaosServer) => {
        if (message.kind === 'ready') found(message.url);
        if (message.kind === 'summed') this.#summed(message);
        if (message.kind === 'weighed') this.report.retainedBytes.push(message.retainedBytes);
      });
    });
    this.#watch();
    for (let number = 0; number < people; number++) this.#people.push(new Person(this, number));
    await Promise.all(this.#people.map((person) => person.come()));
  }

  async close(): Promise<void> {
    this.#cancelStall();
    await Promise.all(this.#people.map((person) => person.close()));
    const server = this.#server;
    if (server !== null) {
      const closed = new Promise<void>((resolve) => server.once('exit', () => resolve()));
      server.postMessage('close' satisfies ToChaosServer);
      await closed;
    }
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  /** What happens to somebody in the next round. */
  fate(): Fate {
    const { vanishing, losing } = this.#options;
    const chance = this.#draw();
    const at = moments[Math.floor(this.#draw() * moments.length)]!;
    if (chance < vanishing) return { at, how: 'vanishes' };
    return { at: chance < vanishing + losing ? at : null, how: 'loses its connection' };
  }

  part(roundId: string, person: number): Part {
    let parts = this.#parts.get(roundId);
    if (parts === undefined) {
      parts = new Map();
      this.#parts.set(roundId, parts);
    }
    let part = parts.get(person);
    if (part === undefined) {
      part = { integers: null, isSent: false, isCounted: false };
      parts.set(person, part);
    }
    return part;
  }

  isOver(roundId: string): boolean {
    return this.#over.has(roundId);
  }

  fault(text: string): void {
    this.report.faults.push(text);
  }

  /** The server gave a round up. */
  aborted(roundId: string, code: string): void {
    if (this.#over.has(roundId)) return;
    this.report.aborts.push(code);
    this.#roundOver(roundId);
  }

  /** A round with a sum: compared when its people have been told, so that it is known who is in it. */
  published(roundId: string): void {
    if (this.#over.has(roundId)) return;
    this.#roundOver(roundId);
    this.#server?.postMessage('weigh' satisfies ToChaosServer);
  }

  #roundOver(roundId: string): void {
    this.#over.add(roundId);
    this.#watch();
    const ended = this.report.cohorts.length + this.report.aborts.length;
    this.#options.onRound?.(ended, this.report);
    if (ended >= this.#options.rounds) this.#end();
  }

  #watch(): void {
    this.#cancelStall();
    const timer = setTimeout(() => {
      this.fault(`nothing ended in ${stallMs} ms`);
      this.#end();
    }, stallMs);
    this.#cancelStall = () => clearTimeout(timer);
  }

  #summed({ roundId, cohort, bits, sum }: FromChaosServer & { kind: 'summed' }): void {
    this.report.cohorts.push(cohort);
    const parts = [...(this.#parts.get(roundId)?.values() ?? [])].filter(({ isSent }) => isSent);
    const certain = parts.filter(({ isCounted }) => isCounted);
    // Gone between their last frame and the server's next word: theirs may have arrived or not.
    const open = parts.filter(({ isCounted }) => !isCounted);
    const missing = cohort - certain.length;
    if (missing < 0 || missing > open.length) {
      this.fault(`round ${roundId}: a cohort of ${cohort}, but ${certain.length} to ${parts.length} uploads`);
      return;
    }
    const rest = sum.slice();
    for (const { integers } of certain) subtract(rest, integers!);
    if (!isSumOfSome(rest, open, missing, bits)) this.fault(`round ${roundId}: wrong sum`);
    this.#parts.delete(roundId);
  }
}

function subtract(total: Uint32Array, integers: Int32Array): void {
  for (let i = 0; i < total.length; i++) total[i] = total[i]! - integers[i]!;
}

/** Whether `rest` is, modulo 2^bits, the sum of `count` of these. */
function isSumOfSome(rest: Uint32Array, parts: readonly Part[], count: number, bits: number): boolean {
  if (count === 0) return rest.every((value) => (bits === 32 ? value : value & (2 ** bits - 1)) === 0);
  if (count > parts.length) return false;
  const [first, ...others] = parts;
  const without = rest.slice();
  subtract(without, first!.integers!);
  return isSumOfSome(without, others, count - 1, bits) || isSumOfSome(rest, others, count, bits);
}

/** Somebody who comes, takes part in round after round, vanishes, and comes again. */
class Person {
  readonly #chaos: Chaos;
  readonly #number: number;
  readonly #ledger: LedgerStore;
  readonly #charges = new Set<string>();
  readonly #uploads = new Set<string>();
  #engine: LocalEngine | null = null;
  #fate: Fate = { at: null, how: 'vanishes' };
  #roundId = '';
  #isClosed = false;
  #coming: Promise<void> = Promise.resolve();

  constructor(chaos: Chaos, number: number) {
    this.#chaos = chaos;
    this.#number = number;
    const inner = new MemoryLedgerStore();
    this.#ledger = {
      begin: (at) => inner.begin(at),
      read: () => inner.read(),
      enter: (entry) => inner.enter(entry),
      settle: (roundId, settlement) => inner.settle(roundId, settlement),
      charge: async (charge, cap) => {
        const outcome = await inner.charge(charge, cap);
        if (outcome === 'charged') {
          this.#charges.add(charge.roundId);
          chaos.report.charged++;
          if (this.#uploads.has(charge.roundId)) chaos.fault(`person ${number} began an upload before it was charged`);
        }
        return outcome;
      },
    };
  }

  come(): Promise<void> {
    this.#coming = this.#come();
    return this.#coming;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#coming;
    const engine = this.#engine;
    this.#engine = null;
    await engine?.close();
    // Whoever paid in a round that is over was about to send, and did: nothing else lies between the two.
    for (const roundId of this.#charges) {
      if (!this.#uploads.has(roundId) && this.#chaos.isOver(roundId))
        this.#chaos.fault(`person ${this.#number} paid for ${roundId} and sent nothing`);
    }
  }

  async #come(): Promise<void> {
    this.#fate = this.#chaos.fate();
    this.#engine = await createSimulatedParticipant({
      url: this.#chaos.url,
      history: historyOf(this.#number),
      random: cryptographicRandom(),
      ledgerStore: this.#ledger,
      cacheStore: new MemoryCacheStore(),
      transport: { secure: true, connect: (handlers) => this.#connect(handlers) } satisfies Transport,
      onRoundEnd: (outcome) => this.#roundEnded(outcome),
    });
  }

  #roundEnded({ roundId, status, code }: RoundOutcome): void {
    this.#fate = this.#chaos.fate();
    if (status === 'published') this.#chaos.published(roundId);
    else if (code !== null && serverAborts.has(code)) this.#chaos.aborted(roundId, code);
  }

  /** A socket whose messages are counted, and that breaks where fate says so. */
  #connect(handlers: TransportHandlers): Connection {
    let isBroken = false;
    const breaks = (moment: string): boolean => {
      if (isBroken || this.#fate.at !== moment) return isBroken;
      isBroken = true;
      const { how } = this.#fate;
      this.#fate = { at: null, how };
      inner.close();
      // Not from within a call of the engine.
      if (how === 'vanishes') setImmediate(() => void this.#vanish());
      else {
        this.#chaos.report.lost++;
        setImmediate(handlers.onClose);
      }
      return true;
    };
    const inner = new SocketTransport(this.#chaos.url).connect({
      ...handlers,
      onMessage: (message) => {
        this.#hears(message);
        if (!breaks(`hears ${message.kind}`)) handlers.onMessage(message);
      },
      onClose: () => {
        if (!isBroken) handlers.onClose();
      },
    });
    return {
      send: (message) => {
        const said = 'roundId' in message && message.kind !== 'resume' ? message.kind : null;
        const isFirst = message.kind !== 'masked' || isFrame(message, 'first');
        if (said === 'masked' && isFirst) this.#begins();
        if (isBroken || (said !== null && isFirst && breaks(`before ${said}`))) return;
        this.#says(message);
        inner.send(message);
        const isLast = message.kind !== 'masked' || isFrame(message, 'last');
        if (said !== null && isLast) breaks(`after ${said}`);
      },
      close: () => inner.close(),
    };
  }

  #hears(message: ServerMessage): void {
    if (message.kind === 'config') this.#roundId = toHexId(message.config);
    if ((message.kind === 'unmask_req' || message.kind === 'result') && message.roundId === this.#roundId) {
      this.#chaos.part(message.roundId, this.#number).isCounted = true;
    }
  }

  /** The first byte of an upload is about to leave, or to be lost. */
  #begins(): void {
    const roundId = this.#roundId;
    if (!this.#charges.has(roundId))
      this.#chaos.fault(`person ${this.#number} sends in ${roundId} without having paid`);
    if (this.#uploads.has(roundId)) return;
    this.#uploads.add(roundId);
    this.#chaos.report.uploadsBegun++;
    const part = this.#chaos.part(roundId, this.#number);
    void this.#engine?.inspectLastUpload().then((upload) => {
      if (upload?.roundId === roundId) part.integers = upload.noised.slice();
      else this.#chaos.fault(`person ${this.#number}: no inspection of the upload that leaves`);
    });
  }

  #says(message: ClientMessage): void {
    if ('bytes' in message) this.#chaos.report.sentBytes += message.bytes.length;
    if (message.kind !== 'masked') return;
    this.#chaos.report.sentBytes += message.frame.length;
    if (isFrame(message, 'last')) this.#chaos.part(message.roundId, this.#number).isSent = true;
  }

  async #vanish(): Promise<void> {
    this.#chaos.report.vanished++;
    const engine = this.#engine;
    this.#engine = null;
    engine?.vanish();
    await engine?.close();
    if (!this.#isClosed) await this.come();
  }
}

const serverAborts = new Set(['too-few', 'too-few-shares', 'bad-shares', 'stopped', 'server-error']);

/** A frame starts with its number, u16, and the mark of the last one. */
function isFrame(message: ClientMessage & { frame: Uint8Array }, which: 'first' | 'last'): boolean {
  return which === 'last' ? message.frame[2] === 1 : message.frame[0] === 0 && message.frame[1] === 0;
}

function toHexId(config: Uint8Array): string {
  return Buffer.from(config.subarray(8, 24)).toString('hex');
}

const { items } = testCatalogue();

/** A few likes, others for each. */
function historyOf(person: number): HistoryRow[] {
  return Array.from({ length: 3 + (person % 5) }, (_, i) => ({
    itemId: items[(7 * person + 11 * i) % items.length]!.id,
    action: 'like',
    at: 1_700_000_000_000 + i,
  }));
}
