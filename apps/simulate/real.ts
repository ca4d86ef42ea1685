// A run in real time: the same people against the product's own server, over real sockets, from worker threads. Devices and network take the time
// that they take; the crowd's hours go by faster, so that a day of it is some minutes. Nothing here is replaced but the people, and so nothing is the
// same twice: noise and keys are the platform's, and who comes first is the machine's affair.
import type { Worker } from 'node:worker_threads';
import { startServer } from '../../server/start.ts';
import { FetchHttp } from '../engine/http.ts';
import { SystemClock } from '../engine/memory.ts';
import { startThread } from '../fleet/thread.ts';
import { emptyDigest } from './clock.ts';
import { dayMs } from './habits.ts';
import { Library } from './library.ts';
import { People } from './people.ts';
import { measuredAfter, Panel } from './quality.ts';
import type { FromRealWorker, RealTask } from './real-messages.ts';
import { RoundBook } from './round-book.ts';
import { watchedStore } from './rounds.ts';
import { type Plan, type RunOptions, StoppedError } from './run.ts';
import { beginningMs, budgetOf, factsOf, publicationOf, type ScenarioState } from './scenario.ts';
import { base64, firstServer, foundService, type StoredServer } from './service.ts';
import type { Scenario } from './spec.ts';
import { emptyTally, type Tally } from './tally.ts';

export interface RealOptions extends RunOptions {
  /** How many times faster the crowd's hours go by. */
  readonly lapse: number;
}

/** Between two looks at whether it is over. */
const lookEveryMs = 200;
/** A stopped crowd hears the end of its round. */
const settleMs = 1_500;

/** Runs every scenario, one after the other. Rejects with StoppedError, or with what failed. */
export async function runReal(plan: Plan, options: RealOptions): Promise<ScenarioState[]> {
  const states: ScenarioState[] = [];
  for (const scenario of plan.scenarios) states.push(await runOne(plan, scenario, options));
  return states;
}

async function runOne({ people: source }: Plan, scenario: Scenario, options: RealOptions): Promise<ScenarioState> {
  const { lapse, workers, stop, onProgress } = options;
  const people = new People(source);
  const publication = publicationOf(scenario, people, lapse);
  const founding = await foundService(publication);
  const { policy, policyHash } = founding.publication;
  const beganMs = Date.now();
  const nowMs = (): number => Math.round(beginningMs + (Date.now() - beganMs) * lapse);
  const tally = emptyTally();
  const there = new Map<Worker, Extract<FromRealWorker, { kind: 'there' }>>();
  const sumOf = (field: 'present' | 'able' | 'upBytes' | 'downBytes'): number =>
    [...there.values()].reduce((sum, message) => sum + message[field], 0);
  let published = 0;
  let stored: StoredServer = firstServer(founding);
  const measured: Promise<void>[] = [];
  const book = new RoundBook({
    tally,
    // Rounds take their own time, not the crowd's.
    nowMs: () => beginningMs + Date.now() - beganMs,
    present: () => sumOf('present'),
    onModel: ({ version, hash, file, serverState, publishedAt }) => {
      stored = { ...stored, version, hash, file: base64(file), serverState: base64(serverState), publishedAt };
    },
    onPublished: (row, { version, hash, file, serverState, publishedAt }) => {
      published += 1;
      stored = { ...stored, version, hash, file: base64(file), serverState: base64(serverState), publishedAt };
      const measure = measuredAfter(published, scenario);
      if (!measure.scores) return;
      // From the server, as a device gets it.
      measured.push(
        library.get({ version, hash, policyHash }).then((model) => {
          row.quality = panel.measure(model, measure.shown);
        }),
      );
    },
  });
  const server = await startServer(
    {
      catalogue: people.catalogue,
      learner: publication.learner,
      expectedPresence: publication.expectedPresence,
      ...(publication.expectedPeople === null ? {} : { expectedPeople: publication.expectedPeople }),
      policy: publication.policy,
      logLevel: 'error',
      simulatedParticipants: () => sumOf('present'),
      socketLimits: { maxSocketsPerAddress: 2 * scenario.clients, maxSockets: 4 * scenario.clients },
    },
    { wrapStore: (store) => watchedStore(store, book.watcher) },
  );
  const library = new Library(new FetchHttp(server.url), new SystemClock());
  const { version, hash } = stored;
  const panel = new Panel(people, scenario, await library.get({ version, hash, policyHash }));
  const rho = budgetOf(policy);
  const crew = Array.from({ length: workers }, (_, index) => {
    const task: RealTask = { people: source, scenario, url: server.url, lapse, beganMs, rho, index, workers };
    return startThread('simulate/real-worker.ts', task);
  });
  const closed: Promise<Extract<FromRealWorker, { kind: 'closed' }>>[] = crew.map(
    (worker) =>
      new Promise((resolve, reject) => {
        worker.on('message', (message: FromRealWorker) => {
          if (message.kind === 'ready') worker.postMessage({ kind: 'begin' });
          else if (message.kind === 'part') book.part(message.part, message.malicious);
          else if (message.kind === 'closed') resolve(message);
          else {
            there.set(worker, message);
            tally.upBytes = sumOf('upBytes');
            tally.downBytes = sumOf('downBytes');
          }
        });
        worker.once('error', reject);
        worker.once('exit', (code) => reject(new Error(`a worker ended with code ${code} before it was asked to`)));
      }),
  );
  // One of them is awaited below; the others' failures are its own.
  for (const end of closed) end.catch(() => {});
  const endMs = beginningMs + scenario.days * dayMs;
  const facts = factsOf(scenario, founding, panel);
  const isSpent = (): boolean =>
    there.size === workers && scenario.churn === 0 && sumOf('able') < facts.gatheringTarget;
  try {
    while (published < scenario.rounds && nowMs() < endMs && !isSpent()) {
      if (stop.aborted) throw new StoppedError('the run was stopped');
      onProgress({ scenario: scenario.id, rounds: published, nowMs: nowMs(), present: sumOf('present') });
      await Promise.race([later(lookEveryMs), ...closed.map((end) => end.then(() => {}))]);
    }
    await later(settleMs);
    for (const worker of crew) worker.postMessage({ kind: 'close' });
    const ends = await Promise.all(closed);
    await Promise.all(measured);
    for (const end of ends) addTally(tally, end.tally);
    return {
      nowMs: nowMs(),
      digest: emptyDigest,
      starts: 1,
      server: stored,
      people: ends.flatMap((end) => [...end.people]).sort((a, b) => a.person - b.person),
      newcomersMs: [],
      tally,
      ended: published >= scenario.rounds ? 'rounds' : isSpent() ? 'budgets' : 'days',
      facts,
    };
  } finally {
    await Promise.all(crew.map((worker) => worker.terminate()));
    await server.close();
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Adds what a thread counted of its people; rounds and bytes are counted where the server is. */
function addTally(sum: Tally, part: Tally): void {
  sum.classes.forEach((row, index) => {
    const other = part.classes[index]!;
    for (const field of Object.keys(row) as (keyof typeof row)[]) row[field] += other[field];
  });
  for (const field of ['presentMsByHour', 'observedMsByHour'] as const) {
    // Each thread observes the same hours of other people.
    const isPresence = field === 'presentMsByHour';
    sum[field] = sum[field].map((value, hour) =>
      isPresence ? value + part[field][hour]! : Math.max(value, part[field][hour]!),
    );
  }
}
