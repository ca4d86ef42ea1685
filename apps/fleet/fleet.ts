// The fleet: simulated people who take part with the real engine over real sockets, in worker threads, labelled as simulated everywhere.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { experimentRandom } from '#shared/maths/random.ts';
import type { Clock } from '../engine/environment.ts';
import { SystemClock } from '../engine/memory.ts';
import type { FromWorker, ToWorker, WorkerTask } from './messages.ts';
import { demoPace, type Pace, Presence } from './presence.ts';
import { startThread } from './thread.ts';

export interface FleetOptions {
  /** The aggregator's origin. */
  readonly url: string;
  readonly catalogue: Catalogue;
  /** The database of an imported catalogue, whose people are then replayed. Default: people are made up. */
  readonly interactionsPath?: string | null;
  /** People present at a time. */
  readonly present: number;
  /** People of whom they are drawn. */
  readonly population: number;
  /** Of the people and of their comings and goings; never of noise. */
  readonly seed: number;
  /** Nobody comes again before this time has passed. */
  readonly cooldownMs: number;
  /** The ledgers are kept in DIR/fleet/ledger.jsonl. */
  readonly dataDir: string;
  /** Default: a round about every 12 to 18 s, speeds 30 times apart, a tenth vanish. */
  readonly pace?: Partial<Pace>;
  readonly clock?: Clock;
  /** Told what ended the fleet, if anything does before `close`. */
  readonly onFailure?: (error: Error) => void;
}

export interface Fleet {
  /** People of whom those present are drawn at first. */
  readonly population: number;
  /** Of them, real people of an imported data set. */
  readonly imported: number;
  /** People present now. */
  present(): number;
  /** Everybody leaves. Safe to call twice. */
  close(): Promise<void>;
}

const mostWorkers = 2;
/** Workers that do not end by themselves are ended after this. */
const closeTimeoutMs = 1_500;

/** Starts the fleet; resolves when the people are ready to come. Rejects when a worker cannot start. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const clock = options.clock ?? new SystemClock();
  const workers = Math.max(1, Math.min(mostWorkers, availableParallelism(), options.present));
  const tasks = Array.from(
    { length: workers },
    (_, index): WorkerTask => ({
      url: options.url,
      people: {
        catalogue: options.catalogue,
        interactionsPath: options.interactionsPath ?? null,
        population: options.population,
        least: 2 * options.present,
        seed: options.seed,
      },
      ledgerPath: join(options.dataDir, 'fleet', 'ledger.jsonl'),
      index,
      workers,
    }),
  );
  const crew = tasks.map((task) => new FleetWorker(task));
  let presence: Presence | null = null;
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      presence?.close();
      await Promise.all(crew.map((worker) => worker.close(clock)));
    })();
    return closing;
  };
  try {
    const ready = await Promise.all(crew.map((worker) => worker.ready));
    const population = ready[0]?.people ?? 0;
    const schedule = new Presence({
      present: options.present,
      population,
      cooldownMs: options.cooldownMs,
      pace: { ...demoPace, ...options.pace },
      clock,
      random: experimentRandom(options.seed),
      onArrive: (arrival) => crew[arrival.person % workers]?.tell({ kind: 'arrive', arrival }),
    });
    presence = schedule;
    let most = population;
    for (const worker of crew) {
      worker.onLeft = (person, departure) => {
        schedule.left(person, departure);
        // People whose budgets are spent are followed by made-up others, so that a demo does not end after some hours.
        if (schedule.able < 2 * options.present) {
          most += options.population;
          schedule.grow(most);
        }
      };
      worker.onFailure = (error) => {
        if (closing !== null) return;
        void close();
        options.onFailure?.(error);
      };
    }
    schedule.start();
    return { population, imported: ready[0]?.imported ?? 0, present: () => schedule.count, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type LeftMessage = Extract<FromWorker, { kind: 'left' }>;

class FleetWorker {
  readonly #worker: Worker;
  readonly ready: Promise<Extract<FromWorker, { kind: 'ready' }>>;
  onLeft: (person: number, departure: LeftMessage['departure']) => void = () => {};
  onFailure: (error: Error) => void = () => {};
  readonly #ended: Promise<void>;

  constructor(task: WorkerTask) {
    this.#worker = startThread('fleet/worker.ts', task);
    this.ready = new Promise((ready, failed) => {
      this.#worker.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') ready(message);
        else if (message.kind === 'left') this.onLeft(message.person, message.departure);
      });
      this.#worker.once('error', (error) => {
        failed(error);
        this.onFailure(error as Error);
      });
      this.#worker.once('exit', (code) =>
        failed(new Error(`the fleet's worker ended with code ${code} before it was ready`)),
      );
    });
    // Whoever starts the fleet awaits it; when two workers fail, one of them is told about.
    this.ready.catch(() => {});
    this.#ended = new Promise((ended) => {
      this.#worker.once('exit', () => ended());
    });
  }

  tell(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /** Lets the people say goodbye, and ends the thread when that takes too long. */
  async close(clock: Clock): Promise<void> {
    this.tell({ kind: 'close' });
    const cancel = clock.after(closeTimeoutMs, () => void this.#worker.terminate());
    await this.#ended;
    cancel();
  }
}
